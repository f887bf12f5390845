"""Codes in a picture: zxing-cpp on every image, again at turned angles when nothing was found.

`codes` runs inside the worker. A code's text is data: it is decoded, never followed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from assistant.money import Money
from assistant.request import Code, Field
from assistant.senses import emv

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

TURNS = (45, 30, -30, 15, -15, 0)  # degrees; linear codes are found only within some 8 degrees of the axes
TURNED_PIXELS = 3_000_000  # a larger picture is turned at reduced size
TURNED_FRAME = 500_000  # the same for a camera's frame, which has no time
GROUND = 16  # share of a picture's width over which its light and dark are levelled
ENLARGED_PIXELS = 1_500_000
GREY = 127  # of the corners that turning leaves: white ones would outshine a pale code
SHORT = "UPCE"  # a slice through a longer code that lies askew can pass for one, but only a slice:
STEADY = 0.15  # how high, in its widths, the part of such a code must be in which all slices say the same
# Characters from which stripes of chance no longer look like these.
UNCHECKED = dict.fromkeys((SHORT, "ITF", "Codabar", "Code39", "Code39Std"), 8)
MOST = 16  # codes of one picture
LONGEST = 4096  # characters of one code


def load() -> None:
    import zxingcpp  # noqa: F401


def codes(picture: Picture, scale: float = 1.0) -> list[list[Any]]:
    """[format, text, [x0, y0, x1, y1]] of every code, boxes in pixels of the picture times `scale`."""
    return upright(picture, scale) or turned(picture, scale) or enlarged(picture, scale)


def upright(picture: Picture, scale: float) -> list[list[Any]]:
    import zxingcpp

    return _boxed(zxingcpp.read_barcodes(picture.convert("L")), scale)


def enlarged(picture: Picture, scale: float) -> list[list[Any]]:
    """Small or pale squares, in a picture small enough to be looked at twice as large."""
    import zxingcpp

    if picture.width * picture.height > ENLARGED_PIXELS:
        return []
    large = picture.convert("L").resize((2 * picture.width, 2 * picture.height))
    matrix = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.AllMatrix)
    return _boxed(zxingcpp.read_barcodes(large, matrix), scale / 2)


def turned(picture: Picture, scale: float, pixels: int = TURNED_PIXELS) -> list[list[Any]]:
    """Linear codes that lie askew or on a motley ground; a picture of more than `pixels` is made smaller first."""
    import zxingcpp
    from PIL import Image, ImageChops, ImageFilter

    grey = picture.convert("L")
    shrink = max(1.0, (grey.width * grey.height / pixels) ** 0.5)
    small = grey.resize((round(grey.width / shrink), round(grey.height / shrink)))
    level = ImageChops.subtract(small, small.filter(ImageFilter.BoxBlur(small.width / GROUND)), offset=128)
    linear = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.AllLinear)
    for angle in TURNS:
        askew = level.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=GREY)
        if read := _boxed(zxingcpp.read_barcodes(askew, linear), scale * shrink, angle, small.size):
            return read
    return []


def payment(codes: Iterable[Code]) -> tuple[Field, ...]:
    """What a payment code states: EMVCo's (emv.py), or an EPC code (EPC069-12: lines BCD, version, charset, SCT, BIC,
    name, IBAN, EUR amount, ...). Raises `BadInput` for one that is damaged.

    Called outside the worker. The fields are evidence like print: they fill a draft, they never confirm one.
    """
    for code in codes:
        if code.text.startswith(emv.BEGINNING):
            return tuple(_stated(name, value, code) for name, value in emv.stated(code.text))
        rows = [row.strip() for row in code.text.splitlines()] + [""] * 12
        amount = re.fullmatch(r"EUR(\d{1,9}(?:\.\d{1,2})?)", rows[7])
        if rows[0] == "BCD" and rows[3] == "SCT" and rows[5] and rows[6]:
            found: list[tuple[str, Money | str]] = [("payee", rows[5]), ("iban", rows[6].replace(" ", ""))]
            if amount:
                found += [("currency", "EUR"), ("total", Money.of(amount[1], "EUR"))]
            if reference := rows[9] or rows[10]:
                found.append(("reference", reference))
            return tuple(_stated(name, value, code) for name, value in found)
    return ()


def _stated(name: str, value: Money | str, code: Code) -> Field:
    return Field(name, value, str(value.decimal) if isinstance(value, Money) else value, 1.0, code.place)


def _boxed(found: list[Any], scale: float, angle: float = 0.0, size: tuple[int, int] = (0, 0)) -> list[list[Any]]:
    """The codes that can be trusted; of several readings of one, the first."""
    read: list[list[Any]] = []
    for code in found:
        box = _box(code, scale, angle, size)
        again = any(name == code.format.name and _over(other, box) for name, _, other in read)
        if code.text and len(code.text) >= UNCHECKED.get(code.format.name, 1) and _steady(code) and not again:
            read.append([code.format.name, code.text[:LONGEST], box])
    return read[:MOST]


def _over(box: list[int], other: list[int]) -> bool:
    """Whether two upright boxes share more than half of the smaller one's area."""
    wide, high = (min(box[2 + at], other[2 + at]) - max(box[at], other[at]) for at in (0, 1))
    least = min((each[2] - each[0]) * (each[3] - each[1]) for each in (box, other))
    return wide > 0 and high > 0 and 2 * wide * high > least


def _steady(code: Any) -> bool:
    spot = code.position
    high = math.dist((spot.top_left.x, spot.top_left.y), (spot.bottom_left.x, spot.bottom_left.y))
    wide = math.dist((spot.top_left.x, spot.top_left.y), (spot.top_right.x, spot.top_right.y))
    return code.format.name != SHORT or high >= STEADY * wide


def _box(code: Any, scale: float, angle: float, size: tuple[int, int]) -> list[int]:
    """The upright box around a code, turned back about the picture's middle when it was read at an angle."""
    spot = code.position
    corners = [(p.x, p.y) for p in (spot.top_left, spot.top_right, spot.bottom_right, spot.bottom_left)]
    if angle:
        sin, cos = math.sin(math.radians(angle)), math.cos(math.radians(angle))
        wide, high = abs(size[0] * cos) + abs(size[1] * sin), abs(size[0] * sin) + abs(size[1] * cos)
        centred = [(x - wide / 2, y - high / 2) for x, y in corners]
        corners = [(x * cos - y * sin + size[0] / 2, x * sin + y * cos + size[1] / 2) for x, y in centred]
    across, down = [x for x, _ in corners], [y for _, y in corners]
    return [round(part * scale) for part in (min(across), min(down), max(across), max(down))]
