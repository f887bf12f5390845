"""The vision model that looks at every picture: a small vision transformer shipped in `models/vit/`.

Knows the kind of picture, a coarse product class and an embedding. Reads no text and no code. Runs inside the senses'
worker, so torch is never loaded in the main process.
"""

from __future__ import annotations

import functools
import math
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image
    from torch import Tensor

FOLDER = Path(__file__).parent / "vit"
SIDE = 128  # pixels of the square that is looked at
GRID = 32  # cells of the maps the transformer sees
DIRECTIONS = 8
CHANNELS = 3 + 2 * DIRECTIONS
KINDS = 7  # the first labels of the classifier are kinds of picture, the rest product classes
NAME = "Lueur ViT (0.5 M, own scenes)"

_one = threading.Lock()


@dataclass(frozen=True, slots=True)
class Look:
    """Softmax over kinds, softmax over product classes (both in 0..1), and the class token of the last layer (96)."""

    kinds: dict[str, float]
    products: dict[str, float]
    features: tuple[float, ...]


@functools.cache
def _model() -> Any:
    import torch
    from transformers import ViTForImageClassification

    torch.set_num_threads(1)
    model: Any = ViTForImageClassification.from_pretrained(FOLDER, local_files_only=True, dtype=torch.float32)
    return model.eval()


def load() -> None:
    """Load the model now; later calls return at once."""
    with _one:
        _model()


def pixels(picture: Image) -> Tensor:
    """(1, 3, SIDE, SIDE) in -1..1: the whole picture in a square, padded with its border's colour."""
    import numpy as np
    import torch
    from PIL import Image, ImageOps

    small = picture.convert("RGB")
    small.thumbnail((SIDE, SIDE), Image.Resampling.BOX)
    edge = np.asarray(small)
    border = np.concatenate([edge[0], edge[-1], edge[:, 0], edge[:, -1]])
    red, green, blue = (int(part) for part in np.median(border, axis=0))
    square = ImageOps.pad(small, (SIDE, SIDE), Image.Resampling.BILINEAR, color=(red, green, blue))
    return torch.from_numpy(np.asarray(square).transpose(2, 0, 1).copy()).float()[None] / 127.5 - 1


def maps(seen: Tensor) -> Tensor:
    """What the transformer sees of pixels (n, 3, SIDE, SIDE): (n, CHANNELS, GRID, GRID).

    Colour, and the energy of edges in eight directions at two scales (the maps behind HOG, Dalal and Triggs 2005): a
    fixed front that spares a small transformer most of the pictures it would need to learn edges from nothing.
    """
    import torch
    from torch.nn import functional

    found = [functional.avg_pool2d(seen, SIDE // GRID)]
    light = seen.mean(1, keepdim=True)
    for scale in (1, 2):
        grey = functional.pad(functional.avg_pool2d(light, scale), (1, 1, 1, 1), mode="replicate")
        across = grey[:, :, 1:-1, 2:] - grey[:, :, 1:-1, :-2]
        down = grey[:, :, 2:, 1:-1] - grey[:, :, :-2, 1:-1]
        for turn in range(DIRECTIONS // 2):
            angle = 2 * math.pi * turn / DIRECTIONS
            edge = across * math.cos(angle) + down * math.sin(angle)
            for energy in (edge.relu(), (-edge).relu()):
                found.append(2 * functional.avg_pool2d(energy, SIDE // GRID // scale).sqrt() - 0.5)
    return torch.cat(found, 1)


def look(picture: Image) -> Look:
    """One forward pass over `picture` (any size and mode)."""
    import torch

    with _one, torch.inference_mode():
        model = _model()
        hidden = model.vit(maps(pixels(picture))).last_hidden_state[:, 0]
        logits = model.classifier(hidden)[0]
    names = [model.config.id2label[index] for index in range(len(logits))]
    kinds, products = logits[:KINDS].softmax(0).tolist(), logits[KINDS:].softmax(0).tolist()
    return Look(
        dict(zip(names[:KINDS], kinds, strict=True)),
        dict(zip(names[KINDS:], products, strict=True)),
        tuple(round(part, 4) for part in hidden[0].tolist()),
    )
