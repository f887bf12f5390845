"""The typed metrics: the only functions the conversation may call for a figure.

Each is `metric(books) -> Answer`. Conventions: transfers between own accounts are outside income and spending, loan
payments inside; the day before a period's first is where it starts; a period that was not named is the metric's own,
and every answer shows it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from assistant import fx
from assistant.errors import BadInput, NotFound
from assistant.money import Money
from assistant.reply import Period
from assistant.wealth import ahead, cashflow, flows, invested, worth
from assistant.wealth.answer import Answer, Group, Note, Query
from assistant.wealth.books import INVESTED, Books, month_of
from assistant.wealth.ledger import Ledger

Stretch = Literal["today", "month", "last_month", "months", "quarter", "year", "twelve", "two_years", "all", "ahead"]
Filter = Literal["account", "category", "payee", "amount", "holding", "asset_class"]


@dataclass(frozen=True, slots=True)
class Metric:
    """`period` where none is named; `filters` that narrow it: others are ignored, and the answer says so."""

    answer: Callable[[Books], Answer]
    period: Stretch = "month"
    filters: frozenset[Filter] = frozenset()
    chart: Literal["", "line", "bar", "donut", "bridge"] = "bar"


def _fits(*names: Filter) -> frozenset[Filter]:
    return frozenset(names)


BOUNDS = ("over", "least", "under", "most")
TOLD = {"category": "warning.all_categories", "account": "warning.all_accounts"}
CHANGES = ("net_worth_change", "performance")  # of an account that holds no investments, and of one that does
EVER = 1970  # the year in which "ever" begins
RARE = ("interest", "dividends", "gifts")
ROWS = _fits("account", "category", "payee", "amount")
PAYEE = _fits("account", "category", "payee")
HELD = _fits("account", "holding", "asset_class")
ACCOUNT = _fits("account")

METRICS: dict[str, Metric] = {
    "net_worth": Metric(worth.net_worth, "today", ACCOUNT, "donut"),
    "net_worth_change": Metric(worth.net_worth_change, "year", ACCOUNT, "line"),
    "net_worth_history": Metric(worth.net_worth_history, "twelve", ACCOUNT, "line"),
    "balance": Metric(worth.balance, "today", _fits("account", "holding")),
    "cash_by_currency": Metric(worth.cash_by_currency, "today", ACCOUNT, "donut"),
    "exposure": Metric(worth.exposure, "today", _fits("account", "asset_class"), "donut"),
    "currency_move": Metric(worth.currency_move, "today", ACCOUNT),
    "concentration": Metric(worth.concentration, "today", ACCOUNT, "donut"),
    "debt": Metric(worth.debt, "today", ACCOUNT),
    "loan_payoff": Metric(worth.loan_payoff, "today"),
    "spending": Metric(flows.spending, "month", ROWS),
    "income": Metric(flows.income, "month", ROWS),
    "payments": Metric(flows.payments, "two_years", ROWS),
    "savings_rate": Metric(flows.savings_rate, "last_month"),
    "spending_pace": Metric(flows.spending_pace, "month", PAYEE),
    "compared": Metric(flows.compared, "year", PAYEE),
    "biggest_expense": Metric(flows.biggest_expense, "month", ROWS),
    "top_month": Metric(flows.top_month, "months", ROWS),
    "double_charges": Metric(flows.double_charges, "quarter", PAYEE),
    "refunds": Metric(flows.refunds, "year", PAYEE),
    "unusual": Metric(flows.unusual, "quarter", PAYEE),
    "paid_in": Metric(flows.paid_in, "all", ACCOUNT),
    "fees": Metric(flows.fees, "year", ROWS),
    "recurring": Metric(ahead.recurring, "two_years", PAYEE),
    "price_rises": Metric(ahead.price_rises, "two_years", PAYEE),
    "upcoming": Metric(ahead.upcoming, "ahead", PAYEE),
    "payday": Metric(ahead.payday, "ahead", ACCOUNT, ""),
    "left_to_spend": Metric(ahead.left_to_spend, "month", ACCOUNT),
    "forecast": Metric(ahead.forecast, "ahead", ACCOUNT, "line"),
    "runway": Metric(ahead.runway, "today"),
    "performance": Metric(invested.performed, "year", ACCOUNT, "bridge"),
    "return": Metric(invested.returned, "year", ACCOUNT, "line"),
    "benchmark": Metric(invested.benchmark, "year", ACCOUNT, "line"),
    "gains": Metric(invested.gains, "all", HELD),
    "realised_gain": Metric(invested.realised_gain, "year", HELD),
    "cost_basis": Metric(invested.cost_basis, "today", HELD, ""),
    "drawdown": Metric(invested.drawdown, "all", ACCOUNT, "line"),
    "dividends_due": Metric(invested.dividends_due, "ahead", ACCOUNT, ""),
    "data_quality": Metric(worth.data_quality, "quarter", ACCOUNT, ""),
}  # fmt: skip


def ask(ledger: Ledger, user: str, today: date, base: str, metric: str, **asked: Any) -> Answer:
    """The answer of one metric. `asked` are fields of `Query`; `base` is the currency where none is asked.

    Raises `BadInput` (unknown_metric, unknown_category, unknown_group, no_rate), `NotFound` (unknown_account,
    no_wealth_data) and `Refused` with the reason when a figure cannot be computed.
    """
    if metric not in METRICS:
        raise BadInput("unknown_metric", metric=metric[:40], known=", ".join(METRICS))
    span = ledger.span(user)
    if span is None:
        raise NotFound("no_wealth_data")
    asked = {name: value for name, value in asked.items() if value not in ("", None)}
    asked |= _named(ledger, user, asked)
    found = ledger.account(user, asked["account"]) if "account" in asked else None
    if found and metric in CHANGES:
        metric = CHANGES[found.kind in INVESTED]
    told = asked.get("period")
    if told is None or told.start.year == EVER:
        told = told or default_period(metric, today, span[0], asked)
        told = Period(max(told.start, min(span[0], told.end)), told.end)
    asked["period"] = told
    asked["worst"] = bool(asked.get("worst"))
    asked["currency"] = asked.get("currency") or (found.currency if found and metric == "balance" else base)
    query = _checked(Query(user=user, today=today, **_amounts(asked)))
    narrowed, ignored = _narrowed(query, METRICS[metric].filters)
    answer = ledger.recall(("answer", metric, narrowed), lambda: METRICS[metric].answer(Books(ledger, narrowed)))
    marked = any(each.note for each in ledger.accounts(user) if narrowed.account in ("", each.name))
    late = answer.period.start < span[0]
    notes = (Note("warning.starts_later", {"day": span[0]}),) if late else ()
    return replace(answer, metric=metric, made_up=marked, warnings=(*notes, *ignored, *answer.warnings))


def _named(ledger: Ledger, user: str, asked: dict[str, Any]) -> dict[str, Any]:
    """Accounts and securities by their own names, whatever the person calls them."""
    told: dict[str, Any] = {"extra": Decimal(asked["extra"])} if "extra" in asked else {}
    if "account" in asked:
        told["account"] = ledger.account(user, asked["account"]).name
    if said := str(asked.get("holding", "")).casefold():
        known = ledger.securities(user)
        told["holding"] = next((s.name for s in known if said in (s.name.casefold(), s.symbol.casefold())), said)
    return told


def _amounts(asked: dict[str, Any]) -> dict[str, Any]:
    """Bounds as money of the reporting currency."""
    return asked | {name: Money.of(asked[name], asked["currency"]) for name in BOUNDS if name in asked}


def _checked(query: Query) -> Query:
    if query.category and query.category not in cashflow.CATEGORIES:
        raise BadInput("unknown_category", category=query.category[:40])
    if query.group not in Group.__args__:  # type: ignore[attr-defined]
        raise BadInput("unknown_group", group=query.group[:40])
    for currency in (query.currency.upper(), query.also.upper() or "EUR", query.held.upper() or "EUR"):
        if currency not in fx.currencies():
            raise BadInput("no_rate", currency=currency[:10])
    return replace(query, currency=query.currency.upper(), also=query.also.upper(), held=query.held.upper())


def _narrowed(query: Query, filters: frozenset[Filter]) -> tuple[Query, list[Note]]:
    """Without the filters that would change nothing; each that was dropped is told."""
    notes: list[Note] = []
    for name in ("category", "account", "payee", "holding", "asset_class"):
        if getattr(query, name) and name not in filters:
            notes += [Note(TOLD[name])] if name in TOLD else []
            query = replace(query, **{name: ""})  # type: ignore[arg-type]
    if "amount" not in filters:
        query = replace(query, over=None, least=None, under=None, most=None)
    return query, notes


def default_period(metric: str, today: date, first: date, asked: Mapping[str, Any]) -> Period:
    """The period of a question that names none: a year for a question by month, or of what comes in now and then."""
    name = METRICS[metric].period
    if metric in ("spending", "income"):
        rare = metric == "income" and asked.get("category") in RARE
        name = "months" if asked.get("group") == "month" else "year" if rare else name
    last = month_of(today, 1)
    starts = {
        "today": today, "month": today.replace(day=1), "months": month_of(today, 11).start, "all": first,
        "quarter": today - timedelta(days=90), "year": today.replace(month=1, day=1),
        "twelve": today - timedelta(days=365), "two_years": today - timedelta(days=cashflow.LOOK_BACK),
    }  # fmt: skip
    if name in ("last_month", "ahead"):
        return last if name == "last_month" else Period(today, month_of(today).end)
    return Period(starts[name], today)
