"""The three message files say the same things, and every error that can be raised has its sentence in each."""

import ast
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant import errors
from assistant.language.messages import catalogue, say
from assistant.request import LANGUAGES

ROOT = Path(__file__).parents[2]
KINDS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.LueurError)}


def flat(entry: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in entry.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def raised() -> dict[str, set[str]]:
    """Key of every LueurError made in the sources -> names of the values given at least once."""
    found: dict[str, set[str]] = {}
    for path in [*(ROOT / "assistant").rglob("*.py"), *(ROOT / "models").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in KINDS and isinstance(node.args[0].value, str):
                found.setdefault(node.args[0].value, set()).update(k.arg for k in node.keywords if k.arg)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_has_its_sentence(language: str) -> None:
    assert len(raised()) > 20
    assert not set(raised()) - set(catalogue(language)["errors"])


@pytest.mark.parametrize("language", ["fr", "zh"])
def test_every_language_has_the_same_keys_and_placeholders(language: str) -> None:
    english, other = dict(flat(catalogue("en"))), dict(flat(catalogue(language)))
    plural = {"one", "other"}
    assert {k for k in english if k.split(".")[-1] not in plural} == {
        k for k in other if k.split(".")[-1] not in plural
    }
    different = {key for key in english.keys() & other.keys() if fields(english[key]) != fields(other[key])}
    assert not {key for key in different if key.split(".")[-1] not in plural}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_empty_and_every_format_parses(language: str) -> None:
    for key, text in flat(catalogue(language)):
        assert text.strip() or key.startswith("ui."), key
        fields(text)


def test_a_plural_is_chosen_by_its_count() -> None:
    assert say("en", "service.forgotten", count=1) != say("en", "service.forgotten", count=2)
