"""The vision model that looks at every picture: a small vision transformer shipped in `models/vit/`.

Knows the kind of picture, a coarse product class and an embedding. Reads no text and no code. `make install` exports
the checkpoint once, so that the senses' worker need not import torch and transformers (three seconds of processor time
and 300 MB at each of its starts); without that file the checkpoint itself runs, with the same numbers.
"""

from __future__ import annotations

import functools
import hashlib
import json
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image
    from torch import Tensor

    Run = Callable[[NDArray[np.float32]], tuple[NDArray[np.float32], NDArray[np.float32]]]

FOLDER = Path(__file__).parent / "vit"
CACHE = Path(__file__).parent / "cache"
SIDE = 128  # pixels of the square that is looked at
GRID = 32  # cells of the maps the transformer sees
DIRECTIONS = 8
CHANNELS = 3 + 2 * DIRECTIONS
KINDS = 7  # the first labels of the classifier are kinds of picture, the rest product classes
NAME = "Lueur ViT (0.5 M, own scenes)"

_one = threading.Lock()


@dataclass(frozen=True, slots=True)
class Look:
    """Softmax over kinds, softmax over product classes (both in 0..1), and an embedding of the engine's own length."""

    kinds: dict[str, float]
    products: dict[str, float]
    features: tuple[float, ...]


class Eye(Protocol):
    """A model that looks at every picture: this module, or `siglip.Siglip` where its weights are."""

    NAME: str

    def load(self) -> object: ...

    def look(self, picture: Image, /) -> Look: ...


@functools.cache
def load() -> Run:
    """Pixels (1, 3, SIDE, SIDE) in -1..1 to logits (1, labels) and the class token (1, 96)."""
    return exported() if _file().exists() else checkpoint()


def exported() -> Run:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(_file()), options, providers=["CPUExecutionProvider"])
    return lambda seen: session.run(None, {"pixels": seen})


def checkpoint() -> Run:
    import torch

    torch.set_num_threads(1)
    whole = _whole()

    def run(seen: NDArray[np.float32]) -> Any:
        with torch.inference_mode():
            return [part.numpy() for part in whole(torch.from_numpy(seen))]

    return run


def export() -> Path:
    """Make the file that `exported` runs; a no-op when it is there."""
    file = _file()
    if file.exists():
        return file
    import torch

    CACHE.mkdir(exist_ok=True)
    part, seen = file.with_suffix(".part"), torch.zeros(1, 3, SIDE, SIDE)
    with torch.no_grad():
        torch.onnx.export(_whole(), (seen,), str(part), input_names=["pixels"], dynamo=False)
    return part.replace(file)


def _file() -> Path:
    """Named by the checkpoint it was made of: another one is exported anew."""
    return CACHE / f"vit-{mark()}.onnx"


@functools.cache
def mark() -> str:
    """Which weights these are: the beginning of their sha256."""
    return hashlib.sha256((FOLDER / "model.safetensors").read_bytes()).hexdigest()[:8]


def _whole() -> Any:
    """The checkpoint with its fixed front as one module."""
    import torch
    from transformers import ViTForImageClassification

    class Whole(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model: Any = ViTForImageClassification.from_pretrained(
                FOLDER, local_files_only=True, dtype=torch.float32
            )

        def forward(self, seen: Tensor) -> tuple[Tensor, Tensor]:
            token = self.model.vit(maps(seen)).last_hidden_state[:, 0]
            return self.model.classifier(token), token

    return Whole().eval()


@functools.cache
def names() -> tuple[str, ...]:
    """The classifier's labels: kinds, then product classes."""
    labels = json.loads((FOLDER / "config.json").read_text(encoding="utf-8"))["id2label"]
    return tuple(labels[str(index)] for index in range(len(labels)))


def pixels(picture: Image) -> NDArray[np.float32]:
    """(1, 3, SIDE, SIDE) in -1..1: the whole picture in a square, padded with its border's colour."""
    import numpy as np
    from PIL import Image, ImageOps

    small = picture.convert("RGB")
    small.thumbnail((SIDE, SIDE), Image.Resampling.BOX)
    edge = np.asarray(small)
    border = np.concatenate([edge[0], edge[-1], edge[:, 0], edge[:, -1]])
    red, green, blue = (int(part) for part in np.median(border, axis=0))
    square = ImageOps.pad(small, (SIDE, SIDE), Image.Resampling.BILINEAR, color=(red, green, blue))
    return np.asarray(square, np.float32).transpose(2, 0, 1).copy()[None] / np.float32(127.5) - 1


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
    with _one:
        logits, token = load()(pixels(picture))
    return looked(logits[0], token[0])


def looked(logits: NDArray[np.float32], features: NDArray[np.float32]) -> Look:
    """`logits` (labels) as the two answers they hold."""
    kinds, goods = _shares(names()[:KINDS], logits[:KINDS]), _shares(names()[KINDS:], logits[KINDS:])
    return Look(kinds, goods, tuple(round(float(part), 4) for part in features))


def _shares(labels: tuple[str, ...], logits: NDArray[np.float32]) -> dict[str, float]:
    """Softmax, by label."""
    import numpy as np

    shares = np.exp(logits - logits.max())
    return dict(zip(labels, (shares / shares.sum()).tolist(), strict=True))
