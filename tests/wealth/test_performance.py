"""The period statement on portfolios made by a seed: its identity to the cent, and what must change nothing."""

from datetime import date, datetime, timedelta
from random import Random

import pytest
import sqlalchemy as sa

from assistant import fx
from assistant.money import Money, total
from assistant.reply import Period
from assistant.wealth import Wealth, deals, valuation
from assistant.wealth.entry import UNIT, Account, Entry, Security
from assistant.wealth.imports import Deal, Row
from assistant.wealth.performance import Performance, statement, yield_on_cost
from tests.wealth.conftest import ME

START, DAYS = date(2025, 1, 1), 110
PORTFOLIOS, AT_ONCE, ALWAYS = 1_000, 25, 50  # generated; of one test, in one database; outside `make reliability`
NOW = datetime.fromisoformat("2026-01-01T00:00:00+00:00")


@pytest.fixture
def wealth(wealth: Wealth) -> Wealth:
    """The room on a real database that does not wait for the disk: thousands of small commits are made here."""
    engine = wealth.ledger.store.engine
    engine.dispose()
    sa.event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    return wealth


class Life:
    """A portfolio by its seed: deposits, trades with fees and taxes, dividends, interest, deliveries, splits."""

    def __init__(self, wealth: Wealth, user: str, seed: int, foreign: bool = False, days: int = DAYS) -> None:
        self.dice, self.ledger, self.user = Random(seed), wealth.ledger, user
        self.account = self.ledger.add_account(user, "Depot", "brokerage", "EUR")
        self.known: dict[str, Security] = {}
        self.price: dict[str, int] = {}
        for symbol in ("A", "B"):
            currency = "USD" if foreign and symbol == "B" else "EUR"
            self.known[symbol] = self.ledger.add_security(user, symbol, symbol, "share", currency)
            self.price[symbol] = self.dice.randrange(1_00, 300_00) * UNIT // 100
        self.held = dict.fromkeys(self.known, 0)
        self.closes: dict[str, dict[date, int]] = {symbol: {} for symbol in self.known}
        self.rows: list[Row] = []
        for day in range(days):
            self._live(START + timedelta(day))
        for symbol, closes in self.closes.items():
            self.ledger.add_prices(user, self.known[symbol], closes)

    def _live(self, day: date) -> None:
        for symbol in self.known:
            self.price[symbol] = max(self.price[symbol] * self.dice.randrange(95, 106) // 100, UNIT // 10)
            self._split(day, symbol)
            self.closes[symbol][day] = self.price[symbol]
        for _ in range(self.dice.choice((0, 0, 1, 2))):
            self._act(day, self.dice.choice(("buy", "buy", "sell", "in", "out", "dividend", "interest", "fee", "tax")))

    def _split(self, day: date, symbol: str) -> None:
        if self.held[symbol] and self.dice.random() < 0.01:
            times = self.dice.choice((2, 3, 10))
            self._row(day, "split", 0, symbol, self.held[symbol] * (times - 1))
            self.held[symbol] *= times
            self.price[symbol] //= times

    def _act(self, day: date, did: str) -> None:
        symbol = self.dice.choice(sorted(self.known))
        cost, tax = (self.dice.choice((0, 99, 1_234)) for _ in range(2))
        if did in ("buy", "sell") or (did in ("in", "out") and self.dice.random() < 0.3):
            quantity = self.dice.randrange(1, 20 * UNIT)
            quantity = min(quantity, self.held[symbol]) if did in ("sell", "out") else quantity
            if not quantity:
                return
            way = 1 if did in ("buy", "in") else -1
            worth = valuation.worth(quantity, self.price[symbol], self.known[symbol].currency).minor + 1
            paid = cost + tax if did in ("buy", "sell") else 0
            money = -worth - paid if did == "buy" else worth - paid if did == "sell" else worth * way
            self._row(day, did, money, symbol, way * quantity, *((cost, tax) if paid else (0, 0)))
            self.held[symbol] += way * quantity
        else:
            sign = -1 if did in ("out", "fee", "tax") else 1
            kept = (cost, tax) if did in ("dividend", "interest") else (0, 0)
            paying = symbol if did == "dividend" else ""
            self._row(day, did, sign * self.dice.randrange(1, 500_00), paying, 0, *kept)

    def _row(self, day: date, did: str, minor: int, symbol: str, quantity: int, fee: int = 0, tax: int = 0) -> None:
        currency = self.known[symbol].currency if symbol else "EUR"
        deal = Deal(did, symbol, symbol, currency, quantity, 0, fee, tax)  # type: ignore[arg-type]
        self.rows.append(Row(len(self.rows), day, Money(minor, currency), did, "", None, deal))

    def entries(self) -> list[Entry]:
        return [deals.entry(self.account, row, f"{self.user}{row.line}", self.known, False) for row in self.rows]

    def post(self, order: Random | None = None) -> "Life":
        entries = self.entries()
        if order:
            order.shuffle(entries)
        self.ledger.post(self.user, entries, "made", NOW)
        return self

    def told(self, currency: str = "EUR", start: int = 30, end: int = 100) -> Performance:
        return statement(self.ledger, self.user, START + timedelta(start), START + timedelta(end), currency)


@pytest.mark.parametrize(
    "first",
    [pytest.param(first, marks=[pytest.mark.reliability] if first >= ALWAYS else [])
     for first in range(0, PORTFOLIOS, AT_ONCE)],
)  # fmt: skip
def test_the_nine_parts_sum_to_the_change_to_the_cent(first: int, wealth: Wealth) -> None:
    """In one currency nothing may be left for currency gains; no part is computed from the others' rest but that."""
    for seed in range(first, first + AT_ONCE):
        found = Life(wealth, f"user{seed}", seed, days=40).post().told(start=10, end=38)
        assert found.initial + total(found.parts.values(), "EUR") == found.final
        assert found.parts["currency"] == Money(0, "EUR"), f"seed {seed}"


@pytest.mark.parametrize("seed", range(4))
def test_in_two_currencies_the_rest_is_what_cash_gained(seed: int, wealth: Wealth) -> None:
    """Dollars at the start and every later change of them, at the rates of their days, against dollars at the end."""
    life = Life(wealth, "user", seed, foreign=True).post()
    found = life.told()
    eve, end = START + timedelta(30), START + timedelta(100)
    at = {day: sum(h.amount for h in wealth.ledger.holdings("user", day) if not h.security and h.currency == "USD")
          for day in (eve, end)}  # fmt: skip
    moved = [(row.day, row.money.minor) for row in life.rows if row.deal and not row.deal.delivered
             if row.money.currency == "USD" and eve < row.day <= end]  # fmt: skip
    gained = euros(at[end], end) - euros(at[eve], eve) - sum(euros(minor, day) for day, minor in moved)
    assert abs(found.parts["currency"].minor - gained) <= 4 * len(life.rows)  # each conversion rounds to a cent


def euros(minor: int, day: date) -> int:
    return fx.convert(Money(minor, "USD"), "EUR", day)[0].minor


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_rows_changes_nothing(seed: int, wealth: Wealth) -> None:
    one, other = (Life(wealth, user, seed, foreign=True) for user in ("one", "other"))
    first, second = one.post().told(), other.post(Random(1)).told()
    assert (first.initial, first.parts, first.final) == (second.initial, second.parts, second.final)


@pytest.mark.parametrize("ratio", [(4, 1), (10, 1), (1, 4)])
def test_a_split_changes_no_part(ratio: tuple[int, int], wealth: Wealth) -> None:
    """Twins that buy before and sell after it; one of them is split in between and quoted accordingly."""
    new, old = ratio
    found = []
    for user in ("plain", "split"):
        account = wealth.ledger.add_account(user, "Depot", "brokerage", "EUR")
        share = wealth.ledger.add_security(user, "A", "A", "share", "EUR")
        times = (new, old) if user == "split" else (1, 1)
        prices = {}
        for day in range(DAYS):
            of, per = times if day >= 60 else (1, 1)
            prices[START + timedelta(day)] = (100 + day) * UNIT * per // of
        wealth.ledger.add_prices(user, share, prices)
        rows = [delivered(START + timedelta(5), 100_000, 40 * UNIT), delivered(START + timedelta(35), 27_000, 8 * UNIT)]
        if user == "split":
            grown = Deal("split", "A", "A", "EUR", 48 * UNIT * (new - old) // old, 0, 0, 0)
            rows.append(Row(9, START + timedelta(60), Money(0, "EUR"), "A", "", None, grown))
        sold = Deal("sell", "A", "A", "EUR", -36 * UNIT * times[0] // times[1], 0, 0, 0)
        rows.append(Row(10, START + timedelta(80), Money(648_000, "EUR"), "A", "", None, sold))
        entries = [deals.entry(account, row, f"{user}{row.day}", {"A": share}, False) for row in rows]
        wealth.ledger.post(user, entries, "made", NOW)
        told = statement(wealth.ledger, user, START + timedelta(30), START + timedelta(100), "EUR")
        found.append((told.initial, told.parts, told.final))
    assert found[0] == found[1]


@pytest.mark.parametrize("seed", range(2))
def test_deposits_leave_the_time_weighted_return_unchanged(seed: int, wealth: Wealth) -> None:
    """Twins whose only difference is money put in and taken out between the days: shares alone earn, cash does not."""
    rates = []
    for user in ("one", "two"):
        life = Life(wealth, user, seed)
        share, account = life.known["A"], life.account
        day = START + timedelta(5)
        cost = valuation.worth(5 * UNIT, life.closes["A"][day], "EUR").minor
        rows = [delivered(day, cost, 5 * UNIT)]
        if user == "two":  # twice as much from day 50, a third of it leaves on day 70
            for at, quantity in ((50, 5 * UNIT), (70, -2 * UNIT)):
                on = START + timedelta(at)
                price = life.closes["A"][on if quantity < 0 else on - timedelta(1)]
                rows.append(delivered(on, valuation.worth(quantity, price, "EUR").minor, quantity))
        wealth.ledger.post(
            user, [deals.entry(account, r, f"{user}{r.day}", {"A": share}, False) for r in rows], "x", NOW
        )
        rates.append(wealth.ask(user, "return", Period(START + timedelta(6), START + timedelta(100))).value)
    assert rates[0] == rates[1]


def delivered(day: date, minor: int, quantity: int) -> Row:
    deal = Deal("in" if quantity > 0 else "out", "A", "A", "EUR", quantity, 0, 0, 0)
    return Row(1, day, Money(minor, "EUR"), "A", "", None, deal)


def test_a_dividend_is_earned_before_its_tax_and_yields_on_cost(wealth: Wealth, account: Account) -> None:
    share = wealth.ledger.add_security(ME, "S", "S", "share", "EUR")
    rows = [
        Row(1, date(2024, 1, 1), Money(100_000, "EUR"), "in", "", None, Deal("in", "S", "", "EUR", 10 * UNIT, 0, 0, 0)),
        Row(2, date(2025, 2, 1), Money(10_000, "EUR"), "d", "", None, Deal("dividend", "S", "", "EUR", 0, 0, 0, 1_000)),
    ]
    wealth.ledger.post(ME, [deals.entry(account, r, str(r.line), {"S": share}, False) for r in rows], "x", NOW)
    found = statement(wealth.ledger, ME, date(2024, 12, 31), date(2025, 12, 31), "EUR")
    parts = {name: value.minor for name, value in found.parts.items() if value.minor}
    assert parts == {"earnings": 11_000, "taxes": -1_000} and found.positions[0].dividends == found.parts["earnings"]
    assert found.positions[0].yield_on_cost == pytest.approx(0.11)
    assert yield_on_cost(1_000, [(date(2019, 1, 15), 100), (date(2020, 1, 15), 100)]) == pytest.approx(0.1)


@pytest.fixture
def account(wealth: Wealth) -> Account:
    return wealth.ledger.add_account(ME, "Depot", "brokerage", "EUR")
