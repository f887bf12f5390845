"""What is coming: bills and income that recur, and the balance until payday.

Everything here is an estimate from what was booked: payments that came back go on at their last amount, everything
else at the usual pace. Amounts of the future are converted at the last rate.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from statistics import median

from assistant import fx
from assistant.clock import month_end
from assistant.money import Money, total
from assistant.wealth import cashflow, valuation
from assistant.wealth.cashflow import LOOK_BACK, Recurring
from assistant.wealth.entry import Movement
from assistant.wealth.ledger import Ledger

SPENT_FROM = ("current", "wallet", "card")  # kinds of account that everyday life is paid from
PACE = 30  # days of one stretch of everyday spending; three of them are compared


@dataclass(frozen=True, slots=True)
class Due:
    """One expected payment: `money` as it is booked (out is negative), `value` in the reporting currency."""

    day: date
    payee: str
    account: str
    category: str
    rhythm: str
    money: Money
    value: Money


@dataclass(frozen=True, slots=True)
class Forecast:
    """From today's `balance` to the end of `until`, in one currency.

    `due` are the recurring payments in and out of those days, `everyday` (zero or negative) what usually goes out
    besides. `payday`: the largest recurring income, which the forecast stops before; None when the end was given or no
    income recurs. `lowest`: the smallest balance on the way and its day.
    """

    until: date
    balance: Money
    due: tuple[Due, ...]
    everyday: Money
    payday: Due | None
    curve: tuple[tuple[date, Money], ...]
    price_date: date | None

    @property
    def end(self) -> Money:
        return self.curve[-1][1]

    @property
    def lowest(self) -> tuple[date, Money]:
        return min(self.curve, key=lambda point: (point[1].minor, point[0]))


def forecast(
    ledger: Ledger, user: str, today: date, currency: str, until: date | None = None, accounts: Sequence[str] = ()
) -> Forecast:
    """The balance of the accounts one spends from (or of those named) to the day before payday, or to `until`.

    Without a recurring income and without `until` the month's last day is the end. Savings plans and transfers out of
    these accounts count as due; a late payment is expected today.
    """
    mine = [a for a in ledger.accounts(user) if (a.name in accounts if accounts else a.kind in SPENT_FROM)]
    inside = [each.id for each in mine]
    moved = ledger.passing(user, inside, today - timedelta(days=LOOK_BACK), today)
    coming, going = (
        [m for m in moved if m.money.minor > 0],
        [replace(m, money=-m.money) for m in moved if m.money.minor < 0],
    )
    paid_in, paid_out = (cashflow.recurring(part, today) for part in (coming, going))
    payday = None if until else next_income(paid_in, today, currency)
    end = until or (payday.day - timedelta(days=1) if payday else month_end(today))
    end = max(end, today)
    due = sorted(
        [*_expected(paid_in, today, end, currency, 1), *_expected(paid_out, today, end, currency, -1)], key=_at
    )
    due = [each for each in due if payday is None or each.day < payday.day]
    known = {entry for each in paid_out for entry in each.entries}
    pace = _pace([m for m in going if m.entry not in known], currency)
    found = [v for v in valuation.values(ledger, user, today, currency) if v.holding.account in mine]
    balance = total((v.value for v in found if v.holding.security is None), currency)
    curve = _curve(balance, due, pace, today, end)
    everyday = curve[-1][1] - balance - total((each.value for each in due), currency)
    return Forecast(end, balance, tuple(due), everyday, payday, curve, valuation.oldest(found))


def due(ledger: Ledger, user: str, start: date, end: date, today: date, currency: str) -> list[Due]:
    """The bills that recur and are expected from `start` to `end`, the next first."""
    booked = ledger.movements(user, "expense", today - timedelta(days=LOOK_BACK), today)
    found = _expected(cashflow.recurring(booked, today), today, end, currency, -1)
    return sorted((each for each in found if each.day >= start), key=_at)


def _expected(found: Sequence[Recurring], today: date, end: date, currency: str, sign: int) -> list[Due]:
    result = []
    for each in found:
        value = fx.convert(each.amount, currency, today)[0]
        day = each.next
        while day <= end:
            if day >= today - timedelta(days=cashflow.GRACE):
                result.append(Due(max(day, today), each.payee, each.account, each.category, each.rhythm,
                                  each.amount * sign, value * sign))  # fmt: skip
            day = cashflow.next_date(day, each.rhythm, each.next.day)
    return result


def next_income(paid_in: Sequence[Recurring], today: date, currency: str) -> Due | None:
    """The next payment of the income that brings most in a year, at most half a year away."""
    far = today + timedelta(days=183)
    largest = max(paid_in, key=lambda each: fx.convert(each.yearly, currency, today)[0].minor, default=None)
    return next(iter(_expected([largest] if largest else [], today, far, currency, 1)), None)


def _pace(spent: Sequence[Movement], currency: str) -> Decimal:
    """Minor units a day: the median of the last three stretches of 30 days before the last booking, none if fewer."""
    if not spent:
        return Decimal(0)
    first, last = min(each.day for each in spent), max(each.day for each in spent)
    stretches = min((last - first).days // PACE + 1, 3)
    sums = [0] * stretches
    for each in spent:
        back = (last - each.day).days // PACE
        if back < stretches:
            sums[back] += fx.convert(each.money, currency, each.day)[0].minor
    return Decimal(median(sums)) / PACE


def _curve(balance: Money, due: Sequence[Due], pace: Decimal, today: date, end: date) -> tuple[tuple[date, Money], ...]:
    points, booked = [], balance.minor
    for back in range((end - today).days + 1):
        day = today + timedelta(days=back)
        booked += sum((each.value.minor for each in due if each.day == day), 0)
        usual = int((pace * back).quantize(Decimal(1), ROUND_HALF_UP))
        points.append((day, Money(booked - usual, balance.currency)))
    return tuple(points)


def _at(each: Due) -> tuple[date, int, str]:
    return each.day, each.value.minor, each.payee
