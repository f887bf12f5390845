"""Files of banks: `read` finds the reader for what a file is, by its content and not by its name.

A reader is a function (upload, hints, currency) -> Statement; a new format is a new file and a line here.
"""

from __future__ import annotations

from assistant.errors import BadInput
from assistant.request import Upload
from assistant.wealth.imports import generic
from assistant.wealth.imports.statement import Column, Hints, Problem, Row, Statement

LARGEST = 10 * 1024 * 1024  # bytes

__all__ = ["Column", "Hints", "Problem", "Row", "Statement", "read"]


def read(upload: Upload, hints: Hints, currency: str) -> Statement:
    """The statement in a file. Raises `BadInput`: file_too_big, file_empty, not_a_statement."""
    if len(upload.data) > LARGEST:
        raise BadInput("file_too_big", name=upload.name, limit=LARGEST // 1024**2)
    if not upload.data.strip():
        raise BadInput("file_empty", name=upload.name)
    if b"\0" in upload.data[:4096] and not upload.data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadInput("not_a_statement", name=upload.name)
    return generic.read(upload, hints, currency)
