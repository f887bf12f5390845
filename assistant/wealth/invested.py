"""Metrics of investments: returns, gains by holding, realised gains, cost, falls, dividends to come."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np

from assistant import fx
from assistant.errors import Refused
from assistant.money import Money
from assistant.reply import Period
from assistant.wealth import cashflow, returns, valuation
from assistant.wealth.answer import Answer, Note
from assistant.wealth.books import INVESTED, Books, Row, percent, stale, stride
from assistant.wealth.entry import UNIT, Account, Security, Traded
from assistant.wealth.performance import Performance, apart, book, booked, statement

OWN_RATES = ("weighted", "weighted_yearly", "timed")  # what a question for a return is answered with


class Track:
    """The worth of an account, or of all investment accounts, day by day, and what crossed its border.

    `days` run from the eve of the period. `Refused("no_capital")` when nothing was invested in it.
    """

    def __init__(self, books: Books) -> None:
        self.books, query = books, books.query
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
        came, went = np.zeros((2, len(self.days)), np.int64)
        for day, minor in self.flows:
            (came if minor > 0 else went)[(day - eve).days] += abs(minor)
        if not self.worth[0] and not came.any():
            raise Refused("no_capital", start=query.period.start, end=books.end)
        self.weighted = returns.time_weighted(self.worth, came, went)

    @cached_property
    def statement(self) -> Performance:
        query = self.books.query
        return statement(self.books.ledger, query.user, self.days[0], self.days[-1], query.currency, self.names)

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


def performed(books: Books) -> Answer:
    """The period statement: rows are the parts that sum to the change, the points those between both ends."""
    track = Track(books)
    if not books.query.account and all(each.kind not in INVESTED for each in track.accounts):
        raise Refused("no_holdings", day=books.end)
    found = track.statement
    change = found.final - found.initial
    facts: dict[str, Any] = {"before": found.initial, "after": found.final, "transfers": found.parts["transfers"],
                             "gain": change - found.parts["transfers"]}  # fmt: skip
    if most := max(found.positions, key=lambda each: abs(each.gain.minor), default=None):
        facts |= {"name": most.security.name, "first": most.gain}
    ends = ({"label": "before", "value": found.initial}, {"label": "after", "value": found.final})
    moved = ({"label": name, "value": value} for name, value in found.parts.items() if value.minor)
    return books.answer(
        _parts(found), change, price_date=track.days[-1], period=track.period, series=(ends[0], *moved, ends[1]),
        facts=facts, beside=_beside(books, track),
        warnings=(*_track_notes(books, track), *stale(books.values(books.end))),
    )  # fmt: skip


def _parts(found: Performance) -> list[Row]:
    return [{"item": name, "value": value, "meaning": name} for name, value in found.parts.items()]


def _beside(books: Books, track: Track, but: Collection[str] = ()) -> dict[str, Money | Decimal]:
    """Both ends and the rates of the period; the index's where the ledger holds one."""
    found, index = track.statement, _index(books, track)
    rates = {"weighted": found.weighted, "weighted_yearly": found.yearly, "timed": track.weighted.total,
             "index": index.rate if index else None}  # fmt: skip
    told = {name: _percent(rate) for name, rate in rates.items() if rate is not None and name not in but}
    return {"before": found.initial, "after": found.final, **told}


def returned(books: Books) -> Answer:
    """Time-weighted return with the money-weighted rate beside it, and in a second currency where one was named."""
    track = Track(books)
    roots = track.rates
    facts: dict[str, Any] = {} if roots.rate is None else {"rate": _percent(roots.rate)}
    return books.answer(
        _parts(track.statement), _percent(track.weighted.total), unit="percent", price_date=track.days[-1],
        period=track.period, series=track.thinned(books), facts=facts, beside=_beside(books, track, OWN_RATES),
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


@dataclass(frozen=True, slots=True)
class Index:
    """What the ledger's benchmark did over the days of a track, and the older day of its two prices."""

    name: str
    rate: float
    priced: date


def _index(books: Books, track: Track) -> Index | None:
    user, to = books.query.user, books.query.currency
    for each in books.ledger.securities(user):
        first, last = (books.ledger.price(user, each, day) for day in (track.days[0], track.days[-1]))
        if each.kind == "index" and first and last:
            before, after = (float(fx.rate(track.days[at], each.currency, to).value) for at in (0, -1))
            return Index(each.name, last[0] * after / (first[0] * before) - 1, min(first[1], last[1]))
    return None


def benchmark(books: Books) -> Answer:
    """Time-weighted return minus that of the index in the ledger, in percentage points; both in one currency."""
    track = Track(books)
    index = _index(books, track)
    if index is None:
        raise Refused("no_benchmark")
    values = {"portfolio": _percent(track.weighted.total), "index": _percent(index.rate)}
    rows = [{"item": "portfolio", "holding": "", "percent": values["portfolio"]},
            {"item": "index", "holding": index.name, "percent": values["index"]}]  # fmt: skip
    return books.answer(rows, values["portfolio"] - values["index"], unit="percent", period=track.period,
                        price_date=index.priced, series=track.thinned(books),
                        facts={**values, "name": index.name}, warnings=tuple(_track_notes(books, track)))  # fmt: skip


def drawdown(books: Books) -> Answer:
    """The deepest fall of the time-weighted growth from an earlier high, with the days of the high and the low."""
    track = Track(books)
    fall = returns.drawdown(track.weighted.growth)
    peak, trough = track.days[fall.peak], track.days[fall.trough]
    moves = track.weighted.daily[1:]
    swing = returns.volatility(moves[moves != 0], 252) if np.count_nonzero(moves) > 2 else 0.0
    rows = [{"item": name, "date": day, "value": books.of(int(track.worth[at]))}
            for name, day, at in (("high", peak, fall.peak), ("low", trough, fall.trough))]  # fmt: skip
    top, below = returns.all_time_high(track.weighted.growth)
    facts = {"high": peak, "low": trough, "volatility": _percent(swing), "count": fall.longest,
             "top": track.days[top], "below": -_percent(below)}  # fmt: skip
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


def _wanted(books: Books, security: Security) -> bool:
    kind = {"shares": "share", "funds": "fund", "bonds": "bond", "index": "index"}.get(books.query.asset_class, "")
    return kind in ("", security.kind) and books.query.holding in ("", security.name)


def gains(books: Books) -> Answer:
    """What each holding brought in the period, the best first: gains of what is held, of sales, and its dividends."""
    names = [books.query.account] if books.query.account else ()
    found = statement(books.ledger, books.query.user, books.eve, books.end, books.query.currency, names).positions
    return _ranked(books, [
        {"holding": each.security.name, "capital": each.capital, "realised": each.realised,
         "dividends": each.dividends, "yield": None if (rate := each.yield_on_cost) is None else _percent(rate),
         "value": each.gain, "percent": percent(each.gain.minor, each.base.minor, "0.01") if each.base.minor else None}
        for each in found if _wanted(books, each.security)
    ])  # fmt: skip


def _ranked(books: Books, rows: list[Row]) -> Answer:
    if not rows:
        raise Refused("no_holdings", day=books.end)
    rows.sort(key=lambda row: (row["percent"] is None, -(row["percent"] or 0)), reverse=books.query.worst)
    series = tuple({"label": row["holding"], "value": row["value"]} for row in rows)
    found = [each for each in books.values(books.end) if each.holding.security]
    facts = {"count": len(rows), "name": rows[0]["holding"], "first": rows[0]["value"], "share": rows[0]["percent"]}
    return books.answer(rows, series=series, facts=facts, price_date=valuation.oldest(found))


def realised_gain(books: Books) -> Answer:
    """FIFO: what sales of the period fetched, less the cost of the lots they took, each at the rate of its own day."""
    rows: list[Row] = []
    for key, found in _trades(books).items():
        security = next(each for each in books.ledger.securities(books.query.user) if each.id == key)
        for some in apart(found):
            mine = book(booked(some, books.query.currency), security)
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
    trades = booked((each for some in apart(found) for each in some), security.currency)
    fifo, average = book(trades, security), book(trades, security, "average")
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


def _percent(share: float) -> Decimal:
    return Decimal(repr(100 * share)).quantize(Decimal("0.01"))
