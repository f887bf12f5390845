"""Who shares a bill and how, from one sentence: names, a number of people, portions, what somebody left out or paid.

The people are found first, then every clause says one thing: the total, the tip, who paid, what somebody had not or
had alone. Lines of a receipt that was read come as `Paper`; what a picture says fills amounts and names nobody.

>>> "split 84.60 between Ana, Ben and me, Ana had no wine which was 18"
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from assistant.language.amounts import Found
from assistant.language.lexicon import lexicon, phrases
from assistant.language.numbers import number
from assistant.language.sentence import Sentence
from assistant.language.tokens import Phrases, folded, tokens
from assistant.money import Money
from assistant.request import Language

MOST = 20  # people
LONGEST_HAN_NAME = 4
MEASURES = ("currency", "list.percent", "period.unit")  # behind a number that counts no people
ENDS = ",;.!?，；。！？"
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


@dataclass(slots=True)
class People:
    """Those found so far, listed at tokens [first, last); an empty name is a person nobody named."""

    names: list[str] = field(default_factory=list)
    me: int = -1
    first: int = 0
    last: int = 0
    counted: range = range(0)  # tokens of "3 ways": no amount

    def index(self, name: str) -> int:
        wanted = folded(name.lower())
        return next((i for i, each in enumerate(self.names) if each and folded(each.lower()) == wanted), -1)


def read(said: Sentence, paper: Paper | None) -> Given | None:
    """The bill to split as plain data for `flash.split.Bill`, or None when no splitting between people is asked."""
    if not said.says("split") or said.says("bound"):
        return None
    people = _people(said)
    return _Bill(said, people).given(paper) if len(people.names) > 1 else None


# ---- people ----


def _people(said: Sentence) -> People:
    """The longest list of names, completed by a number of people."""
    marks = {last: kind for kind, _, last in said.find("among")}
    free = {i for i, word in enumerate(said.words) if not i or said.words[i - 1] in ENDS or said.at("me", i)}
    lists = [_list(said, start, marks.get(start, "")) for start in sorted(free | set(marks))]
    best = max(lists, key=lambda each: len(each.names), default=People())
    count, at = _count(said)
    if best.names:
        if best.me < 0 and (
            len(best.names) == 1 or marks.get(best.first) == "with"
        ):  # "between Ana and Ben": those two
            best.me, best.names = len(best.names), [*best.names, ""]
        if not said.says("people", at.start, at.stop):
            count = 0  # "the wine at 18": no number of people once they are named
    elif count:
        best.me = 0
    best.names += [""] * (count - len(best.names))
    best.counted = at if count else range(0)
    return best


def _list(said: Sentence, start: int, kind: str) -> People:
    """Names joined by commas and "and", after which no comma goes on; with no marker before it, a joiner is needed."""
    people, at, joined, ending = People(first=start, last=start), start, 0, False
    while at < len(said.tokens) and len(people.names) < MOST:
        end, more = _others(said, at)
        if more:
            people.names += [""] * more
        elif end := said.at("me", at):
            people.me = len(people.names)
            people.names.append("")
        elif (end := _name(said, at, bool(kind) or joined > 0)) and people.index(said.spell(at, end)) < 0:
            people.names.append(said.spell(at, end))
        else:
            break
        people.last = at = end
        while (step := said.at("joiner", at)) and not (ending and said.words[at] in ENDS):
            ending = ending or said.words[at] not in "、" + ENDS
            joined, at = joined + 1, step
        if at == end and not _known(said, at):
            break
    return people if kind or joined else People()


def _known(said: Sentence, at: int) -> int:
    hit = Phrases((name, name) for name in said.world.payees).at(said.tokens, at) if at < len(said.tokens) else None
    return hit[1] if hit else 0


def _name(said: Sentence, at: int, free: bool) -> int:
    """The token after a name: one of the payee book, else a capitalised word or, in a list, any that means nothing."""
    if known := _known(said, at):
        return known
    token = said.tokens[at]
    if token.kind == "han":
        return _han_name(said, at) if free else 0
    if 0 < (article := said.at("list.payee_article", at)) < len(said.tokens):
        return _name(said, article, free)
    if not (_capital(said, at) or (free and token.kind == "word")) or _means_something(said, at, _capital(said, at)):
        return 0
    end = at + 1
    while end < len(said.tokens) and _capital(said, end) and not (said.at("joiner", end) or said.at("me", end)):
        end += 1
    return end


def _capital(said: Sentence, at: int) -> bool:
    return said.tokens[at].kind == "word" and said.text[said.tokens[at].start].isupper()


WORDS = ("split", "people", "tip", "bill", "without", "paid", "alone", "save", "cut", "us")


def _means_something(said: Sentence, at: int, capital: bool) -> bool:
    """Words of the grammar are no names; a capital only speaks for one where it does not begin the sentence."""
    words = (*WORDS, "list.purpose", "currency", *(() if capital and at else ("list.payee_stop", "list.verb")))
    return any(said.at(name, at) for name in words) or number(said.tokens, at, said.language) is not None


def _han_name(said: Sentence, at: int) -> int:
    end = at
    while end < min(len(said.tokens), at + LONGEST_HAN_NAME) and said.tokens[end].kind == "han":
        known = any(said.at(name, end) for name in (*WORDS, "joiner", "among"))
        if known or number(said.tokens, end, "zh") or said.words[end] in "把的在之都去来吃一付这那每":
            break
        end += 1
    return end


def _others(said: Sentence, at: int) -> tuple[int, int]:
    """ "and three friends": (token after it, how many), or (0, 0)."""
    hit = number(said.tokens, at, said.language)
    end = said.at("others", hit.end) if hit else 0
    return (end, int(hit.values[0])) if hit and end else (0, 0)


def _count(said: Sentence) -> tuple[int, range]:
    """How many share in all, and the tokens that say it: "4 people", "three ways", "in 3", "à quatre", 三个人; or 0."""
    among = {last for kind, _, last in said.find("among") if kind == "each"} | {last for _, _, last in said.find("us")}
    for index in range(len(said.tokens)):
        hit = number(said.tokens, index, said.language)
        if hit is None or hit.values[0] % 1 or not 1 < hit.values[0] <= MOST:
            continue
        after = said.at("people", hit.end)
        bare = index in among and not any(said.at(each, hit.end) for each in MEASURES)
        added = index and said.at("joiner", index - 1) and said.at("others", hit.end) and index not in among
        if (after or bare) and not added:
            return int(hit.values[0]), range(index, after or hit.end)
    return 0, range(0)


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
        self.total = self.settled = ""  # settled: "I paid 84.60", the total when nothing else is
        self.tip, self.extra, self.payer = "0", "0", -1
        self.paid: dict[int, str] = {}
        self.portions: dict[int, Decimal] = {}
        self.percent: dict[int, Decimal] = {}
        self.parts: list[Part] = []
        self.apart: frozenset[int] = frozenset()  # "Bob only had a salad for 12": no share of the rest
        self.loose: list[tuple[str, str]] = []  # "the wine was 18": (label, amount), before anybody had none
        for first, last in _clauses(said, people):
            self._clause(first, last)

    def _clause(self, first: int, last: int) -> None:
        said = self.said
        money = [hit for hit in said.amounts if first <= hit.first < last and hit.first not in self.people.counted]
        shares = [each.value for each in said.percents if first <= each.first < last]
        who = self._who(first, last)
        without, alone, portions = (said.find(name, first, last) for name in ("without", "alone", "portions"))
        nothing_else = said.find("nothing_else", first, last)
        if (tips := said.find("tip", first, last)) and (money or shares):
            self._tip(money, shares, tips[0][1])
        elif nothing_else and who:
            self.apart |= who
            self._part(nothing_else[0][2], last, money, who, had=True)
        elif without or (alone and money and who):
            self._part((without or alone)[0][2], last, money, who, had=not without)
        elif who and said.says("paid", first, last):
            self._paid(who, money)
        elif who and portions and not money:
            self.portions |= dict.fromkeys(who, Decimal(portions[0][0]))
        elif who and shares:
            self.percent |= dict.fromkeys(who, shares[0])
        elif money:
            self._sum(first, money)
        self._ratio(first, last)

    def _who(self, first: int, last: int) -> frozenset[int]:
        """The people a clause is about; a name that was not in a list by number takes an empty place."""
        found, index = set(), first
        while index < last:
            end = self.said.at("me", index)
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
        if free and _capital(said, index) and not _means_something(said, index, True):
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
        if not money:
            self.payer = min(who)
        elif not self.total and not self.settled and len(who) == 1:
            self.settled, self.payer = self.said.amount(money[0]), min(who)
        else:
            self.paid |= dict.fromkeys(who, self.said.amount(money[0]))

    def _sum(self, first: int, money: list[Found]) -> None:
        """The total; once it is known, the price of what somebody left out or of what comes next."""
        unpriced = self.parts[-1] if self.parts and not self.parts[-1].amount else None
        if not self.total and not (unpriced and self.settled):
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
        total = self.total or self.settled
        if self.total and self.settled:  # "I paid 30, split 84.60": a part, not all
            self.paid, self.payer = {self.payer: self.settled} | self.paid, -1
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
        """Portions; a percentage that is said for some leaves the rest to the others."""
        count = len(self.people.names)
        if not self.percent:
            return [self.portions.get(i, Decimal(1)) for i in range(count)]
        others = max(count - len(self.percent), 1)
        left = max(100 - sum(self.percent.values(), Decimal(0)), Decimal(0))
        return [self.percent[i] * others if i in self.percent else left for i in range(count)]


def _names(label: str, word: str, language: Language) -> bool:
    """Whether a receipt's line is what was called by this word: the word itself, or a kind of it (Merlot is wine)."""
    kinds = phrases("flash.dish", language)
    printed, said = ({meaning for meaning, _, _ in kinds.scan(tokens(text))} for text in (label, word))
    asked = folded(word.lower().strip())
    return bool(printed & said) or (bool(asked) and asked in folded(label.lower()))
