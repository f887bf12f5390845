"""Writes requirements.txt for the Space from the pins of pyproject.toml: `make requirements`."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
HEAD = """\
# Generated from pyproject.toml by `make requirements`; a test holds the two equal. For the Space, which has no GPU:
--extra-index-url https://download.pytorch.org/whl/cpu
"""


def requirements() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return HEAD + "".join(f"{pin}\n" for pin in project["dependencies"])


if __name__ == "__main__":
    (ROOT / "requirements.txt").write_text(requirements(), encoding="utf-8")
