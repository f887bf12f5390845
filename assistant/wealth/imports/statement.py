"""What a file of a bank says once it is read: rows, the rows that could not be used and why, how it was read, and
whether the balances that it prints follow from its amounts."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Literal

from assistant.money import Money

Role = Literal[
    "", "date", "value_date", "amount", "debit", "credit", "sign", "fee", "balance", "currency", "payee", "payer",
    "text", "kind", "status", "account",
]  # fmt: skip
Order = Literal["", "dmy", "mdy", "ymd"]
# Why a dated row was not imported; each has a sentence under [wealth.reason].
Reason = Literal[
    "bad_date", "no_amount", "bad_amount", "two_amounts", "no_direction", "not_settled", "too_short", "no_rate",
    "trade", "no_security",
]  # fmt: skip
Unit = Literal["", "major", "minor"]
# What a broker's row did; "" moved cash for a reason its text may tell.
Did = Literal["buy", "sell", "dividend", "interest", "fee", "tax", "in", "out", "transfer", "split", "exchange", ""]
Line = tuple[int, list[str]]
LARGEST = 10**13  # major units; a longer number is a reference in the wrong column, and no ledger could add it
UNSETTLED = re.compile(
    r"revert|declin|fail|pending|cancel|abgelehnt|ausstehend|vorgemerkt|en attente|refus|pendiente|accrual"
    "|关闭|失败|撤销",
    re.IGNORECASE,
)
PENCE = {"GBX": "GBP", "ZAC": "ZAR", "ILA": "ILS"}  # codes of a hundredth, as markets print them
SYMBOLS = {
    "€": "EUR", "R$": "BRL", "HK$": "HKD", "A$": "AUD", "C$": "CAD", "CA$": "CAD", "NZ$": "NZD", "S$": "SGD",
    "US$": "USD", "$": "USD", "£": "GBP", "元": "CNY", "zł": "PLN", "Kč": "CZK", "₹": "INR", "₩": "KRW", "₺": "TRY",
    "₪": "ILS",
}  # fmt: skip
DOLLARS = {"AUD", "CAD", "HKD", "MXN", "NZD", "SGD", "USD"}


class Unusable(Exception):
    """A dated row that cannot be imported; carries the reason."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


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
class Deal:
    """What a broker's row did besides moving cash. `quantity` and `price` (in `currency`) are times 10^-8.

    `quantity` is positive when it came in, of a split what it added. `fee` and `tax`, zero or more minor units of the
    row's currency, are inside the row's money.
    """

    did: Did
    symbol: str
    name: str
    currency: str
    quantity: int
    price: int
    fee: int
    tax: int

    @property
    def delivered(self) -> bool:
        """Whether securities moved and no cash."""
        return self.did in ("in", "out", "split") and self.quantity != 0


@dataclass(frozen=True, slots=True)
class Row:
    """`money` is positive when it came in; `balance` the account's balance after it, where the file says.

    Of securities that were delivered `money` is their value, and no cash moved.
    """

    line: int
    day: date
    money: Money
    payee: str
    memo: str = ""
    balance: int | None = None
    deal: Deal | None = None
    account: str = ""  # its number, where rows of several accounts stand in one file


@dataclass(frozen=True, slots=True)
class Problem:
    line: int
    text: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Statement:
    """`unbalanced`: lines whose printed balance is not the one before plus the amount.

    `doubts`: date_order, sign, unit (whole units or cents?), closing_balance (opening plus amounts is not closing),
    bad_balance (it cannot be read), several_accounts, unfunded (trades without the account that paid for them).
    """

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    columns: tuple[Column, ...] = ()
    order: Order = ""
    currency: str = ""  # empty: the file does not say
    unbalanced: tuple[int, ...] = ()
    doubts: tuple[str, ...] = ()
    openings: tuple[tuple[str, Money], ...] = ()  # (account, what stood there before its first row), where it is told
    mentions: str = ""  # text above and around the rows: may name the account
    account: str = ""  # its number, where the format has a field for it


@dataclass(frozen=True, slots=True)
class Followed:
    """`wrong`: lines whose balance does not follow. `flipped`: the opposite sign explains every balance.

    `openings`: (account, what stood there before its oldest row) where every balance follows.
    """

    wrong: tuple[int, ...]
    flipped: bool
    openings: tuple[tuple[str, Money], ...]


def follow(rows: Sequence[Row]) -> Followed:
    """The balances of each account and currency, oldest row first or last, whichever fits better."""
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row.balance is not None:
            groups[row.account, row.money.currency].append(row)
    wrong: list[int] = []
    flipped = False
    openings = []
    for (account, currency), mine in groups.items():
        mine = mine[::-1] if mine[0].day > mine[-1].day else mine
        readings = [(_gaps(ordered, sign), sign, ordered) for sign in (1, -1) for ordered in (mine, mine[::-1])]
        gaps, sign, ordered = min(readings, key=lambda reading: len(reading[0]))
        if sign < 0 and gaps:
            gaps = min((found for found, way, _ in readings if way > 0), key=len)
        elif not gaps:
            flipped |= sign < 0
            openings.append((account, Money((ordered[0].balance or 0) - sign * _cash(ordered[0]), currency)))
        wrong += gaps
    return Followed(tuple(sorted(wrong)), flipped, tuple(openings))


def _gaps(rows: Sequence[Row], sign: int) -> list[int]:
    pairs = pairwise(rows)
    return [after.line for before, after in pairs if (before.balance or 0) + sign * _cash(after) != after.balance]


def _cash(row: Row) -> int:
    return 0 if row.deal and row.deal.delivered else row.money.minor


def meant_by(text: str, own: str) -> str:
    """The currency whose sign stands in a text; a bare dollar is the person's own, where that is one."""
    sign = max((sign for sign in SYMBOLS if sign in text), key=len, default="")
    return own if sign == "$" and own in DOLLARS else SYMBOLS.get(sign, "")
