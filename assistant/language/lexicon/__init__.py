"""The words of each language, one TOML file each. A new language is one such file and one message file.

A table of lists maps a meaning to the phrases that say it. Knows no grammar: `numbers`, `amounts`, `periods`,
`constraints`, `slots` and `rules` look words up here.
"""

import functools
import tomllib
from pathlib import Path
from typing import Any

from assistant.language.tokens import Phrases
from assistant.request import LANGUAGES


@functools.cache
def lexicon(language: str) -> dict[str, Any]:
    """The whole lexicon of a language."""
    return tomllib.loads((Path(__file__).parent / f"{language}.toml").read_text(encoding="utf-8"))


@functools.cache
def phrases(section: str, language: str) -> Phrases[str]:
    """The phrases of a table ("category") or list ("list.yes") in `language`, with English always understood too.

    A Chinese sentence may hold English words, and a person may name a colour in either; the own language wins.
    """
    order = dict.fromkeys((language, "en", *LANGUAGES)) if section in SHARED else (language,)
    return Phrases(pair for each in order for pair in _meanings(section, each))


SHARED = {"colour", "category", "currency", "flash.dish", "wallet.book", "wallet.limit", "wallet.any", "wallet.small"}


def _meanings(section: str, language: str) -> list[tuple[str, str]]:
    entry: Any = lexicon(language)
    for part in section.split("."):
        entry = entry.get(part, {})
    if isinstance(entry, list):
        return [(phrase, phrase) for phrase in entry]
    return [(phrase, meaning) for meaning, said in entry.items() for phrase in said]
