"""QIF, the line-by-line format of Quicken: a letter, its value, and `^` at the end of every booking.

The format names neither a currency nor the order of day and month: the order is told from all dates together.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from assistant.money import Money
from assistant.request import Upload
from assistant.wealth.entry import UNIT
from assistant.wealth.imports import sniff
from assistant.wealth.imports.sections import Found, Section, statement
from assistant.wealth.imports.statement import LARGEST, Deal, Did, Hints, Order, Reason, Statement

Record = tuple[int, dict[str, str]]
CASH = re.compile(r"bank|cash|ccard|oth [al]", re.IGNORECASE)
SPENT = re.compile(r"(withdrw|xout|miscexp|margint)x?$", re.IGNORECASE)  # printed above zero
EARNED = re.compile(r"(div|intinc|cgshort|cglong|miscinc|cash|contrib|xin)x?$", re.IGNORECASE)


def matches(text: str) -> bool:
    return bool(re.match(r"\s*!(type:|account|option|clear)|\s*D.{6,14}\n([A-Z$].*\n)+\^", text, re.IGNORECASE))


def read(upload: Upload, hints: Hints, currency: str) -> Statement:
    """The statement in a QIF file. Raises `BadInput("not_a_statement")` when it has no booking."""
    text = sniff.western(upload.data)
    parts = list(_parts(text))
    records = [record for _, some in parts for record in some]
    order, doubtful = sniff.date_order([_date(fields.get("D", "")) for _, fields in records])
    mark = sniff.decimal_mark([_total(fields) for _, fields in records], "")
    sections = [
        Section(name, found=[_found(line, fields, hints.order or order, mark, currency) for line, fields in some])
        for name, some in parts
    ]
    doubts = ("date_order",) if doubtful and not hints.order else ()
    return statement(upload, sections, hints, currency, hints.order or order, doubts)


def _parts(text: str) -> Iterator[tuple[str, list[Record]]]:
    """(account, its bookings) for every section; lists of accounts, categories and prices are no bookings."""
    name = ""
    line_of = sniff.liner(text)
    heads = [*re.finditer(r"^!([^\n]*)(?:\n|\Z)", text, re.MULTILINE)]
    if not heads:
        yield "", [record for record in _records(text, 1) if "D" in record[1]]
        return
    ends = [*(head.start() for head in heads[1:]), len(text)]
    for head, end in zip(heads, ends, strict=True):
        kind = head[1].strip().casefold()
        records = list(_records(text[head.end() : end], line_of(head.end())))
        if kind.startswith("account") and records:
            name = records[0][1].get("N", "")
        elif CASH.search(kind) or "invst" in kind:
            yield name, [record for record in records if "D" in record[1]]


def _records(text: str, line: int) -> Iterator[Record]:
    fields: dict[str, str] = {}
    begun = line
    for number, row in enumerate(text.splitlines(), line):
        if row.startswith("^"):
            yield begun, fields
            fields, begun = {}, number + 1
        elif row:
            fields.setdefault(row[0], row[1:].strip())
    if fields:
        yield begun, fields


def _found(line: int, fields: dict[str, str], order: Order, mark: str, currency: str) -> Found:
    action = fields.get("N", "") if "Y" in fields else ""
    deal = _deal(action, fields, mark, currency)
    reason: Reason | None = "trade" if action and not (EARNED.match(action) or SPENT.match(action) or deal) else None
    day = sniff.read_date(_date(fields["D"]), order)
    amount: Decimal | None = sniff.read_number(_total(fields), mark)
    out = SPENT.match(fields.get("N", "")) or (deal and deal.did == "buy")
    amount = -abs(amount) if out and amount is not None else amount
    payee = fields.get("P", "") or fields.get("Y", "")
    return Found(line, day, amount, "", payee, fields.get("M", ""), reason, deal)


def _deal(action: str, fields: dict[str, str], mark: str, currency: str) -> Deal | None:
    """A purchase or a sale with its quantity (Q), price (I) and commission (O); None for anything else."""
    bought = re.fullmatch("(buy|sell)x?", action, re.IGNORECASE)
    count, price, fee = (sniff.read_number(fields.get(name, ""), mark) or Decimal(0) for name in "QIO")
    if not bought or not count or max(abs(count), abs(price), abs(fee)) >= LARGEST:
        return None
    did: Did = "buy" if bought[1].lower() == "buy" else "sell"
    quantity = int(abs(count) * UNIT) * (1 if did == "buy" else -1)
    name = fields["Y"][:120]
    return Deal(did, name[:32], name, currency, quantity, int(price * UNIT), Money.of(abs(fee), currency).minor, 0)


def _total(fields: dict[str, str]) -> str:
    return fields.get("T") or fields.get("U") or ""


def _date(text: str) -> str:
    """`1/ 5'04` is the fifth of January 2004, or the first of May."""
    return re.sub(r"\s*([/'.-])\s*", r"\1", text.strip()).replace("'", "/")
