"""What a file of a bank says once it is read: rows, the rows that could not be used and why, and how it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from assistant.money import Money

Role = Literal[
    "date", "value_date", "amount", "debit", "credit", "sign", "balance", "currency", "payee", "text", "status", ""
]
Order = Literal["", "dmy", "mdy", "ymd"]
# Why a dated row was not imported; each has a sentence under [wealth.reason].
Reason = Literal[
    "bad_date", "no_amount", "bad_amount", "two_amounts", "no_direction", "not_settled", "too_short", "no_rate", "trade"
]
Unit = Literal["", "major", "minor"]


@dataclass(frozen=True, slots=True)
class Hints:
    """What the person corrected after a preview: the other sign, the date order, whether amounts count cents or not,
    the role of a column by its index.
    """

    flip: bool = False
    order: Order = ""
    unit: Unit = ""
    roles: Mapping[int, Role] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Column:
    index: int
    head: str  # as printed; empty in a file without a head
    role: Role
    sample: str


@dataclass(frozen=True, slots=True)
class Row:
    """`money` is positive when it came in; `balance` the account's balance after it, where the file says."""

    line: int
    day: date
    money: Money
    payee: str
    memo: str = ""
    balance: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    line: int
    text: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Statement:
    """`unbalanced`: lines whose printed balance is not the one before plus the amount.

    `doubts`: date_order, sign, unit (whole units or cents?), closing_balance (opening plus amounts is not closing),
    bad_balance (it cannot be read), several_accounts.
    """

    format: str
    encoding: str
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    columns: tuple[Column, ...] = ()
    delimiter: str = ""
    order: Order = ""
    decimal: str = "."
    currency: str = ""  # empty: the file does not say
    unbalanced: tuple[int, ...] = ()
    doubts: tuple[str, ...] = ()
    mentions: str = ""  # text above and around the rows: may name the account
    account: str = ""  # its number, where the format has a field for it
