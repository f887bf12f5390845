"""A question about money and its answer, both typed. The words for them stand in the message files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from assistant.money import Money
from assistant.reply import Period

Group = Literal["", "category", "month", "account", "currency", "class"]
Unit = Literal["money", "percent", "count"]


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked: `currency` is the reporting currency; empty strings mean no filter."""

    user: str
    period: Period
    today: date
    currency: str
    account: str = ""
    category: str = ""
    group: Group = ""
    holding: str = ""  # a security's name


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


@dataclass(frozen=True, slots=True)
class Answer:
    """`rows` explain `value`: where it is money, their `value` fields sum to it. `series`: points to draw, if any.

    `price_date`: the oldest price or exchange rate used, None when none was needed. A point of `series` has `label`
    (ISO day, ISO month, category, account, ...) and `value` (Money).
    """

    metric: str
    value: Money | Decimal | int
    unit: Unit
    period: Period
    currency: str
    price_date: date | None
    method: Note
    rows: tuple[Mapping[str, Any], ...] = ()
    warnings: tuple[Note, ...] = ()
    series: tuple[Mapping[str, Any], ...] = ()
    change: Since | None = None
    made_up: bool = False  # rows of the demo household may be in it
    account: str = ""
    category: str = ""
    group: Group = ""
