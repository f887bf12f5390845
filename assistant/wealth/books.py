"""The ledger as one question sees it: narrowed to its filters, valued in its currency.

Every amount is converted at the reference rate of its own day, half up to the minor unit, and only then summed.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any

from assistant import fx
from assistant.clock import month_end, shifted
from assistant.money import Money, total
from assistant.reply import Period
from assistant.wealth import cashflow, valuation
from assistant.wealth.answer import Answer, Note, Query, Since
from assistant.wealth.entry import Account, Flow, Movement
from assistant.wealth.ledger import Ledger

Row = dict[str, Any]
INVESTED = ("brokerage", "insurance")  # kinds of account that hold investments


@dataclass(frozen=True, slots=True)
class Counted:
    """A movement with its value in the reporting currency."""

    movement: Movement
    value: Money
    rated: date | None

    def row(self) -> Row:
        each = self.movement
        return {
            "date": each.day, "payee": each.payee, "memo": each.memo, "category": each.category,
            "account": each.account, "amount": each.money, "value": self.value,
        }  # fmt: skip


class Books:
    def __init__(self, ledger: Ledger, query: Query) -> None:
        self.ledger = ledger
        self.query = query

    @property
    def end(self) -> date:
        """The last day that can be known."""
        return min(self.query.period.end, self.query.today)

    @property
    def eve(self) -> date:
        """The day before the period: where it starts from."""
        return self.query.period.start - timedelta(days=1)

    @cached_property
    def accounts(self) -> tuple[Account, ...]:
        return self.ledger.accounts(self.query.user)

    # -- what moved

    def movements(self, flow: Flow, period: Period | None = None) -> list[Movement]:
        query, wanted = self.query, period or self.query.period
        found = self.ledger.movements(query.user, flow, wanted.start, min(wanted.end, query.today))
        return [
            each for each in found
            if query.category in ("", each.category) and query.account in ("", each.account)
            if not query.payee or mentions(query.payee, each.payee, each.memo)
        ]  # fmt: skip

    def counted(self, flow: Flow, period: Period | None = None) -> list[Counted]:
        """Each converted; refunds and small rows fall to an amount filter like any other."""
        query, found = self.query, self.converted(self.movements(flow, period))
        return [
            each for each in found
            if (not query.over or each.value > query.over) and (not query.least or each.value >= query.least)
            if (not query.under or each.value < query.under) and (not query.most or each.value <= query.most)
        ]  # fmt: skip

    def converted(self, found: Iterable[Movement]) -> list[Counted]:
        result = []
        for each in found:
            value, rated = fx.convert(each.money, self.query.currency, each.day)
            result.append(Counted(each, value, None if each.money.currency == self.query.currency else rated))
        return result

    def flow(self, flow: Flow, period: Period | None = None) -> Money:
        return self.sum(each.value for each in self.counted(flow, period))

    # -- what is there

    def values(self, on: date) -> list[valuation.Value]:
        query = self.query
        return [
            each for each in valuation.values(self.ledger, query.user, on, query.currency)
            if query.account in ("", each.holding.account.name)
            if not query.holding or (each.holding.security and each.holding.security.name == query.holding)
        ]  # fmt: skip

    def curve(self, start: date, end: date) -> list[Row]:
        """Worth on `start` and at regular days that end on `end`: daily up to a quarter, weekly up to three years."""
        span = self.ledger.span(self.query.user)
        start = max(start, span[0]) if span else start
        length = max((end - start).days, 0)
        days = sorted({min(start, end), *(end - timedelta(days=back) for back in range(0, length + 1, stride(length)))})
        names = [self.query.account] if self.query.account else ()
        amounts = valuation.curve(self.ledger, self.query.user, days, self.query.currency, names)
        return [
            {"label": day.isoformat(), "value": Money(int(minor), self.query.currency)}
            for day, minor in zip(days, amounts, strict=True)
        ]

    # -- answers

    def sum(self, amounts: Iterable[Money]) -> Money:
        return total(amounts, self.query.currency)

    def of(self, minor: int) -> Money:
        return Money(minor, self.query.currency)

    def on(self, amount: Money, day: date | None = None) -> Money:
        """`amount` in the reporting currency at the rate of `day`, today's without one."""
        return fx.convert(amount, self.query.currency, day or self.query.today)[0]

    def answer(self, rows: Sequence[Mapping[str, Any]], value: Money | Decimal | None = None, **more: Any) -> Answer:
        """`value` None: the sum of the rows."""
        given = self.sum(row["value"] for row in rows) if value is None else value
        return Answer(**{"value": given, "rows": tuple(rows), "period": self.query.period, "query": self.query} | more)

    def of_movements(self, found: Sequence[Counted], **more: Any) -> Answer:
        """Rows the newest first, or as they come with `group`; how many there are; the rates' oldest day."""
        rows = more.pop("rows", None) or [each.row() for each in found]
        group = self.query.group
        series = summed(rows, group, self) if group else ()
        facts = {"count": len(rows)} | more.pop("facts", {})
        return self.answer(rows, **{"price_date": rated(found), "series": series, "facts": facts} | more)

    def of_values(self, found: Sequence[valuation.Value], **more: Any) -> Answer:
        day = Period(self.end, self.end)
        rows = more.pop("rows", None) or [value_row(each) for each in found]
        told = {"price_date": valuation.oldest(found), "warnings": stale(found), "period": day}
        return self.answer(rows, **told | more)


def mentions(words: str, payee: str, memo: str = "") -> bool:
    """Whether a row's text holds these words, as printed or without its digits and marks."""
    said = cashflow.plain(words)
    return said in cashflow.plain(f"{payee} {memo}") or said in cashflow.normal_payee(payee)


def value_row(each: valuation.Value) -> Row:
    security = each.holding.security
    return {
        "account": each.holding.account.name, "holding": security.name if security else "",
        "class": each.asset_class, "currency_held": each.amount.currency, "amount": each.amount, "value": each.value,
        "price_date": each.priced,
    }  # fmt: skip


KEYS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "month": lambda row: row["date"].isoformat()[:7],
    "currency": lambda row: row.get("currency_held") or row["amount"].currency,
    "payee": lambda row: cashflow.normal_payee(row["payee"]).title(),
}


def summed(rows: Iterable[Mapping[str, Any]], group: str, books: Books) -> tuple[Row, ...]:
    """One point per value of `group`: months in order, everything else the largest first."""
    sums: dict[str, int] = defaultdict(int)
    key = KEYS.get(group) or (lambda row: row[group])
    for row in rows:
        sums[key(row)] += row["value"].minor
    ordered = sorted(sums.items(), key=lambda item: item[0] if group == "month" else -item[1])
    return tuple({"label": label, "value": books.of(minor)} for label, minor in ordered)


def rated(found: Iterable[Counted]) -> date | None:
    return min((each.rated for each in found if each.rated), default=None)


def stale(found: Iterable[valuation.Value]) -> tuple[Note, ...]:
    return tuple(
        Note("warning.stale", {"name": each.holding.security.name}) for each in found
        if each.stale and each.holding.security
    )  # fmt: skip


def since(curve: Sequence[Mapping[str, Any]]) -> Since | None:
    if len(curve) < 2:
        return None
    first, last = curve[0]["value"], curve[-1]["value"]
    share = percent(last.minor - first.minor, abs(first.minor)) if first.minor else None
    return Since(last - first, share, date.fromisoformat(curve[0]["label"]))


def stride(days: int) -> int:
    """Days between two points of a curve over so many days."""
    return 1 if days <= 92 else 7 if days <= 1100 else 30


def percent(part: int, whole: int, digits: str = "0.1") -> Decimal:
    return (Decimal(100 * part) / whole).quantize(Decimal(digits), ROUND_HALF_UP)


def month_of(day: date, back: int = 0) -> Period:
    """The whole month `back` months before that of `day`."""
    first = shifted(day, -back, 1)
    return Period(first, month_end(first))
