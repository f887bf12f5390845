"""Hard conditions on a product, and the words left to search. Knows how limits are said; knows no product.

>>> [(c.field, c.op, str(c.value)) for c in read("a red lamp under 40 euros", "en", World())[0]]
[('price', 'less', "Money(minor=4000, currency='EUR')"), ('colour', 'is', 'red')]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.language.acts import Amount, World
from assistant.language.amounts import amount_at
from assistant.language.lexicon import phrases
from assistant.language.numbers import number
from assistant.language.tokens import Phrases, Token, tokens
from assistant.money import Money
from assistant.request import Constraint, Language, Op

LETTER_SIZES = {"xs", "s", "m", "l", "xl", "xxl", "xxxl"}
DEFAULTS: dict[str, Op] = {"rating": "at_least", "delivery": "at_most", "price": "at_most"}
SKIPPED = {"de", "a", "an", "the", "d", "of", "in", "any", "的", "是", "颜", "色"}  # between a negation and its word


@dataclass(frozen=True, slots=True)
class Measured:
    """A value with what it measures; `end`: token after it."""

    constraint: Constraint
    end: int
    explicit: bool  # a unit or currency was said


def currency_of(amount: Amount, world: World) -> str:
    """The currency meant: as said, else the base where it fits, else one the person holds, else the likeliest."""
    if amount.currency:
        return amount.currency
    held = [code for code in world.currencies if not amount.candidates or code in amount.candidates]
    return held[0] if held else (amount.candidates or ("EUR",))[0]


def read(text: str, language: Language, world: World) -> tuple[tuple[Constraint, ...], str]:
    """The constraints of `text` in the order prices and measures, then colours and the rest; and the query."""
    reader = Reader(text, language, world)
    reader.scan()
    return tuple(reader.found), reader.rest()


class Reader:
    """One pass over a sentence; `used` marks the tokens that a constraint has consumed."""

    def __init__(self, text: str, language: Language, world: World) -> None:
        self.text, self.language, self.world = text, language, world
        self.words = tokens(text)
        self.used: set[int] = set()
        self.kept = {i for _, a, b in phrases("list.compound", language).scan(self.words) for i in range(a, b)}
        self.found: list[Constraint] = []
        self.names = _names(language, world)

    def scan(self) -> None:
        index = 0
        while index < len(self.words):
            index = max(self._numeric(index), index + 1)
        index = 0
        while index < len(self.words):
            index = max(self._named(index), index + 1)

    def _add(self, first: int, last: int, *constraints: Constraint) -> int:
        span = (self.words[first].start, self.words[last - 1].end)
        self.found += [replace(constraint, span=span) for constraint in constraints]
        self.used |= set(range(first, last))
        return last

    def _at(self, section: str, index: int) -> tuple[str, int] | None:
        return phrases(section, self.language).at(self.words, index)

    def _numeric(self, index: int) -> int:
        """A range, a bounded value, a value with its bound after it, or a bare measured value."""
        if index in self.kept:
            return index
        if rated := self._at("list.rated", index) or self._at("list.size", index):
            return self._labelled(index, rated[1], "rating" if self._at("list.rated", index) else "size")
        between = self._at("list.between", index)
        if between and (end := self._range(index, between[1])):
            return end
        if end := self._range(index, index):
            return end
        bound = self._at("bound", index)
        value = self._value(bound[1] if bound else index, bounded=bool(bound))
        if value is None:
            return index
        after = self._at("bound_after", value.end)
        op: Op = DEFAULTS.get(value.constraint.field, "is")
        if after:
            op = after[0]  # type: ignore[assignment]  # the lexicon's keys are ops
        elif bound and (value.constraint.field, bound[0]) not in (("rating", "at_most"), ("delivery", "less")):
            op = bound[0]  # type: ignore[assignment]
        elif not value.explicit:
            return index
        return self._add(index, after[1] if after else value.end, replace(value.constraint, op=op))

    def _range(self, index: int, start: int) -> int:
        """between A and B | A-B euros: two bounds; a first value without a unit takes the second's."""
        low = self._value(start, bounded=True)
        if low is None or low.end >= len(self.words):
            return 0
        between, after = self.text[self.words[low.end - 1].end : self.words[low.end].start], self.words[low.end].text
        joint = self._at("list.to", low.end)
        if not (between in ("-", "–", "~") or (joint and (start > index or after in ("到", "至", "~", "-", "to")))):
            return 0
        high = self._value(joint[1] if joint else low.end, bounded=True)
        if high is None or not (high.explicit or start > index):
            return 0
        first = replace(high.constraint, value=low.constraint.value) if not low.explicit else low.constraint
        if high.explicit and not low.explicit and not isinstance(high.constraint.value, (str, float)):
            first = self._priced(low, high.constraint)
        end = self._at("list.to", high.end)
        last = end[1] if end and self.language == "zh" and self.words[high.end].text == "之间" else high.end
        return self._add(index, last, replace(first, op="at_least"), replace(high.constraint, op="at_most"))

    def _priced(self, low: Measured, high: Constraint) -> Constraint:
        value = low.constraint.value
        assert isinstance(high.value, Money)
        amount = value.decimal if isinstance(value, Money) else value
        return replace(high, value=Money.of(str(amount), high.value.currency))

    def _labelled(self, index: int, at: int, field: str) -> int:
        """rated [at least] 4.5 [stars] | size 42 | size XL"""
        bound = self._at("bound", at)
        start = bound[1] if bound else at
        if field == "size" and start < len(self.words) and self.words[start].text in LETTER_SIZES:
            return self._add(index, start + 1, Constraint("size", "is", self.words[start].text.upper()))
        hit = number(self.words, start, self.language)
        if hit is None:
            return index
        unit = self._at("unit", hit.end)
        after = self._at("bound_after", unit[1] if unit else hit.end)
        end = after[1] if after else unit[1] if unit else hit.end
        op: Op = "at_least" if field == "rating" else "is"
        return self._add(index, end, Constraint(field, op, float(hit.values[0])))

    def _value(self, at: int, bounded: bool) -> Measured | None:
        """number unit | amount. A bare number is a price only where a bound was said."""
        if at >= len(self.words) or at in self.kept:
            return None
        hit = number(self.words, at, self.language)
        unit = self._at("unit", hit.end) if hit else None
        if hit and unit:
            field, _, name = unit[0].partition(" ")
            value, name = (float(hit.values[0]), name)
            if field == "time":
                return None
            if name == "week":
                value, name = 7 * value, "day"
            name = "" if field == "rating" else name
            end = unit[1]
            if field == "delivery" and self.language == "zh" and end < len(self.words) and self.words[end].text == "内":
                end += 1
            return Measured(Constraint(field, "is", value, unit=name), end, True)
        return self._price(at, bounded)

    def _price(self, at: int, bounded: bool) -> Measured | None:
        amount = amount_at(self.words, at, self.language)
        if amount is None or not (amount.certain or bounded):
            return None
        first = amount.readings[0]  # the chip of the shelf shows which reading was taken
        return Measured(
            Constraint("price", "is", first.in_(currency_of(first, self.world))), amount.last, amount.certain
        )

    def _named(self, index: int) -> int:
        """Colours, brands, stock and delivery by tomorrow, each possibly negated."""
        if index in self.used or index in self.kept:
            return index
        if hit := self._at("list.in_stock", index):
            return self._add(index, hit[1], Constraint("stock", "is", "yes"))
        if hit := self._at("list.tomorrow", index):
            return self._add(index, hit[1], Constraint("delivery", "at_most", 1.0, unit="day"))
        negation = self._at("list.not", index)
        at = negation[1] if negation else index
        while negation and at < len(self.words) and self.words[at].text in SKIPPED:
            at += 1
        name = self.names.at(self.words, at)
        if name is None or at in self.kept:
            return index
        (field, value), end = name
        if field == "brand" and self._is_common(index, at, end):
            return index
        return self._add(index, end, Constraint(field, "not" if negation else "is", value))

    def _is_common(self, index: int, at: int, end: int) -> bool:
        """A brand's name in lower case after "de" is the word of the language: "lampe de bureau"."""
        written = self.text[self.words[at].start : self.words[end - 1].end]
        return index > 0 and self.words[index - 1].text in ("de", "d", "for", "of") and written.islower()

    def rest(self) -> str:
        """The words no constraint and no phrase of asking has used, in their order and spelling."""
        asking, delivered, link = (phrases(f"list.{name}", self.language) for name in ("search", "delivered", "link"))
        wanted: list[int] = []
        index = 0
        while index < len(self.words):
            hit = None if index in self.kept else asking.at(self.words, index) or delivered.at(self.words, index)
            run = range(index, hit[1] if hit else index + 1)
            if not hit and index not in self.used and self.words[index].kind != "mark":
                if wanted and wanted[-1] == index - 2 and link.at(self.words, index - 1) and index - 1 not in self.used:
                    wanted.append(index - 1)  # sac à dos
                wanted.append(index)
            index = run.stop if hit and not any(i in self.used or i in self.kept for i in run) else index + 1
        return _joined(self.text, [self.words[i] for i in wanted])


def _joined(text: str, words: Sequence[Token]) -> str:
    out = ""
    for place, word in enumerate(words):
        glued = place and (words[place - 1].end == word.start)
        out += ("" if glued or not out else " ") + text[word.start : word.end]
    return out


def _names(language: Language, world: World) -> Phrases[tuple[str, str]]:
    """Colours in any language and the catalogue's brands, as phrases that mean (field, value)."""
    table = phrases("colour", language).table
    said = [(" ".join(key), ("colour", meaning)) for key, meaning in table.items()]
    said += [(colour, ("colour", colour)) for colour in world.colours]
    return Phrases([*said, *((brand, ("brand", brand)) for brand in world.brands)])
