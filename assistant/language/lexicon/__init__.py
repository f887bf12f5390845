"""The words of each language, one TOML file each. A new language is one such file and one message file.

A table of lists maps a meaning to the phrases that say it. Knows no grammar: every reader of a sentence looks its
words up here, as `Words` ask for them.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from assistant.language.tokens import Phrases, Token, covered, extent, tokens
from assistant.request import LANGUAGES, Language

Hit = tuple[str, int, int]  # a meaning, its first token, the token after its last


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


@functools.lru_cache(maxsize=64)
def names(known: tuple[str, ...]) -> Phrases[str]:
    """Names as they are known: of payees, shops, products."""
    return Phrases((name, name) for name in known)


SHARED = {"colour", "category", "currency", "flash.dish", "wallet.book", "wallet.limit", "wallet.any", "wallet.small"}


COUNTED = {"ordinal", "list.about", "list.buy", "list.compare", "list.pointing", "list.which"}


def _meanings(section: str, language: str) -> list[tuple[str, str]]:
    entry: Any = lexicon(language)
    for part in section.split("."):
        entry = entry.get(part, {})
    told = entry.items() if isinstance(entry, dict) else ((phrase, [phrase]) for phrase in entry)
    found = [(phrase, meaning) for meaning, said in told for phrase in said]
    counters = lexicon(language).get("counters", "") if section in COUNTED else ""
    return found + [(phrase.replace("个", each), meaning) for phrase, meaning in found for each in counters
                    if "个" in phrase]  # fmt: skip  # 第二双, 哪台, 这本


@functools.cache
def _table(name: str, home: str, language: str) -> Phrases[str]:
    return phrases(f"{home}.{name}" if name in lexicon(language)[home] else name, language)


class Words(tuple[Token, ...]):
    """Tokens that are asked which phrases of their language they hold.

    A bare name is a list of the lexicon's `home` section or else one of its tables; "cart.add" is of another section.
    """

    language: Language
    home: str

    @classmethod
    def of(cls, said: str | Iterable[Token], language: Language, home: str = "list") -> Words:
        made = cls(tokens(said) if isinstance(said, str) else said)
        made.language, made.home = language, home
        return made

    def cut(self, first: int = 0, last: int | None = None) -> Words:
        return Words.of(self[first:last], self.language, self.home)

    def table(self, name: str) -> Phrases[str]:
        return _table(name, self.home, self.language)

    def find(self, name: str, first: int = 0, last: int | None = None) -> list[Hit]:
        """Phrases of this list or table between two tokens."""
        if not first and last is None:
            return self.table(name).scan(self)
        return [(meaning, first + a, first + b) for meaning, a, b in self.table(name).scan(self[first:last])]

    def spans(self, name: str) -> list[tuple[int, int]]:
        """The characters of every phrase of `name`."""
        return [extent(self, first, last) for _, first, last in self.find(name)]

    def says(self, *names: str) -> bool:
        return any(self.find(name) for name in names)

    def hit(self, name: str, index: int = 0) -> tuple[str, int] | None:
        """The phrase that begins at `index`: its meaning and the token after it."""
        return self.table(name).at(self, index)

    def at(self, name: str, index: int = 0) -> int:
        """The token after the phrase of `name` that begins at `index`, or 0."""
        hit = self.hit(name, index)
        return hit[1] if hit else 0

    def ends(self, name: str, index: int | None = None) -> bool:
        """Whether a phrase of `name` stands right before `index`, or at the end."""
        index = len(self) if index is None else index
        return any(last == index for *_, last in self.find(name, 0, index))

    def covered(self, *names: str) -> set[int]:
        """The tokens that stand in a phrase of one of these."""
        return covered(self, *(self.table(name) for name in names))

    @property
    def content(self) -> Words:
        """Without marks."""
        return Words.of((word for word in self if word.kind != "mark"), self.language, self.home)

    def are(self, name: str) -> bool:
        """Whether all words are phrases of this list: "yes, go ahead"."""
        content = self.content
        return bool(content) and len(content.covered(name)) == len(content)
