"""What everything is worth: exactly on one day, and as a curve over many.

A holding is quantity x last price on or before the day, half up to the minor unit of its currency, then converted at
the reference rate of the day, half up again. Before the first price the first counts; without any price the last
trade's, marked stale. Never zero.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from assistant import fx
from assistant.money import Money, digits
from assistant.wealth.entry import UNIT, Holding, Security
from assistant.wealth.ledger import Ledger
from assistant.wealth.reading import Change

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
    found = [_value(ledger, user, item, on, currency) for item in ledger.holdings(user, on)]
    return sorted(found, key=lambda each: -each.value.minor)


def _value(ledger: Ledger, user: str, item: Holding, on: date, currency: str) -> Value:
    priced: list[date] = []
    stale = False
    amount = Money(item.amount, item.currency)
    if item.security:
        known = ledger.price(item.security, on)
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
    groups: dict[tuple[str, str, str | None], list[Change]] = defaultdict(list)
    chosen = {each.id for each in ledger.accounts(user) if not names or each.name in names}
    for row in ledger.changes(user, days[-1]):
        if row.account not in chosen:
            continue
        groups[row.account, "" if row.security else row.currency, row.security].append(row)
    quotes = ledger.quotes(user)
    names = {security.id: security for security in ledger.securities(user)}
    total = np.zeros(len(at))
    for (_, held_in, security), rows in groups.items():
        if security is None:
            amount, unit = _running([(row.day, row.minor) for row in rows], at), held_in
        else:
            amount, unit = (
                _security_curve(names[security], rows, quotes.get(security), at),
                names[security].currency,
            )
        total += _half_up(amount * fx.series(at, unit, currency))
    return total.astype(np.int64)


def _security_curve(
    security: Security, rows: Sequence[Change], quoted: tuple[NDArray[np.int64], Series] | None, at: NDArray[np.int64]
) -> Series:
    held = _running([(row.day, row.quantity) for row in rows], at)
    if quoted is None:
        traded = [row for row in rows if row.quantity]
        paid = [abs(row.minor) * _price_scale(security.currency) // abs(row.quantity) for row in traded]
        quoted = np.array([row.day.toordinal() for row in traded]), np.array(paid, np.float64)
    days, price = quoted
    index = np.maximum(np.searchsorted(days, at, "right") - 1, 0)
    return _half_up(held / UNIT * price[index] / UNIT * 10 ** digits(security.currency))


def _running(changes: Sequence[tuple[date, int]], at: NDArray[np.int64]) -> Series:
    days = np.array([day.toordinal() for day, _ in changes])
    sums = np.concatenate(([0], np.cumsum([amount for _, amount in changes])))
    result: Series = sums[np.searchsorted(days, at, "right")].astype(np.float64)
    return result


def _half_up(exact: Series) -> Series:
    """Half away from zero; the margin covers the error of a float product of amount, price and rate."""
    return np.sign(exact) * np.floor(np.abs(exact) + 0.5 + 1e-7)
