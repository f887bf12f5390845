"""Made-up contacts and billers. `introduce` writes them into a person's payee book."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from assistant.payments import Payments


@dataclass(frozen=True, slots=True)
class Person:
    """`account` = number of the connected test account; `iban` only where invoices print one (checksums are valid)."""

    name: str
    kind: Literal["contact", "biller"]
    currency: str
    account: str
    iban: str = ""
    nicknames: tuple[str, ...] = field(default=())


PEOPLE = (
    Person("Alice Martin", "contact", "EUR", "acct_demo_alice_7305", nicknames=("Alice", "爱丽丝")),
    Person("Bob Chen", "contact", "EUR", "acct_demo_bob_2931", nicknames=("Bob", "鲍勃")),
    Person("Mom", "contact", "EUR", "acct_demo_mom_5518", nicknames=("my mother", "maman", "妈妈")),
    Person("Zoé Lefèvre", "contact", "EUR", "acct_demo_zoe_8642", nicknames=("Zoé", "Zoe", "佐伊")),
    Person("李雷", "contact", "CNY", "acct_demo_lilei_1076", nicknames=("Li Lei",)),
    Person("Emma Brown", "contact", "USD", "acct_demo_emma_4450", nicknames=("Emma", "艾玛")),
    Person("Volta Energy", "biller", "EUR", "acct_demo_volta_6127", iban="FR7630006000011234567890189"),
    Person("Aqua Claire", "biller", "EUR", "acct_demo_aqua_3389", iban="DE89370400440532013000"),
    Person("Northwind Telecom", "biller", "EUR", "acct_demo_northwind_9204", iban="BE68539007547034"),
)


def introduce(user: str, payments: Payments) -> None:
    for person in PEOPLE:
        payments.payees.add(
            user, person.name, person.kind, person.currency,
            account=person.account, iban=person.iban, nicknames=person.nicknames,
        )  # fmt: skip
