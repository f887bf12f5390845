"""CAMT.053 (and .052, .054) of ISO 20022, versions 2 to 8 and later: elements are found by name, whatever namespace.

One booking (Ntry) is one row. A file with a document type is refused: its entities could be made to grow.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from assistant.errors import BadInput
from assistant.request import Upload
from assistant.wealth.imports import sniff
from assistant.wealth.imports.sections import Found, Section, statement
from assistant.wealth.imports.statement import Hints, Reason, Statement

OPENING, CLOSING = ("OPBD", "PRCD"), ("CLBD",)


def matches(text: str) -> bool:
    return bool(re.search(r"camt\.05[234]|<(?:\w+:)?BkToCstmr", text[:20_000]))


def read(upload: Upload, hints: Hints, currency: str) -> Statement:
    """The statement in a CAMT file. Raises `BadInput("not_a_statement")` for broken XML or no booking."""
    if re.search(rb"<!(DOCTYPE|ENTITY)", upload.data, re.IGNORECASE):
        raise BadInput("not_a_statement", name=upload.name)
    try:
        root = ElementTree.fromstring(upload.data)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise BadInput("not_a_statement", name=upload.name) from error
    sections = [_section(each) for name in ("Stmt", "Rpt", "Ntfctn") for each in _all(root, name)]
    return statement(upload, sections, hints, currency)


def _section(parent: Element) -> Section:
    account = _text(parent, "Acct", "Id", "IBAN") or _text(parent, "Acct", "Id", "Othr", "Id")
    section = Section(account)
    for balance in _all(parent, "Bal"):
        kind, amount = _text(balance, "Tp", "CdOrPrtry", "Cd"), _amount(balance)
        section.bad_balance |= amount is None
        if kind in OPENING and section.opening is None:
            section.opening = amount
        elif kind in CLOSING:
            section.closing = amount
    section.found = [_found(number, entry) for number, entry in enumerate(_all(parent, "Ntry"), 1)]
    return section


def _found(number: int, entry: Element) -> Found:
    """`number` counts the bookings: XML has no lines worth naming."""
    days = (_text(entry, kind, part) for kind in ("BookgDt", "ValDt") for part in ("Dt", "DtTm"))
    day: date | None = sniff.read_date(next((text for text in days if text), "")[:10], "ymd")
    printed = _first(entry, "Amt")
    status = _text(entry, "Sts", "Cd") or _text(entry, "Sts")
    reason: Reason | None = "not_settled" if status in ("PDNG", "INFO", "FUTR") else None
    currency = printed.get("Ccy", "").upper() if printed is not None else ""
    return Found(number, day, _amount(entry), currency, _payee(entry), _memo(entry), reason)


def _amount(parent: Element) -> Decimal | None:
    try:
        amount = Decimal(_text(parent, "Amt"))
    except InvalidOperation:
        return None
    return -amount if _text(parent, "CdtDbtInd") == "DBIT" else amount


def _payee(entry: Element) -> str:
    """The other side: who paid a credit, who received a debit; whoever is named where only one is."""
    sides = ("Dbtr", "Cdtr") if _text(entry, "CdtDbtInd") != "DBIT" else ("Cdtr", "Dbtr")
    for side in sides:
        for party in _all(entry, side):
            name = _text(party, "Nm") or _text(party, "Pty", "Nm")
            if name:
                return name
    return ""


def _memo(entry: Element) -> str:
    texts = [each.text for name in ("Ustrd", "AddtlTxInf", "AddtlNtryInf") for each in _all(entry, name) if each.text]
    return " ".join(dict.fromkeys(texts))


def _all(parent: Element, name: str) -> Iterator[Element]:
    return parent.iterfind(f".//{{*}}{name}")


def _first(parent: Element, *path: str) -> Element | None:
    return parent.find("/".join(f"{{*}}{name}" for name in path))


def _text(parent: Element, *path: str) -> str:
    found = _first(parent, *path)
    return (found.text or "").strip() if found is not None else ""
