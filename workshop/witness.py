"""Trains the second witness for numbers (`models/witness.py`): log-mel, convolutions, CTC over its words.

`python -m workshop.witness OUT.safetensors`: seeded, espeak-ng voices, one thread, about five minutes of it. Words that
the witness does not know are silence to it. Sentences: half our patterns, filled at random, half random words around
random numbers, so that no order of words is learned instead of sounds. Measured: models/cards/witness.md.
"""

import argparse
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from models import domain, witness
from models.pocket import dictionary
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
BANDS, CHANNELS = witness.BANDS, 96
CURRENCIES = ("euros", "euros", "euros", "euro", "dollars", "dollars", "dollar", "pounds", "pounds", "pound", "yuan")
AMOUNTS = (
    "{0}", "{0}", "{0} {2}", "{0} {2}", "{0} {2}", "{0} {2} {1}", "{0} {1}", "{0} {2} and {1} cents",
    "{0} point {1} {2}",
)  # fmt: skip
CLIPS, STEPS, BATCH, PACE, SEED = 3000, 2600, 32, 4e-3, 7
Lesson = tuple[witness.Floats, list[int]]  # mel power, numbers of the number words in it


def sentences(random: np.random.Generator) -> Iterator[str]:
    """By turns one of our patterns, filled at random, and random words with up to three random numbers among them."""
    weighted = [line.split(" ", 1) for line in domain.spoken()["patterns"].splitlines()]
    patterns = [pattern for weight, pattern in weighted for _ in range(int(weight))]
    known = domain.spoken()["classes"] | {"name": NAMES, "thing": THINGS, "things": THINGS}
    other = [word for word in dictionary() if re.fullmatch(r"[a-z]{3,10}", word) and word not in HOMOPHONES]
    while True:
        pattern = str(random.choice(patterns))
        yield " ".join(re.sub(r"{(\w+)}", lambda found: filled(found[1], known, random), pattern).split())
        around = [str(word) for word in random.choice(other, random.integers(0, 6))]
        for _ in range(random.integers(0, 4)):
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


def spoken(random: np.random.Generator, count: int) -> Iterator[Lesson]:
    """Each sentence by a random voice, as two takes."""
    for text in itertools.islice(sentences(random), count):
        accent, variant = random.choice(ACCENTS), random.choice(VARIANTS)
        voice = f"{accent}+{variant}" if variant else str(accent)
        sound = speak(text, voice, int(random.integers(115, 205)), int(random.integers(15, 85)))
        labels = [witness.WORDS.index(word) for word in witness.money(text)]
        for _ in range(2):
            yield witness.powers(taken(sound, random)), labels


def taken(sound: Samples, random: np.random.Generator) -> Samples:
    """Faster or slower with the pitch, in a room, through a narrow or tilted line, earlier or later."""
    speed = random.uniform(0.86, 1.16)
    sound = np.interp(np.arange(0, len(sound) - 1, speed), np.arange(len(sound)), sound)
    if random.random() < 0.4:
        tail = random.normal(0, 1, int(random.uniform(0.05, 0.3) * RATE))
        tail *= np.exp(-np.linspace(0, 6, len(tail))) * random.uniform(0.02, 0.12)
        tail[0] = 1
        sound = _filtered(sound, tail)
    if random.random() < 0.2:
        line = np.ones(2049)
        line[int(random.uniform(3300, 4200) / RATE * 4096) :] = 1e-3
        sound = _filtered(sound, np.roll(np.fft.irfft(line), 128)[:256])
    sound = np.pad(sound, [int(random.uniform(0, 0.5) * RATE) for _ in range(2)])
    return np.asarray(sound / np.sqrt(np.mean(sound**2)), np.float32)


def varied(power: Any, random: np.random.Generator) -> Any:
    """A take a little slower or quicker, its bands moved and tilted (another throat, another line), in some noise."""
    at = np.arange(0, len(power) - 1, random.uniform(0.9, 1.12)).astype(int)
    throat = np.clip(np.arange(BANDS) * random.uniform(0.92, 1.09) + random.uniform(-1, 1), 0, BANDS - 1).astype(int)
    power = power[at][:, throat] * np.exp(np.interp(np.arange(BANDS), np.linspace(0, 39, 7), random.normal(0, 0.5, 7)))
    fall = np.linspace(0, random.uniform(0, 5), BANDS)  # noise of rooms falls off with frequency
    noise = np.exp(-fall) * random.gamma(3, 1 / 3, power.shape)
    level = power.mean() * 10 ** random.uniform(-5, -1) / np.exp(-fall).mean()
    mel = witness.levelled((power + noise * level).astype(np.float32))
    low, late = int(random.integers(0, 38)), int(random.integers(0, len(mel)))
    mel[:, low : low + int(random.integers(0, 6))] = 0
    mel[late : late + int(random.integers(0, 8))] = 0
    return mel


def _filtered(sound: Any, kernel: Any) -> Any:
    size = 1 << (len(sound) + len(kernel)).bit_length()
    return np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(kernel, size), size)[: len(sound)]


def network() -> Any:
    import torch.nn as nn

    class Listener(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            sizes = [BANDS] + [CHANNELS] * len(witness.STRIDES)
            self.layers = nn.ModuleList(
                nn.Conv1d(size, CHANNELS, witness.WIDTH, stride, dilation * (witness.WIDTH - 1) // 2, dilation)
                for size, stride, dilation in zip(sizes, witness.STRIDES, witness.DILATIONS, strict=False)
            )
            self.norms = nn.ModuleList(nn.BatchNorm1d(CHANNELS) for _ in witness.STRIDES)
            self.out = nn.Linear(CHANNELS, len(witness.WORDS) + 1)

        def forward(self, x: Any) -> Any:
            """(batch, bands, frames) -> (batch, frames / 4, words and the blank), log probabilities."""
            for layer, norm, stride in zip(self.layers, self.norms, witness.STRIDES, strict=True):
                y = norm(layer(x)).relu()
                x = y if stride > 1 else x + nn.functional.dropout(y, 0.05, self.training)
            return self.out(x.transpose(1, 2)).log_softmax(2)

    return Listener()


def batches(random: np.random.Generator, known: list[Lesson], steps: int) -> Iterator[Any]:
    """(mel, frames of each after the strides, labels), takes of like length together."""
    import torch

    order = np.argsort([len(power) for power, _ in known])
    for _ in range(steps):
        start = int(random.integers(0, len(known) - 8 * BATCH))
        chosen = [known[index] for index in random.choice(order[start : start + 8 * BATCH], BATCH, replace=False)]
        mels = [varied(power, random) for power, _ in chosen]
        mel = torch.zeros(BATCH, BANDS, max(map(len, mels)))
        for row, each in enumerate(mels):
            mel[row, :, : len(each)] = torch.from_numpy(each.T.copy())
        frames = torch.tensor([(len(each) + 3) // 4 for each in mels])
        yield mel, frames, [labels for _, labels in chosen]


def train(known: list[Lesson], steps: int) -> Any:
    import torch

    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    model = network()
    return learned(model, losses(model, known, steps), steps, PACE, 0.15)


def losses(model: Any, known: list[Lesson], steps: int) -> Iterator[Any]:
    import torch

    for mel, frames, labels in batches(np.random.default_rng(SEED), known, steps):
        lengths = torch.tensor([len(each) for each in labels])
        flat = torch.tensor([label for each in labels for label in each])
        yield torch.nn.functional.ctc_loss(
            model(mel).transpose(0, 1), flat, frames, lengths, blank=witness.BLANK, zero_infinity=True
        )


def save(model: Any, path: Path) -> None:
    """In half precision, the normalisation folded in, kernels as `models/witness.py` multiplies them."""
    from safetensors.numpy import save_file

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
    save_file({name: np.ascontiguousarray(value, np.float16) for name, value in state.items()}, path)


if __name__ == "__main__":
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("out", type=Path)
    reader.add_argument("--clips", type=int, default=CLIPS)
    reader.add_argument("--steps", type=int, default=STEPS)
    given = reader.parse_args()
    save(train(list(spoken(np.random.default_rng(SEED), given.clips)), given.steps), given.out)
