"""Files that the page handed in: read once, then deleted. A path is believed only inside Gradio's own upload folder."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path

from gradio.utils import get_upload_folder

from assistant import demo
from assistant.errors import BadInput
from assistant.request import Upload

PICTURES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".heic", ".avif", ".pdf"}
SOUNDS = {".wav", ".mp3", ".m4a", ".ogg", ".oga", ".opus", ".flac", ".webm", ".aac"}
FILES = (".csv", ".ofx", ".qfx", ".qif", ".xml", ".sta", ".mt940", ".xlsx", ".txt", ".tsv", ".json", ".jsonl", ".html")
SAMPLES = {"photo": "invoice.png", "poison": "poisoned.png", "voice": "pay_alice.wav"}
MOST = 8  # files of one request


def take(path: str) -> Upload:
    """The bytes behind an upload's path. Raises `BadInput` for a path from anywhere else and for one already taken."""
    folder = Path(get_upload_folder()).resolve()
    file = Path(path).resolve()
    if not file.is_relative_to(folder) or not file.is_file():
        raise BadInput("upload_gone")
    data = file.read_bytes()
    file.unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # another file of the same name and content is still waiting there
        file.parent.rmdir()
    return Upload(file.name, data)


def take_all(paths: Iterable[str]) -> tuple[list[Upload], list[Upload], list[Upload]]:
    """Pictures, sounds and other files, told apart by the name; the senses decide what they really are."""
    pictures: list[Upload] = []
    sounds: list[Upload] = []
    others: list[Upload] = []
    for upload in [take(path) for path in paths]:
        ending = Path(upload.name).suffix.lower()
        (pictures if ending in PICTURES else sounds if ending in SOUNDS else others).append(upload)
    return pictures, sounds, others


def sample(name: str) -> Upload | None:
    """The project's own picture or clip behind a chip of the empty page."""
    if name not in SAMPLES:
        return None
    file = Path(demo.__file__).parent / "files" / SAMPLES[name]
    return Upload(file.name, file.read_bytes())
