"""What everything is worth: exactly on one day, and as a curve over many.

A holding is quantity x last price on or before the day, half up to the minor unit of its currency, then converted at
the reference rate of the day, half up again. Before the first price the first counts; without any price the last
trade's, marked stale. Never zero.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from assistant import fx
from assistant.money import Money, digits
from assistant.wealth.entry import UNIT, Holding, Security
from assistant.wealth.ledger import Ledger
from assistant.wealth.reading import Track

CLASSES = {"current": "cash", "wallet": "cash", "card": "cash", "savings": "savings", "loan": "debts",
           "brokerage": "cash", "insurance": "cash"}  # fmt: skip
Series = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Value:
    """One line of a balance sheet. `priced` = the oldest of its price and rate days, None when it needed neither."""

    holding: Holding
    amount: Money  # in its own currency
    value: Money  # in the reporting currency
    priced: date | None
    stale: bool = False

    @property
    def asset_class(self) -> str:
        """cash, savings, debts, shares, funds, bonds or index."""
        security = self.holding.security
        if security is None:
            return CLASSES[self.holding.account.kind]
        return {"share": "shares", "fund": "funds", "bond": "bonds", "index": "index"}[security.kind]


def values(ledger: Ledger, user: str, on: date, currency: str) -> list[Value]:
    """The balance sheet of the day, assets and debts, the largest first."""

    def found() -> list[Value]:
        every = (_value(ledger, user, item, on, currency) for item in ledger.holdings(user, on))
        return sorted(every, key=lambda each: -each.value.minor)

    return ledger.recall(("values", user, on, currency), found)


def _value(ledger: Ledger, user: str, item: Holding, on: date, currency: str) -> Value:
    priced: list[date] = []
    stale = False
    amount = Money(item.amount, item.currency)
    if item.security:
        known = ledger.price(user, item.security, on)
        stale = known is None
        price, day = known or _last_trade(ledger, user, item.security, on)
        priced.append(day)
        amount = worth(item.amount, price, item.security.currency)
    value, rated = fx.convert(amount, currency, on)
    if amount.currency != currency:
        priced.append(rated)
    return Value(item, amount, value, min(priced, default=None), stale)


def _last_trade(ledger: Ledger, user: str, security: Security, on: date) -> tuple[int, date]:
    """What stands in for a price when none is known."""
    last = [each for each in ledger.trades(user, on) if each.security == security.id and not each.split][-1]
    paid = fx.convert(last.money, security.currency, last.day)[0]
    return abs(paid.minor) * _price_scale(security.currency) // abs(last.quantity), last.day


def _price_scale(currency: str) -> int:
    """Minor units per 10^-8 quantity -> price times 10^-8."""
    scale: int = UNIT * UNIT // 10 ** digits(currency)
    return scale


def worth(quantity: int, price: int, currency: str) -> Money:
    """`quantity` and `price` both times 10^-8; half up to the minor unit."""
    return Money(fx.half_up(quantity * price * 10 ** digits(currency), UNIT * UNIT), currency)


def oldest(found: Sequence[Value]) -> date | None:
    return min((each.priced for each in found if each.priced), default=None)


def curve(
    ledger: Ledger, user: str, days: Sequence[date], currency: str, names: Collection[str] = ()
) -> NDArray[np.int64]:
    """Net worth, or the worth of the named accounts, at the end of each day, int64[D] minor units: as `values` sums."""
    at = np.array([day.toordinal() for day in days], np.int64)
    chosen = {each.id for each in ledger.accounts(user) if not names or each.name in names}
    quotes = ledger.closes(user)
    known = {security.id: security for security in ledger.securities(user)}
    rates: dict[str, Series] = {}
    total = np.zeros(len(at))
    for track in ledger.tracks(user):
        if track.account in chosen and track.days[0] <= at[-1]:
            security = known.get(track.security or "")
            amount = _security_curve(security, track, quotes.get(security.id), at) if security else track.at(at)
            unit = security.currency if security else track.currency
            if unit not in rates:
                rates[unit] = fx.series(at, unit, currency)
            total += _half_up(amount * rates[unit])
    return total.astype(np.int64)


def _security_curve(
    security: Security, track: Track, quoted: tuple[NDArray[np.int64], NDArray[np.int64]] | None, at: NDArray[np.int64]
) -> Series:
    if quoted is None:
        traded = np.flatnonzero(track.quantity)
        scale = _price_scale(security.currency)
        paid = [abs(int(track.minor[row])) * scale // abs(int(track.quantity[row])) for row in traded]
        quoted = track.days[traded], np.array(paid, np.int64)
    days, price = quoted
    index = np.maximum(np.searchsorted(days, at, "right") - 1, 0)
    return _half_up(track.at(at) / UNIT * price[index] / UNIT * 10 ** digits(security.currency))


def _half_up(exact: Series) -> Series:
    """Half away from zero; the margin covers the error of a float product of amount, price and rate."""
    return np.sign(exact) * np.floor(np.abs(exact) + 0.5 + 1e-7)
