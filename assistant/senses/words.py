"""The vocabulary of documents (`words.toml`), compiled when it is first needed."""

import functools
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any


@functools.cache
def _file() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def _pattern(alternatives: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{part})" for part in alternatives), re.IGNORECASE)


@functools.cache
def word(part: str, name: str) -> re.Pattern[str]:
    """The pattern of one entry: `word("label", "due")`."""
    return _pattern(_file()[part][name])


@functools.cache
def weighted(part: str) -> tuple[tuple[re.Pattern[str], float], ...]:
    """The patterns of a list with their weights or factors: `weighted("total")`."""
    entries = _file().get(part, ())
    return tuple((_pattern(entry["words"]), entry.get("weight", entry.get("factor"))) for entry in entries)
