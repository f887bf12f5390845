"""How documents print amounts, currencies, dates and account numbers, in the formats of en, fr, de and zh.

Reads print, not sentences: a number is an amount only when it looks like one (two decimals, or a currency beside it).
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from assistant.clock import MONTHS
from assistant.money import digits

SIGNS = {
    "€": "EUR", "£": "GBP", "¥": "CNY", "￥": "CNY", "元": "CNY", "US$": "USD", "$": "USD", "RM": "MYR", "S$": "SGD",
    "C$": "CAD", "A$": "AUD", "HK$": "HKD", "RMB": "CNY", "円": "JPY", "FR.": "CHF", "₹": "INR", "KR": "SEK",
}  # fmt: skip
CODES = "EUR USD GBP CHF CNY JPY CAD AUD SGD MYR HKD SEK NOK DKK PLN INR".split()  # noqa: SIM905
_MARK = "|".join(re.escape(mark) for mark in sorted([*SIGNS, *CODES], key=len, reverse=True))
CURRENCY = re.compile(rf"(?<![A-Z])(?:{_MARK})(?![A-Z])", re.IGNORECASE)
DECIMAL = re.compile(r"(?<![\d.,])-?(\d{1,3}(?:[ .,'’]\d{3})+|\d{1,9})\s?[.,]\s?(\d{2})(?![\d%]|\s?%|[.,]\d)")
WHOLE = re.compile(
    rf"(?:{_MARK})\s?(\d{{1,3}}(?:[ ,.]\d{{3}})+|\d{{1,9}})(?![\d.,])"
    rf"|(?<![\d.,])(\d{{1,9}})\s?(?:{_MARK})(?![a-z])",
    re.IGNORECASE,
)

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
DATES = (
    re.compile(r"(?<!\d)(?P<y>20\d\d)\s?[-/.年]\s?(?P<m>\d{1,2})\s?[-/.月]\s?(?P<d>\d{1,2})(?=\D|$|\d{1,2}:\d\d)"),
    re.compile(
        r"(?<!\d)(?P<d>\d{1,2})\s?[-/.]\s?(?P<m>\d{1,2})\s?[-/.]{1,2}\s?(?P<y>20\d\d|\d\d)(?=\D|$|\d{1,2}:\d\d)"
    ),
    re.compile(
        rf"(?<!\d)(?P<d>\d{{1,2}})(?:er|st|nd|rd|th)?[\s.,-]*(?P<name>{_MONTH})[\s.,-]*(?P<y>20\d\d|\d\d)(?!\d)", re.I
    ),
    re.compile(rf"(?<![a-z])(?P<name>{_MONTH})[\s.]*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[\s,.]+(?P<y>20\d\d)(?!\d)", re.I),
)
IBAN = re.compile(r"(?<![A-Z0-9])([A-Z]{2}\s?[0-9O]{2}(?:[ ]?[A-Z0-9]){11,30})")


def amounts(text: str) -> Iterator[tuple[Decimal, str]]:
    """Every printed amount with the characters it came from: '1 234,56', '1.234,56', '€ 12.50', '￥88'."""
    for found in DECIMAL.finditer(text):
        yield Decimal(re.sub(r"\D", "", found[1]) + "." + found[2]), found[0].strip()
    for found in WHOLE.finditer(DECIMAL.sub(" ", text)):
        yield Decimal(re.sub(r"\D", "", found[1] or found[2])), found[0].strip()


def currency(texts: Iterable[str]) -> tuple[str, str] | None:
    """The currency printed most often, and how it is printed; ISO codes count twice, a tie is decided by place."""
    votes: Counter[str] = Counter()
    printed: dict[str, str] = {}
    for text in texts:
        for mark in CURRENCY.findall(text):
            beside = (
                mark.upper() in CODES
                or mark in "€£￥¥$₹"
                or re.search(rf"{re.escape(mark)}\s?\d|\d\s?{re.escape(mark)}", text)
            )
            if beside:
                code = SIGNS.get(mark.upper(), mark.upper())
                votes[code] += 2 if mark.upper() in CODES else 1
                printed.setdefault(code, mark)
    if not votes:
        return None
    code = votes.most_common(1)[0][0]
    return code, printed[code]


def minor(amount: Decimal, code: str) -> int:
    return int(amount.scaleb(digits(code)))


def dates(text: str, month_first: bool = False) -> list[tuple[date, str]]:
    """Dates in a line; `month_first` decides 05/06 where both orders are possible (12/31 needs no help)."""
    found = []
    for pattern in DATES:
        for match in pattern.finditer(text):
            part = match.groupdict()
            day, month = int(part["d"]), MONTHS[part["name"].lower()] if "name" in part else int(part["m"])
            if "name" not in part and pattern is DATES[1] and (month > 12 or (month_first and day <= 12)):
                day, month = month, day
            year = int(part["y"]) + (2000 if len(part["y"]) == 2 else 0)
            try:
                found.append((date(year, month, day), match[0].strip()))
            except ValueError:
                continue
        if found:
            return found
    return found


def iban(text: str) -> tuple[str, str] | None:
    """The first account number whose check digits hold, without blanks, and as printed."""
    from stdnum import iban as checksum

    for match in IBAN.finditer(text.upper()):
        compact = match[1].replace(" ", "")
        for length in range(len(compact), 14, -1):
            candidate = compact[:length]
            for reading in (candidate, candidate[:2] + candidate[2:].replace("O", "0")):
                if checksum.is_valid(reading):
                    return reading, re.match(rf"(?:\S\s*){{{length}}}", match[1])[0].strip()  # type: ignore[index]
    return None
