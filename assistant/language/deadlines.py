"""The day by which something must be there: "by Friday", d'ici vendredi, 周五前; of a ticket, the day of the journey.

Knows days to come; "tomorrow" beside a delivery is a phrase of its own (`list.tomorrow`).
"""

from collections.abc import Iterator, Sequence

from assistant.language import periods
from assistant.language.acts import World
from assistant.language.lexicon import phrases
from assistant.language.numbers import number
from assistant.language.tokens import Token, tokens
from assistant.request import Constraint, Language

OPS = ("at_most", "less")  # by Friday, before Friday
NEAR = 5  # tokens before a day that may say what it is


def read(text: str, language: Language, world: World) -> Iterator[tuple[tuple[Constraint, ...], int, int]]:
    """Conditions on delivery with their tokens [first, last). A ticket's day is no delivery, and no word to search."""
    words = tokens(text)
    dated = bool(phrases("list.dated", language).scan(words))
    for day in periods.read(text, language, world.day, ahead=True) if world.today else ():
        if any(_measured(words, at, language) for at in range(day.first, day.last)):
            continue  # "within 2 days" is a measure
        start = max(0, day.first - NEAR)
        tomorrow = phrases("list.tomorrow", language).scan(words[start : day.last + 2])
        by_phrase = any(a <= day.first - start and b >= day.last - start and b - a > 1 for _, a, b in tomorrow)
        if day.value.end <= world.day or (by_phrase and not (dated and language == "zh")):
            continue
        op, first, last = _marked(words, day.first, day.last, language)
        if op:
            yield (Constraint("delivery", op, day.value.end.isoformat()),), first, last  # type: ignore[arg-type]
        elif dated:
            yield (), day.first, day.last


def _measured(words: Sequence[Token], at: int, language: Language) -> bool:
    hit = number(words, at, language)
    unit = phrases("unit", language).at(words, hit.end) if hit else None
    return unit is not None and unit[0].startswith(("delivery", "battery"))


def _marked(words: Sequence[Token], first: int, last: int, language: Language) -> tuple[str, int, int]:
    """by | before | arriving [on] beside a day; 周五前, 周五到."""
    for op, name in (*((op, f"by_day.{op}") for op in OPS), ("at_most", "list.delivered")):
        table = phrases(name, language)
        if (after := table.at(words, last)) and language == "zh":
            return op, first, after[1]
        near = words[max(0, first - NEAR) : first]
        before = next((start for _, start, end in table.scan(near) if end == len(near)), None)
        if before is not None:
            return op, first - len(near) + before, last
    return "", first, last
