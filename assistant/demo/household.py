"""The made-up household of `household.toml`: 24 months ending today. Same seed, same day, same figures.

It holds what a wealth room must find: a price rise, a yearly subscription, a refund, a double charge, transfers that
are no spending, a loan, dividends, fees, and a benchmark series that nobody holds.
"""

from __future__ import annotations

import functools
import random
import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.clock import Clock, shifted
from assistant.money import Money
from assistant.settings import Settings
from assistant.wealth.entry import UNIT, Account, Entry, Flow, Posting, Security

if TYPE_CHECKING:
    from assistant.wealth import Wealth

SEED = 20241122
MONTHS = 24
NOTE = "made up: demo data"


@functools.cache
def _told() -> dict[str, list[Any]]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def move_in(user: str, wealth: Wealth, settings: Settings, clock: Clock) -> None:  # noqa: ARG001  fixed currencies
    """Write the household of `user`: accounts, securities with daily prices, and two years of entries."""
    today = clock.now().date()
    ledger, dice = wealth.ledger, random.Random(SEED)
    accounts = {
        name: ledger.add_account(user, name, kind, currency, aliases, NOTE)
        for name, kind, currency, _, aliases in _told()["accounts"]
    }
    begin = shifted(today, -MONTHS, min(today.day, 28))
    closes: dict[str, dict[date, int]] = {}
    securities: dict[str, Security] = {}
    for symbol, name, kind, currency, first, growth, swing, _, _ in _told()["securities"]:
        securities[symbol] = ledger.add_security(user, symbol, name, kind, currency)
        closes[symbol] = _walk(first, growth, swing, begin, today, dice)
        ledger.add_prices(user, securities[symbol], closes[symbol])
    life = _Life(accounts, securities, closes, begin, today, dice)
    ledger.post(user, sorted(life.entries(), key=lambda entry: entry.day), "demo household", clock.now(), NOTE)


class _Life:
    """Two years of entries, made month by month."""

    def __init__(
        self, accounts: dict[str, Account], securities: dict[str, Security], closes: dict[str, dict[date, int]],
        begin: date, today: date, dice: random.Random,
    ) -> None:  # fmt: skip
        self.accounts, self.securities, self.closes = accounts, securities, closes
        self.begin, self.today, self.dice = begin, today, dice

    def entries(self) -> Iterator[Entry]:
        yield from self._opening()
        for back in range(MONTHS, -1, -1):
            month = shifted(self.today, -back, 1)
            made = [*self._regular(month), *self._often(month), *self._saving(month), *self._special(month, back)]
            yield from (entry for entry in made if self.begin < entry.day <= self.today)

    def _opening(self) -> Iterator[Entry]:
        for name, _, currency, minor, _ in _told()["accounts"]:
            if minor:
                yield self._two(name, "Opening balance", "", "opening", self.begin, Money(minor, currency))
        for symbol, _, _, currency, _, _, _, account, quantity in _told()["securities"]:
            if quantity:
                cost = Money.of(str(round(quantity * self._price(symbol, self.begin) / UNIT, 2)), currency)
                held = Posting(cost, self.accounts[account].id, "", "", self.securities[symbol].id, quantity * UNIT)
                yield Entry(self.begin, "Opening holding", (held, Posting(-cost, flow="opening")))

    def _regular(self, month: date) -> Iterator[Entry]:
        for account, payee, category, flow, day, minor, months in _told()["regular"]:
            if not months or month.month in months:
                yield self._flow(account, payee, category, flow, _day(month, day), minor)
        winter = 1 + abs(7 - month.month) / 6
        yield self._flow("Everyday account", "Volta Energy", "utilities", "expense", _day(month, 22),
                         round(4_100 * winter) + self.dice.randrange(300))  # fmt: skip
        principal = 24_100 + 65 * (MONTHS - self._age(month))
        loan = (Posting(Money(-26_890, "EUR"), self.accounts["Everyday account"].id),
                Posting(Money(principal, "EUR"), self.accounts["Car loan"].id),
                Posting(Money(26_890 - principal, "EUR"), flow="expense", category="interest"))  # fmt: skip
        yield Entry(_day(month, 6), "Car loan payment", loan)

    def _often(self, month: date) -> Iterator[Entry]:
        for account, payees, category, times, least, most in _told()["often"]:
            for _ in range(times):
                day, payee = _day(month, self.dice.randint(1, 28)), self.dice.choice(payees)
                yield self._flow(account, payee, category, "expense", day, self.dice.randint(least, most))

    def _saving(self, month: date) -> Iterator[Entry]:
        """Transfers and what is bought with them: neither is spending."""
        for source, target, day, minor, name in _told()["moves"]:
            money = Money(minor, self.accounts[source].currency)
            sides = Posting(-money, self.accounts[source].id), Posting(money, self.accounts[target].id)
            yield Entry(_day(month, day), name, sides)
        for account, symbol, day, minor, fee in _told()["buys"]:
            yield self._buy(account, symbol, _day(month, day), minor, fee)

    def _special(self, month: date, back: int) -> Iterator[Entry]:
        for payee, category, day, minor, first, last in _told()["special"]:
            if first >= back >= last:
                yield self._flow("Everyday account", payee, category, "expense", _day(month, day), minor)

    def _flow(self, account: str, payee: str, category: str, flow: Flow, day: date, minor: int) -> Entry:
        money = Money(minor, self.accounts[account].currency)
        return self._two(account, payee, category, flow, day, money if flow == "income" else -money)

    def _two(self, account: str, payee: str, category: str, flow: Flow, day: date, money: Money) -> Entry:
        seen = Posting(money, self.accounts[account].id)
        return Entry(day, payee, (seen, Posting(-money, flow=flow, category=category)))

    def _buy(self, account: str, symbol: str, day: date, minor: int, fee: int) -> Entry:
        """`minor` worth of a security at the day's price, bought for cash with a fee."""
        currency = self.securities[symbol].currency
        quantity = minor * UNIT * UNIT // (100 * self._price(symbol, day))
        cash, held, cost = Money(-minor - fee, currency), Money(minor, currency), Money(fee, currency)
        postings = (Posting(cash, self.accounts[account].id),
                    Posting(held, self.accounts[account].id, "", "", self.securities[symbol].id, quantity))  # fmt: skip
        paid = (Posting(cost, flow="expense", category="fees"),) if fee else ()
        return Entry(day, f"Buy {self.securities[symbol].name}", postings + paid)

    def _price(self, symbol: str, day: date) -> int:
        closes = self.closes[symbol]
        while day not in closes and day > self.begin:
            day -= timedelta(days=1)
        return closes.get(day) or next(iter(closes.values()))

    def _age(self, month: date) -> int:
        return (self.today.year - month.year) * 12 + self.today.month - month.month


def _walk(first: float, growth: float, swing: float, begin: date, today: date, dice: random.Random) -> dict[date, int]:
    """Closing prices of the weekdays from `begin` to yesterday, a random walk in percent a day."""
    price, closes = first, {}
    for number in range((today - begin).days):
        day = begin + timedelta(days=number)
        if number == 0 or day.weekday() < 5:
            closes[day] = round(price, 2 if first < 500 else 1)
            price *= 1 + dice.gauss(growth, swing) / 100
    return {day: round(close * 100) * (UNIT // 100) for day, close in closes.items()}


def _day(month: date, day: int) -> date:
    """That day of the month, or its last one."""
    return shifted(month, 0, day)
