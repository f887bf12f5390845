"""The seam between a cart and whoever sells: an embedded shop, or any shop that speaks ACP, by its URL.

The merchant charges, on `complete`, with a single-use token that the payment kernel drew for exactly this quote. The
cart never knows which kind of merchant it speaks to. The kernel does: an embedded one has a `till` that is set from
outside, one elsewhere names its `account` and its `session_of(quote)`, and is lent a card instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Literal, Protocol

from assistant.money import Money
from assistant.reply import SumLine


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line of a cart: a product's id and how many."""

    product: str
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Basket:
    """What a merchant is asked to price: in `currency` where it is offered, its labels in `language`."""

    lines: tuple[Wanted, ...]
    delivery: str = ""
    coupons: tuple[str, ...] = ()
    currency: str = ""
    language: str = "en"

    def row(self) -> dict[str, Any]:
        """As a quote keeps it."""
        wanted = [asdict(line) for line in self.lines]
        return {"wanted": wanted, "delivery": self.delivery, "coupons": list(self.coupons), "currency": self.currency,
                "language": self.language}  # fmt: skip

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Basket:
        lines, coupons = tuple(Wanted(**line) for line in row["wanted"]), tuple(row["coupons"])
        return cls(lines, row["delivery"], coupons, row["currency"], row["language"])


@dataclass(frozen=True, slots=True)
class Shipping:
    """One way to get the goods: what it costs for this cart and when they arrive, in words."""

    id: str
    label: str
    fee: Money
    arrives: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """What the merchant asks for these lines; `total` = sum of `totals` lines. Good until `expires_at`."""

    id: str
    merchant: str  # the merchant's id in `Merchants`
    seller: str  # its name, merchant of record
    lines: tuple[SumLine, ...]
    totals: tuple[SumLine, ...]  # items, delivery, tax, discounts
    total: Money
    delivery: str
    expires_at: datetime
    way: str = ""  # the `Shipping` that was chosen
    ways: tuple[Shipping, ...] = ()
    tax: Money | None = None  # inside the total
    wanted: tuple[Wanted, ...] = ()  # what each of `lines` is, and how many
    site: str = ""  # where a shop elsewhere stands


@dataclass(frozen=True, slots=True)
class Token:
    """A single-use right to charge `amount` for `quote`, drawn from the provider's vault. Never logged, never shown."""

    value: str
    merchant: str
    quote: str
    amount: Money
    expires_at: datetime
    proof: Mapping[str, Any] | None = None  # what the bank said to the cardholder, when it was asked
    grant: Any = None  # of a card that is lent: how it stands at the processor, when that was asked a moment ago


@dataclass(frozen=True, slots=True)
class Sale:
    """The order a quote became; `provider_ref` is the charge at the provider once it is paid."""

    id: str
    quote: str
    status: Literal["paid", "declined", "canceled"]
    provider_ref: str = ""
    reason: str = ""
    arrives: date | None = None  # the day it was promised for


class Merchant(Protocol):
    id: str
    name: str

    def takes(self, coupon: str, lines: tuple[Wanted, ...] = ()) -> bool:
        """Whether it knows this coupon; a shop elsewhere can only say so for something that is wanted."""
        ...

    def estimate(self, asked: Basket) -> Quote:
        """What `quote` would ask, without making one: for a cart that is only looked at."""
        ...

    def quote(self, user: str, asked: Basket) -> Quote:
        """Price, stock and delivery now. Raises `Refused` with what is missing."""
        ...

    def reread(self, quote: str) -> Quote:
        """The quote at today's price and stock, under a new id once this one cannot be bought any more.

        The caller compares before it confirms.
        """
        ...

    def complete(self, quote: str, token: Token) -> Sale:
        """Charge once and reserve the stock. Repeating it for a quote returns the first `Sale`."""
        ...

    def order_of(self, quote: str) -> Sale | None:
        """The order of a quote, or None when there is none: how an unknown outcome becomes known."""
        ...


class Till(Protocol):
    """What a merchant charges with: the provider's side of the vault."""

    def redeem(self, token: Token, description: str) -> str:
        """Charge the token's amount to the merchant's account once; the provider's reference. Raises `Refused`."""
        ...
