"""Text in a picture: lines by OCR (inside the worker), then rules that turn lines into the fields of a document.

Every field carries its print and its box, so that a person can check it against the crop. Nothing here decides who is
paid: the payee of an invoice is only the name at its head.
"""

from __future__ import annotations

import functools
import re
from datetime import date
from typing import TYPE_CHECKING, Any

from assistant.money import Money
from assistant.request import Field, Line, PictureKind
from assistant.senses import printed, totals
from assistant.senses.layout import Page

if TYPE_CHECKING:
    from PIL.Image import Image

LONGEST_SIDE = 2000  # pixels that the engine works on
MOST_LINES = 400

TITLES = re.compile(
    r"^\W*(tax |simplified |sales )*(invoice|bill|receipt|facture|rechnung|quittung|ticket|reçu|statement|发票|账单|收据|小票)\b",
    re.I,
)
COMPANY = re.compile(
    r"\b(sdn|bhd|gmbh|ag|sarl|sas|sa|ltd|limited|inc|llc|plc|co|corp|energy|enterprise|trading|s/b|restaurant|restoran|cafe|café|store|mart|market|supermarket|supermarché|boulangerie|pharmacie|apotheke|b[äa]ckerei)\b|公司|超市|店",
    re.I,
)
PERSON = re.compile(
    r"^\W*(bill(ed)? to|invoice to|customer|client|destinataire|adressé à|kunde|an:|客户|付款人|www\.|http|tel|fax)",
    re.I,
)
DUE = re.compile(
    r"due|pay(able)? (by|before)|ch[ée]ance|date limite|[àa] (payer|r[ée]gler) avant|f[äa]llig|zahlbar bis|到期|截止|最晚",
    re.I,
)
REFERENCE = (
    re.compile(r"(payment |votre |your )?r[ée]f[ée]rence\b|\br[ée]f\b\.?( no)?|verwendungszweck|附言|参考", re.I),
    re.compile(r"(invoice|facture|rechnungs?|bill)[ -]*(no|n[°ºo]|nr|nummer|number|#)|发票号码?|单号", re.I),
)
TOKEN = re.compile(r"(?=[\w/-]*\d)[A-Z0-9][A-Z0-9/-]{3,29}", re.I)

WORDS: dict[str, tuple[tuple[str, float], ...]] = {
    "invoice": (
        (r"\binvoice|facture\b|rechnung\b|发票|账单", 2.0), (r"(amount|total|balance) due|due date|[ée]ch[ée]ance|f[äa]llig|zahlbar|到期", 6.0),
        (r"\biban\b|\bbic\b|\bswift\b|net [àa] payer|payment terms", 4.0), (r"\bcash\b|change\b|tendered|rendu|r[üu]ckgeld|找零", 0.1),
    ),
    "receipt": (
        (r"\breceipt|re[çc]u\b|quittung|bon\b|ticket|小票|收据", 2.0), (r"\bcash(ier)?\b|change\b|tendered|esp[èe]ces|rendu|r[üu]ckgeld|bar\b|找零|收银", 5.0),
        (r"thank you|merci|danke|谢谢|please come", 2.0), (r"visa|mastercard|carte bancaire|\bcb\b|kartenzahlung", 1.5),
        (r"due date|[ée]ch[ée]ance|\biban\b", 0.15),
    ),
    "statement": (
        (r"statement|relev[ée]|kontoauszug|对账单|流水", 6.0), (r"(opening|closing|new|old) balance|solde|kontostand|余额", 6.0),
        (r"due date|amount due|net [àa] payer", 0.2),
    ),
}  # fmt: skip


@functools.cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    one = {f"EngineConfig.onnxruntime.{name}_op_num_threads": 1 for name in ("intra", "inter")}
    return RapidOCR(params={"Global.log_level": "critical", "Global.max_side_len": LONGEST_SIDE, **one})


def load() -> None:
    """Read a blank strip, so that the engine's models are in memory."""
    import numpy as np

    strip = np.full((64, 256, 3), 255, "uint8")
    strip[20:44, 30:220:12] = 0
    _engine()(strip)


def lines(picture: Image, scale: float = 1.0) -> tuple[list[list[Any]], float]:
    """[text, confidence, [x0, y0, x1, y1]] per line, boxes times `scale`; and the page's slope (rise over run)."""
    import numpy as np

    found = _engine()(np.asarray(picture)[:, :, ::-1])
    if found.boxes is None:
        return [], 0.0
    quads = np.asarray(found.boxes, float)[:MOST_LINES] * scale
    rows = [
        [str(text), round(float(score), 3), [round(float(side)) for side in (*quad.min(0), *quad.max(0))]]
        for text, score, quad in zip(found.txts, found.scores, quads, strict=False)
    ]
    run = quads[:, 1] - quads[:, 0]
    wide = run[:, 0] > np.median(run[:, 0])
    slope = float(np.median(run[wide, 1] / run[wide, 0])) if wide.any() else 0.0
    return rows, round(slope, 4) if abs(slope) < 0.6 else 0.0


def evidence(kind: PictureKind, page: Page) -> float:
    """How much the text speaks for a kind of picture: 1 says nothing, above 1 for it, below against it."""
    text, count = page.text, len(page.lines)
    documents = {"invoice": 8, "receipt": 6, "statement": 8}
    if kind in documents:
        score = 1.0 if count >= documents[kind] else 0.15
        for pattern, factor in WORDS[kind]:
            score *= factor if re.search(pattern, text, re.I) else 1.0
        if kind == "statement":
            score *= 3.0 if sum(bool(printed.dates(line.text)) for line in page.lines) >= 6 else 0.4
        return score
    if kind == "price_tag":
        return _tag_evidence(page)
    return 0.15 if count > 25 else 1.0 if count > 8 else 1.5


def _tag_evidence(page: Page) -> float:
    prices = [line for line in page.lines if any(printed.amounts(line.text))]
    if not prices or len(page.lines) > 20:
        return 0.1
    tallest = max(page.height(line) for line in page.lines)
    return 6.0 if max(page.height(line) for line in prices) > 0.8 * tallest > 0.05 * page.size[1] else 0.5


def fields(kind: PictureKind, page: Page) -> tuple[Field, ...]:
    """What a document of this kind states. A currency that is not printed makes amounts of currency XXX."""
    if kind not in ("invoice", "receipt", "price_tag", "statement") or not page.lines:
        return ()
    found = printed.currency(line.text for line in page.lines)
    code = found[0] if found else printed.NO_CURRENCY
    result: list[Field | None] = [_currency(page, found)] if found else []
    if kind == "price_tag":
        return tuple(field for field in (*result, *_tag(page, code)) if field)
    due = _due(page, code) if kind == "invoice" else None
    result += [_payee(page), _iban(page), _date(page, code, due), due]
    if kind != "statement":
        result += [totals.total(page, code), _reference(page)]
    return tuple(field for field in result if field)


def _field(name: str, value: Money | date | str, text: str, confidence: float, line: Line) -> Field:
    return Field(name, value, text, round(confidence * line.confidence, 3), line.place)


def _currency(page: Page, found: tuple[str, str]) -> Field:
    line = next(line for line in page.lines if found[1] in line.text)
    return _field("currency", found[0], found[1], 0.9, line)


def _payee(page: Page) -> Field | None:
    """The name at the head: the largest print of the upper part that is not a title, a number or the customer."""
    top, bottom = page.span
    head = [line for line in page.lines if page.middle(line) < top + 0.4 * (bottom - top) and _nameable(line.text)]
    if not head:
        return None
    tallest = max(page.height(line) for line in head)

    def weight(line: Line) -> float:
        depth = (page.middle(line) - top) / (bottom - top + 1)
        return page.height(line) / tallest + 0.5 * bool(COMPANY.search(line.text)) - 1.2 * depth

    ranked = sorted(head, key=weight, reverse=True)
    gap = weight(ranked[0]) - weight(ranked[1]) if len(ranked) > 1 else 1.0
    return _field("payee", ranked[0].text.strip(), ranked[0].text, min(0.95, 0.6 + gap), ranked[0])


def _nameable(text: str) -> bool:
    letters = sum(char.isalpha() for char in text)
    if letters < 2 or letters < 0.5 * len(text.replace(" ", "")):
        return False
    return not (TITLES.search(text) or PERSON.search(text) or DUE.search(text) or printed.dates(text))


def _iban(page: Page) -> Field | None:
    for line in page.lines:
        if found := printed.iban(line.text):
            return _field("iban", found[0], found[1], 1.0, line)
    return None


def _due(page: Page, code: str) -> Field | None:
    """The date beside, or just below, words that mean "payable until"."""
    for line in page.lines:
        if label := DUE.search(line.text):
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
    for pattern in REFERENCE:
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
