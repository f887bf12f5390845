"""Lots against a ledger that keeps every single share by itself."""

from datetime import date, timedelta
from fractions import Fraction
from random import Random

import pytest

from assistant.wealth.entry import UNIT
from assistant.wealth.lots import Lot, Method, Trade, book

DAY = date(2026, 1, 1)


def traded(seed: int) -> list[Trade]:
    """Purchases at a whole price per share, so that every share has its own exact cost."""
    dice, held = Random(seed), 0
    trades = []
    for n in range(40):
        count = dice.randrange(1, 20)
        sold = held and dice.random() < 0.5
        count = -min(count, held) if sold else count
        held += count
        trades.append(Trade(DAY + timedelta(n), count, abs(count) * dice.randrange(50, 500)))
    return trades


def share_by_share(trades: list[Trade], method: Method) -> tuple[Fraction, Fraction]:
    """(cost of what is left, gain) with one entry per share."""
    shares: list[tuple[int, Fraction]] = []
    gain = Fraction(0)
    for order, trade in enumerate(trades):
        if trade.quantity > 0:
            shares += [(order, Fraction(trade.amount, trade.quantity))] * trade.quantity
            continue
        key = {"fifo": lambda s: s[0], "lifo": lambda s: -s[0], "hifo": lambda s: -s[1]}.get(method)
        if key:
            shares.sort(key=key)
        else:
            shares = [(order, sum((cost for _, cost in shares), Fraction(0)) / len(shares))] * len(shares)
        gone, shares = shares[: -trade.quantity], shares[-trade.quantity :]
        gain += trade.amount - sum(cost for _, cost in gone)
    return sum((cost for _, cost in shares), Fraction(0)), gain


@pytest.mark.parametrize("method", ["fifo", "lifo", "hifo"])
@pytest.mark.parametrize("seed", range(40))
def test_a_sale_takes_the_shares_that_its_method_names(seed: int, method: Method) -> None:
    found = book(traded(seed), method)
    assert (found.cost, found.gain) == share_by_share(traded(seed), method)


@pytest.mark.parametrize("seed", range(40))
def test_average_cost_is_the_average_to_the_rounding_of_its_sales(seed: int) -> None:
    found = book(traded(seed), "average")
    cost, gain = share_by_share(traded(seed), "average")
    assert abs(found.cost - cost) <= len(found.sales) and abs(found.gain - gain) <= len(found.sales)


@pytest.mark.parametrize("method", ["fifo", "lifo", "hifo", "average"])
@pytest.mark.parametrize("seed", range(20))
def test_no_cent_is_lost_and_nothing_is_left_at_zero(seed: int, method: Method) -> None:
    dice = Random(seed)
    trades = [Trade(DAY, dice.randrange(1, 10**12), dice.randrange(1, 10**9)) for _ in range(9)]
    held = sum(each.quantity for each in trades)
    cuts = sorted(dice.sample(range(1, held), 6))
    parts = [end - start for start, end in zip([0, *cuts], [*cuts, held], strict=True)]
    found = book([*trades, *(Trade(DAY + timedelta(n), -part, 100) for n, part in enumerate(parts))], method)
    assert found.lots == () and sum(each.cost for each in found.sales) == sum(each.amount for each in trades)


def test_a_purchase_of_the_same_day_can_be_sold_in_any_order_of_the_rows() -> None:
    trades = [Trade(DAY, -5, 60), Trade(DAY, 10, 100)]
    assert book(trades) == book(trades[::-1])
    assert book(trades).lots == (Lot(DAY, 5, 50),) and book(trades).gain == 10


def test_selling_more_than_is_held_is_an_error() -> None:
    with pytest.raises(ValueError, match="more sold"):
        book([Trade(DAY, 5, 100), Trade(DAY + timedelta(1), -6, 100)])


@pytest.mark.parametrize("method", ["fifo", "lifo", "hifo", "average"])
def test_a_split_keeps_the_cost_and_a_reverse_split_too(method: Method) -> None:
    """10 at 100.00, 2 for 1, then 1 for 3: 6.66666667 at 150.00 each."""
    day = date(2020, 1, 1)
    bought = [Trade(day, 4 * UNIT, 40_000), Trade(day, 6 * UNIT, 60_000)]
    after = book([*bought, Trade(date(2021, 1, 1), 10 * UNIT, 0)], method)
    assert (after.quantity, after.cost, after.sales) == (20 * UNIT, 100_000, ())
    third = 20 * UNIT // 3
    again = book([*bought, Trade(date(2021, 1, 1), 10 * UNIT, 0),
                       Trade(date(2022, 1, 1), third - 20 * UNIT, 0)], method)  # fmt: skip
    assert (again.quantity, again.cost) == (third, 100_000)


def test_what_became_worthless_is_a_loss_and_no_split() -> None:
    found = book([Trade(date(2020, 1, 1), UNIT, 100), Trade(date(2021, 1, 1), -UNIT, 0)])
    assert (found.quantity, found.gain) == (0, -100)
