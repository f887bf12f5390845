"""Where a change of wealth came from: the period statement of nine parts, and each security's share in it.

initial + capital gains + realised gains + earnings - fees - taxes + currency gains + transfers = final, to the cent.
What was held at the start is a lot at its price of that day, so gains before the period stay outside; sales take lots
by FIFO. Gains of securities hold their currency's part; `currency gains` are what is left: those of cash. Earnings are
before tax. Source of the parts: the performance statement of Portfolio Performance, its manual.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from assistant import fx
from assistant.money import Money, total
from assistant.wealth import lots, returns, valuation
from assistant.wealth.entry import Outside, Security, Traded
from assistant.wealth.ledger import Ledger

EARNED = ("interest", "dividends")


@dataclass(frozen=True, slots=True)
class Position:
    """One security within a period, in the reporting currency. `cost`: what the lots left were bought for, before fees.

    `capital` and `realised` count from the period's start; `lifetime` is realised since the first purchase.
    """

    security: Security
    quantity: int
    value: Money
    cost: Money
    capital: Money
    realised: Money
    lifetime: Money
    earned: tuple[tuple[date, Money], ...]  # dividends before tax

    @property
    def yield_on_cost(self) -> float | None:
        """Dividends of a year over the cost of what is held, at the pace of those of the period."""
        return yield_on_cost(self.cost.minor, [(day, money.minor) for day, money in self.earned])


@dataclass(frozen=True, slots=True)
class Performance:
    """The nine parts, all in one currency, with the securities they come from."""

    initial: Money
    capital: Money
    realised: Money
    earnings: Money
    fees: Money
    taxes: Money
    currency: Money
    transfers: Money
    final: Money
    positions: tuple[Position, ...]
    dietz: float | None  # modified Dietz: the money-weighted return of the period; None without capital
    yearly: float | None  # the same for a year; None for a period up to a year


def statement(
    ledger: Ledger, user: str, eve: date, end: date, currency: str, accounts: Sequence[str] = ()
) -> Performance:  # fmt: skip
    """From the end of `eve` to the end of `end`, of the accounts with these names or of all."""
    mine = [each for each in ledger.accounts(user) if not accounts or each.name in accounts]
    inside = [each.id for each in mine]
    before, after = (
        [each for each in valuation.values(ledger, user, day, currency) if each.holding.account in mine]
        for day in (eve, end)
    )
    crossed = ledger.outside(user, inside, eve + timedelta(days=1), end)
    parts = _sums(crossed, currency)
    positions = _positions(ledger, user, inside, before, after, crossed, eve, end, currency)
    initial, final = (total((each.value for each in found), currency) for found in (before, after))
    capital, realised = (total((getattr(p, name) for p in positions), currency) for name in ("capital", "realised"))
    known = capital + realised + parts["earnings"] - parts["fees"] - parts["taxes"] + parts["transfers"]
    rate = _dietz(initial, final, crossed, eve, end, currency)
    length = (end - eve).days
    yearly = returns.annualised(rate, length) if rate is not None and length > 366 and rate > -1 else None
    return Performance(
        initial, capital, realised, parts["earnings"], parts["fees"], parts["taxes"], final - initial - known,
        parts["transfers"], final, tuple(positions), rate, yearly,
    )  # fmt: skip


def _dietz(
    initial: Money, final: Money, crossed: Sequence[Outside], eve: date, end: date, currency: str
) -> float | None:  # fmt: skip
    moved = [each for each in crossed if each.flow != "exchange" and not _own(each)]
    flows = [(-fx.convert(each.money, currency, each.day)[0].minor, (each.day - eve).days) for each in moved]
    try:
        return returns.modified_dietz(initial.minor, final.minor, flows, (end - eve).days)
    except ZeroDivisionError:
        return None


def _own(each: Outside) -> bool:
    """Whether it is the accounts' own result and no transfer."""
    return each.category in (EARNED if each.flow == "income" else ("fees", "taxes") if each.flow == "expense" else ())


def _sums(crossed: Sequence[Outside], currency: str) -> dict[str, Money]:
    """Earnings, fees, taxes and everything else that came in (out is negative), each at the rate of its day."""
    sums = dict.fromkeys(("earnings", "fees", "taxes", "transfers"), Money(0, currency))
    for each in crossed:
        value = fx.convert(each.money, currency, each.day)[0]
        if _own(each) and each.flow == "income":
            sums["earnings"] -= value
        elif _own(each):
            sums[each.category] += value
        elif each.flow != "exchange":
            sums["transfers"] -= value
    return sums


def _positions(
    ledger: Ledger, user: str, inside: Sequence[str], before: Sequence[valuation.Value],
    after: Sequence[valuation.Value], crossed: Sequence[Outside], eve: date, end: date, currency: str,
) -> list[Position]:  # fmt: skip
    """Lots are kept by account; a security that moved between two of them is taken as one."""
    names = {each.id: each for each in ledger.securities(user)}
    groups: dict[str, list[Traded]] = defaultdict(list)
    for trade in ledger.trades(user, end):
        if trade.account in inside:
            groups[trade.security].append(trade)
    earned: dict[str, list[tuple[date, Money]]] = defaultdict(list)
    for each in crossed:
        if each.security and each.category == "dividends":
            earned[each.security].append((each.day, -fx.convert(each.money, currency, each.day)[0]))
    found = []
    for key, trades in groups.items():
        held = [{v.holding.account.id: v for v in some if v.holding.security == names[key]} for some in (before, after)]
        parts = [_gains(some, held[0], eve, currency) for some in _books(trades)]
        value = total((v.value for v in held[1].values()), currency)
        realised, lifetime, opened, bought = (sum(part[i] for part in parts) for i in range(4))
        found.append(Position(
            names[key], sum(v.holding.amount for v in held[1].values()), value, Money(bought, currency),
            Money(value.minor - opened, currency), Money(realised, currency), Money(lifetime, currency),
            tuple(earned[key]),
        ))  # fmt: skip
    return found


def _books(trades: Sequence[Traded]) -> list[list[Traded]]:
    moved = {each.identity for each in trades if sum(each.identity == other.identity for other in trades) > 1}
    groups: dict[str, list[Traded]] = defaultdict(list)
    for each in trades:
        groups["" if moved else each.account].append(each)
    return [[each for each in group if each.identity not in moved] for group in groups.values()]


def _gains(
    trades: Sequence[Traded], opened: dict[str, valuation.Value], eve: date, currency: str
) -> tuple[int, int, int, int]:
    """(realised in the period, realised ever, cost of what is left counted from `eve`, its cost ever)."""
    ever = [_trade(each, currency) for each in trades]
    accounts = {each.account for each in trades}
    start = [lots.Trade(eve, v.holding.amount, v.value.minor) for key, v in opened.items() if key in accounts]
    since = lots.book([*start, *(trade for trade in ever if trade.day > eve)])
    whole = lots.book(ever)
    return since.gain, whole.gain, since.cost, whole.cost


def _trade(each: Traded, currency: str) -> lots.Trade:
    return lots.Trade(each.day, each.quantity, abs(fx.convert(each.money, currency, each.day)[0].minor))


def yield_on_cost(cost: int, paid: Sequence[tuple[date, int]]) -> float | None:
    """Payments of a year over `cost`: n of them cover n mean gaps, one alone a year. None without cost or payment."""
    if cost <= 0 or not paid:
        return None
    days = [day.toordinal() for day, _ in paid]
    span = (max(days) - min(days)) * len(paid) / (len(paid) - 1) if len(paid) > 1 else 365
    return sum(amount for _, amount in paid) / cost * 365 / (span or 365)
