"""From confirmed to decided: every step is committed before the next call leaves, so a crash can only be continued.

    confirmed -> submitted -> succeeded | failed | requires_action | unknown -> (asked again) -> ...

One payment has one intent: `create` moves no money, its reference is committed, then `confirm` takes the money; the
provider's intent succeeds at most once. Whatever goes wrong after `submitted` is `unknown`, never "failed, try again",
until the provider has said what happened.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assistant.clock import Clock
from assistant.errors import Refused, Unavailable
from assistant.payments.audit import append
from assistant.payments.drafts import OPEN, Payment, load, move
from assistant.payments.ledger import book
from assistant.payments.provider import Bill, Charge, Provider
from assistant.payments.tables import hints, payments
from assistant.payments.vault import CHALLENGE, Vault
from assistant.store import HOUSE, Store

LEASE = timedelta(seconds=90)  # longer than three calls may take: who claimed a payment has it for so long
SOON, LATE = timedelta(seconds=2), timedelta(seconds=30)  # when an undecided payment is asked about again
QUARANTINE = timedelta(hours=1)
REMEMBERED = timedelta(days=30)  # an event that comes again later than this is only read once more
log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class Settlement:
    store: Store
    clock: Clock
    provider: Callable[[], Provider]
    vault: Vault

    def due(self, restarted: bool = False) -> list[tuple[str, str]]:
        """(user, payment) pairs to carry on with now. After a restart nobody else holds a claim, so all of them."""
        now = self.clock.now()
        ripe = (payments.c.state == "confirmed") & (payments.c.send_at <= now)
        stale = (payments.c.look_at <= now) | (payments.c.look_at > now + QUARANTINE) | sa.literal(restarted)
        asked = payments.c.state.in_(OPEN) & stale
        rows = self.store.rows(sa.select(payments.c.user_id, payments.c.id).where(ripe | asked))
        return [(row.user_id, row.id) for row in rows]

    def next_due(self) -> datetime | None:
        """When the next confirmed payment wants to be sent."""
        waiting = sa.select(sa.func.min(payments.c.send_at)).where(payments.c.state == "confirmed")
        found: datetime | None = self.store.value(waiting)
        return found

    def hint(self, event: str, ref: str, by: sa.Column[str] = payments.c.provider_ref) -> bool:
        """The provider says that something happened to an intent: read it again soon. False: it said so before."""
        now = self.clock.now()
        undecided = (by == ref) & payments.c.state.in_(("requires_action", "unknown"))
        with self.store.write() as db:
            if db.execute(sa.select(hints.c.id).where(hints.c.id == event)).first():
                return False
            owner = db.execute(sa.select(payments.c.user_id).where(by == ref)).scalar()
            db.execute(sa.delete(hints).where(hints.c.at < now - REMEMBERED))
            db.execute(sa.insert(hints).values(id=event, user_id=owner or HOUSE, at=now))
            db.execute(sa.update(payments).where(undecided).values(look_at=now))
        if owner is None:
            log.warning("webhook %s speaks of an intent that is not ours", event)
        return True

    def carry_on(self, user: str, id: str, restarted: bool = False) -> None:
        """Bring a payment as far as it will go now. Safe to repeat, and to run twice at once."""
        with self.store.write() as db:
            payment = self.claim(db, load(db, user, id), restarted)
        if payment:
            self.go_on(payment)

    def go_on(self, payment: Payment) -> None:
        """The calls of a payment that is claimed, and what came of them."""
        try:
            charge = self._merchant(payment) if payment.merchant_id else self._contact(payment)
            self._record(payment, charge)
        except Exception as error:
            log.warning("payment %s is undecided: %s", payment.id, type(error).__name__)
            self._unsure(payment, type(error).__name__)

    def claim(self, db: Connection, payment: Payment, restarted: bool = False) -> Payment | None:
        """Have it for as long as the calls may take; a merchant's token is drawn in the same transaction."""
        now = self.clock.now()
        if payment.state == "confirmed" and payment.send_at and payment.send_at <= now:
            move(db, payment, "submitted", now, look_at=now + LEASE)
            payment = replace(payment, state="submitted", moved_at=now)
        else:
            free = (payments.c.look_at <= now) | (payments.c.look_at > now + QUARANTINE) | sa.literal(restarted)
            mine = (payments.c.id == payment.id) & payments.c.state.in_(OPEN) & free
            if not db.execute(sa.update(payments).where(mine).values(look_at=now + LEASE)).rowcount:
                return None
        if payment.merchant_id:
            self.vault.register(db, payment)
        return payment

    def _contact(self, payment: Payment) -> Charge:
        """The two-step destination charge, entered at whichever step was committed last."""
        ref = payment.provider_ref
        if not ref:
            try:
                ref = self.provider().create(_bill(payment))
            except Refused as error:  # nothing was made, so nothing can have been charged
                return _failed(payment, str(error.values.get("reason", "")))
        elif (charge := self.provider().retrieve(ref)).standing != "open":
            return self._in_time(payment, charge)
        key = f"{payment.id}:confirm:{self._attempt(payment, ref)}"
        return self.provider().confirm(ref, key, "", f"{self.vault.page}/receipts/{payment.id}")

    def _in_time(self, payment: Payment, charge: Charge) -> Charge:
        """A bank's question that nobody answers is withdrawn, so that the payment comes to an end."""
        asked = payment.state == charge.standing == "requires_action"
        if not asked or self.clock.now() < payment.moved_at + CHALLENGE:
            return charge
        on = self.vault.account(payment.merchant_id) if payment.merchant_id else ""
        over = self.provider().cancel(payment.provider_ref, on)
        return replace(over, reason="authentication_expired") if over.standing == "failed" else over

    def _merchant(self, payment: Payment) -> Charge:
        """The merchant charges; its order says whether it did. The same token is shown again, never a second one."""
        try:
            sale = self.vault.trade(payment)
        except Unavailable:
            asked = self.vault.asked(payment)
            if asked is None or self._in_time(payment, asked) is not asked:
                raise
            return asked
        if sale.status != "paid":
            return _failed(payment, sale.reason or sale.status)
        return self.provider().retrieve(sale.provider_ref, self.vault.account(payment.merchant_id))

    def _attempt(self, payment: Payment, ref: str) -> int:
        """Commit the reference of the intent, and that it is about to be confirmed for the n-th time."""
        next_one = {"provider_ref": ref, "attempt": payments.c.attempt + 1}
        with self.store.write() as db:
            if payment.provider_ref != ref:
                append(db, payment.user, payment.id, "intent", self.clock.now(), ref)
            change = sa.update(payments).where(payments.c.id == payment.id).values(next_one)
            return int(db.execute(change.returning(payments.c.attempt)).scalar_one())

    def _record(self, payment: Payment, charge: Charge) -> None:
        """Write down what the provider says, if it speaks of exactly what was confirmed."""
        with self.store.write() as db:
            payment = load(db, payment.user, payment.id)
            if payment.state not in OPEN:
                return
            if payment.merchant_id and charge.ref and not payment.provider_ref:  # the merchant made it, on our token
                append(db, payment.user, payment.id, "intent", self.clock.now(), charge.ref)
                mine = sa.update(payments).where(payments.c.id == payment.id)
                db.execute(mine.values(provider_ref=charge.ref))
            if charge.ref and not _agrees(payment, charge):
                later = self.clock.now() + QUARANTINE
                self._move(db, payment, "unknown", reason="provider_disagrees", look_at=later)
            elif charge.standing == "succeeded":
                book(db, payment, charge.ref, "charge", payment.amount, self.clock.now())
                self._move(db, payment, "succeeded")
            elif charge.standing == "failed":
                self._move(db, payment, "failed", reason=charge.reason)
            else:
                state = "requires_action" if charge.standing == "requires_action" else "unknown"
                self._move(db, payment, state, look_at=self.clock.now() + LATE)

    def _move(self, db: Connection, payment: Payment, state: str, **values: object) -> None:
        if payment.state == state:
            db.execute(sa.update(payments).where(payments.c.id == payment.id).values(**values))
        else:
            move(db, payment, state, self.clock.now(), str(values.get("reason", "")), **values)  # type: ignore[arg-type]

    def _unsure(self, payment: Payment, why: str) -> None:
        """Nobody knows whether money moved: say so, and ask again soon, then more slowly."""
        now = self.clock.now()
        with self.store.write() as db:
            payment = load(db, payment.user, payment.id)
            if payment.state in OPEN:
                wait = min(max((now - payment.moved_at) / 2, SOON), LATE)
                self._move(db, payment, "unknown", reason=why, look_at=now + wait)


def seal(payment: Payment) -> dict[str, str]:
    """What a charge carries so that it can be told apart: which draft it is for, and the draft's hash."""
    return {"payment": payment.id, "seal": payment.hash}


def _bill(payment: Payment) -> Bill:
    about = payment.purpose or f"To {payment.payee_name}"
    return Bill(payment.id, payment.amount, payment.method, about, seal(payment), to=payment.account)


def _failed(payment: Payment, reason: str) -> Charge:
    return Charge("", "failed", payment.amount, {}, reason=reason)


def _agrees(payment: Payment, charge: Charge) -> bool:
    ours = charge.amount == payment.amount and charge.metadata.items() >= seal(payment).items()
    return ours and (charge.standing != "succeeded" or charge.reached == payment.account)
