"""A merchant's right to charge: one single-use token per draft, for one quote, one amount and one merchant.

Knows merchants by id and their accounts. The cart does not know what a token is, the merchant not what a card is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from zlib import crc32

import sqlalchemy as sa

from assistant.clock import Clock
from assistant.errors import Refused, Unavailable
from assistant.merchant import Merchant, Sale, Token
from assistant.payments.confirmation import Signer, digest, register
from assistant.payments.drafts import OPEN, Payment, load
from assistant.payments.provider import Bill, Charge, Provider
from assistant.payments.tables import tokens
from assistant.store import Store

LIFETIME = timedelta(minutes=5)
CHALLENGE = timedelta(minutes=15)  # how long the bank's question may stay unanswered


class Vault:
    def __init__(
        self, store: Store, clock: Clock, signer: Signer, provider: Callable[[], Provider], page: str = ""
    ) -> None:
        self.store = store
        self.clock = clock
        self.signer = signer
        self.provider = provider
        self.page = page  # where a browser finds this folder's receipts
        self.merchants: dict[str, Merchant] = {}
        self.accounts: dict[str, str] = {}

    def admit(self, merchants: Mapping[str, Merchant]) -> None:
        """Trade with these merchants from now on; an embedded one (it has a `till`) is given what it charges with."""
        for id, merchant in merchants.items():
            self.merchants[id] = merchant
            self.accounts[id] = getattr(merchant, "account", _demo_account(id))
            if hasattr(merchant, "till"):
                merchant.till = self.till(id)

    def account(self, merchant: str) -> str:
        if merchant not in self.accounts:
            raise Refused("unknown_merchant", merchant=merchant)
        return self.accounts[merchant]

    def till(self, merchant: str) -> DrawerTill:
        return DrawerTill(self, merchant)

    def trade(self, payment: Payment) -> Sale:
        """The sale this payment's quote became, asking the merchant to charge if there is none yet.

        A refusal before anything was charged is a declined sale. Anything else that goes wrong is raised: unknown.
        """
        self.account(payment.merchant_id)
        merchant = self.merchants[payment.merchant_id]
        if sale := merchant.order_of(payment.quote_id):
            return sale
        token = self.draw(payment)
        try:
            return merchant.complete(payment.quote_id, token)
        except Refused as error:
            return self._refused(payment, token, str(error.values.get("reason", "")) or error.key)

    def draw(self, payment: Payment) -> Token:
        """The one token of this draft: derived, so that after a crash the same one is drawn again."""
        value = self.signer.token("vault", payment)
        with self.store.write() as db:
            register(db, "vault", payment, value, self.clock.now() + LIFETIME)
            known = sa.select(tokens.c.expires_at).where(tokens.c.digest == digest(value))
            expires = db.execute(known).scalar_one()
        return Token(value, payment.merchant_id, payment.quote_id, payment.amount, expires)

    def asked(self, payment: Payment) -> Charge | None:
        """The charge of this payment's token while the bank asks its question about it."""
        drawn = (tokens.c.payment_id == payment.id) & (tokens.c.kind == "vault")
        with self.store.read() as db:
            ref = db.execute(sa.select(tokens.c.provider_ref).where(drawn)).scalar()
        charge = self.provider().retrieve(ref, self.account(payment.merchant_id)) if ref else None
        return charge if charge and charge.standing == "requires_action" else None

    def overdue(self, token: Token) -> bool:
        """Whether the bank's question about this token's charge has stayed unanswered for too long."""
        with self.store.read() as db:
            used = db.execute(sa.select(tokens.c.used_at).where(tokens.c.digest == digest(token.value))).scalar()
        return used is not None and self.clock.now() >= used + CHALLENGE

    def _refused(self, payment: Payment, token: Token, reason: str) -> Sale:
        with self.store.read() as db:
            ref = db.execute(sa.select(tokens.c.provider_ref).where(tokens.c.digest == digest(token.value))).scalar()
        if ref:
            account = self.account(payment.merchant_id)
            charge = self.provider().retrieve(ref, account)
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


def _demo_account(merchant: str) -> str:
    """The test account of a merchant that names none: like a contact's it ends in four digits."""
    return f"acct_demo_{merchant}_{crc32(merchant.encode()) % 9000 + 1000}"


def _settled(charge: Charge) -> str:
    if charge.standing == "succeeded":
        return charge.ref
    if charge.standing == "failed":
        raise Refused("card_declined", reason=charge.reason)
    raise Unavailable("order_without_answer")
