"""Payments as a table for a spreadsheet. What a spreadsheet would take for a formula begins with an apostrophe."""

import csv
import io
from collections.abc import Iterable

from assistant.payments.drafts import Payment

EVERY = 100_000  # rows
COLUMNS = ("confirmed_at", "payee", "account", "amount", "currency", "refunded", "state", "purpose", "id", "reference")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # as OWASP lists them ("CSV Injection")


def as_csv(payments: Iterable[Payment]) -> str:
    """RFC 4180 with a head line and a byte order mark; amounts in major units with a point."""
    made = io.StringIO(newline="")
    table = csv.writer(made, quoting=csv.QUOTE_ALL)
    table.writerow(COLUMNS)
    for one in payments:
        when = one.confirmed_at.isoformat(timespec="seconds") if one.confirmed_at else ""
        table.writerow(map(_cell, (
            when, one.payee_name, one.account[-4:], f"{one.amount.decimal:f}", one.amount.currency,
            f"{one.refunded.decimal:f}", one.state, one.purpose, one.id, one.provider_ref,
        )))  # fmt: skip
    return "\ufeff" + made.getvalue()


def _cell(text: str) -> str:
    return f"'{text}" if text.lstrip().startswith(FORMULA) else text
