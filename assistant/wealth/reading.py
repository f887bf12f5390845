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
from operator import attrgetter
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.engine import Connection

from assistant.errors import NotFound
from assistant.money import Money
from assistant.store import Store
from assistant.wealth.entry import Account, Entry, Flow, Holding, Movement, Outside, Posting, Security, Traded
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
HEAD = (entries.c.id, entries.c.day, entries.c.payee, entries.c.memo)


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

    def transferred(self, user: str, batch: str = "") -> list[Movement]:
        """Rows that only moved money between own accounts, each seen from its account; of one import, or of all."""
        query = (
            sa.select(*HEAD, accounts.c.name, postings.c.minor, postings.c.currency)
            .join(postings, postings.c.entry_id == entries.c.id)
            .join(accounts, accounts.c.id == postings.c.account_id)
            .where(entries.c.user_id == user, entries.c.batch_id == batch if batch else sa.true())
            .where(entries.c.id.in_(sa.select(postings.c.entry_id).where(postings.c.flow == "transfer")))
        )
        rows = self.store.rows(query)
        return [Movement(r.id, r.day, r.payee, r.memo, "transfer", r.name, Money(r.minor, r.currency)) for r in rows]

    def entries(self, user: str) -> list[Entry]:
        """Everything that was written, oldest first."""
        query = (
            sa.select(*HEAD, postings)
            .join(postings, postings.c.entry_id == entries.c.id)
            .where(entries.c.user_id == user)
            .order_by(entries.c.day, entries.c.id, postings.c.line)
        )
        heads: dict[str, tuple[date, str, str]] = {}
        lines: dict[str, list[Posting]] = defaultdict(list)
        for r in self.store.rows(query):
            heads[r.id] = (r.day, r.payee, r.memo)
            money = Money(r.minor, r.currency)
            side = Posting(money, r.account_id or "", r.flow, r.category, r.security_id or "", r.quantity)
            lines[r.id].append(side)
        return [Entry(day, payee, tuple(lines[key]), memo, key) for key, (day, payee, memo) in heads.items()]

    def movements(self, user: str, flow: Flow, start: date, end: date) -> list[Movement]:
        """Income or expense of the days from `start` to `end`, oldest first; a loan payment is spending as a whole."""
        every = self._movements(user, flow)
        return every[bisect_left(every, start, key=_day) : bisect_right(every, end, key=_day)]

    @kept
    def _movements(self, user: str, flow: Flow) -> list[Movement]:
        seen, owner = postings.alias("seen"), accounts.alias("owner")
        wanted = postings.c.flow == flow
        if flow == "expense":
            wanted |= (accounts.c.kind == "loan") & (postings.c.minor > 0) & (owner.c.kind != "loan")
        query = (
            sa.select(*HEAD, owner.c.name, postings.c.category, postings.c.minor, postings.c.currency, postings.c.flow)
            .join(entries, entries.c.id == postings.c.entry_id)
            .join(seen, (seen.c.entry_id == postings.c.entry_id) & (seen.c.line == 0))
            .join(owner, owner.c.id == seen.c.account_id)
            .outerjoin(accounts, accounts.c.id == postings.c.account_id)
            .where(entries.c.user_id == user, wanted)
            .order_by(entries.c.day, entries.c.id, postings.c.line)
        )
        rows = self.store.rows(query)
        return [_movement(row, -1 if flow == "income" else 1) for row in rows]

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
        parts = (
            sa.select(postings.c.entry_id, sa.func.count().label("lines"))
            .where(postings.c.user_id == user)
            .group_by(postings.c.entry_id)
            .subquery()
        )
        split = sa.case((parts.c.lines == 1, 0), (postings.c.quantity > 0, 1), else_=2)
        query = (
            sa.select(
                postings.c.account_id, postings.c.security_id, entries.c.identity, entries.c.day,
                postings.c.quantity, postings.c.minor, postings.c.currency, split,
            )
            .join(entries, entries.c.id == postings.c.entry_id)
            .join(parts, parts.c.entry_id == postings.c.entry_id)
            .where(postings.c.user_id == user, postings.c.account_id.is_not(None), postings.c.quantity != 0)
            .where(entries.c.day <= until)
            .order_by(entries.c.day, split, entries.c.id, postings.c.line)
        )  # fmt: skip
        return [
            Traded(account, security, identity, day, quantity, Money(minor, currency), kind == 0)
            for account, security, identity, day, quantity, minor, currency, kind in self.store.rows(query)
        ]

    @kept
    def tracks(self, user: str) -> list[Track]:
        """What every account and security gained or lost by day."""
        by = (postings.c.account_id, postings.c.currency, postings.c.security_id, entries.c.day)
        query = (
            sa.select(*by, sa.func.sum(postings.c.minor), sa.func.sum(postings.c.quantity))
            .join(entries, entries.c.id == postings.c.entry_id)
            .where(postings.c.user_id == user, postings.c.account_id.is_not(None))
            .group_by(*by)
            .order_by(entries.c.day)
        )
        groups: dict[tuple[str, str, str | None], list[tuple[int, int, int]]] = defaultdict(list)
        for account, currency, security, day, minor, quantity in self.store.rows(query):
            groups[account, "" if security else currency, security].append((day.toordinal(), minor, quantity))
        tracks = []
        for (account, currency, security), rows in groups.items():
            days, minor, quantity = np.array(rows, np.int64).T
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
        for each in self.outside(user, inside, start, end):
            own = each.flow in ("income", "expense") and each.category in result
            if each.flow != "exchange" and not own:
                sums[each.entry, each.day, each.money.currency] -= each.money.minor
        return [(day, Money(minor, currency)) for (_, day, currency), minor in sums.items()]

    def outside(self, user: str, inside: Collection[str], start: date, end: date) -> list[Outside]:
        """The other sides of all entries that touch the accounts `inside` (ids), oldest first."""
        touched = sa.select(postings.c.entry_id).where(postings.c.user_id == user, postings.c.account_id.in_(inside))
        query = (
            sa.select(
                entries.c.id, entries.c.day, entries.c.payee, postings.c.flow, postings.c.category,
                postings.c.security_id, postings.c.minor, postings.c.currency,
            )
            .join(entries, entries.c.id == postings.c.entry_id)
            .where(postings.c.user_id == user, entries.c.day.between(start, end), postings.c.entry_id.in_(touched))
            .where(postings.c.account_id.is_(None) | postings.c.account_id.not_in(inside))
            .order_by(entries.c.day, entries.c.id, postings.c.line)
        )  # fmt: skip
        return [
            Outside(r.id, r.day, r.payee, r.flow, r.category, r.security_id, Money(r.minor, r.currency))
            for r in self.store.rows(query)
        ]

    @kept
    def passing(self, user: str, inside: Collection[str], start: date, end: date) -> list[Movement]:
        """What every entry changed on the accounts `inside` (ids) together, in is positive, oldest first.

        What moved between them is nothing; a payment to another account of the person is `transfer`.
        """
        here = postings.c.account_id.in_(inside)
        there = sa.func.max(sa.case((postings.c.flow != "", postings.c.category), else_=None))
        net = sa.func.sum(sa.case((here & postings.c.security_id.is_(None), postings.c.minor), else_=0))
        home = sa.func.max(sa.case((here, postings.c.account_id), else_=None))
        touched = sa.select(postings.c.entry_id).where(postings.c.user_id == user, here)
        query = (
            sa.select(*HEAD, there, home, net, postings.c.currency)
            .join(postings, entries.c.id == postings.c.entry_id)
            .where(entries.c.user_id == user, entries.c.day.between(start, end), entries.c.id.in_(touched))
            .group_by(*HEAD, postings.c.currency)
            .having(net != 0)
            .order_by(entries.c.day, entries.c.id)
        )
        names = {each.id: each.name for each in self.accounts(user)}
        return [
            Movement(entry, day, payee, memo, category or "transfer", names[account], Money(minor, currency))
            for entry, day, payee, memo, category, account, minor, currency in self.store.rows(query)
        ]

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


def _movement(row: Any, sign: int) -> Movement:
    category = row.category if row.flow else "loan"
    return Movement(row.id, row.day, row.payee, row.memo, category, row.name, Money(sign * row.minor, row.currency))
