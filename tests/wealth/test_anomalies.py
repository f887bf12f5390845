"""What stands out, with the rule that fired; a normal year stays silent."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from assistant.money import Money
from assistant.reply import Period
from assistant.wealth.anomalies import anomalies
from assistant.wealth.entry import Movement

TODAY = date(2026, 11, 22)
YEAR = Period(date(2025, 11, 23), TODAY)


def move(payee: str, minor: int, day: date, category: str = "groceries") -> Movement:
    return Movement(f"{payee}{day}{minor}", day, payee, "", category, "Main", Money(minor, "EUR"))


@pytest.fixture
def quiet() -> list[Movement]:
    """A year of one household: rent, a weekly market between 40 and 60, a subscription, a bill that varies."""
    found = []
    for back in range(12):
        month = (TODAY.replace(day=1) - timedelta(days=30 * back)).replace(day=1)
        found += [
            move("Rent", 80_000, month + timedelta(days=2), "rent"),
            move("Lumen Stream", 1_349, month, "leisure"),
        ]
        found += [move("Volta", 4_000 + 400 * abs(6 - back), month + timedelta(days=9), "utilities")]
        found += [
            move("Market", 4_000 + 700 * (week - back % 2), month + timedelta(days=1 + 7 * week)) for week in range(4)
        ]
    return sorted((each for each in found if each.day <= TODAY), key=lambda each: each.day)


def rules(spending: list[Movement], income: list[Movement] | None = None) -> list[tuple[str, str]]:
    return [(each.rule, each.payee) for each in anomalies(spending, income or [], YEAR, TODAY)]


def test_a_normal_year_is_silent(quiet: list[Movement]) -> None:
    assert rules(quiet) == []


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        (move("Market", 5_400, date(2026, 11, 20)), []),
        (move("Market", 25_000, date(2026, 11, 20)), [("jump", "Market")]),
        (move("Rent", 80_000, date(2026, 11, 5), "rent"), [("double_charge", "Rent")]),
        (move("Unknown Trader", 190_000, date(2026, 11, 20), "other"), [("new_payee", "Unknown Trader")]),
        (move("Unknown Kiosk", 900, date(2026, 11, 20), "other"), []),
    ],
)
def test_one_row_more(quiet: list[Movement], extra: Movement, expected: list[tuple[str, str]]) -> None:
    assert [each for each in rules([*quiet, extra]) if each[0] != "category_jump"] == expected


def test_a_price_rise_is_dated_by_its_first_payment(quiet: list[Movement]) -> None:
    risen = [replace(each, money=Money(1_599, "EUR")) if each.payee == "Lumen Stream" and each.day >= date(2026, 9, 1)
             else each for each in quiet]  # fmt: skip
    (found,) = anomalies(risen, [], YEAR, TODAY)
    assert (found.rule, found.day, found.usual) == ("price_rise", date(2026, 9, 1), Money(1_349, "EUR"))


def test_a_salary_that_did_not_come_is_said(quiet: list[Movement]) -> None:
    pay = [move("Studio", 200_000, date(2026, month, 10), "salary") for month in range(5, 11)]
    assert rules(quiet, pay) == [("missing_income", "Studio")]
    cut = [each for each in quiet if each.day < date(2026, 11, 12)]  # the file ends two days after it was due
    assert rules(cut, pay) == []


def test_a_dear_month_of_a_category_is_said(quiet: list[Movement]) -> None:
    dinners = [move(f"Bistro {n}", 3_000, date(2026, month, 10 + n), "restaurants")
               for month in (6, 7, 8, 9) for n in range(2)]  # fmt: skip
    feast = [move(f"Bistro {n}", 4_000, date(2026, 10, 10 + n), "restaurants") for n in range(9)]
    assert ("category_jump", "restaurants") in rules(quiet + dinners + feast)
