"""Cards as HTML: the published JSON of a card in, escaped markup out. Knows how a card looks, not what it does.

A button carries the id of its action and nothing else; amounts, payees and verbs stay on the server.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from assistant.language.messages import catalogue, say
from assistant.senses.crops import checked
from assistant.ui.flash import flash
from assistant.ui.markup import Html, el, icon, join
from assistant.ui.money import chart, figure, overview, preview
from assistant.ui.sheets import pay_sheet, receipt

Json = Mapping[str, Any]
OWN_PATH = re.compile(r"/[a-z][\w/-]*")
DRAWN = re.compile(r'data-(?:id|change)="([^"]+)"')  # an action's id
SURE = 0.9  # a field read with less confidence asks to be checked
TONES = {"info": "info", "success": "check", "warning": "alert", "error": "cross"}
MOVING = ("scheduled", "sent", "unknown", "requires_action")


class Drawer:
    """Draws for one reader: `language` words every label; `now` (aware UTC) and `undo` (whole seconds) set the ring."""

    def __init__(self, language: str, now: datetime, undo: int = 10) -> None:
        self.language = language
        self.now = now
        self.undo = undo

    def word(self, key: str, **values: object) -> str:
        return say(self.language, f"ui.{key}", **values)

    def say(self, key: str, **values: object) -> str:
        return say(self.language, key, **values)

    def named(self, kind: str, key: str) -> str:
        """The label of a field, column or kind, or its own name made readable."""
        known: dict[str, Any] = catalogue(self.language)["ui"]
        return str(known.get(f"{kind}_{key}", key.replace("_", " ")))

    def card(self, card: Json) -> Html:
        """The whole card; an action that it has not drawn where it belongs is a button at its end."""
        body = DRAWERS[card["type"]](self, card)
        drawn = DRAWN.findall(body)
        rest = self.buttons(action for action in card["actions"] if action["id"] not in drawn)
        moving = card["payment_id"] if card.get("status") in MOVING and "payment_id" in card else None
        moving = card["id"] if card.get("running") else moving
        wide = " wide" if card["type"] in ("products", "compare") else ""
        return el(
            "section", body, rest, cls=f"card {card['type']}{wide}", id=card["id"], tabindex="-1",
            data_payment=moving, data_expires=self.seconds_to(card.get("expires_at")),
        )  # fmt: skip

    def seconds_to(self, instant: str | None) -> float | None:
        """Seconds from now, never below zero: the page counts down by its own clock, which may be wrong."""
        if not instant:
            return None
        return round(max(0.0, (datetime.fromisoformat(instant) - self.now).total_seconds()), 2)

    # -- parts ---------------------------------------------------------------------------------------------------

    def button(self, action: Json, style: str = "", **more: object) -> Html:
        return el(
            "button", action["label"], cls=f"button {style or action.get('style', 'secondary')}",
            type="button", data_id=action["id"], **more,
        )  # fmt: skip

    def buttons(self, actions: Iterable[Json], check: str = "") -> Html | str:
        """Secondary actions first, the one that counts last, where the thumb and the eye end.

        With `check` the primary button says this first and acts only on the second touch.
        """
        order = sorted(actions, key=lambda a: a.get("style") == "primary")
        made = [self.button(a, data_check=(check or None) if a.get("style") == "primary" else None) for a in order]
        return el("div", *made, cls="actions") if made else ""

    def links(self, links: Iterable[Json]) -> Html | str:
        """Links to pages of this server only: a path that begins with a letter leads nowhere else."""
        own = [link for link in links if OWN_PATH.fullmatch(link["path"])]
        made = [
            el("a", link["label"], cls="button", href=link["path"], target="_blank", rel="noopener") for link in own
        ]
        return el("div", *made, cls="actions") if made else ""

    def row(self, label: object, *value: object) -> Html:
        return el("div", el("dt", label), el("dd", *value), cls="row")

    def instant(self, value: str, zone: bool = False) -> Html:
        """A time the page rewrites in the reader's own zone, named with `zone`; until then it is UTC and says so."""
        moment = datetime.fromisoformat(value).astimezone(UTC)
        return el("time", f"{moment:%Y-%m-%d %H:%M} UTC", datetime=moment.isoformat(), data_zone=zone)

    def crop(self, url: object, names: Iterable[str], value: str) -> Html | str:
        """The cut-out a value was read from; whatever is no small JPEG in a data URL is left out."""
        words = self.word("crop", fields=", ".join(self.named("field", name) for name in names), value=value)
        return el("img", src=url, alt=words, cls="crop") if checked(url) else ""

    def sums(self, lines: Sequence[Json], cls: str) -> Html | str:
        times = [
            f"{line['quantity']} × " if line.get("quantity", 1) != 1 else "" for line in lines
        ]  # a price is of one
        rows = [self.row(line["label"], many + line["amount"]["text"]) for line, many in zip(lines, times, strict=True)]
        return el("dl", *rows, cls=f"rows {cls}") if rows else ""

    def table(self, head: Iterable[object], rows: Iterable[Iterable[object]], caption: str = "") -> Html:
        body = [el("tr", *(el("td", cell, cls=_side(cell)) for cell in row)) for row in rows]
        top = el("thead", el("tr", *(el("th", name, scope="col") for name in head)))
        inner = el("table", el("caption", caption) if caption else "", top, el("tbody", *body))
        return el("div", inner, cls="table", tabindex="0", role="group", aria_label=caption or None)

    def folded(self, summary: object, *content: object) -> Html:
        return el("details", el("summary", summary), *content)


def products(draw: Drawer, card: Json) -> Html:
    chips = [_chip(draw, chip) for chip in card["constraints"]]
    notes = [draw.word("more", count=card["more"])] if card["more"] else []
    if card.get("left_out"):
        key = "left_out_one" if card["left_out"] == 1 else "left_out_many"
        notes.append(draw.word(key, count=card["left_out"]))
    return join([
        el("div", *chips, cls="chips") if chips else "",
        el("div", *(product(draw, item) for item in card["products"]), cls="shelf", role="list"),
        el("p", " · ".join(notes), cls="muted") if notes else "",
    ])  # fmt: skip


def _chip(draw: Drawer, chip: Json) -> Html:
    if not (chip["removable"] and chip["action"]):
        return el("span", chip["text"], cls="chip fixed")
    return el("button", chip["text"], icon("cross"), cls="chip", type="button", data_id=chip["action"],
              aria_label=draw.word("remove", text=chip["text"]))  # fmt: skip


def product(draw: Drawer, item: Json) -> Html:
    days = item["delivery_days"]
    key = "delivery_today" if days == 0 else "delivery_one" if days == 1 else "delivery_many"
    return el("article",
        el("div", picture(item["image"], item["title"]), cls="picture"),
        el("h3", item["title"]),
        el("p", item["price"]["text"], " ", el("span", item["per"], cls="muted"), cls="price"),
        el("p", " · ".join(part for part in (item["stock"], draw.word(key, count=days)) if part), cls="muted"),
        el("ul", *(el("li", icon("check"), el("span", reason)) for reason in item["why"]), cls="why"),
        el("p", item["offer"], cls="muted offer"),
        draw.buttons(item["actions"]),
        role="listitem", cls="product",
    )  # fmt: skip


def picture(address: str, words: str) -> Html | str:
    """Only a picture that this server draws; a link to anywhere else is not followed."""
    if not address.startswith(("/pictures/", "data:image/")):
        return ""
    return el("img", src=address, alt=words, loading="lazy", decoding="async")


def compare(draw: Drawer, card: Json) -> Html:
    alike = len({p["price"]["text"] for p in card["products"]}) == 1  # else a row tells the prices
    head = [el("span", draw.word("attribute"), cls="sr"),
            *(join([el("span", p["title"], cls="block"), el("span", p["price"]["text"], cls="price") if alike else ""])
              for p in card["products"])]  # fmt: skip
    best = el("span", icon("check"), el("span", draw.word("best"), cls="sr"), cls="best")
    rows = [
        [el("b", row["attribute"]), *(join([value, " ", best if row.get("best") == at else ""])
                                      for at, value in enumerate(row["values"]))]
        for row in card["rows"]
    ]  # fmt: skip
    notes = el("ul", *(el("li", note) for note in card["notes"]), cls="notes muted") if card["notes"] else ""
    return join([draw.table(head, rows), notes])


def question(draw: Drawer, card: Json) -> Html:
    choices = [draw.button(choice, "chip") for choice in card["choices"]]
    return join([el("p", card["text"], cls="ask"), el("div", *choices, cls="chips") if choices else ""])


def _side(cell: object) -> str:
    """Numbers stand on the right so that their digits line up."""
    text = str(cell).strip()
    digits = sum(c.isdigit() for c in text)
    return "number" if digits and digits * 3 >= len(text) and not isinstance(cell, Html) and text[4:5] != "-" else ""


def document(draw: Drawer, card: Json) -> Html:
    thumbnail = picture(card["thumbnail"], "") if card.get("thumbnail") else ""
    crops = {name: checked(field["place"].get("crop")) for name, field in card["fields"].items()}
    holder = {crops[name]: name for name in sorted(crops, key="total".__eq__)}  # fields of one line show it once
    rows = [
        draw.row(draw.named("field", name), *_read(draw, field),
                 draw.crop(crops[name], [name], field["value"]) if holder[crops[name]] == name else "")
        for name, field in card["fields"].items()
    ]  # fmt: skip
    engines = draw.word("read_by", engine=", ".join(card["engines"])) if card.get("engines") else ""
    return join([
        el("header", el("h3", icon("file"), draw.named("kind", card["kind"])), el("span", engines, cls="muted"),
           cls="top"),
        el("div", el("div", thumbnail, cls="thumbnail") if thumbnail else "", el("dl", *rows, cls="rows"), cls="side"),
    ])  # fmt: skip


def _read(draw: Drawer, field: Json) -> tuple[Html, ...]:
    """A value as it was read; one that is not certain says so."""
    if field["confidence"] >= SURE:
        return (el("span", field["value"]),)
    return el("span", field["value"], cls="doubt"), Html(" "), el("span", draw.word("unsure"), cls="tag warn")


def cart(draw: Drawer, card: Json) -> Html:
    return join([
        el("header", el("h3", icon("cart"), draw.word("cart")), cls="top"),
        *(cart_part(draw, part, len(card["parts"]) > 1) for part in card["parts"]),
        "" if card["parts"] else el("p", draw.say("cart.empty"), cls="muted"),
        el("dl", draw.row(draw.word("cart_total"), el("b", card["total"]["text"])), cls="rows whole")
        if card["total"] and card["parts"] else "",
        budget(draw, card) if card["budget"] else "",
        *(el("p", icon("alert"), note, cls="caution") for note in card["notes"]),
    ])  # fmt: skip


def cart_part(draw: Drawer, part: Json, several: bool) -> Html:
    """What one merchant sells of it; its name where there are more of them."""
    return el("section",
        el("h4", part["seller"]) if several else "",
        el("ul", *(_cart_line(line) for line in part["lines"]), cls="basket"),
        draw.sums(part["totals"], "totals"),
    )  # fmt: skip


def _cart_line(line: Json) -> Html:
    fewer, more, remove = line["actions"]
    step = el("div", _sign(fewer, "minus"), el("b", str(line["quantity"])), _sign(more, "plus"), cls="step")
    told = " · ".join(part for part in (line["price"]["text"], line["stock"]) if part)
    return el("li",
        el("div", picture(line["image"], ""), cls="picture"),
        el("div", el("p", line["title"]), el("p", told, cls="muted"),
           el("p", line["note"], cls="caution") if line["note"] else "", cls="named"),
        step, el("b", line["total"]["text"], cls="sum"), _sign(remove, "cross"),
    )  # fmt: skip


def _sign(action: Json, sign: str) -> Html:
    return el("button", icon(sign), cls="round", type="button", data_id=action["id"], aria_label=action["label"],
              title=action["label"])  # fmt: skip


def budget(draw: Drawer, card: Json) -> Html:
    """The limit and what is left of it, as a bar and in words."""
    limit, left = card["budget"], card["left"] or card["budget"]
    over = left["minor"] < 0
    text = left["text"].lstrip("-−")
    words = draw.word("budget_over" if over else "budget_left", over=text, left=text)
    meter = el("meter", min=0, max=limit["minor"], value=limit["minor"] - left["minor"], aria_label=words)
    return el("div", el("p", f"{draw.word('budget')} {limit['text']} · {words}", cls="caution" if over else "muted"),
              meter, cls="budget")  # fmt: skip


def order(draw: Drawer, card: Json) -> Html:
    return join([
        el("header", el("h3", icon("box"), draw.word("order"), " · ", card["merchant"]),
           el("span", card["status"], cls="tag"), cls="top"),
        draw.sums(card["lines"], "lines"),
        draw.sums(card["totals"], "totals"),
        el("dl", draw.row(draw.word("delivery"), card["delivery"]),
           draw.row(draw.word("reference"), el("code", card["order_id"])), cls="rows"),
    ])  # fmt: skip


def notice(draw: Drawer, card: Json) -> Html:
    tone = card["tone"]
    title = el("span", draw.word(f"tone_{tone}"), cls="sr")
    return el("p", icon(TONES[tone]), title, " ", el("span", card["text"]), cls=f"notice-text {tone}")


def ignored(draw: Drawer, card: Json) -> Html:  # noqa: ARG001  all are called alike
    lines = el("ul", *(el("li", el("del", line)) for line in card["lines"]), cls="struck")
    return join([lines, el("p", icon("check"), el("span", card["reason"]), cls="notice-text info")])


def proof(draw: Drawer, card: Json) -> Html:  # noqa: ARG001
    """What happened, each line at its second; the verdict once it is over."""
    steps = [
        el("li", icon(TONES[step["tone"]]), el("span", step["text"]), el("span", f"{step['at']:.2f} s", cls="muted at"),
           cls=step["tone"])
        for step in card["steps"]
    ]  # fmt: skip
    return join([
        el("h3", card["title"]), el("ol", *steps, cls="steps"),
        el("p", card["verdict"], cls="verdict") if card["verdict"] else "",
    ])  # fmt: skip


def memory(draw: Drawer, card: Json) -> Html:
    """Group by group, each line with the tap that forgets it; then everything, to take away or to erase."""
    groups: dict[str, list[Html]] = {}
    taps = {action["id"]: action for action in card["actions"]}
    forgets = {row["action"] for row in card["rows"]}
    for row in card["rows"]:
        forget = _sign(taps[row["action"]], "cross") if row["action"] else ""
        line = el("li", el("span", row["label"]), el("span", row["note"], cls="muted"), forget)
        groups.setdefault(row["group"], []).append(line)
    shown = [el("section", el("h4", name), el("ul", *lines)) for name, lines in groups.items()]
    erase = el("button", draw.word("erase"), cls="button danger", type="button", data_erase=draw.word("erase_sure"))
    return join([
        el("header", el("h3", icon("spark"), draw.word("memory")), cls="top"), el("div", *shown, cls="groups"),
        draw.buttons(each for each in card["actions"] if each["id"] not in forgets), draw.links(card["links"]),
        el("div", erase, el("p", draw.word("erase_note"), cls="muted"), cls="erase"),
    ])  # fmt: skip


DRAWERS: dict[str, Callable[[Drawer, Json], Html]] = {
    "pay_sheet": pay_sheet, "receipt": receipt, "products": products, "compare": compare, "question": question,
    "figure": figure, "chart": chart, "overview": overview, "preview": preview, "document": document, "cart": cart,
    "order": order, "notice": notice, "ignored": ignored, "proof": proof, "flash": flash,
    "memory": memory,
}  # fmt: skip
