"""A product as a card shows it: its price with offer and time, stock, computed reasons, and facts in their units.

Shared by everything that shows products. Knows no search, no cart and no payment.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from assistant.errors import NotFound, Refused
from assistant.handlers import Context
from assistant.language.acts import Do
from assistant.money import LOCALES, Money
from assistant.reply import Action, Notice, Products, ProductView, Reply
from assistant.request import Constraint
from assistant.shop.catalogue import Product
from assistant.shop.glossary import glossary
from assistant.shop.guide import Reason, amount, fact
from assistant.shop.shelf import Hit
from assistant.shop.unit_price import unit_price

LARGE = ("capacity", "height", "length", "weight", "pages")  # what "bigger" is about, the first that is stated
FEW = 3  # so many left are worth saying
LARGER = {"ml": (1000, "l"), "g": (1000, "kg"), "mm": (10, "cm")}


def measure(value: Money | str | float, unit: str, context: Context) -> str:
    """A fact as the reader writes it: '1.7 l', '2 days', 'red'. `unit` is canonical."""
    from babel.numbers import format_decimal

    if isinstance(value, Money):
        return value.text(context.language)
    if isinstance(value, str):
        return glossary().name(value, context.language)
    if unit == "day":
        return context.say("product.days", count=round(value))
    step, larger = LARGER.get(unit, (0, ""))
    if step and abs(value) >= step:
        value, unit = value / step, larger
    return f"{format_decimal(round(value, 2), locale=LOCALES[context.language])} {unit}".strip()


def known(id: str, context: Context) -> Product:
    """The product of this id. Raises `NotFound`."""
    if (found := context.rooms.shop.product(id)) is None:
        raise NotFound("unknown_product", product=id[:64])
    return found


def view(hit: Hit, currency: str, context: Context) -> ProductView:
    product, offer = hit.product, hit.product.offer
    seller = context.rooms.shop.merchants[offer.merchant].name
    target = {"product": product.id, "currency": hit.price.currency}
    actions = [Action(context.say("product.details"), "product.details", target)]
    if offer.stock:
        actions.insert(0, Action(context.say("product.buy"), "product.buy", target, style="primary"))
        actions.insert(0, Action(context.say("cart.add"), "cart.add", target))
    return ProductView(
        product.id, hit.product.title(context.language), hit.price, _per(product, hit.price.currency, context),
        context.say("product.offer", seller=seller, day=offer.read_at.date(), at=offer.read_at),
        stock(offer.stock, context), offer.delivery_days,
        tuple(reason(each, currency, context) for each in hit.why), product.image, tuple(actions),
    )  # fmt: skip


def unranked(product: Product, currency: str, context: Context, why: tuple[str, ...] = ()) -> ProductView:
    """A product that no search ranked."""
    price = product.offer.price(currency)
    return replace(view(Hit(product, price), price.currency, context), why=why)


def on_shelf(text: str, views: Sequence[ProductView]) -> Reply:
    """Products to speak of by their places from now on."""
    return Reply(text, (Products(products=tuple(views)),), "product", results=tuple(each.id for each in views))


def _per(product: Product, currency: str, context: Context) -> str:
    """ "€14.40 per kg" for what is sold by its content."""
    told = unit_price(product, currency)
    return context.say(f"product.{told[0]}", price=told[1]) if told else ""


def stock(left: int, context: Context) -> str:
    if left > FEW:
        return context.say("product.in_stock")
    return context.say("product.few_left", count=left) if left else context.say("product.sold_out")


def reason(given: Reason, currency: str, context: Context) -> str:
    """One computed reason as words; its numbers are those the guide found."""
    values = dict(given.values)
    if given.kind == "cheapest":
        values["value"] = Money(int(values["value"]), currency)
    elif "value" in values:
        unit = {"fastest": "day", "quietest": "dB"}.get(given.kind, "")
        values["value"] = measure(float(values["value"]), unit, context)
    return context.say(f"product.why.{given.kind}", **values)


def met(context: Context) -> tuple[Notice, ...]:
    """Prices that have come since the person was last here, each said once."""
    return tuple(
        Notice(tone="success", text=context.say("explain.met", title=each.product.title(context.language),
                                                price=each.price, limit=each.limit))
        for each in context.rooms.shop.watches.tell(context.user)
    )  # fmt: skip


def placed(refs: Sequence[int | str], context: Context, among: Sequence[str] | None = None) -> tuple[str, ...]:
    """Products at these places of the last shelf, or `among` others, each once; "cheapest": of those not yet named."""
    results = context.state.results if among is None else among
    if not results:
        raise Refused("nothing_shown")
    found = [each for name in results if (each := context.rooms.shop.product(name))]
    chosen: dict[str, None] = {}
    for ref in refs:
        if isinstance(ref, str):
            left = _ordered([each for each in found if each.id not in chosen], ref, context)
            if not (left or chosen):
                raise Refused("not_comparable", name=glossary().name(ref.split()[0], context.language))
            place = left[0] if left else None
        else:
            place = results[ref] if -len(results) <= ref < len(results) else None
        if place is None:
            raise Refused("no_such_position", count=len(results))
        chosen[place] = None
    return tuple(chosen)


def _ordered(products: Sequence[Product], ref: str, context: Context) -> list[str]:
    """Those that state the fact, the meant one first: "cheapest", "noise least", "battery most"."""
    name, _, end = ref.replace("cheapest", "price least").partition(" ")
    stated = [(number, each.id) for each in products if (number := _number(each, name, context)) is not None]
    return [id for _, id in sorted(stated, key=lambda pair: pair[0], reverse=end == "most")]


def _number(product: Product, name: str, context: Context) -> float | None:
    return amount(fact(product, field_of(product, name), context.settings.currency))


def field_of(product: Product, name: str) -> str:
    """What "bigger" is about, for this product; every other name stands for itself."""
    return next((n for n in LARGE if n in product.attributes), name) if name == "size" else name


def unit_of(product: Product, field: str) -> str:
    return "day" if field == "delivery" else product.attributes[field].unit if field in product.attributes else ""


def beyond(product: Product, by: str, context: Context) -> Constraint:
    """What is to be more or less than of this product: "price less", "size more", "brand not". Raises `Refused`."""
    name, _, op = by.partition(" ")
    field = field_of(product, name)
    if field == "brand":
        return Constraint(field, "not", product.brand)
    number = _number(product, field, context)
    if number is None:
        raise Refused("not_comparable", name=glossary().name(field, context.language))
    worth = product.offer.price(context.settings.currency) if field == "price" else float(number)
    return Constraint(field, op, worth, unit=unit_of(product, field))  # type: ignore[arg-type]  # the lexicon's keys are ops


def value(do: Do, name: str, missing: Any) -> Any:
    slot = do.slots.get(name)
    return missing if slot is None else slot.value
