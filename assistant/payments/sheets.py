"""Sheets: what a person is shown before money moves. A changed draft is a new draft, and the old one is canceled."""

from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assistant.clock import Clock
from assistant.errors import Refused
from assistant.merchant import Quote
from assistant.money import Money
from assistant.payments import audit, confirmation, doubts, limits
from assistant.payments.confirmation import Signer
from assistant.payments.drafts import (
    LARGEST,
    WHOLE,
    Origin,
    Payment,
    load,
    move,
    only_sheet,
    parts_of,
    payment_of,
    row_for,
)
from assistant.payments.payees import Payee, PayeeBook
from assistant.payments.provider import Provider
from assistant.payments.sandbox import Sandbox
from assistant.payments.tables import payments
from assistant.payments.vault import Vault
from assistant.reply import new_id
from assistant.settings import Settings
from assistant.store import Store


class Sheets:
    """The part of `Payments` that drafts; nothing here moves money."""

    store: Store
    settings: Settings
    clock: Clock
    payees: PayeeBook
    _signer: Signer
    _vault: Vault
    _provider: Provider
    _sandbox: Sandbox | None

    def draft(
        self, user: str, session: str, payee: Payee, amount: Money, purpose: str = "", origin: Origin | None = None
    ) -> Payment:
        """A sheet to show. The draft it replaces is canceled in the same transaction.

        Raises `Refused` when the payee cannot be paid here, or for an amount nobody can pay.
        """
        if not payee.account:
            raise Refused("payee_has_no_account", name=payee.name)
        self._can_receive(payee.account, payee.name)
        with self.store.write() as db:
            bill = (payee, payee.account, payee.name, amount, purpose)
            return self._draft(db, new_id("pay"), user, session, *bill, origin or Origin())

    def draft_quote(self, user: str, session: str, quote: Quote, origin: Origin | None = None) -> Payment:
        """A sheet for a shop's quote: its lines, its total, its merchant."""
        return self.draft_quotes(user, session, (quote,), origin)[0]

    def draft_quotes(
        self, user: str, session: str, quotes: tuple[Quote, ...], origin: Origin | None = None
    ) -> tuple[Payment, ...]:
        """One sheet for several merchants: a draft for each, made together; one gesture confirms them all."""
        ids = tuple(new_id("pay") for _ in quotes)
        origin = replace(origin or Origin(), parts=ids if len(ids) > 1 else ())
        for quote in quotes:
            if hasattr(self._vault.merchants.get(quote.merchant), "session_of") and not self._provider.lends():
                raise Refused("shop_needs_sandbox", shop=quote.seller)
            self._can_receive(self._vault.account(quote.merchant), quote.seller)
        with self.store.write() as db:
            return tuple(
                self._draft(
                    db, id, user, session, quote, self._vault.account(quote.merchant), quote.seller, quote.total,
                    ", ".join(line.label for line in quote.lines), origin,
                )
                for id, quote in zip(ids, quotes, strict=True)
            )  # fmt: skip

    def _draft(
        self, db: Connection, id: str, user: str, session: str, payee: Payee | Quote, account: str, name: str,
        amount: Money, purpose: str, origin: Origin,
    ) -> Payment:  # fmt: skip
        if not 0 < amount.minor <= LARGEST:
            raise Refused("amount_out_of_range")
        now, book = self.clock.now(), self.payees.of(user)
        origin = doubts.look(db, user, account, name, amount, book, origin, now)
        wallet = limits.wallet(db, user, self.settings.currency)
        worth = limits.worth(amount, wallet.currency, now)
        row = row_for(id, user, session, payee, account, amount, worth, purpose, wallet.method, origin, now)
        self._supersede(db, user, origin.replaces)
        only_sheet(db, user, row["quote_id"], now)
        db.execute(sa.insert(payments).values(**row))
        made = load(db, user, id)
        confirmation.register(db, "confirm", made, self._signer.token("confirm", made), made.expires_at)
        audit.append(db, user, id, "draft", now, made.hash)
        return made

    def _supersede(self, db: Connection, user: str, old: str) -> None:
        found = db.execute(WHOLE.where(payments.c.id == old, payments.c.user_id == user)).first()
        for part in parts_of(db, payment_of(found)) if found is not None else ():
            if part.state == "draft":
                move(db, part, "canceled", self.clock.now(), "replaced", reason="replaced")

    def _can_receive(self, account: str, name: str) -> None:
        if self._sandbox:
            self._enrol(account, name)
        elif not self._provider.receives(account):
            raise Refused("account_cannot_receive", name=name)

    def again(self, user: str, session: str, id: str) -> Payment:
        """A new draft of the same payment, once the old one is over or its time has run out; a quote is read again."""
        old = self.receipt(user, id)
        if old.state not in ("draft", "failed", "canceled", "expired"):
            raise Refused("still_under_way")
        origin = replace(old.origin, replaces=id, notes=())
        if old.merchant_id:
            return self.draft_quotes(user, session, self.requote(user, id), origin)[0]
        return self.draft(user, session, self.payees.get(user, old.payee_id), old.amount, old.purpose, origin)

    def requote(self, user: str, id: str) -> tuple[Quote, ...]:
        """The quotes of a sheet at today's terms; of one that was confirmed, the quote of this part alone."""
        old = self.receipt(user, id)
        parts = [part for part in self.parts(old) if not part.confirmed_at] or [old]
        return tuple(self._vault.merchants[part.merchant_id].reread(part.quote_id) for part in parts)

    def parts(self, payment: Payment) -> tuple[Payment, ...]:
        """Every payment of the sheet this one stood on, as they stand now; most often it alone."""
        with self.store.read() as db:
            return parts_of(db, payment)

    def second_look(self, user: str, id: str) -> bool:
        """Whether the same payment left after this sheet was shown; from now on the sheet says so."""
        with self.store.write() as db:
            late = [doubts.late(db, part, self.clock.now()) for part in parts_of(db, load(db, user, id))]
            return any(late)

    def token(self, payment: Payment) -> str:
        """The single-use confirmation of this draft, for its sheet. Never shown, never logged."""
        return self._signer.token("confirm", payment)

    def receipt(self, user: str, id: str) -> Payment:
        """The payment as it stands. Somebody else's raises `NotFound`, like one that does not exist."""
        with self.store.read() as db:
            return load(db, user, id)

    def _enrol(self, account: str, name: str) -> None:
        if self._sandbox:
            self._sandbox.open_account(account, name)
