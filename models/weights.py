"""Where weights are: an explicit path, then local caches, then the hub when a person asks (`fetch.py`), then nowhere.

Nothing here opens a connection: a request never downloads. Files are read as plain tensors (`weights_only`,
safetensors), never as pickled code.
"""

import functools
import hashlib
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import BadInput

WHISPERS = ("base", "small", "tiny", "base.en", "small.en", "tiny.en")
FILE = "model.safetensors"


@dataclass(frozen=True, slots=True)
class Weights:
    """`path`: a .pt checkpoint, or a folder with model.safetensors. `name`: 'base', 'tiny.en', ..."""

    path: Path
    name: str

    @property
    def file(self) -> Path:
        return self.path / FILE if self.path.is_dir() else self.path


@dataclass(frozen=True, slots=True)
class Pinned:
    """A file of the hub by revision and hash: the only bytes that may come from there."""

    name: str
    repo: str
    revision: str
    bytes: int
    sha256: str

    @property
    def address(self) -> str:
        """Its path below the hub's address."""
        return f"{self.repo}/resolve/{self.revision}/{FILE}"

    @property
    def place(self) -> Path:
        """Where the hub's own tools would look for it too."""
        return hub() / f"models--{self.repo.replace('/', '--')}" / "snapshots" / self.revision / FILE


@functools.cache
def pinned() -> dict[str, Pinned]:
    """What can be fetched, by name."""
    rows = tomllib.loads((Path(__file__).parent / "weights.toml").read_text(encoding="utf-8"))["whisper"]
    return {name: Pinned(name, **row) for name, row in rows.items()}


def whisper(given: str = "") -> Weights | None:
    """The Whisper weights of this machine: of those that know many languages, the ones that came last.

    Raises `BadInput` when `given` names no checkpoint."""
    if given:
        found = Weights(Path(given).expanduser(), Path(given).stem.removeprefix("whisper-"))
        if not found.file.is_file():
            raise BadInput("whisper_not_found", path=str(found.path))
        return found
    every = [found for name in WHISPERS for found in _cached(name)]
    return max(every, key=lambda each: (not each.name.endswith(".en"), each.file.stat().st_mtime), default=None)


def checkpoint(repo: str, given: str = "") -> Path | None:
    """A model's whole folder (config, tokenizer, processor, safetensors): the one named, else its newest in the hub's
    cache. These are not fetched: their hashes are not known here."""
    if given:
        return Path(given).expanduser()
    found = (hub() / f"models--{repo.replace('/', '--')}" / "snapshots").glob(f"*/{FILE}")
    return max((file.parent for file in found), key=lambda folder: folder.stat().st_mtime, default=None)


def stamp(folder: Path) -> str:
    """Which weights these are, without reading them: names, sizes and times of the folder's safetensors."""
    files = [(file.resolve(), file.stat()) for file in sorted(folder.glob("*.safetensors"))]
    marks = [f"{file} {told.st_size} {told.st_mtime_ns}" for file, told in files]
    return hashlib.sha256("\n".join(marks).encode()).hexdigest()[:12]


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def hub() -> Path:
    """The hub's cache, by the names its own tools know it by."""
    home = Path(os.environ.get("HF_HOME") or _cache() / "huggingface")
    return Path(os.environ.get("HF_HUB_CACHE") or home / "hub")


def _cached(name: str) -> list[Weights]:
    snapshots = (hub() / f"models--openai--whisper-{name}" / "snapshots").glob(f"*/{FILE}")
    stock = _cache() / "whisper" / f"{name}.pt"
    return [Weights(path, name) for path in (*[stock] * stock.is_file(), *(path.parent for path in snapshots))]


def tensors(path: Path) -> dict[str, Any]:
    """What a .pt file or a folder's model.safetensors holds, on the CPU."""
    if path.is_dir():
        from safetensors.torch import load_file

        return dict(load_file(path / FILE))
    import torch

    return dict(torch.load(path, map_location="cpu", weights_only=True))
