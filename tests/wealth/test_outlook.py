"""What is coming until payday, and how long the savings last: on the demo household and on small ledgers."""

from datetime import date
from decimal import Decimal

import pytest

from assistant.clock import MovableClock
from assistant.money import Money, total
from assistant.wealth import Wealth, outlook
from assistant.wealth.cashflow import next_date
from assistant.wealth.entry import Account, Entry, Posting
from tests.wealth.conftest import ME, paid

TODAY = date(2026, 11, 22)


def earned(account: Account, payee: str, minor: int, day: date) -> Entry:
    money = Money(minor, account.currency)
    return Entry(day, payee, (Posting(money, account.id), Posting(-money, flow="income", category="salary")))


@pytest.fixture
def main(wealth: Wealth, clock: MovableClock) -> Account:
    """Salary on the 28th, rent on the 3rd, 30.00 of groceries on the 10th of July to November."""
    account = wealth.ledger.add_account(ME, "Main", "current", "EUR")
    rows = [Entry(date(2026, 6, 30), "Opening", (Posting(Money(100_000, "EUR"), account.id),
                                                 Posting(Money(-100_000, "EUR"), flow="opening")))]  # fmt: skip
    for month in (7, 8, 9, 10):
        rows += [earned(account, "Studio pay", 200_000, date(2026, month, 28))]
    for month in (7, 8, 9, 10, 11):
        rows += [paid(account, "Rent", 80_000, date(2026, month, 3), "rent")]
        rows += [paid(account, f"Shop {'abcde'[month - 7]}", 3_000, date(2026, month, 10), "groceries")]
    wealth.ledger.post(ME, rows, "test", clock.now())
    return account


def test_the_forecast_stops_before_payday(wealth: Wealth, main: Account) -> None:
    found = outlook.forecast(wealth.ledger, ME, TODAY, "EUR")
    assert found.payday and (found.payday.day, found.payday.value) == (date(2026, 11, 28), Money(200_000, "EUR"))
    assert (found.until, found.due) == (date(2026, 11, 27), ())
    assert found.everyday == Money(-500, "EUR")  # 30.00 in each stretch of 30 days, five days ahead
    assert found.end == found.balance - Money(500, "EUR") == Money(484_500, "EUR")


def test_one_account_can_be_asked_for_alone(home: Wealth) -> None:
    found = home.forecast(ME, account="支付宝", currency="CNY")
    assert found.payday and (found.payday.day, found.payday.money) == (date(2026, 11, 25), Money(260_000, "CNY"))
    assert found.balance == home.ask(ME, "balance", account="Alipay").value
    assert found.price_date is None


def test_a_later_end_holds_salary_and_rent(wealth: Wealth, main: Account) -> None:
    found = outlook.forecast(wealth.ledger, ME, TODAY, "EUR", until=date(2027, 1, 5))
    assert [(each.day, each.money.minor) for each in found.due] == [
        (date(2026, 11, 28), 200_000), (date(2026, 12, 3), -80_000),
        (date(2026, 12, 28), 200_000), (date(2027, 1, 3), -80_000),
    ]  # fmt: skip
    assert found.end == found.balance + total((each.value for each in found.due), "EUR") + found.everyday
    assert found.lowest == (date(2026, 11, 27), Money(484_500, "EUR"))


def test_bills_due_in_a_window_leave_the_others_out(wealth: Wealth, main: Account) -> None:
    found = outlook.due(wealth.ledger, ME, TODAY, date(2026, 12, 31), TODAY, "EUR")
    assert [(each.payee, each.day) for each in found] == [
        ("Rent", date(2026, 12, 3)), ("Shop a", date(2026, 12, 10)),
    ][:1]  # fmt: skip
    assert [row["date"] for row in wealth.ask(ME, "payday").rows] == [date(2026, 11, 28)]


def test_a_bill_that_is_late_is_still_to_be_paid(wealth: Wealth, main: Account, clock: MovableClock) -> None:
    gym = [paid(main, "Gym", 2_900, date(2026, month, 20), "leisure") for month in (7, 8, 9, 10)]
    wealth.ledger.post(ME, gym, "test", clock.now())
    rows = {row["item"]: row["value"] for row in wealth.ask(ME, "left_to_spend").rows}
    assert rows["bills"] == Money(-2_900, "EUR")


def test_what_is_left_of_a_month_is_counted_over_the_months_that_have_rows(wealth: Wealth, main: Account) -> None:
    assert wealth.spare(ME) == wealth.spare(ME, months=12) == Money(117_000, "EUR")


def test_a_payment_that_stopped_is_not_expected(wealth: Wealth, main: Account, clock: MovableClock) -> None:
    later = [paid(main, "Shop z", 500, date(2027, 1, 20), "groceries")]
    wealth.ledger.post(ME, later, "test", clock.now())
    assert outlook.due(wealth.ledger, ME, date(2027, 1, 21), date(2027, 3, 1), date(2027, 1, 21), "EUR") == []


def test_what_the_last_file_did_not_reach_still_runs(wealth: Wealth, main: Account) -> None:
    """Nothing after 10 November is known on 20 December: the rent goes on, only its next day is asked for."""
    found = outlook.due(wealth.ledger, ME, date(2026, 12, 20), date(2027, 1, 31), date(2026, 12, 20), "EUR")
    assert [(each.payee, each.day) for each in found] == [("Rent", date(2027, 1, 3))]


def test_a_savings_plan_leaves_the_accounts_one_spends_from(home: Wealth) -> None:
    found = outlook.forecast(home.ledger, ME, TODAY, "EUR", until=date(2026, 12, 31))
    named = {each.payee: each.money for each in found.due}
    assert named["Transfer to PEA"] == Money(-25_000, "EUR")
    assert "转账到微信" not in named  # from one wallet to the other


def test_the_runway_is_what_is_liquid_over_a_median_month(wealth: Wealth, main: Account) -> None:
    found = wealth.ask(ME, "runway")
    assert found.period.start == date(2026, 7, 1) and found.facts["count"] == 4
    assert [row["value"].minor for row in found.rows] == [485_000, 83_000, -117_000]
    assert found.value == Decimal("5.8") and found.facts["as_now"] is None  # 4,850.00 / 830.00; it grows


def test_a_payment_moved_by_a_weekend_is_expected_on_its_usual_day() -> None:
    assert next_date(date(2026, 10, 30), "monthly", 1) == date(2026, 12, 1)
    assert next_date(date(2026, 3, 2), "monthly", 28) == date(2026, 3, 28)
    assert next_date(date(2026, 2, 28), "monthly", 31) == date(2026, 3, 31)
