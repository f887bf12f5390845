"""What the cards compute, for any numbers: shares sum, goals are reached, loans end, prices compare."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import numpy_financial
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from assistant.errors import BadInput, Refused
from assistant.flash.budget import Budget, Line
from assistant.flash.exchange import Exchange
from assistant.flash.loan import Loan
from assistant.flash.saving import Goal
from assistant.flash.split import Bill, Item, Person, apportion
from assistant.flash.unit_price import UNITS, Pack, Shelf
from assistant.money import Money

settings.register_profile("flash", deadline=None)
settings.load_profile("flash")


def money(least: str = "0.01", most: str = "100000") -> st.SearchStrategy[Decimal]:
    return st.decimals(least, most, places=2)


@st.composite
def bills(draw: st.DrawFn) -> Bill:
    count = draw(st.integers(1, 7))
    portion = st.sampled_from([Decimal(p) for p in ("0.5", "1", "1.5", "2", "3", "60")])
    people = tuple(Person(portions=draw(portion), paid=draw(money("0", "500"))) for _ in range(count))
    total = draw(money())
    items, left = [], total
    for _ in range(draw(st.integers(0, 4))):
        amount = draw(money("0", "200"))
        shared = draw(st.lists(st.booleans(), min_size=count, max_size=count))
        if amount <= left and any(shared):
            items.append(Item("line", amount, tuple(shared)))
            left -= amount
    tip, extra = draw(st.sampled_from([Decimal(t) for t in ("0", "7.5", "10", "18")])), draw(money("0", "20"))
    payer = draw(st.integers(-1, count - 1))
    return Bill(draw(st.sampled_from(["EUR", "JPY", "KWD"])), total, people, tuple(items), tip, extra, payer)


@given(bills())
def test_shares_always_sum_to_the_bill_with_its_tip(bill: Bill) -> None:
    assume(bill.whole.minor)
    assert sum(share.minor for share in bill.shares) == bill.whole.minor
    assert all(share.minor >= 0 for share in bill.shares)


@given(bills())
def test_what_is_open_is_what_nobody_has_paid(bill: Bill) -> None:
    assume(bill.whole.minor)
    assert sum(m.minor for m in bill.open) == bill.whole.minor - sum(m.minor for m in bill.paid)
    if bill.payer >= 0 and sum(person.paid for person in bill.people) <= bill.total:
        assert sum(money.minor for money in bill.open) == 0


@given(st.integers(0, 10**9), st.lists(st.fractions(0, 1000, max_denominator=97), min_size=1, max_size=9))
def test_no_share_is_a_cent_from_its_exact_part(whole: int, parts: list[Fraction]) -> None:
    assume(sum(parts))
    shares = apportion(whole, parts)
    assert sum(shares) == whole
    assert all(abs(share - whole * part / sum(parts)) < 1 for share, part in zip(shares, parts, strict=True))


@given(st.integers(0, 10**6), st.integers(1, 12))
def test_equal_people_differ_by_a_cent_at_most(whole: int, count: int) -> None:
    shares = apportion(whole, [Fraction(1)] * count)
    assert max(shares) - min(shares) <= 1


def test_who_had_no_wine_pays_none_of_it() -> None:
    bill = Bill("EUR", Decimal("84.60"), (Person("Ana"), Person("Ben"), Person(me=True)),
                (Item("wine", Decimal(18), (False, True, True)),))  # fmt: skip
    assert [share.minor for share in bill.shares] == [2220, 3120, 3120]


def test_a_line_that_nobody_shares_is_refused() -> None:
    with pytest.raises(BadInput, match="flash_nobody"):
        Bill("EUR", Decimal(10), (Person(), Person()), (Item("wine", Decimal(4), (False, False)),))


def test_lines_may_not_be_worth_more_than_the_bill() -> None:
    with pytest.raises(BadInput, match="flash_parts"):
        Bill("EUR", Decimal(10), (Person(),), (Item("wine", Decimal(11), (True,)),))


rates = st.decimals("0", "12", places=2)


@given(money("1", "50000"), money("0", "20000"), rates, st.integers(1, 240))
def test_the_monthly_sum_reaches_the_target_and_a_cent_less_does_not(
    target: Decimal, have: Decimal, rate: Decimal, months: int
) -> None:
    goal = Goal("EUR", target, months=months, have=have, rate=rate)
    assert goal.path[-1] >= Money.of(target, "EUR") and len(goal.path) == months + 1
    assert goal.path[-1] == goal.path[0] + goal.deposit * months + goal.interest
    if goal.deposit.minor:
        less = Goal("EUR", target, have=have, rate=rate, monthly=goal.deposit.decimal - Decimal("0.01"))
        try:
            assert len(less.path) > months + 1
        except Refused as never:
            assert never.key == "flash_never"


@given(money("1", "50000"), money("10", "5000"), rates)
def test_the_month_a_sum_reaches_the_target_is_the_first(target: Decimal, monthly: Decimal, rate: Decimal) -> None:
    assume(target / monthly < 1000)
    path = Goal("EUR", target, rate=rate, monthly=monthly).path
    assert path[-1] >= Money.of(target, "EUR") > path[-2]


def test_a_goal_that_no_deposit_reaches_is_refused() -> None:
    with pytest.raises(Refused, match="flash_never"):
        _ = Goal("EUR", Decimal(100), monthly=Decimal(0)).path


# Cents of rounding can end a small loan over decades a month early, as they do at a bank.
loans = st.builds(Loan, st.just("EUR"), money("20000", "500000"), rates, st.integers(2, 420))


@given(loans)
def test_a_loan_ends_on_its_last_month_and_every_cent_is_principal_or_interest(loan: Loan) -> None:
    plan = loan.agreed
    assert plan.months == loan.months and plan.balances[-1] == 0
    assert plan.paid == plan.interest + plan.balances[0]
    assert all(later < earlier for earlier, later in pairwise(plan.balances))


@given(loans)
def test_the_instalment_is_the_annuity(loan: Loan) -> None:
    exact = numpy_financial.pmt(float(loan.rate) / 1200, loan.months, -float(loan.principal))
    assert abs(loan.instalment.minor / 100 - exact) < 0.0051 + 1e-9 * exact


@given(loans, money("1", "2000"), money("0", "400"))
def test_paying_more_saves_months_and_interest_and_never_costs(loan: Loan, extra: Decimal, lump: Decimal) -> None:
    faster = Loan("EUR", loan.principal, loan.rate, loan.months, extra=extra, lump=lump).faster
    assert faster.months <= loan.agreed.months and faster.interest <= loan.agreed.interest
    assert faster.paid + Money.of(lump, "EUR").minor == faster.interest + loan.agreed.balances[0]


def test_an_instalment_below_the_interest_never_repays() -> None:
    with pytest.raises(Refused, match="flash_never_repaid"):
        _ = Loan("EUR", Decimal(100000), Decimal(6), payment=Decimal(400)).agreed


packs = st.builds(Pack, st.decimals("0.5", "5000", places=1), st.sampled_from(["kg", "g", "oz", "lb"]),
                  money("0.01", "500"), st.integers(1, 24))  # fmt: skip


@given(st.lists(packs, min_size=1, max_size=5))
def test_no_pack_is_cheaper_than_the_best_and_twice_of_one_is_as_dear(found: list[Pack]) -> None:
    shelf = Shelf("EUR", tuple(found))
    best = found[shelf.best]
    assert all(pack.per >= best.per for pack in found) and shelf.dearer[shelf.best] == 0
    assert Pack(best.quantity, best.unit, best.price * 2, best.count * 2).per == best.per
    assert shelf.prices[shelf.best] == min(shelf.prices)


def test_a_kilogram_and_a_litre_do_not_compare() -> None:
    assert {name for name, _ in UNITS.values()} == {"kg", "l", "m", "piece"}
    with pytest.raises(BadInput, match="flash_units"):
        Shelf("EUR", (Pack(Decimal(1), "kg", Decimal(2)), Pack(Decimal(1), "l", Decimal(2))))


@given(money("1", "10000"), st.sampled_from(["USD", "JPY", "CNY", "GBP"]))
def test_an_amount_exchanged_and_back_is_itself_within_rounding(amount: Decimal, currency: str) -> None:
    there, day = Exchange(amount, "EUR", currency, date(2026, 3, 2)).result
    assume(there.minor)
    back, _ = Exchange(there.decimal, currency, "EUR", date(2026, 3, 2)).result
    coarse = {"JPY": 2}.get(currency, 1)
    assert abs(back.minor - Money.of(amount, "EUR").minor) <= coarse and day <= date(2026, 3, 2)


def test_the_curve_of_a_rate_ends_at_the_rate() -> None:
    exchange = Exchange(Decimal(1), "EUR", "JPY", date(2026, 3, 2))
    assert exchange.curve[-1][0] == exchange.on
    assert abs(exchange.curve[-1][1] - float(exchange.rates[0])) < 0.001


@given(st.lists(st.tuples(money("0", "5000"), st.integers(0, 200)), min_size=1, max_size=8))
def test_what_a_budget_frees_is_what_its_lines_lose(lines: list[tuple[Decimal, int]]) -> None:
    budget = Budget("EUR", 3, tuple(Line("rent", spent, Decimal(percent)) for spent, percent in lines))
    parts = [Money.of(line.spent, "EUR") - line.after("EUR") for line in budget.lines]
    assert budget.freed.minor == sum(part.minor for part in parts)
