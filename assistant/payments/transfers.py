"""Transfers prepared for the person's own bank: a code to scan, a file to upload, and the statement that proves them.

No money moves here and none is called paid, until an imported statement holds the row: the amount, and the reference
or the payee, on a day that fits.
"""

import secrets
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Protocol
from xml.sax.saxutils import escape

import sqlalchemy as sa

from assistant.clock import Clock
from assistant.errors import NotFound, Refused
from assistant.money import Money
from assistant.payments.looks import folded
from assistant.payments.payees import Payee
from assistant.payments.tables import transfers
from assistant.reply import new_id
from assistant.store import Store

LONGEST_NAME, LONGEST_TEXT = 70, 140  # EPC069-12, version 002
LATEST = timedelta(days=60)  # how long after it was prepared a statement may still prove a transfer
REFERENCE, LETTERS = "LUEUR-", "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class StatementRow(Protocol):
    """A row of an imported statement; `money` is negative when it went out."""

    @property
    def day(self) -> date: ...
    @property
    def money(self) -> Money: ...
    @property
    def payee(self) -> str: ...
    @property
    def memo(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Transfer:
    id: str
    state: Literal["prepared", "paid", "canceled"]
    payee_id: str
    payee_name: str
    iban: str
    amount: Money
    purpose: str
    reference: str  # what the payee's bank passes on, and what a statement is matched by
    created_at: datetime
    moved_at: datetime
    proof: str  # the row of the statement that says it left


@dataclass(eq=False)
class Transfers:
    store: Store
    clock: Clock

    def prepare(self, user: str, payee: Payee, amount: Money, purpose: str = "") -> Transfer:
        """Raises `Refused` for a payee without IBAN, an amount out of range, or another currency than the euro."""
        from stdnum import iban

        if not payee.iban or not iban.is_valid(payee.iban):
            raise Refused("payee_has_no_account", name=payee.name)
        if amount.currency != "EUR":
            raise Refused("transfer_only_in_euro", name=payee.name)
        if not 0 < amount.minor <= 99_999_999_999:
            raise Refused("amount_out_of_range")
        now, id = self.clock.now(), new_id("trf")
        row = {
            "id": id, "user_id": user, "state": "prepared", "payee_id": payee.id, "payee_name": payee.name,
            "iban": payee.iban, "amount": amount.minor, "currency": amount.currency, "created_at": now, "moved_at": now,
            "purpose": " ".join(purpose.split())[:100], "proof": "",
            "reference": REFERENCE + "".join(secrets.choice(LETTERS) for _ in range(10)),
        }  # fmt: skip
        self.store.run(sa.insert(transfers).values(**row))
        return self.get(user, id)

    def get(self, user: str, id: str) -> Transfer:
        row = self.store.first(sa.select(transfers).where(transfers.c.id == id, transfers.c.user_id == user))
        if row is None:
            raise NotFound("unknown_payment")
        return _transfer(row)

    def cancel(self, user: str, id: str) -> Transfer:
        self._end(self.get(user, id), "canceled")
        return self.get(user, id)

    def match(self, user: str, rows: Iterable[StatementRow]) -> tuple[Transfer, ...]:
        """Those a statement now proves. A row proves one transfer, once, and only when it can mean no other."""
        known = [_transfer(row) for row in self.store.rows(sa.select(transfers).where(transfers.c.user_id == user))]
        waiting = [each for each in known if each.state == "prepared"]
        used = Counter(each.proof for each in known if each.state == "paid")  # a file may hold what is known already
        proven = []
        for row in rows:
            if used[_proof(row)]:
                used[_proof(row)] -= 1
                continue
            fits = [each for each in waiting if _proves(row, each)]
            if REFERENCE in _said(row):
                fits = [each for each in fits if each.reference in _said(row)]
            if len(fits) == 1 and self._end(fits[0], "paid", _proof(row)):
                waiting.remove(fits[0])
                proven.append(self.get(user, fits[0].id))
        return tuple(proven)

    def _end(self, transfer: Transfer, state: str, proof: str = "") -> bool:
        waiting = (transfers.c.id == transfer.id) & (transfers.c.state == "prepared")
        change = sa.update(transfers).where(waiting).values(state=state, moved_at=self.clock.now(), proof=proof)
        return self.store.run(change) == 1


def _proves(row: StatementRow, transfer: Transfer) -> bool:
    made, said = transfer.created_at.date(), _said(row)
    first = made - timedelta(days=transfer.reference in said)  # a bank's day may be the one before ours
    named = transfer.reference in said or folded(transfer.payee_name).upper() in said
    return row.money == -transfer.amount and first <= row.day <= made + LATEST and named


def _proof(row: StatementRow) -> str:
    return f"{row.day} {row.payee} {row.memo}".strip()[:200]


def _said(row: StatementRow) -> str:
    return folded(f"{row.payee} {row.memo}").upper()


def _transfer(row: Any) -> Transfer:
    data = dict(row._mapping)
    amount = Money(data.pop("amount"), data.pop("currency"))
    del data["user_id"]
    return Transfer(amount=amount, **data)


def _plain(text: str, longest: int) -> str:
    """Letters every SEPA bank takes (EPC217-08): 'Zoé Lefèvre' becomes 'Zoe Lefevre'."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    kept = "".join(char if char.isalnum() or char in "/-?:().,'+" else " " for char in bare)
    return " ".join(kept.split())[:longest].strip()


def _name(transfer: Transfer) -> str:
    return _plain(transfer.payee_name, LONGEST_NAME) or transfer.reference


def _text(transfer: Transfer) -> str:
    return _plain(f"{transfer.reference} {transfer.purpose}", LONGEST_TEXT)


def code(transfer: Transfer) -> str:
    """The EPC QR code (EPC069-12, version 002, SCT) as SVG."""
    import io

    import segno

    lines = ("BCD", "002", "1", "SCT", "", _name(transfer), transfer.iban, f"EUR{transfer.amount.decimal:f}", "", "")
    drawn = io.BytesIO()
    made = segno.make_qr("\n".join((*lines, _text(transfer))), error="m", encoding="utf-8")
    made.save(drawn, kind="svg", scale=5, xmldecl=False, svgns=True)
    return drawn.getvalue().decode()


def file(transfer: Transfer) -> str:
    """A credit transfer initiation for a bank's upload (ISO 20022 pain.001.001.03, SEPA).

    The person's own name and account are not known here: NOTPROVIDED, for the bank to fill.
    """
    form = Path(__file__).with_name("pain001.xml").read_text(encoding="utf-8")
    return form.format(
        reference=transfer.reference, at=transfer.created_at, amount=f"{transfer.amount.decimal:f}", iban=transfer.iban,
        name=escape(_name(transfer)), text=escape(_text(transfer)),
    )  # fmt: skip
