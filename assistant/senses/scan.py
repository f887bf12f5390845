"""Codes in a picture: zxing-cpp on every image, again at turned angles when nothing was found.

Runs inside the worker. A code's text is data: it is decoded, never followed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

TURNS = (45, 22, -22)  # degrees; linear codes are found only near the axes (facts: EAN-13 at 45 degrees 0/25 -> 25/25)
MOST = 16  # codes of one picture
LONGEST = 4096  # characters of one code


def load() -> None:
    import zxingcpp  # noqa: F401


def codes(picture: Image, scale: float = 1.0) -> list[list[Any]]:
    """[format, text, [x0, y0, x1, y1]] of every code, boxes in pixels of the picture times `scale`."""
    import zxingcpp

    grey = picture.convert("L")
    found = _boxed(zxingcpp.read_barcodes(grey), scale)
    for angle in () if found else TURNS:
        if turned := zxingcpp.read_barcodes(grey.rotate(angle, expand=True, fillcolor=255)):
            return _boxed(turned, scale, angle, grey.size)
    return found


def _boxed(found: list[Any], scale: float, angle: float = 0.0, size: tuple[int, int] = (0, 0)) -> list[list[Any]]:
    return [
        [code.format.name, code.text[:LONGEST], _box(code, scale, angle, size)] for code in found[:MOST] if code.text
    ]


def _box(code: Any, scale: float, angle: float, size: tuple[int, int]) -> list[int]:
    """The upright box around a code, turned back about the picture's middle when it was read at an angle."""
    import math

    spot = code.position
    corners = [(p.x, p.y) for p in (spot.top_left, spot.top_right, spot.bottom_right, spot.bottom_left)]
    if angle:
        sin, cos = math.sin(math.radians(angle)), math.cos(math.radians(angle))
        wide, high = abs(size[0] * cos) + abs(size[1] * sin), abs(size[0] * sin) + abs(size[1] * cos)
        centred = [(x - wide / 2, y - high / 2) for x, y in corners]
        corners = [(x * cos - y * sin + size[0] / 2, x * sin + y * cos + size[1] / 2) for x, y in centred]
    across, down = [x for x, _ in corners], [y for _, y in corners]
    return [round(part * scale) for part in (min(across), min(down), max(across), max(down))]
