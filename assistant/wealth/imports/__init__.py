"""Files of banks: `read` finds the reader for what a file is, by its content and not by its name.

A reader is a function (upload, hints, currency) -> Statement; a new format is a new file and a line here.
"""

from __future__ import annotations

from assistant.errors import BadInput
from assistant.request import Upload
from assistant.wealth.imports import camt, generic, mt940, ofx, qif, sniff, xlsx
from assistant.wealth.imports.statement import Column, Hints, Problem, Row, Statement

LARGEST = 10 * 1024 * 1024  # bytes
FORMATS = (ofx, camt, mt940, qif)  # each tells its own by `matches(text)`; what none claims is a table

__all__ = ["Column", "Hints", "Problem", "Row", "Statement", "read"]


def read(upload: Upload, hints: Hints, currency: str) -> Statement:
    """The statement in a file. Raises `BadInput`: file_too_big, file_empty, not_a_statement."""
    if len(upload.data) > LARGEST:
        raise BadInput("file_too_big", name=upload.name, limit=LARGEST // 1024**2)
    if not upload.data.strip():
        raise BadInput("file_empty", name=upload.name)
    if upload.data.startswith(b"PK\x03\x04"):
        return xlsx.read(upload, hints, currency)
    if b"\0" in upload.data[:4096] and not upload.data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadInput("not_a_statement", name=upload.name)
    text, _ = sniff.decode(upload.data)
    form = next((form for form in FORMATS if form.matches(text)), None)
    return form.read(upload, hints, currency) if form else generic.read(upload, hints, currency)
