"""Sound from strangers to samples: `decode` runs in the limited worker."""

import io
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from assistant.errors import BadInput
from models.sound import RATE, Samples, resampled

LONGEST = 60  # seconds of one recording
PATIENCE = 20  # seconds that ffmpeg may take
LOWEST_RATE, HIGHEST_RATE = 4_000, 192_000  # Hz


def decode(data: bytes) -> Samples:
    """A sound file of a stranger as (n,) float32 mono at 16 kHz. WAV, FLAC, OGG here, all else through ffmpeg.

    Raises `BadInput`: audio_empty, audio_unreadable, audio_too_long (more than a minute).
    """
    if not data:
        raise BadInput("audio_empty")
    samples = _by_libsndfile(data)
    if samples is None:
        samples = _by_ffmpeg(data)
    if len(samples) < RATE // 100:
        raise BadInput("audio_empty")
    if len(samples) > LONGEST * RATE:
        raise BadInput("audio_too_long", limit=LONGEST)
    return np.clip(np.nan_to_num(samples), -1, 1)


def _by_libsndfile(data: bytes) -> Samples | None:
    """None when libsndfile does not know the container; at most a minute and a moment is ever read."""
    import soundfile

    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            rate = file.samplerate
            if not LOWEST_RATE <= rate <= HIGHEST_RATE:
                raise BadInput("audio_unreadable")
            if file.format not in ("WAV", "WAVEX", "FLAC", "OGG", "AIFF"):
                return None
            seconds = file.blocks(rate, frames=(LONGEST + 1) * rate, dtype="float32", always_2d=True)
            sound = np.concatenate([np.zeros(0, np.float32), *(each.mean(axis=1) for each in seconds)])
    except (soundfile.SoundFileError, ValueError, TypeError):
        return None
    return resampled(sound, rate)


def _by_ffmpeg(data: bytes) -> Samples:
    """Any other container, from a file (some keep their index at the end), local files alone, cut after a minute."""
    import imageio_ffmpeg

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "sound")
        path.write_bytes(data)
        command = [
            imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-protocol_whitelist", "file,pipe",
            "-format_whitelist", "mov,mp4,m4a,matroska,webm,mp3,aac,wav,ogg,flac,aiff,amr,asf,caf,au",
            "-threads", "1", "-i", str(path), "-vn", "-map", "0:a:0", "-t", str(LONGEST + 1),
            "-ac", "1", "-ar", str(RATE), "-f", "f32le", "pipe:1",
        ]  # fmt: skip
        try:
            done = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)
        except subprocess.TimeoutExpired:
            raise BadInput("audio_unreadable") from None
    if done.returncode or not done.stdout:
        raise BadInput("audio_unreadable")
    return np.frombuffer(done.stdout[: len(done.stdout) // 4 * 4], np.float32)
