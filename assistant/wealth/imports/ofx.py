"""OFX and QFX, SGML (1.x) and XML (2.x) alike: fields are found by their tags, closed or not.

Bank and card bookings (STMTTRN), purchases, sales and income of securities become rows; what else moves them is listed.
Source of the tags: OFX 1.6 and 2.2, chapters 11 and 13.
"""

import html
import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from assistant import fx
from assistant.money import Money
from assistant.request import Upload
from assistant.wealth.entry import UNIT
from assistant.wealth.imports import sniff
from assistant.wealth.imports.sections import Found, Section, statement
from assistant.wealth.imports.statement import LARGEST, Deal, Did, Hints, Reason, Statement

BLOCK = re.compile(r"<(STMTRS|CCSTMTRS|INVSTMTRS)>", re.IGNORECASE)
TRADES = "BUY(?:STOCK|MF|DEBT|OPT|OTHER)|SELL(?:STOCK|MF|DEBT|OPT|OTHER)|REINVEST|TRANSFER|SPLIT|CLOSUREOPT|RETOFCAP"
EVENT = re.compile(
    rf"<(?P<tag>STMTTRN|INCOME|INVEXPENSE|MARGININTEREST|{TRADES})>"
    rf"(?P<body>.*?)(?=</(?P=tag)>|<(?:STMTTRN|INCOME|{TRADES})>|</BANKTRANLIST>|</INVTRANLIST>|<LEDGERBAL>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
SECURITY = re.compile(r"<SECINFO>(.*?)(?=<SECINFO>|</SECLIST>|\Z)", re.IGNORECASE | re.DOTALL)
CHARSET = re.compile(rb"CHARSET:\s*(\d+)")


def matches(text: str) -> bool:
    return bool(re.search(r"<OFX>|^OFXHEADER", text[:20_000], re.IGNORECASE | re.MULTILINE))


def read(upload: Upload, hints: Hints, currency: str) -> Statement:
    """The statement in an OFX or QFX file. Raises `BadInput("not_a_statement")` when it has no booking."""
    charset = CHARSET.search(upload.data[:2000])
    text = sniff.western(upload.data, f"cp{charset[1].decode()}" if charset else "cp1252")
    line_of = sniff.liner(text)
    starts = [found.start() for found in BLOCK.finditer(text)] or [0]
    blocks = [(start, text[start:end]) for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
    names = {_field(each, "UNIQUEID"): each for each in SECURITY.findall(text)}
    sections = [_section(block, start, line_of, currency, names) for start, block in blocks]
    return statement(upload, sections, hints, currency)


def _section(
    block: str, start: int, line_of: Callable[[int], int], currency: str, names: Mapping[str, str]
) -> Section:  # fmt: skip
    code = _field(block, "CURDEF").upper() or currency
    balance = _aggregate(block, "LEDGERBAL")
    closing = _number(_field(balance, "BALAMT") or _field(block, "AVAILCASH"))
    section = Section(_field(block, "ACCTID"), closing=closing, bad_balance=bool(balance) and closing is None)
    for event in EVENT.finditer(block):
        line = line_of(start + event.start())
        section.found.append(_found(line, event["tag"].upper(), event["body"], code, names))
    return section


def _found(line: int, tag: str, body: str, code: str, names: Mapping[str, str]) -> Found:
    day = _day(_field(body, "DTPOSTED") or _field(body, "DTTRADE") or _field(body, "DTUSER"))
    amount = _number(_field(body, "TRNAMT") or _field(body, "TOTAL"))
    own = (_field(_aggregate(body, "CURRENCY"), "CURSYM") or code).upper()
    deal = _deal(tag, body, own, names)
    reason: Reason | None = "trade" if re.fullmatch(TRADES, tag) and not deal else None
    payee, memo = _field(body, "NAME") or _field(_aggregate(body, "PAYEE"), "NAME"), _field(body, "MEMO")
    return Found(line, day, amount, own, payee or (deal.name if deal else ""), memo, reason, deal)


def _deal(tag: str, body: str, currency: str, names: Mapping[str, str]) -> Deal | None:
    """A purchase, a sale or the income of one security; None for anything else and where the security is not named."""
    key = _field(body, "UNIQUEID")
    did: Did = "buy" if tag.startswith("BUY") else "sell" if tag.startswith("SELL") else "dividend"
    units = _number(_field(body, "UNITS")) or Decimal(0)
    if not key or not (units or tag == "INCOME") or tag in ("REINVEST", "TRANSFER", "SPLIT", "CLOSUREOPT", "RETOFCAP"):
        return None
    price = Decimal(0) if tag.endswith("DEBT") else _number(_field(body, "UNITPRICE")) or Decimal(0)
    costs = [sum((abs(_number(_field(body, name)) or Decimal(0)) for name in some), Decimal(0))
             for some in (("COMMISSION", "FEES", "LOAD"), ("TAXES", "WITHHOLDING"))]  # fmt: skip
    if max(abs(units), price, *costs) >= LARGEST or currency not in fx.currencies():
        return None
    fee, tax = (Money.of(cost, currency).minor for cost in costs)
    known = names.get(key, "")
    quantity = 0 if did == "dividend" else int(abs(units) * UNIT) * (1 if did == "buy" else -1)
    symbol, name = _field(known, "TICKER") or key, _field(known, "SECNAME") or key
    return Deal(did, symbol[:32], name[:120], currency, quantity, int(price * UNIT), fee, tax)


def _field(text: str, tag: str) -> str:
    found = re.search(rf"<{tag}>\s*([^<\r\n]*)", text, re.IGNORECASE)
    return html.unescape(found[1]).strip() if found else ""


def _aggregate(text: str, tag: str) -> str:
    found = re.search(rf"<{tag}>(.*?)(?:</{tag}>|\Z)", text, re.IGNORECASE | re.DOTALL)
    return found[1] if found else ""


def _day(text: str) -> date | None:
    plain = re.sub("[-/]", "", text[:10])[:8]
    return sniff.read_date(plain, "ymd") if re.match(r"\d{8}", plain) else None


def _number(text: str) -> Decimal | None:
    """A plain signed number with a point or a comma, or both; anything else (a currency sign, nothing) is none."""
    text = text.replace(",", "") if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+\.\d+", text) else text
    return Decimal(text.replace(",", ".")) if re.fullmatch(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)", text) else None
