"""Product feeds: `read` finds the reader for what a file is, by its content, and yields products and rejected rows.

A reader turns a file into rows of plain names (`row.Row`), each with its line; `row.product` is the one place where
names become facts. Everything streams but single JSON documents. A file that cannot be read to its end raises
`BadInput` with the line: whoever writes products writes none of it.
"""

import io
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import IO, Any

from assistant.errors import BadInput
from assistant.shop.catalogue import Product
from assistant.shop.feeds import delimited, documents, xml
from assistant.shop.feeds.row import Problem, Row, product

READERS = (xml, documents, delimited)  # each tells its own by `matches(beginning)`
BEGINNING = 16_384  # bytes a file is told by

__all__ = ["Problem", "matches", "read"]


def matches(data: bytes) -> bool:
    """Whether this is a product feed of a kind that is read here."""
    return any(reader.matches(_beginning(data[:BEGINNING])) for reader in READERS)


def read(file: IO[bytes], currency: str, at: datetime, taken: Mapping[str, str] = {}) -> Iterator[Product | Problem]:
    """Products in the order of the file and what is wrong with the rest. Prices without a currency are in `currency`.

    `taken`: ids by code of products that are there already; another product's code is a problem. Raises `BadInput`:
    not_a_feed, feed_broken (with its line).
    """
    start = file.read(BEGINNING)
    reader = next((each for each in READERS if each.matches(_beginning(start))), None)
    if reader is None:
        raise BadInput("not_a_feed")
    file.seek(0)
    coding = "utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    ids: dict[str, int] = {}
    codes: dict[str, int] = {}
    for row in _rows(reader, file, coding):
        found = product(row, currency, at)
        if isinstance(found, Product):
            first = ids.setdefault(found.id, row.line), codes.setdefault(found.gtin or found.id, row.line)
            if min(first) < row.line:
                found = Problem(row.line, "twice", str(min(first)))
            elif taken.get(found.gtin, found.id) != found.id:
                found = Problem(row.line, "code_taken", found.gtin)
        yield found


def _rows(reader: Any, file: IO[bytes], coding: str) -> Iterator[Row]:
    text = io.TextIOWrapper(file, coding, newline="")
    try:
        yield from reader.rows(text)
    except UnicodeError:
        file = text.detach()
        file.seek(0)
        raise BadInput(
            "feed_broken", line=next((n for n, line in enumerate(file, 1) if not _is_text(line)), 1)
        ) from None


def _is_text(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _beginning(data: bytes) -> str:
    coding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return data.decode(coding, "replace").lstrip()
