"""Buying at a price under a mandate: shown in plain words, signed by a tap, revoked by a tap, kept at every new price.

Knows products, prices and words; what was signed and what it allows is the payment room's.
"""

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit

from assistant.errors import LueurError, Refused
from assistant.handlers import Context, Handler, Tap, ask, said
from assistant.handlers.goods import placed, value
from assistant.handlers.sheets import moved
from assistant.language.acts import Amount, Do, Slot
from assistant.language.messages import shown
from assistant.merchant import Basket, Wanted
from assistant.money import Money
from assistant.payments.mandates import Mandate, Terms
from assistant.reply import Action, Document, DocumentField, Reply, new_id
from assistant.shop.catalogue import Product

log = logging.getLogger(__name__)
OFFERED = 4
USUAL = timedelta(days=30)


def mandate(do: Do, context: Context) -> Reply:
    """What would be signed; or which product is meant; or the mandates there are."""
    if "amount" not in do.slots:
        return _all(context)
    asked: Amount = do.slots["amount"].value
    each = asked.in_(asked.likely(context.settings.currency))
    each -= Money(1 if value(do, "strict", False) else 0, each.currency)
    meant = _meant(do, each, context)
    if len(meant) > 1:
        return ask(context.say("mandate.which"), [_choice(product, do, each, context) for product in meant], "product")
    if not meant:
        return Reply(context.say("mandate.no_product"), route="product")
    terms = _terms(meant[0], each, do, context)
    id = new_id("mandate")
    told = {name: getattr(terms, name) for name in Terms.__dataclass_fields__} | {"until": terms.until.isoformat()}
    sign = Action(context.say("mandate.sign"), "mandate.sign", {"mandate": id, "terms": told}, "primary")
    text = context.say("mandate.asked", **_words(terms))
    return Reply(text, (_card(id, terms, "", (sign,), context),), "payment")


def _meant(do: Do, each: Money, context: Context) -> tuple[Product, ...]:
    """By id, by place, by words; of several those that are dearer than the price to wait for come first."""
    shop, words, limits = context.rooms.shop, str(value(do, "query", "")), tuple(value(do, "constraints", ()))
    if ids := tuple(value(do, "products", ())) or ("ref" in do.slots and placed((do.slots["ref"].value,), context)):
        return shop.catalogue.by_ids(tuple(ids))
    if not (words or limits):
        return shop.catalogue.by_ids(context.state.results[:OFFERED])
    if len(known := shop.among(context.state.results, words, limits)) == 1:
        return shop.catalogue.by_ids(known)
    found = [hit.product for hit in shop.search(words, limits, context.language, 4 * OFFERED).hits]
    return tuple(sorted(found, key=lambda one: one.offer.price(each.currency).minor <= each.minor)[:OFFERED])


def _choice(product: Product, do: Do, each: Money, context: Context) -> Action:
    label = f"{product.title(context.language)} · {product.offer.price(each.currency).text(context.language)}"
    kept = {name: slot for name, slot in do.slots.items() if name not in ("query", "constraints", "ref")}
    return said(label, "mandate", kept | {"products": Slot((product.id,))})


def _terms(product: Product, each: Money, do: Do, context: Context) -> Terms:
    """One purchase until the day that was said; delivered it may cost what was said, else what it would today."""
    shop, quantity, now = context.rooms.shop, int(value(do, "quantity", 1)), context.now
    price = product.offer.price(each.currency)
    if price.currency != each.currency:
        raise Refused("watch_currency", currency=each.currency, own=price.currency)
    seller = shop.merchants[product.offer.merchant]
    most = do.slots["most"].value.in_(each.currency) if "most" in do.slots else None
    if most is None or product.offer.stock >= quantity:
        wanted = (Wanted(product.id, quantity),)
        cart = seller.estimate(Basket(wanted, currency=each.currency, language=context.language))
        most = most or each * quantity + cart.total - price * quantity
        if not cart.wanted:  # what it asks is only guessed: the shop did not say
            raise Refused("mandate_not_there", shop=seller.name)
    until, day = now + USUAL, value(do, "until", None)
    if isinstance(day, date):
        until = datetime.combine(day + timedelta(days=1), time(), UTC)
    title, method = product.title(context.language), context.rooms.payments.wallet(context.user).method
    site = getattr(seller, "site", "")
    return Terms(product.id, title, seller.id, seller.name, quantity, each, most, most, 1, until, method, site)


def _words(terms: Terms) -> dict[str, object]:
    last = (terms.until - timedelta(seconds=1)).date()
    seller = f"{terms.seller} ({urlsplit(terms.site).netloc})" if terms.site else terms.seller
    return {
        "title": terms.title, "seller": seller, "quantity": terms.quantity, "each": terms.each,
        "most": terms.most, "until": last,
    }  # fmt: skip


def _card(id: str, terms: Terms, state: str, actions: tuple[Action, ...], context: Context) -> Document:
    told = {name: str(shown(item, context.language)) for name, item in _words(terms).items()}
    told = {"goods": told.pop("title")} | told | {"card": context.rooms.payments.card(terms.method)}
    told |= {"state": state} if state else {}
    fields = {name: DocumentField(text, 1.0, {}) for name, text in told.items()}
    return Document(id=id, kind="mandate", fields=fields, actions=actions)


def _signed(signed: Mandate, context: Context) -> Document:
    over = signed.state == "revoked" or signed.used >= signed.terms.occurrences or signed.terms.until <= context.now
    key = "revoked" if signed.state == "revoked" else "used" if signed.used else "over" if over else "waits"
    revoke = Action(context.say("mandate.revoke"), "mandate.revoke", {"mandate": signed.id}, "danger")
    state = context.say(f"mandate.{key}", spent=signed.spent)
    return _card(signed.id, signed.terms, state, () if over else (revoke,), context)


def _all(context: Context) -> Reply:
    found = context.rooms.payments.mandates.of(context.user)
    text = context.say("mandate.list" if found else "mandate.none")
    return Reply(text, tuple(_signed(one, context) for one in found), "payment")


def keep(signed: Mandate, context: Context) -> Reply | None:
    """Buy if today's price allows it; None while it does not, or when something else forbids it."""
    shop, terms = context.rooms.shop, signed.terms
    product = shop.product(terms.product)
    if product is None or signed.used >= terms.occurrences or terms.until <= context.now:
        return None
    price = product.offer.price(terms.each.currency)
    if not terms.site and (
        price.currency != terms.each.currency or price > terms.each or product.offer.stock < terms.quantity
    ):
        return None
    try:
        wanted, seller = (Wanted(terms.product, terms.quantity),), shop.merchants[terms.merchant]
        basket = Basket(wanted, currency=terms.each.currency, language=context.language)
        if terms.site:  # its prices are what it says now, not what its feed said once
            asked = seller.estimate(basket)
            price = max((line.amount for line in asked.lines), default=price)
            if not asked.wanted or price > terms.each:
                return None
        quote = seller.quote(signed.user, basket)
        paid = context.rooms.payments.buy_under(signed.user, signed.id, quote)
    except LueurError as error:
        log.warning("mandate %s buys nothing: %s", signed.id, error.key)
        return None
    reply, after = moved(paid, context), context.rooms.payments.mandates.get(signed.user, signed.id)
    text = context.join((context.say("mandate.bought", title=terms.title, price=price), reply.text))
    return replace(reply, text=text, cards=(*reply.cards, _signed(after, context)))


def _sign(target: Mapping[str, Any], _: Mapping[str, str], context: Context) -> Reply:
    terms = Terms(**{**target["terms"], "until": datetime.fromisoformat(target["terms"]["until"])})
    kept = context.rooms.payments.mandates
    signed = kept.sign(context.user, context.session, target["mandate"], terms, context.language)
    if bought := keep(signed, context) if signed.state == "active" else None:
        return bought
    return Reply(context.say("mandate.signed", **_words(terms)), (_signed(signed, context),), "payment")


def _revoke(target: Mapping[str, Any], _: Mapping[str, str], context: Context) -> Reply:
    gone = context.rooms.payments.mandates.revoke(context.user, target["mandate"])
    return Reply(context.say("mandate.revoked_now", title=gone.terms.title), (_signed(gone, context),), "payment")


GOALS: dict[str, Handler] = {"mandate": mandate}
TAPS: dict[str, Tap] = {"mandate.sign": _sign, "mandate.revoke": _revoke}
