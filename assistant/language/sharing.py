"""Who shares a bill and how, from one sentence: names, a number of people, portions, what somebody left out or paid.

The people are found first, then every clause says one thing: the total, the tip, who paid, what somebody had not or
had alone. Lines of a receipt that was read come as `Paper`; what a picture says fills amounts and names nobody.

>>> "split 84.60 between Ana, Ben and me, Ana had no wine which was 18"
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Any

from assistant.language.amounts import Found
from assistant.language.lexicon import lexicon, phrases
from assistant.language.people import ENDS, People, capital, found_in, means_something
from assistant.language.sentence import Sentence
from assistant.language.tokens import folded, tokens
from assistant.money import Money
from assistant.request import Language

Given = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Paper:
    """A receipt that was read: its total, and its lines where they add up to it."""

    total: Money
    lines: tuple[tuple[str, Money], ...] = ()


@dataclass(slots=True)
class Part:
    """Something that `who` had or had not; `amount` empty: its price was not said."""

    label: str
    amount: str
    who: frozenset[int]
    had: bool


def read(said: Sentence, paper: Paper | None) -> Given | None:
    """The bill to split as plain data for `flash.split.Bill`, or None when no splitting between people is asked."""
    if said.says("bound") or not any(said.says(name) for name in ("split", "shared", "tip")):
        return None
    said = _unmultiplied(said) if said.says("tip") else said
    people = found_in(said)
    shared = said.says("split") or (said.says("shared") and people.counted and not said.at("list.verb", 0))
    if shared and len(people.names) > 1:
        return _Bill(said, people).given(paper)
    return _Bill(said, People([""], me=0)).given(None) if _is_tip(said) else None


def _unmultiplied(said: Sentence) -> Sentence:
    """ "15% of 48.60 as a tip", 48.6的15%小费: the bill is 48.60, not its share; a blank for the word between them."""
    for share in said.percents:
        after = said.at("list.percent_of", share.last)
        first, last = (share.last, after) if after else (share.first - 1, share.first)
        if after or any(hit.first <= first < hit.last for hit in said.amounts):
            start, end = said.tokens[first].start, said.tokens[last - 1].end
            return replace(said, text=said.text[:start] + " " + said.text[end:])
    return said


def _is_tip(said: Sentence) -> bool:
    """ "25% tip on 48.60": one bill, one percentage, nobody to pay."""
    told = said.says("tip") and len(said.percents) == len(said.amounts) == 1
    return told and not said.says("split") and not said.says("what_if") and not said.at("list.payee_before", 0)


# ---- clauses ----


def _clauses(said: Sentence, people: People) -> Iterator[tuple[int, int]]:
    """Stretches that say one thing, without the list of people. "And" parts two once the first has said something."""
    begun, index = 0, 0
    while index < len(said.tokens):
        step = index + 1
        turn = said.words[index] in ENDS or said.at("cut", index)
        if listed := index == people.first < people.last:
            step = people.last
        if listed or turn or (said.at("joiner", index) and _complete(said, begun, index)):
            yield begun, index
            begun = step
        index = step
    yield begun, len(said.tokens)


def _complete(said: Sentence, first: int, last: int) -> bool:
    says = any(said.says(name, first, last) for name in ("without", "paid", "alone", "tip", "portions"))
    return says or any(first <= hit.first < last for hit in said.amounts)


class _Bill:
    """What the clauses have said so far."""

    def __init__(self, said: Sentence, people: People) -> None:
        self.said, self.people = said, people
        self.total = ""
        self.tip, self.extra, self.payer = "0", "0", -1
        self.paid: dict[int, str] = {}
        self.portions: dict[int, Decimal] = {}
        self.percent: dict[int, Fraction] = {}  # of the whole, 1 = all of it
        self.parts: list[Part] = []
        self.apart: frozenset[int] = frozenset()  # "Bob only had a salad for 12": no share of the rest
        self.loose: list[tuple[str, str]] = []  # "the wine was 18": (label, amount), before anybody had none
        for first, last in _clauses(said, people):
            self._clause(first, last)

    def _clause(self, first: int, last: int) -> None:
        said = self.said
        without, alone, portions = (said.find(name, first, last) for name in ("without", "alone", "portions"))
        counted = {*self.people.counted, *(at for _, a, b in portions for at in range(a, b))}
        money = [hit for hit in said.amounts if first <= hit.first < last and hit.first not in counted]
        shares = [each.value for each in said.percents if first <= each.first < last]
        parts = [Fraction(each.value).limit_denominator(100) for each in said.fractions if first <= each.first < last]
        who = self._who(first, last)
        nothing_else, owned = said.find("nothing_else", first, last), said.find("owned", first, last)
        tips = said.find("tip", first, last)
        if tips and (shares or (money and tips[0][0] != "service")):  # a "cleaning service" is no tip
            self._tip(money, shares, tips[0][1])
        elif nothing_else and who:
            self.apart |= who
            self._part(nothing_else[0][2], last, money, who, had=True)
        elif owned and who and money and self.total:
            self._part(owned[0][2], last, money, who, had=True)
        elif without or (alone and money and who):
            self._part((without or alone)[0][2], last, money, who, had=not without)
        elif who and said.says("paid", first, last):
            self._paid(who, money)
        elif who and portions and not money:
            self.portions |= dict.fromkeys(who, Decimal(portions[0][0]))
        elif who and (shares or parts):
            self.percent |= dict.fromkeys(who, Fraction(shares[0]) / 100 if shares else parts[0])
        elif who and money and self.total and said.says("pays", first, last):
            self.apart |= who
            names = (self.people.names[i] for i in sorted(who))
            self.parts.append(Part(", ".join(filter(None, names)), said.amount(money[-1]), who, had=True))
        elif who and money and self.paid and not self.total and not said.says("list.verb", first, last):
            self._paid(who, money)  # "and me 20"
        elif money:
            self._sum(first, money)
        self._ratio(first, last)

    def _who(self, first: int, last: int) -> frozenset[int]:
        """The people a clause is about; a name that was not in a list by number takes an empty place."""
        found, index = set(), first
        while index < last:
            end = self.said.at("me", index) or self.said.at("my", index)
            others = [i for i, name in enumerate(self.people.names) if i != self.people.me]
            if len(others) == 1 and self.said.at("they", index):
                found.add(others[0])
            if end and self.people.me >= 0:
                found.add(self.people.me)
            elif not end and (end := self._named(index, last)):
                found.add(self.people.index(self.said.spell(index, end)))
            index = end or index + 1
        return frozenset(found)

    def _named(self, index: int, last: int) -> int:
        names, said = self.people.names, self.said
        for end in range(min(last, index + 4), index, -1):
            if self.people.index(said.spell(index, end)) >= 0:
                return end
        free = [i for i, name in enumerate(names) if not name and i != self.people.me]
        if free and capital(said, index) and not means_something(said, index, True):
            names[free[0]] = said.spell(index, index + 1)
            return index + 1
        return 0

    def _tip(self, money: list[Found], shares: list[Decimal], at: int) -> None:
        if shares:
            self.tip = str(shares[0])
        else:
            near = min(money, key=lambda hit: abs(hit.first - at))
            self.extra = self.said.amount(near)
            money = [hit for hit in money if hit is not near]
        if money:
            self.total = self.total or self.said.amount(money[0])

    def _part(self, first: int, last: int, money: list[Found], who: frozenset[int], had: bool) -> None:
        label, amount = self._label(first, last), self.said.amount(money[-1]) if money else ""
        if not amount and self.loose:
            label, amount = self.loose.pop()
        self.parts.append(Part(label, amount, who, had))

    def _label(self, first: int, last: int) -> str:
        """What was had or not, up to a small word, a number or the end."""
        end = first
        while end < last and self.said.tokens[end].kind in ("word", "han") and not self.said.at("label_end", end):
            end += 1
        return self.said.spell(first, end)

    def _paid(self, who: frozenset[int], money: list[Found]) -> None:
        if money:
            self.paid |= dict.fromkeys(who, self.said.amount(money[0]))
        else:
            self.payer = min(who)

    def _sum(self, first: int, money: list[Found]) -> None:
        """The total; once it is known, the price of what somebody left out or of what comes next."""
        unpriced = self.parts[-1] if self.parts and not self.parts[-1].amount else None
        if not self.total and not (unpriced and self.paid):
            self.total, money = self.said.amount(money[0]), money[1:]
        if not money:
            return
        amount, at = self.said.amount(money[0]), money[0].first
        if unpriced:
            unpriced.amount = amount
        else:
            small = (i for i in range(first, at) if not self.said.at("label_end", i) and not self.said.at("joiner", i))
            self.loose.append((self._label(next(small, at), at), amount))

    def _ratio(self, first: int, last: int) -> None:
        """60/40, 2:1:1: portions in the order of the names."""
        words = self.said.words[first:last]
        values = [w for i, w in enumerate(words) if w.isdigit() and set(words[max(i - 1, 0) : i + 2]) & {"/", ":"}]
        if len(values) == len(self.people.names):
            self.portions = {i: Decimal(value) for i, value in enumerate(values)}

    # ---- the whole ----

    def given(self, paper: Paper | None) -> Given | None:
        said, names, weights = self.said, self.people.names, self._weights()
        total = self.total or (str(sum(map(Decimal, self.paid.values()))) if self.paid else "")
        if not self.total and len(self.paid) == 1:  # "I paid 84.60": all of it
            (self.payer,), self.paid = self.paid, {}
        if not total and paper is None:
            return {"needs": "total"} if said.says("bill") else None
        printed = f"{paper.total.decimal:f}" if paper else ""
        lines = paper.lines if paper and (not total or Decimal(total) == paper.total.decimal) else ()
        items, unsure = self._items(lines)
        items += self._rest(Decimal(total or printed), items)
        people = [
            {"name": name, "me": i == self.people.me, "portions": str(weights[i]), "paid": self.paid.get(i, "0")}
            for i, name in enumerate(names)
        ]
        return {
            "currency": paper.total.currency if paper and not total else said.currency(), "total": total or printed,
            "people": people, "items": items, "tip": self.tip, "extra": self.extra, "payer": self.payer,
            "title": said.title(), "unsure": unsure,
        }  # fmt: skip

    def _items(self, lines: tuple[tuple[str, Money], ...]) -> tuple[list[Given], str]:
        """What not everybody shares, and the one of it that nobody was named for ("one of us had no wine").

        A price that was said makes its own item; without one, the word is looked for among the receipt's lines.
        """
        rows: list[tuple[str, str, Part | None]] = [
            (each.label, each.amount, each) for each in self.parts if each.amount
        ]
        wanted = [part for part in self.parts if not part.amount and part.label]
        for label, money in lines:
            part = next((each for each in wanted if _names(label, each.label, self.said.language)), None)
            rows.append((label, f"{money.decimal:f}", part))
        everybody = range(len(self.people.names))
        items = [
            {"label": label, "amount": amount,
             "shared": [not (part and part.who) or (i in part.who) == part.had for i in everybody]}
            for label, amount, part in rows
        ]  # fmt: skip
        return items, next((label for label, _, part in rows if part and not part.who), "")

    def _rest(self, total: Decimal, items: list[Given]) -> list[Given]:
        """What those share who had more than something of their own."""
        left = total - sum((Decimal(item["amount"]) for item in items), Decimal(0))
        apart = self.apart & {i for part in self.parts if part.amount for i in part.who}
        shared = [i not in apart for i in range(len(self.people.names))]
        if not apart or left <= 0 or not any(shared):
            return []
        return [{"label": lexicon(self.said.language)["flash"]["rest"], "amount": str(left), "shared": shared}]

    def _weights(self) -> list[Decimal]:
        """Portions; a share of the whole that is said for some leaves the rest to the others. In whole numbers then."""
        count = len(self.people.names)
        if not self.percent:
            return [self.portions.get(i, Decimal(1)) for i in range(count)]
        left = max(1 - sum(self.percent.values(), Fraction(0)), Fraction(0)) / max(count - len(self.percent), 1)
        parts = [self.percent.get(i, left) for i in range(count)]
        whole = lcm(*(part.denominator for part in parts))
        return [Decimal(int(part * whole)) for part in parts]


def _names(label: str, word: str, language: Language) -> bool:
    """Whether a receipt's line is what was called by this word: the word itself, or a kind of it (Merlot is wine)."""
    kinds = phrases("flash.dish", language)
    printed, said = ({meaning for meaning, _, _ in kinds.scan(tokens(text))} for text in (label, word))
    asked = folded(word.lower().strip())
    return bool(printed & said) or (bool(asked) and asked in folded(label.lower()))
