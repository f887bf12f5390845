"""The pen of the product pictures: SVG strokes, boxes, ovals, and the light and shadow they share.

A paint of one letter is a gradient of `pictures.py`: c cylinder, p plane, d far side (in the product's colour),
s steel, k graphite, o oak, g glass, y paper, l a beam of light, b a glow, h a shadow. `{dark} {deep} {light} {pale}
{main}` are flat shades of the product's colour. The frame is 320 x 320; its floor lies at y = 264.
"""

from __future__ import annotations

from collections.abc import Callable

Shape = Callable[[int, str], str]  # number of the line in its category, size -> SVG
FLOOR = 264


def path(d: str, fill: str, more: str = "") -> str:
    return f'<path d="{d}" fill="{_paint(fill)}" {more}/>'


def line(d: str, stroke: str, width: float, more: str = "") -> str:
    return (
        f'<path d="{d}" fill="none" stroke="{_paint(stroke)}" stroke-width="{width}" stroke-linecap="round" '
        f'stroke-linejoin="round" {more}/>'
    )


def box(x: float, y: float, wide: float, high: float, round_: float, fill: str, more: str = "") -> str:
    size = f'x="{x}" y="{y}" width="{wide}" height="{high}" rx="{round_}"'
    return f'<rect {size} fill="{_paint(fill)}" {more}/>'


def oval(x: float, y: float, rx: float, ry: float, fill: str, more: str = "") -> str:
    return f'<ellipse cx="{x}" cy="{y}" rx="{rx}" ry="{ry}" fill="{_paint(fill)}" {more}/>'


def shadow(x: float, wide: float, y: float = FLOOR) -> str:
    return oval(x + 8, y, wide, 13, "h")


def shine(d: str, width: float, strength: float = 0.45) -> str:
    return line(d, "#fff", width, f'opacity="{strength}"')


def _paint(name: str) -> str:
    return f"url(#{name})" if len(name) == 1 else name
