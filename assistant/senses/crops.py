"""Crops: the cut-out of a picture that a field was read from, as a small JPEG in a data URL.

`cut` runs inside the worker. Outside of it a crop is only ever looked at after `checked`: nothing but base64 passes.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assistant.request import Seen

if TYPE_CHECKING:
    from PIL.Image import Image

MARGIN = (8, 4)  # pixels of the picture beside, and above and below, the print: the next line is near
SIZE = (420, 90)  # pixels of a crop at most
LARGEST = 8192  # characters of a crop's URL
QUALITIES = (70, 45, 25, 10)  # of the JPEG: the first that fits
HEAD = "data:image/jpeg;base64,"
CROP = re.compile(re.escape(HEAD) + r"[A-Za-z0-9+/]+={0,2}")


def cut(picture: Image, scale: float, seen: Seen) -> list[list[Any]]:
    """[[x0, y0, x1, y1], data URL] for every box a field of `seen` stands in; boxes are `scale` times the picture's."""
    boxes = dict.fromkeys(field.place.box for field in seen.fields if field.place.box)
    return [[list(box), _cropped(picture, *(side / scale for side in box))] for box in boxes]


def _cropped(picture: Image, x0: float, y0: float, x1: float, y1: float) -> str:
    beside, above = MARGIN
    inside = (max(0, round(x0) - beside), max(0, round(y0) - above),
              min(picture.width, round(x1) + beside), min(picture.height, round(y1) + above))  # fmt: skip
    if inside[0] >= inside[2] or inside[1] >= inside[3]:
        return ""
    piece = picture.crop(inside)
    piece.thumbnail(SIZE)
    for quality in QUALITIES:
        out = io.BytesIO()
        piece.save(out, "JPEG", quality=quality, optimize=True)
        url = HEAD + base64.b64encode(out.getvalue()).decode()
        if len(url) <= LARGEST:
            return url
    return ""


def checked(url: object) -> str:
    """`url` when it is a small JPEG as a data URL and nothing else, otherwise empty."""
    return url if isinstance(url, str) and len(url) <= LARGEST and CROP.fullmatch(url) else ""


def placed(seen: Seen, crops: Iterable[Any]) -> Seen:
    """`seen` with the worker's crops at its fields' places."""
    found = {tuple(int(side) for side in box): checked(url) for box, url in crops}
    fields = [replace(field, place=replace(field.place, crop=found.get(field.place.box or (), "")))
              for field in seen.fields]  # fmt: skip
    return replace(seen, fields=tuple(fields))
