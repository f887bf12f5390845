"""Where weights are: an explicit path, then what earlier programs left in local caches, then nowhere.

Nothing here opens a connection: a request never downloads. Files are read as plain tensors (`weights_only`,
safetensors), never as pickled code.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import BadInput

WHISPERS = ("base", "small", "tiny", "base.en", "small.en", "tiny.en")  # the first one found is used


@dataclass(frozen=True, slots=True)
class Weights:
    """`path`: a .pt checkpoint, or a folder with config.json and model.safetensors. `name`: 'base', 'tiny.en', ..."""

    path: Path
    name: str


def whisper(given: str = "", cache: Path | None = None) -> Weights | None:
    """The Whisper weights of this machine. Raises `BadInput` when `given` names no checkpoint."""
    if given:
        path = Path(given).expanduser()
        if not (path.is_file() or (path / "model.safetensors").is_file()):
            raise BadInput("whisper_not_found", path=str(path))
        return Weights(path, path.stem.removeprefix("whisper-"))
    root = cache or Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return next((found for name in WHISPERS for found in _cached(root, name)), None)


def _cached(root: Path, name: str) -> list[Weights]:
    hub = Path(os.environ.get("HF_HOME", root / "huggingface")) / "hub"
    snapshots = sorted((hub / f"models--openai--whisper-{name}" / "snapshots").glob("*/model.safetensors"))
    stock = root / "whisper" / f"{name}.pt"
    paths = [stock] * stock.is_file() + [path.parent for path in reversed(snapshots)]
    return [Weights(path, name) for path in paths]


def tensors(path: Path) -> dict[str, Any]:
    """What a .pt file or a folder's model.safetensors holds, on the CPU."""
    if path.is_dir():
        from safetensors.torch import load_file

        return dict(load_file(path / "model.safetensors"))
    import torch

    return dict(torch.load(path, map_location="cpu", weights_only=True))
