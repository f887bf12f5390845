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


@pytest.mark.parametrize("path", ["Makefile", "Dockerfile", "pyproject.toml", ".ci/run", ".github/workflows/ci.yml"])
def test_no_package_index_is_written_into_a_build_file(path: str) -> None:
    assert not re.search(r"https?://[\w.-]*(pypi|pytorch|index)", (ROOT / path).read_text(encoding="utf-8"))
