"""What a person should look at before paying: the same payment a moment ago, a first payment, a name like another's.

A doubt is written on the sheet and asks for a second look; it never forbids.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assistant.money import Money
from assistant.payments.drafts import Origin, Payment
from assistant.payments.limits import COUNTED, known_account
from assistant.payments.looks import folded, skeleton
from assistant.payments.payees import Payee
from assistant.payments.tables import payments
from assistant.reply import to_json

RECENT = timedelta(minutes=30)


def repeated(db: Connection, user: str, account: str, amount: Money, now: datetime) -> str:
    """The id of the newest payment of the same amount to the same account that left within half an hour."""
    same = (payments.c.user_id == user) & (payments.c.account == account) & payments.c.state.in_(COUNTED)
    same &= (payments.c.amount == amount.minor) & (payments.c.currency == amount.currency)
    recent = sa.select(payments.c.id).where(same, payments.c.confirmed_at >= now - RECENT)
    return db.execute(recent.order_by(payments.c.confirmed_at.desc()).limit(1)).scalar() or ""


def resembling(name: str, account: str, book: Iterable[Payee]) -> str:
    """The known payee whose name looks like this one and whose money goes elsewhere."""
    alike = (known for known in book if known.account != account and skeleton(known.name) == skeleton(name))
    return next((known.name for known in alike if folded(known.name) != folded(name)), "")


def look(
    db: Connection, user: str, account: str, name: str, amount: Money, book: Iterable[Payee], origin: Origin,
    now: datetime,
) -> Origin:  # fmt: skip
    """The origin of a draft with its doubts."""
    return replace(
        origin,
        repeats=repeated(db, user, account, amount, now),
        first=not known_account(db, user, account),
        resembles=resembling(name, account, book),
    )


def late(db: Connection, payment: Payment, now: datetime) -> bool:
    """Whether a repetition came up after this sheet was shown; it is written on the sheet now."""
    found = repeated(db, payment.user, payment.account, payment.amount, now)
    if payment.state != "draft" or not found or payment.origin.repeats:
        return False
    mine = payments.c.id == payment.id
    sheet = db.execute(sa.select(payments.c.sheet).where(mine)).scalar_one()
    told = sheet | to_json(replace(payment.origin, repeats=found))
    db.execute(sa.update(payments).where(mine).values(sheet=told))
    return True
