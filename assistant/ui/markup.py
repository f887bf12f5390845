"""HTML that is safe by construction: every string is escaped unless it was built here.

Besides `& < > " '` the characters that a template engine could act on (dollar, braces, backtick) become character
references, so the text of a label, a payee or a photo stays text whatever template it may pass through.

>>> el("b", "${1+1} <i>", cls="name")
'<b class="name">&#36;&#123;1+1&#125; &lt;i&gt;</b>'
"""

from __future__ import annotations

import html
from collections.abc import Iterable

TEMPLATE = str.maketrans({"$": "&#36;", "{": "&#123;", "}": "&#125;", "`": "&#96;"})
VOID = {"img", "input", "br", "hr", "meta"}
ICONS = {
    "check": "M5 12.5l4.5 4.5L19 7.5",
    "clock": "M12 7v5l3.5 2M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18",
    "cross": "M6 6l12 12M18 6L6 18",
    "back": "M9 7L4 12l5 5M4 12h10a6 6 0 0 1 6 6",
    "alert": "M12 8v5M12 16.5v.01M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18",
    "info": "M12 11v5.5M12 7.5v.01M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18",
    "file": "M7 3h7l5 5v13H7zM14 3v5h5M10 13h6M10 17h6",
    "search": "M11 4a7 7 0 1 0 0 14a7 7 0 0 0 0-14M16.5 16.5L21 21",
    "send": "M4 12l16-7-6 16-3-7zM11 14l9-9",
    "chart": "M4 19V5M4 19h16M8 15l4-5 3 3 5-7",
    "photo": "M4 8h3.5L9 5.5h6L16.5 8H20v11H4zM12 10a3.5 3.5 0 1 0 0 7a3.5 3.5 0 0 0 0-7",
    "mic": "M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3M6 11a6 6 0 0 0 12 0M12 17v4",
    "eye": "M3 12c2-4 5-6.5 9-6.5s7 2.5 9 6.5c-2 4-5 6.5-9 6.5S5 16 3 12zM12 9a3 3 0 1 0 0 6a3 3 0 0 0 0-6",
    "flip": "M4 12a8 8 0 0 1 13.7-5.6L20 8.5M20 4v4.5h-4.5M20 12a8 8 0 0 1-13.7 5.6L4 15.5M4 20v-4.5h4.5",
    "torch": "M8 3h8v4l-2 3v11h-4V10L8 7zM8 7h8",
    "spark": "M12 4l1.8 5.2L19 11l-5.2 1.8L12 18l-1.8-5.2L5 11l5.2-1.8z",
    "gear": "M4 7h9M17 7h3M15 5v4M4 17h3M11 17h9M9 15v4",
    "box": "M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8",
    "cart": "M3 5h2.5l2.2 10.5h9.6L19.5 8H6.2M9 19.5v.01M16 19.5v.01",
    "minus": "M6 12h12",
    "plus": "M12 6v12M6 12h12",
    "plug": "M9 3v5M15 3v5M6 8h12v3a6 6 0 0 1-12 0zM12 17v4",
    "stop": "M7 7h10v10H7z",
    "share": "M12 3v9l6.5 6.2M12 12L4.2 7.5M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18",
    "target": "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M12 8a4 4 0 1 0 0 8a4 4 0 0 0 0-8M12 12v.01",
    "bank": "M4 10l8-6 8 6M5 20h14M7 10v7M12 10v7M17 10v7",
    "sliders": "M4 8h10M18 8h2M16 6v4M4 16h2M10 16h10M8 14v4",
    "swap": "M4 9h14l-4-4M20 15H6l4 4",
    "scale": "M12 4v16M7 20h10M5 7h14M5 7l-2.5 6a3 3 0 0 0 5 0zM19 7l-2.5 6a3 3 0 0 0 5 0z",
}


class Html(str):
    """Markup that needs no escaping any more."""

    __slots__ = ()


def escaped(value: object) -> Html:
    """`value` as text. A second pass changes nothing: what is `Html` already is returned as it is."""
    if isinstance(value, Html):
        return value
    return Html(html.escape(str(value), quote=True).translate(TEMPLATE))


def el(tag: str, *children: object, cls: str = "", **attributes: object) -> Html:
    """One element. `data_id` is written `data-id`; an attribute of None or False is left out, True stands alone."""
    given = {"class": cls or None} | {name.rstrip("_").replace("_", "-"): v for name, v in attributes.items()}
    head = "".join(_attribute(name, value) for name, value in given.items())
    if tag in VOID:
        return Html(f"<{tag}{head}>")
    return Html(f"<{tag}{head}>{join(children)}</{tag}>")


def _attribute(name: str, value: object) -> str:
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{escaped(value)}"'


def join(parts: Iterable[object], between: str = "") -> Html:
    """The parts one after the other, each escaped; empty ones are left out."""
    return Html(escaped(between).join(escaped(part) for part in parts if part not in (None, "")))


def icon(name: str) -> Html:
    """A line drawing of 24 units in the colour of the text around it; it says nothing to a screen reader."""
    return Html(f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="{ICONS[name]}"/></svg>')


def drawing(svg: str) -> Html:
    """An SVG made by `assistant/charts.py`, the one string that comes in unescaped; its text is kept from templates."""
    return Html(svg.translate(TEMPLATE))
