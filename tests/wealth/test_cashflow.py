"""Categories, transfers, recurring payments and double charges, as pure functions."""

from datetime import date, timedelta

import pytest

from assistant.money import Money
from assistant.wealth import cashflow
from assistant.wealth.cashflow import categorise, next_date, recurring, refunds, transfers, twice
from assistant.wealth.entry import Movement

TODAY = date(2026, 11, 22)


def spent(payee: str, minor: int, day: date, account: str = "Main", entry: str = "") -> Movement:
    return Movement(entry or f"{payee}{day}{minor}{account}", day, payee, "", "other", account, Money(minor, "EUR"))


@pytest.mark.parametrize(
    ("text", "positive", "expected"),
    [
        ("CB CARREFOUR MARKET 12/11", False, ("expense", "groceries")),
        ("Uber Eats Paris", False, ("expense", "restaurants")),
        ("UBER *TRIP", False, ("expense", "transport")),
        ("盒马鲜生 杭州", False, ("expense", "groceries")),
        ("VIR SALAIRE NOVEMBRE", True, ("income", "salary")),
        ("Stadtwerke Abschlag Strom", False, ("expense", "utilities")),
        ("Salary refund", True, ("expense", "salary")),
        ("REMBOURSEMENT MAISON FIL", True, ("expense", "shopping")),
        ("Xyzzy 4242", False, ("expense", "other")),
        ("Xyzzy 4242", True, ("income", "other")),
        ("Donut parade", False, ("expense", "other")),  # "don" is no word of it
    ],
)
def test_a_text_gets_its_category(text: str, positive: bool, expected: tuple[str, str]) -> None:
    assert categorise(text, positive, {}) == expected


def test_a_persons_own_rule_wins() -> None:
    assert categorise("CARREFOUR 0042", False, {"carrefour": "gifts"}) == ("expense", "gifts")


def test_every_category_of_the_lexicon_is_a_category() -> None:
    assert set(cashflow._lexicon()[0].values()) <= set(cashflow.CATEGORIES)


def test_a_transfer_needs_a_word_two_accounts_and_opposite_amounts() -> None:
    out, into = spent("Transfer to savings", -500, TODAY), spent("deposit", 500, TODAY, "Savings")
    salary, rent = spent("Salary", 900, TODAY, "Joint"), spent("Rent", -900, TODAY)
    far = spent("Transfer", 500, TODAY + timedelta(days=9), "Savings")
    assert transfers([out, into, salary, rent]) == sorted([out.entry, into.entry])
    assert transfers([out, far]) == []
    assert transfers([out, spent("Transfer", 500, TODAY)]) == []


def test_one_row_is_paired_once_with_the_nearest_day() -> None:
    out = spent("Transfer", -500, TODAY)
    near, far = spent("in", 500, TODAY, "Savings"), spent("in", 500, TODAY + timedelta(days=2), "Savings")
    assert transfers([out, far, near]) == sorted([out.entry, near.entry])


def test_payments_from_weekly_to_yearly_are_found_with_their_next_day() -> None:
    rows = [spent("Gym", 900, TODAY - timedelta(days=3 + 7 * n)) for n in range(6)]
    rows += [spent("Stream", 1299, date(2026, month, 13)) for month in range(6, 12)]
    rows += [spent("Water", 6000 + month, date(2026, month, 16)) for month in (2, 5, 8, 11)]
    rows += [spent("Cloud", 8900, date(year, 3, 19)) for year in (2025, 2026)]
    found = {each.payee: (each.rhythm, each.next) for each in recurring(rows, TODAY)}
    assert found == {
        "Gym": ("weekly", TODAY + timedelta(days=4)),
        "Stream": ("monthly", date(2026, 12, 13)),
        "Water": ("quarterly", date(2027, 2, 16)),
        "Cloud": ("yearly", date(2027, 3, 19)),
    }


def test_irregular_visits_and_ended_subscriptions_are_not_recurring() -> None:
    visits = [spent("Market", 2000 + n, TODAY - timedelta(days=n * n % 60)) for n in range(12)]
    ended = [spent("Old", 999, date(2026, month, 5)) for month in range(1, 7)]
    assert recurring(visits + ended, TODAY) == []


def test_a_price_rise_is_seen_against_the_median_before() -> None:
    rows = [spent("Stream", 1349 if month < 9 else 1599, date(2026, month, 13)) for month in range(3, 12)]
    (found,) = recurring(rows, TODAY)
    assert found.risen and found.before == Money(1349, "EUR") and found.amount == Money(1599, "EUR")


def test_the_parts_of_one_payment_count_as_one() -> None:
    rows = []
    for month in (8, 9, 10, 11):
        rows += [spent("Loan", 20_000, date(2026, month, 6), entry=f"e{month}"),
                 spent("Loan", 1_000, date(2026, month, 6), entry=f"e{month}")]  # fmt: skip
    (found,) = recurring(rows, TODAY)
    assert found.amount == Money(21_000, "EUR") and len(found.entries) == 4


def test_the_last_day_of_a_month_stays_the_last_day() -> None:
    assert next_date(date(2026, 1, 31), "monthly") == date(2026, 2, 28)
    assert next_date(date(2028, 2, 29), "yearly") == date(2029, 2, 28)
    assert next_date(date(2026, 12, 5), "monthly") == date(2027, 1, 5)


def test_a_charge_made_twice_is_found_and_an_accident_of_weeks_is_not() -> None:
    first, second = spent("Bistro", 4860, TODAY, entry="a"), spent("Bistro", 4860, TODAY + timedelta(days=1), entry="b")
    later = spent("Bistro", 4860, TODAY + timedelta(days=20), entry="c")
    other = spent("Bistro", 4861, TODAY, entry="d")
    assert twice([first, other, second, later]) == [(first, second)]


def test_a_refund_finds_the_purchase_it_gives_back() -> None:
    dear, cheap = spent("Maison Fil", 7_990, TODAY - timedelta(days=20)), spent("Maison Fil", 2_000, TODAY)
    other, late = spent("Atelier Nord", 7_990, TODAY), spent("Maison Fil", -7_990, TODAY + timedelta(days=200))
    full, part = spent("MAISON FIL REFUND", -7_990, TODAY), spent("Maison Fil", -500, TODAY + timedelta(days=1))
    assert refunds([dear, cheap, other, full, part, late]) == [(full, dear), (part, cheap), (late, None)]


def test_a_purchase_is_given_back_once() -> None:
    bought = spent("Maison Fil", 7_990, TODAY)
    twice_back = [spent("Maison Fil", -7_990, TODAY + timedelta(days=day)) for day in (3, 4)]
    assert [each for _, each in refunds([bought, *twice_back])] == [bought, None]
