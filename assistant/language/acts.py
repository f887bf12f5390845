"""Acts: what a sentence proposes. Rules, a language model or a test all produce these and nothing else.

An act is a proposal; only code validates it and only the person's gesture moves money. `State` is the conversation:
a stack of frames, newest last. It is stored as JSON between turns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, Protocol

from assistant.money import Money
from assistant.request import Evidence, Language, Place

Goal = Literal[
    "pay", "refund", "payments", "undo", "stop_payments", "limits", "payees",  # payment room
    "measure", "import", "advice", "correct",  # wealth room: a figure, a file, a refused recommendation, a category
    "flash",  # a small calculation: language/flash.py
    "find", "lookup", "buy", "compare",  # product room: search, code to product, buy one, compare results
    "explain",  # about one product that was shown
    "mandate",  # buying at a price to come, under a mandate that is signed
    "orders",  # what was bought, and giving it back
    "afford",  # a purchase beside the forecast of one's money
    "cart", "checkout",  # what was put aside: look and change, then one review sheet for all of it
    "describe", "help", "greet", "clarify", "outside", "memory",  # service: a picture, small talk, a doubt
    "prove",  # the show of a crash
]  # fmt: skip


USUAL = ("EUR", "USD", "GBP", "CNY")  # what "dollars", "pounds" and "kuai" mean to who holds none of them


@dataclass(frozen=True, slots=True)
class Slot:
    """One detail, and where it came from: `span` = characters of the utterance, `place` = a spot in the evidence."""

    value: Any  # Money, PayeeRef text, Period, Constraint tuple, ...: see docs/slots.md
    text: str = ""
    span: tuple[int, int] | None = None
    place: Place | None = None
    confidence: float = 1.0
    readings: tuple[Any, ...] = ()  # other values the same words could mean: asked, not guessed

    @classmethod
    def said(cls, text: str, span: tuple[int, int], value: Any = None, **more: Any) -> Slot:
        """The characters at `span`, which mean themselves unless a `value` is given."""
        words = text[slice(*span)]
        return cls(words if value is None else value, words, span, **more)


Slots = Mapping[str, Slot]


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount as said. `currency` None = not said; `candidates` = what a bare symbol or word can mean ("$")."""

    value: str  # decimal text, "12.50"
    currency: str | None = None
    candidates: tuple[str, ...] = ()

    def likely(self, *own: str) -> str:
        """The currency that was said, else the first of one's `own` that it can be, else what it usually is."""
        fits = (code for code in (*own, *USUAL) if not self.candidates or code in self.candidates)
        return self.currency or next(fits, "") or self.candidates[0]

    def in_(self, currency: str) -> Money:
        return Money.of(self.value, currency)


@dataclass(frozen=True, slots=True)
class Start:
    goal: Goal
    slots: Slots = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Set:
    slots: Slots
    payee: str = ""  # as of `Cancel`


@dataclass(frozen=True, slots=True)
class Unset:
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Affirm:
    """Yes. `amount` only when an amount was repeated; it confirms aloud only under promise 2."""

    amount: Amount | None = None
    sole: bool = False  # the amount was the utterance's only reading


@dataclass(frozen=True, slots=True)
class Deny:
    pass


@dataclass(frozen=True, slots=True)
class Cancel:
    payee: str = ""  # of the open payment that is meant; the last one where none is named


@dataclass(frozen=True, slots=True)
class Query:
    goal: Goal
    slots: Slots = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choose:
    ref: int | str  # position in the last results, or "cheapest"
    goal: Goal | None = None  # what to do with it ("buy the second one")


@dataclass(frozen=True, slots=True)
class Chat:
    topic: Literal["help", "greet", "thanks"]


@dataclass(frozen=True, slots=True)
class Unknown:
    """Not understood, or outside what Lueur does; `candidates` are goals it may have meant, likeliest first."""

    candidates: tuple[Goal, ...] = ()
    outside: bool = False


Act = Start | Set | Unset | Affirm | Deny | Cancel | Query | Choose | Chat | Unknown


@dataclass(frozen=True, slots=True)
class Frame:
    """A task in progress: `asked`, the slot the last reply asked for, and what a yes would fill it with (`offered`);
    `sheet`, the draft now shown for it."""

    goal: Goal
    slots: Slots = field(default_factory=dict)
    asked: str = ""
    sheet: str = ""

    def told(self, name: str, default: Any = None) -> Any:
        """The value of a slot, or `default`."""
        return self.slots[name].value if name in self.slots else default

    offered: str = ""


@dataclass(frozen=True, slots=True)
class State:
    frames: tuple[Frame, ...] = ()
    results: tuple[str, ...] = ()  # product ids of the last shelf
    focus: str = ""  # the one of them that was spoken of last
    last: Frame | None = None  # the last query, for "and last year?"
    paper: Frame | None = None  # the receipt last read, for "split it between ..."
    language: Language = "en"


@dataclass(frozen=True, slots=True)
class Do:
    """An effect: the handler of `goal` is called with these slots. `frame` is the task it belongs to, if any."""

    goal: Goal
    slots: Slots = field(default_factory=dict)
    replaces: str = ""  # a draft this one supersedes


@dataclass(frozen=True, slots=True)
class Drop:
    """An effect: a frame was cancelled; its draft, if any, is withdrawn."""

    goal: Goal
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Aloud:
    """An effect: an amount was repeated (or a bare yes said) while the sheet of draft `sheet` was waiting."""

    sheet: str
    amount: Amount | None
    sole: bool


@dataclass(frozen=True, slots=True)
class Resume:
    """An effect: after a digression, show the waiting sheet of this frame again."""

    goal: Goal
    sheet: str


Effect = Do | Drop | Aloud | Resume


@dataclass(frozen=True, slots=True)
class World:
    """What a proposer may know of the person besides the words: names and lexicons, never balances or amounts."""

    payees: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    merchants: tuple[str, ...] = ()  # whom the person paid lately, by the names in their accounts
    holdings: tuple[str, ...] = ()  # names and symbols of what the person has invested in
    currencies: tuple[str, ...] = ("EUR",)
    brands: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    products: tuple[str, ...] = ()  # words for the kinds of product sold, in every language
    models: tuple[str, ...] = ()  # names of models that hold digits
    sizes: tuple[str, ...] = ()  # sizes that are bare numbers
    facts: tuple[tuple[str, str, str], ...] = ()  # what it is made of or can do: (word, field, value)
    today: str = ""  # ISO date in the person's zone

    @property
    def day(self) -> date:
        return date.fromisoformat(self.today) if self.today else date(1970, 1, 1)


class Proposal(tuple[Act, ...]):
    """The acts of one utterance, in the order they were said. `by`: who proposed them, for the trace."""

    by: str

    def __new__(cls, acts: Iterable[Act], by: str) -> Proposal:
        made = super().__new__(cls, acts)
        made.by = by
        return made


class Proposer(Protocol):
    def propose(self, utterance: str, evidence: Evidence, state: State, world: World) -> Proposal:
        """What one utterance proposes. Pure: no effect outside the returned value."""
        ...
