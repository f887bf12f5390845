"""OFX and QFX, SGML (1.x) and XML (2.x) alike: fields are found by their tags, closed or not.

Bank and card bookings (STMTTRN) and the income of an investment account become rows; trades of securities are listed.
Source of the tags: OFX 1.6 and 2.2, chapters 11 and 13.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from assistant.request import Upload
from assistant.wealth.imports import sniff
from assistant.wealth.imports.sections import Found, Section, statement
from assistant.wealth.imports.statement import Hints, Reason, Statement

BLOCK = re.compile(r"<(STMTRS|CCSTMTRS|INVSTMTRS)>", re.IGNORECASE)
TRADES = "BUY(?:STOCK|MF|DEBT|OPT|OTHER)|SELL(?:STOCK|MF|DEBT|OPT|OTHER)|REINVEST|TRANSFER|SPLIT|CLOSUREOPT|RETOFCAP"
EVENT = re.compile(
    rf"<(?P<tag>STMTTRN|INCOME|INVEXPENSE|MARGININTEREST|{TRADES})>"
    rf"(?P<body>.*?)(?=</(?P=tag)>|<(?:STMTTRN|INCOME|{TRADES})>|</BANKTRANLIST>|</INVTRANLIST>|<LEDGERBAL>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
CHARSET = re.compile(rb"CHARSET:\s*(\d+)")


def matches(text: str) -> bool:
    return bool(re.search(r"<OFX>|^OFXHEADER", text[:20_000], re.IGNORECASE | re.MULTILINE))


def read(upload: Upload, hints: Hints, currency: str) -> Statement:
    """The statement in an OFX or QFX file. Raises `BadInput("not_a_statement")` when it has no booking."""
    text, encoding = _decode(upload.data)
    line_of = sniff.liner(text)
    starts = [found.start() for found in BLOCK.finditer(text)] or [0]
    blocks = [(start, text[start:end]) for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
    sections = [_section(block, start, line_of, currency) for start, block in blocks]
    return statement(upload, "ofx", encoding, sections, hints, currency)


def _decode(data: bytes) -> tuple[str, str]:
    stated = CHARSET.search(data[:2000])
    for name in ("utf-8-sig", f"cp{stated[1].decode()}" if stated else "cp1252"):
        try:
            return data.decode(name), name
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("cp1252", "replace"), "cp1252"


def _section(block: str, start: int, line_of: Callable[[int], int], currency: str) -> Section:
    code = _field(block, "CURDEF").upper() or currency
    balance = _aggregate(block, "LEDGERBAL")
    closing = _number(_field(balance, "BALAMT"))
    section = Section(_field(block, "ACCTID"), closing=closing, bad_balance=bool(balance) and closing is None)
    for event in EVENT.finditer(block):
        line = line_of(start + event.start())
        section.found.append(_found(line, event["tag"].upper(), event["body"], code))
    return section


def _found(line: int, tag: str, body: str, code: str) -> Found:
    day = _day(_field(body, "DTPOSTED") or _field(body, "DTTRADE") or _field(body, "DTUSER"))
    amount = _number(_field(body, "TRNAMT") or _field(body, "TOTAL"))
    reason: Reason | None = "trade" if re.fullmatch(TRADES, tag) else None
    own = _field(_aggregate(body, "CURRENCY"), "CURSYM").upper()
    payee, memo = _field(body, "NAME") or _field(_aggregate(body, "PAYEE"), "NAME"), _field(body, "MEMO")
    return Found(line, day, amount, own or code, payee, memo, reason)


def _field(text: str, tag: str) -> str:
    found = re.search(rf"<{tag}>([^<\r\n]*)", text, re.IGNORECASE)
    return html.unescape(found[1]).strip() if found else ""


def _aggregate(text: str, tag: str) -> str:
    found = re.search(rf"<{tag}>(.*?)(?:</{tag}>|\Z)", text, re.IGNORECASE | re.DOTALL)
    return found[1] if found else ""


def _day(text: str) -> date | None:
    return sniff.read_date(text[:8], "ymd") if re.match(r"\d{8}", text) else None


def _number(text: str) -> Decimal | None:
    """A plain signed number with a point or a comma; anything else (a currency sign, nothing) is none."""
    return Decimal(text.replace(",", ".")) if re.fullmatch(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)", text) else None
