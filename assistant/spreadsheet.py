"""Rows as CSV for a spreadsheet (RFC 4180). A text that it would take for a formula begins with an apostrophe."""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # as OWASP lists them ("CSV Injection")


def as_csv(rows: Iterable[Sequence[object]]) -> str:
    """A byte order mark tells that it is UTF-8; a `Decimal` is written with a point and is no text."""
    made = io.StringIO(newline="")
    csv.writer(made).writerows(map(_cell, row) for row in rows)
    return "\ufeff" + made.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    text = str(value)
    return f"'{text}" if text.lstrip().startswith(FORMULA) else text
