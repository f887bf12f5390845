"""A sentence as hashed character n-grams and words: no vocabulary is kept, so no training sentence is shipped.

Numbers are one symbol, so that "pay 20" and "pay twenty" look alike. Knows no label.
"""

import functools
import itertools
import math
from collections import Counter
from collections.abc import Iterator
from zlib import crc32

from assistant.language.lexicon import lexicon
from assistant.language.tokens import tokens
from assistant.request import LANGUAGES

BITS = 15
WIDTH = 1 << BITS
SIZES = (3, 4, 5)  # letters of a character n-gram inside a word with its borders


@functools.cache
def _number_words() -> frozenset[str]:
    """Single words that are numbers in some language, but for those that are articles or pronouns as well."""
    said: set[str] = set()
    for language in LANGUAGES:
        table = lexicon(language)["number"]
        said |= {word for name in ("ones", "tens", "scale") for word in table[name]} | set(table["hundred"])
        said -= set(table["pronoun"]) | set(table["article"]) | {"k", "w", "neuf", "second"}
    return frozenset(said)


def pieces(text: str) -> list[str]:
    """Words, Han characters and "0" for a number (once for a run of them); punctuation and accents are gone."""
    out: list[str] = []
    for token in tokens(text):
        if token.kind == "mark" and token.text not in "$€£¥₹%?？":
            continue
        piece = "0" if token.kind == "digits" or token.text in _number_words() else token.text
        piece = "?" if piece == "？" else piece
        if piece != "?" and not (piece == "0" and out and out[-1] == "0"):
            out.append(piece)
    return out


def grams(text: str) -> Iterator[str]:
    """Words, pairs of words, and letters 3 to 5 within a word's borders; a Han run counts as letters 1 to 3."""
    words = pieces(text)
    padded = ["<s>", *words, "</s>"]
    yield from (f"w {word}" for word in words)
    yield from (f"b {first} {second}" for first, second in itertools.pairwise(padded))
    for word in words:
        bordered = f" {word} "
        yield from (bordered[i : i + n] for n in SIZES for i in range(max(1, len(bordered) - n + 1)))
    run = "".join(word if "\u3400" <= word[0] <= "\u9fff" else " " for word in words)
    yield from (f"h {run[i : i + 3]}" for i in range(len(run) - 2) if " " not in run[i : i + 3])


def hashed(text: str) -> dict[int, float]:
    """Bucket -> 1 + log(count). Buckets are CRC-32 modulo 2^15."""
    counts = Counter(crc32(gram.encode()) & (WIDTH - 1) for gram in grams(text))
    return {bucket: 1.0 + math.log(count) for bucket, count in counts.items()}
