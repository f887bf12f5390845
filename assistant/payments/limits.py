"""How much may leave, in the person's base currency, read in the transaction that confirms: per payment, per day, in
thirty days, to an account that was never paid before, and how many payments in an hour.

A day is a calendar day in UTC. Confirmed payments count until they fail or are undone; refunds do not free the limit.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assistant import fx
from assistant.errors import Refused
from assistant.money import Money
from assistant.payments.drafts import Payment
from assistant.payments.tables import payments, wallets

USUAL = {"per_payment": 500, "per_day": 1000, "per_month": 5000, "first_use": 1000}  # major units, of a new person
PER_HOUR = 30  # payments
FIRST_METHOD = "pm_card_visa"
COUNTED = ("confirmed", "submitted", "requires_action", "unknown", "succeeded")


@dataclass(frozen=True, slots=True)
class Wallet:
    """How a person pays (`method`: a test payment method) and how much at most."""

    user: str
    per_payment: Money
    per_day: Money
    per_month: Money  # any thirty days
    first_use: Money  # in a day to an account that nothing has reached yet; a shop has no such limit
    per_hour: int  # payments
    method: str
    stopped_at: datetime | None = None

    @property
    def currency(self) -> str:
        return self.per_payment.currency


def wallet(db: Connection, user: str, currency: str) -> Wallet:
    """The person's wallet; one who never chose has the defaults in `currency`."""
    row = db.execute(sa.select(wallets).where(wallets.c.user_id == user)).first()
    kept = {name: value for name, value in row._mapping.items() if value is not None} if row else {}
    currency = kept.get("currency", currency)
    sums = {n: Money(kept[n], currency) if n in kept else Money.of(major, currency) for n, major in USUAL.items()}
    method, stopped = kept.get("method", FIRST_METHOD), kept.get("stopped_at")
    return Wallet(user, **sums, per_hour=kept.get("per_hour", PER_HOUR), method=method, stopped_at=stopped)


def keep(db: Connection, wallet: Wallet) -> None:
    """Write the wallet as it stands."""
    row = {name: getattr(wallet, name) for name in ("currency", "per_hour", "method", "stopped_at")}
    row |= {name: getattr(wallet, name).minor for name in USUAL}
    known = db.execute(sa.update(wallets).where(wallets.c.user_id == wallet.user).values(**row)).rowcount
    if not known:
        db.execute(sa.insert(wallets).values(user_id=wallet.user, **row))


def worth(amount: Money, currency: str, now: datetime) -> Money:
    """`amount` in the base currency at the last reference rate; at least one minor unit. `Refused` without a rate."""
    if lacking := {amount.currency, currency}.difference(fx.currencies()) if amount.currency != currency else set():
        raise Refused("no_rate_for_limits", currency=min(lacking))
    converted, _ = fx.convert(amount, currency, now.date())
    return Money(max(converted.minor, 1), currency)


def check(db: Connection, wallet: Wallet, payment: Payment, now: datetime, sheet: Money) -> None:
    """Raise `Refused` when this payment may not leave now. Call inside the transaction that confirms it.

    `sheet`: the worth of everything that its gesture confirms; the limit of one payment holds for that.
    """
    if wallet.stopped_at:
        raise Refused("payments_stopped")
    if sheet.minor > wallet.per_payment.minor:
        amount = payment.amount if sheet == payment.worth else sheet
        raise Refused("above_payment_limit", amount=amount, limit=wallet.per_payment)
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    _within("day_limit", wallet.per_day, _confirmed(db, wallet, payments.c.confirmed_at >= today), payment)
    month = payments.c.confirmed_at >= now - timedelta(days=30)
    _within("month_limit", wallet.per_month, _confirmed(db, wallet, month), payment)
    if not payment.merchant_id and not known_account(db, payment.user, payment.account):
        fresh = (payments.c.account == payment.account) & (payments.c.confirmed_at > now - timedelta(days=1))
        _within("first_limit", wallet.first_use, _confirmed(db, wallet, fresh), payment)
    _, count = _confirmed(db, wallet, payments.c.confirmed_at > now - timedelta(hours=1))
    if count >= wallet.per_hour:
        raise Refused("too_many_payments", count=count)


def _within(name: str, limit: Money, counted: tuple[Money, int], payment: Payment) -> None:
    left = limit - counted[0]
    if payment.worth.minor > left.minor:
        shown = {"amount": payment.amount, "limit": limit, "left": max(left, left - left)}
        raise Refused(f"above_{name}", **shown, payee=payment.payee_name)


def _confirmed(db: Connection, wallet: Wallet, when: sa.ColumnElement[bool]) -> tuple[Money, int]:
    """What was confirmed and has not failed: its worth, and how many payments."""
    counted = (payments.c.user_id == wallet.user) & payments.c.state.in_(COUNTED) & when
    total = sa.select(sa.func.coalesce(sa.func.sum(payments.c.worth), 0), sa.func.count()).where(counted)
    worth, count = db.execute(total).one()
    return Money(int(worth), wallet.currency), int(count)


def known_account(db: Connection, user: str, account: str) -> bool:
    """Whether this person has paid to this account before."""
    paid = (payments.c.user_id == user) & (payments.c.account == account) & (payments.c.state == "succeeded")
    return db.execute(sa.select(payments.c.id).where(paid).limit(1)).first() is not None
