"""Real parts for every test: a real SQLite folder, a clock that stands still until it is moved."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

# Several workers on few cores: threads of one matrix product that spin for each other took three times the CPU.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from assistant.clock import MovableClock
from assistant.conversation import OWNER, Session
from assistant.core import Assistant
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


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """One owner's whole Lueur for the tests of a file, with the demo data."""
    opened = Assistant(Settings(home=tmp_path_factory.mktemp("home"), undo_seconds=0, offline=True))
    yield opened
    opened.close()


@pytest.fixture
def who(assistant: Assistant) -> Session:
    return assistant.open(OWNER)


FOUND: list[str] = []  # by the workers of this run


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Every run ends with a scan of what it left behind: no log and no database of it may hold a secret."""
    config, folders = session.config, getattr(session.config, "_tmp_path_factory", None)
    if folders and (hasattr(config, "workeroutput") or not config.getoption("numprocesses", None)):
        FOUND.extend(leaks(folders.getbasetemp()))
    if hasattr(config, "workeroutput"):
        config.workeroutput["leaks"] = FOUND
        return
    for line in FOUND:
        sys.stderr.write(f"\nLEAK: {line}")
    if FOUND:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    FOUND.extend(getattr(node, "workeroutput", {}).get("leaks", ()))
