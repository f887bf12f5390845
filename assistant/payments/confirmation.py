"""The gesture: single-use tokens that turn exactly one draft into exactly one confirmed payment.

A token is an HMAC over draft, user, session, hash and expiry. Only its digest is stored, and it is consumed in the
transaction that confirms. The same key draws a merchant's right to charge: one per draft, derived again after a crash
instead of being kept.
"""

import hashlib
import hmac
import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assistant.errors import Refused
from assistant.money import Money, total
from assistant.payments.drafts import Payment
from assistant.payments.tables import tokens

Kind = Literal["confirm", "vault"]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Signer:
    """The server's secret; it never leaves this object."""

    key: bytes

    def token(self, kind: Kind, payment: Payment) -> str:
        bound = (kind, payment.id, payment.user, payment.session, payment.hash, payment.expires_at.isoformat())
        return hmac.new(self.key, "\n".join(bound).encode(), hashlib.sha256).hexdigest()

    def check(self, kind: Kind, payment: Payment, session: str, token: str) -> None:
        """Raise `Refused` unless `token` was drawn for this draft, as it stands, in this session."""
        genuine = payment.session == session and hmac.compare_digest(self.token(kind, payment).encode(), token.encode())
        if not genuine:
            log.warning("a confirmation that does not fit was shown for %s", payment.id)
            raise Refused("confirmation_does_not_fit")


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def register(db: Connection, kind: Kind, payment: Payment, token: str, expires: datetime) -> None:
    """Note a token as drawn and unused. A token is derived from its draft, so drawing it twice is drawing it once."""
    row = {"digest": digest(token), "user_id": payment.user, "payment_id": payment.id, "kind": kind}
    if db.execute(sa.select(tokens.c.digest).where(tokens.c.digest == row["digest"])).first() is None:
        db.execute(sa.insert(tokens).values(**row, expires_at=expires))


def consume(db: Connection, token: str, now: datetime) -> bool:
    """Use the token up; False when it was used before, is unknown, or is too old."""
    fresh = (tokens.c.digest == digest(token)) & tokens.c.used_at.is_(None) & (tokens.c.expires_at > now)
    return db.execute(sa.update(tokens).where(fresh).values(used_at=now)).rowcount == 1


def aloud(parts: tuple[Payment, ...], repeated: Money | None, sole: bool, worth_limit: int) -> None:
    """The rule of promise 2: the sum of the sheet, as the only reading, up to the voice limit. Raises `Refused`.

    `repeated` is None when no amount was said; `worth_limit` is in minor units of the base currency, 0 switches it off.
    """
    currency, base = parts[0].amount.currency, parts[0].worth.currency
    if repeated is None or not sole or repeated != total((part.amount for part in parts), currency):
        raise Refused("amount_does_not_match")
    if any(part.origin.repeats or part.origin.resembles for part in parts):
        raise Refused("needs_a_second_look")
    if sum(part.worth.minor for part in parts) > worth_limit:
        raise Refused("above_voice_limit", limit=Money(worth_limit, base))
