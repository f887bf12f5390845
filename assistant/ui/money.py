"""Figures as HTML: one with its rows, its drawing, and the page "My money" made of tiles.

Every figure can be opened: how it was worked out, and the rows behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from assistant.language.messages import shown
from assistant.money import LOCALES
from assistant.ui.markup import Html, drawing, el, escaped, icon, join

if TYPE_CHECKING:
    from assistant.ui.cards import Drawer

Json = Mapping[str, Any]


def figure(draw: Drawer, card: Json) -> Html:
    period = el("span", draw_period(draw, card["period"]), cls="muted")
    listed = len(card["rows"])
    count = max(card.get("row_count", 0), listed)
    meant = listed > 0 and "meaning" in card["rows"][0]  # rows that say what they are stand open
    summary = draw.word("rows", count=count) if count <= listed else draw.word("rows_shown", shown=listed, count=count)
    return join([
        el("header", el("h3", card["label"]), period, cls="top"),
        el("p", number(draw, card), cls="amount"),
        el("p", card["change"], cls="change " + direction(card["change"])) if card.get("change") else "",
        warnings(card),
        beside([(_meant(row), cell(row["value"])) for row in card["rows"]] if meant else ()),
        beside(card["lines"]),
        draw.folded(summary, data_table(draw, card["rows"], card["label"])) if listed and not meant else "",
        computed(draw, card),
    ])  # fmt: skip


def number(draw: Drawer, card: Json) -> str:
    """The figure as the reader writes it, with its unit."""
    value = card["value"]
    if isinstance(value, Mapping):
        return str(value["text"])
    try:
        from babel.numbers import format_decimal

        text = str(format_decimal(Decimal(str(value)), locale=LOCALES[draw.language]))
    except InvalidOperation:
        return str(value)
    return text + {"percent": " %", "months": " " + draw.word("unit_months")}.get(card["unit"], "")


def computed(draw: Drawer, card: Json) -> Html:
    """How a figure was worked out, folded until somebody asks."""
    priced = f"{draw.word('prices_of')} {card['price_date']}" if card.get("price_date") else ""
    return draw.folded(
        draw.word("how_computed"), el("p", ". ".join(f for f in (card["method"], priced) if f), cls="muted")
    )


def beside(lines: Sequence[Sequence[Html | str]]) -> Html | str:
    """Names on the left, their figures on the right."""
    pairs = [el("div", el("dt", left), el("dd", right)) for left, right in lines]
    return el("dl", *pairs, cls="lines") if pairs else ""


def warnings(card: Json) -> Html | str:
    told = [el("li", icon("alert"), el("span", text)) for text in card["warnings"]]
    return el("ul", *told, cls="warnings") if told else ""


def direction(change: str) -> str:
    """Colour never speaks alone: the sign or arrow that the wealth room printed decides it."""
    head = change.strip()[:1]
    return "up" if head in "+▲↑" else "down" if head in "-−▼↓" else ""


def draw_period(draw: Drawer, period: Json) -> Html:
    start, end = (shown(date.fromisoformat(period[side]), draw.language) for side in ("start", "end"))
    return escaped(end if start == end else f"{start} – {end}")


def data_table(draw: Drawer, rows: Iterable[Json], caption: str) -> Html:
    """Rows that need not agree on their columns; money by its printed text."""
    kept = list(rows)
    columns = list(dict.fromkeys(name for row in kept for name in row))
    head = [draw.named("column", name) for name in columns]
    cells = [[_payee(draw, row) if name == "payee" else cell(row.get(name, "")) for name in columns] for row in kept]
    return draw.table(head, cells, caption)


def _meant(row: Json) -> Html:
    """A part with what it means below its name."""
    return join([row["item"], el("small", row["meaning"], cls="block muted")])


def _payee(draw: Drawer, row: Json) -> Html | str:
    """Who was paid; a tap begins the sentence that says where the payee belongs."""
    name = cell(row.get("payee", ""))
    if not (name and row.get("category")):
        return name
    return el("button", name, cls="link", type="button", data_say=draw.word("row_words", payee=name))


def cell(value: Any) -> str:
    return str(value.get("text", "")) if isinstance(value, Mapping) else "" if value is None else str(value)


def chart(draw: Drawer, card: Json) -> Html:
    head, *rows = card["table"] or [[]]
    return join([
        el("h3", card["title"]),
        el("div", drawing(card["svg"]), cls="plot " + card["kind"]),
        draw.folded(draw.word("as_table"), draw.table(head, rows, card["title"])) if rows else "",
    ])  # fmt: skip


def overview(draw: Drawer, card: Json) -> Html:
    """The page: chips for its period and currency, then a grid of tiles."""
    known = {action["id"]: action for action in card["actions"]}
    chips = [
        el("button", known[key]["label"], cls="chip" + (" chosen" if known[key]["style"] == "primary" else ""),
           type="button", data_id=key, aria_pressed="true" if known[key]["style"] == "primary" else "false")
        for key in card["choices"] if key in known
    ]  # fmt: skip
    return join([
        el("header", el("h2", card["title"]), el("div", *chips, cls="chips"), cls="top"),
        el("div", *(tile(draw, one, known) for one in card["tiles"]), cls="tiles"),
    ])  # fmt: skip


def tile(draw: Drawer, one: Json, known: Mapping[str, Json]) -> Html:
    head, *rows = one["table"] or [[]]
    opens = known.get(one["action"])
    name = el("header", el("h3", one["label"]), el("span", one["period"], cls="muted"))
    if not one["unit"]:
        return el("article", name, el("p", one["text"], cls="muted"), cls=f"tile {one['size']}")
    return el("article",
        el("div", name, el("p", number(draw, one), cls="amount small"),
           el("p", one["change"], cls="change " + direction(one["change"])) if one["change"] else "",
           beside(one["lines"]), cls="told"),
        el("div", drawing(one["svg"]), cls="plot") if one["svg"] else "",
        warnings(one),
        el("div",
           computed(draw, one),
           draw.folded(draw.word("as_table"), draw.table(head, rows, one["label"])) if rows else "",
           el("button", opens["label"], cls="link", type="button", data_id=opens["id"]) if opens else "", cls="foot"),
        cls=f"tile {one['size']}",
    )  # fmt: skip


def preview(draw: Drawer, card: Json) -> Html:
    """A bank file before it is imported: every column with what it is taken for, the sign, the first rows."""
    fields = [
        el("label",
           el("span", el("b", one["label"]), el("span", one["sample"] or " ", cls="muted"), cls="head"),
           el("select", *(el("option", label, value=value, selected=value == one["value"])
                          for value, label in one["options"]),
              name=one["name"], data_again=card["again"], cls="unread" if not one["value"] else ""))
        for one in card["reading"]
    ]  # fmt: skip
    count = draw.word("rows_shown", shown=len(card["rows"]), count=card["row_count"])
    return join([
        el("header", el("h3", icon("file"), card["name"]), el("span", draw_period(draw, card["period"]), cls="muted"),
           cls="top"),
        el("p", draw.word("preview_counts", added=card["added"], known=card["known"], account=card["account"])),
        warnings(card),
        el("div", *fields, cls="reading"),
        data_table(draw, card["rows"], count),
    ])  # fmt: skip
