"""One real worker for all tests of the senses: starting it costs seconds."""

from __future__ import annotations

import functools
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from assistant.request import Seen, Upload
from assistant.senses import Senses
from assistant.settings import Settings

FILES = Path(__file__).parents[2] / "assistant" / "demo" / "files"


@pytest.fixture(scope="session")
def senses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Senses]:
    opened = Senses(Settings(home=tmp_path_factory.mktemp("home"), offline=True))
    opened.start()
    yield opened
    opened.close()


def upload(picture: Image.Image, form: str = "PNG", **how: Any) -> Upload:
    out = io.BytesIO()
    picture.save(out, form, **how)
    return Upload(f"picture.{form.lower()}", out.getvalue())


def sample(name: str) -> Upload:
    return Upload(name, (FILES / name).read_bytes())


@functools.cache
def looked(senses: Senses, image: Upload) -> Seen:
    """The last and most complete look; the same picture is read once for all tests."""
    return list(senses.see(image, 0))[-1]
