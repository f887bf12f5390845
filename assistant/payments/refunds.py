"""Money back: its own row and its own gesture. The database refuses to give back more than was paid.

Steps as for a payment: the row is committed first; a lost answer is found again by the refund's id before it is asked
for a second time under the same key.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from assistant.clock import Clock
from assistant.errors import NotFound, OutOfRoom, Refused, Unavailable
from assistant.money import Money
from assistant.payments.audit import append
from assistant.payments.drafts import Payment, load
from assistant.payments.ledger import book
from assistant.payments.provider import Provider
from assistant.payments.tables import refunds
from assistant.store import Store

LEASE, AGAIN = timedelta(seconds=60), timedelta(seconds=30)


@dataclass(eq=False)
class Refunds:
    store: Store
    clock: Clock
    provider: Callable[[], Provider]
    account: Callable[[Payment], str]  # on which a payment was charged; empty for a destination charge

    def ask(self, user: str, payment_id: str, refund_id: str, amount: Money | None = None) -> Payment:
        """Give `amount` back, or what is left. The same `refund_id` refunds once, however often it is asked.

        Raises `Refused` when nothing was paid, or less than that is left.
        """
        now = self.clock.now()
        with self.store.write() as db:
            payment = load(db, user, payment_id)
            known = db.execute(sa.select(refunds).where(refunds.c.id == refund_id)).first()
            if known is None:
                wanted = amount or payment.amount - payment.refunded
                if payment.state != "succeeded" or wanted.currency != payment.amount.currency or wanted.minor <= 0:
                    raise Refused("nothing_to_refund")
                row = {"id": refund_id, "user_id": user, "payment_id": payment_id, "amount": wanted.minor}
                try:
                    db.execute(sa.insert(refunds).values(**row, state="submitted", created_at=now, look_at=now + LEASE))
                except sa.exc.IntegrityError:
                    raise Refused("more_than_was_paid", amount=payment.amount) from None
                append(db, user, payment_id, "refund", now, refund_id)
            elif (known.user_id, known.payment_id) != (user, payment_id):
                raise NotFound("unknown_payment")
        if known is None:
            with contextlib.suppress(OutOfRoom, Unavailable):  # asked it is; the duties go on with it
                self.carry_on(refund_id)
        with self.store.read() as db:
            return load(db, user, payment_id)

    def due(self, restarted: bool = False) -> list[str]:
        ready = (refunds.c.look_at <= self.clock.now()) | sa.literal(restarted)
        return [row.id for row in self.store.rows(sa.select(refunds.c.id).where(refunds.c.state == "submitted", ready))]

    def carry_on(self, id: str) -> None:
        """Ask the provider, unless it did it already; write down what it says."""
        with self.store.read() as db:
            row = db.execute(sa.select(refunds).where(refunds.c.id == id)).one()
            payment = load(db, row.user_id, row.payment_id)
        amount, on = Money(row.amount, payment.amount.currency), self.account(payment)
        try:
            made = self.provider().refund_of(payment.provider_ref, id, on)
            ref, status = made or self.provider().refund(payment.provider_ref, amount, id, on)
        except Refused as error:
            self._settle(id, payment, amount, "failed", reason=str(error.values.get("reason", "")))
        except Unavailable:
            self._later(id)
        else:
            if status in ("succeeded", "failed"):
                self._settle(id, payment, amount, status, ref)
            else:
                self._later(id)

    def _settle(self, id: str, payment: Payment, amount: Money, state: str, ref: str = "", reason: str = "") -> None:
        now = self.clock.now()
        waiting = (refunds.c.id == id) & (refunds.c.state == "submitted")
        with self.store.write() as db:
            values = {"state": state, "provider_ref": ref or None, "reason": reason}
            if db.execute(sa.update(refunds).where(waiting).values(**values)).rowcount:
                append(db, payment.user, payment.id, f"refund {state}", now, ref or reason)
                if state == "succeeded":
                    book(db, payment, ref, "refund", amount, now)

    def _later(self, id: str) -> None:
        self.store.run(sa.update(refunds).where(refunds.c.id == id).values(look_at=self.clock.now() + AGAIN))
