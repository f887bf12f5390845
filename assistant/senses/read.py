"""Text in a picture: lines by OCR (inside the worker), then rules that turn lines into the fields of a document.

Every field carries its print and its box, so that a person can check it against the crop. Nothing here decides who is
paid: the payee of an invoice is only the name at its head.
"""

from __future__ import annotations

import functools
import re
from datetime import date
from typing import TYPE_CHECKING, Any

from assistant.money import NO_CURRENCY, Money
from assistant.request import Field, Line, PictureKind
from assistant.senses import printed, totals
from assistant.senses.layout import Page, box
from assistant.senses.words import weighted, word

if TYPE_CHECKING:
    from PIL.Image import Image

LONGEST_SIDE = 2000  # pixels that the engine works on
MOST_LINES = 400
GLANCE_SIDE = 352  # pixels of the shorter side in which a frame's print is looked for: 40 ms instead of 260
LABEL_LINES = 14  # lines of a label at most
LARGEST_PRINT = 4  # of them are read: price, name, brand
LEAST_SCORE = 0.5  # of a line's reading, as the engine has it
PRINTED: tuple[PictureKind, ...] = ("invoice", "receipt", "price_tag", "statement")
PARAMS = {
    "Global.log_level": "critical", "Global.max_side_len": LONGEST_SIDE, "Rec.rec_batch_num": 1,  # more is padding here
    "EngineConfig.onnxruntime.intra_op_num_threads": 1, "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}  # fmt: skip
HEAD_ROWS = 4  # at least so many rows count as the head of a page
DATED, TABLED, LISTED = 6, 20, 12  # dated rows, rows of three columns, and amounts without a total, of a statement
LEAST_LINES: dict[PictureKind, int] = {"invoice": 8, "receipt": 6, "statement": 8}

DAY = re.compile(r"(0?[1-9]|[12]\d|3[01])[./-](0?[1-9]|1[0-2])[./-]?(\s|$)")
TOKEN = re.compile(r"(?=[\w/-]*\d)[A-Z0-9][A-Z0-9/-]{3,29}", re.I)


@functools.cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(params=PARAMS)


@functools.cache
def _finder() -> Any:
    """Where print stands, in small pictures: the detector of a second engine that never reads."""
    from rapidocr import RapidOCR

    engine: Any = RapidOCR(params=PARAMS | {"Det.limit_side_len": GLANCE_SIDE})
    return engine._load_det_model()


def load() -> None:
    """Read a small square, so that the engines' models are in memory; a strip would be enlarged fourfold."""
    import numpy as np

    square = np.full((96, 96, 3), 255, "uint8")
    square[40:56, 16:80:8] = 0
    _engine()(square)
    _finder()(square)


def lines(picture: Image, scale: float = 1.0) -> tuple[list[list[Any]], float]:
    """[text, confidence, [x0, y0, x1, y1]] per line, boxes times `scale`; and the page's slope (rise over run)."""
    import numpy as np

    found = _engine()(np.asarray(picture)[:, :, ::-1])
    if found.boxes is None:
        return [], 0.0
    return _rows(found, np.asarray(found.boxes, float)[:MOST_LINES] * scale)


def glance(picture: Image, scale: float) -> tuple[list[list[Any]], float]:
    """As `lines`, but of a label only its largest print: print is looked for in a small copy, read in the picture.

    A picture with more lines than a label has is a paper, and read whole.
    """
    import numpy as np

    shrink = max(1.0, min(picture.size) / GLANCE_SIDE)
    small = picture.resize((round(picture.width / shrink), round(picture.height / shrink)), reducing_gap=2.0)
    boxes = _finder()(np.asarray(small)[:, :, ::-1]).boxes
    if boxes is None:
        return [], 0.0
    if len(boxes) > LABEL_LINES:
        return lines(picture, scale)
    quads = np.asarray(boxes, "float32") * shrink
    quads = quads[np.sort(np.argsort(-np.linalg.norm(quads[:, 0] - quads[:, 3], axis=1))[:LARGEST_PRINT])]
    crops = _engine().crop_text_regions(np.asarray(picture)[:, :, ::-1], quads)
    return _rows(_engine().recognize_txt(crops), quads.astype(float) * scale)


def _rows(found: Any, quads: Any) -> tuple[list[list[Any]], float]:
    import numpy as np

    rows = [
        [str(text), round(float(score), 3), [round(float(side)) for side in (*quad.min(0), *quad.max(0))]]
        for text, score, quad in zip(found.txts, found.scores, quads, strict=False)
        if score >= LEAST_SCORE
    ]
    run = quads[:, 1] - quads[:, 0]
    wide = run[:, 0] > np.median(run[:, 0])
    slope = float(np.median(run[wide, 1] / run[wide, 0])) if wide.any() else 0.0
    return rows, round(slope, 4) if abs(slope) < 0.6 else 0.0


def evidence(kind: PictureKind, page: Page) -> float:
    """How much the text speaks for a kind of picture: 1 says nothing, above 1 for it, below against it."""
    count = len(page.lines)
    if kind in PRINTED and not count:
        return 0.02
    if kind in LEAST_LINES:
        priced = [line for line in page.lines if any(printed.amounts(line.text))]
        titled = kind == "invoice" and _titled(page)
        score = (6.0 if titled else 1.0) if priced and (titled or count >= LEAST_LINES[kind]) else 0.15
        for pattern, factor in weighted(kind):
            score *= factor if pattern.search(page.text) else 1.0
        tabled, listed = _tabled(page), len(priced) >= LISTED and not _has_total(page)
        if kind == "statement":
            return score * (8.0 if tabled or listed else 0.4)
        return score * (0.2 if tabled else 1.0) * (0.05 if listed else 1.0)
    if kind == "price_tag":
        return _tag_evidence(page)
    return 0.15 if count > 25 else 1.0 if count > 8 else 1.5


def _tabled(page: Page) -> bool:
    """A table as statements have it: dated lines, days at the left, or many rows of three columns."""
    left = min((box(line)[0] for line in page.lines), default=0) + page.size[0] / 5
    dated = [line for line in page.lines if printed.dates(line.text) or (box(line)[0] < left and DAY.match(line.text))]
    return len(dated) >= DATED or len([row for row in page.rows if len(row) > 2]) >= TABLED


def _has_total(page: Page) -> bool:
    return any(pattern.search(page.text) for pattern, _ in weighted("total"))


def _titled(page: Page) -> bool:
    """Whether "invoice" and nothing else stands there about as large as the largest print."""
    tall = 0.75 * max(map(page.height, page.lines), default=0)
    title = word("head", "invoice")
    return any(page.height(line) > tall and title.fullmatch(line.text.strip()) for line in page.lines)


def _tag_evidence(page: Page) -> float:
    prices = [line for line in page.lines if any(printed.amounts(line.text))]
    if not prices or len(page.lines) > 20:
        return 0.1
    tallest = max(page.height(line) for line in page.lines)
    return 6.0 if max(page.height(line) for line in prices) > 0.8 * tallest > 0.05 * page.size[1] else 0.5


def fields(kind: PictureKind, page: Page) -> tuple[Field, ...]:
    """What a document of this kind states. A currency that is not printed makes amounts of currency XXX."""
    if kind not in PRINTED or not page.lines:
        return ()
    found = printed.currency(line.text for line in page.lines)
    code = found[0] if found else NO_CURRENCY
    result: list[Field | None] = [_currency(page, found)] if found else []
    if kind == "price_tag":
        return tuple(field for field in (*result, *_tag(page, code)) if field)
    due = _due(page, code) if kind == "invoice" else None
    result += [_payee(page), _iban(page), _date(page, code, due), due]
    if kind != "statement":
        result += [totals.total(page, code), _reference(page)]
    known = tuple(field for field in result if field)
    total = next((field for field in known if field.name == "total"), None)
    return known + (totals.items(page, total) if kind == "receipt" else ())


def _field(name: str, value: Money | date | str, text: str, confidence: float, line: Line) -> Field:
    return Field(name, value, text, round(confidence * line.confidence, 3), line.place)


def _currency(page: Page, found: tuple[str, str]) -> Field:
    line = next(line for line in page.lines if found[1] in line.text)
    return _field("currency", found[0], found[1], 0.9, line)


def _payee(page: Page) -> Field | None:
    """The name at the head: the largest print of the upper part that is not a title, a number or the customer."""
    top, bottom = page.span
    depth = max(top + 0.4 * (bottom - top), page.middle(page.rows[:HEAD_ROWS][-1][0]))
    head = [line for line in page.lines if page.middle(line) <= depth and _nameable(line.text)]
    if not head:
        return None
    tallest = max(page.height(line) for line in head)

    def weight(line: Line) -> float:
        depth = (page.middle(line) - top) / (bottom - top + 1)
        return page.height(line) / tallest + 0.5 * bool(word("head", "company").search(line.text)) - 1.2 * depth

    ranked = sorted(head, key=weight, reverse=True)
    gap = weight(ranked[0]) - weight(ranked[1]) if len(ranked) > 1 else 1.0
    return _field("payee", ranked[0].text.strip(), ranked[0].text, min(0.95, 0.6 + gap), ranked[0])


def _nameable(text: str) -> bool:
    letters = sum(char.isalpha() for char in text)
    if letters < 2 or letters < 0.5 * len(text.replace(" ", "")):
        return False
    return not (_title(text) or word("label", "due").search(text) or printed.dates(text))


def _title(text: str) -> bool:
    return any(word("head", name).search(text) for name in ("title", "customer"))


def _iban(page: Page) -> Field | None:
    for line in page.lines:
        if found := printed.iban(line.text):
            return _field("iban", found[0], found[1], 1.0, line)
    return None


def _due(page: Page, code: str) -> Field | None:
    """The date beside, or just below, words that mean "payable until"."""
    for line in page.lines:
        if label := word("label", "due").search(line.text):
            for near in (line, *page.right_of(line), *page.below(line)):
                text = near.text[label.end() :] if near is line else near.text
                if found := printed.dates(text, month_first=code == "USD"):
                    return _field("due", *found[0], 0.95, near)
    return None


def _date(page: Page, code: str, due: Field | None) -> Field | None:
    for line in page.lines:
        for day, text in printed.dates(line.text, month_first=code == "USD"):
            if due is None or (day != due.value or line.place != due.place):
                return _field("date", day, text, 0.85, line)
    return None


def _reference(page: Page) -> Field | None:
    for pattern in (word("label", "reference"), word("label", "number")):
        for line in page.lines:
            if label := pattern.search(line.text):
                for near in (line, *page.right_of(line), *page.below(line)):
                    text = near.text[label.end() :] if near is line else near.text
                    token = TOKEN.search(text)
                    if token and not printed.dates(text):
                        return _field("reference", token[0], token[0], 0.85, near)
    return None


def _tag(page: Page, code: str) -> tuple[Field | None, Field | None]:
    """Price: the tallest printed amount. Title: the tallest print that is none."""
    priced = [(line, *found) for line in page.lines for found in printed.amounts(line.text)]
    named = [line for line in page.lines if _nameable(line.text)]
    price = title = None
    if priced:
        line, amount, text = max(priced, key=lambda item: page.height(item[0]))
        rivals = {item[1] for item in priced if page.height(item[0]) > 0.8 * page.height(line)}
        price = _field("price", Money(printed.minor(amount, code), code), text, 0.9 if len(rivals) == 1 else 0.5, line)
    if named:
        line = max(named, key=page.height)
        title = _field("title", line.text.strip(), line.text, 0.8, line)
    return title, price
