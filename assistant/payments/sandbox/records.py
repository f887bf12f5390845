"""The sandbox's own SQLite file: objects as JSON, answers by idempotency key. A request is one transaction."""

import json
import re
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, kind TEXT NOT NULL, account TEXT NOT NULL,
    parent TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (account, id));
CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (kind, account, parent, seq);
CREATE INDEX IF NOT EXISTS objects_by_id ON objects (id);
CREATE TABLE IF NOT EXISTS answers (
    account TEXT NOT NULL, key TEXT NOT NULL, request TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL,
    at INTEGER NOT NULL, PRIMARY KEY (account, key));
CREATE TABLE IF NOT EXISTS outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, endpoint TEXT NOT NULL, event TEXT NOT NULL, tries INTEGER NOT NULL,
    due INTEGER NOT NULL);
"""
WAITING = """SELECT o.seq, json_extract(w.body, '$.url'), json_extract(w.body, '$.secret'), e.body, o.tries
FROM outbox o JOIN objects w ON w.id = o.endpoint JOIN objects e ON e.id = o.event WHERE o.due <= ? ORDER BY o.seq
LIMIT 100"""
PAGE = """SELECT body FROM objects WHERE kind = :kind AND account = :account AND (:parent = '' OR parent = :parent)
AND (:at = '' OR seq {} (SELECT seq FROM objects WHERE account = :account AND id = :at))
AND json_extract(body, '$.created') BETWEEN :first AND :last ORDER BY seq {} LIMIT :limit"""
EVER = (0, 2**40)  # unix seconds
FORWARD, BACKWARD = PAGE.format("<", "DESC"), PAGE.format(">", "ASC")
KEPT_SECONDS = 24 * 3600  # an idempotency key may be forgotten after a day
BYTES = 12
THING = re.compile(r"\b(?:pi|ch|tr|trr|re|txn|evt)_[0-9a-f]{24}\b")
PAYMENT = re.compile(r"\bpay_[0-9a-f]{32}\b")


def fresh(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(BYTES)}"


class Parcel(NamedTuple):
    """An event on its way to an endpoint."""

    seq: int
    url: str
    secret: str
    body: str
    tries: int


class Records:
    def __init__(self, path: Path) -> None:
        self.woken = threading.Event()  # something entered the outbox
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.executescript(SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                self._db.rollback()
                raise

    def put(self, kind: str, account: str, body: dict[str, Any], parent: str = "") -> None:
        """Add the object, or write it anew."""
        self._db.execute(
            "INSERT INTO objects (id, kind, account, parent, body) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (account, id) DO UPDATE SET body = excluded.body",
            (body["id"], kind, account, parent, json.dumps(body)),
        )

    def drop(self, id: str) -> None:
        self._db.execute("DELETE FROM objects WHERE id = ?", (id,))
        self._db.execute("DELETE FROM outbox WHERE endpoint = ? OR event = ?", (id, id))

    def send(self, endpoint: str, event: str, now: int) -> None:
        self._db.execute("INSERT INTO outbox (endpoint, event, tries, due) VALUES (?, ?, 0, ?)", (endpoint, event, now))
        self.woken.set()

    def parcels(self, now: int) -> list[Parcel]:
        with self._lock:
            return [Parcel(*row) for row in self._db.execute(WAITING, (now,)).fetchall()]

    def redeliver(self, parcel: Parcel, due: int | None) -> None:
        """Try again at `due`; None: it was received, or is given up."""
        if due is None:
            self._db.execute("DELETE FROM outbox WHERE seq = ?", (parcel.seq,))
        else:
            self._db.execute("UPDATE outbox SET tries = tries + 1, due = ? WHERE seq = ?", (due, parcel.seq))

    def next_parcel(self) -> int | None:
        with self._lock:
            found: int | None = self._db.execute("SELECT min(due) FROM outbox").fetchone()[0]
        return found

    def get(self, kind: str, account: str, id: str) -> dict[str, Any] | None:
        found = self._db.execute(
            "SELECT body FROM objects WHERE kind = ? AND account = ? AND id = ?", (kind, account, id)
        ).fetchone()
        return json.loads(found[0]) if found else None

    def account_of(self, id: str) -> str | None:
        """On which account an object stands."""
        found = self._db.execute("SELECT account FROM objects WHERE id = ?", (id,)).fetchone()
        return str(found[0]) if found else None

    def newest(
        self,
        kind: str,
        account: str,
        parent: str = "",
        limit: int = 10,
        after: str = "",
        before: str = "",
        made: tuple[int, int] = EVER,
    ) -> tuple[list[dict[str, Any]], bool]:
        """Objects newest first, older than `after` or newer than `before`, `made` then; and whether there are more."""
        asked = {"kind": kind, "account": account, "parent": parent, "at": after or before, "limit": limit + 1}
        asked |= {"first": made[0], "last": made[1]}
        rows = self._db.execute(BACKWARD if before else FORWARD, asked).fetchall()
        found = [json.loads(row[0]) for row in rows[:limit]]
        return (found[::-1] if before else found), len(rows) > limit

    def total(self, account: str) -> dict[str, int]:
        """The balance of an account: currency -> minor units."""
        rows = self._db.execute(
            "SELECT json_extract(body, '$.currency'), sum(json_extract(body, '$.net')) FROM objects "
            "WHERE kind = 'balance_transaction' AND account = ? GROUP BY 1 ORDER BY 1",
            (account,),
        )
        return {str(currency): int(net) for currency, net in rows}

    def answer(self, account: str, key: str, now: int) -> tuple[str, int, str] | None:
        """(request, status, body) first given for this key, while it is remembered."""
        found: tuple[str, int, str] | None = self._db.execute(
            "SELECT request, status, body FROM answers WHERE account = ? AND key = ? AND at > ?",
            (account, key, now - KEPT_SECONDS),
        ).fetchone()
        return found

    def remember(self, account: str, key: str, request: str, status: int, body: str, now: int) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?)", (account, key, request, status, body, now)
        )

    def forget(self, payments: set[str]) -> None:
        """Drop the intents made for these payments with all that hangs on them: charges, transfers, events, answers."""
        with self.transaction():
            rows = self._db.execute("SELECT id, body FROM objects").fetchall()
            names = {id: {id, *THING.findall(body)} for id, body in rows}
            gone = {id for id, body in rows if payments & set(PAYMENT.findall(body))}
            while more := {id for id, named in names.items() if id not in gone and THING.match(id) and named & gone}:
                gone |= more
            for id in gone:
                self.drop(id)
            for account, key, body in self._db.execute("SELECT account, key, body FROM answers").fetchall():
                if key.split(":")[0] in payments or gone & set(THING.findall(body)):
                    self._db.execute("DELETE FROM answers WHERE account = ? AND key = ?", (account, key))
        with self._lock:  # no other thread may commit beside a checkpoint that still runs
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        with self._lock:
            self._db.close()
