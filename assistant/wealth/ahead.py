"""Metrics of what comes back and what comes next. Everything about the future is an estimate and says so."""

from collections.abc import Sequence
from datetime import timedelta
from operator import sub
from statistics import median

from assistant import fx
from assistant.clock import shifted
from assistant.errors import Refused
from assistant.reply import Period
from assistant.wealth import cashflow, outlook, valuation
from assistant.wealth.answer import Answer, Note
from assistant.wealth.books import Books, Row, mentions, month_of, percent
from assistant.wealth.cashflow import Recurring
from assistant.wealth.entry import Flow
from assistant.wealth.outlook import SPENT_FROM, Due

LIQUID = (*SPENT_FROM, "savings")
MONTHS = 6  # full months that the runway looks back
FLOWS: tuple[Flow, Flow] = ("expense", "income")
FIXED = ("subscriptions", "insurance", "rent")  # a higher bill of another kind may only mean more use


def _recurring(books: Books, flow: str = "expense") -> list[Recurring]:
    window = Period(books.query.today - timedelta(days=cashflow.LOOK_BACK), books.query.today)
    return cashflow.recurring(books.movements(flow, window), books.query.today)  # type: ignore[arg-type]


def _risen(found: Sequence[Recurring]) -> list[Recurring]:
    return [each for each in found if each.risen and each.category in FIXED]


def recurring(books: Books) -> Answer:
    """Payments that come back, each with its next day and cost of a year at the last amount; rises are warnings."""
    found = _recurring(books)
    rises = tuple(
        Note("warning.price_rise", {"payee": each.payee, "before": each.before, "after": each.amount})
        for each in _risen(found)
    )
    rows: list[Row] = [
        {"payee": each.payee, "category": each.category, "account": each.account, "rhythm": each.rhythm,
         "amount": each.amount, "next": each.next, "value": books.on(each.yearly)}
        for each in found
    ]  # fmt: skip
    facts = {"count": len(rows), "payee": rows[0]["payee"] if rows else "", "each": found[0].amount if rows else ""}
    return books.answer(rows, warnings=rises, facts=facts)


def price_rises(books: Books) -> Answer:
    """What the payments that went up cost more a year than at their earlier price."""
    rows = [
        {"payee": each.payee, "rhythm": each.rhythm, "before": each.before, "now": each.amount,
         "value": books.on((each.amount - each.before) * each.per_year)}
        for each in _risen(_recurring(books))
    ]  # fmt: skip
    return books.answer(rows, facts={"count": len(rows)})


def _due(books: Books, found: Sequence[Due]) -> list[Row]:
    query = books.query
    return [
        {"date": each.day, "payee": each.payee, "category": each.category, "account": each.account,
         "amount": each.money, "value": each.value}
        for each in found
        if query.category in ("", each.category) and query.account in ("", each.account)
        if not query.payee or mentions(query.payee, each.payee)
    ]  # fmt: skip


def upcoming(books: Books) -> Answer:
    """Bills that recur and are expected in the days ahead; of one payee or kind, the next one within a year."""
    query = books.query
    alone = bool(query.payee or query.category)
    end = shifted(query.today, 12) if alone else query.period.end
    found = outlook.due(books.ledger, query.user, query.today, end, query.today, query.currency)
    rows = [row | {"amount": -row["amount"], "value": -row["value"]} for row in _due(books, found)]
    rows = rows[:1] if alone else rows
    facts = {"count": len(rows), "day": rows[0]["date"] if rows else None, "payee": rows[0]["payee"] if rows else ""}
    return books.answer(rows, facts=facts, period=Period(query.today, rows[0]["date"] if alone and rows else end))


def payday(books: Books) -> Answer:
    """The next payment of the recurring income that brings most in a year, within the next six months."""
    today = books.query.today
    found = outlook.next_income(_recurring(books, "income"), today, books.query.currency)
    rows = _due(books, [found] if found else [])
    return books.answer(rows, facts={"count": len(rows)}, period=Period(today, found.day if found else today))


def left_to_spend(books: Books) -> Answer:
    """Income of the month so far, less what was spent, less the bills still to come before its end, late ones too."""
    query, month = books.query, month_of(books.query.today)
    bills = outlook.due(books.ledger, query.user, query.today, month.end, query.today, query.currency)
    rows = [
        {"item": "income", "value": books.flow("income", month)},
        {"item": "spending", "value": -books.flow("expense", month)},
        {"item": "bills", "value": books.sum(row["value"] for row in _due(books, bills))},
    ]
    days = (month.end - query.today).days
    return books.answer(rows, period=Period(month.start, month.end), facts={"count": days, "bills": len(bills)})


def forecast(books: Books) -> Answer:
    """The balance of the accounts one spends from at the end of the period, by what recurs and the usual pace."""
    query = books.query
    names = [query.account] if query.account else []
    seen = outlook.forecast(books.ledger, query.user, query.today, query.currency, query.period.end, names)
    coming, going = ([each.value for each in seen.due if way * each.value.minor > 0] for way in (1, -1))
    parts = {"balance_now": seen.balance, "income": books.sum(coming), "bills": books.sum(going),
             "everyday": seen.everyday}  # fmt: skip
    day, low = seen.lowest
    curve = tuple({"label": at.isoformat(), "value": value} for at, value in seen.curve)
    return books.answer(
        [{"item": name, "value": value} for name, value in parts.items()], series=curve, price_date=seen.price_date,
        period=Period(query.today, seen.until), facts={"lowest": low, "day": day, "day_end": seen.until},
    )  # fmt: skip


def runway(books: Books) -> Answer:
    """Months that cash and savings would last without income, at the median spending of six full months.

    As many of them as anything is booked in; `as_now`, with the usual income, is None where the savings grow.
    """
    today, span = books.query.today, books.ledger.span(books.query.user)
    past = [month_of(today, back) for back in range(1, MONTHS + 1)]
    months = [month for month in past if span and month.end > span[0]]
    spent, earned = ([books.flow(flow, month).minor for month in months] for flow in FLOWS)
    usual, net = (fx.half_up(int(2 * median(some)), 2) if months else 0 for some in (spent, map(sub, spent, earned)))
    found = [each for each in books.values(today) if each.holding.account.kind in LIQUID]
    liquid = books.sum(each.value for each in found)
    if usual <= 0:
        raise Refused("no_spending")
    rows = [{"item": name, "value": value} for name, value in
            (("liquid", liquid), ("monthly_spending", books.of(usual)), ("monthly_net", books.of(net)))]  # fmt: skip
    lasts, as_now = (percent(liquid.minor, 100 * monthly) if monthly > 0 else None for monthly in (usual, net))
    period, facts = Period(months[-1].start, today), {"as_now": as_now, "count": len(months)}
    return books.answer(rows, lasts, unit="months", price_date=valuation.oldest(found), period=period, facts=facts)
