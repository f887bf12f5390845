"""HTML that is safe by construction: every string is escaped unless it was built here.

Besides `& < > " '` the characters that a template engine could act on (dollar, braces, backtick) become character
references, so the text of a label, a payee or a photo stays text whatever template it may pass through.

>>> el("b", "${1+1} <i>", cls="name")
'<b class="name">&#36;&#123;1+1&#125; &lt;i&gt;</b>'
"""

from __future__ import annotations

import functools
import html
import tomllib
from collections.abc import Iterable
from pathlib import Path

TEMPLATE = str.maketrans({"$": "&#36;", "{": "&#123;", "}": "&#125;", "`": "&#96;"})
VOID = {"img", "input", "br", "hr", "meta"}


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


@functools.cache
def _paths() -> dict[str, str]:
    return tomllib.loads(Path(__file__).with_name("icons.toml").read_text(encoding="utf-8"))


def icon(name: str) -> Html:
    """A drawing of `icons.toml`; it says nothing to a screen reader."""
    return Html(f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="{_paths()[name]}"/></svg>')


def drawing(svg: str) -> Html:
    """An SVG made by `assistant/charts.py`, the one string that comes in unescaped; its text is kept from templates."""
    return Html(svg.translate(TEMPLATE))
