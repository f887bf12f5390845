"""What a code or a shelf label is of, and the shelf's price beside the catalogue's.

A label names a product by its own code, else by its name when every word of the two agrees; a likeness is not enough.
A photo of a thing shows the likest products, and says what decided.
"""

from collections.abc import Sequence
from difflib import SequenceMatcher

from assistant import fx
from assistant.errors import BadInput
from assistant.handlers import Context, product
from assistant.handlers.goods import on_shelf, unranked
from assistant.language.acts import Do, Slot
from assistant.money import NO_CURRENCY, Money
from assistant.reply import Reply
from assistant.request import Seen
from assistant.shop.catalogue import Product
from assistant.shop.glossary import pieces
from assistant.shop.match import Match

READ_ALIKE = 0.75  # share of letters from which a printed word is the catalogue's, misread
SHOWN = 3  # products a photo may show
LOOKED_AT = 5  # products whose names are compared with a label's


def product_of(seen: Seen, context: Context) -> Reply | None:
    """The product behind a code or on a label; None when the catalogue has none of them."""
    for code in seen.codes:
        if code.text.isdigit() and (found := _by_code(code.text, context)):
            return _shown(found, seen, context.say("product.code_found", code=code.text), context)
    if seen.kind == "price_tag" and (found := _by_name(seen, context)):
        return _shown(found, seen, "", context)
    if seen.kind in ("product", "other") and (matches := context.rooms.shop.match(seen)):
        return _alike(matches, context)
    return None


def _alike(matches: Sequence[Match], context: Context) -> Reply | None:
    """The likest products, each with what decided; looks alone are said to be a guess. None: none is sold any more."""
    shop = context.rooms.shop
    cards = []
    for match in matches[:SHOWN]:
        if product := shop.product(match.product):
            why = context.say(f"product.match.{match.how}", said=match.said)
            cards.append(unranked(product, context.settings.currency, context, (why,)))
    if not cards:
        return None
    guess = matches[0].how == "look"
    return on_shelf(context.say("product.may_be" if guess else "product.matched", title=cards[0].title), cards)


def unsold(seen: Seen, context: Context) -> Reply | None:
    """The sentence for a sound product code that this catalogue does not have; None for a code of another kind."""
    code = seen.codes[0]
    if not code.format.startswith(("EAN", "UPC")):
        return None
    try:
        return product.lookup(Do("lookup", {"code": Slot(code.text, code.text, place=code.place)}), context)
    except BadInput:
        return None


def _by_code(code: str, context: Context) -> Product | None:
    try:
        return context.rooms.shop.by_gtin(code)
    except BadInput:
        return None


def _by_name(seen: Seen, context: Context) -> Product | None:
    """The one product whose name, in one of its languages, has the label's words and no others."""
    title = seen.field("title")
    if title is None:
        return None
    hits = context.rooms.shop.search(title.text, (), context.language, LOOKED_AT).hits
    same = [hit.product for hit in hits if any(_same(title.text, name) for name in hit.product.titles.values())]
    return same[0] if len(same) == 1 else None


def _same(label: str, name: str) -> bool:
    ours, theirs = pieces(label), pieces(name)
    return bool(ours) and len(ours) == len(theirs) and all(
        one == other or (one.isalpha() and SequenceMatcher(None, one, other).ratio() >= READ_ALIKE)
        for one, other in zip(sorted(ours), sorted(theirs), strict=True)
    )  # fmt: skip


def _shown(found: Product, seen: Seen, intro: str, context: Context) -> Reply:
    price = seen.field("price") if seen.kind == "price_tag" else None
    if price is None or not isinstance(price.value, Money):
        return product.one(found, context, intro)
    compared = beside(price.value, found, context)
    return product.one(found, context, compared, facts=(compared,))


def beside(shelf: Money, found: Product, context: Context) -> str:
    """As in "4.20 on this shelf, 3.80 at Maison: 10 % less there". A currency that is not printed is the offer's."""
    assumed, offer = shelf.currency == NO_CURRENCY, found.offer.price(shelf.currency)
    shelf = Money.of(shelf.decimal, offer.currency) if assumed else shelf
    there, on = (
        (offer, None) if offer.currency == shelf.currency else fx.convert(offer, shelf.currency, context.now.date())
    )
    lower, higher = sorted((shelf.minor, there.minor))
    key = "same" if lower == higher else "less_there" if there.minor == lower else "less_here"
    percent = (200 * (higher - lower) + higher) // (2 * higher) if higher else 0  # of the dearer one, half up
    seller = context.rooms.shop.merchants[found.offer.merchant].name
    said = context.say(f"product.label.{key}", shelf=shelf, there=there, seller=seller, percent=percent)
    notes = [context.say("product.label.assumed", currency=offer.currency)] if assumed else []
    notes += [context.say("product.label.converted", on=on)] if on else []
    return context.join([said, *notes])
