"""Payment codes of EMVCo's merchant-presented mode (PIX, PayNow, PromptPay, DuitNow, UnionPay, ...).

A string of fields, each two digits of name, two of length, and its text; field 63 is the check sum (EMVCo QR Code
Specification for Payment Systems, merchant-presented mode, 1.1).
"""

import binascii
import re

from assistant.errors import BadInput
from assistant.money import Money

BEGINNING = "000201"
CURRENCIES = {  # ISO 4217
    "036": "AUD", "124": "CAD", "156": "CNY", "203": "CZK", "208": "DKK", "344": "HKD", "348": "HUF", "352": "ISK",
    "356": "INR", "360": "IDR", "376": "ILS", "392": "JPY", "410": "KRW", "458": "MYR", "484": "MXN", "554": "NZD",
    "578": "NOK", "608": "PHP", "702": "SGD", "710": "ZAR", "752": "SEK", "756": "CHF", "764": "THB", "826": "GBP",
    "840": "USD", "946": "RON", "949": "TRY", "978": "EUR", "985": "PLN", "986": "BRL",
}  # fmt: skip


def stated(text: str) -> list[tuple[str, Money | str]]:
    """What the code says of a payment: payee, reference, currency and total. Raises `BadInput` when it was damaged."""
    fields = _fields(text)
    if fields.get("63") != checksum(text[:-4]):
        raise BadInput("code_damaged")
    found: list[tuple[str, Money | str]] = [("payee", fields["59"])] if "59" in fields else []
    reference = _fields(fields.get("62", "")).get("05", "")
    found += [("reference", reference)] if reference.strip("*") else []
    currency, amount = CURRENCIES.get(fields.get("53", "")), fields.get("54", "")
    if currency and re.fullmatch(r"\d{1,10}(\.\d{1,3})?", amount, re.ASCII):
        found += [("currency", currency), ("total", Money.of(amount, currency))]
    return found


def checksum(text: str) -> str:
    """CRC-16/CCITT-FALSE in hex: "29B1" of "123456789" """
    return f"{binascii.crc_hqx(text.encode(), 0xFFFF):04X}"


def _fields(text: str) -> dict[str, str]:
    found, at = {}, 0
    while match := re.compile(r"(\d\d)(\d\d)", re.ASCII).match(text, at):
        at = match.end() + int(match[2])
        found[match[1]] = text[match.end() : at]
    return found
