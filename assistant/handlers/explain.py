"""About one product that was shown: why it stands there, why another does not, what is like it, its price over time.

Everything said is read from the rows: the place in the search, limits and what the product states, past prices.
"""

from collections.abc import Callable
from dataclasses import replace

from assistant.errors import BadInput, Refused
from assistant.handlers import Context, Handler
from assistant.handlers.compare import tradeoffs
from assistant.handlers.figures import plotted
from assistant.handlers.goods import field_of, known, measure, on_shelf, reason, stock, unit_of, unranked, value, view
from assistant.handlers.product import MEANT, limit_text, meant
from assistant.language.acts import Amount, Do
from assistant.language.messages import shown
from assistant.merchant import Basket, Wanted
from assistant.money import Money
from assistant.reply import Products, Reply
from assistant.request import Constraint
from assistant.shop.catalogue import Product
from assistant.shop.glossary import glossary
from assistant.shop.guide import fact

LOOKED_AT = 60  # places of a search in which a product is looked for
ALIKE = 3


def explain(do: Do, context: Context) -> Reply:
    found = _meant(do, context)
    if isinstance(found, Reply):
        return found
    told = OPS[value(do, "op", "why")](found, do, context)
    return told if told.results else replace(told, focus=found.id)


def _meant(do: Do, context: Context) -> Product | Reply:
    """The place or the words that were said, else what was spoken of last, or the first that is shown."""
    if not MEANT & set(do.slots) and not context.state.focus and context.state.results:
        return known(context.state.results[0], context)
    found = meant(do, context, "afford.which")
    return found if isinstance(found, Reply) else known(found[0], context)


def _wish(context: Context) -> tuple[str, tuple[Constraint, ...]]:
    """The last search."""
    last = context.state.last
    told = {name: slot.value for name, slot in last.slots.items()} if last and last.goal == "find" else {}
    return str(told.get("query", "")), tuple(told.get("constraints", ()))


def why(product: Product, do: Do, context: Context) -> Reply:
    words, limits = _wish(context)
    found = context.rooms.shop.search(words, limits, context.language, LOOKED_AT)
    at = next((n for n, hit in enumerate(found.hits) if hit.product.id == product.id), None)
    if at is None:
        return why_not(product, do, context)
    hit = found.hits[at]
    said = [reason(each, found.currency, context) for each in hit.why]
    said += [_stated(each, product, context) for each in found.constraints]
    title = product.title(context.language)
    text = context.say("explain.place", title=title, place=at + 1, count=found.total, reasons=" · ".join(said))
    card = Products(products=(replace(view(hit, found.currency, context), why=tuple(said)),))
    return Reply(text, (card,), "product")


def _stated(limit: Constraint, product: Product, context: Context) -> str:
    """What the product states about a limit it meets."""
    fact = product.attributes.get(limit.field)
    if isinstance(limit.value, Money):
        stated = product.offer.price(limit.value.currency).text(context.language)
    elif fact:
        stated = measure(fact.value, fact.unit, context)
    else:
        return limit_text(limit, context)
    return f"{limit_text(limit, context)} ({glossary().name(limit.field, context.language)} {stated})"


def why_not(product: Product, do: Do, context: Context) -> Reply:  # noqa: ARG001
    """The limits it misses; where it misses none, how the first one differs from it."""
    shop, (_, limits) = context.rooms.shop, _wish(context)
    title = product.title(context.language)
    if missed := shop.misses(product, limits):
        told = ", ".join(limit_text(each, context) for each in missed)
        return Reply(context.say("explain.misses", title=title, limits=told), route="product")
    first = next((id for id in context.state.results if id != product.id), "")
    if not first:
        return Reply(context.say("explain.alone", title=title), route="product")
    found = shop.compare((first, product.id))
    told = " ".join(tradeoffs(found, context.settings.currency, context))
    return Reply(context.say("explain.behind", title=title) + " " + told, route="product")


def like(product: Product, do: Do, context: Context) -> Reply:  # noqa: ARG001
    """Others of its kind with most in common, inside the limits of the last search."""
    shop, currency = context.rooms.shop, context.settings.currency
    found = shop.alike(product, _wish(context)[1])[:ALIKE]
    if not found:
        return Reply(context.say("explain.none_alike", title=product.title(context.language)), route="product")
    facts = [", ".join(glossary().name(name, context.language) for name in shared) for _, shared in found]
    whys = [(context.say("explain.shares", facts=each),) if each else () for each in facts]
    views = [unranked(each, currency, context, why) for (each, _), why in zip(found, whys, strict=True)]
    return on_shelf(context.say("explain.alike", title=product.title(context.language)), views)


def history(product: Product, do: Do, context: Context) -> Reply:  # noqa: ARG001
    """Its past prices in one currency, the lowest and the highest, as a line."""
    today = product.offer.price(context.settings.currency)
    past = [each for each in product.history if each.price.currency == today.currency]
    title = product.title(context.language)
    if len(past) < 2:
        return Reply(context.say("explain.no_history", title=title, price=today), route="product")
    low, high = min(past, key=lambda each: each.price), max(past, key=lambda each: each.price)
    text = context.say("explain.history", title=title, price=today, low=low.price, low_day=low.at.date(),
                       high=high.price, high_day=high.at.date(), since=past[0].at.date())  # fmt: skip
    pairs = [(str(shown(each.at.date(), context.language)), each.price) for each in past]
    card = plotted("line", title, text, pairs, [each.at.date() for each in past], context)
    return Reply(text, (card,), "product")


def watch(product: Product, do: Do, context: Context) -> Reply:
    """A price to wait for. Nothing is bought when it comes; it is said."""
    said: Amount | None = value(do, "amount", None)
    if said is None:
        raise BadInput("watch_at_what")
    currency = said.likely(context.settings.currency)
    limit, price = said.in_(currency), product.offer.price(currency)
    if price.currency != currency:
        raise Refused("watch_currency", currency=currency, own=price.currency)
    shop, title = context.rooms.shop, product.title(context.language)
    if price <= limit:
        return Reply(context.say("explain.now", title=title, price=price), route="product")
    shop.watches.note(context.user, product.id, limit)
    return Reply(context.say("explain.noted", title=title, limit=limit, price=price), route="product")


def stated(product: Product, do: Do, context: Context) -> Reply:
    """ "How heavy is it?": what its seller states, or that nothing is stated."""
    field, title = field_of(product, value(do, "field", "")), product.title(context.language)
    name, held = glossary().name(field, context.language), fact(product, field, context.settings.currency)
    if held is None:
        return Reply(context.say("explain.unstated", title=title, name=name), route="product")
    told = measure(held, unit_of(product, field), context)
    return Reply(context.say("explain.stated", title=title, name=name, value=told), route="product")


def most(product: Product, do: Do, context: Context) -> Reply:
    """ "Which is the lightest?": the one of those shown whose fact is the least or the most, and what it states."""
    field = field_of(product, str(do.slots["ref"].value).replace("cheapest", "price").split()[0])
    currency = context.settings.currency
    told = measure(fact(product, field, currency), unit_of(product, field), context)
    text = context.say("explain.most", title=product.title(context.language),
                       name=glossary().name(field, context.language), value=told)  # fmt: skip
    return Reply(text, (Products(products=(unranked(product, currency, context),)),), "product")


def rated(product: Product, do: Do, context: Context) -> Reply:  # noqa: ARG001
    """Its rating, where one is stated; what people wrote is not kept here."""
    rating, title = product.attributes.get("rating"), product.title(context.language)
    if rating is None:
        return Reply(context.say("explain.unrated", title=title), route="product")
    return Reply(context.say("explain.rated", title=title, rating=measure(rating.value, "", context)), route="product")


def offered(product: Product, do: Do, context: Context) -> Reply:  # noqa: ARG001
    """Whether it is there, and each way to get it with its day and fee, as its seller says now."""
    seller, title = context.rooms.shop.merchants[product.offer.merchant], product.title(context.language)
    there = stock(product.offer.stock, context)
    if not product.offer.stock:
        return Reply(context.say("explain.sold_out", title=title), route="product")
    asked = Basket((Wanted(product.id),), currency=context.settings.currency, language=context.language)
    ways = [
        context.say("explain.way", way=way.arrives, fee=way.fee) if way.fee.minor
        else context.say("explain.free_way", way=way.arrives) for way in seller.estimate(asked).ways
    ]  # fmt: skip
    text = context.say("explain.offered", title=title, stock=there, seller=seller.name, ways=" · ".join(ways))
    return Reply(text if ways else f"{title}: {there}", route="product")


def variants(product: Product, do: Do, context: Context) -> Reply:
    """The same with another colour or size, and all else as it is."""
    by, kept = ("colour", "size") if value(do, "op", "") == "colours" else ("size", "colour")
    same = (Constraint("family", "is", product.family),)
    found = context.rooms.shop.search("", same, context.language, LOOKED_AT)
    mine = {name: product.attributes.get(name) for name in (by, kept)}
    others = [
        hit for hit in found.hits
        if hit.product.attributes.get(kept) == mine[kept] and hit.product.attributes.get(by) not in (None, mine[by])
    ]  # fmt: skip
    title = product.title(context.language)
    if not others:
        return Reply(context.say("explain.one_kind", title=title), route="product")
    facts = [hit.product.attributes[by] for hit in others]
    told = context.say("service.comma").join(dict.fromkeys(measure(fact.value, fact.unit, context) for fact in facts))
    views = [view(hit, found.currency, context) for hit in others[:ALIKE]]
    return on_shelf(context.say("explain.variants", title=title, variants=told), views)


OPS: dict[str, Callable[[Product, Do, Context], Reply]] = {
    "why": why, "why_not": why_not, "like": like, "history": history, "watch": watch,
    "rated": rated, "most": most, "stated": stated, "colours": variants, "sizes": variants, "offered": offered,
}  # fmt: skip
GOALS: dict[str, Handler] = {"explain": explain}
