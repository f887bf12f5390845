"""Mandates: what the person signed in advance, and the one question whether a payment keeps to it.

A mandate is another source of confirmation, never another way to pay: `admit` is asked inside the transaction that
confirms a draft, reads everything from the signed text, and notes the use there. Rows beside the text are only for
finding it. Revoked is revoked; a clock that went back buys nothing.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assistant.clock import Clock
from assistant.errors import BadInput, NotFound, Refused
from assistant.merchant import Quote
from assistant.money import Money
from assistant.payments import credentials as ap2
from assistant.payments.audit import append
from assistant.payments.drafts import Payment, load, move
from assistant.payments.limits import COUNTED
from assistant.payments.tables import events, mandate_keys, mandate_uses, mandates, payments
from assistant.store import Store

CARD = "card"
AGAIN = timedelta(hours=1)  # after a purchase that failed


@dataclass(frozen=True, slots=True)
class Terms:
    """What a mandate allows, in the person's words: `each` for one piece, `most` for one delivered purchase."""

    product: str
    title: str
    merchant: str
    seller: str
    quantity: int
    each: Money
    most: Money
    budget: Money
    occurrences: int
    until: datetime
    method: str
    site: str = ""  # where a shop stands that is found by its URL


@dataclass(frozen=True, slots=True)
class Mandate:
    id: str
    user: str
    session: str
    language: str
    state: Literal["active", "revoked"]
    terms: Terms
    signed_at: datetime
    used: int
    spent: Money


class Mandates:
    """`secret` seals the keys in their rows."""

    def __init__(self, store: Store, clock: Clock, secret: bytes) -> None:
        self.store = store
        self.clock = clock
        self.password = hmac.new(secret, b"mandates", hashlib.sha256).hexdigest().encode()

    def sign(self, user: str, session: str, id: str, terms: Terms, language: str = "en") -> Mandate:
        """The person's gesture. Repeating it signs nothing more. Raises `Refused` for what is over before it begins."""
        now = self.clock.now()
        if terms.until <= now:
            raise Refused("mandate_expired")
        with self.store.write() as db:
            if db.execute(sa.select(mandates.c.id).where(mandates.c.id == id)).first() is None:
                checkout, payment = _written(terms, self._keys(db, user, new=True), now)
                row = {"id": id, "user_id": user, "session_id": session, "state": "active", "checkout": checkout}
                row |= {"payment": payment, "language": language}
                db.execute(sa.insert(mandates).values(**row, created_at=now, seen_at=now))
                append(db, user, "", "mandate", now, f"{id} {ap2.digest(payment)}")
            return self._read(db, user, id)

    def _keys(self, db: Connection, user: str, new: bool = False) -> ap2.Keys:
        row = db.execute(sa.select(mandate_keys).where(mandate_keys.c.user_id == user)).first()
        if row is not None:
            return ap2.Keys.unsealed([row.person, row.assistant], self.password)
        if not new:
            raise NotFound("unknown_mandate")
        keys = ap2.Keys.new()
        person, assistant = keys.sealed(self.password)
        db.execute(sa.insert(mandate_keys).values(user_id=user, person=person, assistant=assistant))
        return keys

    def get(self, user: str, id: str) -> Mandate:
        with self.store.read() as db:
            return self._read(db, user, id)

    def of(self, user: str) -> tuple[Mandate, ...]:
        """The person's, newest first; one whose text was tampered with raises `Refused`."""
        with self.store.read() as db:
            newest = sa.select(mandates.c.id).where(mandates.c.user_id == user).order_by(mandates.c.created_at.desc())
            return tuple(self._read(db, user, id) for id in db.execute(newest).scalars().all())

    def waiting(self) -> tuple[tuple[str, str], ...]:
        """(user, mandate) of those that may buy; one whose last purchase failed is left alone for an hour."""
        since = self.clock.now() - AGAIN
        failed = sa.select(mandate_uses.c.mandate_id).join(payments, payments.c.id == mandate_uses.c.payment_id)
        tried = failed.where(payments.c.state == "failed", payments.c.moved_at > since)
        ready = sa.select(mandates.c.user_id, mandates.c.id).where(
            mandates.c.state == "active", mandates.c.id.not_in(tried)
        )
        return tuple((row.user_id, row.id) for row in self.store.rows(ready))

    def _row(self, db: Connection, user: str, id: str) -> sa.Row[Any]:
        row = db.execute(sa.select(mandates).where(mandates.c.id == id, mandates.c.user_id == user)).first()
        if row is None:
            raise NotFound("unknown_mandate")
        return row

    def _read(self, db: Connection, user: str, id: str) -> Mandate:
        row = self._row(db, user, id)
        checkout, paying = ap2.opened(row.checkout, row.payment, self._keys(db, user).public)
        used, spent = _uses(db, id)
        terms, at = _terms(checkout, paying), datetime.fromtimestamp(paying.iat, UTC)
        left = Money(spent, terms.budget.currency)
        return Mandate(id, user, row.session_id, row.language, row.state, terms, at, used, left)

    def revoke(self, user: str, id: str) -> Mandate:
        """At once, and for good; a purchase under it that has not left yet is taken back."""
        now = self.clock.now()
        with self.store.write() as db:
            if self._row(db, user, id).state == "active":
                db.execute(sa.update(mandates).where(mandates.c.id == id).values(state="revoked", revoked_at=now))
                append(db, user, "", "revoked", now, id)
            for used in db.execute(sa.select(mandate_uses.c.payment_id).where(mandate_uses.c.mandate_id == id)).all():
                if (payment := load(db, user, used.payment_id)).state == "confirmed":
                    move(db, payment, "canceled", now, "revoked", reason="undone")
            return self._read(db, user, id)

    def admit(self, db: Connection, id: str, payment: Payment, quote: Quote, now: datetime) -> None:
        """Note this payment as a use of the mandate, or raise `Refused` with the bound that it breaks."""
        row, keys = self._row(db, payment.user, id), self._keys(db, payment.user)
        last = db.execute(sa.select(sa.func.max(events.c.at)).where(events.c.user_id == payment.user)).scalar()
        if now < max(row.seen_at, last or row.seen_at):
            raise Refused("clock_went_back")
        if row.state != "active":
            raise Refused("mandate_revoked")
        checkout, paying = ap2.opened(row.checkout, row.payment, keys.public)
        if quote.id != payment.quote_id or quote.total != payment.amount:
            raise Refused("mandate_invalid")
        _goods(checkout, quote)
        claims = {
            "transaction_id": ap2.digest(payment.hash), "aud": payment.merchant_id, "nonce": payment.id,
            "payee": ap2.Party(id=payment.payee_id, name=payment.payee_name, website=quote.site or None),
            "payment_amount": ap2.Sum(amount=payment.amount.minor, currency=payment.amount.currency),
            "payment_instrument": ap2.Instrument(id=payment.method, type=CARD),
        }  # fmt: skip
        text = ap2.closed(row.payment, keys, now, **claims)
        within(paying, ap2.closing(text, keys.public), *_uses(db, id))
        if db.execute(sa.select(mandate_uses.c.at).where(mandate_uses.c.payment_id == payment.id)).first():
            raise Refused("mandate_replayed")
        use = {"payment_id": payment.id, "user_id": payment.user, "mandate_id": id, "closed": text, "at": now}
        db.execute(sa.insert(mandate_uses).values(**use))
        db.execute(sa.update(mandates).where(mandates.c.id == id).values(seen_at=now))

    def export(self, user: str, id: str) -> dict[str, Any]:
        """What anyone needs to verify it: both mandates, the payments under them, the public key."""
        with self.store.read() as db:
            row = self._row(db, user, id)
            uses = sa.select(mandate_uses.c.closed).where(mandate_uses.c.mandate_id == id).order_by(mandate_uses.c.at)
            return {
                "key": self._keys(db, user).public, "checkout": row.checkout, "payment": row.payment,
                "payments": list(db.execute(uses).scalars()), "revoked": row.state == "revoked",
            }  # fmt: skip


def verify(data: Mapping[str, Any]) -> tuple[Terms, int, Money, str]:
    """An exported mandate, by its own text alone: terms, uses, money spent, the key's thumbprint. Raises `Refused`."""
    try:
        key, checkout, payment, closed = (data[name] for name in ("key", "checkout", "payment", "payments"))
        print_ = ap2.thumbprint(key)
    except Exception as error:
        raise BadInput("mandate_unreadable") from error
    checked, paying = ap2.opened(checkout, payment, key)
    terms, spent, seen = _terms(checked, paying), 0, set[str]()
    for number, text in enumerate(closed):
        use = ap2.closing(text, key)
        if use.nonce in seen or not text.startswith(payment):
            raise Refused("mandate_replayed")
        within(paying, use, number, spent)
        seen.add(use.nonce)
        spent += use.payment_amount.amount
    return terms, len(seen), Money(spent, terms.budget.currency), print_


def within(paying: Any, use: Any, used: int, spent: int) -> None:
    """Raise `Refused` unless one more payment, after `used` of them over `spent` minor units, keeps to every bound."""
    amount, sum_ = paying.the(ap2.AmountRange), use.payment_amount
    budget, times = paying.the(ap2.Budget), paying.the(ap2.Recurrence).max_occurrences
    if not paying.iat <= use.iat:
        raise Refused("clock_went_back")
    if use.iat >= paying.exp:
        raise Refused("mandate_expired")
    if not _is_one_of(use.payee.id, use.payee.website, paying.the(ap2.Payees)):
        raise Refused("mandate_other_payee", payee=use.payee.name)
    if use.payment_instrument.id not in [each.id for each in paying.the(ap2.Instruments).allowed]:
        raise Refused("mandate_other_card")
    money = Money(sum_.amount, sum_.currency)
    if {amount.currency, budget.currency} != {sum_.currency} or not amount.min <= sum_.amount <= amount.max:
        raise Refused("mandate_above_amount", amount=money, limit=Money(amount.max, amount.currency))
    if used >= times:
        raise Refused("mandate_used_up", count=times)
    if spent + sum_.amount > budget.max:
        raise Refused("mandate_above_budget", amount=money, left=Money(max(budget.max - spent, 0), budget.currency))


def _goods(checkout: Any, quote: Quote) -> None:
    """The quote is for the goods that were agreed to, from whom, at no more than they may cost each."""
    (wish,) = checkout.the(ap2.LineItems).items
    items = {item.id: item.max_price for item in wish.acceptable_items}
    if not _is_one_of(quote.merchant, quote.site or None, checkout.the(ap2.Merchants)):
        raise Refused("mandate_other_payee", payee=quote.seller)
    if len(quote.wanted) != len(quote.lines) or not {line.product for line in quote.wanted} <= set(items):
        raise Refused("mandate_other_goods")
    if sum(line.quantity for line in quote.wanted) != wish.quantity:
        raise Refused("mandate_other_goods")
    for line, shown in zip(quote.wanted, quote.lines, strict=True):
        most = Money(items[line.product].amount, items[line.product].currency)
        if shown.amount.currency != most.currency or shown.amount.minor * shown.quantity > most.minor * line.quantity:
            raise Refused("mandate_above_price", price=shown.amount, limit=most)


def _is_one_of(id: str, website: str | None, parties: Any) -> bool:
    """Whether it is a party that was agreed to: the same name at another address is another."""
    return (id, website) in [(each.id, each.website) for each in parties.allowed]


def _uses(db: Connection, id: str) -> tuple[int, int]:
    """How many payments under this mandate stand, and their sum in minor units; one that failed frees its place."""
    counted = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(payments.c.amount), 0)).join(
        mandate_uses, mandate_uses.c.payment_id == payments.c.id
    )
    count, spent = db.execute(counted.where(mandate_uses.c.mandate_id == id, payments.c.state.in_(COUNTED))).one()
    return int(count), int(spent)


def _written(terms: Terms, keys: ap2.Keys, now: datetime) -> tuple[str, str]:
    bound: dict[str, Any] = {
        "cnf": {"jwk": keys.assistant.export_public(as_dict=True)},
        "iat": int(now.timestamp()), "exp": int(terms.until.timestamp()),
    }  # fmt: skip
    price = ap2.Sum(amount=terms.each.minor, currency=terms.each.currency)
    item = ap2.Item(id=terms.product, title=terms.title, max_price=price)
    wish = ap2.Wanted(id="1", acceptable_items=[item], quantity=terms.quantity)
    seller = ap2.Party(id=terms.merchant, name=terms.seller, website=terms.site or None)
    method = ap2.Instrument(id=terms.method, type=CARD)
    goods: list[Any] = [ap2.LineItems(items=[wish]), ap2.Merchants(allowed=[seller])]
    checkout = ap2.signed(ap2.Checkout(constraints=goods, **bound), keys)
    money: list[Any] = [
        ap2.Reference(conditional_transaction_id=ap2.digest(checkout)),
        ap2.Payees(allowed=[seller]), ap2.Instruments(allowed=[method]),
        ap2.AmountRange(max=terms.most.minor, currency=terms.most.currency),
        ap2.Budget(max=terms.budget.minor, currency=terms.budget.currency),
        ap2.Recurrence(max_occurrences=terms.occurrences),
    ]  # fmt: skip
    return checkout, ap2.signed(ap2.PaymentMandate(constraints=money, **bound), keys)


def _terms(checkout: Any, paying: Any) -> Terms:
    (wish,), (seller,) = checkout.the(ap2.LineItems).items, checkout.the(ap2.Merchants).allowed
    (item,), (method,) = wish.acceptable_items, paying.the(ap2.Instruments).allowed
    amount, budget = paying.the(ap2.AmountRange), paying.the(ap2.Budget)
    until = datetime.fromtimestamp(min(checkout.exp, paying.exp), UTC)
    return Terms(
        item.id, item.title, seller.id, seller.name, wish.quantity,
        Money(item.max_price.amount, item.max_price.currency), Money(amount.max, amount.currency),
        Money(budget.max, budget.currency), paying.the(ap2.Recurrence).max_occurrences, until, method.id,
        seller.website or "",
    )  # fmt: skip
