"""Trains the shipped vision transformer from nothing on scenes drawn by `scenes.py`.

Run `python -m workshop.vit`: one thread, about five minutes of processor time for training and two for drawing;
writes `models/vit/` (float16 safetensors and config).
One classifier, two questions: the first logits are the kinds, the rest the coarse product classes, which are asked only
of product pictures.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from models.vision import CHANNELS, FOLDER, GRID, SIDE, maps
from workshop.scenes import KINDS, PRODUCTS, scene

if TYPE_CHECKING:
    import torch

SEED = 20261122
RATE = 2e-3


def drawn(count: int, seed: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """`count` scenes: pixels (count, 3, 160, 160) uint8, kinds (count,), product classes (count,) with -1 for none."""
    import torch

    pixels, kinds, goods = [], [], []
    for index in range(count):
        picture, kind, product = scene(seed, index)
        pixels.append(np.asarray(picture).transpose(2, 0, 1))
        kinds.append(KINDS.index(kind))
        goods.append(PRODUCTS.index(product) if product else -1)
    return torch.from_numpy(np.stack(pixels)), torch.tensor(kinds), torch.tensor(goods)


def varied(batch: torch.Tensor, noise: torch.Generator) -> torch.Tensor:
    """Random crop, mirror, light and channel gain of a uint8 batch; -1..1, (n, 3, SIDE, SIDE)."""
    import torch
    from torch.nn import functional

    n = len(batch)

    def draw(low: float, high: float, *shape: int) -> torch.Tensor:
        return torch.rand(shape or (n,), generator=noise) * (high - low) + low

    scale, turn = draw(0.74, 1.08), draw(-0.12, 0.12)
    mirror = torch.where(draw(0, 1) < 0.3, -1.0, 1.0)
    shift = draw(-0.12, 0.12, n, 2)
    theta = torch.stack(
        [
            torch.stack([scale * mirror * turn.cos(), -scale * turn.sin(), shift[:, 0]], 1),
            torch.stack([scale * mirror * turn.sin(), scale * turn.cos(), shift[:, 1]], 1),
        ],
        1,
    )
    grid = functional.affine_grid(theta, [n, 3, SIDE, SIDE], align_corners=False)
    seen = functional.grid_sample(batch.float() / 127.5 - 1, grid, padding_mode="reflection", align_corners=False)
    gain, offset = draw(0.75, 1.25, n, 3, 1, 1), draw(-0.2, 0.2, n, 1, 1, 1)
    return (seen * gain + offset).clamp(-1, 1)


def loss_of(logits: torch.Tensor, kinds: torch.Tensor, goods: torch.Tensor) -> torch.Tensor:
    from torch.nn import functional

    kind = functional.cross_entropy(logits[:, : len(KINDS)], kinds, label_smoothing=0.05)
    known = goods >= 0
    if not known.any():
        return kind
    return kind + 0.5 * functional.cross_entropy(logits[known, len(KINDS) :], goods[known], label_smoothing=0.05)


def glimpsed(model: Any, seen: torch.Tensor, keep: int, noise: torch.Generator) -> torch.Tensor:
    """Logits from `keep` of the 64 patches, drawn anew for each picture: half the work, and less to learn by heart
    (PatchDropout, Liu et al. 2022)."""
    import torch

    hidden = model.vit.embeddings(seen)
    rows = torch.rand(len(seen), hidden.shape[1] - 1, generator=noise).argsort(1)[:, :keep, None] + 1
    hidden = torch.cat([hidden[:, :1], hidden.gather(1, rows.expand(-1, -1, hidden.shape[-1]))], 1)
    for layer in model.vit.layers:
        hidden = layer(hidden)
    logits: torch.Tensor = model.classifier(model.vit.layernorm(hidden)[:, 0])
    return logits


def fit(model: Any, data: tuple[torch.Tensor, ...], steps: int, batch: int = 64) -> None:
    """AdamW with a warm-up and a cosine."""
    import torch

    noise = torch.Generator().manual_seed(SEED)
    optimiser = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.03)
    model.train()
    for step in range(steps):
        rows = torch.randint(len(data[0]), (batch,), generator=noise)
        rate = RATE * min(1, (step + 1) / 150) * (0.5 + 0.5 * math.cos(math.pi * step / steps))
        optimiser.param_groups[0]["lr"] = rate
        keep = 32 if step < 0.8 * steps else 64
        logits = glimpsed(model, maps(varied(data[0][rows], noise)), keep, noise)
        loss = loss_of(logits, data[1][rows], data[2][rows])
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        if step % 50 == 0:
            print(f"{step}/{steps} loss {loss.item():.3f}", flush=True)  # noqa: T201


def build() -> Any:
    import torch
    from transformers import ViTConfig, ViTForImageClassification

    names = [*KINDS, *PRODUCTS]
    config = ViTConfig(
        hidden_size=96, num_hidden_layers=5, num_attention_heads=3, intermediate_size=288, initializer_range=0.07,
        image_size=GRID, patch_size=GRID // 8, num_channels=CHANNELS,
        id2label=dict(enumerate(names)), label2id={name: index for index, name in enumerate(names)},
    )  # fmt: skip
    model = ViTForImageClassification(config)
    with torch.no_grad():
        model.vit.embeddings.position_embeddings[0, 1:] = places(8, config.hidden_size)
    return model


def places(side: int, width: int) -> torch.Tensor:
    """Sine and cosine positions on a square grid (side * side, width): a start that short training needs
    (Beyer et al. 2022, "Better plain ViT baselines for ImageNet-1k")."""
    import torch

    rows, columns = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
    omega = 1 / 100 ** (torch.arange(width // 4) / (width // 4 - 1))
    waves = [part.flatten()[:, None] * omega for part in (columns, rows)]
    return torch.cat([turn(wave) for wave in waves for turn in (torch.sin, torch.cos)], 1) * 0.5


def main() -> None:
    import torch

    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--scenes", type=int, default=9800)
    reader.add_argument("--steps", type=int, default=900)
    reader.add_argument("--out", type=Path, default=FOLDER)
    given = reader.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    model = build()
    fit(model, drawn(given.scenes, SEED), given.steps)
    model.half().save_pretrained(given.out)


if __name__ == "__main__":
    main()
