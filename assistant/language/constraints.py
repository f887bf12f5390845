"""Hard conditions on a product, and the words left to search. Knows how limits are said; knows no product.

No number is left over: one that no condition, count or period uses comes back as a doubt, and so does a limit that can
be read in two ways. Both are asked.

>>> [(c.field, c.op, str(c.value)) for c in read(Sentence("a red lamp under 40 euros", "en", World())).constraints]
[('price', 'less', "Money(minor=4000, currency='EUR')"), ('colour', 'is', 'red')]
"""

import functools
from dataclasses import dataclass, replace
from decimal import Decimal

from assistant.language import counts, deadlines, periods
from assistant.language.acts import Amount, World
from assistant.language.amounts import Found, amount_at, printed
from assistant.language.bounds import ABOUT, Limits, Measured, alike, limits, magnitude, prices
from assistant.language.lexicon import names, phrases
from assistant.language.numbers import Number, number
from assistant.language.sentence import Sentence
from assistant.language.tokens import Phrases, joined
from assistant.request import Constraint, Doubt, Language, Op

BEYOND = 5  # sizes smaller and larger than those in stock that a number may still mean
LETTER_SIZES = {"xs", "s", "m", "l", "xl", "xxl", "xxxl"}
OPPOSITE = {"more": "at_most", "less": "at_least"}
COMMON = ("de", "d", "du", "le", "la", "au", "pour", "mon", "ma", "for", "of", "the", "my")  # before a common noun
Texts = tuple[str, ...]
SIGNS = ("-", "–", "~", "—")  # between two numbers they join a range


@dataclass(frozen=True, slots=True)
class Wanted:
    """A wish for a product as said. `query`: the words left to search; `quantity` 0: not said."""

    constraints: Limits
    query: str
    doubts: tuple[Doubt, ...] = ()
    quantity: int = 0


def read(said: Sentence, taken: tuple[int, int] = (0, 0), facts: bool = False) -> Wanted:
    """The constraints of a sentence in the order prices and measures, then colours and the rest; and what they leave.

    `taken`: characters that name somebody, "for my mother": nothing to search. `facts`: materials and features are
    conditions too, else words to search.
    """
    reader = Reader(said, facts)
    reader.used |= {i for i, word in enumerate(said.tokens) if taken[0] <= word.start < taken[1]}
    reader.scan()
    return Wanted(tuple(reader.found), reader.rest(), tuple(reader.doubts), reader.quantity)


class Reader:
    """Three passes over a sentence; `used` marks the tokens that a constraint, a doubt or a count has consumed."""

    def __init__(self, said: Sentence, facts: bool = False) -> None:
        self.said, self.facts = said, facts
        self.text, self.language, self.world, self.words, self._sold = (
            said.text, said.language, said.world, said.tokens, said.sold
        )  # fmt: skip
        self.used: set[int] = set()
        self.kept = {
            i
            for _, first, last in self.words.find("compound")
            if not any(first < begin < last < end for begin, end in self._sold)  # black [coffee mug]
            for i in range(first, last)
        }
        self.kept |= {i for start in range(len(self.words)) for i in range(start, self._crossed(start))}
        self.found: list[Constraint] = []
        self.doubts: list[Doubt] = []
        self.quantity = 0
        self.names = _names(self.world, self.language, facts)

    def scan(self) -> None:
        for limit, first, last in deadlines.read(self.said):
            self._settle(first, last, limit)
        for step in (self._numeric, self._named, self._left_over):
            index = 0
            while index < len(self.words):
                index = max(step(index), index + 1)

    def _settle(self, first: int, last: int, *options: Limits) -> int:
        """One meaning is a condition; several are a doubt."""
        span = (self.words[first].start, self.words[last - 1].end)
        said = tuple(tuple(replace(limit, span=span) for limit in option) for option in dict.fromkeys(options))
        if len(said) == 1:
            self.found += said[0]
        else:
            self.doubts.append(Doubt(self.text[slice(*span)], said))
        self.used |= set(range(first, last))
        return last

    def _crossed(self, start: int) -> int:
        """200 x 150 [x 40] [cm]: the token after it; its words are searched as they stand."""
        at = start
        while at + 2 < len(self.words) and self.words[at].kind == self.words[at + 2].kind == "digits":
            if self.words[at + 1].text not in ("x", "×", "*"):
                break
            at += 2
        unit = self._at("unit", at + 1) if at > start else None
        return (unit[1] if unit else at + 1) if at > start else start

    def _at(self, name: str, index: int) -> tuple[str, int] | None:
        return self.words.hit(name, index)

    def _numeric(self, index: int) -> int:
        """A range, a value with its bound before or after it, or a bare measured value."""
        if index in self.kept or index in self.used:
            return index
        for field in ("rated", "size"):
            if label := self._at(field, index):
                return self._labelled(index, label[1], "rating" if field == "rated" else field)
        between = self._at("between", index)
        if end := (between and self._range(index, between[1])) or self._range(index, index):
            return end
        op, at = self._bound(index)
        value = self._value(at)
        if value is None:
            return index
        after, end = self._bound_after(value.end)
        op = op if op not in ("", ABOUT) else after or op or (ABOUT if value.vague else "")
        if not (op or value.explicit):
            return index
        if not op and self._goes_in(value, at):
            self.kept |= set(range(at, value.end))
            return value.end
        ops = self._negated(index, op)
        return self._settle(index, end, *(limits(option, each) for option in value.options for each in ops))

    def _goes_in(self, value: Measured, at: int) -> bool:
        """ "For a 15 inch laptop", 能装15寸电脑: the size of what it is for, not its own."""
        if value.options[0].field != "size" or not value.options[0].unit:
            return False
        small = self.words.table("search")
        start = max((end for *_, end in self.words.find("fits", 0, at)), default=-1)
        said = [*self.words[max(start, 0) : at], *self.words[value.end : value.end + 1]]
        other = [word for word in said if word.kind in ("word", "han") and not small.at((word,), 0)]
        bought = [span for span in self._sold if start <= span[0] <= value.end]
        return start >= 0 and bool(other) and not bought

    def _negated(self, index: int, op: str) -> tuple[str, ...]:
        """ "I don't want to spend more than": the opposite; with other words between, either one, to be asked."""
        start = max((i + 1 for i in range(index) if self.words[i].kind == "mark" or i in self.used), default=0)
        said = [hit for name in ("negation", "none_of") for hit in self.words.find(name, start, index)]
        said = [hit for hit in said if not self._of_goods(*hit[1:])]
        if op not in OPPOSITE or not said or self._name_denied(said[-1][1]):
            return (op,)
        known = sum(last - first for _, first, last in self.words.find("spend", said[-1][2], index))
        if known < index - said[-1][2]:
            return OPPOSITE[op], op
        self.used |= set(range(said[0][1], index))
        return (OPPOSITE[op],)

    def _of_goods(self, at: int, after: int) -> bool:
        """Whether a negation is of the goods and of no bound: "sans fil", "without a microphone under 100"."""
        return bool(self.names.at(self.words, at) or (self._at("without", at) and not self._at("spend", after)))

    def _name_denied(self, at: int) -> bool:
        """Whether a negation denies a colour or brand ("not red, under 20") and not the bound further on."""
        denied = self._denied(at)
        return bool(denied and self.names.at(self.words, denied))

    def _denied(self, at: int) -> int:
        """The token that a negation here is about: "not [from] Lumio", 不要红色; 0 where there is none."""
        negation = self._at("not", at)
        while negation and (link := self._at("not_link", negation[1])):
            negation = link
        return negation[1] if negation else 0

    def _bound(self, index: int) -> tuple[str, int]:
        """ "at most", "budget of around", "pas plus de": the operator, the token after it. A limit beats "around"."""
        op, at = "", index
        while at < len(self.words):
            if hit := self._at("bound", at):
                op, at = (hit[0] if hit[0] != ABOUT else op or ABOUT), hit[1]
            elif op and (link := self._at("bound_link", at)):
                at = link[1]
            else:
                break
        return op, at

    def _bound_after(self, end: int) -> tuple[str, int]:
        """ "or less", 以内, ", max": unless the phrase bounds the next number instead."""
        at = end + (end < len(self.words) and self.words[end].text in (",", "，", "("))
        hit = self._at("bound_after", at)
        if hit is None or self._at("rated", hit[1]) or (at < hit[1] < len(self.words) and self._value(hit[1])):
            return "", end
        if any((bound := self._at("bound", i)) and bound[1] > hit[1] for i in range(at, hit[1])):
            return "", end  # "2 jours et [plus de] 70 euros"
        return hit

    def _range(self, index: int, start: int) -> int:
        """between A and B | A-B | A to B: two bounds; a value without a unit takes the other's."""
        low = self._value(start)
        if low is None or low.end >= len(self.words):
            return 0
        dash = self.words[low.end].text in SIGNS
        joint = ("", low.end + 1) if dash else self._at("to", low.end)
        between = self.text[self.words[low.end - 1].end : self.words[low.end].start].strip()
        if not (dash or between in SIGNS or (joint and (start > index or self._at("range", low.end)))):
            return 0
        high = self._value(joint[1] if joint else low.end)
        if high is None or (low.explicit and high.explicit and low.options[0].field != high.options[0].field):
            return 0
        lows, highs = alike(low, high), alike(high, low)
        pairs = [(a, b) for a in lows for b in highs if magnitude(a) <= magnitude(b)] or [(highs[0], lows[0])]
        return self._settle(
            index, high.end, *((replace(a, op="at_least"), replace(b, op="at_most")) for a, b in pairs)
        )  # fmt: skip

    def _labelled(self, index: int, at: int, field: str) -> int:
        """rated [at least] 4.5 [stars] | size 42 | size XL"""
        start = self._bound(at)[1]
        if field == "size" and start < len(self.words) and self.words[start].text in LETTER_SIZES:
            return self._settle(index, start + 1, (Constraint("size", "is", self.words[start].text.upper()),))
        name = self.names.at(self.words, start) if field == "size" else None
        if name and name[0][0] == "size":
            return self._settle(index, name[1], (Constraint("size", "is", name[0][1]),))
        hit = number(self.words, start, self.language)
        unit = self._at("unit", hit.end) if hit else None
        if hit is None or (field == "size" and unit and unit[0] != field):  # "size 24 inch": its unit says it better
            return index
        end = self._bound_after(unit[1] if unit else hit.end)[1]
        op: Op = "at_least" if field == "rating" else "is"
        return self._settle(index, end, (Constraint(field, op, float(hit.values[0])),))

    def _value(self, at: int) -> Measured | None:
        """number unit | amount. A share or a time is a condition only where a bound was said."""
        if (
            at >= len(self.words)
            or at in self.kept
            or (at and (size := self.names.at(self.words, at - 1)) and size[1] > at)
        ):
            return None
        share = self._at("fraction", at)  # half a kilo
        hit = Number((Decimal(share[0]),), at, share[1], "words") if share else number(self.words, at, self.language)
        unit = self._at("unit", hit.end) if hit else None
        if hit and unit:
            field, _, name = unit[0].partition(" ")
            times, name = (7.0, "day") if name == "week" else (1.0, name)
            end = unit[1]
            if field == "battery" and self._is_delivered(at, end):
                field, times, name = "delivery", 1 / 24, "day"  # "delivered within 48 hours"
            if field == "delivery" and self.language == "zh" and end < len(self.words) and self.words[end].text == "内":
                end += 1
            values = tuple(Constraint(field, "is", float(v) * times, unit=name) for v in hit.values)
            return Measured(values, end, field not in ("time", "share"))
        amount = amount_at(self.words, at, self.language)
        if amount is None or counts.pieces(self.said, amount.last):
            return None
        return Measured(prices(amount.readings, self.world), amount.last, amount.certain, amount.vague)

    def _is_delivered(self, at: int, end: int) -> bool:
        """Whether a word of delivery stands close by, in the same breath."""
        marks = [i for i, word in enumerate(self.words) if word.kind == "mark"]
        first = max((i + 1 for i in marks if i < at), default=0)
        last = min((i for i in marks if i >= end), default=len(self.words))
        near = (max(first, at - 5), at), (end, min(last, end + 3))
        return any(self.words.find("delivered", *stretch) for stretch in near)

    def _named(self, index: int) -> int:
        """Colours, brands, stock and delivery by tomorrow, each possibly negated."""
        if index in self.used or index in self.kept:
            return index
        if hit := self._at("in_stock", index):
            return self._settle(index, hit[1], (Constraint("stock", "is", "yes"),))
        if hit := self._at("tomorrow", index):
            return self._settle(index, hit[1], (Constraint("delivery", "at_most", 1.0, unit="day"),))
        unit = self._at("unit", index + 1)
        if unit and unit[0].split()[0] == "size" and self.words[index].text in LETTER_SIZES:  # L码
            return self._settle(index, unit[1], (Constraint("size", "is", self.words[index].text.upper()),))
        denied = 0 if self.names.at(self.words, index) else self._denied(index)  # 不锈钢, "sans fil" deny nothing
        at = denied or index
        name = self.names.at(self.words, at)
        if name is None and denied and self.facts:
            return self._lacking(index, denied)
        if name is None or at in self.kept:
            return index
        (field, value), end = name
        if (field == "brand" and self._is_common(index, at, end)) or (field != "feature" and self._inside(at, end)):
            return index
        unit = self._at("unit", end) if field == "size" else None
        end = unit[1] if unit and unit[0].split()[0] == "size" else end
        after = self._at("not_after", end)
        end = self._settle(
            index, after[1] if after else end, (Constraint(field, "not" if denied or after else "is", value),)
        )
        while denied and (other := self._also(field, end)):  # "not black or white"
            end = self._settle(end, other[1], (Constraint(field, "not", other[0]),))
        return end

    def _also(self, field: str, at: int) -> tuple[str, int] | None:
        """ "or white", 也不要白色: another value of the field that was denied."""
        link = self._at("or", at)
        name = self.names.at(self.words, link[1]) if link else None
        return (name[0][1], name[1]) if name and name[0][0] == field else None

    def _lacking(self, index: int, at: int) -> int:
        """ "Without milk", "sans micro", 不含糖: a word that its text is not to hold."""
        end, han = at + 1, self.language == "zh"
        if not self._at("without", index) or at >= len(self.words) or self._at("bound", index):
            return index
        while han and end < min(len(self.words), at + 4) and not any(first == end for first, _ in self._sold):
            if self.words[end].kind != "han" or self._at("search", end):
                break
            end += 1
        small = [self._at(name, at) for name in ("search", "spend", "free_small", "delivered")]
        limit = (not han and self._at("free_small", end)) or number(self.words, at, self.language)
        if any(small) or limit or self.words[at].kind not in ("word", "han"):
            return index
        said = self.text[self.words[at].start : self.words[end - 1].end]
        return self._settle(index, end, (Constraint("feature", "not", said.lower()),))

    def _inside(self, at: int, end: int) -> bool:
        """Whether this is a part of a product's name: the blue of 蓝牙音箱."""
        return any(first <= at and end <= last and last - first > end - at for first, last in self._sold)

    def _is_common(self, index: int, at: int, end: int) -> bool:
        """A brand's name in lower case after "de" is the word of the language: "lampe de bureau"."""
        written = self.text[self.words[at].start : self.words[end - 1].end]
        return index > 0 and self.words[index - 1].text in COMMON and written.islower()

    def _left_over(self, index: int) -> int:
        """A number that nothing has used: how many are wanted, part of a name, a day, or else a doubt."""
        hit = None if index in self.used or index in self.kept else number(self.words, index, self.language)
        amount = amount_at(self.words, index, self.language) if hit else None
        if amount and counts.pieces(self.said, amount.last):
            amount = None
        if hit and not amount and (counted := counts.counted(self.said, hit, hit.start in self.kept)):
            return self._wanted(index, *counted)
        if hit and not amount and counts.is_no_counter(self.said, hit.end):
            span = (self.words[index].start, self.words[hit.end - 1].end)
            amount = Found(tuple(Amount(printed(value)) for value in hit.values), span, False, index, hit.end)
        if amount is None:
            return hit.end if hit else index
        if index in self._claimed or counts.is_part(self.said, index, amount.last):
            return amount.last
        count = Decimal(amount.readings[0].value)
        if count == int(count) and 0 < count < 100 and counts.names_soon(self.said, amount.last):
            return self._wanted(index, int(count), amount.last)
        said = self.text[slice(*amount.span)]
        if self._is_worn(index, amount):
            return self._settle(index, amount.last, (Constraint("size", "is", float(count)),))
        sizes = [(Constraint("size", "is", float(count)),)] if said in self.world.sizes else []
        most = [(replace(price, op="at_most"),) for price in prices(amount.readings, self.world)]
        return self._settle(index, amount.last, *most, *sizes, ())

    def _is_worn(self, index: int, amount: Found) -> bool:
        """ "Shoes in 43", "en 43": within the sizes that shoes are sold in, after their name, with no currency."""
        sizes = [int(size) for size in self.world.sizes if size.isdigit()]
        count, named = Decimal(amount.readings[0].value), any(last <= index for _, last in self._sold)
        fits = bool(sizes) and min(sizes) - BEYOND <= count <= max(sizes) + BEYOND
        return fits and named and not amount.certain and self.words.ends("worn_in", index)

    def _wanted(self, first: int, count: int, last: int) -> int:
        self.quantity = count
        self.used |= set(range(first, last))
        return last

    @functools.cached_property
    def _claimed(self) -> set[int]:
        """Tokens of models' names and of periods."""
        models = names(self.world.models).scan(self.words)
        days = periods.read(self.text, self.language, self.world.day)
        spans = [(first, last) for _, first, last in models] + [(day.first, day.last) for day in days]
        return {index for first, last in spans for index in range(first, last)}

    def rest(self) -> str:
        """The words no constraint and no phrase of asking has used, in their order and spelling."""
        wanted: list[int] = []
        index = 0
        while index < len(self.words):
            hit = None if index in self.kept else self._at("search", index) or self._at("delivered", index)
            run = range(index, hit[1] if hit else index + 1)
            if not hit and index not in self.used and self.words[index].kind != "mark":
                if wanted and wanted[-1] == index - 2 and self._at("link", index - 1) and index - 1 not in self.used:
                    wanted.append(index - 1)  # sac à dos
                wanted.append(index)
            index = run.stop if hit and not any(i in self.used or i in self.kept for i in run) else index + 1
        return joined(self.text, [self.words[i] for i in wanted])


def _names(world: World, language: Language, facts: bool) -> Phrases[tuple[str, str]]:
    """Colours in any language, the catalogue's brands, and materials and features, as (field, value)."""
    return _table(language, world.colours, world.sizes, world.brands, world.facts if facts else ())


@functools.lru_cache(maxsize=12)
def _table(
    language: Language, colours: Texts, sizes: Texts, brands: Texts, facts: tuple[tuple[str, str, str], ...]
) -> Phrases[tuple[str, str]]:
    said = [(" ".join(key), ("colour", meaning)) for key, meaning in phrases("colour", language).table.items()]
    said += [(colour, ("colour", colour)) for colour in colours]
    said += [(size, ("size", size)) for size in sizes if len(size) > 1 and not size.isdigit()]
    said += [(brand, ("brand", brand)) for brand in brands]
    return Phrases(said + [(form, (field, value)) for form, field, value in facts])
