"""Metrics of investments: returns, gains by holding, realised gains, cost, falls, dividends to come."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant import fx
from assistant.errors import Refused
from assistant.reply import Period
from assistant.wealth import cashflow, lots, returns, valuation
from assistant.wealth.answer import Answer, Note
from assistant.wealth.books import INVESTED, Books, Row, percent, stride
from assistant.wealth.entry import UNIT, Account, Security, Traded

PARTS = 2  # digits of a return in percent


class Track:
    """The worth of an account, or of all investment accounts, day by day, and what crossed its border.

    `days` run from the eve of the period. `Refused("no_capital")` when nothing was invested in it.
    """

    def __init__(self, books: Books) -> None:
        query = books.query
        mine = [each for each in books.accounts if query.account in ("", each.name)]
        self.accounts: list[Account] = [each for each in mine if query.account or each.kind in INVESTED] or mine
        self.names = [each.name for each in self.accounts]
        taxed = all(each.kind in INVESTED for each in self.accounts)
        own = ["interest", "dividends", "fees", *(["taxes"] if taxed else [])]
        ids = [each.id for each in self.accounts]
        span = books.ledger.span(query.user)
        eve = max(books.eve, span[0] - timedelta(days=1)) if span else books.eve
        self.days = [eve + timedelta(days=each) for each in range(max((books.end - eve).days, 0) + 1)]
        self.worth = valuation.curve(books.ledger, query.user, self.days, query.currency, self.names)
        crossed = books.ledger.crossings(query.user, ids, eve + timedelta(days=1), books.end, own)
        self.flows = [(day, books.on(money, day).minor) for day, money in crossed]
        came, went = (_by_day([(day, way * m) for day, m in self.flows if way * m > 0], self.days) for way in (1, -1))
        if not self.worth[0] and not came.any():
            raise Refused("no_capital", start=query.period.start, end=books.end)
        self.weighted = returns.time_weighted(self.worth, came, went)

    @property
    def rates(self) -> returns.Roots:
        paid = [(self.days[0], -float(self.worth[0])), *((day, -float(minor)) for day, minor in self.flows)]
        return returns.xirr([*paid, (self.days[-1], float(self.worth[-1]))])

    @property
    def period(self) -> Period:
        return Period(self.days[0] + timedelta(days=1), self.days[-1])

    def thinned(self, books: Books) -> tuple[Row, ...]:
        step = stride(len(self.days))
        kept = sorted({0, *range(len(self.days) - 1, 0, -step)})
        return tuple({"label": self.days[i].isoformat(), "value": books.of(int(self.worth[i]))} for i in kept)


def returned(books: Books) -> Answer:
    """Time-weighted return with the money-weighted rate beside it, and in a second currency where one was named."""
    track = Track(books)
    roots = track.rates
    before, after = (books.of(int(track.worth[at])) for at in (0, -1))
    came, went = (books.of(sum(m for _, m in track.flows if way * m > 0)) for way in (1, -1))
    parts = {"before": before, "inflows": came, "outflows": went, "gain": after - before - came - went, "after": after}
    facts: dict[str, Any] = {} if roots.rate is None else {"rate": _percent(roots.rate)}
    return books.answer(
        [{"item": name, "value": value} for name, value in parts.items()], _percent(track.weighted.total),
        unit="percent", price_date=track.days[-1], period=track.period, series=track.thinned(books), facts=facts,
        warnings=(*_track_notes(books, track, len(roots.every)), *_elsewhere(books)),
    )  # fmt: skip


def _track_notes(books: Books, track: Track, roots: int = 1) -> list[Note]:
    undefined = track.weighted.undefined
    notes = [] if books.query.account else [Note("warning.invested", {"accounts": ", ".join(track.names)})]
    notes += [Note("warning.no_capital_days", {"count": undefined})] if undefined else []
    return notes + ([Note("warning.not_unique", {"count": roots})] if roots > 1 else [])


def _elsewhere(books: Books) -> list[Note]:
    """The same return seen from a second currency."""
    if not books.query.also:
        return []
    track = Track(Books(books.ledger, replace(books.query, currency=books.query.also, also="")))
    rate = track.rates.rate
    values = {"value": _percent(track.weighted.total), "currency": books.query.also,
              "rate": _percent(rate) if rate is not None else ""}  # fmt: skip
    return [Note("warning.in_currency", values)]


def benchmark(books: Books) -> Answer:
    """Time-weighted return minus that of the index in the ledger, in percentage points; both in one currency."""
    index = next((each for each in books.ledger.securities(books.query.user) if each.kind == "index"), None)
    if index is None:
        raise Refused("no_benchmark")
    track = Track(books)
    first, last = (_price(books, index, day) for day in (track.days[0], track.days[-1]))
    market, mine = (last[0] / first[0] - 1, track.weighted.total)
    values = {"portfolio": _percent(mine), "index": _percent(market)}
    rows = [{"item": "portfolio", "holding": "", "percent": values["portfolio"]},
            {"item": "index", "holding": index.name, "percent": values["index"]}]  # fmt: skip
    return books.answer(rows, values["portfolio"] - values["index"], unit="percent", period=track.period,
                        price_date=min(first[1], last[1]), series=track.thinned(books),
                        facts={**values, "name": index.name}, warnings=tuple(_track_notes(books, track)))  # fmt: skip


def _price(books: Books, security: Security, on: date) -> tuple[float, date]:
    """The price in the reporting currency and the day it is of."""
    known = books.ledger.price(books.query.user, security, on)
    if known is None:
        raise Refused("no_benchmark")
    rate = fx.rate(on, security.currency, books.query.currency)
    return known[0] * float(rate.value), known[1]


def drawdown(books: Books) -> Answer:
    """The deepest fall of the time-weighted growth from an earlier high, with the days of the high and the low."""
    track = Track(books)
    fall = returns.drawdown(track.weighted.growth)
    peak, trough = track.days[fall.peak], track.days[fall.trough]
    moves = track.weighted.daily[1:]
    swing = returns.volatility(moves[moves != 0], 252) if np.count_nonzero(moves) > 2 else 0.0
    rows = [{"item": name, "date": day, "value": books.of(int(track.worth[at]))}
            for name, day, at in (("high", peak, fall.peak), ("low", trough, fall.trough))]  # fmt: skip
    facts = {"high": peak, "low": trough, "volatility": _percent(swing), "count": fall.longest}
    return books.answer(
        rows, -_percent(fall.depth), unit="percent", period=track.period, price_date=track.days[-1], facts=facts,
        series=track.thinned(books), warnings=tuple(_track_notes(books, track)),
    )  # fmt: skip


# -- by holding


def _trades(books: Books) -> Mapping[str, list[Traded]]:
    """What was bought and sold of every security that was asked about, up to the period's end."""
    names = {each.id: each for each in books.ledger.securities(books.query.user)}
    accounts = {each.id: each.name for each in books.accounts}
    found: dict[str, list[Traded]] = defaultdict(list)
    for each in books.ledger.trades(books.query.user, books.end):
        if books.query.account in ("", accounts[each.account]) and _wanted(books, names[each.security]):
            found[each.security].append(each)
    return found


def _book(books: Books, traded: Iterable[Traded], name: str, method: lots.Method = "fifo") -> lots.Book:
    """Lots and sales of one security, without fees. `Refused("oversold")` when a sale has no purchase in the data."""
    found = [lots.Trade(each.day, each.quantity, abs(books.on(each.money, each.day).minor)) for each in traded]
    try:
        return lots.book(found, method)
    except ValueError as error:
        raise Refused("oversold", name=name) from error


def _wanted(books: Books, security: Security) -> bool:
    kind = {"shares": "share", "funds": "fund", "bonds": "bond", "index": "index"}.get(books.query.asset_class, "")
    return kind in ("", security.kind) and books.query.holding in ("", security.name)


def gains(books: Books) -> Answer:
    """What each holding brought in the period, the best first: worth at the end, less at its start, less what was paid
    for it, plus what it fetched and its dividends; all at the rates of their days.
    """
    query, trades = books.query, _trades(books)
    start, end = (_by_security(books, day) for day in (books.eve, books.end))
    names = {each.id: each for each in books.ledger.securities(query.user)}
    dividends = [each for each in books.counted("income") if each.movement.category == "dividends"]
    rows = []
    for key, found in trades.items():
        paid = [books.on(each.money, each.day).minor for each in found if query.period.start <= each.day]
        bought, sold = sum(minor for minor in paid if minor > 0), -sum(minor for minor in paid if minor < 0)
        got = sum(each.value.minor for each in dividends if _names(each.movement.payee, names[key]))
        gain = end.get(key, 0) - start.get(key, 0) - bought + sold + got
        capital = start.get(key, 0) + bought
        rows.append({"holding": names[key].name, "bought": books.of(bought), "sold": books.of(sold),
                     "dividends": books.of(got), "value": books.of(gain),
                     "percent": percent(gain, capital, "0.01") if capital else None})  # fmt: skip
    return _ranked(books, rows)


def _ranked(books: Books, rows: list[Row]) -> Answer:
    if not rows:
        raise Refused("no_holdings", day=books.end)
    rows.sort(key=lambda row: (row["percent"] is None, -(row["percent"] or 0)), reverse=books.query.worst)
    series = tuple({"label": row["holding"], "value": row["value"]} for row in rows)
    found = [each for each in books.values(books.end) if each.holding.security]
    facts = {"count": len(rows), "name": rows[0]["holding"], "first": rows[0]["value"], "share": rows[0]["percent"]}
    return books.answer(rows, series=series, facts=facts, price_date=valuation.oldest(found))


def _by_security(books: Books, on: date) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for each in books.values(on):
        if each.holding.security:
            sums[each.holding.security.id] += each.value.minor
    return sums


def _names(text: str, security: Security) -> bool:
    said = cashflow.plain(text)
    return cashflow.plain(security.name) in said or security.symbol.casefold() in said.split()


def realised_gain(books: Books) -> Answer:
    """FIFO: what sales of the period fetched, less the cost of the lots they took, each at the rate of its own day."""
    rows: list[Row] = []
    for key, found in _trades(books).items():
        security = next(each for each in books.ledger.securities(books.query.user) if each.id == key)
        for account in {each.account for each in found}:
            mine = _book(books, (each for each in found if each.account == account), security.name)
            rows += [
                {"date": sale.day, "holding": security.name, "proceeds": books.of(sale.amount),
                 "cost": books.of(sale.cost), "value": books.of(sale.gain)}
                for sale in mine.sales if sale.day >= books.query.period.start
            ]  # fmt: skip
    rows.sort(key=lambda row: row["date"], reverse=True)
    return books.answer(rows, facts={"count": len(rows)})


def cost_basis(books: Books) -> Answer:
    """Average cost of a share of one holding in its own currency; the lots that FIFO has left as rows."""
    security = next((s for s in books.ledger.securities(books.query.user) if s.name == books.query.holding), None)
    found = _trades(books).get(security.id, []) if security else []
    if not found or security is None:
        raise Refused("no_holding_named")
    own = Books(books.ledger, replace(books.query, currency=security.currency))
    fifo, average = (_book(own, found, security.name, method) for method in ("fifo", "average"))
    if not fifo.quantity:
        raise Refused("no_holding_named")
    rows = [
        {"date": lot.day, "quantity": Decimal(lot.quantity) / UNIT, "cost": own.of(lot.cost),
         "value": own.of(fx.half_up(lot.cost * UNIT, lot.quantity))}
        for lot in fifo.lots
    ]  # fmt: skip
    each, first = (own.of(fx.half_up(book.cost * UNIT, book.quantity)) for book in (average, fifo))
    facts = {"count": len(rows), "fifo": first, "name": security.name, "cost": own.of(fifo.cost),
             "quantity": Decimal(fifo.quantity) / UNIT}  # fmt: skip
    return own.answer(rows, each, period=Period(books.end, books.end), facts=facts)


def dividends_due(books: Books) -> Answer:
    """Dividends that came back at a rhythm: when the next is expected, at the last amount. An estimate."""
    window = Period(books.query.today - timedelta(days=cashflow.LOOK_BACK), books.query.today)
    found = [each for each in books.movements("income", window) if each.category == "dividends"]
    coming = sorted(cashflow.recurring(found, books.query.today), key=lambda each: each.next)
    rows = [
        {"payee": each.payee, "rhythm": each.rhythm, "last": each.last, "next": each.next, "amount": each.amount,
         "value": books.on(each.amount)}
        for each in coming
    ]  # fmt: skip
    facts = {"count": len(rows)} | ({"day": coming[0].next, "payee": coming[0].payee} if coming else {})
    end = coming[-1].next if coming else books.query.today
    return books.answer(rows, facts=facts, period=Period(books.query.today, end))


def _by_day(flows: Iterable[tuple[date, int]], days: Sequence[date]) -> NDArray[np.int64]:
    found = np.zeros(len(days), np.int64)
    for day, minor in flows:
        found[(day - days[0]).days] += minor
    return found


def _percent(share: float) -> Decimal:
    return Decimal(repr(100 * share)).quantize(Decimal("0.01"))
