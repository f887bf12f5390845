"""The metrics: a figure is the sum of the rows it shows, to the minor unit."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import pyxirr

from assistant import fx
from assistant.clock import MovableClock
from assistant.errors import BadInput, LueurError, NotFound, Refused
from assistant.money import Money, total
from assistant.reply import Period
from assistant.settings import Settings
from assistant.store import Store
from assistant.wealth import Answer, Wealth
from assistant.wealth.entry import UNIT, Entry, Posting
from assistant.wealth.questions import METRICS
from tests.wealth.conftest import ME, paid

OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))
OTHERWISE = {
    "savings_rate",
    "return",
    "exposure",
    "concentration",
    "runway",
    "benchmark",
    "drawdown",
    "data_quality",
    "cost_basis",
}  # no sum of money: a share, months, a count, a price
MONEY = sorted(set(METRICS) - OTHERWISE)


@pytest.fixture
def home(untouched: Wealth) -> Wealth:
    return untouched


def rows_sum(answer: Answer) -> Money:
    return total((row["value"] for row in answer.rows), answer.currency)


@pytest.mark.parametrize("currency", ["EUR", "JPY"])
@pytest.mark.parametrize("metric", MONEY)
def test_a_figure_is_the_sum_of_its_rows(home: Wealth, metric: str, currency: str) -> None:
    answer = home.ask(ME, metric, currency=currency)
    assert (answer.rows or not answer.facts["count"]) and answer.value == rows_sum(answer)
    assert answer.currency == currency


@pytest.mark.parametrize("group", ["category", "month", "account", "currency"])
def test_groups_of_spending_add_up_to_it(home: Wealth, group: str) -> None:
    answer = home.ask(ME, "spending", OCTOBER, group=group)
    assert total((point["value"] for point in answer.series), "EUR") == answer.value


@pytest.mark.parametrize("group", ["account", "currency", "class"])
def test_groups_of_net_worth_add_up_to_it(home: Wealth, group: str) -> None:
    answer = home.ask(ME, "net_worth", group=group)
    assert total((point["value"] for point in answer.series), "EUR") == answer.value == home.ask(ME, "net_worth").value


def test_foreign_spending_is_converted_at_the_rate_of_its_day(home: Wealth) -> None:
    answer = home.ask(ME, "spending", OCTOBER, account="Alipay")
    assert answer.rows
    for row in answer.rows:
        assert row["amount"].currency == "CNY"
        assert row["value"] == fx.convert(row["amount"], "EUR", row["date"])[0]
    assert answer.price_date == min(fx.convert(row["amount"], "EUR", row["date"])[1] for row in answer.rows)


def test_filters_narrow_and_never_leak(home: Wealth) -> None:
    answer = home.ask(ME, "spending", OCTOBER, account="支付宝", category="groceries")
    assert {(row["account"], row["category"]) for row in answer.rows} == {("Alipay", "groceries")}
    assert all(OCTOBER.start <= row["date"] <= OCTOBER.end for row in answer.rows)


def test_transfers_and_purchases_of_funds_are_no_spending_but_loan_payments_are(home: Wealth) -> None:
    payees = {row["payee"]: row for row in home.ask(ME, "spending", OCTOBER).rows}
    assert not [name for name in payees if name.startswith("Transfer") or "转账" in name]
    assert {row["category"] for name, row in payees.items() if name.startswith("Buy")} == {"fees"}
    assert home.ask(ME, "spending", OCTOBER, category="loan").rows


def test_the_parts_of_a_change_explain_it(home: Wealth) -> None:
    answer = home.ask(ME, "net_worth_change", OCTOBER)
    before = home.ask(ME, "net_worth", Period(date(2026, 9, 30), date(2026, 9, 30))).value
    after = home.ask(ME, "net_worth", Period(date(2026, 10, 31), date(2026, 10, 31))).value
    assert isinstance(before, Money) and isinstance(after, Money)
    assert answer.value == after - before and answer.change is not None and answer.change.value == answer.value
    assert [row["item"] for row in answer.rows] == ["income", "spending", "markets"]


def test_a_curve_ends_at_the_figure(home: Wealth) -> None:
    for metric in ("net_worth", "net_worth_history", "net_worth_change"):
        answer = home.ask(ME, metric)
        assert answer.series[-1]["value"] == home.ask(ME, "net_worth").value
    assert len(answer.series) < 120


def test_the_savings_rate_is_what_is_kept_of_the_income(home: Wealth) -> None:
    answer = home.ask(ME, "savings_rate", OCTOBER)
    came, went = home.ask(ME, "income", OCTOBER).value, home.ask(ME, "spending", OCTOBER).value
    assert isinstance(came, Money) and isinstance(went, Money) and isinstance(answer.value, Decimal)
    assert abs(answer.value - Decimal(100) * (came - went).minor / came.minor) <= Decimal("0.05")
    with pytest.raises(Refused) as refusal:
        home.ask(ME, "savings_rate", Period(date(2026, 11, 1), date(2026, 11, 2)))
    assert refusal.value.key == "no_income"


def test_a_filter_that_a_figure_cannot_obey_is_said_and_not_half_obeyed(home: Wealth) -> None:
    plain = home.ask(ME, "savings_rate", OCTOBER)
    narrowed = home.ask(ME, "savings_rate", OCTOBER, account="Savings", category="groceries")
    assert narrowed.value == plain.value and narrowed.query.account == narrowed.query.category == ""
    assert [note.key for note in narrowed.warnings] == ["warning.all_categories", "warning.all_accounts"]


def test_what_the_household_hides_is_found(home: Wealth) -> None:
    recurring = home.ask(ME, "recurring")
    rhythms = {row["payee"]: row["rhythm"] for row in recurring.rows}
    assert rhythms["Paperline Cloud yearly"] == "yearly" and rhythms["Aqua Claire"] == "quarterly"
    assert [note.values["payee"] for note in recurring.warnings if note.key == "warning.price_rise"] == ["Lumen Stream"]
    assert [row["payee"] for row in home.ask(ME, "double_charges").rows] == ["Bistro Lune"]
    refunds = home.ask(ME, "spending", Period(date(2026, 8, 1), date(2026, 8, 31)), category="shopping").rows
    assert min(row["value"].minor for row in refunds) == -7_990


def test_the_largest_row_is_the_biggest_expense(home: Wealth) -> None:
    largest = max(home.ask(ME, "spending", OCTOBER).rows, key=lambda row: row["value"].minor)
    assert home.ask(ME, "biggest_expense", OCTOBER).rows[0] == largest


def test_a_balance_is_in_the_accounts_own_currency_unless_another_is_asked(home: Wealth) -> None:
    assert home.ask(ME, "balance", account="Alipay").currency == "CNY"
    assert home.ask(ME, "balance", account="Alipay", currency="USD").currency == "USD"
    parts = [home.ask(ME, "balance", account=each.name, currency="EUR").value for each in home.ledger.accounts(ME)]
    assert total((part for part in parts if isinstance(part, Money)), "EUR") == home.ask(ME, "net_worth").value


def test_the_default_period_is_shown(home: Wealth, clock: MovableClock) -> None:
    today = clock.now().date()
    assert home.ask(ME, "spending").period == Period(today.replace(day=1), today)
    assert home.ask(ME, "net_worth").period == Period(today, today)
    assert home.ask(ME, "spending", group="month").period.start == date(2025, 12, 1)


def test_a_period_before_the_data_says_so(home: Wealth) -> None:
    answer = home.ask(ME, "spending", Period(date(2020, 1, 1), date(2020, 12, 31)))
    assert answer.value == Money(0, "EUR") and answer.warnings[0].key == "warning.starts_later"


@pytest.mark.parametrize(
    ("asked", "kind", "key"),
    [
        ({"metric": "alpha"}, BadInput, "unknown_metric"),
        ({"metric": "spending", "category": "yachts"}, BadInput, "unknown_category"),
        ({"metric": "spending", "group": "mood"}, BadInput, "unknown_group"),
        ({"metric": "spending", "currency": "XYZ"}, BadInput, "no_rate"),
        ({"metric": "balance", "account": "nowhere"}, NotFound, "unknown_account"),
    ],
)
def test_what_cannot_be_answered_is_refused_by_name(
    home: Wealth, asked: dict[str, Any], kind: type[LueurError], key: str
) -> None:
    with pytest.raises(kind) as refusal:
        home.ask(ME, **asked)
    assert refusal.value.key == key


def test_a_rows_order_within_a_day_changes_no_figure(wealth: Wealth, clock: MovableClock) -> None:
    account = wealth.ledger.add_account(ME, "Main", "current", "USD")
    rows = [paid(account, f"p{n}", 333 * n, date(2026, 10, 5)) for n in range(1, 9)]
    other = Wealth(wealth.ledger.store, wealth.settings, clock)
    mirrored = other.ledger.add_account("you", "Main", "current", "USD")
    wealth.ledger.post(ME, rows, "test", clock.now())
    again = [paid(mirrored, f"p{n}", 333 * n, date(2026, 10, 5)) for n in range(8, 0, -1)]
    other.ledger.post("you", again, "test", clock.now())
    assert wealth.ask(ME, "spending", OCTOBER).value == other.ask("you", "spending", OCTOBER).value


def test_the_household_is_the_same_for_the_same_day(store: Store, settings: Settings, clock: MovableClock) -> None:
    from assistant.demo import household

    wealth = Wealth(store, settings, clock)
    for user in ("a", "b"):
        household.move_in(user, wealth, settings, clock)
    first, second = (wealth.ask(user, "net_worth") for user in ("a", "b"))
    assert first.value == second.value and first.series == second.series
    assert {each.note for each in wealth.ledger.accounts("a")} == {household.NOTE}


@pytest.mark.parametrize("today", [(2027, 1, 1), (2028, 2, 29)])
def test_the_household_fits_any_day(
    store: Store, settings: Settings, clock: MovableClock, today: tuple[int, int, int]
) -> None:
    from assistant.demo import household

    clock.instant = clock.instant.replace(year=today[0], month=today[1], day=today[2])
    wealth = Wealth(store, settings, clock)
    household.move_in(ME, wealth, settings, clock)
    span = wealth.ledger.span(ME)
    assert span is not None and span[1] <= date(*today) and len(wealth.currencies(ME)) == 3
    assert wealth.ask(ME, "double_charges").rows and wealth.ask(ME, "recurring").rows


def test_a_return_is_that_of_its_days_whatever_was_paid_in_or_out(wealth: Wealth) -> None:
    """10 % in the first days, 5 % in the next: 15.5 %, though most of the money came in between."""
    fund = wealth.ledger.add_account(ME, "Fund", "brokerage", "EUR")
    day = date(2026, 11, 1)
    for after, minor, flow, category in (
        (0, 100_000, "opening", ""), (3, 11_000, "income", "interest"), (3, -1_000, "expense", "fees"),
        (5, 900_000, "transfer", ""), (7, 50_500, "income", "dividends"), (9, -500_000, "transfer", ""),
    ):  # fmt: skip
        money = Money(minor, "EUR")
        sides = (Posting(money, fund.id), Posting(-money, flow=flow, category=category))  # type: ignore[arg-type]
        wealth.ledger.post(ME, [Entry(day + timedelta(after), "x", sides)], "test", wealth.clock.now())
    found = wealth.ask(ME, "return", Period(day, day + timedelta(10)))
    assert found.value == Decimal("15.50") and found.unit == "percent"
    parts = {row["item"]: row["value"].minor for row in found.rows if row["value"].minor}
    assert parts == {"transfers": 500_000, "earnings": 61_500, "fees": -1_000}
    assert (found.beside["before"], found.beside["after"]) == (Money(0, "EUR"), Money(560_500, "EUR"))
    judged = pyxirr.xirr(
        [day, day + timedelta(5), day + timedelta(9), day + timedelta(10)], [-100_000, -900_000, 500_000, 560_500]
    )
    assert judged and abs(float(found.method.values["rate"]) - 100 * judged) <= 0.0051


@pytest.mark.parametrize("account", ["", "PEA", "US brokerage", "Everyday account"])
@pytest.mark.parametrize("currency", ["EUR", "USD"])
def test_the_parts_of_a_return_lead_from_its_start_to_its_end(home: Wealth, account: str, currency: str) -> None:
    found = home.ask(ME, "return", account=account, currency=currency)
    before, after = found.beside["before"], found.beside["after"]
    assert isinstance(before, Money) and before + rows_sum(found) == after
    if account:
        assert after == home.ask(ME, "balance", account=account, currency=currency).value


def test_a_change_of_an_account_is_told_by_what_it_holds(home: Wealth) -> None:
    for metric in ("performance", "net_worth_change"):
        assert home.ask(ME, metric, account="PEA").metric == "performance"
        assert home.ask(ME, metric, account="Everyday account").metric == "net_worth_change"


def test_a_gain_is_realised_on_the_account_that_a_share_was_moved_to(wealth: Wealth) -> None:
    one, two = (wealth.ledger.add_account(ME, name, "brokerage", "EUR").id for name in ("One", "Two"))
    share = wealth.ledger.add_security(ME, "S", "S", "share", "EUR").id
    day, cost, fetched = date(2026, 11, 2), Money(100_00, "EUR"), Money(130_00, "EUR")
    moves = [
        (Posting(-cost, one), Posting(cost, one, security=share, quantity=UNIT)),
        (Posting(-cost, one, security=share, quantity=-UNIT), Posting(cost, two, security=share, quantity=UNIT)),
        (Posting(fetched, two), Posting(-fetched, two, security=share, quantity=-UNIT)),
    ]
    booked = [Entry(day + timedelta(n), "S", sides, identity=str(n)) for n, sides in enumerate(moves)]
    wealth.ledger.post(ME, booked, "test", wealth.clock.now())
    assert wealth.ask(ME, "realised_gain").value == fetched - cost


def test_a_return_without_capital_is_refused(wealth: Wealth) -> None:
    account = wealth.ledger.add_account(ME, "Fund", "brokerage", "EUR")
    wealth.ledger.post(ME, [paid(account, "x", 5, date(2026, 11, 1), "fees")], "test", wealth.clock.now())
    with pytest.raises(Refused) as refusal:
        wealth.ask(ME, "return")
    assert refusal.value.key == "no_capital"


def test_who_holds_no_investments_is_told_of_none(wealth: Wealth) -> None:
    account = wealth.ledger.add_account(ME, "Bank", "current", "EUR")
    wealth.ledger.post(ME, [paid(account, "x", -500, date(2026, 11, 1))], "test", wealth.clock.now())
    with pytest.raises(Refused) as refusal:
        wealth.ask(ME, "performance")
    assert refusal.value.key == "no_holdings"


def test_fees_are_the_spending_of_that_category(home: Wealth) -> None:
    year = Period(date(2026, 1, 1), date(2026, 11, 22))
    assert home.ask(ME, "fees").value == home.ask(ME, "spending", year, category="fees").value


@pytest.mark.parametrize(("currency", "minor"), [("EUR", 20_000), ("JPY", 200)])
def test_what_is_paid_more_on_a_loan_is_in_major_units_of_the_currency(home: Wealth, currency: str, minor: int) -> None:
    assert home.ask(ME, "loan_payoff", currency=currency, extra="200").facts["extra"] == Money(minor, currency)
