"""How much may leave: per payment and per day, in the person's base currency, read in the confirming transaction.

A day is a calendar day in UTC. Confirmed payments count until they fail or are undone; refunds do not free the limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assistant import fx
from assistant.errors import Refused
from assistant.money import Money
from assistant.payments.drafts import Payment
from assistant.payments.tables import payments, wallets

PER_PAYMENT, PER_DAY = "500", "1000"  # major units of the base currency of a new person
FIRST_METHOD = "pm_card_visa"
COUNTED = ("confirmed", "submitted", "requires_action", "unknown", "succeeded")


@dataclass(frozen=True, slots=True)
class Wallet:
    """How a person pays (`method`: a test payment method) and how much at most."""

    user: str
    per_payment: Money
    per_day: Money
    method: str
    stopped_at: datetime | None = None

    @property
    def currency(self) -> str:
        return self.per_payment.currency


def wallet(db: Connection, user: str, currency: str) -> Wallet:
    """The person's wallet; one who never chose has the defaults in `currency`."""
    row = db.execute(sa.select(wallets).where(wallets.c.user_id == user)).first()
    if row is None:
        return Wallet(user, Money.of(PER_PAYMENT, currency), Money.of(PER_DAY, currency), FIRST_METHOD)
    limits = (Money(row.per_payment, row.currency), Money(row.per_day, row.currency))
    return Wallet(user, *limits, row.method, row.stopped_at)


def keep(db: Connection, wallet: Wallet) -> None:
    """Write the wallet as it stands."""
    row = {
        "currency": wallet.currency, "per_payment": wallet.per_payment.minor, "per_day": wallet.per_day.minor,
        "method": wallet.method, "stopped_at": wallet.stopped_at,
    }  # fmt: skip
    known = db.execute(sa.update(wallets).where(wallets.c.user_id == wallet.user).values(**row)).rowcount
    if not known:
        db.execute(sa.insert(wallets).values(user_id=wallet.user, **row))


def worth(amount: Money, currency: str, now: datetime) -> Money:
    """`amount` in the base currency at the last reference rate; at least one minor unit."""
    converted, _ = fx.convert(amount, currency, now.date())
    return Money(max(converted.minor, 1), currency)


def check(db: Connection, wallet: Wallet, payment: Payment, now: datetime) -> None:
    """Raise `Refused` when this payment may not leave now. Call inside the transaction that confirms it."""
    if wallet.stopped_at:
        raise Refused("payments_stopped")
    if payment.worth.minor > wallet.per_payment.minor:
        raise Refused("above_payment_limit", amount=payment.amount, limit=wallet.per_payment)
    left = wallet.per_day - spent(db, wallet, now)
    if payment.worth.minor > left.minor:
        raise Refused("above_day_limit", amount=payment.amount, limit=wallet.per_day, left=max(left, left - left))


def spent(db: Connection, wallet: Wallet, now: datetime) -> Money:
    """What was confirmed since midnight UTC and has not failed."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    counted = (payments.c.user_id == wallet.user) & (payments.c.confirmed_at >= today) & payments.c.state.in_(COUNTED)
    total = db.execute(sa.select(sa.func.coalesce(sa.func.sum(payments.c.worth), 0)).where(counted)).scalar_one()
    return Money(int(total), wallet.currency)
