"""The audit log is a chain: each event of a person carries SHA-256 over the hash before it and its own row.

`broken` finds the first row that was edited, left out or put in another place, and any payment that no longer is what
its events say. A chain is one person's, so that "forget me" takes it away whole.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import get_args

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assistant.money import Money
from assistant.payments.tables import State, events, payments


def link(before: str, user: str, payment: str, event: str, detail: str, at: str) -> str:
    """The hash of one event, in hex; `at` as it stands in the row."""
    row = [before, user, payment, event, detail, at]
    return hashlib.sha256(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def append(db: Connection, user: str, payment: str, event: str, now: datetime, detail: str = "") -> None:
    """Write an event behind the last one of its person."""
    newest = sa.select(events.c.hash).where(events.c.user_id == user).order_by(events.c.id.desc()).limit(1)
    before = db.execute(newest).scalar() or ""
    at = now.astimezone(UTC).isoformat(timespec="microseconds")
    row = {"user_id": user, "payment_id": payment, "event": event, "detail": detail[:120], "at": now}
    db.execute(sa.insert(events).values(**row, hash=link(before, user, payment, event, detail[:120], at)))


def trail(db: Connection, user: str, payment: str) -> tuple[Mapping[str, str], ...]:
    """The events of one payment, oldest first, each with its hash."""
    shown = sa.select(events.c.event, events.c.detail, events.c.at, events.c.hash).order_by(events.c.id)
    rows = db.execute(shown.where(events.c.user_id == user, events.c.payment_id == payment)).all()
    return tuple({**row._asdict(), "at": row.at.isoformat()} for row in rows)


def broken(db: Connection) -> tuple[int, str]:
    """(events read, what is wrong): the id of the first event or payment that does not fit, empty when all do."""
    heads: dict[str, str] = {}
    states: dict[str, str] = {}
    seals: dict[str, str] = {}
    count = 0
    log = sa.select(events, sa.type_coerce(events.c.at, sa.String).label("written")).order_by(events.c.id)
    told = [column for column in log.selected_columns if column.name != "at"]
    for count, row in enumerate(db.execute(log.with_only_columns(*told)), 1):
        expected = link(heads.get(row.user_id, ""), row.user_id, row.payment_id, row.event, row.detail, row.written)
        if row.hash != expected:
            return count, f"event {row.id}"
        heads[row.user_id] = row.hash
        if row.event in get_args(State):
            states[row.payment_id] = row.event
        if row.event == "draft":
            seals[row.payment_id] = row.detail
    for row in db.execute(sa.select(payments)):
        if states.get(row.id) != row.state or seals.get(row.id, "") not in ("", row.hash) or sealed(row) != row.hash:
            return count, f"payment {row.id}"
    return count, ""


def sealed(row: sa.Row[tuple[object, ...]]) -> str:
    """The hash a payment's row should carry."""
    amount = Money(row.amount, row.currency)
    return canonical(row.user_id, row.payee_id, row.account, amount, row.purpose, row.method, row.quote_id)


def canonical(user: str, payee: str, account: str, amount: Money, purpose: str, method: str, quote: str) -> str:
    """SHA-256 over the canonical JSON of everything a person agrees to."""
    said = [user, payee, account, amount.minor, amount.currency, purpose, method, quote]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
