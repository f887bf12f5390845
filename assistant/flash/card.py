"""What a calculation looks like as a card: the number that counts, its parts, and the controls that change it."""

from dataclasses import dataclass
from typing import Literal

from assistant.money import Money
from assistant.reply import Card, Choice, Link


@dataclass(frozen=True, slots=True)
class Control:
    """A field of a flash card. `name` is what a tap sends with its new `value`; numbers are decimal text."""

    name: str
    label: str
    kind: Literal["text", "number", "range", "date", "choice", "toggle"]
    value: str
    unit: str = ""
    least: str = ""
    most: str = ""
    step: str = ""
    choices: tuple[Choice, ...] = ()  # of a choice: value and label
    group: str = ""  # controls of one group stand under one heading


@dataclass(frozen=True, slots=True)
class Result:
    label: str
    value: Money | str
    share: int | None = None  # of the whole, in thousandths
    note: str = ""
    best: bool = False
    action: str = ""  # id of the card's action for this line


@dataclass(frozen=True, slots=True, kw_only=True)
class Flash(Card):
    kind: Literal["split", "saving", "loan", "budget", "exchange", "unit_price"]
    title: str
    headline: Money | str
    caption: str
    controls: tuple[Control, ...]
    outcomes: tuple[Result, ...]
    notes: tuple[str, ...] = ()
    svg: str = ""
    kept: bool = False
    links: tuple[Link, ...] = ()
    change: str = ""  # id of the action that takes new values of the controls
