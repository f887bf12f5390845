"""The typed metrics: the only functions the conversation may call for a figure.

Each is `metric(ledger, query) -> Answer`. Conventions: every amount is converted at the reference rate of its own day,
half up to the minor unit, and only then summed; transfers between own accounts are outside income and spending, loan
payments inside; the day before a period's first is where it starts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant import fx
from assistant.errors import Refused
from assistant.money import Money, total
from assistant.reply import Period
from assistant.wealth import cashflow, returns, valuation
from assistant.wealth.answer import Answer, Note, Query, Since, Unit
from assistant.wealth.entry import Flow, Movement
from assistant.wealth.ledger import Ledger

Metric = Callable[[Ledger, Query], Answer]
Mappings = Sequence[Mapping[str, Any]]
INVESTED = ("brokerage", "insurance")  # kinds of account whose taxes are part of their result


@dataclass(frozen=True, slots=True)
class Counted:
    """A movement with its value in the reporting currency."""

    movement: Movement
    value: Money
    rated: date | None

    def row(self) -> dict[str, Any]:
        each = self.movement
        return {
            "date": each.day, "payee": each.payee, "memo": each.memo, "category": each.category,
            "account": each.account, "amount": each.money, "value": self.value,
        }  # fmt: skip


def net_worth(ledger: Ledger, query: Query) -> Answer:
    on = min(query.period.end, query.today)
    found = _values(ledger, query, on)
    rows = tuple(_value_row(each) for each in found)
    key = {"account": "account", "currency": "currency_held", "class": "class", "category": "class"}.get(query.group)
    curve = [] if key else _curve(ledger, query, on - timedelta(days=365), on)
    series = _summed(rows, key, query) if key else curve
    return _answer(query, "net_worth", _sum(rows, query), rows, valuation.oldest(found), _stale(found),
                   series=series, period=Period(on, on), change=_since(curve))  # fmt: skip


def net_worth_change(ledger: Ledger, query: Query) -> Answer:
    """What came in, what went out, what accounts brought when they were added, and markets and rates as the rest."""
    start, end = query.period.start - timedelta(days=1), min(query.period.end, query.today)
    before, after = _values(ledger, query, start), _values(ledger, query, end)
    rows = _change_rows(ledger, query, _worth(before, query), _worth(after, query))
    prices = [day for day in (valuation.oldest(before), valuation.oldest(after)) if day]
    series = _curve(ledger, query, start, end)
    values = {"before": _worth(before, query), "after": _worth(after, query)}
    return _answer(query, "net_worth_change", _sum(rows, query), rows, min(prices, default=None), _stale(after),
                   series=series, values=values, change=_since(series))  # fmt: skip


def _change_rows(ledger: Ledger, query: Query, before: Money, after: Money) -> Mappings:
    if query.account:
        return ({"item": "after", "value": after}, {"item": "before", "value": -before})
    came, went, brought = (_flow_sum(ledger, query, flow) for flow in ("income", "expense", "opening"))
    parts = {"income": came, "spending": -went, "opening": -brought}
    parts["markets"] = after - before - total(parts.values(), query.currency)
    return tuple({"item": name, "value": value} for name, value in parts.items() if value.minor or name != "opening")


def _flow_sum(ledger: Ledger, query: Query, flow: Flow) -> Money:
    """Without loan payments: paying a debt back changes no net worth."""
    found = ledger.movements(query.user, flow, query.period.start, query.period.end)
    return total((c.value for c in _converted(found, query) if c.movement.category != "loan"), query.currency)


def net_worth_history(ledger: Ledger, query: Query) -> Answer:
    end = min(query.period.end, query.today)
    series = _curve(ledger, query, query.period.start, end)
    found = _values(ledger, query, end)
    rows = tuple(_value_row(each) for each in found)
    return _answer(query, "net_worth_history", _sum(rows, query), rows, valuation.oldest(found),
                   _stale(found), series=series, change=_since(series))  # fmt: skip


def spending(ledger: Ledger, query: Query) -> Answer:
    return _flow_answer(ledger, query, "expense", "spending")


def income(ledger: Ledger, query: Query) -> Answer:
    return _flow_answer(ledger, query, "income", "income")


def savings_rate(ledger: Ledger, query: Query) -> Answer:
    """(income - spending) / income in percent with one digit; `Refused("no_income")` when nothing came in."""
    came, went = spending_and_income(ledger, query)
    earned = total((each.value for each in came), query.currency)
    spent = total((each.value for each in went), query.currency)
    if earned.minor <= 0:
        raise Refused("no_income", start=query.period.start, end=query.period.end)
    share = Decimal(100 * (earned.minor - spent.minor)) / earned.minor
    rows = ({"item": "income", "value": earned}, {"item": "spending", "value": -spent})
    return _answer(query, "savings_rate", share.quantize(Decimal("0.1"), ROUND_HALF_UP), rows,
                   _oldest([*came, *went]), unit="percent")  # fmt: skip


def spending_and_income(ledger: Ledger, query: Query) -> tuple[list[Counted], list[Counted]]:
    """(income, spending) of the period, each converted."""
    return _counted(ledger, query, "income"), _counted(ledger, query, "expense")


def cash_by_currency(ledger: Ledger, query: Query) -> Answer:
    """Cash and savings on the last day, one row per currency."""
    on = min(query.period.end, query.today)
    found = [
        each for each in _values(ledger, query, on)
        if each.holding.security is None and each.asset_class != "debts"
    ]  # fmt: skip
    rows: list[dict[str, Any]] = []
    for currency in sorted({each.amount.currency for each in found}):
        mine = [each for each in found if each.amount.currency == currency]
        amount = total((each.amount for each in mine), currency)
        value = total((each.value for each in mine), query.currency)
        rows.append({"currency_held": currency, "amount": amount, "value": value})
    rows.sort(key=lambda row: -row["value"].minor)
    series = [{"label": row["currency_held"], "value": row["value"]} for row in rows]
    return _answer(query, "cash_by_currency", _sum(rows, query), tuple(rows), valuation.oldest(found),
                   series=series, period=Period(on, on))  # fmt: skip


def balance(ledger: Ledger, query: Query) -> Answer:
    """What stands on one account, or on each of them, at the end of the last day."""
    on = min(query.period.end, query.today)
    found = _values(ledger, query, on)
    rows = tuple(_value_row(each) for each in found)
    series = _summed(rows, "account", query) if not query.account else []
    return _answer(query, "balance", _sum(rows, query), rows, valuation.oldest(found), _stale(found),
                   series=series, period=Period(on, on))  # fmt: skip


def biggest_expense(ledger: Ledger, query: Query) -> Answer:
    found = _counted(ledger, query, "expense")
    largest = max(found, key=lambda each: each.value.minor, default=None)
    rows = (largest.row(),) if largest else ()
    return _answer(query, "biggest_expense", _sum(rows, query), rows, largest.rated if largest else None,
                   values={"count": len(found)})  # fmt: skip


def recurring(ledger: Ledger, query: Query) -> Answer:
    """Payments that come back, each with its next day and cost of a year at the last amount; rises are warnings."""
    window = Period(query.today - timedelta(days=cashflow.LOOK_BACK), query.today)
    found = cashflow.recurring(_movements(ledger, query, "expense", window), query.today)
    rows, rates = [], []
    for each in found:
        value, rated = fx.convert(each.yearly, query.currency, query.today)
        rates += [rated] if each.amount.currency != query.currency else []
        rows.append({
            "payee": each.payee, "category": each.category, "account": each.account, "rhythm": each.rhythm,
            "amount": each.amount, "next": each.next, "value": value,
        })  # fmt: skip
    rises = [
        Note("warning.price_rise", {"payee": each.payee, "before": each.before, "after": each.amount})
        for each in found if each.risen and each.category in ("subscriptions", "insurance", "rent")
    ]  # fmt: skip
    return _answer(query, "recurring", _sum(rows, query), tuple(rows), min(rates, default=None), rises,
                   period=window, values={"count": len(rows)})  # fmt: skip


def double_charges(ledger: Ledger, query: Query) -> Answer:
    """Same payee, amount and account within three days; the row is the second charge, its value what it took."""
    pairs = cashflow.twice(_movements(ledger, query, "expense", query.period))
    second = _converted([later for _, later in pairs], query)
    rows = tuple(each.row() | {"first": first.day} for each, (first, _) in zip(second, pairs, strict=True))
    return _answer(query, "double_charges", _sum(rows, query), rows, _oldest(second),
                   values={"count": len(rows)})  # fmt: skip


def fees(ledger: Ledger, query: Query) -> Answer:
    """What banks and brokers took, largest first."""
    found = sorted(_counted(ledger, replace(query, category="fees"), "expense"), key=lambda each: -each.value.minor)
    rows = tuple(each.row() for each in found)
    series = _summed(_with_month(rows), query.group, query) if query.group else []
    return _answer(query, "fees", _sum(rows, query), rows, _oldest(found), series=series, values={"count": len(rows)})


def returned(ledger: Ledger, query: Query) -> Answer:
    """Time-weighted return of an account, or of all investment accounts, with the money-weighted rate beside it.

    `Refused("no_capital")` when nothing was invested in the period.
    """
    mine = [each for each in ledger.accounts(query.user) if query.account in ("", each.name)]
    mine = [each for each in mine if query.account or each.kind in INVESTED] or mine
    result = ["interest", "dividends", "fees", *(["taxes"] if all(each.kind in INVESTED for each in mine) else [])]
    start, end = query.period.start - timedelta(days=1), min(query.period.end, query.today)
    days = [start + timedelta(days=each) for each in range(max((end - start).days, 0) + 1)]
    worth = valuation.curve(ledger, query.user, days, query.currency, [each.name for each in mine])
    found = ledger.crossings(query.user, [each.id for each in mine], query.period.start, end, result)
    flows = [(day, fx.convert(money, query.currency, day)[0].minor) for day, money in found]
    came, went = (_by_day([(day, way * minor) for day, minor in flows if way * minor > 0], days) for way in (1, -1))
    if not worth[0] and not came.any():
        raise Refused("no_capital", start=query.period.start, end=end)
    weighted = returns.time_weighted(worth, came, went)
    paid = [(start, -float(worth[0])), *((day, -float(minor)) for day, minor in flows), (end, float(worth[-1]))]
    return _return_answer(query, weighted, returns.xirr(paid), worth, flows, days, [each.name for each in mine])


def _return_answer(
    query: Query, result: returns.Weighted, roots: returns.Roots, worth: NDArray[np.int64],
    flows: Sequence[tuple[date, int]], days: Sequence[date], names: Sequence[str],
) -> Answer:  # fmt: skip
    before, after = Money(int(worth[0]), query.currency), Money(int(worth[-1]), query.currency)
    came, went = (Money(sum(m for _, m in flows if way * m > 0), query.currency) for way in (1, -1))
    parts = {"before": before, "inflows": came, "outflows": went, "gain": after - before - came - went, "after": after}
    notes = [] if query.account else [Note("warning.invested", {"accounts": ", ".join(names)})]
    notes += [Note("warning.no_capital_days", {"count": result.undefined})] if result.undefined else []
    notes += [Note("warning.not_unique", {"count": len(roots.every)})] if len(roots.every) > 1 else []
    rate = {} if roots.rate is None else {"rate": _percent(roots.rate)}
    step = 1 if len(days) <= 92 else 7 if len(days) <= 1100 else 30
    series = [
        {"label": days[i].isoformat(), "value": Money(int(worth[i]), query.currency)}
        for i in sorted({0, *range(len(days) - 1, 0, -step)})
    ]
    return _answer(query, "return", _percent(result.total), [{"item": k, "value": v} for k, v in parts.items()],
                   days[-1], notes, unit="percent", series=series, values=rate,
                   period=Period(query.period.start, days[-1]))  # fmt: skip


def _by_day(flows: Iterable[tuple[date, int]], days: Sequence[date]) -> NDArray[np.int64]:
    found = np.zeros(len(days), np.int64)
    for day, minor in flows:
        found[(day - days[0]).days] += minor
    return found


def _percent(share: float) -> Decimal:
    return Decimal(repr(100 * share)).quantize(Decimal("0.01"), ROUND_HALF_UP)


BY_CATEGORY = {"spending", "income", "biggest_expense", "recurring", "double_charges"}
WHOLE = {"savings_rate"}  # of the household: one account's income and spending would say nothing
METRICS: dict[str, Metric] = {
    "net_worth": net_worth, "net_worth_change": net_worth_change, "net_worth_history": net_worth_history,
    "spending": spending, "income": income, "savings_rate": savings_rate, "cash_by_currency": cash_by_currency,
    "balance": balance, "biggest_expense": biggest_expense, "recurring": recurring, "double_charges": double_charges,
    "return": returned, "fees": fees,
}  # fmt: skip


def default_period(metric: str, group: str, today: date) -> Period:
    """The period of a question that names none: a year for a question by month; the answer shows it."""
    if group == "month" and metric in ("spending", "income"):
        return Period((today.replace(day=1) - timedelta(days=334)).replace(day=1), today)
    starts = {
        "net_worth": today, "balance": today, "cash_by_currency": today,
        "net_worth_change": today.replace(month=1, day=1), "return": today.replace(month=1, day=1),
        "fees": today.replace(month=1, day=1), "net_worth_history": today - timedelta(days=365),
        "double_charges": today - timedelta(days=90), "recurring": today - timedelta(days=cashflow.LOOK_BACK),
    }  # fmt: skip
    if metric == "savings_rate":
        last = today.replace(day=1) - timedelta(days=1)
        return Period(last.replace(day=1), last)
    return Period(starts.get(metric, today.replace(day=1)), today)


def _flow_answer(ledger: Ledger, query: Query, flow: Flow, name: str) -> Answer:
    found = _counted(ledger, query, flow)
    rows = tuple(each.row() for each in reversed(found))
    series = _summed(_with_month(rows), query.group, query) if query.group else []
    return _answer(query, name, _sum(rows, query), rows, _oldest(found), series=series, values={"count": len(rows)})


def _with_month(rows: Mappings) -> list[dict[str, Any]]:
    return [{**row, "month": row["date"].isoformat()[:7], "currency": row["amount"].currency} for row in rows]


def _movements(ledger: Ledger, query: Query, flow: Flow, period: Period) -> list[Movement]:
    return [
        each for each in ledger.movements(query.user, flow, period.start, min(period.end, query.today))
        if query.category in ("", each.category) and query.account in ("", each.account)
    ]  # fmt: skip


def _counted(ledger: Ledger, query: Query, flow: Flow) -> list[Counted]:
    return _converted(_movements(ledger, query, flow, query.period), query)


def _converted(found: Iterable[Movement], query: Query) -> list[Counted]:
    result = []
    for each in found:
        value, rated = fx.convert(each.money, query.currency, each.day)
        result.append(Counted(each, value, None if each.money.currency == query.currency else rated))
    return result


def _value_row(each: valuation.Value) -> dict[str, Any]:
    security = each.holding.security
    return {
        "account": each.holding.account.name, "holding": security.name if security else "",
        "class": each.asset_class, "currency_held": each.amount.currency, "amount": each.amount, "value": each.value,
        "price_date": each.priced,
    }  # fmt: skip


def _values(ledger: Ledger, query: Query, on: date) -> list[valuation.Value]:
    found = valuation.values(ledger, query.user, on, query.currency)
    return [
        each
        for each in found
        if query.account in ("", each.holding.account.name)
        if not query.holding or (each.holding.security and each.holding.security.name == query.holding)
    ]


def _curve(ledger: Ledger, query: Query, start: date, end: date) -> list[dict[str, Any]]:
    """Net worth on `start` and at regular days that end on `end`: daily up to a quarter, weekly up to three years."""
    span = ledger.span(query.user)
    start = max(start, span[0]) if span else start
    length = max((end - start).days, 0)
    step = 1 if length <= 92 else 7 if length <= 1100 else 30
    days = sorted({min(start, end), *(end - timedelta(days=back) for back in range(0, length + 1, step))})
    amounts = valuation.curve(ledger, query.user, days, query.currency, [query.account] if query.account else ())
    return [
        {"label": day.isoformat(), "value": Money(int(minor), query.currency)}
        for day, minor in zip(days, amounts, strict=True)
    ]


def _summed(rows: Mappings, key: str, query: Query) -> list[dict[str, Any]]:
    """One point per value of `key`: months in order, everything else the largest first."""
    sums: dict[str, int] = defaultdict(int)
    for row in rows:
        sums[row[key]] += row["value"].minor
    ordered = sorted(sums.items(), key=lambda item: item[0] if key == "month" else -item[1])
    return [{"label": label, "value": Money(minor, query.currency)} for label, minor in ordered]


def _sum(rows: Mappings, query: Query) -> Money:
    return total((row["value"] for row in rows), query.currency)


def _worth(found: Sequence[valuation.Value], query: Query) -> Money:
    return total((each.value for each in found), query.currency)


def _oldest(found: Sequence[Counted]) -> date | None:
    return min((each.rated for each in found if each.rated), default=None)


def _stale(found: Sequence[valuation.Value]) -> list[Note]:
    return [
        Note("warning.stale", {"name": each.holding.security.name}) for each in found
        if each.stale and each.holding.security
    ]  # fmt: skip


def _answer(
    query: Query, metric: str, value: Money | Decimal, rows: Mappings, price_date: date | None,
    warnings: Sequence[Note] = (), *, unit: Unit = "money", series: Mappings = (), period: Period | None = None,
    values: Mapping[str, Any] | None = None, change: Since | None = None,
) -> Answer:  # fmt: skip
    return Answer(
        metric, value, unit, period or query.period, query.currency, price_date, Note(f"method.{metric}", values or {}),
        tuple(rows), tuple(warnings), tuple(series), change, False, query.account, query.category, query.group,
    )  # fmt: skip


def _since(curve: Mappings) -> Since | None:
    if len(curve) < 2:
        return None
    first, last = curve[0]["value"], curve[-1]["value"]
    share = Decimal(100 * (last.minor - first.minor)) / abs(first.minor) if first.minor else None
    percent = None if share is None else share.quantize(Decimal("0.1"), ROUND_HALF_UP)
    return Since(last - first, percent, date.fromisoformat(curve[0]["label"]))
