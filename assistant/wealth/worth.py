"""Metrics of what there is: net worth and its change, balances, shares of the whole, debts."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from assistant import fx
from assistant.errors import Refused
from assistant.money import Money
from assistant.reply import Period
from assistant.wealth import debts, valuation
from assistant.wealth.answer import Answer, Note
from assistant.wealth.books import Books, Row, percent, since, stale, summed, value_row
from assistant.wealth.entry import Flow
from assistant.wealth.valuation import Value

QUIET = 31  # days without a row after which an account is named
SWING = Decimal(10)  # percent of a currency's move that is shown where none was named


def net_worth(books: Books) -> Answer:
    group = {"category": "class"}.get(books.query.group, books.query.group)
    found = books.values(books.end)
    if group in ("class", "currency", "account"):
        return books.of_values(found, series=summed(map(value_row, found), group, books))
    curve = books.curve(books.end - timedelta(days=365), books.end)
    return books.of_values(found, series=tuple(curve), change=since(curve))


def net_worth_history(books: Books) -> Answer:
    curve = books.curve(books.query.period.start, books.end)
    found = books.values(books.end)
    return books.of_values(found, series=tuple(curve), change=since(curve), period=books.query.period)


def net_worth_change(books: Books) -> Answer:
    """What came in, what went out, what accounts brought when they were added, and markets and rates as the rest."""
    before, after = books.values(books.eve), books.values(books.end)
    start, end = (books.sum(each.value for each in found) for found in (before, after))
    rows = _parts(books, start, end)
    days = [day for day in map(valuation.oldest, (before, after)) if day]
    curve = books.curve(books.eve, books.end)
    return books.answer(rows, price_date=min(days, default=None), series=tuple(curve), change=since(curve),
                        facts={"before": start, "after": end})  # fmt: skip


def _parts(books: Books, before: Money, after: Money) -> list[Row]:
    if books.query.account:
        return [{"item": "after", "value": after}, {"item": "before", "value": -before}]
    came, went, brought = (_moved(books, flow) for flow in ("income", "expense", "opening"))
    parts = {"income": came, "spending": -went, "opening": -brought}
    parts["markets"] = after - before - books.sum(parts.values())
    return [{"item": name, "value": value} for name, value in parts.items() if value.minor or name != "opening"]


def _moved(books: Books, flow: Flow) -> Money:
    """Without loan payments: paying a debt back changes no net worth."""
    return books.sum(each.value for each in books.counted(flow) if each.movement.category != "loan")


def balance(books: Books) -> Answer:
    """What stands on one account, or on each of them, at the end of the last day."""
    found = books.values(books.end)
    series = () if books.query.account else summed(map(value_row, found), "account", books)
    return books.of_values(found, series=series)


def cash_by_currency(books: Books) -> Answer:
    """Cash and savings on the last day, one row per currency."""
    found = [each for each in books.values(books.end) if not each.holding.security and each.asset_class != "debts"]
    rows: list[Row] = []
    for currency in {each.amount.currency for each in found}:
        mine = [each for each in found if each.amount.currency == currency]
        amount = Money(sum(each.amount.minor for each in mine), currency)
        rows.append({"currency_held": currency, "amount": amount, "value": books.sum(each.value for each in mine)})
    rows.sort(key=lambda row: (-row["value"].minor, row["currency_held"]))
    series = tuple({"label": row["currency_held"], "value": row["value"]} for row in rows)
    return books.of_values(found, rows=tuple(rows), series=series)


def _assets(books: Books) -> tuple[list[Value], Money]:
    """Everything owned, and its sum. `Refused("no_assets")` when there is nothing."""
    found = [each for each in books.values(books.end) if each.asset_class != "debts"]
    whole = books.sum(each.value for each in found)
    if whole.minor <= 0:
        raise Refused("no_assets", day=books.end)
    return found, whole


def exposure(books: Books) -> Answer:
    """The share of a currency or of a kind of asset in everything owned, debts not deducted."""
    query, (found, whole) = books.query, _assets(books)
    fits: Callable[[Value], bool] = lambda each: each.amount.currency != query.currency  # noqa: E731
    if query.asset_class:
        fits = lambda each: each.asset_class == query.asset_class  # noqa: E731
    elif query.held:
        fits = lambda each: each.amount.currency == query.held  # noqa: E731
    picked = [each for each in found if fits(each)]
    part = books.sum(each.value for each in picked)
    series = summed(map(value_row, found), "class" if query.asset_class else "currency", books)
    foreign = query.held and query.held != query.currency
    effect = books.of(-fx.half_up(int(part.minor * SWING), 100))
    notes = (Note("warning.swing", {"percent": SWING, "held": query.held, "effect": effect}),) if foreign else ()
    return books.of_values(picked, value=percent(part.minor, whole.minor), unit="percent", series=series,
                           warnings=notes, facts={"part": part, "whole": whole})  # fmt: skip


def currency_move(books: Books) -> Answer:
    """What a rise of one currency by `extra` percent changes, all else equal; each row is a holding's gain or loss.

    A rise of the reporting currency makes everything foreign worth 1 / (1 + p) of what it was.
    """
    query, (found, _) = books.query, _assets(books)
    held, rise = query.held or query.currency, query.extra if query.extra is not None else SWING
    at_home = held == query.currency
    picked = [each for each in found if (each.amount.currency == held) != at_home]
    above, below = (-int(100 * rise), int(10_000 + 100 * rise)) if at_home else (int(100 * rise), 10_000)
    rows = [{**value_row(each), "value": books.of(fx.half_up(each.value.minor * above, below))} for each in picked]
    return books.of_values(picked, rows=tuple(rows), value=books.sum(row["value"] for row in rows),
                           facts={"held": held, "percent": rise, "count": len(rows)})  # fmt: skip


def concentration(books: Books) -> Answer:
    """The largest security's share of everything invested in securities; top five and the Herfindahl index beside it.

    Herfindahl-Hirschman: the sum of squared shares in percent, 10,000 for a single holding.
    """
    found = [each for each in books.values(books.end) if each.holding.security]
    series = summed(map(value_row, found), "holding", books)
    sizes = [point["value"].minor for point in series]
    whole = sum(sizes)
    if whole <= 0:
        raise Refused("no_holdings", day=books.end)
    facts = {"name": series[0]["label"], "top": percent(sum(sizes[:5]), whole),
             "index": fx.half_up(sum(10_000 * size * size for size in sizes), whole * whole)}  # fmt: skip
    return books.of_values(found, value=percent(sizes[0], whole), unit="percent", series=series, facts=facts)


def debt(books: Books) -> Answer:
    """What is still owed, a row per account."""
    found = [each for each in books.values(books.end) if each.asset_class == "debts" or each.value.minor < 0]
    rows = tuple({**value_row(each), "value": -each.value} for each in found)
    return books.of_values(found, rows=rows, value=books.sum(row["value"] for row in rows),
                           facts={"count": len(rows)})  # fmt: skip


def loan_payoff(books: Books) -> Answer:
    """Interest saved when a loan is paid back faster by `extra` a month; rows: the rest of the loan as it is and so.

    The rate is that of the last payment: its interest over the balance before it, and it stays. `Refused("no_loan")`
    without a loan whose payments show their interest.
    """
    loan = debts.largest(books.ledger, books.query.user, books.end)
    if loan is None or not loan.interest.minor:
        raise Refused("no_loan")
    owed, payment, interest = (books.on(each).minor for each in (loan.owed, loan.instalment, loan.interest))
    extra = Money.of(books.query.extra or 0, books.query.currency).minor
    before = owed + payment - interest
    as_now, faster = (_rest(owed, paid, interest, before) for paid in (payment, payment + extra))
    rows = [
        {"item": name, "months": months, "value": books.of(cost)}
        for name, (months, cost) in (("interest_as_now", as_now), ("interest_faster", (faster[0], -faster[1])))
    ]
    facts = {"count": as_now[0] - faster[0], "extra": books.of(extra), "payment": books.of(payment),
             "owed": books.of(owed), "months": faster[0], "rate": percent(12 * interest, before, "0.01")}  # fmt: skip
    return books.answer(rows, period=Period(books.end, books.end), facts=facts)


def _rest(owed: int, payment: int, interest: int, before: int) -> tuple[int, int]:
    """(months, interest) until the loan is paid back, each month's interest half up; `interest` of `before` a month."""
    months = cost = 0
    while owed > 0:
        due = fx.half_up(owed * interest, before)
        if payment <= due:
            raise Refused("no_loan")
        owed, cost, months = owed + due - payment, cost + due, months + 1
    return months, cost


def data_quality(books: Books) -> Answer:
    """How many accounts have no row for a month; rows: each account's last row, and what has no category or price."""
    found = {flow: books.movements(flow) for flow in ("expense", "income")}
    values = books.values(books.end)
    last: dict[str, date] = {}
    for track in books.ledger.tracks(books.query.user):
        if until := int(track.days.searchsorted(books.end.toordinal(), "right")):
            day = date.fromordinal(int(track.days[until - 1]))
            last[track.account] = max(last.get(track.account, day), day)
    mine = sorted((each for each in books.accounts if each.id in last), key=lambda each: last[each.id])
    rows = []
    for account in mine:
        unsorted = sum(m.account == account.name and m.category == "other" for moved in found.values() for m in moved)
        held = [each for each in values if each.holding.account == account and each.holding.security]
        rows.append({"account": account.name, "last": last[account.id], "unsorted": unsorted,
                     "price_date": valuation.oldest(held)})  # fmt: skip
    quiet = sum((books.end - last[each.id]).days > QUIET for each in mine)
    facts = {"count": quiet, "accounts": len(rows), "unsorted": sum(int(str(row["unsorted"])) for row in rows)}
    return books.answer(rows, Decimal(quiet), unit="count", warnings=stale(values), facts=facts)
