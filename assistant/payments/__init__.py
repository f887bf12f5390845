"""The payment kernel. A draft is shown; the person's gesture confirms it; then it is sent once and settled.

    draft ── confirm (token, or the amount repeated aloud) ──► confirmed ── undo ──► canceled
      │ changed or cancelled, 5 minutes                            │ send_at
      ▼                                                            ▼
    canceled, expired                        submitted ─► succeeded | failed | requires_action | unknown

Knows nothing of language, pages or pictures. Nothing heavy is imported, and no sandbox runs, until money is to move.

>>> payment = payments.draft(user, session, payee, Money(1250, "EUR"))
>>> payments.confirm(user, session, payment.id, payments.token(payment))
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assistant.clock import Clock
from assistant.errors import LueurError, NotFound, OutOfRoom, Refused, Unavailable
from assistant.folder import secret
from assistant.merchant import Merchant, Quote
from assistant.money import Money, total
from assistant.payments import audit, confirmation, limits
from assistant.payments.confirmation import Signer
from assistant.payments.drafts import OPEN, WHOLE, Origin, Payment, load, move, parts_of, payment_of
from assistant.payments.duties import Duties
from assistant.payments.limits import Wallet
from assistant.payments.mandates import Mandates
from assistant.payments.orphans import cancel_orphans
from assistant.payments.payees import Matches, Payee, PayeeBook
from assistant.payments.provider import Provider, of_stripe
from assistant.payments.refunds import Refunds
from assistant.payments.sandbox import Sandbox
from assistant.payments.sandbox.cards import card
from assistant.payments.settlement import Settlement
from assistant.payments.sheets import Sheets
from assistant.payments.tables import State, payments
from assistant.payments.transfers import Transfer, Transfers
from assistant.payments.vault import Vault
from assistant.settings import Settings
from assistant.store import Store

Allowed = Callable[[Connection], object]  # raises what forbids, in the transaction that confirms

if TYPE_CHECKING:
    from starlette.routing import Route

    from assistant.payments.sandbox.pages import Words

__all__ = ["Matches", "Origin", "Payee", "PayeeBook", "Payment", "Payments", "State", "Transfer", "Wallet"]


class Payments(Sheets):
    """`payees` is the payee book, `transfers` what is prepared for the person's own bank.

    Raises `Refused("live_key")` before anything else exists.
    """

    def __init__(self, store: Store, settings: Settings, clock: Clock) -> None:
        self.store = store
        self.settings = settings
        self.clock = clock
        key = secret(settings.home / "payments.key").encode()
        self._sandbox = None if settings.stripe_key else Sandbox(settings.home / "sandbox.db", key, clock)
        money = self._sandbox
        self._provider = Provider(money.key, money.url) if money else Provider(settings.stripe_key, lambda: None)
        self._signer = Signer(key)
        self.page = settings.public_url.rstrip("/") or f"http://127.0.0.1:{settings.port}"
        if self._sandbox:
            self._sandbox.mounted = self.page
        self._vault = Vault(store, clock, self._signer, lambda: self._provider, self.page)
        self._settlement = Settlement(store, clock, lambda: self._provider, self._vault)
        self._refunds = Refunds(store, clock, lambda: self._provider, self._charged_on)
        self.transfers = Transfers(store, clock)
        self.mandates = Mandates(store, clock, key)
        self._duties = Duties(self)
        own = hmac.new(key, b"webhook", hashlib.sha256).hexdigest()
        self._webhook_secret = f"whsec_{own}" if self._sandbox else settings.webhook_secret
        self.payees = PayeeBook(store, clock, self._enrol)

    def _charged_on(self, payment: Payment) -> str:
        return payment.account if payment.merchant_id else ""

    def describe(self) -> str:
        """Which money this is: 'sandbox' or 'Stripe test mode'."""
        return "sandbox" if self._sandbox else "Stripe test mode"

    # Merchants

    def trade_with(self, merchants: Mapping[str, Merchant]) -> None:
        """Register merchants by id; an embedded one receives its till."""
        self._vault.admit(merchants)

    # Gestures

    def confirm(self, user: str, session: str, id: str, token: str, undo: int | None = None) -> Payment:
        """The tap. Repeating it returns the same payment; nothing is charged twice.

        `undo`: seconds before it is sent (default: the settings'); with 0 the outcome is known on return.
        Raises `NotFound`, or `Refused`: token of another draft or session, expired, above a limit, stopped.
        """
        payment = self.receipt(user, id)
        self._signer.check("confirm", payment, session, token)
        return self._confirm(payment, undo)

    def confirm_aloud(
        self, user: str, session: str, id: str, repeated: Money | None, sole: bool, undo: int | None = None
    ) -> Payment:
        """The amount repeated into this session's microphone. Raises `Refused` unless promise 2 is kept."""
        payment = self.receipt(user, id)
        if payment.session != session:
            raise NotFound("unknown_payment")
        if payment.state == "draft":
            confirmation.aloud(self.parts(payment), repeated, sole, self.settings.voice_limit)
        return self._confirm(payment, undo)

    def buy_under(self, user: str, mandate: str, quote: Quote) -> Payment:
        """Buy what a mandate allows, without a tap: the same draft, token, limits and transaction.

        Raises `Refused` with the bound that the quote breaks; its draft is withdrawn.
        """
        made = self.draft_quote(user, self.mandates.get(user, mandate).session, quote)
        try:
            return self._confirm(made, None, lambda db: self.mandates.admit(db, mandate, made, quote, self.clock.now()))
        except LueurError:
            self.cancel(user, made.id)
            raise

    def _confirm(self, payment: Payment, undo: int | None, allowed: Allowed = lambda _: None) -> Payment:
        if payment.state == "draft" and payment.expires_at <= self.clock.now():
            self.sweep()
        elif payment.state == "draft" and payment.merchant_id:
            for part in self.parts(payment):
                self._still_asks(part)
        seconds = self.settings.undo_seconds if undo is None else undo
        claimed = self._commit(payment, timedelta(seconds=seconds), allowed)
        for part in claimed:
            with contextlib.suppress(OutOfRoom, Unavailable):  # confirmed it is; the duties go on with it
                self._settlement.go_on(part)
        if not claimed:
            self._duties.wake()
        return self.receipt(payment.user, payment.id)

    def _commit(self, payment: Payment, undo: timedelta, allowed: Allowed) -> tuple[Payment, ...]:
        """Tokens, limits, a mandate and states in one transaction: all parts of a sheet leave it, or none.

        The limits count each part with those before it. Returns those that are due now, claimed.
        """
        now = self.clock.now()
        with self.store.write() as db:
            payment = load(db, payment.user, payment.id)
            if payment.state in ("canceled", "expired"):
                raise Refused("sheet_closed" if payment.state == "canceled" else "sheet_expired")
            parts, wallet = parts_of(db, payment), limits.wallet(db, payment.user, self.settings.currency)
            sheet = total((part.worth for part in parts), wallet.currency)
            if payment.state == "draft":
                allowed(db)
            for part in parts if payment.state == "draft" else ():
                limits.check(db, wallet, part, now, sheet)
                if not confirmation.consume(db, self._signer.token("confirm", part), now):
                    raise Refused("sheet_expired")
                move(db, part, "confirmed", now, confirmed_at=now, send_at=now + undo)
            due = [part for part in parts_of(db, payment) if part.state == "confirmed" and undo <= timedelta()]
            return tuple(filter(None, (self._settlement.claim(db, part) for part in due)))

    def _still_asks(self, payment: Payment) -> None:
        """Every quote is read again before it is paid."""
        merchant = self._vault.merchants.get(payment.merchant_id)
        if merchant is None:
            raise Refused("unknown_merchant", merchant=payment.merchant_id)
        today = merchant.reread(payment.quote_id)
        if (today.id, today.total) != (payment.quote_id, payment.amount):
            self.cancel(payment.user, payment.id)
            raise Refused("quote_changed", was=payment.amount, now=today.total)

    def undo(self, user: str, id: str) -> Payment:
        """Take a confirmed payment back before it is sent. Raises `Refused` when it has left."""
        with self.store.write() as db:
            payment = load(db, user, id)
            if payment.state == "confirmed":
                move(db, payment, "canceled", self.clock.now(), "undone", reason="undone")
            elif payment.state != "canceled":
                raise Refused("too_late_to_undo")
            return load(db, user, id)

    def cancel(self, user: str, id: str) -> Payment:
        """Withdraw a draft, undo a confirmed payment, or give up one that waits for the bank's question."""
        payment = self.receipt(user, id)
        if payment.state == "requires_action":
            self._provider.cancel(payment.provider_ref, self._charged_on(payment))
            self._settlement.carry_on(user, id, restarted=True)
        elif payment.state not in ("draft", "canceled", "expired"):
            return self.undo(user, id)
        with self.store.write() as db:
            for part in parts_of(db, load(db, user, id)):
                if part.state == "draft":
                    move(db, part, "canceled", self.clock.now(), "withdrawn", reason="withdrawn")
            return load(db, user, id)

    def challenge(self, user: str, id: str) -> str:
        """Where the bank asks its question about this payment; empty when it asks none (any more)."""
        payment = self.look(user, id)
        if payment.state != "requires_action":
            return ""
        page = self._provider.retrieve(payment.provider_ref, self._charged_on(payment)).action
        if self._sandbox:
            return urlsplit(page).path if urlsplit(page).path.startswith("/_3ds/") else ""
        return page if of_stripe(page) else ""

    def look(self, user: str, id: str) -> Payment:
        """The payment as the provider has it now, when it is still open there."""
        if self.receipt(user, id).state in OPEN:
            self._settlement.carry_on(user, id, restarted=True)
        return self.receipt(user, id)

    def hear(self, payload: bytes, signature: str) -> bool:
        """A webhook: verified, counted once, and then only a hint to read the intent again. Raises `Refused`."""
        secret = self._webhook_secret
        if not secret:
            raise Refused("webhook_not_genuine")
        event, ref = self._provider.event(payload, signature, secret, int(self.clock.now().timestamp()))
        fresh = self._settlement.hint(event, ref)
        self._duties.wake()
        return fresh

    def hear_of_order(self, event: str, quote: str) -> bool:
        """A shop's genuine webhook about an order: only a hint to ask again. False: it said so before."""
        fresh = self._settlement.hint(event, quote, payments.c.quote_id)
        self._duties.wake()
        return fresh

    def undecided(self, merchant: str) -> int:
        """How many payments at this merchant have no outcome yet."""
        waiting = (payments.c.merchant_id == merchant) & payments.c.state.in_(("confirmed", *OPEN))
        return int(self.store.value(sa.select(sa.func.count()).where(waiting)))

    def pages(self, words: Words) -> list[Route]:
        """What a browser must reach of the sandbox, to be mounted on the app's own port; nothing with a real key."""
        if not self._sandbox:
            return []
        from assistant.payments.sandbox.pages import routes

        return routes(self._sandbox, words)

    def refund(self, user: str, id: str, refund_id: str, amount: Money | None = None) -> Payment:
        """Give back `amount`, or all that is left; one `refund_id` (`new_id("refund")`) refunds once."""
        return self._refunds.ask(user, id, refund_id, amount)

    def stop(self, user: str) -> int:
        """Nothing leaves any more: drafts are withdrawn, confirmed payments undone; how many. Survives a restart."""
        with self.store.write() as db:
            now = self.clock.now()
            limits.keep(db, replace(limits.wallet(db, user, self.settings.currency), stopped_at=now))
            waiting = (payments.c.user_id == user) & payments.c.state.in_(("draft", "confirmed"))
            found = [payment_of(row) for row in db.execute(WHOLE.where(waiting)).all()]
            return sum(move(db, payment, "canceled", now, "stopped", reason="stopped") for payment in found)

    def resume(self, user: str) -> None:
        with self.store.write() as db:
            limits.keep(db, replace(limits.wallet(db, user, self.settings.currency), stopped_at=None))

    # What is known

    def trail(self, user: str, id: str) -> tuple[Mapping[str, str], ...]:
        """What happened to a payment, oldest first, each with its link of the audit chain."""
        with self.store.read() as db:
            return audit.trail(db, user, id)

    def history(self, user: str, limit: int = 20) -> tuple[Payment, ...]:
        """What was confirmed, newest first."""
        left = (payments.c.user_id == user) & payments.c.confirmed_at.is_not(None)
        newest = WHOLE.where(left).order_by(payments.c.confirmed_at.desc()).limit(limit)
        return tuple(map(payment_of, self.store.rows(newest)))

    def standing(self, user: str, quote: str) -> Literal["open", "leaving", "paid"]:
        """Whether a shop's quote was paid, is on its way to be, or is still to be bought."""
        mine = (payments.c.user_id == user) & (payments.c.quote_id == quote)
        states = {row.state for row in self.store.rows(sa.select(payments.c.state).where(mine))}
        return "paid" if "succeeded" in states else "leaving" if states & {"confirmed", *OPEN} else "open"

    def card(self, method: str) -> str:
        """How a payment method is written for its owner: 'Visa ••4242'."""
        known = card(method)
        return f"{known.brand.title()} ••{known.last4}"

    def wallet(self, user: str) -> Wallet:
        with self.store.read() as db:
            return limits.wallet(db, user, self.settings.currency)

    def change_wallet(self, user: str, **changes: object) -> None:
        """Change how a person pays and how much at most. Drafts already shown keep their card."""
        with self.store.write() as db:
            limits.keep(db, replace(limits.wallet(db, user, self.settings.currency), **changes))  # type: ignore[arg-type]
            told = ", ".join(
                f"{name} {value.text() if isinstance(value, Money) else value}" for name, value in changes.items()
            )
            audit.append(db, user, "", "wallet", self.clock.now(), told)

    def forget(self, db: Connection, user: str) -> None:
        """Have the sandbox forget what it knows of a person, in the transaction that erases their rows.

        Raises `Refused` while the outcome of a payment is still open. Stripe keeps its own record.
        """
        mine = payments.c.user_id == user
        under_way = sa.select(sa.func.count()).where(mine, payments.c.state.in_(("confirmed", *OPEN)))
        if count := db.execute(under_way).scalar_one():
            raise Refused("payment_in_flight", count=count)
        if self._sandbox:
            paid = db.execute(sa.select(payments.c.id).where(mine)).scalars()
            self._sandbox.forget(set(paid), self.payees.accounts_of(db, user))

    # Duties of the folder's owner

    def sweep(self) -> None:
        """Expire drafts whose five minutes are over."""
        now = self.clock.now()
        old = (payments.c.state == "draft") & (payments.c.expires_at <= now)
        if self.store.first(sa.select(payments.c.id).where(old).limit(1)) is None:
            return
        with self.store.write() as db:
            for row in db.execute(WHOLE.where(old)).all():
                move(db, payment_of(row), "expired", now)

    def settle_due(self, restarted: bool = False) -> None:
        """Send what is due, ask about what is undecided, expire what was never confirmed."""
        self.sweep()
        for user, id in self._settlement.due(restarted):
            self._settlement.carry_on(user, id, restarted)
        for refund in self._refunds.due(restarted):
            self._refunds.carry_on(refund)

    def tidy(self) -> None:
        """Cancel what was made at the provider and will never be confirmed."""
        cancel_orphans(self.store, self._provider, self.clock.now())

    def seconds_until_due(self) -> float | None:
        """How long until a confirmed payment wants to be sent; None when none waits."""
        when = self._settlement.next_due()
        return None if when is None else (when - self.clock.now()).total_seconds()

    def start(self) -> None:
        """Take up the duties in a thread: reconcile now and every 30 seconds, send what is due."""
        if self._sandbox:
            self._sandbox.tell(f"http://127.0.0.1:{self.settings.port}/webhooks/stripe", self._webhook_secret)
        self._duties.start()

    def warm(self) -> None:
        """Have the provider's client, and the sandbox, up before the first payment needs them."""
        self._provider.connect()

    def close(self) -> None:
        self._duties.stop()
        if self._sandbox:
            self._sandbox.close()
