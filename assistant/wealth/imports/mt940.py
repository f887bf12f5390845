"""MT940, the SWIFT statement: `:60F:` opening balance, `:61:` a booking, `:86:` its text, `:62F:` closing balance.

Source of the fields: SWIFT standards, category 9, MT 940. The text of `:86:` is the banks' own: the German `?20` to
`?33` and the `/NAME/.../REMI/` of SEPA are told apart, everything else is kept as it is.
"""

import re
from datetime import date
from decimal import Decimal

from assistant.request import Upload
from assistant.wealth.imports import sniff
from assistant.wealth.imports.sections import Found, Section, statement
from assistant.wealth.imports.statement import Hints, Statement

FIELD = re.compile(r"^:(\d\d[A-Z]?):(.*?)(?=^:\d\d[A-Z]?:|^-\}?\s*$|\Z)", re.MULTILINE | re.DOTALL)
BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})([\d,.]+)")
BOOKING = re.compile(r"(\d{6}) ?(\d{4})? ?(R?[CD])[A-Z]? ?(\d[\d,.]*)([A-Z][A-Z0-9]{3})?([^\n]*)\n?(.*)", re.DOTALL)


def matches(text: str) -> bool:
    return bool(re.search(r"^:(61|20):", text, re.MULTILINE) and re.search(r"^:6[0-2][FM]?:", text, re.MULTILINE))


def read(upload: Upload, hints: Hints, currency: str) -> Statement:
    """The statement in an MT940 file. Raises `BadInput("not_a_statement")` when it has no booking."""
    text = sniff.western(upload.data)
    line_of = sniff.liner(text)
    sections: list[Section] = []
    code = currency
    for field in FIELD.finditer(text):
        tag, value = field[1], field[2].strip("\n")
        if tag == "20" or not sections:
            sections.append(Section())
        section = sections[-1]
        if tag == "25":
            section.account = value.strip()
        elif tag[:2] in ("60", "62"):
            balance, stated = _balance(value)
            code = stated or code
            section.bad_balance |= balance is None
            section.opening, section.closing = (
                (balance, section.closing) if tag.startswith("60") else (section.opening, balance)
            )
        elif tag == "61":
            section.found.append(_found(line_of(field.start()), value, code))
        elif tag == "86" and section.found and section.closing is None:
            section.found[-1] = _told(section.found[-1], value)
    return statement(upload, sections, hints, currency)


def _balance(value: str) -> tuple[Decimal | None, str]:
    found = BALANCE.match(value)
    if not found:
        return None, ""
    amount = _number(found[4])
    return (-amount if amount is not None and found[1] == "D" else amount), found[3]


def _found(line: int, value: str, currency: str) -> Found:
    parts = BOOKING.match(value)
    if not parts:
        return Found(line, sniff.read_date("20" + value[:6], "ymd"), None, currency, value)
    amount = _number(parts[4])
    out = parts[3] in ("D", "RC")  # RC takes a credit back
    more = "" if parts[7].startswith("/") else parts[7].strip()  # "/TRCD/": a code of the bank
    return Found(line, _day(parts[1], parts[2]), -amount if amount is not None and out else amount, currency, more)


def _day(valued: str, booked: str | None) -> date | None:
    """The day of booking: its month and day in the year that is nearest to the value date."""
    value = sniff.read_date("20" + valued, "ymd")
    if value is None or not booked:
        return value
    days = [sniff.read_date(f"{year}{booked}", "ymd") for year in (value.year - 1, value.year, value.year + 1)]
    return min((day for day in days if day), key=lambda day: abs(day - value), default=value)


def _told(found: Found, value: str) -> Found:
    """The booking with the payee and the text of its `:86:`."""
    joined = " ".join(value.split())
    coded = dict(re.findall(r"\?(\d\d)([^?]*)", value.replace("\n", "")))
    named = dict(re.findall(r"/(NAME|REMI|EREF|CNTP/[^/]*/[^/]*)/(?:USTD//|STRD/)?([^/]*)", value.replace("\n", "")))
    if coded.keys() & {"20", "32"}:
        payee = coded.get("32", "") + coded.get("33", "")
        memo = " ".join(text for code, text in sorted(coded.items()) if code in ("00", *map(str, range(20, 30))))
    else:
        party = next((name for code, name in named.items() if code == "NAME" or code.startswith("CNTP")), "")
        payee, memo = party, named.get("REMI", "") if named else joined
    return Found(found.line, found.day, found.amount, found.currency, payee or found.payee, memo or joined)


def _number(text: str) -> Decimal | None:
    plain = text.rstrip(",.").replace(",", ".")
    return Decimal(plain) if re.fullmatch(r"\d+(\.\d+)?", plain) else None
