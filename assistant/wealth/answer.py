"""A question about money and its answer, both typed. The words for them stand in the message files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from assistant.money import Money
from assistant.reply import Period

Group = Literal["", "category", "month", "account", "currency", "class", "payee"]
Unit = Literal["money", "percent", "count", "months"]
Rows = tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked: `currency` is the reporting currency; empty strings and None mean no filter."""

    user: str
    period: Period
    today: date
    currency: str
    account: str = ""
    category: str = ""
    group: Group = ""
    holding: str = ""  # a security's name
    payee: str = ""  # words of a payee, or of a row's text
    asset_class: str = ""
    held: str = ""  # a currency one is exposed to, unlike `currency`
    also: str = ""  # a second currency to report in
    over: Money | None = None  # rows whose value is above this, in the reporting currency
    least: Money | None = None
    under: Money | None = None
    most: Money | None = None
    extra: Decimal | None = None  # the asker's own figure: 200 more a month, 5 percent
    versus: Period | None = None  # a second period to compare with
    worst: bool = False  # the order of a ranking


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence by key under [wealth] with its values."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Since:
    """How far a curve moved: `value` from the day `start` to its end, `percent` with one digit (None from zero)."""

    value: Money
    percent: Decimal | None
    start: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`rows` explain `value`: where it is money, their `value` fields sum to it. `series`: points to draw, if any.

    `price_date`: the oldest price or exchange rate used, None when none was needed. A point of `series` has `label`
    (ISO day, ISO month, category, account, ...) and `value` (Money). `beside`: other figures by name, a number is a
    percentage. `facts` fill the method's sentence and the
    answer's; a `count` of 0 there means that nothing was found.
    """

    value: Money | Decimal
    rows: Rows = ()
    price_date: date | None = None
    unit: Unit = "money"
    period: Period
    series: Rows = ()
    change: Since | None = None
    beside: Mapping[str, Money | Decimal] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[Note, ...] = ()
    metric: str = ""
    query: Query
    made_up: bool = False  # rows of the demo household may be in it

    @property
    def currency(self) -> str:
        return self.query.currency

    @property
    def method(self) -> Note:
        return Note(f"method.{self.metric}", self.facts)
