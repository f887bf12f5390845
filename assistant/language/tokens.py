"""A sentence as tokens with their places. Knows characters, scripts and how words are cut short in typing.

>>> [token.text for token in tokens("L’été: 12,50 €")]
['l', 'ete', ':', '12,50', '€']
"""

import functools
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

Kind = Literal["word", "digits", "han", "mark"]
T = TypeVar("T")
# Digits may hold separators; a space only between groups of three. A Han character stands alone, a word is letters.
SHAPES = re.compile(
    r"(?P<digits>\d{1,3}(?:[ ,.’']\d{3})+(?:[.,]\d+)?(?!\d)|\d[\d,.]*\d|\d)"
    r"|(?P<han>[\u3007\u3400-\u9fff])|(?P<word>[^\W\d_\u3007\u3400-\u9fff]+)|(?P<mark>\S)"
)
DROPPED = {"'", "’", "_", "\u200b", "\u200c", "\u200d", "\ufeff"}


@dataclass(frozen=True, slots=True)
class Token:
    text: str  # NFKC, lower case, without accents
    start: int  # characters of the sentence as it was given
    end: int
    kind: Kind


def normalised(text: str) -> tuple[str, list[int]]:
    """NFKC, lower case, any script's decimal digits as 0-9; and for every character the place it came from.

    A raised digit stays as it is: 2⁵ is not 25.
    """
    out: list[str] = []
    places: list[int] = []
    for index, char in enumerate(text):
        digit = unicodedata.decimal(char, None)
        raised = digit is None and unicodedata.digit(char, None) is not None
        plain = char if raised or char == "，" else unicodedata.normalize("NFKC", char).lower()
        for piece in str(digit) if digit is not None else plain:
            space = piece.isspace()
            out.append(" " if space else piece)
            places.append(index)
    return "".join(out), places


def folded(word: str) -> str:
    """Without accents: 'épicerie' and 'epicerie' are one word."""
    plain = unicodedata.normalize("NFKD", word)
    return "".join(char for char in plain if not unicodedata.combining(char)).replace("œ", "oe").replace("æ", "ae")


@functools.lru_cache(maxsize=4096)
def tokens(text: str) -> tuple[Token, ...]:
    plain, places = normalised(text)
    found = []
    for match in SHAPES.finditer(plain):
        kind: Kind = match.lastgroup  # type: ignore[assignment]  # one of the four group names
        word = match[0] if kind in ("digits", "mark") else folded(match[0])
        if kind == "mark" and (word in DROPPED or (word == "-" and not _is_sign(plain, match.start()))):
            continue
        at = match.start()
        for piece in _typed().get(word, (word,)):
            last = at + len(piece) if len(_typed().get(word, ())) > 1 else match.end()
            found.append(Token(piece, places[at], places[last - 1] + 1, kind))
            at = last
    return tuple(found)


@functools.cache
def _typed() -> dict[str, tuple[str, ...]]:
    """Words as they are typed in a hurry: "whats" is two, which keep their places; "pls" is another one."""
    table = tomllib.loads((Path(__file__).parent / "lexicon" / "typed.toml").read_text(encoding="utf-8"))
    return {"".join(words.split()): tuple(words.split()) for words in table["joined"]} | {
        short: (word,) for short, word in table["short"].items()
    }


def _is_sign(plain: str, at: int) -> bool:
    """A hyphen before a digit and after nothing: a minus."""
    return plain[at + 1 : at + 2].isdigit() and not (at and plain[at - 1].isalnum())


class Phrases(Generic[T]):
    """Phrases and what they mean, looked up token by token, the longest first."""

    def __init__(self, meanings: Iterable[tuple[str, T]]) -> None:
        self.table: dict[tuple[str, ...], T] = {}
        for phrase, meaning in meanings:
            self.table.setdefault(tuple(token.text for token in tokens(phrase)), meaning)
        self.sizes: dict[str, list[int]] = {}  # by its first token, the longest first
        for first, size in sorted({(key[0], len(key)) for key in self.table if key}, reverse=True):
            self.sizes.setdefault(first, []).append(size)

    def at(self, words: Sequence[Token], index: int) -> tuple[T, int] | None:
        """The longest phrase that begins at `index`: its meaning and the index after it."""
        for size in self.sizes.get(words[index].text, ()) if 0 <= index < len(words) else ():
            key = tuple(token.text for token in words[index : index + size])
            if len(key) == size and key in self.table:
                return self.table[key], index + size
        return None

    def scan(self, words: Sequence[Token]) -> list[tuple[T, int, int]]:
        """Every phrase in order, without overlap: (meaning, first token, after the last)."""
        found, index = [], 0
        while index < len(words):
            if hit := self.at(words, index):
                found.append((hit[0], index, hit[1]))
                index = hit[1]
            else:
                index += 1
        return found


def joined(text: str, words: Sequence[Token]) -> str:
    """The kept words as they are spelled, a space between those that were not written together."""
    spelled = ""
    for before, word in zip((None, *words), words, strict=False):
        spelled += ("" if before is None or before.end == word.start else " ") + text[word.start : word.end]
    return spelled


def covered(words: Sequence[Token], *tables: Phrases[Any]) -> set[int]:
    """The tokens that stand in a phrase of one of these tables."""
    return {index for table in tables for _, first, last in table.scan(words) for index in range(first, last)}


def extent(words: Sequence[Token], first: int, last: int) -> tuple[int, int]:
    """The characters of the tokens [first, last)."""
    return words[first].start, words[last - 1].end
