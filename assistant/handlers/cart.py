"""The cart in the conversation: what is put in, changed and taken out, and the card with its arithmetic and steppers.

Which product is meant is found here among what was shown or what the cart holds; one that is not certain is asked for,
never guessed. Sums, stock and the budget are the shop's.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from assistant.errors import Refused
from assistant.handlers import Context, Handler, Tap, product, said, stable
from assistant.handlers.goods import placed, stock, value, view
from assistant.language.acts import Act, Do, Drop, Query, Slot
from assistant.money import Money
from assistant.reply import Action, AnyCard, Cart, CartLine, CartPart, Notice, Products, Receipt, Reply
from assistant.shop import cart as baskets
from assistant.shop.glossary import glossary

OTHERS = 3  # products offered instead of one that is above the budget
LOOKED_AT = 30  # products that may be among them


def cart(do: Do, context: Context) -> Reply:
    """One change of the cart, or a look at it."""
    return OPS[value(do, "op", "show")](do, context)


def show(do: Do, context: Context) -> Reply:  # noqa: ARG001  every change is called alike
    basket = context.rooms.shop.carts.of(context.user, context.language)
    if not basket.lines:
        return _told(context.say("cart.empty"), basket, context)
    return _told(_summed(basket, context), basket, context)


def add(do: Do, context: Context) -> Reply:
    """Products of the last shelf, or what the words find; the shelf itself when they fit several."""
    found = product.meant(do, context, "cart.which")
    if isinstance(found, Reply):
        return found
    carts, count = context.rooms.shop.carts, int(value(do, "quantity", 1))
    for each in found:
        try:
            carts.add(context.user, each, count, context.language)
        except Refused as error:
            if error.key != "over_budget":
                raise
            return _too_much(error, each, count, context)
    return _changed("cart.added", found, context)


def put(do: Do, context: Context) -> Reply:
    """So many of a line of the cart, the last one that was spoken of when none is named."""
    found = _from_cart(do, context)
    carts, count = context.rooms.shop.carts, int(value(do, "quantity", 1))
    for each in found:
        carts.put(context.user, each, count, context.language)
    return _changed("cart.counted", found, context)


def take_out(do: Do, context: Context) -> Reply:
    """All of it; of more than were named, so many."""
    found, count = _from_cart(do, context), int(value(do, "quantity", 0))
    carts = context.rooms.shop.carts
    line = carts.of(context.user).line(found[0])
    if count and line and line.quantity > count:
        carts.put(context.user, found[0], line.quantity - count, context.language)
        return _changed("cart.counted", found[:1], context)
    carts.take_out(context.user, found)
    return _changed("cart.removed", found, context)


def empty(do: Do, context: Context) -> Reply:  # noqa: ARG001
    context.rooms.shop.carts.empty(context.user)
    return _told(context.say("cart.emptied"), context.rooms.shop.carts.of(context.user), context)


def budget(do: Do, context: Context) -> Reply:
    """A limit for the whole cart, held in code from now on."""
    carts, limit = context.rooms.shop.carts, value(do, "limit", None)
    carts.limit(context.user, limit)
    basket = carts.of(context.user, context.language)
    if limit is None:
        return _told(context.say("cart.unlimited"), basket, context)
    over = basket.left is not None and basket.left.minor < 0
    told = context.say("cart.over" if over else "cart.limited", budget=limit, total=basket.worth,
                       left=-basket.left if over and basket.left else basket.left)  # fmt: skip
    return _told(told, basket, context)


def coupon(do: Do, context: Context) -> Reply:
    carts, code = context.rooms.shop.carts, str(value(do, "coupon", ""))
    carts.redeem(context.user, code)
    basket = carts.of(context.user, context.language)
    told = context.say("cart.coupon" if code else "cart.no_coupon", code=code)
    return _told(f"{told} {_summed(basket, context)}", basket, context)


def deliver(do: Do, context: Context) -> Reply:
    carts = context.rooms.shop.carts
    carts.deliver(context.user, str(value(do, "delivery", "")))
    basket = carts.of(context.user, context.language)
    ways = " · ".join(dict.fromkeys(part.delivery for part in basket.parts))
    return _told(f"{ways}. {_summed(basket, context)}" if ways else context.say("cart.empty"), basket, context)


def checkout(do: Do, context: Context) -> Reply:
    """The review: every price and stock read again, one sheet for all merchants. What cannot be bought has none."""
    from assistant.handlers.payment import sheet_for_quotes, withdraw
    from assistant.handlers.service import refused

    try:
        basket, quotes = context.rooms.shop.carts.review(context.user, context.language)
    except Refused as error:
        if not do.replaces:
            raise
        gone = withdraw(Drop("checkout", do.replaces), context)
        return replace(gone, text=f"{refused(error, context.language).text} {gone.text}", route="product")
    notes = tuple(note for line in basket.lines for note in _changes(line, context))
    return replace(sheet_for_quotes(quotes, context, do.replaces, notes), route="product")


def _changes(line: baskets.Line, context: Context) -> Iterator[str]:
    """What is not as it was when the line was put in."""
    title = line.product.title(context.language)
    if line.price != line.added:
        yield context.say("cart.note_changed", title=title, was=line.added, now=line.price)
    if line.counted < line.quantity:
        yield context.say("cart.note_short", title=title, count=line.counted)


OPS: dict[str, Callable[[Do, Context], Reply]] = {
    "show": show, "add": add, "set": put, "remove": take_out, "empty": empty, "budget": budget, "coupon": coupon,
    "delivery": deliver,
}  # fmt: skip


# -- which product is meant ------------------------------------------------------------------------------------------


def _from_cart(do: Do, context: Context) -> tuple[str, ...]:
    """Lines of the cart: by id, by place, by words; else the one that was spoken of last, or the only one."""
    held = tuple(line.product.id for line in context.rooms.shop.carts.of(context.user).lines)
    if not held:
        raise Refused("cart_empty")
    if chosen := tuple(value(do, "products", ())):
        return chosen
    if refs := tuple(value(do, "refs", ())):
        return placed(refs, context, held)
    words, limits = str(value(do, "query", "")), tuple(value(do, "constraints", ()))
    if words or limits:
        meant = context.rooms.shop.among(held, words, limits)
        if not meant:
            raise Refused("not_in_cart", words=words)
    else:
        last = context.state.last
        focus = str(last.slots["focus"].value) if last and last.goal == "cart" and "focus" in last.slots else ""
        meant = (focus,) if focus in held else held
    if len(meant) > 1:
        raise Refused("which_line", count=len(meant))
    return meant


def _too_much(error: Refused, id: str, count: int, context: Context) -> Reply:
    """The budget does not allow it: by how much, and what of the same kind still fits."""
    from assistant.handlers.service import refused

    shop = context.rooms.shop
    wanted, told = shop.product(id), refused(error, context.language).text
    fewer = next((n for n in range(count - 1, 0, -1) if shop.carts.fits(context.user, id, n)), 0)
    if fewer and wanted:
        told += " " + context.say("cart.fewer_fit", count=fewer, title=wanted.title(context.language))
    kind = glossary().name(wanted.category, context.language) if wanted else ""
    shelf = shop.search(kind, (), context.language, LOOKED_AT)
    fit = [hit for hit in shelf.hits if hit.product.id != id and shop.carts.fits(context.user, hit.product.id)][:OTHERS]
    views = tuple(view(hit, shelf.currency, context) for hit in fit)
    told += " " + context.say("cart.these_fit" if views else "cart.nothing_fits") if not fewer or views else ""
    cards = (Notice(tone="warning", text=told), *((Products(products=views),) if views else ()))
    return Reply(told, cards, "product", results=tuple(each.id for each in views))


# -- the card --------------------------------------------------------------------------------------------------------


def _changed(key: str, ids: Sequence[str], context: Context) -> Reply:
    basket = context.rooms.shop.carts.of(context.user, context.language)
    names = [found.title(context.language) for id in ids if (found := context.rooms.shop.product(id))]
    lines = [line.quantity for id in ids if (line := basket.line(id))]
    told = context.say(key, titles=", ".join(names), count=lines[0] if lines else 0)
    summed = _summed(basket, context) if basket.lines else context.say("cart.empty")
    return replace(_told(f"{told} {summed}", basket, context), told={"focus": ids[-1]} if ids else {})


def _told(text: str, basket: baskets.Cart, context: Context) -> Reply:
    cards = (card(basket, context),) if basket.lines or basket.budget else ()
    return Reply(text, cards, "product", told={"focus": ""})


def _summed(basket: baskets.Cart, context: Context) -> str:
    count = sum(line.quantity for line in basket.lines)
    sums = " + ".join(part.total.text(context.language) for part in basket.parts)
    whole = _total(basket)
    return context.say("cart.summed", count=count, total=whole.text(context.language) if whole else sums)


def _total(basket: baskets.Cart) -> Money | None:
    currencies = {part.total.currency for part in basket.parts}
    if len(currencies) > 1:
        return None
    return Money(sum(part.total.minor for part in basket.parts), next(iter(currencies), basket.currency))


def bought(sheets: Sequence[AnyCard], context: Context) -> tuple[AnyCard, ...]:
    """The cart without what one of these receipts paid for; none when none did."""
    paid = [each.payment_id for each in sheets if isinstance(each, Receipt) and each.status == "succeeded"]
    sent = any(context.rooms.payments.receipt(context.user, id).merchant_id for id in paid)
    return (card(context.rooms.shop.carts.of(context.user, context.language), context),) if sent else ()


def card(basket: baskets.Cart, context: Context) -> Cart:
    """The cart of this session: its id stays, so that it stands on the page once."""
    sellers = {line.product.offer.merchant: context.rooms.shop.merchants[line.product.offer.merchant].name
               for line in basket.lines}  # fmt: skip
    priced = {part.merchant: part for part in basket.parts}
    parts = []
    for merchant, name in sellers.items():
        lines = tuple(_line(line, context) for line in basket.lines if line.product.offer.merchant == merchant)
        part = priced.get(merchant)
        parts.append(CartPart(name, lines, part.totals if part else (), part.delivery if part else ""))
    return Cart(
        id=stable("card", "cart", context.session), parts=tuple(parts),
        total=_total(basket), budget=basket.budget, left=basket.left, actions=_actions(basket, context),
    )  # fmt: skip


def _line(line: baskets.Line, context: Context) -> CartLine:
    title, left = line.product.title(context.language), line.product.offer.stock
    notes = [context.say("cart.was", was=line.added)] if line.price != line.added else []
    if line.counted < line.quantity:
        notes.append(context.say("cart.short", count=line.counted))
    steps = {"cart.fewer": line.quantity - 1, "cart.more": line.quantity + 1, "cart.remove": 0}
    mine = Slot((line.product.id,))
    actions = tuple(
        _change(context.say(key, title=title), "set" if count else "remove", products=mine, quantity=Slot(count))
        for key, count in steps.items()
    )
    return CartLine(line.product.id, title, line.price, line.quantity, line.price * line.counted, stock(left, context),
                    " · ".join(notes), line.product.image, actions)  # fmt: skip


def _actions(basket: baskets.Cart, context: Context) -> tuple[Action, ...]:
    """The other deliveries that these merchants offer, and the review."""
    ways = {way.id: way.label for part in basket.parts for way in part.ways if way.id != part.way}
    chips = [_change(label, "delivery", delivery=Slot(id)) for id, label in ways.items()]
    fits = basket.parts and (basket.left is None or basket.left.minor >= 0)
    review = [said(context.say("cart.review"), "checkout", {}, "primary")] if fits else []
    return (*chips, *review)


def _change(label: str, op: str, **slots: Slot) -> Action:
    return said(label, "cart", {"op": Slot(op), **slots})


def _tap_add(target: Mapping[str, Any], values: Mapping[str, str], context: Context) -> tuple[Act, ...]:  # noqa: ARG001
    count = Slot(product.counted(values))
    return (Query("cart", {"op": Slot("add"), "products": Slot((target["product"],)), "quantity": count}),)


GOALS: dict[str, Handler] = {"cart": cart, "checkout": checkout}
TAPS: dict[str, Tap] = {"cart.add": _tap_add}
