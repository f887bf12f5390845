"""What a ledger is made of: accounts, securities and entries whose postings sum to zero in every currency."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Literal

from assistant.money import Money

Kind = Literal["current", "savings", "wallet", "card", "loan", "brokerage", "insurance"]
Class = Literal["share", "fund", "bond", "index"]
Flow = Literal["", "income", "expense", "transfer", "exchange", "opening"]
UNIT = 10**8  # one share, one major unit of price


@dataclass(frozen=True, slots=True)
class Account:
    id: str
    name: str
    kind: Kind
    currency: str
    aliases: tuple[str, ...] = ()
    note: str = ""

    def called(self, words: str) -> bool:
        """Whether a person may mean this account by `words`."""
        said = words.casefold().strip()
        return any(said == name.casefold() for name in (self.id, self.name, *self.aliases))


@dataclass(frozen=True, slots=True)
class Security:
    id: str
    symbol: str
    name: str
    kind: Class
    currency: str


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of an entry: on an `account`, or on a `flow` (income is negative there, expense positive).

    With a `security`, `quantity` (times 10^-8) moved and `money` is what it cost or fetched.
    """

    money: Money
    account: str = ""
    flow: Flow = ""
    category: str = ""
    security: str = ""
    quantity: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """`postings[0]` is the account it is seen on. `identity` tells a second import of the same row from a new one."""

    day: date
    payee: str
    postings: tuple[Posting, ...]
    memo: str = ""
    identity: str = ""

    def checked(self) -> Entry:
        """Itself; ValueError when the postings of a currency do not sum to zero or no account comes first."""
        sums: dict[str, int] = defaultdict(int)
        for posting in self.postings:
            sums[posting.money.currency] += posting.money.minor
        if any(sums.values()) or not self.postings[0].account:
            raise ValueError(f"unbalanced entry on {self.day}: {dict(sums)}")
        return self


@dataclass(frozen=True, slots=True)
class Movement:
    """Income or spending as a person sees it: `money` is positive both ways; a refund is negative spending."""

    entry: str
    day: date
    payee: str
    memo: str
    category: str
    account: str  # its name
    money: Money


@dataclass(frozen=True, slots=True)
class Holding:
    """What stands on an account: cash (`amount` minor units of `currency`) or a `security` (`amount` times 10^-8)."""

    account: Account
    amount: int
    currency: str
    security: Security | None = None


@dataclass(frozen=True, slots=True)
class Traded:
    """One change of a security on an account. `money` is what it cost (positive) or fetched, without fees and taxes.

    `split`: the quantity changed and nothing was paid. Trades come by day, splits first, then purchases.
    """

    account: str
    security: str
    identity: str
    day: date
    quantity: int
    money: Money
    split: bool
