"""The Space installs requirements.txt; it must be what pyproject.toml pins."""

import re
import runpy
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def test_requirements_are_generated_from_the_pins() -> None:
    made = runpy.run_path(str(ROOT / ".ci" / "requirements.py"))["requirements"]()
    assert (ROOT / "requirements.txt").read_text(encoding="utf-8") == made, "run: make requirements"


def test_every_dependency_is_pinned_exactly() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for pin in [*project["dependencies"], *project["optional-dependencies"]["dev"]]:
        assert re.fullmatch(r"[\w.-]+(\[\w+\])?==[\w.]+", pin)


@pytest.mark.parametrize(
    "path",
    [
        "Makefile",
        "Dockerfile",
        "requirements.lock",
        ".ci/lock.py",
        "pyproject.toml",
        ".ci/run",
        ".github/workflows/ci.yml",
    ],
)
def test_no_package_index_is_written_into_a_build_file(path: str) -> None:
    assert not re.search(r"https?://[\w.-]*(pypi|pytorch|index)", (ROOT / path).read_text(encoding="utf-8"))


def locked() -> dict[str, str]:
    """Name -> version of every package in requirements.lock, each with the hash of its archive."""
    lines = [line for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    found = [re.fullmatch(r"([a-z0-9-]+)==([\w.]+) --hash=sha256:[0-9a-f]{64}", line) for line in lines]
    assert all(found), "run: make lock"
    return {match[1]: match[2] for match in found if match}


def test_the_lock_holds_every_pin_with_its_hash() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pins = dict(pin.split("==") for pin in project["dependencies"])
    assert pins.items() <= locked().items(), "run: make lock"
    assert len(locked()) > 2 * len(pins), "what they need in turn is locked as well"


def test_every_locked_package_has_its_licence_listed() -> None:
    text = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| ([a-z0-9-]+) \| (\d[\w.]*) \|", text, re.MULTILINE))
    assert listed == locked()
    assert not re.search(r"\bA?GPL", text.replace("LGPL", ""))
