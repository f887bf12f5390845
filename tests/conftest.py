"""Real parts for every test: a real SQLite folder, a clock that stands still until it is moved."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.clock import MovableClock
from assistant.settings import Settings
from assistant.store import Store


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, undo_seconds=0, offline=True)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "lueur.db")
    opened.upgrade()
    yield opened
    opened.close()
