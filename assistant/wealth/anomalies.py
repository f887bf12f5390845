"""What stands out in money in and out, each time with the rule that fired. A rule, not a verdict: all may be right.

`double_charge`  same payee, amount and account within three days
`price_rise`     a recurring payment whose last amount is over 2 % above the median of those before it
`jump`           over five scaled deviations (MAD) above the payee's median, from five earlier payments on
`new_payee`      the first payment to somebody, above nine tenths of the payments of the year before it
`category_jump`  a month's category as far above the median of the months before it, from four months on
`missing_income` a recurring income that is missing among later rows of its account
"""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median, quantiles
from typing import Literal

from assistant.money import Money
from assistant.reply import Period
from assistant.wealth import cashflow
from assistant.wealth.entry import Movement

Rule = Literal["double_charge", "price_rise", "jump", "new_payee", "category_jump", "missing_income"]
SCALED = 1.4826  # of a normal distribution, the deviation is this times the median absolute deviation
FAR, FLAT = 5, 0.1  # scaled deviations; a payee that never varies may vary by this share of its median
LEAST = 5  # earlier payments of a payee before one of them can stand out
SETTLED = timedelta(days=90)  # how long rows must reach back before a payee counts as new
MONTHS = 4


@dataclass(frozen=True, slots=True)
class Anomaly:
    """`money` is what stands out, `usual` what it is compared with (None where nothing is); `rows` prove it."""

    rule: Rule
    day: date
    payee: str  # of a category jump: the category
    money: Money
    usual: Money | None
    rows: tuple[Movement, ...]


def anomalies(spending: Sequence[Movement], income: Sequence[Movement], period: Period, today: date) -> list[Anomaly]:
    """Everything that stands out within `period`, the newest first; movements reach back before it to compare with."""
    spent = [each for each in spending if each.money.minor > 0]
    found = [
        *(Anomaly("double_charge", b.day, b.payee, b.money, a.money, (a, b)) for a, b in cashflow.twice(spent)),
        *_rises(spent, today), *_missing(income, spending, today), *_payees(spent), *_categories(spending),
    ]  # fmt: skip
    inside = [each for each in found if period.start <= each.day <= min(period.end, today)]
    told = {row.entry for each in inside if each.rule in ("double_charge", "price_rise") for row in each.rows}
    kept = [e for e in inside if e.rule not in ("jump", "new_payee") or e.rows[-1].entry not in told]
    return sorted(kept, key=lambda each: (-each.day.toordinal(), -each.money.minor))


def _rises(spent: Sequence[Movement], today: date) -> list[Anomaly]:
    """Dated by the first payment at the new price."""
    rows = {each.entry: each for each in spent}
    found = []
    for each in cashflow.recurring(spent, today):
        paid = [rows[entry] for entry in each.entries]
        if each.risen and _fixed([row.money.minor for row in paid]):
            first = next(row for row in paid if row.money.minor > each.before.minor)
            found.append(Anomaly("price_rise", first.day, each.payee, each.amount, each.before, tuple(paid)))
    return found


def _fixed(amounts: Sequence[int]) -> bool:
    """Whether most payments cost what the one before did: a price, and no bill that varies with use."""
    same = sum(before == after for before, after in pairwise(amounts))
    return len(amounts) == 2 or 2 * same >= len(amounts) - 1


def _missing(income: Sequence[Movement], spending: Sequence[Movement], today: date) -> list[Anomaly]:
    rows = {each.entry: each for each in income}
    return [
        Anomaly("missing_income", each.next, each.payee, each.amount, each.before, tuple(rows[e] for e in each.entries))
        for each in cashflow.missing(income, today, spending)
    ]


def _payees(spent: Sequence[Movement]) -> list[Anomaly]:
    """Payments far above their payee's median, and large first payments."""
    found: list[Anomaly] = []
    before: dict[tuple[str, str], list[int]] = defaultdict(list)
    year: dict[str, list[Movement]] = defaultdict(list)
    for each in sorted(spent, key=lambda move: move.day):
        mine, others = before[cashflow.normal_payee(each.payee), each.money.currency], year[each.money.currency]
        amount = each.money.minor
        if len(mine) >= LEAST and _far(amount, mine):
            usual = Money(int(median(mine)), each.money.currency)
            found.append(Anomaly("jump", each.day, each.payee, each.money, usual, (each,)))
        elif not mine and len(others) > 20 and each.day - others[0].day >= SETTLED:
            since = bisect_left(others, each.day - timedelta(days=365), key=lambda move: move.day)
            lately = [move.money.minor for move in others[since:]]
            if len(lately) > 20 and amount > quantiles(lately, n=10)[-1]:
                found.append(Anomaly("new_payee", each.day, each.payee, each.money, None, (each,)))
        insort(mine, amount)
        others.append(each)
    return found


def _categories(spending: Sequence[Movement]) -> list[Anomaly]:
    months: dict[tuple[str, str], dict[str, list[Movement]]] = defaultdict(lambda: defaultdict(list))
    for each in spending:
        months[each.category, each.money.currency][each.day.isoformat()[:7]].append(each)
    found = []
    for (category, currency), by_month in months.items():
        sums: list[int] = []
        for _, rows in sorted(by_month.items()):
            amount = sum(row.money.minor for row in rows)
            if len(sums) >= MONTHS and _far(amount, sums) and len(rows) > 1:
                usual = Money(int(median(sums)), currency)
                last = max(row.day for row in rows)
                found.append(Anomaly("category_jump", last, category, Money(amount, currency), usual, tuple(rows)))
            insort(sums, amount)
    return found


def _far(amount: int, before: Sequence[int]) -> bool:
    """`before` in order of size; the deviations are looked at only where the amount is far from the median at all."""
    middle = (before[(len(before) - 1) // 2] + before[len(before) // 2]) / 2
    if amount <= middle + FAR * FLAT * abs(middle):
        return False
    return amount > middle + FAR * SCALED * median(abs(each - middle) for each in before)
