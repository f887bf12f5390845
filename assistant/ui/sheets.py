"""The cards of a payment as HTML: the sheet that asks, the receipt that tells, and where each field came from.

Knows what a person must see before and after paying; the amounts and words in it are the server's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from assistant.senses.crops import checked
from assistant.ui.markup import Html, el, icon, join

if TYPE_CHECKING:
    from assistant.ui.cards import Drawer

Json = Mapping[str, Any]
CALM = ("scheduled", "sent", "succeeded", "refunded", "prepared", "canceled")  # nothing to worry about
STATUS_ICONS = {
    "sent": "send", "succeeded": "check", "failed": "cross", "requires_action": "alert", "unknown": "clock",
    "refunded": "back", "prepared": "file", "canceled": "cross", "scheduled": "clock",
}  # fmt: skip


def pay_sheet(draw: Drawer, card: Json) -> Html:
    uncertain = [draw.named("field", name) for name in card["uncertain"]]
    assumed = el("span", draw.word("assumed", currency=card["amount"]["currency"]), cls="tag warn")
    check = draw.word("check_field", field=uncertain[0]) if uncertain else ""
    return join([
        el("header", el("span", f"{draw.word('test_mode')} · {card['mode']}", cls="tag test"),
           el("span", draw.word("expires"), " ", draw.instant(card["expires_at"]), cls="muted"), cls="top"),
        el("p", card["amount"]["text"], assumed if card["currency_assumed"] else "",
           cls="amount" + _doubt(card, "amount", "currency")),
        el("p", card["in_words"], cls="muted words") if card.get("in_words") else "",
        el("dl", *_parties(draw, card), cls="rows"),
        draw.sums(card["lines"], "lines"),
        draw.sums(card["totals"], "totals") if len(card["lines"]) + len(card["totals"]) > 1 else "",
        el("p", icon("alert"), draw.word("uncertain", fields=", ".join(uncertain)), cls="caution") if uncertain else "",
        *(el("p", icon("alert"), note, cls="caution") for note in card.get("notes", ())),
        el("p", draw.word("expired"), cls="caution gone", hidden=True),
        draw.buttons(card["actions"], check),
    ])  # fmt: skip


def _parties(draw: Drawer, card: Json) -> Iterable[Html]:
    everyone = card.get("parts") or [card["payee"]]
    for payee in everyone:
        yield draw.row(draw.word("to"), payee_of(draw, payee, _doubt(card, "payee")))
    if card.get("method"):
        yield draw.row(draw.word("with"), card["method"])
    if card.get("purpose"):
        yield draw.row(draw.word("for"), card["purpose"])
    change = el("button", draw.word("edit"), cls="link", type="button", data_say=draw.word("edit_words"))
    yield from _sources(draw, card, change)


def _sources(draw: Drawer, card: Json, change: Html | str = "") -> Iterable[Html]:
    """Where the fields came from: the words with what was used underlined, the cut-outs of a picture, or both."""
    places = {name: place for name, place in card.get("provenance", {}).items() if isinstance(place, Mapping)}
    spans = [place["span"] for place in places.values() if place.get("span")]
    pictured = any("box" in place for place in places.values())
    if card.get("source") and (spans or not pictured):
        said = quoted(card["source"], spans)
        yield draw.row(draw.word("you_said"), *([said] if pictured else [said, " ", change]))
    if pictured:
        cuts = join(_cuts(draw, card, places))
        yield draw.row(draw.word("from_picture"), cuts or el("span", card.get("source", "")), " ", change)


def _cuts(draw: Drawer, card: Json, places: Mapping[str, Json]) -> Iterable[Html]:
    """Each cut-out once, with the names of the fields it filled."""
    values = {"amount": card["amount"]["text"], "payee": card["payee"]["name"], "purpose": card.get("purpose", "")}
    crops: dict[str, list[str]] = {}
    for name, place in places.items():
        crops.setdefault(checked(place.get("crop")), []).append(name)
    for url, names in crops.items():
        if image := draw.crop(url, names, " · ".join(values.get(name, "") for name in names)):
            yield el("figure", image, el("figcaption", ", ".join(draw.named("field", name) for name in names)))


def payee_of(draw: Drawer, payee: Json, doubt: str = "") -> Html:
    match = payee.get("match", "none")
    kind = f"_{payee.get('kind', 'contact')}" if match == "exact" else ""
    return join([
        el("b", payee["name"], cls=doubt.strip()), el("span", payee["how"], cls="muted block"),
        el("span", icon("check" if match == "exact" else "alert"), draw.word(f"match_{match}{kind}"),
           cls=f"match {match}"),
    ])  # fmt: skip


def quoted(text: str, spans: Iterable[Iterable[int]]) -> Html:
    """The words as said, with the stretches [start, end) that filled a field underlined."""
    parts: list[object] = ["“"]
    at = 0
    for start, end in sorted((int(a), int(b)) for a, b in spans):
        if at <= start < end <= len(text):
            parts += [text[at:start], el("mark", text[start:end])]
            at = end
    return el("q", *parts, text[at:], "”")


def _doubt(card: Json, *names: str) -> str:
    return " doubt" if set(names) & set(card["uncertain"]) else ""


def receipt(draw: Drawer, card: Json) -> Html:
    status = card["status"]
    facts = [
        draw.row(draw.word("when"), draw.instant(card["at"], zone=True)),
        draw.row(draw.word("to"), el("b", card["payee"]["name"]), el("span", card["payee"]["how"], cls="muted block")),
        draw.row(draw.word("for"), card["purpose"]) if card.get("purpose") else "",
        draw.row(draw.word("method"), card["method"]),
        draw.row(draw.word("payment"), el("code", card["payment_id"])),
        draw.row(draw.word("reference"), el("code", card["provider_ref"])) if card.get("provider_ref") else "",
        *_sources(draw, card),
    ]
    return join([
        el("div", _state(draw, card, status),
           el("div", el("p", card["amount"]["text"], cls="amount small"),
              el("p", "→ ", card["payee"]["name"], cls="payee")), cls="status " + status),
        el("p", card["note"], cls="muted" if status in CALM else "caution")
        if card.get("note") and status != "scheduled" else "",
        el("div", draw.links(card.get("links", ())), draw.buttons(card["actions"]), cls="hands"),
        draw.folded(join([draw.word("kind_receipt"), *_mode(draw, card)]),
                    el("dl", *facts, cls="rows"),
                    el("button", draw.word("print"), cls="link", type="button", data_print=True),
                    ) if status != "scheduled" else "",
    ])  # fmt: skip


def _mode(draw: Drawer, card: Json) -> tuple[str, ...]:
    """Which money it is; a transfer prepared for the person's own bank is none of ours."""
    return (" · ", draw.word("test_mode"), " · ", card["mode"]) if card["mode"] else ()


def _state(draw: Drawer, card: Json, status: str) -> Html:
    """What stands on the left of a receipt: a ring that empties while an undo lasts, a sign afterwards."""
    left = draw.seconds_to(card.get("send_at")) if status == "scheduled" else None
    if left is None:
        return el("p", el("span", icon(STATUS_ICONS[status]), cls="sign"), draw.word(f"status_{status}"), cls="state")
    whole = max(left, draw.undo)
    ring = Html('<svg viewBox="0 0 36 36" aria-hidden="true"><circle cx="18" cy="18" r="16"/>'
                '<circle class="left" cx="18" cy="18" r="16" pathLength="100"/></svg>')  # fmt: skip
    note = card.get("note") or draw.word("undo_note")
    words = draw.word("status_scheduled", seconds="\0").split("\0")
    count = el("b", str(round(left)), cls="count")
    return el("div",
        el("span", ring, cls="ring", data_left=left, data_whole=whole),
        el("p", words[0], count, words[1], el("span", note, cls="muted block")), cls="state",
    )  # fmt: skip
