"""Where a change of investments came from: the period statement of nine parts, and each security's share in it.

initial + transfers + capital gains + realised gains + earnings - fees - taxes + currency gains = final, to the cent.
What was held at the start is a lot at its price of that day, so gains before the period stay outside; sales take lots
by FIFO. Gains of securities hold their currency's part; `currency gains` are what is left: those of cash. Earnings are
before tax. Source of the parts: the performance statement of Portfolio Performance, its manual.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from assistant import fx
from assistant.errors import Refused
from assistant.money import Money, total
from assistant.wealth import cashflow, lots, returns, valuation
from assistant.wealth.entry import Posting, Security, Traded
from assistant.wealth.ledger import Ledger
from assistant.wealth.reading import Booked

OWN = {"income": ("interest", "dividends"), "expense": ("fees", "taxes")}  # the accounts' own result, no transfer


@dataclass(frozen=True, slots=True)
class Position:
    """One security within a period, in the reporting currency.

    `cost`: what is held at its end was bought for; counted from its start where no dividend asks for more.
    """

    security: Security
    base: Money  # worth when the period began, and what was paid for it since
    capital: Money  # gain of what is held at the end
    realised: Money
    cost: Money
    earned: tuple[tuple[date, Money], ...]  # dividends before tax

    @property
    def dividends(self) -> Money:
        return total((money for _, money in self.earned), self.base.currency)

    @property
    def gain(self) -> Money:
        return self.capital + self.realised + self.dividends

    @property
    def yield_on_cost(self) -> float | None:
        """Dividends of a year over the cost of what is held, at the pace of those of the period."""
        return yield_on_cost(self.cost.minor, [(day, money.minor) for day, money in self.earned])


@dataclass(frozen=True, slots=True)
class Performance:
    """Both ends and `parts`, all in one currency: what lies between them by name, costs negative, in a reader's order.

    `weighted` is the money-weighted return of the period, `yearly` the same for a year; None without capital, and
    `yearly` for a period up to a year.
    """

    initial: Money
    parts: Mapping[str, Money]
    final: Money
    positions: tuple[Position, ...]
    weighted: float | None
    yearly: float | None


def statement(
    ledger: Ledger, user: str, eve: date, end: date, currency: str, accounts: Sequence[str] = ()
) -> Performance:  # fmt: skip
    """From the end of `eve` to the end of `end`, of the accounts with these names or of all.

    Raises `Refused("oversold")` when a sale has no purchase in the data.
    """
    inside = [each.id for each in ledger.accounts(user) if not accounts or each.name in accounts]
    before, after = (
        [each for each in valuation.values(ledger, user, day, currency) if each.holding.account.id in inside]
        for day in (eve, end)
    )
    crossed = ledger.outside(user, inside, eve + timedelta(days=1), end)
    trades = [each for each in ledger.trades(user, end) if each.account in inside]
    positions = tuple(_positions(ledger.securities(user), trades, before, after, crossed, eve, currency))
    initial, final = (total((each.value for each in found), currency) for found in (before, after))
    capital, realised = (total((getattr(p, name) for p in positions), currency) for name in ("capital", "realised"))
    sums, moved = _sums(crossed, currency, eve)
    parts = {"transfers": sums.pop("transfers"), "capital": capital, "realised": realised, **sums}
    parts["currency"] = final - initial - total(parts.values(), currency)
    length = (end - eve).days
    try:
        rate = returns.modified_dietz(initial.minor, final.minor, moved, length)
    except ZeroDivisionError:
        rate = None
    yearly = returns.annualised(rate, length) if rate is not None and length > 366 and rate > -1 else None
    return Performance(initial, parts, final, positions, rate, yearly)


def _sums(
    crossed: Sequence[tuple[Booked, Posting]], currency: str, eve: date
) -> tuple[dict[str, Money], list[tuple[float, int]]]:  # fmt: skip
    """(earnings, fees, taxes and everything else, `transfers`, by name, in is positive; the last by days since `eve`).

    Each at the rate of its day.
    """
    sums = dict.fromkeys(("earnings", "fees", "taxes", "transfers"), Money(0, currency))
    moved: list[tuple[float, int]] = []
    for entry, side in crossed:
        value = -fx.convert(side.money, currency, entry.day)[0]
        if side.category in OWN.get(side.flow, ()):
            sums["earnings" if side.flow == "income" else side.category] += value
        elif side.flow != "exchange":
            sums["transfers"] += value
            moved.append((value.minor, (entry.day - eve).days))
    return sums, moved


def _positions(
    known: Iterable[Security], trades: Iterable[Traded], before: Sequence[valuation.Value],
    after: Sequence[valuation.Value], crossed: Iterable[tuple[Booked, Posting]], eve: date, currency: str,
) -> list[Position]:  # fmt: skip
    """Lots are kept by account; a security that moved between two of them is taken as one."""
    names = {each.id: each for each in known}
    groups: dict[str, list[Traded]] = defaultdict(list)
    for trade in trades:
        groups[trade.security].append(trade)
    earned: dict[str, list[tuple[date, Money]]] = defaultdict(list)
    for entry, side in crossed:
        if side.flow == "income" and side.category == "dividends":
            payer = side.security or next((key for key, one in names.items() if _names(entry.payee, one)), "")
            earned[payer].append((entry.day, -fx.convert(side.money, currency, entry.day)[0]))
    worth: list[dict[str, dict[str, valuation.Value]]] = [defaultdict(dict), defaultdict(dict)]
    for held, found in zip(worth, (before, after), strict=True):
        for value in found:
            if value.holding.security:
                held[value.holding.security.id][value.holding.account.id] = value
    result = []
    for key, some in groups.items():
        parts = [_gains(part, worth[0][key], eve, names[key], currency, key in earned) for part in apart(some)]
        base, realised, opened, bought = (Money(sum(part[i] for part in parts), currency) for i in range(4))
        capital = total((value.value for value in worth[1][key].values()), currency) - opened
        result.append(Position(names[key], base, capital, realised, bought, tuple(earned[key])))
    return result


def _names(text: str, security: Security) -> bool:
    """Whether a payee's text means the security, where nothing else ties a dividend to it."""
    said, name = cashflow.plain(text), cashflow.plain(security.name)
    return (name != "" and name in said) or security.symbol.casefold() in said.split()


def apart(trades: Sequence[Traded]) -> list[list[Traded]]:
    """The trades of one security by account, all of them together where it moved between two; the moves left out."""
    times = Counter(each.identity for each in trades)
    moved = any(count > 1 for count in times.values())
    groups: dict[str, list[Traded]] = defaultdict(list)
    for each in trades:
        if times[each.identity] == 1:
            groups["" if moved else each.account].append(each)
    return list(groups.values())


def _gains(
    trades: Sequence[Traded], opened: Mapping[str, valuation.Value], eve: date, security: Security, currency: str,
    ever: bool,
) -> tuple[int, int, int, int]:  # fmt: skip
    """(worth at `eve` and paid since, realised since, cost of what is left counted from `eve`, and counted `ever`)."""
    accounts = {each.account for each in trades}
    start = [lots.Trade(eve, v.holding.amount, v.value.minor) for key, v in opened.items() if key in accounts]
    later = booked((each for each in trades if each.day > eve), currency)
    since = book([*start, *later], security)
    whole = book(booked(trades, currency), security) if start and ever else since
    base = sum(each.amount for each in (*start, *later) if each.quantity > 0)
    return base, since.gain, since.cost, whole.cost


def booked(trades: Iterable[Traded], currency: str) -> list[lots.Trade]:
    """As lots take them, without fees, each at the rate of its day."""
    return [
        lots.Trade(each.day, each.quantity, abs(fx.convert(each.money, currency, each.day)[0].minor)) for each in trades
    ]


def book(trades: Iterable[lots.Trade], security: Security, method: lots.Method = "fifo") -> lots.Book:
    """Lots and sales of one security. `Refused("oversold")` when a sale has no purchase in the data."""
    try:
        return lots.book(trades, method)
    except ValueError as error:
        raise Refused("oversold", name=security.name) from error


def yield_on_cost(cost: int, paid: Sequence[tuple[date, int]]) -> float | None:
    """Payments of a year over `cost`: n of them cover n mean gaps, one alone a year. None without cost or payment."""
    if cost <= 0 or not paid:
        return None
    days = [day.toordinal() for day, _ in paid]
    span = (max(days) - min(days)) * len(paid) / (len(paid) - 1) if len(paid) > 1 else 365
    return sum(amount for _, amount in paid) / cost * 365 / (span or 365)
