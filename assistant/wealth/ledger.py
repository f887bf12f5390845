"""The double-entry ledger of one person in SQL: what was written, and what is read of it (`reading.py`).

Knows no category rules (`cashflow.py`), no rates and no present value (`valuation.py`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from assistant.errors import NotFound
from assistant.reply import new_id
from assistant.wealth.entry import Account, Class, Entry, Flow, Kind, Security
from assistant.wealth.reading import Reader
from assistant.wealth.tables import accounts, batches, entries, postings, prices, rules, securities, uploads

KEPT = timedelta(hours=1)
SLICE = 500  # values in one IN (...), below every database's limit


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of entries: `batch` is empty when all of them were `known` already."""

    batch: str
    added: int
    known: int


class Ledger(Reader):
    # -- accounts and securities

    def add_account(
        self, user: str, name: str, kind: Kind, currency: str, aliases: Sequence[str] = (), note: str = ""
    ) -> Account:
        """A new account. The name is unique among the person's accounts."""
        fresh = Account(new_id("acc"), name[:120], kind, currency, tuple(aliases), note)
        self.run(sa.insert(accounts).values(user_id=user, **asdict(fresh)))
        return fresh

    def add_security(self, user: str, symbol: str, name: str, kind: Class, currency: str) -> Security:
        fresh = Security(new_id("sec"), symbol, name, kind, currency)
        self.run(sa.insert(securities).values(user_id=user, **asdict(fresh)))
        return fresh

    def add_prices(self, user: str, security: Security, closes: Mapping[date, int]) -> None:
        """Closing prices, major units of the security's currency times 10^8; a day already known is replaced."""
        rows = [
            {"security_id": security.id, "day": day, "user_id": user, "price": price} for day, price in closes.items()
        ]
        stale = sa.delete(prices).where(
            prices.c.security_id == sa.bindparam("security_id"), prices.c.day == sa.bindparam("day")
        )
        with self.writing() as db:
            db.execute(stale, [{"security_id": security.id, "day": day} for day in closes])
            db.execute(sa.insert(prices), rows)

    # -- writing entries

    def post(self, user: str, new: Iterable[Entry], source: str, at: datetime, note: str = "") -> Posted:
        """Write entries in one transaction; an entry whose identity is already there is counted, not written."""
        named = [(new_id("ent"), entry.checked()) for entry in new]
        batch = new_id("bat")
        with self.writing() as db:
            known = self.known(user, [entry.identity for _, entry in named if entry.identity])
            fresh = [(key, entry) for key, entry in named if entry.identity not in known]
            if fresh:
                db.execute(sa.insert(batches).values(id=batch, user_id=user, source=source[:200], note=note, at=at))
                db.execute(sa.insert(entries), [_entry_row(user, batch, key, entry) for key, entry in fresh])
                db.execute(
                    sa.insert(postings), [row for key, entry in fresh for row in _posting_rows(user, key, entry)]
                )
        return Posted(batch if fresh else "", len(fresh), len(named) - len(fresh))

    def known(self, user: str, identities: Sequence[str]) -> set[str]:
        """Those of these identities that stand in the ledger."""
        found: set[str] = set()
        for start in range(0, len(identities), SLICE):
            some = entries.c.identity.in_(identities[start : start + SLICE])
            query = sa.select(entries.c.identity).where(entries.c.user_id == user, some)
            found |= {row.identity for row in self.store.rows(query)}
        return found

    def withdraw(self, user: str, identities: Sequence[str]) -> None:
        """Take entries back that only followed from others and follow no more."""
        self._delete((entries.c.user_id == user) & entries.c.identity.in_(identities))

    def relabel(self, user: str, ids: Sequence[str], flow: Flow, category: str = "") -> None:
        """Give the flow postings of these entries another meaning: a transfer, a refund, a corrected category."""
        if not ids:
            return
        with self.writing() as db:
            for start in range(0, len(ids), SLICE):
                chosen = postings.c.entry_id.in_(ids[start : start + SLICE]) & (postings.c.flow != "")
                change = sa.update(postings).where(postings.c.user_id == user, chosen)
                db.execute(change.values(flow=flow, category=category))

    def take_back(self, user: str, batch: str) -> int:
        """Delete what one import wrote; how many entries went."""
        with self.writing() as db:
            count = self._delete((entries.c.user_id == user) & (entries.c.batch_id == batch))
            db.execute(sa.delete(batches).where(batches.c.user_id == user, batches.c.id == batch))
        return count

    def _delete(self, which: sa.ColumnElement[bool]) -> int:
        with self.writing() as db:
            gone = sa.select(entries.c.id).where(which).scalar_subquery()
            db.execute(sa.delete(postings).where(postings.c.entry_id.in_(gone)))
            return db.execute(sa.delete(entries).where(which)).rowcount

    # -- rules and waiting files

    def learn(self, user: str, words: str, category: str) -> None:
        """From now on a row whose text contains `words` belongs to `category`."""
        with self.writing() as db:
            key = (rules.c.user_id == user) & (rules.c.words == words.casefold()[:200])
            db.execute(sa.delete(rules).where(key))
            db.execute(sa.insert(rules).values(user_id=user, words=words.casefold()[:200], category=category))

    def unlearn(self, user: str, words: str) -> None:
        self.run(sa.delete(rules).where(rules.c.user_id == user, rules.c.words == words))

    def keep(self, user: str, name: str, data: bytes, at: datetime) -> str:
        """Hold a file between its preview and its import; what nobody imported within an hour is dropped."""
        key = new_id("upl")
        with self.writing() as db:
            db.execute(sa.delete(uploads).where(uploads.c.user_id == user, uploads.c.at < at - KEPT))
            db.execute(sa.insert(uploads).values(id=key, user_id=user, name=name[:200], data=data, at=at))
        return key

    def kept(self, user: str, key: str) -> tuple[str, bytes]:
        mine = (uploads.c.id == key) & (uploads.c.user_id == user)
        row = self.store.first(sa.select(uploads.c.name, uploads.c.data).where(mine))
        if row is None:
            raise NotFound("upload_gone")
        return row.name, row.data

    def release(self, user: str, key: str) -> None:
        self.run(sa.delete(uploads).where(uploads.c.id == key, uploads.c.user_id == user))


def _entry_row(user: str, batch: str, key: str, entry: Entry) -> dict[str, Any]:
    return {
        "id": key, "user_id": user, "batch_id": batch, "day": entry.day,
        "payee": entry.payee, "memo": entry.memo, "identity": entry.identity or key,
    }  # fmt: skip


def _posting_rows(user: str, key: str, entry: Entry) -> list[dict[str, Any]]:
    return [
        {
            "entry_id": key, "line": line, "user_id": user, "account_id": each.account or None, "flow": each.flow,
            "category": each.category, "minor": each.money.minor, "currency": each.money.currency,
            "security_id": each.security or None, "quantity": each.quantity,
        }
        for line, each in enumerate(entry.postings)
    ]  # fmt: skip
