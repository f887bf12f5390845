"""A flash card as HTML: the number that counts, its parts as bars, and controls whose names are what a tap may set.

`.outcome` is what a moved control changes; `feed.js` renews it and every control but the one that is held. Knows how a
calculation looks; computes none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from assistant.ui.markup import Html, drawing, el, icon, join

if TYPE_CHECKING:
    from assistant.ui.cards import Drawer

Json = Mapping[str, Any]
ICONS = {
    "split": "share", "saving": "target", "loan": "bank", "budget": "sliders", "exchange": "swap",
    "unit_price": "scale",
}  # fmt: skip


def flash(draw: Drawer, card: Json) -> Html:
    shown = [card["change"], *(each["action"] for each in card["outcomes"])]
    others = [action for action in card["actions"] if action["id"] not in shown]
    kept = el("span", icon("check"), draw.word("flash_kept"), cls="tag") if card["kept"] else ""
    kind = el(
        "span", icon(ICONS[card["kind"]]), el("span", draw.say(f"flash.kind.{card['kind']}"), cls="sr"), cls="kind"
    )
    title = el("input", type="text", name="title", value=card["title"], cls="title", maxlength="80",
               aria_label=draw.word("flash_name"), autocomplete="off")  # fmt: skip
    return join([
        el("header", kind, title, kept, cls="top"),
        el("div", *_outcome(draw, card), cls="outcome"),
        el("div", *_controls(draw, card), cls="controls", data_change=card["change"]),
        el("div", draw.links(card["links"]), draw.buttons(others), cls="foot"),
    ])  # fmt: skip


# ---- what comes out ----


def _outcome(draw: Drawer, card: Json) -> Iterable[object]:
    headline = card["headline"]
    yield el("p", headline["text"] if isinstance(headline, Mapping) else headline, cls="amount")
    yield el("p", card["caption"], cls="muted caption") if card["caption"] else ""
    yield el("dl", *(_line(draw, card, each) for each in card["outcomes"]), cls="results")
    yield drawing(card["svg"]) if card["svg"] else ""
    yield from (el("p", icon("info"), el("span", note), cls="note-line") for note in card["notes"])


def _line(draw: Drawer, card: Json, each: Json) -> Html:
    value = each["value"]
    button = next((action for action in card["actions"] if action["id"] == each["action"]), None)
    best = el("span", icon("check"), el("span", draw.word("flash_best"), cls="sr"), cls="best") if each["best"] else ""
    bar = "" if each["share"] is None else el("i", cls="bar", style=f"--part:{min(each['share'], 1000) / 10}%")
    return el("div",
        el("dt", each["label"], best),
        el("dd", el("b", value["text"] if isinstance(value, Mapping) else value),
           el("span", each["note"], cls="muted block") if each["note"] else "", bar,
           draw.button(button) if button else ""),
        cls="result" + " good" * each["best"],
    )  # fmt: skip


# ---- what goes in ----


def _controls(draw: Drawer, card: Json) -> Iterable[object]:
    """Single controls first; people's portions and a long receipt folded away, everything else in the open."""
    yield from (control(draw, each) for each in card["controls"] if not each["group"])
    grouped = groupby((each for each in card["controls"] if each["group"]), key=lambda each: str(each["group"]))
    sets = [(name, list(members)) for name, members in grouped]
    toggles = [_group(draw, name, each, "toggles") for name, each in sets if each[0]["kind"] == "toggle"]
    fields = [_group(draw, name, each, "pair") for name, each in sets if each[0]["kind"] != "toggle"]
    yield draw.folded(draw.word("flash_items"), *toggles) if len(toggles) > 3 else join(toggles)
    yield draw.folded(draw.word("flash_adjust"), *fields) if fields and card["kind"] == "split" else join(fields)


def _group(draw: Drawer, name: str, members: Sequence[Json], kind: str) -> Html:
    made = el("div", *(control(draw, each) for each in members), cls=kind)
    return el("fieldset", el("legend", name), made, cls="group")


def control(draw: Drawer, each: Json) -> Html:
    """One labelled control. A range is a slider and a number of the same name, so that it can be typed too."""
    if each["kind"] == "toggle":
        box = el("input", type="checkbox", name=each["name"], checked=each["value"] == "true")
        return el("label", box, each["label"], cls="option control", data_name=each["name"])
    if each["kind"] == "choice":
        options = [el("option", c["label"], value=c["id"], selected=c["id"] == each["value"]) for c in each["choices"]]
        return _labelled(each, el("select", *options, name=each["name"], aria_label=each["label"]))
    if each["kind"] == "date":
        return _labelled(each, _input(each, "date"))
    number = _input(each, "number", inputmode="decimal")
    if each["kind"] == "number":
        return _labelled(each, _stepper(draw, each, number))
    return _labelled(each, number, _input(each, "range", step=each["step"] or "any"), cls=" slider")


def _input(each: Json, kind: str, **more: str) -> Html:
    """A typed number may go past the end of its slider."""
    most = None if kind == "number" else each["most"] or None
    step = {"step": "any"} | more if kind == "number" else more
    return el("input", type=kind, name=each["name"], value=each["value"], min=each["least"] or None, max=most,
              aria_label=each["label"], **step)  # fmt: skip


def _stepper(draw: Drawer, each: Json, number: Html) -> Html:
    """Less and more beside a count; an amount is typed."""
    if each["unit"] or each["step"] not in ("0.5", "1"):
        return number
    less, more = (
        el("button", sign, type="button", cls="step", data_step=f"{direction}{each['step']}",
           aria_label=draw.word(f"step_{word}", what=each["label"]))
        for sign, direction, word in (("−", "-", "less"), ("+", "", "more"))
    )  # fmt: skip
    return el("span", less, number, more, cls="stepper")


def _labelled(each: Json, first: Html, *rest: Html, cls: str = "") -> Html:
    unit = el("span", each["unit"], cls="unit") if each["unit"] else ""
    return el("div", el("span", each["label"], cls="name"), el("span", first, unit, cls="entry"), *rest,
              cls="control" + cls, data_name=each["name"])  # fmt: skip
