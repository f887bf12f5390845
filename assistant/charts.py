"""Charts as inline SVG: a line with its area, bars, a donut.

Drawn with CSS custom properties (`--accent`, `--ink`, `--soft`, `--slice-1` to `--slice-7`, each with a fallback), so
that one picture serves light and dark; it scales to its container. Every text is escaped. Knows no money and no
language: numbers come with the text to print.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from xml.sax.saxutils import escape, quoteattr

WIDTH = 400  # units of the view box; the page decides the pixels
MOST_POINTS = 400
SLICES = ("#4f46e5", "#0d9488", "#d97706", "#be185d", "#0284c7", "#65a30d", "#64748b")
MUTED = "var(--soft, currentColor)"
INK = "var(--ink, currentColor)"
ACCENT = "var(--accent, #4f46e5)"


@dataclass(frozen=True, slots=True)
class Point:
    """`label` on the axis, `value` for the eye, `text` as printed."""

    label: str
    value: float
    text: str


def thinned(points: Sequence[Point], most: int = MOST_POINTS) -> list[Point]:
    """At most `most` points of a line: the first, the last, and the lowest and highest of every stretch between."""
    if len(points) <= most:
        return list(points)
    stretches = (most - 2) // 2
    inner = range(1, len(points) - 1)
    keep = {0, len(points) - 1}
    for number in range(stretches):
        stretch = inner[number * len(inner) // stretches : (number + 1) * len(inner) // stretches]
        keep |= {min(stretch, key=lambda i: points[i].value), max(stretch, key=lambda i: points[i].value)}
    return [points[index] for index in sorted(keep)]


def line(title: str, description: str, points: Sequence[Point], straight: bool = False, height: int = 220) -> str:
    """A curve over equally spaced points; the lowest, the highest and the last are marked and named."""
    shown = thinned(points)
    top, bottom = 34, height - 48
    low, high = min(p.value for p in shown), max(p.value for p in shown)
    reach = (high - low) or abs(high) or 1.0
    step = (WIDTH - 24) / max(len(shown) - 1, 1)
    spots = [(12 + step * i, bottom - (bottom - top) * (p.value - low) / reach) for i, p in enumerate(shown)]
    path = _smooth(spots, straight or len(spots) > 30)
    shade = "area-" + hashlib.sha256(f"{title}{path}".encode()).hexdigest()[:10]
    body = [
        f'<defs><linearGradient id="{shade}" x1="0" y1="0" x2="0" y2="1">'
        f'<stop offset="0" stop-color="{ACCENT}" stop-opacity=".28"/>'
        f'<stop offset="1" stop-color="{ACCENT}" stop-opacity=".02"/></linearGradient></defs>',
        *(_grid(y) for y in (top, (top + bottom) / 2, bottom)),
        f'<path d="{path}L{spots[-1][0]:.1f},{bottom + 8}L{spots[0][0]:.1f},{bottom + 8}Z" fill="url(#{shade})"/>',
        f'<path d="{path}" fill="none" stroke="{ACCENT}" stroke-width="2.2" stroke-linecap="round" '
        'stroke-linejoin="round"/>',
        *_marks(shown, spots),
        _text(12, height - 8, shown[0].label, "start", MUTED),
        _text(WIDTH - 12, height - 8, shown[-1].label, "end", MUTED),
    ]
    return _svg(title, description, height, body)


def _marks(shown: Sequence[Point], spots: Sequence[tuple[float, float]]) -> list[str]:
    """Dots and values at the lowest, the highest and the last point; a value that would cover another is left out."""
    order = sorted(range(len(shown)), key=lambda i: shown[i].value)
    last = len(shown) - 1
    body: list[str] = []
    taken: list[tuple[float, float]] = []
    for index in dict.fromkeys((last, order[-1], order[0])):
        x, y = spots[index]
        strong = index == last
        body.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{4 if strong else 2.6}" fill="{ACCENT}"/>')
        below = index == order[0] and len(shown) > 1
        half = 3.6 * len(shown[index].text)
        middle = min(max(x, 12 + half), WIDTH - 12 - half)
        beside = [other for at, other in spots if abs(at - middle) <= half] or [y]
        label = max(beside) + 16 if below else min(beside) - 9
        if any(abs(x - other) < 130 and abs(label - height) < 14 for other, height in taken):
            continue
        taken.append((x, label))
        body.append(_near(x, label, shown[index].text, INK if strong else MUTED, bold=strong))
    return body


def bars(title: str, description: str, points: Sequence[Point]) -> str:
    """One rounded bar per point with its label and value above it; a negative value is drawn pale."""
    row = 38
    reach = max((abs(p.value) for p in points), default=0) or 1.0
    body = []
    for index, point in enumerate(points):
        y = 8 + index * row
        length = max((WIDTH - 24) * abs(point.value) / reach, 3)
        body.append(_told(
            point, _text(12, y + 12, _short(point.label, 34), "start", INK),
            _text(WIDTH - 12, y + 12, point.text, "end", INK, bold=True),
            _rect(12, y + 19, WIDTH - 24, 8, 4, "currentColor", 0.08),
            _rect(12, y + 19, length, 8, 4, ACCENT, 0.4 if point.value < 0 else 1),
        ))  # fmt: skip
    return _svg(title, description, 8 + max(len(points), 1) * row, body)


def bridge(title: str, description: str, points: Sequence[Point]) -> str:
    """From the first point's value to the last's, a floating bar for each change between them, one row each.

    Where the changes are small beside both ends the scale does not begin at zero; the ends then fade out on the left.
    """
    row, left, wide, last = 28, 176, 124, len(points) - 1
    levels = [*accumulate(point.value for point in points[:-1]), points[-1].value]
    high, low = max(0.0, *levels), min(levels)
    cut = low > 0.5 * high
    low = low - (high - low) / 3 if cut else min(0.0, low)
    at = [left + wide * (level - low) / ((high - low) or 1.0) for level in (*levels, low if cut else 0.0)]
    fade = "fade-" + hashlib.sha256(f"{title}{levels}".encode()).hexdigest()[:10]
    body = [
        f'<defs><linearGradient id="{fade}"><stop offset="0" stop-color="{MUTED}" stop-opacity="0"/>'
        f'<stop offset=".4" stop-color="{MUTED}"/></linearGradient></defs>'
    ]
    for index, point in enumerate(points):
        y, end = 8 + index * row, index in (0, last)
        start, stop = sorted((at[-1 if end else index - 1], at[index]))
        paint = (f"url(#{fade})" if cut else MUTED) if end else _paint(0 if point.value < 0 else 1)
        body.append(_told(
            point, _text(12, y + 15, _short(point.label, 26), "start", INK, bold=end),
            _text(WIDTH - 12, y + 15, point.text, "end", INK, bold=True),
            _rect(start, y + 4, max(stop - start, 2), 14, 3, paint),
        ))  # fmt: skip
        if index < last:
            body.append(f'<path d="M{at[index]:.1f},{y + 18}v{row - 14}" stroke="{MUTED}" stroke-opacity=".5"/>')
    return _svg(title, description, 8 + len(points) * row, body)


def _paint(slice_: int) -> str:
    return f"var(--slice-{slice_ + 1}, {SLICES[slice_]})"


def columns(title: str, description: str, points: Sequence[Point]) -> str:
    """One rounded column per point, for months; the highest and the last are named, the axis stays sparse."""
    height, top, bottom = 208, 30, 176
    high, low = max(0.0, *(p.value for p in points)), min(0.0, *(p.value for p in points))
    reach = (high - low) or 1.0
    step = (WIDTH - 24) / len(points)
    wide = min(step * 0.62, 34)
    zero = bottom - (bottom - top) * -low / reach
    named = {len(points) - 1, max(range(len(points)), key=lambda i: points[i].value)}
    if len(points) > 1 and max(named) - min(named) < 96 / step and len(named) > 1:
        named.discard(len(points) - 1)
    body = [_grid(zero), *_axis(points, height)]
    for index, point in enumerate(points):
        middle = 12 + step * (index + 0.5)
        tall = (bottom - top) * abs(point.value) / reach
        y = zero - tall if point.value >= 0 else zero
        shade = 1 if index in named else 0.55
        body.append(_told(point, _rect(middle - wide / 2, y, wide, max(tall, 1), min(wide / 2, 5), ACCENT, shade)))
        if index in named:
            body.append(_near(middle, y - 7, point.text, INK, bold=True))
    return _svg(title, description, height, body)


def mirrored(title: str, description: str, above: Sequence[Point], below: Sequence[Point], names: Sequence[str]) -> str:
    """Two columns per label, one above the line and one below it, with a legend; every value in its tooltip."""
    height, top, bottom = 150, 26, 126
    reach = max(abs(p.value) for p in (*above, *below)) or 1.0
    zero, half = (top + bottom) / 2, (bottom - top) / 2 - 4
    step = (WIDTH - 24) / len(above)
    wide = min(step * 0.62, 26)
    paints = (_paint(1), _paint(0))
    body = [_grid(zero), *_axis(above, height)]
    for side, (points, paint) in enumerate(zip((above, below), paints, strict=True)):
        body.append(_rect(12 + 110 * side, 6, 10, 10, 3, paint))
        body.append(_text(28 + 110 * side, 15, names[side], "start", MUTED))
        for index, point in enumerate(points):
            tall = max(half * abs(point.value) / reach, 1)
            x, y = 12 + step * (index + 0.5) - wide / 2, zero + 2 if side else zero - 2 - tall
            one = replace(point, label=f"{names[side]}, {point.label}")
            body.append(_told(one, _rect(x, y, wide, tall, min(wide / 2, 4), paint)))
    return _svg(title, description, height, body)


def _axis(points: Sequence[Point], height: float) -> list[str]:
    """The label of every so many columns, the last one's always."""
    step, every = (WIDTH - 24) / len(points), math.ceil(len(points) / 5)
    shown = range((len(points) - 1) % every, len(points), every)
    return [_near(12 + step * (i + 0.5), height - 8, points[i].label, MUTED) for i in shown]


def donut(title: str, description: str, slices: Sequence[Point]) -> str:
    """Shares of a whole with a legend, in the order given; values are positive, at most `len(SLICES)` of them."""
    whole = sum(point.value for point in slices) or 1.0
    height = max(150, 24 + 24 * len(slices))
    middle, ring = height / 2, 50.0
    round_ = 2 * math.pi * ring
    gap = 2.0 if len(slices) > 1 else 0.0
    body, begun = [], 0.0
    for index, point in enumerate(slices):
        paint = _paint(index)
        share = point.value / whole
        length = max(share * round_ - gap, 0.8)
        y = middle - 12 * len(slices) + 24 * index + 16
        body.append(_told(
            point, f'<circle cx="72" cy="{middle}" r="{ring}" fill="none" stroke="{paint}" stroke-width="20" '
            f'stroke-dasharray="{length:.2f} {round_ - length:.2f}" stroke-dashoffset="{-begun * round_:.2f}" '
            f'transform="rotate(-90 72 {middle})"/>',
            _rect(148, y - 9, 10, 10, 3, paint), _text(166, y, _short(point.label, 18), "start", INK),
            _text(WIDTH - 52, y, point.text, "end", MUTED),
            _text(WIDTH - 12, y, f"{100 * share:.0f}%", "end", INK, bold=True),
        ))  # fmt: skip
        begun += share
    return _svg(title, description, height, body)


def _told(point: Point, *shapes: str) -> str:
    """Shapes that say what they stand for where a pointer rests on them."""
    return f"<g><title>{escape(f'{point.label}: {point.text}')}</title>{''.join(shapes)}</g>"


def _rect(x: float, y: float, wide: float, tall: float, bend: float, paint: str, opacity: float = 1) -> str:
    shade = f' opacity="{opacity}"' if opacity < 1 else ""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{tall:.1f}" rx="{bend:.1f}" fill="{paint}"{shade}/>'
    )


def _smooth(spots: Sequence[tuple[float, float]], straight: bool) -> str:
    """A path through the spots, straight or in curves that never overshoot (horizontal tangents)."""
    path = f"M{spots[0][0]:.1f},{spots[0][1]:.1f}"
    for (x0, y0), (x1, y1) in pairwise(spots):
        bend = (x0 + x1) / 2
        path += f"L{x1:.1f},{y1:.1f}" if straight else f"C{bend:.1f},{y0:.1f} {bend:.1f},{y1:.1f} {x1:.1f},{y1:.1f}"
    return path


def _grid(y: float) -> str:
    return (
        f'<line x1="12" x2="{WIDTH - 12}" y1="{y:.1f}" y2="{y:.1f}" stroke="currentColor" stroke-opacity=".12" '
        'stroke-width="1"/>'
    )


def _near(x: float, y: float, content: str, paint: str, *, bold: bool = False) -> str:
    """A text centred on `x` unless that would leave the picture."""
    half = 3.6 * len(content)
    if x + half > WIDTH - 8:
        return _text(WIDTH - 12, y, content, "end", paint, bold=bold)
    if x - half < 8:
        return _text(12, y, content, "start", paint, bold=bold)
    return _text(x, y, content, "middle", paint, bold=bold)


def _text(x: float, y: float, content: str, anchor: str, paint: str, *, bold: bool = False) -> str:
    weight = ' font-weight="650"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{paint}"{weight}>{escape(content)}</text>'


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _svg(title: str, description: str, height: float, body: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" role="img" '
        f'aria-label={quoteattr(title)} style="display:block;width:100%;max-width:100%;height:auto;'
        'font:12px system-ui,sans-serif;font-variant-numeric:tabular-nums;color:inherit">'
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc>{''.join(body)}</svg>"
    )
