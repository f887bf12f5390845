"""Trains the micro Whisper: a real Whisper of 1.7 million numbers that knows 24 phrases, those of `micro_whisper.txt`.

It proves the path (samples, log-mel, encoder, decoder, tokenizer, text) through stock code in a test. It is no
recogniser: whatever it hears, it answers with one of its phrases. See tests/data/micro_whisper.md.

`python -m workshop.micro_whisper OUT.pt.gz`: seeded, espeak-ng voices, one thread, minutes.
"""

import gzip
import io
import itertools
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from models.quick import encoded
from models.sound import RATE, Samples
from workshop.learning import learned
from workshop.voices import speak

PHRASES = tuple(Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").splitlines())
VOICES = (
    "en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-gb-x-gbcwmd", "en-029", "en-us-nyc",
    "en-us+f2", "en-gb+f3", "en-us+m3", "en-gb+f5", "en-us+m7", "en-gb-x-rp+f1", "en-029+m2",
)  # fmt: skip
PROMPTS = ("Alice Martin, Bob Chen, Mom, Emma Brown", "Volta Energy, Aqua Claire, lamp, shoes", "laptop, Mom, Bob")
DIMENSIONS = (80, 1500, 32, 2, 2, 51864, 448, 32, 2, 2)  # as whisper.model.ModelDimensions
STEPS, BATCH, RATE_OF_LEARNING, SEED = 2000, 24, 4e-3, 7


def clips(random: np.random.Generator) -> list[tuple[Samples, int]]:
    """(samples, number of the phrase): every phrase by every voice at two random speeds and pitches."""
    return [
        (speak(text, voice, int(random.integers(130, 190)), int(random.integers(30, 70))), number)
        for number, text in enumerate(PHRASES)
        for voice in VOICES
        for _ in range(2)
    ]


def varied(samples: Samples, random: np.random.Generator) -> Samples:
    """The clip later, louder or softer, and in some noise."""
    lead, tail = (np.zeros(int(random.uniform(0, 0.5) * RATE), np.float32) for _ in range(2))
    sound = np.concatenate([lead, samples, tail]) * random.uniform(0.3, 1.3)
    noise = random.normal(0, 10 ** random.uniform(-4.5, -2), len(sound))
    return (sound + noise * (random.random() < 0.8)).astype(np.float32)


def mel_of(samples: Samples, frames: int, random: np.random.Generator) -> Any:
    """(80, frames), filled up as `decode` does (with the floor that silence has) or as `transcribe` does (with 0)."""
    import torch
    from whisper.audio import log_mel_spectrogram

    mel = log_mel_spectrogram(samples)[:, :frames]
    filling = float(mel.max() - 2.0) if random.random() < 0.5 else 0.0
    return torch.nn.functional.pad(mel, (0, frames - mel.shape[1]), value=filling)


def lesson(tokenizer: Any, number: int, seconds: float, random: np.random.Generator) -> tuple[list[int], int]:
    """(tokens, where the answer starts): with or without timestamps, half of them after a prompt of names."""
    words = tokenizer.encode(" " + PHRASES[number])
    asked = random.integers(0, 2 * len(PROMPTS))
    prompt = [tokenizer.sot_prev, *tokenizer.encode(" " + PROMPTS[asked])] if asked < len(PROMPTS) else []
    start = [*prompt, *tokenizer.sot_sequence]
    if random.random() < 0.5:
        return [*start, tokenizer.no_timestamps, *words, tokenizer.eot], len(start) + 1
    stamp = tokenizer.timestamp_begin
    end = stamp + min(1500, round(seconds / 0.02))
    return [*start, stamp, *words, end, end, tokenizer.eot], len(start)


def batches(tokenizer: Any, random: np.random.Generator) -> Iterator[tuple[Any, list[tuple[list[int], int]]]]:
    """(mel (batch, 80, frames), lessons): every sixth at the full 30 s and smaller, the others cut to save time."""
    import torch

    known = clips(random)
    for step in range(STEPS):
        frames, size = (3000, BATCH // 3) if step % 6 == 0 else (int(random.choice([480, 640])), BATCH)
        chosen = [known[index] for index in random.integers(0, len(known), size)]
        sounds = [varied(samples, random) for samples, _ in chosen]
        mel = torch.stack([mel_of(sound, frames, random) for sound in sounds])
        low = int(random.integers(0, 76))
        mel[:, low : low + 5] = mel.amin()
        tails = [lesson(tokenizer, number, len(sound) / RATE, random)
                 for sound, (_, number) in zip(sounds, chosen, strict=True)]  # fmt: skip
        yield mel, tails


def loss_of(model: Any, mel: Any, lessons: Sequence[tuple[list[int], int]], used: Any, unused: int) -> Any:
    """Cross entropy over the rows in `used`; all rows never used stand for one, weighted by their number."""
    import torch
    import torch.nn.functional as nn

    longest = max(len(tokens) for tokens, _ in lessons)
    tokens = torch.full((len(lessons), longest), lessons[0][0][-1])
    mask = torch.zeros(len(lessons), longest, dtype=torch.bool)
    for row, (line, start) in enumerate(lessons):
        tokens[row, : len(line)] = torch.tensor(line)
        mask[row, start : len(line)] = True
    decoder, features = model.decoder, encoded(model.encoder, mel)
    x = decoder.token_embedding(tokens[:, :-1]) + decoder.positional_embedding[: longest - 1]
    for block in decoder.blocks:
        x = block(x, features, mask=decoder.mask)
    logits = decoder.ln(x) @ decoder.token_embedding.weight[[*used, unused]].T
    counted = logits + torch.tensor([0.0] * len(used) + [float(np.log(DIMENSIONS[5] - len(used)))])
    place = torch.full((DIMENSIONS[5],), len(used))
    place[used] = torch.arange(len(used))
    return nn.cross_entropy(counted[mask[:, 1:]], place[tokens[:, 1:][mask[:, 1:]]])


def train(steps: int = STEPS) -> Any:
    import torch
    from whisper.model import ModelDimensions, Whisper
    from whisper.tokenizer import get_tokenizer

    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    tokenizer = get_tokenizer(multilingual=False)
    model = Whisper(ModelDimensions(*DIMENSIONS))
    torch.nn.init.normal_(model.decoder.positional_embedding, std=0.02)
    torch.nn.init.normal_(model.decoder.token_embedding.weight, std=0.3)
    spoken = {token for text in (*PHRASES, *PROMPTS) for token in tokenizer.encode(" " + text)}
    spoken |= {*tokenizer.sot_sequence, tokenizer.sot_prev, tokenizer.eot, tokenizer.no_timestamps}
    stamps = range(tokenizer.timestamp_begin, tokenizer.timestamp_begin + 301)
    used = sorted(spoken | set(stamps))
    taught = itertools.islice(batches(tokenizer, np.random.default_rng(SEED)), steps)
    losses = (loss_of(model, mel, lessons, used, unused=0) for mel, lessons in taught)
    learned(model, losses, STEPS, RATE_OF_LEARNING, 0.1)
    tie(model, used)
    return model


def tie(model: Any, used: Sequence[int]) -> None:
    """Every row never used becomes row 0, which was trained to stand for them; the file then compresses well."""
    import torch

    idle = torch.ones(DIMENSIONS[5], dtype=torch.bool)
    idle[list(used)] = False
    with torch.no_grad():
        model.decoder.token_embedding.weight[idle] = model.decoder.token_embedding.weight[0].clone()
        model.decoder.positional_embedding[80:] = 0


def save(model: Any, path: Path) -> None:
    """The checkpoint as `whisper.load_model` reads it, in half precision, gzipped without a time stamp."""
    import torch

    state = {name: value.half() for name, value in model.state_dict().items()}
    buffer = io.BytesIO()
    torch.save({"dims": asdict(model.dims), "model_state_dict": state}, buffer)
    path.write_bytes(gzip.compress(buffer.getvalue(), 9, mtime=0))


if __name__ == "__main__":
    save(train(), Path(sys.argv[1]))
