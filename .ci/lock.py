"""Writes what an installation consists of: `make lock`.

requirements.lock  every package that Lueur needs, with the SHA-256 of its archives, for pip's hash-checking mode
docs/licences.md   their licences, as their own metadata state them

The set is the installed one (dependencies of dependencies, from installed metadata); the hashes are those the index
that pip is configured with states for this Python and platform. No address is written.
"""

from __future__ import annotations

import json
import platform
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
SHORT = 60  # characters of a licence's name; some packages state the whole text


def needed() -> dict[str, Distribution]:
    """Everything that the pins of pyproject.toml need on this machine, by canonical name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found: dict[str, Distribution] = {}
    todo = [Requirement(pin) for pin in project["dependencies"]]
    while todo:
        asked = todo.pop()
        key = canonicalize_name(asked.name)
        try:
            here = distribution(asked.name)
        except PackageNotFoundError:
            continue  # needed on other platforms only
        if key in found and not asked.extras:
            continue
        found[key] = here
        for part in map(Requirement, here.requires or ()):
            if part.marker is None or any(part.marker.evaluate({"extra": extra}) for extra in asked.extras or {""}):
                todo.append(part)
    return dict(sorted(found.items()))


def hashes(packages: dict[str, Distribution]) -> dict[str, str]:
    """SHA-256 of each package's archive, as the configured index states it; nothing is downloaded or installed."""
    pins = [f"{name}=={public(each)}" for name, each in packages.items()]
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed", "--no-deps"]
    report = subprocess.run([*pip, "--report", "-", *pins], capture_output=True, text=True, check=True).stdout
    return {
        canonicalize_name(each["metadata"]["name"]): each["download_info"]["archive_info"]["hashes"]["sha256"]
        for each in json.loads(report)["install"]
    }


def public(package: Distribution) -> str:
    """Its version without a local part: a CPU build of PyTorch is of the same release."""
    return package.version.partition("+")[0]


def lock(packages: dict[str, Distribution]) -> Iterator[str]:
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    yield f"# Made by `make lock` for Python {python} on {platform.system()} {platform.machine()}.\n"
    yield "# PyTorch first, from where README says; then: pip install --no-deps --require-hashes -r requirements.lock\n"
    known = hashes(packages)
    for name, each in packages.items():
        yield f"{name}=={public(each)} --hash=sha256:{known[name]}\n"


def licence(package: Distribution) -> str:
    """What the package's metadata call its licence: an SPDX expression, else a name, else a classifier."""
    data = package.metadata
    stated = [data.get("License-Expression") or "", (data.get("License") or "").strip().split("\n")[0]]
    listed = [line.rpartition("::")[2].strip() for line in data.get_all("Classifier") or () if "License ::" in line]
    names = [name for name in (*stated, ", ".join(listed)) if name and name != "UNKNOWN" and len(name) <= SHORT]
    return names[0] if names else "not stated"


def licences(packages: dict[str, Distribution]) -> Iterator[str]:
    yield "# Licences of what Lueur is installed with\n\n"
    yield "Made by `make lock` from the packages' own metadata. Lueur itself is Apache-2.0.\n\n"
    yield "| package | version | licence |\n| --- | --- | --- |\n"
    for name, each in packages.items():
        yield f"| {name} | {public(each)} | {re.sub(r'[|]', '/', licence(each))} |\n"


if __name__ == "__main__":
    found = needed()
    (ROOT / "requirements.lock").write_text("".join(lock(found)), encoding="utf-8")
    (ROOT / "docs" / "licences.md").write_text("".join(licences(found)), encoding="utf-8")
