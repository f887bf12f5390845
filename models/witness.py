"""A second witness for numbers: two small networks of our own that know the number words of English and nothing else.

Every other word is silence to them, so they can neither propose a command nor follow a language model: what they say
about a number comes from the sounds alone, as the recogniser's acoustic model tells them, which has met many people.
Trained by `workshop/witness.py`, run in numpy (models/cards/witness.md).
"""

import difflib
import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models import domain

MONEY = ("euros", "dollars", "pounds", "yuan", "cents")
WORDS = (*domain.ONES, *domain.TENS, "hundred", "thousand", *MONEY)
BLANK = len(WORDS)
SOUNDS = 126  # states of the 42 sounds of the acoustic model, without their neighbours
STEP = 2  # frames of 10 ms
LOOP = bytes([0] + [1] * (SOUNDS - 1))  # the log's mark of a frame with all of them: steps from one to the next
UNIT, FLOOR = 0.1024 / 3, -6.0  # nepers of a score (1.0001^1024), flattened; the least logarithm that counts
STRIDES = (2, 1, 1, 1, 1)  # of the layers; a layer of stride 1 adds to what it was given
DILATIONS = (1, 1, 1, 2, 3)
WIDTH = 5  # frames that a layer sees
Floats = NDArray[np.float32]


def scores(folder: Path) -> Floats:
    """(frames of 20 ms, SOUNDS) in steps of UNIT below the best: what the recogniser's phone loop made of each sound,
    from the log that it left in `folder`, which is deleted. In it, frames of other sets of states are the words'."""
    *_, path = sorted(folder.glob("*.sen"))
    log, found = path.read_bytes(), []
    path.unlink()
    at = log.index(b"endhdr\n") + 11
    while at < len(log):
        size = int.from_bytes(log[at : at + 2], "little")
        states = at + 2 + size
        if log[at + 2 : states] == LOOP:
            found.append(np.frombuffer(log, "<i2", size, states))
        at = states + 2 * size
    return np.asarray(found[::STEP], np.float32)


def levelled(score: Floats) -> Floats:
    """Logarithms of how probable each sound is, about -1.5 to 1.5."""
    chance = -UNIT * score
    chance -= np.log(np.exp(chance).sum(1, keepdims=True))
    return np.asarray(np.maximum(chance, FLOOR) / 2 + 1.5)


def listened(score: Floats) -> list[Floats]:
    """By each of the networks: (frames of 40 ms, words and the blank), log probability of each."""
    with _threads().limit(limits=1, user_api="blas"):  # beside products this small a second thread only spins
        return [_listened(known, levelled(score)) for known in weights()]


@functools.cache
def _threads() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def _listened(known: dict[str, Any], x: Floats) -> Floats:
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


def chances(said: Sequence[tuple[str, ...]], heard: Sequence[Floats]) -> list[float]:
    """How probable it is, of each, that these words in this order, and no other that this witness knows, were said:
    the mean of its networks, which are sure of different mistakes."""
    return [sum(each) / len(heard) for each in zip(*(_chances(said, frames) for frames in heard), strict=True)]


def _chances(said: Sequence[tuple[str, ...]], heard: Floats) -> list[float]:
    """The sums over all ways through the frames, by connectionist temporal classification (Graves et al. 2006)."""
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


def reading(heard: Sequence[Floats], but: tuple[str, ...] | None = None) -> tuple[str, ...]:
    """The likeliest of the networks' best paths, other than `but` where one of them has another."""
    found = [_reading(frames) for frames in heard]
    return max(zip((words != but for words in found), chances(found, heard), found, strict=True))[2]


def _reading(heard: Floats) -> tuple[str, ...]:
    best = heard.argmax(1)
    changed = best[np.flatnonzero(np.diff(best, prepend=-1))]
    return tuple(WORDS[each] for each in changed if each != BLANK)


@functools.cache
def weights() -> list[dict[str, Any]]:
    """Of each network, by the names of their parts."""
    from safetensors.numpy import load_file

    networks: dict[str, dict[str, Any]] = {}
    for name, value in load_file(Path(__file__).with_suffix(".safetensors")).items():
        network, _, part = name.partition(".")
        networks.setdefault(network, {})[part] = value.astype(np.float32)
    return list(networks.values())
