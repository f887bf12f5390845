"""A person says once where a payee belongs; the rows that are there and the next file follow."""

from datetime import date

import pytest

from assistant.errors import BadInput
from assistant.money import Money
from assistant.reply import Period
from assistant.request import Upload
from assistant.wealth import Wealth
from tests.wealth.conftest import ME

OCTOBER = (
    b"Date;Payee;Amount\n2026-10-05;CB ZORBA 0042 PARIS;-12,00\n2026-10-07;CB ZORBA 0077 PARIS;-9,50\n"
    b"2026-10-09;X;-1,00\n"
)
NOVEMBER = b"Date;Payee;Amount\n2026-11-05;CB ZORBA 0099 PARIS;-11,00\n"


def spent(wealth: Wealth, category: str) -> Money:
    found = wealth.ask(ME, "spending", Period(date(2026, 10, 1), date(2026, 11, 30)), category=category).value
    assert isinstance(found, Money)
    return found


def test_a_correction_moves_what_is_booked_and_the_next_file_knows_it(wealth: Wealth) -> None:
    wealth.import_file(ME, Upload("bank.csv", OCTOBER))
    assert spent(wealth, "restaurants") == Money(0, "EUR")
    assert wealth.correct(ME, "CB ZORBA 0042 PARIS", "restaurants") == 2
    assert spent(wealth, "restaurants") == Money(2_150, "EUR")
    assert wealth.preview(ME, Upload("bank.csv", NOVEMBER)).categories == ("restaurants",)
    wealth.import_file(ME, Upload("bank.csv", NOVEMBER))
    assert spent(wealth, "restaurants") == Money(3_250, "EUR")


def test_a_payee_can_turn_out_to_be_an_account_of_ones_own(wealth: Wealth) -> None:
    wealth.import_file(ME, Upload("bank.csv", OCTOBER))
    assert wealth.correct(ME, "CB ZORBA 0042 PARIS", "transfer") == 2
    assert spent(wealth, "") == Money(100, "EUR")


def test_the_last_word_counts(wealth: Wealth) -> None:
    wealth.import_file(ME, Upload("bank.csv", OCTOBER))
    wealth.correct(ME, "CB ZORBA 0042 PARIS", "travel")
    assert wealth.correct(ME, "CB ZORBA 0042 PARIS", "leisure") == 2
    assert (spent(wealth, "travel"), spent(wealth, "leisure")) == (Money(0, "EUR"), Money(2_150, "EUR"))


def test_an_unknown_category_changes_nothing(wealth: Wealth) -> None:
    wealth.import_file(ME, Upload("bank.csv", OCTOBER))
    with pytest.raises(BadInput, match="unknown_category"):
        wealth.correct(ME, "CB ZORBA 0042 PARIS", "yachts")
    assert spent(wealth, "other") == Money(2_250, "EUR")
