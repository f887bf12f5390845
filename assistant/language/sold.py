"""Where a sentence names what is sold. Knows the names of the catalogue's kinds; knows no wish and no limit."""

import functools
from dataclasses import replace

from assistant.language.acts import World
from assistant.language.lexicon import phrases
from assistant.language.tokens import Phrases, tokens
from assistant.request import LANGUAGES


def sold(text: str, world: World) -> list[tuple[int, int]]:
    """Where `text` names what is sold, as stretches of tokens.

    A final s does not matter, the accent of "thé" does; one Han character alone (灯 in 开灯) names nothing.
    """
    words = tokens(text)
    found = _sold(world.products).scan([replace(word, text=_singular(word.text)) for word in words])
    small = [phrases("list.search", language) for language in LANGUAGES]
    return [
        (first, last)
        for name, first, last in found
        if last > first + 1
        or name == text[words[first].start : words[first].end].casefold()
        or not any(table.at(words[first:last], 0) for table in small)
    ]


@functools.lru_cache(maxsize=4)
def _sold(products: tuple[str, ...]) -> Phrases[str]:
    return Phrases((_key(name), name) for name in products if len(tokens(name)) > 1 or tokens(name)[0].kind != "han")


def _key(name: str) -> str:
    return " ".join(_singular(token.text) for token in tokens(name))


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] in "sx" and not word.endswith("ss") else word
