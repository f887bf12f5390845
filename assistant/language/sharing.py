"""Who shares a bill and how, from one sentence: names, a number of people, portions, what somebody left out or paid.

The people are found first, then every clause says one thing: the total, the tip, who paid, what somebody had not or
had alone. Lines of a receipt that was read come as `Paper`; what a picture says fills amounts and names nobody.

>>> "split 84.60 between Ana, Ben and me, Ana had no wine which was 18"
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from assistant.language.amounts import Found
from assistant.language.lexicon import phrases
from assistant.language.numbers import number
from assistant.language.sentence import Sentence
from assistant.language.tokens import Phrases, folded, tokens
from assistant.money import Money
from assistant.request import Language

MOST = 20  # people
LONGEST_HAN_NAME = 4
ENDS = ",;.!?，；。！？"
Given = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Paper:
    """A receipt that was read: its total, and its lines where they add up to it."""

    total: Money
    lines: tuple[tuple[str, Money], ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """Something that `who` had or had not; `amount` None: its price was not said."""

    label: str
    amount: str | None
    who: frozenset[int]
    had: bool


@dataclass
class Table:
    """The people found so far; an empty name is a person nobody named."""

    names: list[str] = field(default_factory=list)
    me: int = -1
    first: int = 0  # tokens of the list
    last: int = 0
    counted: tuple[int, int] = (0, 0)  # tokens of "3 ways": no amount

    def index(self, name: str) -> int:
        wanted = folded(name.lower())
        return next((i for i, each in enumerate(self.names) if each and folded(each.lower()) == wanted), -1)


def read(said: Sentence, paper: Paper | None) -> Given | None:
    """The bill to split as plain data for `flash.split.Bill`, or None when no splitting between people is asked."""
    if not said.says("split") or phrases("bound", said.language).scan(said.tokens):
        return None
    people = _people(said)
    if people is None or len(people.names) < 2:
        return None
    bill = _Bill(said, people)
    for first, last in _clauses(said, people):
        bill.clause(first, last)
    return bill.given(paper)


# ---- people ----


def _people(said: Sentence) -> Table | None:
    """The longest list of names, completed by a number of people."""
    lists = [_list(said, start, kind) for kind, start in _starts(said)]
    best = max(lists, key=lambda each: len(each.names), default=Table())
    count, at = _count(said)
    if best.names and best.me < 0 and _with(said, best):
        best.me, best.names = len(best.names), [*best.names, ""]
    if best.names and not said.says("people", *at):
        count = 0  # "the wine at 18": no number of people once they are named
    for _ in range(len(best.names), min(count, MOST)):
        if best.me < 0 and not best.names:
            best.me = 0
        best.names.append("")
    best.counted = at if count else (0, 0)
    return best if best.names else None


def _starts(said: Sentence) -> list[tuple[str, int]]:
    marked = [(kind, last) for kind, _, last in said.find("among")]
    return [("", i) for i in range(len(said.tokens)) if not i or said.words[i - 1] in ENDS or _me(said, i)] + marked


def _with(said: Sentence, people: Table) -> bool:
    """ "with Ben" means Ben and me; "between Ana and Ben" means those two."""
    named = said.find("among", 0, people.first)
    return len(people.names) == 1 or any(kind == "with" and last == people.first for kind, _, last in named)


def _me(said: Sentence, index: int) -> int:
    return said.at("me", index)


def _list(said: Sentence, start: int, kind: str) -> Table:
    """Names joined by commas and "and", after which no comma goes on; with no marker before it, a joiner is needed."""
    people, at, joined, ending = Table(first=start, last=start), start, 0, False
    while at < len(said.tokens) and len(people.names) < MOST:
        end, more = _others(said, at)
        if more:
            people.names += [""] * more
        elif end := _me(said, at):
            people.me = len(people.names)
            people.names.append("")
        elif (end := _name(said, at, bool(kind) or joined > 0)) and people.index(said.spell(at, end)) < 0:
            people.names.append(said.spell(at, end).strip())
        else:
            break
        people.last, at = end, end
        while (step := said.at("joiner", at)) and not (ending and said.words[at] in ENDS):
            ending = ending or said.words[at] not in "、" + ENDS
            joined, at = joined + 1, step
        if at == end and not _known(said, at):
            break
    return people if kind or joined else Table()


def _name(said: Sentence, at: int, free: bool) -> int:
    """The token after a name: one of the payee book, else a capitalised word or, in a list, any that means nothing."""
    if known := _known(said, at):
        return known
    article = phrases("list.payee_article", said.language).at(said.tokens, at) if free else None
    if article and article[1] < len(said.tokens) and said.tokens[at].kind == "word":
        return _name(said, article[1], free)
    token = said.tokens[at]
    if token.kind == "han":
        return _han_name(said, at) if free else 0
    capital = said.text[token.start].isupper()
    if token.kind != "word" or not (capital or free) or _means_something(said, at, capital):
        return 0
    end = at + 1
    while end < len(said.tokens) and said.tokens[end].kind == "word" and said.text[said.tokens[end].start].isupper():
        if said.at("joiner", end) or _me(said, end):
            break
        end += 1
    return end


def _known(said: Sentence, at: int) -> int:
    hit = Phrases((name, name) for name in said.world.payees).at(said.tokens, at) if at < len(said.tokens) else None
    return hit[1] if hit else 0


WORDS = ("split", "people", "tip", "bill", "without", "paid", "alone", "save", "cut", "us")


def _means_something(said: Sentence, at: int, capital: bool) -> bool:
    """Words of the grammar are no names; a capital only speaks for one where it does not begin the sentence."""
    language = said.language
    if any(said.at(name, at) for name in WORDS) or phrases("list.purpose", language).at(said.tokens, at):
        return True
    stops = phrases("list.payee_stop", language).at(said.tokens, at) or phrases("list.verb", language).at(
        said.tokens, at
    )
    number_here = number(said.tokens, at, language) is not None or phrases("currency", language).at(said.tokens, at)
    return bool(number_here) or (bool(stops) and not (capital and at))


def _han_name(said: Sentence, at: int) -> int:
    end = at
    while end < len(said.tokens) and said.tokens[end].kind == "han" and end - at < LONGEST_HAN_NAME:
        if said.at("joiner", end) or any(said.at(name, end) for name in WORDS) or said.at("among", end):
            break
        if number(said.tokens, end, "zh") or said.words[end] in "把的在之都去来吃一付这那每":
            break
        end += 1
    return end if end > at else 0


def _others(said: Sentence, at: int) -> tuple[int, int]:
    """ "and three friends": (token after it, how many), or (0, 0)."""
    hit = number(said.tokens, at, said.language)
    end = said.at("others", hit.end) if hit else 0
    return (end, int(hit.values[0])) if hit and end else (0, 0)


def _count(said: Sentence) -> tuple[int, tuple[int, int]]:
    """How many share in all, and the tokens that say it: "4 people", "three ways", "in 3", "à quatre", 三个人; or 0."""
    among = {last for kind, _, last in said.find("among") if kind == "each"}
    for index in range(len(said.tokens)):
        hit = number(said.tokens, index, said.language)
        if hit is None or hit.values[0] != int(hit.values[0]) or not 1 < hit.values[0] <= MOST:
            continue
        after = said.at("people", hit.end)
        ours = index > 0 and any(last == index for _, _, last in said.find("us"))
        bare = (index in among or ours) and not _measures(said, hit.end)
        added = (
            index and said.at("joiner", index - 1) and said.at("others", hit.end) and not said.at("among", index - 1)
        )
        if (after or bare) and not added:
            return int(hit.values[0]), (index, after or hit.end)
    return 0, (0, 0)


def _measures(said: Sentence, at: int) -> bool:
    language = said.language
    return any(phrases(name, language).at(said.tokens, at) for name in ("currency", "list.percent", "period.unit"))


# ---- clauses ----


def _clauses(said: Sentence, people: Table) -> list[tuple[int, int]]:
    """Stretches that say one thing, without the list of people. "And" parts two once the first has said something."""
    found, begun, index = [], 0, 0
    while index < len(said.tokens):
        turn = said.words[index] in ENDS or said.at("cut", index)
        if index == people.first < people.last:
            found.append((begun, index))
            index = begun = people.last
        elif turn or (said.at("joiner", index) and _complete(said, begun, index)):
            found.append((begun, index))
            index = begun = index + 1
        else:
            index += 1
    return [(first, last) for first, last in [*found, (begun, len(said.tokens))] if last > first]


def _complete(said: Sentence, first: int, last: int) -> bool:
    says = any(said.says(name, first, last) for name in ("without", "paid", "alone", "tip", "portions"))
    return says or any(first <= hit.first < last for hit in said.amounts)


class _Bill:
    """What the clauses have said so far."""

    def __init__(self, said: Sentence, people: Table) -> None:
        self.said, self.people = said, people
        self.total: Found | None = None
        self.tip, self.extra, self.payer = "0", "0", -1
        self.paid: dict[int, str] = {}
        self.portions: dict[int, Decimal] = {}
        self.percent: dict[int, Decimal] = {}
        self.parts: list[Part] = []
        self.loose: list[tuple[str, str]] = []
        self.settled: Found | None = None  # "I paid 84.60": the total, when nothing else is

    def clause(self, first: int, last: int) -> None:
        said = self.said
        begun, ended = self.people.counted
        money = [hit for hit in said.amounts if first <= hit.first < last and not begun <= hit.first < ended]
        shares = [each for each in said.percents if first <= each.first < last]
        who = self._who(first, last)
        if said.says("tip", first, last) and (money or shares):
            self._tip(money, shares, said.find("tip", first, last)[0])
        elif hits := said.find("without", first, last):
            self._part(hits[0], last, money, who, had=False)
        elif (hits := said.find("alone", first, last)) and money and who:
            self._part(hits[0], last, money, who, had=True)
        elif said.says("paid", first, last) and who:
            self._paid(who, money)
        elif (hits := said.find("portions", first, last)) and who and not money:
            self.portions |= {i: Decimal(hits[0][0]) for i in who}
        elif shares and who:
            self.percent |= dict.fromkeys(who, shares[0].value)
        elif money:
            self._sum(first, money)
        self._ratio(first, last)

    def _who(self, first: int, last: int) -> frozenset[int]:
        """The people a clause is about; a name that was not in a list by number takes an empty place."""
        found, index = set(), first
        while index < last:
            end = _me(self.said, index)
            if end and self.people.me >= 0:
                found.add(self.people.me)
            elif not end and (end := self._named(index, last)):
                found.add(self.people.index(self.said.spell(index, end)))
            index = end or index + 1
        return frozenset(found)

    def _named(self, index: int, last: int) -> int:
        for end in range(min(last, index + 4), index, -1):
            if self.people.index(self.said.spell(index, end)) >= 0:
                return end
        token = self.said.tokens[index]
        free = [i for i, name in enumerate(self.people.names) if not name and i != self.people.me]
        capital = token.kind == "word" and self.said.text[token.start].isupper()
        if free and capital and not _means_something(self.said, index, True):
            self.people.names[free[0]] = self.said.spell(index, index + 1)
            return index + 1
        return 0

    def _tip(self, money: list[Found], shares: list[Any], at: tuple[str, int, int]) -> None:
        if shares:
            self.tip = str(shares[0].value)
        else:
            near = min(money, key=lambda hit: abs(hit.first - at[1]))
            self.extra = self.said.amount(near)
        rest = [hit for hit in money if shares or hit is not near]
        if rest and self.total is None:
            self.total = rest[0]

    def _part(self, hit: tuple[str, int, int], last: int, money: list[Found], who: frozenset[int], had: bool) -> None:
        amount = self.said.amount(money[-1]) if money else None
        label = self._label(hit[2], last)
        if amount is None and self.loose:
            label, amount = self.loose.pop()
        self.parts.append(Part(label, amount, who, had))

    def _label(self, first: int, last: int) -> str:
        """What was had or not, up to a small word, a number or the end."""
        end = first
        while end < last and self.said.tokens[end].kind in ("word", "han") and not self.said.at("label_end", end):
            if number(self.said.tokens, end, self.said.language) and self.said.tokens[end].kind != "word":
                break
            end += 1
        return self.said.spell(first, end)

    def _paid(self, who: frozenset[int], money: list[Found]) -> None:
        if not money:
            self.payer = min(who)
        elif self.total is None and self.settled is None and len(who) == 1:
            self.settled, self.payer = money[0], min(who)
            self.paid[min(who)] = self.said.amount(money[0])
        else:
            self.paid |= {i: self.said.amount(money[0]) for i in who}

    def _sum(self, first: int, money: list[Found]) -> None:
        """The total; once it is known, the price of what somebody left out or of what comes next."""
        amount = self.said.amount(money[0])
        if self.total is None and not (self.parts and self.parts[-1].amount is None and self.settled):
            self.total, money = money[0], money[1:]
        if not money:
            return
        amount = self.said.amount(money[0])
        if self.parts and self.parts[-1].amount is None:
            self.parts[-1] = replace(self.parts[-1], amount=amount)
        else:
            small = ("label_end", "joiner")
            names = (i for i in range(first, money[0].first) if not any(self.said.at(word, i) for word in small))
            self.loose.append((self._label(next(names, money[0].first), money[0].first), amount))

    def _ratio(self, first: int, last: int) -> None:
        """60/40, 2:1:1: portions in the order of the names."""
        words, at = self.said.words, next((i for i in range(first, last) if self.said.words[i] in "/:"), 0)
        if not at or self.said.tokens[at - 1].kind != "digits":
            return
        values, index = [words[at - 1]], at
        while index + 1 < last and words[index] in "/:" and self.said.tokens[index + 1].kind == "digits":
            values, index = [*values, words[index + 1]], index + 2
        if len(values) == len(self.people.names):
            self.portions = {i: Decimal(value) for i, value in enumerate(values)}

    # ---- the whole ----

    def given(self, paper: Paper | None) -> Given | None:
        said, count = self.said, len(self.people.names)
        if self.total is None and self.settled is not None:
            self.total, self.paid = self.settled, {}
        if self.total is None and paper is None:
            return {"needs": "total"} if said.says("bill") else None
        spoken = said.amount(self.total) if self.total else ""
        total = spoken or f"{paper.total.decimal:f}" if paper else spoken
        currency = said.currency() if self.total or paper is None else paper.total.currency
        lines = paper.lines if paper and not (self.total and Decimal(spoken) != paper.total.decimal) else ()
        items, unsure = self._items(lines)
        weights = self._weights(count)
        people = [
            {"name": name, "me": i == self.people.me, "portions": str(weights[i]), "paid": self.paid.get(i, "0")}
            for i, name in enumerate(self.people.names)
        ]
        return {
            "currency": currency, "total": total, "people": people, "items": items, "tip": self.tip,
            "extra": self.extra, "payer": self.payer, "title": said.title(), "unsure": unsure,
        }  # fmt: skip

    def _items(self, lines: tuple[tuple[str, Money], ...]) -> tuple[list[Given], str]:
        """What not everybody shares, and the one of it that nobody was named for ("one of us had no wine").

        A price that was said makes its own item; without one, the word is looked for among the receipt's lines.
        """
        rows: list[tuple[str, str, Part | None]] = [
            (part.label, part.amount, part) for part in self.parts if part.amount
        ]
        wanted = [part for part in self.parts if part.amount is None and part.label]
        for label, money in lines:
            part = next((each for each in wanted if _names(label, each.label, self.said.language)), None)
            rows.append((label, f"{money.decimal:f}", part))
        items = [{"label": label, "amount": amount, "shared": self._shared(part)} for label, amount, part in rows]
        return items, next((label for label, _, part in rows if part and not part.who), "")

    def _shared(self, part: Part | None) -> list[bool]:
        """Everybody, unless somebody was named."""
        return [(i in part.who) == part.had if part and part.who else True for i in range(len(self.people.names))]

    def _weights(self, count: int) -> dict[int, Decimal]:
        """Portions; a percentage that is said for some leaves the rest to the others."""
        if not self.percent:
            return {i: self.portions.get(i, Decimal(1)) for i in range(count)}
        others = max(count - len(self.percent), 1)
        left = max(100 - sum(self.percent.values(), Decimal(0)), Decimal(0))
        scale = 1 if left / others == round(left / others, 2) else others
        return {i: self.percent[i] * scale if i in self.percent else left * scale / others for i in range(count)}


def _names(label: str, word: str, language: Language) -> bool:
    """Whether a receipt's line is what was called by this word: the word itself, or a kind of it (Merlot is wine)."""
    kinds = phrases("flash.dish", language)
    printed, said = ({meaning for meaning, _, _ in kinds.scan(tokens(text))} for text in (label, word))
    asked = folded(word.lower().strip())
    return bool(printed & said) or (bool(asked) and asked in folded(label.lower()))
