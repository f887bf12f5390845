"""The day by which something must be there: "by Friday", d'ici vendredi, 周五前; of a ticket, the day of the journey.

Knows days to come; "tomorrow" beside a delivery is a phrase of its own (`list.tomorrow`).
"""

from collections.abc import Iterator

from assistant.language import periods
from assistant.language.lexicon import Words
from assistant.language.numbers import number
from assistant.language.sentence import Sentence
from assistant.request import Constraint

OPS = ("at_most", "less")  # by Friday, before Friday
NEAR = 5  # tokens before a day that may say what it is


def read(said: Sentence) -> Iterator[tuple[tuple[Constraint, ...], int, int]]:
    """Conditions on delivery with their tokens [first, last). A ticket's day is no delivery, and no word to search."""
    words, world = said.tokens, said.world
    dated = said.says("dated")
    for day in periods.read(said.text, said.language, world.day, ahead=True) if world.today else ():
        if any(_measured(words, at) for at in range(day.first, day.last)):
            continue  # "within 2 days" is a measure
        tomorrow = words.find("tomorrow", max(0, day.first - NEAR), day.last + 2)
        by_phrase = any(a <= day.first and b >= day.last and b - a > 1 for _, a, b in tomorrow)
        if day.value.end <= world.day or (by_phrase and not (dated and said.language == "zh")):
            continue
        op, first, last = _marked(words, day.first, day.last, dated)
        if op:
            yield (Constraint("delivery", op, day.value.end.isoformat()),), first, last  # type: ignore[arg-type]
        elif dated:
            yield (), day.first, day.last


def _measured(words: Words, at: int) -> bool:
    hit = number(words, at, words.language)
    unit = words.hit("unit", hit.end) if hit else None
    return unit is not None and unit[0].startswith(("delivery", "battery"))


def _marked(words: Words, first: int, last: int, dated: bool) -> tuple[str, int, int]:
    """by | before | arriving [on] | for, but a ticket, beside a day; 周五前, 周五到."""
    names = (*((op, f"by_day.{op}") for op in OPS), ("at_most", "delivered"), ("at_most", "by_day.meant"))
    for op, name in names[: 3 if dated else 4]:
        if (after := words.at(name, last)) and words.language == "zh":
            return op, first, after
        near = words.find(name, max(0, first - NEAR), first)
        if (before := next((start for _, start, end in near if end == first), None)) is not None:
            return op, before, last
    return "", first, last
