"""What leaves the ledger: Beancount reads the file without a complaint and comes to the same figures."""

import csv
import io
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from beancount.core.data import Transaction
from beancount.core.inventory import Inventory
from beancount.loader import load_string

from assistant.errors import BadInput
from assistant.money import Money
from assistant.request import Upload
from assistant.wealth import Wealth
from assistant.wealth.entry import UNIT
from assistant.wealth.performance import statement
from tests.wealth.conftest import ME
from tests.wealth.test_performance import DAYS, START, Life


def judged(text: str) -> tuple[dict[str, Decimal], dict[str, Inventory]]:
    """(units of each commodity in assets and debts, inventory by account) as Beancount books them."""
    entries, errors, _ = load_string(text)
    assert [each.message for each in errors] == []
    accounts: dict[str, Inventory] = defaultdict(Inventory)
    units: dict[str, Decimal] = defaultdict(Decimal)
    for entry in entries:
        for posting in entry.postings if isinstance(entry, Transaction) else ():
            accounts[posting.account].add_position(posting)
            if posting.account.startswith(("Assets", "Liabilities")):
                units[posting.units.currency] += posting.units.number
    return {name: number for name, number in units.items() if number}, accounts


def test_beancount_holds_what_the_household_holds(home: Wealth) -> None:
    units, _ = judged(home.export(ME, "beancount"))
    ours: dict[str, Decimal] = defaultdict(Decimal)
    for each in home.ledger.holdings(ME, date.max):
        if each.security:
            ours[each.security.symbol] += Decimal(each.amount) / UNIT
        else:
            ours[each.currency] += Money(each.amount, each.currency).decimal
    assert units == dict(ours)


@pytest.mark.parametrize("seed", range(6))
def test_beancount_books_the_same_gains_by_fifo(seed: int, wealth: Wealth) -> None:
    """Random trades without splits; the gain of every sale since the first purchase, and the cost of what is left."""
    life = Life(wealth, "user", seed)
    splits = {row.day for row in life.rows if row.deal and row.deal.did == "split"}
    first = min(splits, default=START)
    life.rows = [row for row in life.rows if not splits or row.day < first]
    life.post(Random(seed))
    _, accounts = judged(wealth.export("user", "beancount"))
    eve = START - timedelta(1)
    found = statement(wealth.ledger, "user", eve, START + timedelta(DAYS), "EUR").positions
    gains = -sum((position.units.number for position in accounts["Income:Gains"]), Decimal(0))
    sales = sum(row.deal is not None and row.deal.quantity < 0 for row in life.rows)
    assert (
        abs(sum(each.realised.minor for each in found) - 100 * gains) <= sales
    )  # we cut a lot at a cent, they nowhere
    left = sum((p.cost.number * p.units.number for p in accounts["Assets:Depot"] if p.cost), Decimal(0))
    assert abs(sum(each.cost.minor for each in found) - 100 * left) < sales + 1


def test_names_that_beancount_does_not_know_are_written_as_it_does(wealth: Wealth, clock: object) -> None:
    upload = 'Date;Payee;Amount\n2026-11-02;a "quoted" \\ payee;-1,00\n2026-11-03;second\tone;2,00\n'
    for name in ("我的账户.csv", "été 1.csv", "été-1.csv", "x.csv"):
        wealth.ledger.add_account(ME, name.removesuffix(".csv"), "current", "EUR")
        wealth.import_file(ME, Upload(name, upload.encode()), account=name.removesuffix(".csv"))
    assert judged(wealth.export(ME, "beancount"))[0] == {"EUR": Decimal(4)}


def test_no_cell_of_the_table_is_a_formula(wealth: Wealth) -> None:
    rows = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "Shop"]
    text = "Date;Payee;Amount\n" + "".join(f'2026-11-0{n};"{payee}";-1,00\n' for n, payee in enumerate(rows, 1))
    wealth.import_file(ME, Upload("bank.csv", text.encode()))
    found = list(csv.DictReader(io.StringIO(wealth.export(ME, "csv"))))
    assert {row["payee"] for row in found} == {"'=1+1", "'+1", "'-1", "'@SUM(A1)", "x", "Shop"}
    assert {row["amount"] for row in found} == {"1.00", "-1.00"}


def test_an_unknown_form_is_refused(wealth: Wealth) -> None:
    with pytest.raises(BadInput, match="unknown_form"):
        wealth.export(ME, "xls")
