"""Every sentence Lueur can say, one TOML file per language.

`say("fr", "payment.drafted", amount=money)` fills `{amount}`; Money, dates and instants are printed for the reader.
A key with `one` and `other` (and `zero`) beneath it is a plural, chosen by `count`.
"""

import functools
import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Any

from assistant.money import LOCALES, Money


@functools.cache
def catalogue(language: str) -> dict[str, Any]:
    """The whole message file of a language."""
    return tomllib.loads((Path(__file__).parent / f"{language}.toml").read_text(encoding="utf-8"))


def say(language: str, key: str, /, **values: object) -> str:
    """The sentence of `key` in `language`. A missing key is a programming error and raises KeyError."""
    entry: Any = catalogue(language)
    for part in key.split("."):
        entry = entry[part]
    if isinstance(entry, dict):
        count = values.get("count")
        entry = entry.get("zero" if count == 0 else "one" if count == 1 else "other", entry["other"])
    return str(entry).format_map({name: shown(value, language) for name, value in values.items()})


def shown(value: object, language: str) -> object:
    """Money, dates and instants as a reader of `language` writes them; anything else unchanged."""
    from babel.dates import format_date, format_time

    if isinstance(value, Money):
        return value.text(language)
    if isinstance(value, datetime):
        return format_time(value, "short", locale=LOCALES[language])
    return format_date(value, "medium", locale=LOCALES[language]) if isinstance(value, date) else value
