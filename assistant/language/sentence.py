"""One sentence with its numbers sorted: amounts, percentages, lengths of time, each with its tokens. Read once, lazily.

Unlike `amounts.read` nothing is taken back here: "Ana had no wine, which was 18" corrects no amount.
"""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any, Self

from assistant.language import amounts, periods
from assistant.language.acts import Amount, Slot, World
from assistant.language.amounts import Found
from assistant.language.lexicon import Hit as Hit
from assistant.language.lexicon import Words
from assistant.language.numbers import number, numbers
from assistant.language.sold import sold
from assistant.language.tokens import extent
from assistant.request import Language

# Lists of words that no title goes past.
GRAMMAR = ("among", "split", "save", "by_date", "me", "people", "loan", "have", "tip", "paid", "monthly", "others")
ARTICLES = ("a", "an", "one", "un", "une")


@dataclass(frozen=True, slots=True)
class Number:
    """A percentage or a number of months, at tokens [first, last)."""

    value: Decimal
    first: int
    last: int


@dataclass(frozen=True)
class Sentence:
    """`reading`: which meaning of an amount that has two is taken ("1.234"). `home`: the lexicon's section of a list
    that is called by its bare name."""

    text: str
    language: Language
    world: World
    reading: int = 0
    home: str = "list"

    @cached_property
    def tokens(self) -> Words:
        return Words.of(self.text, self.language, self.home)

    @cached_property
    def words(self) -> tuple[str, ...]:
        return tuple(token.text for token in self.tokens)

    @cached_property
    def sold(self) -> list[tuple[int, int]]:
        """Where what is sold is named, as stretches of tokens."""
        return sold(self.text, self.world)

    def find(self, name: str, first: int = 0, last: int | None = None) -> list[Hit]:
        return self.tokens.find(name, first, last)

    def says(self, name: str, first: int = 0, last: int | None = None) -> bool:
        return bool(self.tokens.find(name, first, last))

    def at(self, name: str, index: int) -> int:
        return self.tokens.at(name, index)

    def slot(self, first: int, last: int, value: Any = None, **more: Any) -> Slot:
        """A detail that stands at the tokens [first, last)."""
        return Slot.said(self.text, extent(self.tokens, first, last), value, **more)

    def blank(self, first: int, last: int) -> Self:
        """Without the characters [first, last), the others where they were."""
        return replace(self, text=self.text[:first] + " " * (last - first) + self.text[last:])

    def spell(self, first: int, last: int) -> str:
        """The words as they were typed."""
        return self.text[self.tokens[first].start : self.tokens[last - 1].end] if last > first else ""

    @cached_property
    def amounts(self) -> tuple[Found, ...]:
        inside = {at for each in (*self.percents, *self.durations) for at in range(each.first, each.last)}
        every = (hit for hit in amounts.every(self.tokens, self.language) if hit.first not in inside)
        every = (hit for hit in every if hit.certain or not any(a <= hit.first < b for a, b in self.dates))
        parts = self.fractions  # "a third" holds no amount of its own, "a third of 90" does
        return tuple(hit for hit in every if not any(p.first <= hit.first and hit.last <= p.last for p in parts))

    @cached_property
    def dates(self) -> list[tuple[int, int]]:
        """Tokens of days and months that are named."""
        return [(hit.first, hit.last) for hit in periods.read(self.text, self.language, self.world.day, ahead=True)]

    @cached_property
    def percents(self) -> list[Number]:
        found = []
        for hit in numbers(self.tokens, self.language):
            leading = self.words[max(0, hit.start - 3) : hit.start] == ("百", "分", "之")
            if end := hit.end if leading else self.at("list.percent", hit.end):
                found.append(Number(hit.values[-1], hit.start - 3 * leading, end))
        return found

    @cached_property
    def fractions(self) -> list[Number]:
        """A third, un quart, 四分之一: parts of a whole, 1 = all of it."""
        hits = [Number(Decimal(part), first, last) for part, first, last in self.find("fraction")]
        for below in numbers(self.tokens, self.language):
            if self.words[below.end : below.end + 2] == ("分", "之") and below.values[0] != 100:
                above = number(self.tokens, below.end + 2, self.language)
                hits += [Number(above.values[0] / below.values[0], below.start, above.end)] if above else []
        return hits

    @cached_property
    def durations(self) -> list[Number]:
        """18 months, two years, a year and a half, 一年半, 2 ans et 6 mois."""
        found: list[Number] = []
        for index in range(len(self.tokens)):
            hit = number(self.tokens, index, self.language)
            end = hit.end if hit else index + (self.words[index] in ARTICLES)
            unit, value = self.at("period.unit", end), hit.values[-1] if hit else Decimal(1)
            size = periods.MONTHS.get(self.find("period.unit", end, unit)[0][0], 0) if unit else 0
            if hit and (rates := self.at("instalments", end)):
                unit, size = rates, 1
            taken = found and index < found[-1].last
            if end > index and size and not taken and self._is_length(index, unit, value):
                half = self.at("number.half", unit)
                found.append(Number(value * size + (Decimal(size) / 2 if half else 0), index, half or unit))
        return found

    def _is_length(self, first: int, last: int, value: Decimal) -> bool:
        """Not "a month" after an amount (a pace), nor 2027年 or 6月 (dates)."""
        pace = any(a <= first <= b or first <= a < last for _, a, b in self.find("monthly")) and value == 1
        month = self.words[last - 1] == "月" and self.words[last - 2] != "个"
        return not pace and not (self.language == "zh" and (value > 100 or month))

    @cached_property
    def due(self) -> int | None:
        """Months from now to the future month that is named ("by June", "d'ici juin", 到明年6月), or None."""
        today = self.world.day
        text = re.sub("[之以]?前", "", self.text)  # 6月前: by June, not six months ago
        year = today.year + self.says("next_year")
        ends = [each.value.end for each in periods.read(text, self.language, today, ahead=True)]
        months = [(max(day.year, year) - today.year) * 12 + day.month - today.month for day in ends]
        return next((count for count in months if count > 0), None)

    def amount(self, found: Found) -> str:
        return found.readings[min(self.reading, len(found.readings) - 1)].value

    def currency(self, found: Amount | None = None) -> str:
        """Of the first amount that says one, else the person's own. A bare sign is taken as what they hold."""
        told = (each for each in [found] if each) if found else (hit.readings[0] for hit in self.amounts)
        meant = next((each for each in told if each.currency or each.candidates), Amount("0"))
        return meant.likely(*self.world.currencies)

    def held(self, name: str) -> str:
        """The currency that an entry of the lexicon means to this person."""
        return amounts.currency_of(name).likely(*self.world.currencies)

    def monthly(self, found: Found) -> bool:
        """Whether an amount is one of every month."""
        if self.language == "zh":
            return self.weekly(found) or any(
                last <= found.first <= last + 3 or ("".join(self.words[a:last]) == "一个月" and a == found.last)
                for _, a, last in self.find("monthly")
            )
        after = self.at("extra", found.last) or self.at("save", found.last) or found.last
        return bool(self.at("monthly", after) or self.at("monthly", found.last + 1) or self.weekly(found))

    def weekly(self, found: Found) -> bool:
        """Whether an amount is one of every week."""
        hits = self.find("weekly")
        if self.language == "zh":
            return any(last <= found.first <= last + 3 for *_, last in hits)
        return any(found.last <= first <= found.last + 1 for _, first, _ in hits)

    def near(self, name: str, found: Found, reach: int = 3) -> bool:
        return self.says(name, max(0, found.first - reach), found.last + reach)

    def title(self) -> str:
        """What it is for: the words after "for" up to an amount, a date, the people, or the end."""
        spans = [(each.first, each.last) for each in self.amounts] + [
            (each.first, each.last) for each in self.durations
        ]
        taken = {at for first, last in spans for at in range(first, last)}
        taken |= {at for at, token in enumerate(self.tokens) if token.kind in ("mark", "digits")}
        taken |= {at for name in GRAMMAR for _, first, last in self.find(name) for at in range(first, last)}
        for _, _, start in self.find("list.purpose"):
            first = self.at("list.payee_article", start) or self.at("article", start) or start
            last = next((at for at in range(first, len(self.tokens)) if at in taken), len(self.tokens))
            if last > first:
                return self.spell(first, last)
        return ""
