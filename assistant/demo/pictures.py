"""Product pictures: a drawing of `drawings/` in the product's colour, before the studio backdrop of `frame.svg`.

A catalogue line names its drawing; one that comes in sizes has a file per size. The frame is 320 x 320, its floor lies
at y = 264. Paints of one letter are the frame's gradients: c cylinder, p plane, d far side (in the product's colour),
s steel, k graphite, o oak, g glass, y paper, l a beam of light, b a glow, h a shadow; `{dark} {deep} {light} {pale}
{main}` are flat shades of the product's colour.
"""

import colorsys
import functools
import re
from pathlib import Path

from assistant.demo.catalogue import Variant, variants

DRAWINGS = Path(__file__).with_name("drawings")
COLOURS = {
    "red": "#d0342c", "blue": "#2f6fb5", "green": "#3f8f5f", "black": "#34363c", "white": "#eceae4",
    "grey": "#8b9099", "yellow": "#e9b731", "orange": "#e2772b", "pink": "#e59ab4", "purple": "#7d5ba6",
    "brown": "#7a5236", "beige": "#d9c7a5", "silver": "#b9bfc7",
}  # fmt: skip
GRADIENT = re.compile(r'<(\w+) id="(\w)".*</\1>\n')


@functools.cache
def _by_key() -> dict[str, Variant]:
    return {variant.key: variant for variant in variants()}


def picture(product_id: str) -> str | None:
    """The product's SVG, 320 x 320, under 6 KB; None for an id the demo catalogue does not have."""
    variant = _by_key().get(product_id)
    if variant is None:
        return None
    name = variant.line["drawing"]
    sized = DRAWINGS / f"{name}-{variant.size.replace(' ', '')}.svg"
    shape = (sized if sized.exists() else DRAWINGS / f"{name}.svg").read_text(encoding="utf-8")
    drawn = (DRAWINGS / "frame.svg").read_text(encoding="utf-8").replace("{shape}", shape)
    drawn = GRADIENT.sub(lambda found: found[0] if f"(#{found[2]})" in drawn else "", drawn)
    paints = _paints(COLOURS[variant.colour] if variant.colour else variant.line["tone"])
    return re.sub(r"\{(\w+)\}", lambda paint: paints[paint[1]], drawn)


def _paints(colour: str) -> dict[str, str]:
    """Five shades of the product's colour, and the walls behind it in its hue, so that a white mug still stands out."""
    return {
        "main": colour, "dark": tone(colour, -0.32), "deep": tone(colour, -0.55), "light": tone(colour, 0.28),
        "pale": tone(colour, 0.6), "sheen": tone(colour, 0.55, 0.4), "glare": tone(colour, 0, 0.6, 0.985),
        "wall": tone(colour, 0, 0.55, 0.94), "floor": tone(colour, 0, 0.45, 0.85),
    }  # fmt: skip


def tone(colour: str, light: float, saturation: float = 1.0, level: float | None = None) -> str:
    """`colour` at the lightness `level` (0..1, its own without one), moved by `light` (-1..1 of what is left)."""
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    hue, own, strength = colorsys.rgb_to_hls(red, green, blue)
    level = own if level is None else level
    level = level + (1 - level) * light if light > 0 else level * (1 + light)
    parts = colorsys.hls_to_rgb(hue, level, min(1.0, strength * saturation))
    return "#" + "".join(f"{round(255 * part):02x}" for part in parts)
