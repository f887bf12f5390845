"""A workbook (xlsx) as a table: the sheet with most dated rows goes to the generic reader, cell by cell as text.

Source of the format: ECMA-376 part 1, chapters 18.3 (sheets), 18.4 (shared strings) and 18.8 (number formats).
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from assistant.errors import BadInput
from assistant.request import Upload
from assistant.wealth.imports import generic, sniff
from assistant.wealth.imports.statement import Hints, Statement

LARGEST = 50 * 1024 * 1024  # bytes of one part once unpacked
WIDEST, MOST_ROWS = 200, 200_000
DAY_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}  # built in, the East Asian ones too
BROKEN = (
    zipfile.BadZipFile, zlib.error, ElementTree.ParseError, EOFError, OSError, RuntimeError, NotImplementedError,
    KeyError, IndexError, ValueError, OverflowError, AttributeError, TypeError,
)  # fmt: skip


def read(upload: Upload, hints: Hints, currency: str) -> Statement:
    """The statement in a workbook. Raises `BadInput("not_a_statement")` for another zip file or no dated row."""
    try:
        with zipfile.ZipFile(BytesIO(upload.data)) as book:
            texts = ["".join(each.itertext()) for each in _part(book, "xl/sharedStrings.xml", "si")]
            dated = _day_styles(book)
            names = [name for name in book.namelist() if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name)]
            sheets = [list(_rows(book, name, texts, dated)) for name in sorted(names)]
    except BROKEN as error:
        raise BadInput("not_a_statement", name=upload.name) from error
    lines = max(sheets, key=lambda sheet: sum(any(map(sniff.dated, cells)) for _, cells in sheet), default=[])
    return generic.from_table(upload.name, ",", lines, hints, currency)


def _part(book: zipfile.ZipFile, name: str, tag: str) -> Iterator[Element]:
    """The elements of one part that are called `tag`; none where the part is missing."""
    if name not in book.namelist():
        return
    with book.open(name) as opened:
        data = opened.read(LARGEST + 1)
    if len(data) > LARGEST or b"<!DOCTYPE" in data:
        raise ValueError(name)
    yield from ElementTree.fromstring(data).iterfind(f".//{{*}}{tag}")


def _day_styles(book: zipfile.ZipFile) -> set[int]:
    """Which cell styles print a number as a day."""
    own = {
        int(each.get("numFmtId", "0")): each.get("formatCode", "") for each in _part(book, "xl/styles.xml", "numFmt")
    }
    days = DAY_FORMATS | {
        number for number, code in own.items() if re.search(r"[dy]", re.sub(r'\[.*?\]|".*?"', "", code))
    }
    cells = [each for parent in _part(book, "xl/styles.xml", "cellXfs") for each in parent]
    return {index for index, style in enumerate(cells) if int(style.get("numFmtId", "0")) in days}


def _rows(book: zipfile.ZipFile, name: str, texts: list[str], dated: set[int]) -> Iterator[tuple[int, list[str]]]:
    for count, row in enumerate(_part(book, name, "row"), 1):
        if count > MOST_ROWS:
            raise ValueError(name)
        cells: list[str] = []
        for cell in row.iterfind("{*}c"):
            column = min(_column(cell.get("r", "")) or len(cells), WIDEST)
            cells += [""] * (column + 1 - len(cells))
            cells[column] = _text(cell, texts, dated).strip()
        yield int(row.get("r", count)), cells


def _column(reference: str) -> int:
    """A1 is 0, AA1 is 26."""
    index = 0
    for letter in re.match("[A-Z]*", reference)[0]:  # type: ignore[index]
        index = index * 26 + ord(letter) - 64
    return max(index - 1, 0)


def _text(cell: Element, texts: list[str], dated: set[int]) -> str:
    value = cell.findtext("{*}v") or ""
    kind = cell.get("t", "n")
    if kind == "s":
        return texts[int(value)] if value else ""
    if kind == "inlineStr":
        return "".join(cell.find("{*}is").itertext())  # type: ignore[union-attr]
    if kind == "n" and value and int(cell.get("s", "0")) in dated:
        return (datetime(1899, 12, 30) + timedelta(days=float(value))).isoformat(" ", "seconds")
    return value
