"""The ledger: balanced or refused, one person's rows only."""

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from assistant.errors import NotFound
from assistant.money import Money
from assistant.wealth import Wealth
from assistant.wealth.entry import UNIT, Entry, Posting
from assistant.wealth.tables import postings
from tests.wealth.conftest import ME, paid

DAY, NOW = date(2026, 11, 2), datetime(2026, 11, 2, tzinfo=UTC)


def test_an_entry_that_does_not_sum_to_zero_is_refused(wealth: Wealth) -> None:
    account = wealth.ledger.add_account(ME, "Main", "current", "EUR")
    crooked = Entry(DAY, "x", (Posting(Money(100, "EUR"), account.id), Posting(Money(-99, "EUR"), flow="income")))
    with pytest.raises(ValueError, match="unbalanced"):
        wealth.ledger.post(ME, [crooked], "test", NOW)
    assert wealth.ledger.span(ME) is None


def test_every_entry_of_the_household_sums_to_zero_in_each_currency(home: Wealth) -> None:
    sums = sa.select(sa.func.sum(postings.c.minor)).group_by(postings.c.entry_id, postings.c.currency)
    with home.ledger.store.read() as db:
        totals = db.execute(sums).scalars().all()
    assert len(totals) > 1000 and set(totals) == {0}


def test_a_database_row_belongs_to_an_account_or_to_a_flow_never_both(home: Wealth) -> None:
    with pytest.raises(sa.exc.IntegrityError), home.ledger.store.write() as db:
        db.execute(sa.update(postings).where(postings.c.flow == "").values(flow="income"))


def test_strangers_see_nothing_of_each_other(home: Wealth) -> None:
    home.ledger.add_account("stranger", "Mine", "current", "EUR")
    assert home.account_names("stranger") == ("Mine",)
    assert home.ledger.holdings("stranger", DAY) == []
    with pytest.raises(NotFound):
        home.ask("stranger", "net_worth")


def test_an_account_answers_to_its_aliases(home: Wealth) -> None:
    assert home.ledger.account(ME, "支付宝").name == "Alipay"
    with pytest.raises(NotFound) as refusal:
        home.ledger.account(ME, "Swiss vault")
    assert "Alipay" in str(refusal.value.values["known"])


def test_a_refund_is_negative_spending(wealth: Wealth) -> None:
    account = wealth.ledger.add_account(ME, "Main", "current", "EUR")
    wealth.ledger.post(ME, [paid(account, "Shop", 5000, DAY), paid(account, "Shop", -2000, DAY)], "test", NOW)
    found = wealth.ledger.movements(ME, "expense", DAY, DAY)
    assert sorted(each.money.minor for each in found) == [-2000, 5000]


def test_a_price_of_a_known_day_is_replaced(wealth: Wealth) -> None:
    fund = wealth.ledger.add_security(ME, "F", "Fund", "fund", "EUR")
    wealth.ledger.add_prices(ME, fund, {DAY: 10 * UNIT})
    wealth.ledger.add_prices(ME, fund, {DAY: 11 * UNIT})
    assert wealth.ledger.price(ME, fund, DAY) == (11 * UNIT, DAY)
