from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.money import Money, digits, total


@pytest.mark.parametrize(("currency", "expected"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("CNY", 2)])
def test_a_currency_has_its_iso_digits(currency: str, expected: int) -> None:
    assert digits(currency) == expected


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.50", "EUR", 1250),
        ("0.005", "EUR", 1),
        ("-0.005", "EUR", -1),
        ("1200", "JPY", 1200),
        ("1.2345", "KWD", 1235),
    ],
)
def test_amounts_round_half_up_to_the_minor_unit(text: str, currency: str, minor: int) -> None:
    assert Money.of(text, currency).minor == minor


@given(st.integers(-(10**12), 10**12), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_decimal_and_minor_units_are_the_same_amount(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert Money.of(money.decimal, currency) == money


def test_two_currencies_never_add_up() -> None:
    with pytest.raises(ValueError, match="EUR"):
        Money(1, "EUR") + Money(1, "USD")


def test_no_digit_is_lost_in_print() -> None:
    assert Money(123450, "JPY").text("en") == "¥123,450"
    assert Money(1250, "EUR").text("en") == "€12.50"
    assert Money(123456789, "EUR").text("fr").replace("\u202f", " ").replace("\xa0", " ") == "1 234 567,89 €"
    assert Money(1250, "CNY").text("zh") == "¥12.50"


def test_the_sum_of_nothing_is_zero() -> None:
    assert total([], "EUR") == Money(0, "EUR")
    assert total([Money(1, "EUR"), Money(2, "EUR")], "EUR").decimal == Decimal("0.03")
