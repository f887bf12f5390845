"""A merchant's right to charge: one single-use token per draft, for one quote, one amount and one merchant.

Knows merchants by id and their accounts. The cart does not know what a token is, the merchant not what a card is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zlib import crc32

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assistant.clock import Clock
from assistant.errors import Refused, Unavailable
from assistant.merchant import Merchant, Sale, Token
from assistant.payments.confirmation import Signer, digest, register
from assistant.payments.drafts import OPEN, Payment, load
from assistant.payments.provider import Bill, Charge, Grant, Provider
from assistant.payments.tables import tokens
from assistant.reply import new_id
from assistant.store import Store

LIFETIME = timedelta(minutes=5)
CHALLENGE = timedelta(minutes=15)  # how long the bank's question may stay unanswered


@dataclass(eq=False)
class Vault:
    store: Store
    clock: Clock
    signer: Signer
    provider: Callable[[], Provider]
    page: str = ""  # where a browser finds this folder's receipts
    merchants: Mapping[str, Merchant] = field(default_factory=dict)

    def admit(self, merchants: Mapping[str, Merchant]) -> None:
        """Trade with these merchants; an embedded one (it has a `till`) is given what it charges with."""
        self.merchants = merchants
        for id, merchant in merchants.items():
            if hasattr(merchant, "till"):
                merchant.till = self.till(id)

    def account(self, merchant: str) -> str:
        if merchant not in self.merchants:
            raise Refused("unknown_merchant", merchant=merchant)
        return str(getattr(self.merchants[merchant], "account", "")) or demo_account(merchant)

    def till(self, merchant: str) -> DrawerTill:
        return DrawerTill(self, merchant)

    def trade(self, payment: Payment) -> Sale:
        """The sale this payment's quote became, asking the merchant to charge if there is none yet.

        A refusal before anything was charged is a declined sale. Anything else that goes wrong is raised: unknown.
        """
        self.account(payment.merchant_id)
        merchant = self.merchants[payment.merchant_id]
        looks = hasattr(merchant, "session_of")  # a shop elsewhere is asked how it stands when it is asked to complete
        if not looks and (sale := merchant.order_of(payment.quote_id)):
            return sale
        token = self.draw(payment)
        try:
            sale = merchant.complete(payment.quote_id, token)
        except Refused as error:
            return self._refused(payment, token, str(error.values.get("reason", "")) or error.key)
        if sale.status != "paid" or sale.provider_ref:
            return sale
        if ref := self.provider().issued(token.value).ref:  # a shop elsewhere says "paid": the provider knows
            return replace(sale, provider_ref=ref)
        if self.clock.now() >= token.expires_at:  # and it never will be charged
            return self._refused(payment, token, "not_charged")
        raise Unavailable("order_without_answer")

    def _lent(self, payment: Payment) -> Grant | None:
        """The card lent for this payment as the provider has it now; None at an embedded merchant."""
        session_of = getattr(self.merchants[payment.merchant_id], "session_of", None)
        if session_of is None:
            return None
        about = {"payment": payment.id, "seal": payment.hash}
        session, expires = session_of(payment.quote_id), self._drawn(payment).expires_at
        return self.provider().lend(payment.method, payment.amount, payment.account, session, expires, about)

    def register(self, db: Connection, payment: Payment) -> None:
        """Note that this draft has its token; one that was noted before keeps its time."""
        register(db, "vault", payment, self.signer.token("vault", payment), self.clock.now() + LIFETIME)

    def draw(self, payment: Payment) -> Token:
        """The one token of this draft: derived, or lent once, so that after a crash the same one is drawn again."""
        token = self._drawn(payment)
        grant = self._lent(payment)
        return replace(token, value=grant.token, proof=grant.proof) if grant else token

    def _drawn(self, payment: Payment) -> Token:
        value = self.signer.token("vault", payment)
        expires = self.store.value(sa.select(tokens.c.expires_at).where(tokens.c.digest == digest(value)))
        return Token(value, payment.merchant_id, payment.quote_id, payment.amount, expires)

    def asked(self, payment: Payment) -> Charge | None:
        """The charge of this payment's token while the bank asks its question about it."""
        drawn = (tokens.c.payment_id == payment.id) & (tokens.c.kind == "vault")
        row = self.store.first(sa.select(tokens.c.provider_ref).where(drawn))
        grant = self._lent(payment) if row else None
        ref = grant.ref if grant else row and row.provider_ref
        charge = self.provider().retrieve(ref, self.account(payment.merchant_id)) if ref else None
        return charge if charge and charge.standing == "requires_action" else None

    def overdue(self, token: Token) -> bool:
        """Whether the bank's question about this token's charge has stayed unanswered for too long."""
        used = self.store.value(sa.select(tokens.c.used_at).where(tokens.c.digest == digest(token.value)))
        return used is not None and self.clock.now() >= used + CHALLENGE

    def _refused(self, payment: Payment, token: Token, reason: str) -> Sale:
        if self._lent(payment):
            ref = self.provider().revoke(token.value).ref
        else:
            ref = self.store.value(sa.select(tokens.c.provider_ref).where(tokens.c.digest == digest(token.value))) or ""
        if ref:
            account = self.account(payment.merchant_id)
            charge = self.provider().retrieve(ref, account)
            reason = charge.reason or reason
            if charge.standing != "failed":
                charge = self.provider().cancel(ref, account)
            if charge.standing != "failed":
                raise Unavailable("order_without_answer")
        return Sale("", payment.quote_id, "declined", reason=reason)


@dataclass(frozen=True, slots=True)
class DrawerTill:
    """`merchant.Till`: charges a token to the merchant's own account, in two steps, once."""

    vault: Vault
    merchant: str

    def redeem(self, token: Token, description: str) -> str:
        """The reference of the charge; the same one when the token is shown again.

        Raises `Refused` when nothing was charged (a token that is not good here, a declined card), and `Unavailable`
        whenever that is not certain, or not yet: the bank asks the person first.
        """
        payment, ref = self._read(token)
        provider, account = self.vault.provider(), self.vault.account(self.merchant)
        if not ref:
            about = {"payment": payment.id, "seal": payment.hash}
            bill = Bill(f"{payment.id}:till", payment.amount, payment.method, description, about, on=account)
            ref = self._use(token, provider.create(bill))
        try:
            charge = provider.retrieve(ref, account)
            if charge.standing == "open":
                back = f"{self.vault.page}/receipts/{payment.id}"
                charge = provider.confirm(ref, f"{payment.id}:till:{self._attempt(token)}", account, back)
            if charge.standing == "requires_action" and self.vault.overdue(token):
                charge = provider.cancel(ref, account)
        except Refused as error:
            raise Unavailable("order_without_answer") from error
        return _settled(charge)

    def _read(self, token: Token) -> tuple[Payment, str]:
        with self.vault.store.read() as db:
            row = db.execute(sa.select(tokens).where(tokens.c.digest == digest(token.value))).first()
            if row is None or row.kind != "vault":
                raise Refused("token_not_good")
            payment = load(db, row.user_id, row.payment_id)
        asked = (token.merchant, token.quote, token.amount)
        bound = (payment.merchant_id, payment.quote_id, payment.amount)
        late = not row.used_at and row.expires_at <= self.vault.clock.now()
        if asked != bound or payment.merchant_id != self.merchant or payment.state not in OPEN or late:
            raise Refused("token_not_good")
        return payment, row.provider_ref or ""

    def _use(self, token: Token, ref: str) -> str:
        """Bind the token to its one charge, for good."""
        fresh = (tokens.c.digest == digest(token.value)) & tokens.c.used_at.is_(None)
        with self.vault.store.write() as db:
            used = sa.update(tokens).where(fresh).values(used_at=self.vault.clock.now(), provider_ref=ref)
            if db.execute(used).rowcount != 1:
                raise Unavailable("order_without_answer")
        return ref

    def _attempt(self, token: Token) -> int:
        row = tokens.c.digest == digest(token.value)
        with self.vault.store.write() as db:
            count = sa.update(tokens).where(row).values(attempt=tokens.c.attempt + 1).returning(tokens.c.attempt)
            return int(db.execute(count).scalar_one())


@dataclass(eq=False)
class GrantTill:
    """`merchant.Till` of a merchant that stands by itself: it charges what it was lent to its own account, once.

    Knows only its restricted key at the processor. Raises like `DrawerTill`; "bank_asks" while the bank does.
    """

    provider: Callable[[], Provider]
    account: str
    back: str  # where the bank leads when it has asked

    def redeem(self, token: Token, description: str) -> str:
        provider = self.provider()
        grant = token.grant or provider.granted(token.value, self.account)
        about = {"checkout_session_id": grant.session}
        bill = Bill(digest(token.value)[:32], token.amount, token.value, description, about, on=self.account)
        charge = provider.retrieve(grant.ref, self.account) if grant.ref else None
        ref = grant.ref or provider.create(bill)
        try:
            if charge is None or charge.standing == "open":
                charge = provider.confirm(ref, new_id("till"), self.account, self.back)
        except Refused as error:
            raise Unavailable("order_without_answer") from error
        if charge.standing == "requires_action":
            raise Unavailable("bank_asks")
        return _settled(charge)

    def end(self, session: str, since: datetime) -> str:
        """Withdraw what was not charged for a session by now; the reference of what was, or empty.

        Raises `Unavailable` while the processor cannot say.
        """
        provider = self.provider()
        for made in provider.made(since, self.account):
            if made.metadata.get("checkout_session_id") == session:
                charge = provider.cancel(made.ref, self.account)
                if charge.standing == "succeeded":
                    return charge.ref
                if charge.standing != "failed":
                    raise Unavailable("order_without_answer")
        return ""


def demo_account(merchant: str) -> str:
    """The test account of a merchant that names none: like a contact's it ends in four digits."""
    return f"acct_demo_{merchant}_{crc32(merchant.encode()) % 9000 + 1000}"


def _settled(charge: Charge) -> str:
    if charge.standing == "succeeded":
        return charge.ref
    if charge.standing == "failed":
        raise Refused("card_declined", reason=charge.reason)
    raise Unavailable("order_without_answer")
