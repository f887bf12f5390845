"""One sentence with its numbers sorted: amounts, percentages, lengths of time, each with its tokens. Read once, lazily.

Unlike `amounts.read` nothing is taken back here: "Ana had no wine, which was 18" corrects no amount.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from assistant.language import amounts, periods
from assistant.language.acts import Amount, World
from assistant.language.amounts import Found
from assistant.language.lexicon import phrases
from assistant.language.numbers import number
from assistant.language.tokens import Token, tokens
from assistant.request import Language

# Lists of words that no title goes past.
GRAMMAR = ("among", "split", "save", "by_date", "me", "people", "loan", "have", "tip", "paid", "monthly", "others")
MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}
USUAL = ("USD", "GBP", "CNY")  # what "dollars", "pounds" and "kuai" mean to somebody who holds none of them


@dataclass(frozen=True, slots=True)
class Number:
    """A percentage or a number of months, at tokens [first, last)."""

    value: Decimal
    first: int
    last: int


@dataclass(frozen=True)
class Sentence:
    text: str
    language: Language
    world: World

    @cached_property
    def words(self) -> tuple[str, ...]:
        return tuple(token.text for token in self.tokens)

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        return tokens(self.text)

    def find(self, name: str, first: int = 0, last: int | None = None) -> list[tuple[str, int, int]]:
        """Phrases of the lexicon's [flash] list or table between two tokens: (meaning, first, after the last)."""
        hits = phrases(f"flash.{name}", self.language).scan(self.tokens[first:last])
        return [(meaning, first + a, first + b) for meaning, a, b in hits]

    def says(self, name: str, first: int = 0, last: int | None = None) -> bool:
        return bool(self.find(name, first, last))

    def at(self, name: str, index: int) -> int:
        """The token after the phrase of `name` that begins at `index`, or 0."""
        hit = phrases(f"flash.{name}", self.language).at(self.tokens, index) if index < len(self.tokens) else None
        return hit[1] if hit else 0

    def spell(self, first: int, last: int) -> str:
        """The words as they were typed."""
        return self.text[self.tokens[first].start : self.tokens[last - 1].end] if last > first else ""

    @cached_property
    def amounts(self) -> tuple[Found, ...]:
        inside = {at for number in (*self.percents, *self.durations) for at in range(number.first, number.last)}
        found = [hit for hit in amounts.every(self.tokens, self.language) if hit.first not in inside]
        return tuple(sorted([*found, *self._counted(inside)], key=lambda hit: hit.first))

    def _counted(self, inside: set[int]) -> Iterator[Found]:
        """ "100 more a month": a count elsewhere, an amount here."""
        for index in set(range(len(self.tokens))) - inside:
            hit = number(self.tokens, index, self.language) if self.tokens[index].kind == "digits" else None
            if hit and self.at("extra", hit.end) and not amounts.amount_at(self.tokens, index, self.language):
                reading = Amount(amounts.printed(hit.values[0]))
                span = (self.tokens[index].start, self.tokens[hit.end - 1].end)
                yield Found((reading,), span, False, index, hit.end)

    @cached_property
    def percents(self) -> tuple[Number, ...]:
        return tuple(self._percents())

    def _percents(self) -> Iterator[Number]:
        sign = phrases("list.percent", self.language)
        index = 0
        while index < len(self.tokens):
            leading = self.words[index : index + 3] == ("百", "分", "之")
            hit = number(self.tokens, index + 3 if leading else index, self.language)
            end = sign.at(self.tokens, hit.end) if hit and not leading else None
            if hit and (leading or end):
                yield Number(hit.values[-1], index, end[1] if end else hit.end)
            index = hit.end if hit else index + 1

    @cached_property
    def durations(self) -> tuple[Number, ...]:
        return tuple(self._durations())

    def _durations(self) -> Iterator[Number]:
        """18 months, two years, a year and a half, 一年半, 2 ans et 6 mois."""
        unit, article = phrases("period.unit", self.language), ("a", "an", "one", "un", "une")
        index = 0
        while index < len(self.tokens):
            hit = number(self.tokens, index, self.language)
            end = hit.end if hit else index + 1 if self.words[index] in article else index
            after = unit.at(self.tokens, end) if end > index and end < len(self.tokens) else None
            value = hit.values[-1] if hit else Decimal(1)
            if after is None or after[0] not in MONTHS_OF or not self._is_length(index, after[1], value):
                index += 1
                continue
            months, last = value * MONTHS_OF[after[0]], after[1]
            half = phrases("number.half", self.language).at(self.tokens, last) if last < len(self.tokens) else None
            if half:
                months, last = months + Decimal(MONTHS_OF[after[0]]) / 2, half[1]
            yield Number(months, index, last)
            index = last

    def _is_length(self, first: int, last: int, value: Decimal) -> bool:
        """Not "a month" after an amount (a pace), nor 2027年 or 6月 (dates)."""
        pace = any(a <= first < b or b == first for _, a, b in self.find("monthly")) or self.says(
            "monthly", first, last
        )
        dated = self.language == "zh" and (
            value > 100 or (self.words[last - 1] == "月" and self.words[last - 2] != "个")
        )
        return not (dated or (pace and value == 1))

    @cached_property
    def due(self) -> int | None:
        """Months from now to the future month that is named ("by June", "d'ici juin", 到明年6月), or None."""
        today = self.world.day
        ahead = re.sub("之前|以前|前", "", self.text)  # 6月前: by June, not six months ago
        for found in periods.read(ahead, self.language, today):
            day = found.value.end
            if day <= today and day.year == today.year - (1 if day.month > today.month else 0):
                day = date(day.year + 1, day.month, 1)
            year = self.find("next_year", 0, found.first + 1)
            day = date(today.year + 1, day.month, 1) if year else day
            months = (day.year - today.year) * 12 + day.month - today.month
            if months > 0:
                return months
        return None

    def amount(self, found: Found) -> str:
        return found.readings[0].value

    def currency(self, found: Amount | None = None) -> str:
        """Of the first amount that says one, else the person's own. A bare sign is taken as what they hold."""
        said = [found] if found else [hit.readings[0] for hit in self.amounts]
        for each in said:
            if each.currency:
                return each.currency
            if each.candidates:
                order = (*self.world.currencies, *USUAL)
                return next((c for c in order if c in each.candidates), each.candidates[0])
        return self.world.currencies[0] if self.world.currencies else "EUR"

    def monthly(self, found: Found) -> bool:
        """Whether an amount is one of every month."""
        if self.language == "zh":
            return any(last <= found.first <= last + 3 or ("".join(self.words[a:last]) == "一个月" and a == found.last)
                       for _, a, last in self.find("monthly"))  # fmt: skip
        after = self.at("extra", found.last) or found.last
        return bool(self.at("monthly", after) or self.at("monthly", found.last + 1))

    def title(self) -> str:
        """What it is for: the words after "for" up to an amount, a date, the people, or the end."""
        for _, _, start in phrases("list.purpose", self.language).scan(self.tokens):
            article = phrases("list.payee_article", self.language).at(self.tokens, start) if start < len(self) else None
            first = article[1] if article and self.tokens[start].kind == "word" else self.at("article", start) or start
            last = first
            while last < len(self) and not self._ends_title(last):
                last += 1
            if last > first:
                return self.spell(first, last)
        return ""

    def _ends_title(self, at: int) -> bool:
        grammar = (
            "among",
            "split",
            "save",
            "by_date",
            "me",
            "people",
            "loan",
            "have",
            "tip",
            "paid",
            "monthly",
            "others",
        )
        known = any(self.at(name, at) for name in grammar) or self.tokens[at].kind in ("mark", "digits")
        spans = [(hit.first, hit.last) for hit in self.amounts] + [(each.first, each.last) for each in self.durations]
        return known or any(first <= at < last for first, last in spans)

    def __len__(self) -> int:
        return len(self.tokens)

    def near(self, name: str, found: Found, reach: int = 3) -> bool:
        return self.says(name, max(0, found.first - reach), found.last + reach)
