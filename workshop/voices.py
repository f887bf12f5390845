"""Synthetic voices for clips, tests and training: the espeak-ng program, and the flite program ("flite:rms"), whose
voices were made from recordings of people. Where this machine has them; never the product."""

import shutil
import subprocess

import numpy as np

from models.sound import Samples, resampled

# Never used to train anything of this project.
HELD_OUT = ("en-us+f4", "en-gb-x-gbclan", "en-us+m6")
HELD_OUT_PEOPLE = ("flite:rms",)
USUAL = 155  # words a minute


def present(program: str = "espeak-ng") -> bool:
    return shutil.which(program) is not None


def speak(text: str, voice: str = "en-us", speed: int = USUAL, pitch: int = 50) -> Samples:
    """`text` as (n,) float32 at 16 kHz; `speed` in words a minute, `pitch` in espeak's 0..99, for its voices."""
    program, _, person = voice.rpartition(":")
    command = ["espeak-ng", "--stdout", "-v", voice, "-s", str(speed), "-p", str(pitch), text]
    if program:
        stretch = f"duration_stretch={USUAL / speed}"
        command = [program, "-voice", person, "--setf", stretch, "-t", text, "-o", "/dev/stdout"]
    wave = subprocess.run(command, check=True, capture_output=True, timeout=30).stdout
    at = wave.index(b"data") + 8
    rate = int.from_bytes(wave[24:28], "little")
    samples = np.frombuffer(wave[at : at + (len(wave) - at) // 2 * 2], "<i2").astype(np.float32)
    return resampled(samples / np.float32(32768), rate)
