"""Synthetic voices for clips, tests and training: the espeak-ng program, if this machine has it. Never the product."""

import shutil
import subprocess

import numpy as np

from models.sound import Samples, resampled

# Never used to train anything of this project.
HELD_OUT = ("en-us+f4", "en-gb-x-gbclan", "en-us+m6")


def present() -> bool:
    return shutil.which("espeak-ng") is not None


def speak(text: str, voice: str = "en-us", speed: int = 155, pitch: int = 50) -> Samples:
    """`text` as (n,) float32 at 16 kHz; `speed` in words a minute, `pitch` in espeak's 0..99."""
    command = ["espeak-ng", "--stdout", "-v", voice, "-s", str(speed), "-p", str(pitch), text]
    wave = subprocess.run(command, check=True, capture_output=True, timeout=30).stdout
    at = wave.index(b"data") + 8
    rate = int.from_bytes(wave[24:28], "little")
    samples = np.frombuffer(wave[at : at + (len(wave) - at) // 2 * 2], "<i2").astype(np.float32)
    return resampled(samples / np.float32(32768), rate)
