"""What goes out: a text, cards and a trace. Cards are values; `ui/cards.py` draws them, `docs/json.md` lists them.

`to_json` is the one format that is published, stored and drawn. An action's `verb` and `target` never leave the server:
a tap sends the action's id and nothing else.
"""

import dataclasses
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, Literal

from assistant.money import Money

Route = Literal["payment", "wealth", "product", "other", "out_of_scope"]
Style = Literal["primary", "secondary", "danger", "chip"]
Tone = Literal["info", "success", "warning", "error"]
Status = Literal[
    "scheduled", "sent", "succeeded", "failed", "requires_action", "unknown", "refunded", "prepared", "canceled"
]


def new_id(kind: str) -> str:
    """A typed id with 128 random bits: 'act_9f...'."""
    return f"{kind}_{secrets.token_hex(16)}"


@dataclass(frozen=True, slots=True)
class Action:
    """A button. `verb` names a tap handler, `target` its arguments; both stay on the server."""

    label: str
    verb: str = ""
    target: Mapping[str, Any] = field(default_factory=dict)
    style: Style = "secondary"
    id: str = field(default_factory=lambda: new_id("act"))


CARDS: dict[str, type[Any]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One of a reply, known by its name: the type of `PaySheet` is "pay_sheet"."""

    type: ClassVar[str] = ""
    id: str = field(default_factory=lambda: new_id("card"))  # a card with a known id replaces the one shown
    actions: tuple[Action, ...] = ()

    def __init_subclass__(cls) -> None:
        cls.type = re.sub(r"\B[A-Z]", r"_\g<0>", cls.__name__).lower()
        CARDS[cls.type] = cls


@dataclass(frozen=True, slots=True)
class PayeeView:
    id: str
    name: str
    match: Literal["exact", "close", "none"]
    how: str  # "account ••4242"
    kind: Literal["contact", "biller", "shop"] = "contact"


@dataclass(frozen=True, slots=True)
class Link:
    """A page of this server, by its path."""

    label: str
    path: str


@dataclass(frozen=True, slots=True)
class SumLine:
    label: str
    amount: Money
    quantity: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PaySheet(Card):
    payee: PayeeView
    amount: Money
    currency_assumed: bool
    purpose: str
    source: str  # the words that were said, or the name of the picture
    uncertain: tuple[str, ...] = ()
    # field -> {"span": [a, b]} | {"image": n, "box": [..], "crop": ".."}
    provenance: Mapping[str, Any] = field(default_factory=dict)
    lines: tuple[SumLine, ...] = ()
    totals: tuple[SumLine, ...] = ()
    parts: tuple[PayeeView, ...] = ()
    expires_at: datetime
    mode: str = "sandbox"  # "sandbox" or "Stripe test mode"
    method: str = ""
    in_words: str = ""  # the amount read back in words
    notes: tuple[str, ...] = ()  # what deserves a second look: paid a moment ago, never paid before, a look-alike


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt(Card):
    payment_id: str
    status: Status
    payee: PayeeView
    amount: Money
    at: datetime
    method: str
    provider_ref: str = ""
    purpose: str = ""
    mode: str = "sandbox"
    send_at: datetime | None = None  # set while an undo is possible
    note: str = ""  # one sentence: why it failed, what is safe, what to do
    source: str = ""  # as on the sheet: the words that were said, or the name of the picture
    provenance: Mapping[str, Any] = field(default_factory=dict)  # as on the sheet
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class ProductView:
    id: str
    title: str
    price: Money
    per: str  # what a kilogram or litre of it costs, where it is sold so
    offer: str  # who sells it, and when the price was read
    stock: str
    delivery_days: int
    why: tuple[str, ...]
    image: str
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class Chip:
    text: str
    removable: bool = True
    action: str = ""  # id of the action that removes it


@dataclass(frozen=True, slots=True, kw_only=True)
class Products(Card):
    products: tuple[ProductView, ...]
    constraints: tuple[Chip, ...] = ()
    more: int = 0
    left_out: int = 0  # products that do not state a constrained attribute


@dataclass(frozen=True, slots=True)
class CompareRow:
    attribute: str
    values: tuple[str, ...]
    best: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare(Card):
    products: tuple[ProductView, ...]
    rows: tuple[CompareRow, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    id: str  # an action id
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Card):
    text: str
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Period:
    start: date
    end: date  # inclusive


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure(Card):
    metric: str
    label: str
    value: Money | Decimal | int | str
    unit: str  # "money", "percent", "months", "count"
    period: Period
    currency: str
    price_date: date | None
    method: str
    rows: tuple[Mapping[str, Any], ...] = ()
    row_count: int = 0
    change: str = ""
    lines: tuple[tuple[str, str], ...] = ()  # other figures beside it, each with its name
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart(Card):
    kind: Literal["line", "bar", "donut", "bridge"]
    title: str
    series: tuple[Mapping[str, Any], ...]
    table: tuple[tuple[str, ...], ...]  # first row is the head
    svg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One figure of a page with its drawing; `action` is the id of the action that opens its rows."""

    metric: str
    label: str
    value: Money | Decimal | int | str
    unit: str
    period: str
    price_date: date | None
    text: str
    method: str
    size: str = ""  # "hero" is the widest, "small" has no drawing
    change: str = ""
    lines: tuple[tuple[str, str], ...] = ()
    svg: str = ""
    table: tuple[tuple[str, ...], ...] = ()  # first row is the head
    warnings: tuple[str, ...] = ()
    action: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview(Card):
    title: str
    period: Period
    currency: str
    tiles: tuple[Tile, ...]
    choices: tuple[str, ...] = ()  # ids of the actions that show the page for another period or currency


@dataclass(frozen=True, slots=True)
class Choosable:
    """Something of a preview that the person may read otherwise: a select named `name` with (value, label) pairs."""

    name: str
    label: str
    value: str
    options: tuple[tuple[str, str], ...]
    sample: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview(Card):
    name: str  # of the file
    account: str
    period: Period
    reading: tuple[Choosable, ...]  # columns and sign, as they are read
    rows: tuple[Mapping[str, Any], ...]
    row_count: int
    added: int
    known: int
    warnings: tuple[str, ...] = ()
    again: str = ""  # id of the action that reads the file as chosen


@dataclass(frozen=True, slots=True)
class DocumentField:
    value: str
    confidence: float
    place: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Card):
    kind: str
    fields: Mapping[str, DocumentField]
    thumbnail: str = ""  # data: URL drawn by the project, never a link
    engines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CartLine:
    id: str  # of the product
    title: str
    price: Money
    quantity: int
    total: Money  # of as many as are in stock
    stock: str
    note: str  # what has changed since it was put in
    image: str
    actions: tuple[Action, ...] = ()  # one fewer, one more, remove


@dataclass(frozen=True, slots=True)
class CartPart:
    """What one merchant sells of a cart."""

    seller: str
    lines: tuple[CartLine, ...]
    totals: tuple[SumLine, ...]
    delivery: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cart(Card):
    parts: tuple[CartPart, ...]
    total: Money | None = None  # None: prices in more than one currency
    budget: Money | None = None
    left: Money | None = None  # of the budget
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(Card):
    order_id: str
    merchant: str
    lines: tuple[SumLine, ...]
    totals: tuple[SumLine, ...]
    delivery: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice(Card):
    tone: Tone
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored(Card):
    lines: tuple[str, ...]  # what a picture printed as if it could give orders
    reason: str


@dataclass(frozen=True, slots=True)
class Remembered:
    """One thing that is known of a person; `action` is the id of the tap that forgets it."""

    group: str
    label: str
    note: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory(Card):
    rows: tuple[Remembered, ...]
    links: tuple[Link, ...] = ()  # all of it to take away


AnyCard = Card


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the trace: which part worked, with which engine, for how long."""

    part: str  # "hear", "see", "understand", "answer"
    detail: str
    milliseconds: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    text: str
    cards: tuple[AnyCard, ...] = ()
    route: Route = "other"
    speak: str = ""  # what the voice says; empty: the text
    language: str = "en"
    session: str = ""
    turn: str = ""
    evidence: tuple[Mapping[str, Any], ...] = ()
    trace: tuple[Step, ...] = ()
    error: str = ""  # key of the error that ended the turn
    # What the conversation must remember; never published.
    asks: str = ""  # the slot this reply asked for
    offers: str = ""  # what a yes fills it with: the one choice there is
    sheet: str = ""  # the draft whose sheet is shown
    closes: str = ""  # the draft whose task is over
    results: tuple[str, ...] = ()  # ids that "the second one" can mean
    focus: str = ""  # the one of them that "it" means from now on
    told: Mapping[str, Any] = field(default_factory=dict)  # what a follow-up builds on ("and last year?")
    revises: bool = False  # only brings cards up to date that are shown already: no turn of its own


PRIVATE = {"verb", "target", "asks", "offers", "sheet", "closes", "results", "focus", "told", "revises"}


def to_json(value: Any, language: str = "en") -> Any:
    """A reply, a card or any value in them as plain JSON data; Money gains its printed `text`."""
    if isinstance(value, Money):
        return {"minor": value.minor, "currency": value.currency, "text": value.text(language)}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [item.name for item in dataclasses.fields(value) if item.name not in PRIVATE]
        tag = {"type": value.type} if isinstance(value, Card) else {}
        return tag | {name: to_json(getattr(value, name), language) for name in names}
    if isinstance(value, Mapping):
        return {str(key): to_json(item, language) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [to_json(item, language) for item in value]
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value) if isinstance(value, (Decimal, Path)) else value
