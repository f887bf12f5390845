"""The ledger of one person read back: movements, balances, trades and prices, kept until something is written.

One process owns a folder (`folder.py`), so its own writes are the only ones; that a person was erased by another door
is seen by `span`. What is kept is handed out as it is and must not be changed by who gets it. Knows no category rules
(`cashflow.py`), no rates and no present value (`valuation.py`).
"""

import functools
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterator
from contextlib import contextmanager
from datetime import date
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.engine import Connection

from assistant.errors import NotFound
from assistant.money import Money
from assistant.store import Store
from assistant.wealth.entry import Account, Flow, Holding, Movement, Posting, Security, Traded
from assistant.wealth.tables import accounts, entries, postings, prices, rules, securities

P = ParamSpec("P")
T = TypeVar("T")
MOST = 2_000  # answers of readers kept at a time


class Keeping:
    """What was read or computed, kept by its key until something is written."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.memory: dict[Hashable, Any] = {}
        self.writes = 0

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        try:
            with self.store.write() as db:
                yield db
        finally:
            self.forget()

    def run(self, statement: sa.Executable) -> None:
        with self.writing() as db:
            db.execute(statement)

    def forget(self) -> None:
        self.writes += 1
        self.memory.clear()

    def recall(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, made once; what a write overtook is not kept."""
        if key in self.memory:
            found: T = self.memory[key]
            return found
        begun = self.writes
        found = make()
        if begun == self.writes:
            if len(self.memory) >= MOST:
                self.memory.clear()
            self.memory[key] = found
        return found


S = TypeVar("S", bound=Keeping)


def kept(read: Callable[Concatenate[S, P], T]) -> Callable[Concatenate[S, P], T]:
    """A reader whose answers are kept by its arguments."""

    @functools.wraps(read)
    def reader(self: S, /, *args: P.args, **named: P.kwargs) -> T:
        key = (read.__name__, *(tuple(each) if isinstance(each, list) else each for each in args), *named.items())
        return self.recall(key, lambda: read(self, *args, **named))

    return reader


MERCHANTS = 500  # names that a sentence is searched for


JOURNAL = tuple(entries.c[name] for name in ("id", "batch_id", "day", "payee", "memo", "identity"))


class Booked(NamedTuple):
    """An entry as it stands in the journal; `batch` is the import it came with."""

    id: str
    batch: str
    day: date
    payee: str
    memo: str
    identity: str
    postings: tuple[Posting, ...]

    def moved(self, category: str, account: str, money: Money) -> Movement:
        return Movement(self.id, self.day, self.payee, self.memo, category, account, money)


class Track(NamedTuple):
    """The cash of an account in one currency, or a security of it; that has none here, it may be bought in several.

    One row per day with a change: its ordinal, what changed and, one longer, the amount that stands after it: int64.
    """

    account: str
    currency: str
    security: str | None
    days: NDArray[np.int64]
    minor: NDArray[np.int64]
    quantity: NDArray[np.int64]
    standing: NDArray[np.int64]

    def at(self, days: NDArray[np.int64] | int) -> NDArray[np.int64]:
        """The amount at the end of these ordinal days: minor units, or quantity times 10^-8."""
        found: NDArray[np.int64] = self.standing[self.days.searchsorted(days, "right")]
        return found


class Reader(Keeping):
    @kept
    def accounts(self, user: str) -> tuple[Account, ...]:
        rows = self.store.rows(sa.select(accounts).where(accounts.c.user_id == user))
        return tuple(Account(r.id, r.name, r.kind, r.currency, tuple(r.aliases), r.note) for r in rows)

    def account(self, user: str, words: str) -> Account:
        """The account a person calls `words`, else `NotFound("unknown_account")` with the names there are."""
        mine = self.accounts(user)
        for account in mine:
            if account.called(words):
                return account
        raise NotFound("unknown_account", account=words[:80], known=", ".join(each.name for each in mine) or "-")

    @kept
    def securities(self, user: str) -> tuple[Security, ...]:
        rows = self.store.rows(sa.select(securities).where(securities.c.user_id == user))
        return tuple(Security(r.id, r.symbol, r.name, r.kind, r.currency) for r in rows)

    @kept
    def journal(self, user: str) -> list[Booked]:
        """Everything that was written, by day; what is asked of entries and postings is read from here."""
        side = postings.c
        query = (
            sa.select(*JOURNAL, side.minor, side.currency, side.account_id, side.flow, side.category, side.security_id,
                      side.quantity)
            .join(postings, side.entry_id == entries.c.id)
            .where(entries.c.user_id == user)
            .order_by(entries.c.day, entries.c.id, side.line)
        )  # fmt: skip
        found = []
        for head, rows in groupby(self.store.rows(query), itemgetter(slice(len(JOURNAL)))):
            sides = tuple(
                Posting(Money(minor, currency), account or "", flow, category, security or "", quantity)
                for *_, minor, currency, account, flow, category, security, quantity in rows
            )
            found.append(Booked._make((*head, sides)))
        return found

    def stretch(self, user: str, start: date, end: date) -> list[Booked]:
        """The journal from `start` to `end`."""
        every = self.journal(user)
        return every[bisect_left(every, start, key=_day) : bisect_right(every, end, key=_day)]

    def transferred(self, user: str, batch: str = "") -> list[Movement]:
        """Rows that only moved money between own accounts, each seen from its account; of one import, or of all."""
        names = {each.id: each.name for each in self.accounts(user)}
        return [
            each.moved("transfer", names[side.account], side.money) for each in self.journal(user)
            if batch in ("", each.batch) and any(side.flow == "transfer" for side in each.postings)
            for side in each.postings if side.account
        ]  # fmt: skip

    def movements(self, user: str, flow: Flow, start: date, end: date) -> list[Movement]:
        """Income or expense of the days from `start` to `end`, oldest first; a loan payment is spending as a whole."""
        every = self._movements(user, flow)
        return every[bisect_left(every, start, key=_day) : bisect_right(every, end, key=_day)]

    @kept
    def _movements(self, user: str, flow: Flow) -> list[Movement]:
        mine = {each.id: each for each in self.accounts(user)}
        loans = {key for key, each in mine.items() if each.kind == "loan" and flow == "expense"}
        found = []
        for each in self.journal(user):
            owner = each.postings[0].account
            for side in each.postings:
                repaid = side.account in loans and owner not in loans and side.money.minor > 0
                if repaid or side.flow == flow:
                    money = -side.money if flow == "income" else side.money
                    found.append(each.moved("loan" if repaid else side.category, mine[owner].name, money))
        return found

    def holdings(self, user: str, on: date) -> list[Holding]:
        """Cash and securities at the end of the day `on`; what was sold out is left out."""
        mine = {account.id: account for account in self.accounts(user)}
        names = {security.id: security for security in self.securities(user)}
        return [
            Holding(mine[each.account], amount, each.currency, names.get(each.security or ""))
            for each in self.tracks(user)
            if (amount := int(each.at(on.toordinal())))
        ]

    def cash(self, user: str, account: Account, currency: str, apart: str) -> dict[date, int]:
        """The account's cash in one currency by day; the entry with the identity `apart` stands under `date.min`."""
        own = entries.c.identity == apart
        query = (
            sa.select(entries.c.day, own, sa.func.sum(postings.c.minor))
            .join(entries, entries.c.id == postings.c.entry_id)
            .where(postings.c.user_id == user, postings.c.account_id == account.id)
            .where(postings.c.currency == currency, postings.c.security_id.is_(None))
            .group_by(entries.c.day, own)
        )
        return {date.min if apart else day: minor for day, apart, minor in self.store.rows(query)}

    @kept
    def trades(self, user: str, until: date) -> list[Traded]:
        """Every change of a security up to a day, by account: what lots are made of."""
        found = [
            Traded(side.account, side.security, each.identity, each.day, side.quantity, side.money,
                   len(each.postings) == 1)
            for each in self.stretch(user, date.min, until) for side in each.postings if side.account and side.quantity
        ]  # fmt: skip
        return sorted(found, key=lambda each: (each.day, not each.split, each.quantity < 0))

    @kept
    def tracks(self, user: str) -> list[Track]:
        """What every account and security gained or lost by day."""
        groups: dict[tuple[str, str, str | None], dict[tuple[int, str], list[int]]] = defaultdict(
            lambda: defaultdict(lambda: [0, 0])
        )
        for each in self.journal(user):
            for side in (side for side in each.postings if side.account):
                unit = side.money.currency
                sums = groups[side.account, "" if side.security else unit, side.security or None]
                row = sums[each.day.toordinal(), unit]
                row[0] += side.money.minor
                row[1] += side.quantity
        tracks = []
        for (account, currency, security), sums in groups.items():
            days, minor, quantity = np.array([(day, *row) for (day, _), row in sums.items()], np.int64).T
            standing = np.concatenate(([0], np.cumsum(quantity if security else minor)))
            tracks.append(Track(account, currency, security, days, minor, quantity, standing))
        return tracks

    @kept
    def crossings(
        self, user: str, inside: Collection[str], start: date, end: date, result: Collection[str]
    ) -> list[tuple[date, Money]]:
        """What came into the accounts `inside` (ids) from elsewhere, out is negative, one per entry and currency.

        Categories in `result` (interest, fees) are the accounts' own result and no crossing.
        """
        sums: dict[tuple[str, date, str], int] = defaultdict(int)
        for entry, side in self.outside(user, inside, start, end):
            own = side.flow in ("income", "expense") and side.category in result
            if side.flow != "exchange" and not own:
                sums[entry.id, entry.day, side.money.currency] -= side.money.minor
        return [(day, Money(minor, currency)) for (_, day, currency), minor in sums.items()]

    def outside(self, user: str, inside: Collection[str], start: date, end: date) -> list[tuple[Booked, Posting]]:
        """The other sides of all entries that touch the accounts `inside` (ids), oldest first: income is negative."""
        return [
            (each, side)
            for each in self.stretch(user, start, end) if any(side.account in inside for side in each.postings)
            for side in each.postings if side.account not in inside
        ]  # fmt: skip

    @kept
    def passing(self, user: str, inside: Collection[str], start: date, end: date) -> list[Movement]:
        """What every entry changed on the accounts `inside` (ids) together, in is positive, oldest first.

        What moved between them is nothing; a payment to another account of the person is `transfer`.
        """
        names = {each.id: each.name for each in self.accounts(user)}
        found = []
        for each in self.stretch(user, start, end):
            for unit in dict.fromkeys(side.money.currency for side in each.postings):
                sides = [side for side in each.postings if side.money.currency == unit]
                here = [side for side in sides if side.account in inside]
                if net := sum(side.money.minor for side in here if not side.security):
                    category = max((side.category for side in sides if side.flow), default="")
                    owner = names[max(side.account for side in here)]
                    found.append(each.moved(category or "transfer", owner, Money(net, unit)))
        return found

    def price(self, user: str, security: Security, on: date) -> tuple[int, date] | None:
        """The last price on or before `on`, before the first the first, with its day."""
        if security.id not in (every := self.closes(user)):
            return None
        days, quoted = every[security.id]
        row = max(int(days.searchsorted(on.toordinal(), "right")) - 1, 0)
        return int(quoted[row]), date.fromordinal(int(days[row]))

    @kept
    def closes(self, user: str) -> dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Every price by security id as arrays: ordinal days, oldest first, and prices times 10^8."""
        query = sa.select(prices.c.security_id, prices.c.day, prices.c.price).where(prices.c.user_id == user)
        found: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for security, day, price in self.store.rows(query.order_by(prices.c.security_id, prices.c.day)):
            found[security][0].append(day.toordinal())
            found[security][1].append(price)
        return {key: (np.array(days, np.int64), np.array(quoted, np.int64)) for key, (days, quoted) in found.items()}

    @kept
    def payees(self, user: str, since: date) -> list[str]:
        """Texts of the payees since a day, each once, the most recent first."""
        mine = sa.select(entries.c.payee).where(entries.c.user_id == user, entries.c.day >= since)
        query = mine.group_by(entries.c.payee).order_by(sa.func.max(entries.c.day).desc()).limit(MERCHANTS)
        return [row.payee for row in self.store.rows(query)]

    def span(self, user: str) -> tuple[date, date] | None:
        """The first and the last day with an entry, or None when there is none; what is kept is checked against it."""
        mine = entries.c.user_id == user
        if self.store.first(sa.select(entries.c.id).where(mine).limit(1)) is None:
            self.forget()
            return None
        return self._span(user)

    @kept
    def _span(self, user: str) -> tuple[date, date] | None:
        query = sa.select(sa.func.min(entries.c.day), sa.func.max(entries.c.day)).where(entries.c.user_id == user)
        first, last = self.store.first(query)
        return None if first is None else (first, last)

    @kept
    def rules(self, user: str) -> dict[str, str]:
        rows = self.store.rows(sa.select(rules.c.words, rules.c.category).where(rules.c.user_id == user))
        return {row.words: row.category for row in rows}


_day = attrgetter("day")
