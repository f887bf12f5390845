"""Exchange rates: dated, half up, through the euro."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest

from assistant import fx
from assistant.errors import BadInput
from assistant.money import Money


def test_a_rate_is_the_one_the_ecb_published_that_day() -> None:
    assert fx.rate(date(2015, 1, 14), "EUR", "USD") == fx.Rate(Decimal("1.1775"), date(2015, 1, 14))


def test_a_weekend_uses_the_friday_before_and_says_so() -> None:
    assert fx.rate(date(2015, 1, 18), "EUR", "USD") == fx.rate(date(2015, 1, 16), "EUR", "USD")
    assert fx.convert(Money(100, "USD"), "EUR", date(2015, 1, 18))[1] == date(2015, 1, 16)


def test_before_the_first_rate_the_first_counts() -> None:
    assert fx.rate(date(1980, 1, 1), "EUR", "USD").on == date(1999, 1, 4)


def test_two_foreign_currencies_meet_through_the_euro() -> None:
    day = date(2024, 3, 5)
    dollar, yuan = fx.rate(day, "EUR", "USD").value, fx.rate(day, "EUR", "CNY").value
    assert fx.rate(day, "USD", "CNY").value == yuan / dollar


@pytest.mark.parametrize("minor", [1, 99, -12345, 10_000, 123_456_789_012])
@pytest.mark.parametrize("currency", ["USD", "JPY", "CNY"])
def test_a_conversion_is_rounded_half_up_once(minor: int, currency: str) -> None:
    day = date(2022, 6, 15)
    money = Money(minor, "EUR")
    exact = money.decimal * fx.rate(day, "EUR", currency).value
    places = Decimal(1) if currency == "JPY" else Decimal("0.01")
    assert fx.convert(money, currency, day)[0].decimal == exact.quantize(places, ROUND_HALF_UP)


def test_exactly_half_a_cent_goes_away_from_zero() -> None:
    assert [fx.half_up(n, 2) for n in (1, -1, 3, -3)] == [1, -1, 2, -2]


def test_the_same_currency_is_not_touched() -> None:
    assert fx.convert(Money(123, "USD"), "USD", date(2026, 1, 1)) == (Money(123, "USD"), date(2026, 1, 1))


def test_a_currency_nobody_quotes_is_refused_by_name() -> None:
    with pytest.raises(BadInput) as refusal:
        fx.rate(date(2026, 1, 1), "EUR", "XYZ")
    assert refusal.value.key == "no_rate"


def test_a_series_agrees_with_single_rates() -> None:
    days = [date(2026, 10, 1 + n) for n in range(30)]
    series = fx.series(np.array([day.toordinal() for day in days]), "USD", "JPY")
    expected = [float(fx.rate(day, "USD", "JPY").value) / 100 for day in days]
    assert series == pytest.approx(expected, rel=1e-12)


def test_the_shipped_file_is_what_its_script_derives_and_small() -> None:
    from workshop import ecb

    last = ecb.source()[-1]
    day = date.fromisoformat(last["Date"])
    for currency in fx.currencies()[1:]:
        assert fx.rate(day, "EUR", currency) == fx.Rate(Decimal(last[currency]), day)
    assert fx.FILE.stat().st_size < 800_000
