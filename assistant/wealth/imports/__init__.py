"""Files of banks: `read` finds the reader for what a file is, by its content and not by its name.

A reader is a function (upload, hints, currency) -> Statement; a new format is a new file and a line here.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import replace

from assistant.errors import BadInput
from assistant.redaction import hide
from assistant.request import Upload
from assistant.wealth.imports import camt, generic, mt940, ofx, qif, sniff, xlsx
from assistant.wealth.imports.statement import Column, Deal, Hints, Problem, Row, Statement

MOST = 200_000  # records of a JSON file
LARGEST = 10 * 1024 * 1024  # bytes
SECRET = re.compile(r"\d(?:\D{0,3}\d){13}|[rs]k_|whsec_")  # what may hold a card number or a key: most texts cannot
FORMATS = (ofx, camt, mt940, qif)  # each tells its own by `matches(text)`; what none claims is a table

__all__ = ["Column", "Deal", "Hints", "Problem", "Row", "Statement", "read"]


def read(upload: Upload, hints: Hints, currency: str) -> Statement:
    """The statement in a file, card numbers hidden. Raises `BadInput`: file_too_big, file_empty, not_a_statement."""
    if len(upload.data) > LARGEST:
        raise BadInput("file_too_big", name=upload.name, limit=LARGEST // 1024**2)
    if not upload.data.strip():
        raise BadInput("file_empty", name=upload.name)
    found = _read(upload, hints, currency)
    rows = tuple(
        replace(row, payee=_hidden(row.payee), memo=_hidden(row.memo), account=_hidden(row.account, 4))
        for row in found.rows
    )
    problems = tuple(replace(each, text=_hidden(each.text)) for each in found.problems)
    openings = tuple((_hidden(account, 4), money) for account, money in found.openings)
    columns = tuple(replace(each, sample=_hidden(each.sample)) for each in found.columns)
    return replace(
        found, rows=rows, problems=problems, openings=openings, columns=columns, mentions=_hidden(found.mentions),
        account=_hidden(found.account, 4),
    )  # fmt: skip


def _hidden(text: str, kept: int = 0) -> str:
    """The text without card numbers and keys; of an account that is one, its last `kept` digits."""
    if not SECRET.search(text):
        return text
    shown, found = hide(text)
    return shown + text[-kept:] if found and kept else shown


def _read(upload: Upload, hints: Hints, currency: str) -> Statement:
    if upload.data.startswith(b"PK\x03\x04"):
        return xlsx.read(upload, hints, currency)
    if b"\0" in upload.data[:4096] and not upload.data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadInput("not_a_statement", name=upload.name)
    text = sniff.decode(upload.data)
    if records := _records(text):
        return generic.from_table(upload.name, "", records, hints, currency)
    form = next((form for form in FORMATS if form.matches(text)), None)
    return form.read(upload, hints, currency) if form else generic.read(upload, hints, currency)


def _records(text: str) -> list[tuple[int, list[str]]]:
    """The longest list of objects in a JSON text as a table under its keys, numbered from 1; empty for another text."""
    try:
        found = json.loads(text, parse_float=str, parse_int=str) if text.lstrip()[:1] in ("{", "[") else None
    except (ValueError, RecursionError):
        return []  # a bracket is no promise: SWIFT messages and preambles begin so too
    objects: list[dict[str, object]] = max(_lists(found), key=len, default=[])[:MOST]
    keys = list(dict.fromkeys(key for each in objects for key in each))
    rows = [["" if each.get(key) is None else str(each[key]) for key in keys] for each in objects]
    return [(0, keys), *enumerate(rows, 1)] if rows else []


def _lists(found: object) -> Iterator[list[dict[str, object]]]:
    """The lists of objects in a JSON value, at any depth; what an object holds in another stands beside the rest."""
    if isinstance(found, list):
        yield [_flat(each) for each in found if isinstance(each, dict)]
    for each in found.values() if isinstance(found, dict) else ():
        yield from _lists(each)


def _flat(found: dict[str, object]) -> dict[str, object]:
    deeper = [_flat(each) for each in found.values() if isinstance(each, dict)]
    return {key: value for part in (*deeper, found) for key, value in part.items() if not isinstance(value, dict)}
