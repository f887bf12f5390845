"""Net worth: exact on a day, the same on the curve, dated, never zero for want of a price."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from assistant.money import Money, total
from assistant.reply import Period
from assistant.wealth import Wealth, valuation
from assistant.wealth.entry import UNIT, Entry, Posting
from tests.wealth.conftest import ME

NOW = datetime(2026, 11, 22, tzinfo=UTC)
TODAY = NOW.date()


def buy(wealth: Wealth, quantity: int, cost: int, day: date) -> tuple[str, str]:
    account = wealth.ledger.add_account(ME, "Broker", "brokerage", "EUR")
    fund = wealth.ledger.add_security(ME, "F", "Fund", "fund", "EUR")
    held = Posting(Money(cost, "EUR"), account.id, security=fund.id, quantity=quantity)
    wealth.ledger.post(ME, [Entry(day, "Buy", (held, Posting(Money(-cost, "EUR"), flow="opening")))], "test", NOW)
    return account.id, fund.id


@pytest.mark.parametrize("currency", ["EUR", "USD", "CNY", "JPY"])
def test_the_curve_is_the_balance_sheet_of_each_day(home: Wealth, currency: str) -> None:
    dice = Random(3)
    days = sorted({TODAY - timedelta(days=dice.randrange(729)) for _ in range(25)})
    curve = valuation.curve(home.ledger, ME, days, currency)
    for day, minor in zip(days, curve, strict=True):
        exact = total((each.value for each in valuation.values(home.ledger, ME, day, currency)), currency)
        assert Money(int(minor), currency) == exact, day


def test_a_fraction_of_a_share_is_rounded_half_up() -> None:
    assert valuation.worth(UNIT // 2, 1 * UNIT // 100, "EUR") == Money(1, "EUR")
    assert valuation.worth(3 * UNIT, 33_335_000 * 100, "EUR") == Money(10001, "EUR")
    assert valuation.worth(-UNIT // 2, UNIT // 100, "EUR") == Money(-1, "EUR")
    assert valuation.worth(2 * UNIT, 150 * UNIT, "JPY") == Money(300, "JPY")


def test_the_last_price_on_or_before_the_day_counts_and_is_dated(wealth: Wealth) -> None:
    _, fund = buy(wealth, 10 * UNIT, 10_000, date(2026, 11, 2))
    security = next(each for each in wealth.ledger.securities(ME) if each.id == fund)
    wealth.ledger.add_prices(ME, security, {date(2026, 11, 5): 11 * UNIT, date(2026, 11, 10): 12 * UNIT})
    answers = {day: wealth.ask(ME, "net_worth", period=_on(day)) for day in (3, 5, 9, 10, 22)}
    assert {day: a.value.minor for day, a in answers.items() if isinstance(a.value, Money)} == {
        3: 11_000, 5: 11_000, 9: 11_000, 10: 12_000, 22: 12_000,
    }  # fmt: skip
    assert answers[9].price_date == date(2026, 11, 5)


def test_without_any_price_the_last_trade_counts_and_a_warning_says_so(wealth: Wealth) -> None:
    buy(wealth, 4 * UNIT, 10_000, date(2026, 11, 2))
    answer = wealth.ask(ME, "net_worth")
    assert answer.value == Money(10_000, "EUR")
    assert [note.key for note in answer.warnings] == ["warning.stale"]
    assert answer.series[-1]["value"] == answer.value


def test_debts_are_deducted(wealth: Wealth) -> None:
    loan = wealth.ledger.add_account(ME, "Loan", "loan", "EUR")
    debt = Money(-5_000, "EUR")
    entry = Entry(TODAY, "Opening", (Posting(debt, loan.id), Posting(-debt, flow="opening")))
    wealth.ledger.post(ME, [entry], "test", NOW)
    assert wealth.ask(ME, "net_worth").value == debt


def _on(day: int) -> Period:
    return Period(date(2026, 11, day), date(2026, 11, day))
