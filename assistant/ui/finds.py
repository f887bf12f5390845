"""Small cards of the open camera: a picture, a name, an amount, one button. The whole cards come with the turn."""

from collections.abc import Mapping
from typing import Any

from assistant.ui.cards import Drawer, budget, picture
from assistant.ui.markup import Html, el, icon, join

Json = Mapping[str, Any]
NAMED = ("title", "payee")
STATED = ("price", "total")


def find(draw: Drawer, number: str, reply: Json, stays: str = "", leaves: str = "") -> Html:
    """One thing in view. `stays` is the action that leaves the camera open, `leaves` the one that closes it."""
    card = reply["cards"][0]
    parts = {"products": _product, "document": _paper}.get(card["type"], _words)(draw, card, reply)
    labels = {action["id"]: action["label"] for item in (card, *card.get("products", ())) for action in item["actions"]}
    add = el("button", draw.word("eye_add"), cls="button primary", type="button", data_stay=stays,
             aria_label=f"{labels[stays]}: {card['products'][0]['title']}") if stays else ""  # fmt: skip
    go = el("button", labels[leaves], cls="button", type="button", data_leave=leaves) if leaves else ""
    return el("article", *parts, add or go, cls=f"find {card['type']}", id=number)


def cart(draw: Drawer, reply: Json) -> Html:
    """How many things are in the cart, what they cost, and what is left of its budget; nothing for an empty one."""
    card = next((card for card in reply["cards"] if card["type"] == "cart" and card["parts"]), None)
    if card is None:
        return Html("")
    limit = budget(draw, card) if card["budget"] else ""
    return join([el("p", icon("cart"), " ", reply["text"]), limit])


def _product(draw: Drawer, card: Json, reply: Json) -> tuple[Html, Html]:  # noqa: ARG001  all are called alike
    item = card["products"][0]
    return (
        el("div", picture(item["image"], ""), cls="picture"),
        el("div", el("h3", item["title"]), el("p", item["price"]["text"], cls="price"),
           *(el("p", fact, cls="muted") for fact in item["why"][:1] or [item["stock"]])),
    )  # fmt: skip


def _paper(draw: Drawer, card: Json, reply: Json) -> tuple[Html, Html]:
    """What a paper states, with the cut-out its amount was read from; of a code that states nothing, its text."""
    fields = card["fields"]
    name, amount = (next((fields[key] for key in keys if key in fields), None) for keys in (NAMED, STATED))
    kind = draw.named("kind", card["kind"])
    crop = draw.crop(amount["place"].get("crop"), STATED[:1], amount["value"]) if amount else ""
    return (
        el("div", icon("file"), cls="picture"),
        el("div", el("h3", name["value"] if name else kind),
           el("p", amount["value"], cls="price") if amount else el("p", reply["text"], cls="muted"),
           crop or (el("p", kind, cls="muted") if name else "")),
    )  # fmt: skip


def _words(draw: Drawer, card: Json, reply: Json) -> tuple[Html, Html]:  # noqa: ARG001
    return el("div", icon("search"), cls="picture"), el("div", el("p", reply["text"]))
