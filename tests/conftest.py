"""Real parts for every test: a real SQLite folder, a clock that stands still until it is moved."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.clock import MovableClock
from assistant.settings import Settings
from assistant.store import Store
from tests.leaks import leaks


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


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Every run ends with a scan of what it left behind: no log and no database of it may hold a secret."""
    folders = getattr(session.config, "_tmp_path_factory", None)
    if hasattr(session.config, "workerinput") or folders is None:
        return
    found = list(leaks(folders.getbasetemp()))
    for line in found:
        sys.stderr.write(f"\nLEAK: {line}")
    if found:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
