"""The payee book: who a person may pay. A name that is not in it is never guessed.

Knows contacts and billers, their nicknames, connected accounts and IBANs. Does not know how they are paid.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assistant.clock import Clock
from assistant.errors import BadInput, NotFound, Refused
from assistant.payments.looks import check, folded, skeleton
from assistant.payments.tables import payees
from assistant.reply import new_id
from assistant.store import Store

Kind = Literal["contact", "biller"]
CLOSE = 75.0  # rapidfuzz ratio in 0..100 from which a name is worth asking about
SHORTEST = 3  # letters of a part of a name that is worth comparing
LONGEST = 120
COMPANY = {"sa", "sas", "sarl", "gmbh", "ag", "ltd", "inc", "llc", "bv", "plc", "spa", "corp"}


@dataclass(frozen=True, slots=True)
class Payee:
    id: str
    name: str
    kind: Kind
    currency: str
    account: str
    iban: str
    nicknames: tuple[str, ...]
    source: str  # "hand", "demo": who wrote it into the book
    added_at: datetime

    @property
    def tail(self) -> str:
        """The last four characters of where the money goes."""
        return (self.account or self.iban)[-4:]

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.nicknames)


@dataclass(frozen=True, slots=True)
class Matches:
    """Who the words can mean: one `exact` payee may be paid, everything else is asked."""

    how: Literal["exact", "close", "none"]
    payees: tuple[Payee, ...] = ()

    @property
    def sole(self) -> Payee | None:
        return self.payees[0] if self.how == "exact" and len(self.payees) == 1 else None


@dataclass(eq=False)
class PayeeBook:
    store: Store
    clock: Clock
    enrol: Callable[[str, str], None]  # told of every (account, name), so that the sandbox can have it

    def proposed(
        self, user: str, name: str, kind: Kind, currency: str, account: str = "", iban: str = "",
        nicknames: Iterable[str] = (), source: str = "hand",
    ) -> Payee:  # fmt: skip
        """A payee as they would stand in the book; nothing is written.

        Raises `BadInput` for an empty or overlong name or a wrong IBAN, `Refused` for a name with hidden characters
        or mixed alphabets, or one that looks like somebody else's in the book.
        """
        told, now = (" ".join(name.split()), kind, currency, account, checked_iban(iban)), self.clock.now()
        payee = Payee(new_id("payee"), *told, tuple(nicknames), source, now)
        if not 0 < len(payee.name) <= LONGEST:
            raise BadInput("payee_name_length", limit=LONGEST)
        self._stranger(user, payee)
        return payee

    def add(self, user: str, name: str, kind: Kind, currency: str, *told: Any, **more: Any) -> Payee:
        """Write a payee into the book; takes and raises what `proposed` does."""
        payee = self.proposed(user, name, kind, currency, *told, **more)
        if payee.account:
            self.enrol(payee.account, payee.name)
        self.store.run(sa.insert(payees).values(user_id=user, **asdict(payee)))
        return payee

    def remove(self, user: str, payee: str) -> Payee:
        """Strike a payee out of the book; what was paid to them stays."""
        gone = self.get(user, payee)
        self.store.run(sa.delete(payees).where(payees.c.user_id == user, payees.c.id == payee))
        return gone

    def of(self, user: str) -> tuple[Payee, ...]:
        """Everyone in the person's book, by name."""
        rows = self.store.rows(sa.select(payees).where(payees.c.user_id == user).order_by(payees.c.name))
        return tuple(_payee(row) for row in rows)

    def get(self, user: str, payee: str) -> Payee:
        row = self.store.first(sa.select(payees).where(payees.c.user_id == user, payees.c.id == payee))
        if row is None:
            raise NotFound("unknown_payee")
        return _payee(row)

    def names(self, user: str) -> tuple[str, ...]:
        """Names and nicknames, for the recogniser and the slots."""
        return tuple(name for payee in self.of(user) for name in payee.names)

    def find(self, user: str, words: str) -> Matches:
        """Exact when a name or nickname was said; close when one nearly was; else none. Several are all returned.

        A payee's id, as a tap on a choice says it, is exact.
        """
        check(words)
        book = self.of(user)
        if chosen := tuple(payee for payee in book if payee.id == words):
            return Matches("exact", chosen)
        said = _bare(words)
        exact = tuple(payee for payee in book if any(_bare(name) == said for name in payee.names))
        if exact:
            return Matches("exact", exact)
        ranked = sorted(((_likeness(payee, said, words), payee.name, payee) for payee in book), reverse=True)
        close = tuple(payee for score, _, payee in ranked if score >= CLOSE)[:3]
        return Matches("close", close) if close else Matches("none")

    def accounts_of(self, db: Connection, user: str) -> list[str]:
        """The accounts that are in nobody else's book."""
        others = sa.select(payees.c.account).where(payees.c.user_id != user)
        own = sa.select(payees.c.account).where(payees.c.user_id == user, payees.c.account.not_in(others))
        return list(db.execute(own).scalars())

    def _stranger(self, user: str, new: Payee) -> None:
        for name in new.names:
            check(name)
        for known in self.of(user):
            if folded(known.name) == folded(new.name) and (known.account, known.iban) != (new.account, new.iban):
                raise Refused("payee_account_changed", name=known.name, known=known.tail, new=new.tail)
            if folded(known.name) == folded(new.name):
                raise Refused("payee_exists", name=known.name)
            if skeleton(known.name) == skeleton(new.name):
                raise Refused("payee_looks_alike", name=new.name, known=known.name)


def _likeness(payee: Payee, said: str, words: str) -> float:
    """0..100: how near the words come to a name, or to a part of one."""
    from rapidfuzz.fuzz import ratio

    if any(skeleton(name) == skeleton(words) or _within(said, _bare(name)) for name in payee.names):
        return 100.0
    parts = {part for name in payee.names for part in (_bare(name), *_bare(name).split()) if len(part) >= SHORTEST}
    return max((float(ratio(said, part)) for part in parts), default=0.0)


def _within(said: str, name: str) -> bool:
    """Whether one is made of whole words of the other: 'volta' in 'volta energy'."""
    one, other = set(said.split()), set(name.split())
    return bool(one and other) and (one <= other or other <= one)


def _bare(name: str) -> str:
    words = folded(name).replace(".", "").split()
    return " ".join(word for word in words if word not in COMPANY) or " ".join(words)


def checked_iban(text: str) -> str:
    """The IBAN in one piece; empty stays empty. Raises `BadInput` when its check digits do not fit."""
    from stdnum import iban
    from stdnum.exceptions import ValidationError

    try:
        return str(iban.validate(text, check_country=False)) if text.strip() else ""
    except ValidationError:
        raise BadInput("bad_iban", iban=text[:40]) from None


def _payee(row: sa.Row[tuple[object, ...]]) -> Payee:
    data = dict(row._mapping)
    del data["user_id"]
    return Payee(**data | {"nicknames": tuple(data["nicknames"])})
