"""Files that the page handed in: each in its sender's own folder, read once, then deleted.

`root/PERSON/TOKEN/NAME` on disk; what leaves is "TOKEN/NAME", and it opens nothing for anybody but its sender.
"""

from __future__ import annotations

import contextlib
import re
import secrets
import shutil
import time
from collections.abc import Iterable
from pathlib import Path

from assistant import demo
from assistant.errors import BadInput
from assistant.request import Upload

PICTURES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".heic", ".avif", ".pdf"}
SOUNDS = {".wav", ".mp3", ".m4a", ".ogg", ".oga", ".opus", ".flac", ".webm", ".aac"}
FILES = (".csv", ".ofx", ".qfx", ".qif", ".xml", ".sta", ".mt940", ".xlsx", ".txt", ".tsv", ".json", ".jsonl", ".html")
SAMPLES = {"photo": "invoice.png", "poison": "poisoned.png", "voice": "pay_alice.wav"}
MOST = 8  # files of one request
LARGEST = 25 << 20  # bytes of one file
MOST_BYTES = 100 << 20  # that may wait for one person
KEPT = 3600.0  # seconds that a file waits for its request
HANDLE = re.compile(r"([0-9a-f]{32})/([^/\\\x00]{1,120})")


class Uploads:
    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, person: str, name: str, data: bytes) -> str:
        """Keep a file until its request comes; its handle. Raises `BadInput` for one too many."""
        if len(data) > LARGEST or len(data) + self._waiting(person) > MOST_BYTES:
            raise BadInput("upload_too_large", limit=LARGEST >> 20)
        handle = f"{secrets.token_hex(16)}/{_plain(name)}"
        file = self.root / person / handle
        file.parent.mkdir(parents=True, mode=0o700)
        file.write_bytes(data)
        return handle

    def find(self, person: str, handle: str) -> Path:
        """Where a file of this person waits. Raises `BadInput` for one taken already, and for anybody else's."""
        file = self.root / person / handle
        if not HANDLE.fullmatch(handle) or file.name in (".", "..") or file.is_symlink() or not file.is_file():
            raise BadInput("upload_gone")
        return file

    def take(self, person: str, handle: str) -> Upload:
        """The file, which is deleted by this."""
        file = self.find(person, handle)
        data = file.read_bytes()
        shutil.rmtree(file.parent)
        return Upload(file.name, data)

    def take_all(self, person: str, handles: Iterable[str]) -> tuple[list[Upload], list[Upload], list[Upload]]:
        """Pictures, sounds and other files, told apart by the name; the senses decide what they really are."""
        pictures: list[Upload] = []
        sounds: list[Upload] = []
        others: list[Upload] = []
        for upload in [self.take(person, handle) for handle in handles]:
            ending = Path(upload.name).suffix.lower()
            (pictures if ending in PICTURES else sounds if ending in SOUNDS else others).append(upload)
        return pictures, sounds, others

    def forget(self, person: str) -> None:
        shutil.rmtree(self.root / person, ignore_errors=True)

    def sweep(self, kept: float = KEPT) -> None:
        """Delete what no request has come for, and whatever else lies in the folder as long."""
        since = time.time() - kept
        for path in sorted(self.root.rglob("*"), reverse=True):  # children before their folders
            with contextlib.suppress(OSError):  # taken in this moment
                if path.lstat().st_mtime < since:
                    path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()

    def _waiting(self, person: str) -> int:
        return sum(file.stat().st_size for file in (self.root / person).rglob("*") if file.is_file())


def _plain(name: str) -> str:
    """The last part of a name, short, without what a file system, a terminal or an address would act on."""
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(char for char in last if char.isprintable() and char not in "?#%").strip(". ")
    stem, dot, ending = kept.rpartition(".")
    return (f"{stem[:80]}{dot}{ending[:10]}" if stem else ending[:80]) or "file"


def sample(name: str) -> Upload | None:
    """The project's own picture or clip behind a chip of the empty page."""
    if name not in SAMPLES:
        return None
    file = Path(demo.__file__).parent / "files" / SAMPLES[name]
    return Upload(file.name, file.read_bytes())
