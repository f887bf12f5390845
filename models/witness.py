"""A second witness for numbers: a small network of our own that knows the number words of English and nothing else.

It hears every word but those as silence, so it can neither propose a command nor follow a language model: what it says
about a number comes from the sound alone. Trained by `workshop/witness.py`, run in numpy (models/cards/witness.md).
"""

import difflib
import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models import domain
from models.sound import RATE, Samples

MONEY = ("euros", "dollars", "pounds", "yuan", "cents")
WORDS = (*domain.ONES, *domain.TENS, "hundred", "thousand", *MONEY)
BLANK = len(WORDS)
WINDOW, HOP, SIZE, BANDS = 400, 160, 512, 40  # samples of a frame, between frames, of its transform; mel bands
LOWEST, HIGHEST = 60.0, 7600.0  # Hz
DEEP = 10.0  # nepers below the loudest band that still count
STRIDES = (2, 2, 1, 1, 1)  # of the layers; a layer of stride 1 adds to what it was given
DILATIONS = (1, 1, 1, 2, 3)
WIDTH = 5  # frames that a layer sees
Floats = NDArray[np.float32]


def powers(samples: Samples) -> Floats:
    """(frames, bands) of mel power."""
    sound = np.pad(samples, (0, max(0, WINDOW - len(samples)))).astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(sound, WINDOW)[::HOP]
    return np.asarray(np.abs(np.fft.rfft(frames * _window(), SIZE)).astype(np.float32) ** 2 @ _bands())


def levelled(power: Floats) -> Floats:
    """Its logarithm, each band less its mean, so that neither room nor microphone is in it."""
    mel = np.log(power + 1e-9)
    mel = np.maximum(mel, mel.max() - DEEP)
    return np.asarray((mel - mel.mean(0)) / (mel.std() + 1e-3))


@functools.cache
def _window() -> Floats:
    return np.hanning(WINDOW).astype(np.float32)


@functools.cache
def _bands() -> Floats:
    """(SIZE / 2 + 1, BANDS) triangles, evenly spaced in mel (O'Shaughnessy 1987: 2595 log10(1 + f / 700))."""
    low, high = (2595 * np.log10(1 + f / 700) for f in (LOWEST, HIGHEST))
    edges = 700 * (10 ** (np.linspace(low, high, BANDS + 2) / 2595) - 1)
    bins = np.fft.rfftfreq(SIZE, 1 / RATE)[:, None]
    rise = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    fall = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    return np.maximum(0, np.minimum(rise, fall)).astype(np.float32)


def listened(samples: Samples) -> Floats:
    """(frames of 40 ms, words and the blank): log probability of each."""
    known, x = weights(), levelled(powers(samples))
    for number, (stride, dilation) in enumerate(zip(STRIDES, DILATIONS, strict=True)):
        kernel, bias = known[f"{number}.weight"], known[f"{number}.bias"]
        y = np.maximum(0, _convolved(x, kernel, stride, dilation) + bias)
        x = y if stride > 1 else x + y
    scores = x @ known["out.weight"] + known["out.bias"]
    scores -= scores.max(1, keepdims=True)
    return np.asarray(scores - np.log(np.exp(scores).sum(1, keepdims=True)), np.float32)


def _convolved(x: Floats, kernel: Floats, stride: int, dilation: int) -> Floats:
    """`x` (frames, channels) by `kernel` (width * channels, channels), zeros around it."""
    reach = dilation * (WIDTH - 1) // 2
    padded = np.pad(x, ((reach, reach), (0, 0)))
    at = np.arange(0, len(x), stride)
    return np.concatenate([padded[at + step * dilation] for step in range(WIDTH)], 1) @ kernel


def money(text: str) -> tuple[str, ...]:
    """The words of a sentence that this witness knows, currencies in the plural."""
    plural = {name[:-1]: name for name in MONEY if name.endswith("s")}
    return tuple(word for word in (plural.get(each, each) for each in text.split()) if word in WORDS)


def chances(said: Sequence[tuple[str, ...]], heard: Floats) -> list[float]:
    """How probable it is, of each, that these words in this order, and no other that this witness knows, were said:
    the sum over all ways through the frames, by connectionist temporal classification (Graves et al. 2006)."""
    longest = 2 * max(map(len, said), default=0) + 1
    labels = np.full((len(said), longest + 2), BLANK)  # two places in front, so that steps back stay inside
    for row, words in enumerate(said):
        labels[row, 3 : 2 * len(words) + 2 : 2] = [WORDS.index(word) for word in words]
    skip = np.where((labels[:, 2:] != BLANK) & (labels[:, 2:] != labels[:, :-2]), 0.0, -np.inf)
    paths = np.full(labels.shape, -np.inf)
    paths[:, 1] = 0.0
    for frame in heard:
        before = np.logaddexp(np.logaddexp(paths[:, 2:], paths[:, 1:-1]), paths[:, :-2] + skip)
        paths[:, 2:] = before + frame[labels[:, 2:]]
        paths[:, 1] = -np.inf
    ends = np.array([2 * len(words) + 2 for words in said])
    rows = np.arange(len(said))
    last = np.where(ends > 2, paths[rows, ends - 1], -np.inf)
    return [float(each) for each in np.exp(np.logaddexp(paths[rows, ends], last))]


def spliced(words: Sequence[str], own: Sequence[str]) -> str:
    """The sentence with this witness's words in the places of its own."""
    plural = [money(word) for word in words]
    at = [place for place, found in enumerate(plural) if found]
    made, matcher = list(words), difflib.SequenceMatcher(None, [plural[place][0] for place in at], own, autojunk=False)
    for _, low, high, first, last in reversed(matcher.get_opcodes()):
        start = at[low] if low < len(at) else (at[-1] + 1 if at else len(words))
        end = at[high - 1] + 1 if high > low else start
        made[start:end] = own[first:last]
    return " ".join(made)


def reading(heard: Floats) -> tuple[str, ...]:
    """The number words of the best path."""
    best = heard.argmax(1)
    changed = best[np.flatnonzero(np.diff(best, prepend=-1))]
    return tuple(WORDS[each] for each in changed if each != BLANK)


@functools.cache
def weights() -> dict[str, Any]:
    from safetensors.numpy import load_file

    found = load_file(Path(__file__).with_suffix(".safetensors"))
    return {name: value.astype(np.float32) for name, value in found.items()}
