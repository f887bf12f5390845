"""Sound as the engines take it: float32, mono, 16 kHz, -1..1. Knows sample rates; knows no container and no speech."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

RATE = 16_000  # Hz
Samples = NDArray[np.float32]
BLOCK = 1 << 15  # input samples resampled at once
GUARD = 1 << 10  # neighbours on each side, so that the seams of blocks carry no edge effect


def resampled(samples: Samples, rate: int) -> Samples:
    """`samples` (n,) at `rate` Hz as (round(n * 16000 / rate),) at 16 kHz, band-limited in the Fourier domain."""
    if rate == RATE:
        return np.ascontiguousarray(samples, np.float32)
    whole = round(len(samples) * RATE / rate)
    return np.concatenate([*_blocks(samples, rate), np.zeros(1, np.float32)])[:whole].astype(np.float32)


def _blocks(samples: Samples, rate: int) -> Iterator[Samples]:
    common = int(np.gcd(rate, RATE))
    up, down = RATE // common, rate // common
    step, guard = (-(-size // (64 * down)) * 64 * down for size in (BLOCK, GUARD))
    padded = np.pad(samples, (guard, guard + step))
    for start in range(0, len(samples), step):
        part = padded[start : start + step + 2 * guard]
        size, target = len(part), len(part) * up // down
        spectrum = np.fft.rfft(part)[: min(size, target) // 2 + 1]
        sound = np.fft.irfft(spectrum, target) * (target / size)
        yield sound[guard * up // down : (guard + step) * up // down].astype(np.float32)


def as_pcm(samples: Samples) -> bytes:
    """Little-endian 16-bit PCM, clipped."""
    return (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()
