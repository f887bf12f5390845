"""A draft: what the sheet shows, sealed by a hash. It moves no money and cannot be edited; a change is a new draft.

Knows amounts, payees, quotes and where each field came from. Does not know how a payment is confirmed or sent.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assistant.errors import NotFound, Refused
from assistant.merchant import Quote
from assistant.money import Money
from assistant.payments.audit import append, canonical
from assistant.payments.payees import Payee
from assistant.payments.tables import State, payments, refunds
from assistant.reply import SumLine, to_json

DONE: frozenset[State] = frozenset({"succeeded", "failed", "canceled", "expired"})
OPEN: frozenset[State] = frozenset({"submitted", "requires_action", "unknown"})
LIFETIME = timedelta(minutes=5)
LARGEST = 99_999_999  # minor units: Stripe takes at most eight digits
LONGEST_PURPOSE = 200
WHOLE = sa.select(  # a payment's row, and what of it was given back: as `payment_of` reads it
    payments,
    sa.select(sa.func.coalesce(sa.func.sum(refunds.c.amount), 0))
    .where(refunds.c.payment_id == payments.c.id, refunds.c.state == "succeeded")
    .scalar_subquery()
    .label("refunded"),
)
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+")  # and marks that turn the reading direction


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the fields of a draft came from; shown on the sheet and the receipt, not part of what is charged."""

    source: str = ""  # the words that were said, or the name of the picture
    provenance: Mapping[str, Any] = field(default_factory=dict)  # field -> {"span": [a, b]} | {"image": n, "box": [..]}
    uncertain: tuple[str, ...] = ()
    assumed: bool = False  # nobody said the currency
    match: Literal["exact", "close"] = "exact"
    replaces: str = ""  # the draft this one takes the place of
    repeats: str = ""  # the same payment, less than half an hour ago (doubts.py)
    first: bool = False  # nothing was ever paid to this account
    resembles: str = ""  # another payee's name that looks like this one
    parts: tuple[str, ...] = ()  # every draft of the sheet this one stands on, when one gesture confirms several
    notes: tuple[str, ...] = ()  # what changed since the person last looked, in their language


@dataclass(frozen=True, slots=True)
class Payment:
    """One row of `payments`: a payment from draft to receipt, under one id."""

    id: str
    user: str
    session: str
    state: State
    payee_id: str
    payee_name: str
    account: str
    amount: Money
    worth: Money  # `amount` in the person's base currency
    purpose: str
    method: str
    merchant_id: str
    quote_id: str
    origin: Origin
    lines: tuple[SumLine, ...]
    totals: tuple[SumLine, ...]
    hash: str
    created_at: datetime
    expires_at: datetime
    moved_at: datetime
    confirmed_at: datetime | None
    send_at: datetime | None
    provider_ref: str
    attempt: int
    reason: str
    refunded: Money


def row_for(
    id: str, user: str, session: str, payee: Payee | Quote, account: str, amount: Money, worth: Money, purpose: str,
    method: str, origin: Origin, now: datetime,
) -> dict[str, Any]:  # fmt: skip
    """The row of a new draft."""
    quote = payee if isinstance(payee, Quote) else None
    payee_id, name = (payee.merchant, payee.seller) if isinstance(payee, Quote) else (payee.id, payee.name)
    purpose = " ".join(CONTROLS.sub(" ", purpose).split())[:LONGEST_PURPOSE]
    sheet = to_json(origin) | {
        "lines": _flat(quote.lines) if quote else [],
        "totals": _flat(quote.totals) if quote else [],
    }
    return {
        "id": id, "user_id": user, "session_id": session, "state": "draft", "payee_id": payee_id, "payee_name": name,
        "account": account, "amount": amount.minor, "currency": amount.currency, "worth": worth.minor,
        "purpose": purpose, "method": method, "merchant_id": quote.merchant if quote else "",
        "quote_id": quote.id if quote else "", "sheet": sheet | {"base": worth.currency},
        "hash": canonical(user, payee_id, account, amount, purpose, method, quote.id if quote else ""),
        "created_at": now, "expires_at": min(now + LIFETIME, quote.expires_at) if quote else now + LIFETIME,
        "moved_at": now,
    }  # fmt: skip


def _flat(lines: tuple[SumLine, ...]) -> list[list[Any]]:
    return [[line.label, line.amount.minor, line.amount.currency, line.quantity] for line in lines]


def _lines(rows: list[list[Any]]) -> tuple[SumLine, ...]:
    return tuple(SumLine(label, Money(minor, currency), quantity) for label, minor, currency, quantity in rows)


def payment_of(row: Any) -> Payment:
    """A row of `WHOLE` read back as a value."""
    sheet = row.sheet
    told = {name: sheet[name] for name in Origin.__dataclass_fields__ if name in sheet}
    listed = {name: tuple(told.get(name, ())) for name in ("uncertain", "parts", "notes")}
    origin = Origin(**told | listed)
    return Payment(
        row.id, row.user_id, row.session_id, row.state, row.payee_id, row.payee_name, row.account,
        Money(row.amount, row.currency), Money(row.worth, sheet["base"]), row.purpose, row.method, row.merchant_id,
        row.quote_id, origin, _lines(sheet["lines"]), _lines(sheet["totals"]), row.hash, row.created_at,
        row.expires_at, row.moved_at, row.confirmed_at, row.send_at, row.provider_ref or "", row.attempt, row.reason,
        Money(row.refunded, row.currency),
    )  # fmt: skip


def load(db: Connection, user: str, id: str) -> Payment:
    """The person's payment; somebody else's is answered like one that does not exist."""
    row = db.execute(WHOLE.where(payments.c.id == id, payments.c.user_id == user)).first()
    if row is None:
        raise NotFound("unknown_payment")
    return payment_of(row)


def parts_of(db: Connection, payment: Payment) -> tuple[Payment, ...]:
    """Every payment of the sheet this one stood on, in its order."""
    return tuple(load(db, payment.user, id) for id in payment.origin.parts) or (load(db, payment.user, payment.id),)


def move(db: Connection, payment: Payment, state: State, now: datetime, detail: str = "", **values: Any) -> bool:
    """One step: compare-and-set on the state that was read, its event in the same transaction. False: it had moved."""
    here = (payments.c.id == payment.id) & (payments.c.state == payment.state)
    moved = db.execute(sa.update(payments).where(here).values(state=state, moved_at=now, **values)).rowcount == 1
    if moved:
        append(db, payment.user, payment.id, state, now, detail)
    return moved


def only_sheet(db: Connection, user: str, quote: str, now: datetime) -> None:
    """A quote is bought once: its other waiting sheets close, and one that has left forbids another (`Refused`)."""
    if not quote:
        return
    found = db.execute(WHOLE.where(payments.c.user_id == user, payments.c.quote_id == quote)).all()
    if any(row.state in ("confirmed", "succeeded", *OPEN) for row in found):
        raise Refused("still_under_way")
    for row in found:
        if row.state == "draft":
            move(db, payment_of(row), "canceled", now, "replaced", reason="replaced")
