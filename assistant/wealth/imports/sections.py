"""Files that say what each field is (OFX, QIF, CAMT, MT940): sections of one account become one statement.

The formats' readers only find fields; which row can be used, and whether the balances follow, is decided here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from assistant import fx
from assistant.errors import BadInput
from assistant.money import Money
from assistant.request import Upload
from assistant.wealth.imports.statement import LARGEST, Deal, Hints, Order, Problem, Reason, Row, Statement


@dataclass(frozen=True, slots=True)
class Found:
    """One booking as printed. `day` or `amount` None: it could not be read. `reason`: why it is no row anyway."""

    line: int
    day: date | None
    amount: Decimal | None
    currency: str
    payee: str
    memo: str = ""
    reason: Reason | None = None
    deal: Deal | None = None


@dataclass(slots=True)
class Section:
    """The bookings of one account with the balances around them, where the file states them."""

    account: str = ""
    opening: Decimal | None = None
    closing: Decimal | None = None
    found: list[Found] = field(default_factory=list)
    bad_balance: bool = False


def statement(
    upload: Upload, sections: Sequence[Section], hints: Hints, currency: str, order: Order = "ymd",
    doubts: Sequence[str] = (),
) -> Statement:  # fmt: skip
    """Every booking as a row or a problem. Raises `BadInput("not_a_statement")` when there is none."""
    rows: list[Row] = []
    problems: list[Problem] = []
    for account, each in ((section.account, each) for section in sections for each in section.found):
        reason = _unusable(each, currency)
        if reason:
            shown = " · ".join(part for part in (str(each.day or ""), each.payee, str(each.amount or "")) if part)
            problems.append(Problem(each.line, shown[:120], reason))
        else:
            rows.append(_row(each, account, hints, currency))
    if not rows and not problems:
        raise BadInput("not_a_statement", name=upload.name)
    accounts = list(dict.fromkeys(section.account for section in sections if section.account))
    return Statement(
        tuple(rows), tuple(problems), order=order, currency=rows[0].money.currency if rows else "",
        doubts=(*doubts, *_doubts(sections)), openings=_openings(sections, currency),
        mentions=" ".join(accounts)[:2000], account=accounts[0] if len(accounts) == 1 else "",
    )  # fmt: skip


def _unusable(each: Found, currency: str) -> Reason | None:
    if each.day is None:
        return "bad_date"
    if each.reason:
        return each.reason
    if each.amount is None or abs(each.amount) >= LARGEST:
        return "bad_amount"
    return None if (each.currency or currency) in fx.currencies() else "no_rate"


def _row(each: Found, account: str, hints: Hints, currency: str) -> Row:
    assert each.day and each.amount is not None
    money = Money.of(-each.amount if hints.flip else each.amount, each.currency or currency)
    payee, memo = (" ".join(text.split()) for text in (each.payee, each.memo))
    return Row(each.line, each.day, money, payee or memo, memo if payee and memo != payee else "",
               None, each.deal, account)  # fmt: skip


def _openings(sections: Sequence[Section], currency: str) -> tuple[tuple[str, Money], ...]:
    """What stood on each account before its first row: as stated, else what the closing balance leaves."""
    found: dict[str, Money] = {}
    for section in sections:
        codes = {each.currency or currency for each in section.found}
        code = codes.pop() if len(codes) == 1 else ""
        amounts = [each.amount for each in section.found if each.amount is not None]
        opening = section.opening
        if opening is None and section.closing is not None and len(amounts) == len(section.found):
            opening = section.closing - sum(amounts, Decimal(0))
        if opening is not None and abs(opening) < LARGEST and code in fx.currencies():
            found.setdefault(section.account, Money.of(opening, code))
    return tuple(found.items())


def _doubts(sections: Sequence[Section]) -> list[str]:
    wrong = any(
        section.opening + sum((each.amount or Decimal(0) for each in section.found), Decimal(0)) != section.closing
        for section in sections
        if section.opening is not None and section.closing is not None
    )
    facts = {"closing_balance": wrong, "bad_balance": any(section.bad_balance for section in sections)}
    return [doubt for doubt, holds in facts.items() if holds]
