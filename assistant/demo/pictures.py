"""Product pictures, drawn by code: a studio backdrop, a soft shadow and the silhouette of the product's kind.

`picture(id)` is a pure function of the demo catalogue. Knows colour and light; shapes stand in `devices` and `goods`.
"""

from __future__ import annotations

import colorsys
import functools

from assistant.demo import devices, goods
from assistant.demo.catalogue import Variant, variants
from assistant.demo.pen import Shape

COLOURS = {
    "red": "#d0342c", "blue": "#2f6fb5", "green": "#3f8f5f", "black": "#34363c", "white": "#eceae4",
    "grey": "#8b9099", "yellow": "#e9b731", "orange": "#e2772b", "pink": "#e59ab4", "purple": "#7d5ba6",
    "brown": "#7a5236", "beige": "#d9c7a5", "silver": "#b9bfc7",
}  # fmt: skip
PACKAGES = {  # brands of what comes without a colour: the tone of bag, tin, label or wrapper
    "coffee": ("#7a4a2b", "#2f2a28", "#c46a35", "#3a5a7a", "#b98a2f", "#8c2f39"),
    "tea": ("#5d8a4a", "#a3472f", "#2f4a6d", "#8a6fa8", "#2f7a6a", "#c9962f"),
    "chocolate": ("#4a2c22", "#1f3a34", "#3d7ab5", "#c9893a", "#e3c9a8", "#5b3a6b"),
    "olive_oil": ("#5f7a2a", "#b7a24a", "#2f5a3a", "#8a9a3a", "#d7b93a"),
    "pasta": ("#2f6a8f", "#b5382f", "#3f7a4a", "#8a6a2f", "#d07a3a", "#6a2f4a"),
}


SHAPES: dict[str, Shape] = {
    "desk_lamp": devices.desk_lamp, "kettle": devices.kettle, "headphones": devices.headphones,
    "vacuum": devices.vacuum, "keyboard": devices.keyboard, "mug": devices.mug, "speaker": devices.speaker,
    "backpack": goods.backpack, "running_shoes": goods.running_shoes, "bike_helmet": goods.bike_helmet,
    "plant": goods.plant, "notebook": goods.notebook, "coffee": goods.coffee, "tea": goods.tea,
    "chocolate": goods.chocolate, "olive_oil": goods.olive_oil, "pasta": goods.pasta,
}  # fmt: skip


@functools.cache
def _by_key() -> dict[str, Variant]:
    return {variant.key: variant for variant in variants()}


def picture(product_id: str) -> str | None:
    """The product's SVG, 320 x 320, under 6 KB; None for an id the demo catalogue does not have."""
    variant = _by_key().get(product_id)
    if variant is None:
        return None
    tones = PACKAGES.get(variant.category)
    colour = COLOURS[variant.colour] if variant.colour else tones[variant.line_number % len(tones)] if tones else ""
    shape = SHAPES[variant.category](variant.line_number, variant.size)
    return _framed(colour, shape)


def tone(colour: str, light: float, saturation: float = 1.0) -> str:
    """`colour` with its lightness moved by `light` (-1..1 of what is left) and its saturation scaled."""
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    hue, level, strength = colorsys.rgb_to_hls(red, green, blue)
    level = level + (1 - level) * light if light > 0 else level * (1 + light)
    return _hex(colorsys.hls_to_rgb(hue, level, min(1.0, strength * saturation)))


def _backdrop(colour: str, level: float, saturation: float) -> str:
    """The wall behind: the product's hue at this lightness (0..1), so that a white mug still stands out."""
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    hue, _, strength = colorsys.rgb_to_hls(red, green, blue)
    return _hex(colorsys.hls_to_rgb(hue, level, min(1.0, strength * saturation)))


def _hex(parts: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(255 * part):02x}" for part in parts)


def _framed(colour: str, shape: str) -> str:
    """Backdrop tinted with the product's own colour, light from the upper left, the shape in five shades of it."""
    dark, deep = tone(colour, -0.32), tone(colour, -0.55)
    light, pale = tone(colour, 0.28), tone(colour, 0.6)
    glare = _backdrop(colour, 0.985, 0.6)
    wall, floor = _backdrop(colour, 0.94, 0.55), _backdrop(colour, 0.85, 0.45)
    stops = {
        "c": ((0, dark), (0.18, colour), (0.36, light), (0.62, colour), (1, deep)),  # a cylinder lit from the left
        "p": ((0, light), (0.45, colour), (1, dark)),  # a plane
        "d": ((0, colour), (1, deep)),  # the side away from the light
        "s": ((0, "#8d949c"), (0.25, "#e9edf0"), (0.5, "#b4bac1"), (0.8, "#dfe3e7"), (1, "#7d848c")),  # steel
        "k": ((0, "#55585f"), (0.4, "#33353b"), (1, "#1d1f24")),  # graphite
        "o": ((0, "#c99a66"), (0.5, "#a97845"), (1, "#7c5430")),  # oak
        "g": ((0, "#ffffff"), (0.35, "#dfeaf0"), (1, "#b8c9d3")),  # glass
        "y": ((0, "#fffaf0"), (1, "#e8e0d0")),  # paper
    }
    tilt = {"p": 'x2="0.6" y2="1"', "k": 'x2="0.5" y2="1"', "o": 'x2="0.3" y2="1"', "d": 'x2="0.4" y2="1"'}
    gradients = "".join(
        f'<linearGradient id="{name}" {tilt.get(name, "")}>'
        + "".join(f'<stop offset="{at}" stop-color="{paint}"/>' for at, paint in parts)
        + "</linearGradient>"
        for name, parts in stops.items()
        if f"#{name})" in shape
    )
    for name, paint in (("{dark}", dark), ("{deep}", deep), ("{light}", light), ("{pale}", pale), ("{main}", colour)):
        shape = shape.replace(name, paint)
    if "#l)" in shape:
        gradients += (
            '<linearGradient id="l" x2="0" y2="1"><stop stop-color="#ffdf90" stop-opacity=".75"/>'
            '<stop offset="1" stop-color="#fff3d0" stop-opacity="0"/></linearGradient>'
        )
    if "#b)" in shape:
        gradients += (
            '<radialGradient id="b"><stop offset=".5" stop-color="#ffdf90" stop-opacity=".8"/>'
            '<stop offset="1" stop-color="#fff3d0" stop-opacity="0"/></radialGradient>'
        )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 320"><defs>'
        f'<radialGradient id="w" cx=".4" cy=".3" r=".9"><stop stop-color="{glare}"/><stop offset=".55" '
        f'stop-color="{wall}"/><stop offset="1" stop-color="{floor}"/></radialGradient>'
        '<linearGradient id="f" x2="0" y2="1"><stop stop-color="#fff" stop-opacity="0"/><stop offset="1" '
        f'stop-color="{tone(colour, 0.55, 0.4)}" stop-opacity=".5"/></linearGradient>'
        '<radialGradient id="h"><stop stop-color="#1a1410" stop-opacity=".42"/><stop offset=".6" stop-color="#1a1410" '
        'stop-opacity=".14"/><stop offset="1" stop-color="#1a1410" stop-opacity="0"/></radialGradient>'
        f'{gradients}</defs><rect width="320" height="320" fill="url(#w)"/>'
        f'<path d="M0 226q160 -14 320 0V320H0z" fill="url(#f)"/>{shape}</svg>'
    )
