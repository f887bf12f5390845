"""Trains the second witness for numbers (`models/witness.py`): sounds as the recogniser hears them, CTC over words.

`python -m workshop.witness OUT.safetensors`: seeded, one thread, about twenty minutes of it; needs the Debian packages
espeak-ng and flite. Words that the witness does not know are silence to it. Sentences: half our patterns, filled at
random, half random words around random numbers, so that no order of words is learned instead of sounds. Measured:
models/cards/witness.md.
"""

import argparse
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from models import domain, witness
from models.pocket import decoded, decoder_of, dictionary
from models.sound import RATE, Samples
from workshop.learning import learned
from workshop.voices import speak

# Neither the held-out voices nor their variants (f4, m6) with another accent; nor those that chose the bounds.
ACCENTS = ("en-us", "en-us", "en-gb", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-gb-x-gbcwmd", "en-029", "en-us-nyc")
VARIANTS = (
    "", "", "f1", "f2", "f5", "m1", "m3", "m4", "m5", "m7", "m8", "klatt", "klatt2", "klatt3", "klatt5", "adam",
    "Alicia", "Andrea", "Annie", "antonio", "aunty", "belinda", "benjamin", "boris", "caleb", "david", "Denis", "Diogo",
    "ed", "edward", "Gene", "grandma", "grandpa", "Henrique", "Hugo", "iven", "iven3", "Jacky", "john", "Lee", "linda",
    "marcelo", "Marco", "max", "Michael", "michel", "miguel", "mike", "norbert", "pablo", "paul", "pedro", "quincy",
    "rob", "robert", "sandro", "shelby", "travis", "victor", "zac", "anika", "croak",
)  # fmt: skip
NAMES = """Anna Oliver Sophia Lucas Mia Noah Clara Hugo Nina Victor Grace Daniel Laura Peter Julia Simon Helen Marco
Rose Carla Felix Diana Oscar Martha Louis Irene Walter Lydia Jasper Paula Bernard Sylvia Norman""".split()  # noqa: SIM905
THINGS = """chair table bottle phone tea pan jacket camera watch bag pillow lens charger tablet towel book knife mouse
cable printer blanket bicycle sofa mirror clock printer""".split()  # noqa: SIM905
HOMOPHONES = {"won", "ate", "too", "fore", "for", "to", "tu", "wun", "eights", "ones", "twos"}
SOUNDS, CHANNELS = witness.SOUNDS, 128
CURRENCIES = ("euros", "euros", "euros", "euro", "dollars", "dollars", "dollar", "pounds", "pounds", "pound", "yuan")
AMOUNTS = (
    "{0}", "{0}", "{0} {2}", "{0} {2}", "{0} {2}", "{0} {2} {1}", "{0} {1}", "{0} {2} and {1} cents",
    "{0} point {1} {2}",
)  # fmt: skip
RECORDED, PEOPLE = ("flite:kal16", "flite:awb", "flite:slt"), 0.5  # and their share
QUICK = {"ds": 2, "fwdflat": False, "bestpath": False}  # every second frame, and only the first pass
QUIET = witness.FLOOR / 4
PARTS, CLIPS, STEPS, BATCH, PACE, SEEDS = 3, 7500, 2600, 32, 4e-3, (7, 8)  # parts can be spoken side by side
Lesson = tuple[Any, list[int]]  # scores in bytes, numbers of the number words in it


def sentences(random: np.random.Generator) -> Iterator[str]:
    """By turns one of our patterns, filled at random, and random words with up to four random numbers among them."""
    weighted = [line.split(" ", 1) for line in domain.spoken()["patterns"].splitlines()]
    patterns = [pattern for weight, pattern in weighted for _ in range(int(weight))]
    known = domain.spoken()["classes"] | {"name": NAMES, "thing": THINGS, "things": THINGS}
    other = [word for word in dictionary() if re.fullmatch(r"[a-z]{3,10}", word) and word not in HOMOPHONES]
    while True:
        pattern = str(random.choice(patterns))
        yield " ".join(re.sub(r"{(\w+)}", lambda found: filled(found[1], known, random), pattern).split())
        around = [str(word) for word in random.choice(other, random.integers(0, 6))]
        for _ in range(random.integers(0, 5)):
            place, kind = int(random.integers(len(around) + 1)), ("number", "amount")[random.integers(2)]
            around.insert(place, filled(kind, known, random))
        yield " ".join(around) or number(random)


def filled(name: str, known: Mapping[str, Sequence[str]], random: np.random.Generator) -> str:
    if name == "number":
        return number(random)
    if name not in ("amount", "limit"):
        return str(random.choice(known[name]))
    currency = CURRENCIES[random.integers(len(CURRENCIES))]
    return str(random.choice(AMOUNTS)).format(number(random), number(random), currency)


def number(random: np.random.Generator) -> str:
    kind = random.random()
    if kind < 0.25:
        return domain.number_words(int(random.integers(0, 20)))
    if kind < 0.65:
        return domain.number_words(int(random.integers(10, 100)))
    whole = domain.number_words(int(random.integers(1, 10_000 if kind > 0.9 else 1000)))
    return whole.replace("hundred ", "hundred and ") if random.random() < 0.5 else whole


def spoken(seed: Sequence[int], count: int) -> Iterator[Lesson]:
    """Each sentence by a random voice, once."""
    random, decoder = np.random.default_rng(seed), decoder_of(["zero one"], **QUICK)
    for text in itertools.islice(sentences(random), count):
        *_, score = decoded(decoder, taken(said(text, random), random))
        yield np.minimum(score, 255).astype(np.uint8), [witness.WORDS.index(word) for word in witness.money(text)]


def said(text: str, random: np.random.Generator) -> Samples:
    """By a voice of espeak-ng, or by one made from recordings, with a smaller or larger throat, higher or lower."""
    person = random.random() < PEOPLE
    throat = np.exp(random.uniform(-0.22, 0.22) if person else random.uniform(-0.15, 0.15))
    speed, pitch = int(random.integers(115, 205) / throat**0.7), int(random.integers(15, 85))
    accent, variant = random.choice(ACCENTS), random.choice(VARIANTS)
    voice = str(random.choice(RECORDED)) if person else f"{accent}+{variant}" if variant else str(accent)
    sound = speak(text, voice, speed, pitch)
    return np.asarray(np.interp(np.arange(0, len(sound) - 1, throat), np.arange(len(sound)), sound), np.float32)


def taken(sound: Samples, random: np.random.Generator) -> Samples:
    """In a room, through a narrow or tilted line, earlier or later, in some noise that falls off with frequency."""
    if random.random() < 0.4:
        tail = random.normal(0, 1, int(random.uniform(0.05, 0.3) * RATE))
        tail *= np.exp(-np.linspace(0, 6, len(tail))) * random.uniform(0.02, 0.12)
        tail[0] = 1
        sound = _filtered(sound, tail)
    line = np.exp(np.interp(np.linspace(0, 6, 2049), np.arange(7), random.normal(0, 0.25, 7)))
    if random.random() < 0.2:
        line[int(random.uniform(3300, 4200) / RATE * 4096) :] = 1e-3
    sound = _filtered(sound, np.roll(np.fft.irfft(line), 128)[:256])
    sound = np.pad(sound, [int(random.uniform(0, 0.5) * RATE) for _ in range(2)])
    fall = np.exp(-np.linspace(0, random.uniform(0, 2.5), len(sound) // 2 + 1))
    noise = np.fft.irfft(np.fft.rfft(random.normal(0, 1, len(sound))) * fall, len(sound))
    level = 10 ** -random.uniform(0.4, 2.2) * np.sqrt(np.mean(sound**2) / np.mean(noise**2))
    return np.asarray(sound + level * noise, np.float32)


def varied(score: Any, random: np.random.Generator) -> Any:
    """A take a little slower or quicker, some sounds likelier than others (another throat), some not told at all."""
    score = score[np.arange(0, len(score) - 1, random.uniform(0.88, 1.14)).astype(int)].astype(np.float32)
    score += np.repeat(random.normal(0, 10, SOUNDS // 3), 3) + random.normal(0, 5, score.shape)
    level = witness.levelled(score - score.min(1, keepdims=True))
    sound, late = int(random.integers(0, SOUNDS)), int(random.integers(0, len(level)))
    level[:, sound : sound + int(random.integers(0, 9))] = QUIET
    level[late : late + int(random.integers(0, 5))] = QUIET
    return level


def _filtered(sound: Any, kernel: Any) -> Any:
    size = 1 << (len(sound) + len(kernel)).bit_length()
    return np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(kernel, size), size)[: len(sound)]


def network() -> Any:
    import torch.nn as nn

    class Listener(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            sizes = [SOUNDS] + [CHANNELS] * len(witness.STRIDES)
            self.layers = nn.ModuleList(
                nn.Conv1d(size, CHANNELS, witness.WIDTH, stride, dilation * (witness.WIDTH - 1) // 2, dilation)
                for size, stride, dilation in zip(sizes, witness.STRIDES, witness.DILATIONS, strict=False)
            )
            self.norms = nn.ModuleList(nn.BatchNorm1d(CHANNELS) for _ in witness.STRIDES)
            self.out = nn.Linear(CHANNELS, len(witness.WORDS) + 1)

        def forward(self, x: Any) -> Any:
            """(batch, sounds, frames) -> (batch, frames / 2, words and the blank), log probabilities."""
            for layer, norm, stride in zip(self.layers, self.norms, witness.STRIDES, strict=True):
                y = norm(layer(x)).relu()
                x = y if stride > 1 else x + nn.functional.dropout(y, 0.1, self.training)
            return self.out(x.transpose(1, 2)).float().log_softmax(2)

    return Listener()


def batches(random: np.random.Generator, known: list[Lesson], steps: int) -> Iterator[Any]:
    """(levels, frames of each after the strides, labels), takes of like length together."""
    import torch

    order = np.argsort([len(score) for score, _ in known])
    for _ in range(steps):
        start = int(random.integers(0, len(known) - 8 * BATCH))
        chosen = [known[index] for index in random.choice(order[start : start + 8 * BATCH], BATCH, replace=False)]
        levels = [varied(score, random) for score, _ in chosen]
        level = torch.full((BATCH, SOUNDS, max(map(len, levels))), QUIET)
        for row, each in enumerate(levels):
            level[row, :, : len(each)] = torch.from_numpy(each.T.copy())
        frames = torch.tensor([(len(each) + 1) // 2 for each in levels])
        yield level, frames, [labels for _, labels in chosen]


def train(known: list[Lesson], steps: int, seed: int) -> Any:
    import torch

    torch.manual_seed(seed)
    torch.set_num_threads(1)
    model = network()
    return learned(model, losses(model, known, steps, seed), steps, PACE, 0.15)


def losses(model: Any, known: list[Lesson], steps: int, seed: int) -> Iterator[Any]:
    import torch

    for level, frames, labels in batches(np.random.default_rng(seed), known, steps):
        lengths = torch.tensor([len(each) for each in labels])
        flat = torch.tensor([label for each in labels for label in each])
        with torch.autocast("cpu", torch.bfloat16):
            heard = model(level).transpose(0, 1)
        yield torch.nn.functional.ctc_loss(heard, flat, frames, lengths, blank=witness.BLANK, zero_infinity=True)


def save(models: Mapping[int, Any], path: Path) -> None:
    """By their seeds."""
    from safetensors.numpy import save_file

    state = {f"{seed}.{name}": value for seed, model in models.items() for name, value in parts(model).items()}
    save_file({name: np.ascontiguousarray(value, np.float16) for name, value in state.items()}, path)


def parts(model: Any) -> dict[str, Any]:
    """Of a network, the normalisation folded in, kernels as `models/witness.py` multiplies them."""
    state: dict[str, Any] = {
        "out.weight": model.out.weight.detach().numpy().T,
        "out.bias": model.out.bias.detach().numpy(),
    }
    for number, (layer, norm) in enumerate(zip(model.layers, model.norms, strict=True)):
        scale = (norm.weight / (norm.running_var + norm.eps).sqrt()).detach().numpy()
        kernel = layer.weight.detach().numpy() * scale[:, None, None]  # (out, in, width)
        state[f"{number}.weight"] = kernel.transpose(2, 1, 0).reshape(-1, CHANNELS)
        mean, shift = norm.running_mean.numpy(), norm.bias.detach().numpy()
        state[f"{number}.bias"] = (layer.bias.detach().numpy() - mean) * scale + shift
    return state


if __name__ == "__main__":
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("out", type=Path)
    reader.add_argument("--clips", type=int, default=CLIPS)
    reader.add_argument("--steps", type=int, default=STEPS)
    given = reader.parse_args()
    known = [lesson for part in range(PARTS) for lesson in spoken((SEEDS[0], part), given.clips // PARTS)]
    save({seed: train(known, given.steps, seed) for seed in SEEDS}, given.out)
