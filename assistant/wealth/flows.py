"""Metrics of what moved: spending, income, comparisons, the largest, the doubtful, what came back."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from itertools import chain
from statistics import median

from assistant.clock import month_end, shifted
from assistant.errors import Refused
from assistant.reply import Period
from assistant.wealth import cashflow
from assistant.wealth.answer import Answer
from assistant.wealth.books import Books, Counted, Row, month_of, percent, rated, summed

USUAL = 3  # full months that this one is compared with


def spending(books: Books) -> Answer:
    return books.of_movements(books.counted("expense")[::-1])


def income(books: Books) -> Answer:
    return books.of_movements(books.counted("income")[::-1])


def fees(books: Books) -> Answer:
    """What banks and brokers took, largest first."""
    found = [each for each in books.counted("expense") if each.movement.category == "fees"]
    return books.of_movements(sorted(found, key=lambda each: -each.value.minor))


def payments(books: Books) -> Answer:
    """The rows themselves, the last first: when something was paid. A word finds texts before it means a category."""
    query = books.query
    if query.payee and query.category:
        named = Books(books.ledger, replace(query, category=""))
        books = named if named.movements("expense") else Books(books.ledger, replace(query, payee=""))
    found = books.counted("expense")[::-1]
    last = {"day": found[0].movement.day, "last": found[0].value, "payee": found[0].movement.payee} if found else {}
    return books.of_movements(found, facts=last)


def biggest_expense(books: Books) -> Answer:
    found = books.counted("expense")
    largest = sorted(found, key=lambda each: -each.value.minor)[:1]
    return books.of_movements(largest, facts={"count": len(found)})


def top_month(books: Books) -> Answer:
    """The month in which most was spent, with its rows; the series holds every month."""
    found = books.counted("expense")
    months = summed((each.row() for each in found), "month", books)
    if not months:
        return books.of_movements([])
    top = str(max(months, key=lambda point: point["value"].minor)["label"])
    mine = [each for each in found if each.movement.day.isoformat().startswith(top)]
    return books.of_movements(mine[::-1], series=months, facts={"month": month_of(mine[0].movement.day)})


def savings_rate(books: Books) -> Answer:
    """(income - spending) / income in percent with one digit; `Refused("no_income")` when nothing came in."""
    came, went = books.counted("income"), books.counted("expense")
    earned, spent = (books.sum(each.value for each in found) for found in (came, went))
    if earned.minor <= 0:
        raise Refused("no_income", start=books.query.period.start, end=books.query.period.end)
    rows = [{"item": "income", "value": earned}, {"item": "spending", "value": -spent}]
    share = percent(earned.minor - spent.minor, earned.minor)
    return books.answer(rows, share, unit="percent", price_date=rated([*came, *went]))


def spending_pace(books: Books) -> Answer:
    """This month so far beside the median of the same days of the three months before, by category."""
    today = books.query.today
    past = [month_of(today, back) for back in range(1, USUAL + 1)]
    spans = [Period(month.start, min(month.end, shifted(today, -back))) for back, month in enumerate(past, 1)]
    months = [_by_category(books, span) for span in spans]
    usual = {name: int(median(month.get(name, 0) for month in months)) for name in {*chain(*months)}}
    return _compared(books, _by_category(books, books.query.period), usual, rated(books.counted("expense")), {})


def compared(books: Books) -> Answer:
    """Spending of the period minus that of another, by category; what came in and was left beside it."""
    query = books.query
    other = query.versus or _same_before(query.period)
    if other == _same_before(query.period):  # a stretch that is not over is compared with the same days of the other
        other = _same_before(Period(query.period.start, books.end))
    facts = {"other": other, "income": books.flow("income"), "income_before": books.flow("income", other)}
    priced = rated([*books.counted("expense"), *books.counted("expense", other)])
    return _compared(books, _by_category(books, query.period), _by_category(books, other), priced, facts)


def _compared(
    books: Books, now: Mapping[str, int], before: Mapping[str, int], priced: object, facts: Row
) -> Answer:  # fmt: skip
    """`now` and `before`: minor units by category."""
    rows: list[Row] = [
        {"category": name, "now": books.of(here), "before": books.of(then), "value": books.of(here - then)}
        for name, here, then in ((name, now.get(name, 0), before.get(name, 0)) for name in {*now, *before})
    ]
    rows.sort(key=lambda row: (-abs(row["value"].minor), row["category"]))
    series = tuple({"label": row["category"], "value": row["value"]} for row in rows)
    whole = {"now": books.of(sum(now.values())), "before": books.of(sum(before.values()))}
    facts = whole | {"count": len(rows)} | facts
    return books.answer(rows, price_date=priced, series=series, facts=facts)


def _same_before(period: Period) -> Period:
    """The same days a year earlier for a stretch that begins with a year, else as many months earlier as it covers."""
    start, end = period.start, period.end
    months = (end.year - start.year) * 12 + end.month - start.month + 1
    back = 12 if (start.month, start.day) == (1, 1) else months
    last = shifted(end, -back, 31) if end == month_end(end) else shifted(end, -back)
    return Period(shifted(start, -back), last)


def _by_category(books: Books, period: Period) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for each in books.counted("expense", period):
        sums[each.movement.category] += each.value.minor
    return sums


def double_charges(books: Books) -> Answer:
    """Same payee, amount and account within three days; the row is the second charge, its value what it took."""
    pairs = cashflow.twice(books.movements("expense"))
    second = books.converted([later for _, later in pairs])
    rows = [each.row() | {"first": first.day} for each, (first, _) in zip(second, pairs, strict=True)]
    return books.of_movements(second, rows=tuple(rows))


def refunds(books: Books) -> Answer:
    """What came back, each with the purchase it gives back where one fits."""
    period = books.query.period
    wide = Period(shifted(period.start, -6), period.end)
    pairs = [pair for pair in cashflow.refunds(books.movements("expense", wide)) if pair[0].day >= period.start]
    back = [Counted(each.movement, -each.value, each.rated) for each in books.converted([r for r, _ in pairs])]
    rows = [
        each.row() | {"amount": -each.movement.money, "first": bought.day if bought else None}
        for each, (_, bought) in zip(back, pairs, strict=True)
    ]
    return books.of_movements(back, rows=tuple(rows[::-1]))


def unusual(books: Books) -> Answer:
    """What stands out, each with the rule that fired and what it was compared with."""
    from assistant.wealth.anomalies import anomalies

    wide = Period(shifted(books.query.period.start, -24), books.query.period.end)
    spent, earned = (books.movements(flow, wide) for flow in ("expense", "income"))
    found = anomalies(spent, earned, books.query.period, books.query.today)
    rows = [
        {"date": each.day, "payee": each.payee, "rule": each.rule, "amount": each.money, "usual": each.usual,
         "value": books.on(each.money, min(each.day, books.query.today))}
        for each in found
    ]  # fmt: skip
    return books.answer(rows, facts={"count": len(rows)})


def paid_in(books: Books) -> Answer:
    """What came into an account from elsewhere; its own interest and dividends are no payment in."""
    mine = [each.id for each in books.accounts if books.query.account in ("", each.name)]
    own = ("interest", "dividends", "fees", "taxes")
    found = books.ledger.crossings(books.query.user, mine, books.query.period.start, books.end, own)
    rows: list[Row] = [
        {"date": day, "amount": money, "value": books.on(money, day)} for day, money in found if money.minor > 0
    ]
    months = summed(rows, "month", books) if len(rows) > 1 else ()
    return books.answer(rows[::-1], series=months, facts={"count": len(rows)})
