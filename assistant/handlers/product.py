"""Products: find inside limits, look up a code, and hand one over to the pay sheet.

Makes cards of what the shop answers and sentences of its reasons. Ranks, filters and converts nothing itself.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from assistant.errors import BadInput, NotFound, Refused
from assistant.handlers import Context, Handler, Tap, ask, compare, notice, said
from assistant.handlers.goods import beyond, known, measure, met, on_shelf, placed, reason, unranked, value, view
from assistant.handlers.habits import WORN, habits, wears
from assistant.language.acts import Do, Slot
from assistant.language.bounds import ABOUT
from assistant.merchant import Basket, Wanted
from assistant.money import Money
from assistant.reply import Action, Chip, Products, Reply, Step, new_id
from assistant.request import Constraint, Doubt
from assistant.shop.catalogue import Product
from assistant.shop.glossary import glossary
from assistant.shop.guide import Ask
from assistant.shop.shelf import Shelf

SHOWN = 3  # cards in view
MEANT = {"ref", "query", "constraints"}  # slots that say which product
QUESTIONS = 3  # about one wish, at most
IMPLIED = {"less": ("less", "at_most"), "more": ("more", "at_least")}
HABITS = "habits"  # among what was asked: this search knows what the person avoids and wears
# Questions in their own words.
ASKED = ("category", "price", "brand", "colour", "noise", "size", "capacity", "battery", "material")


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for, by the names of a search's slots; `card` is the shelf it is shown on."""

    query: str = ""
    constraints: tuple[Constraint, ...] = ()  # as said
    doubts: tuple[Doubt, ...] = ()  # numbers still to be asked about
    asked: tuple[str, ...] = ()  # facts that were asked about, answered or not
    quantity: int = 0  # how many are wanted; 0: not said
    best: str = ""  # the order that was asked for: "price least"
    shown: int = SHOWN  # cards
    card: str = ""

    @property
    def told(self) -> dict[str, Any]:
        """The fields that were said."""
        return {each.name: told for each in fields(self) if (told := getattr(self, each.name)) != each.default}

    def button(self, label: str) -> Action:
        """The chip that asks for this."""
        told = {name: value for name, value in self.told.items() if name not in ("shown", "card")}
        return said(label, "find", {name: Slot(each, each if name == "query" else "") for name, each in told.items()})


def find(do: Do, context: Context) -> Reply:
    """A shelf; first the question what a number means, where it may be a limit: a limit is never guessed away."""
    told = {each.name: do.slots[each.name].value for each in fields(Wish) if each.name in do.slots}
    wish = replace(Wish(**told), card=new_id("card"))
    if "than" in do.slots:  # cheaper, quieter, bigger than one that is shown
        first = known(placed((do.slots["than"].value,), context)[0], context)
        bound = beyond(first, value(do, "by", "price less"), context)
        implied = IMPLIED.get(bound.op, ())  # what it met bounds the new one too
        kept = (each for each in wish.constraints if each.field != bound.field or each.op not in implied)
        wish = replace(wish, constraints=(*kept, bound))
    if HABITS not in wish.asked and (own := tuple(habits(wish.query, wish.constraints, context))):
        limits = (*wish.constraints, *own)  # once a search: their chips can be taken away
        wish = replace(wish, constraints=limits, asked=(*wish.asked, HABITS))
    return _asked(wish, context) if wish.doubts else _answer(wish, context)


def _asked(wish: Wish, context: Context) -> Reply:
    doubt, *others = wish.doubts
    sole = len(doubt.options) == 2 and not doubt.options[-1]  # a limit or none
    text = context.say("product.ask_limit" if sole else "product.ask_meaning", said=doubt.text)
    actions = []
    for option in doubt.options:
        query = wish.query if option else f"{wish.query} {doubt.text}".strip()
        chosen = replace(wish, query=query, constraints=wish.constraints + option, doubts=tuple(others))
        said = [_said(limit.value, limit, context) for limit in option]
        label = ", ".join(said) or context.say("product.as_words", words=doubt.text)
        actions.append(chosen.button(label))
    return replace(ask(text, actions, "product"), told=wish.told)


def _answer(wish: Wish, context: Context) -> Reply:
    began = time.perf_counter()
    asked = wish.asked if wish.shown == SHOWN and len({*wish.asked} - {HABITS}) < QUESTIONS else None
    shelf = context.rooms.shop.search(wish.query, wish.constraints, context.language, wish.shown, asked, wish.best)
    firm = tuple(limit for limit in wish.constraints if limit.unit != ABOUT)
    if not shelf.hits and firm != wish.constraints:
        below = _answer(replace(wish, constraints=firm), context)
        return replace(below, text=context.join([context.say("product.below"), below.text])) if below.results else below
    step = Step("search", context.rooms.shop.describe(), round(1000 * (time.perf_counter() - began)))
    reply = _shelf(wish, shelf, context) if shelf.hits else _nothing(wish, shelf, context)
    pending = (*wish.asked, shelf.ask.name) if shelf.ask else wish.asked
    told = wish.told | {"asked": pending}
    return replace(reply, route="product", trace=(step,), told=told, cards=(*reply.cards, *met(context)))


def _shelf(wish: Wish, shelf: Shelf, context: Context) -> Reply:
    first = shelf.hits[0]
    said = [
        context.say("product.found", count=shelf.total, title=first.product.title(context.language), price=first.price)
    ]
    if shelf.unnamed:
        said.insert(0, context.say("product.unnamed", query=wish.query))
    if first.why:
        said.append(context.say("product.because", reason=reason(first.why[0], shelf.currency, context)))
    said.append(wears(shelf, context))
    speak = context.join(said)
    said += _remarks(shelf, context)
    removals = [_removal(wish, shelf, place, context) for place in range(len(wish.constraints))]
    removals += _as_written(wish, shelf, context)
    chips = tuple(Chip(action.label, action=action.id) for action in removals)
    ids = tuple(hit.product.id for hit in shelf.hits)
    more = shelf.total - len(shelf.hits)
    actions = [compare.action(ids, shelf.currency, context)] if len(ids) >= compare.LEAST else []
    if more > 0:
        shown = replace(wish, shown=wish.shown + SHOWN)
        actions.append(Action(context.say("product.more", count=more), "product.more", shown.told))
    card = Products(
        id=wish.card or new_id("card"), products=tuple(view(hit, shelf.currency, context) for hit in shelf.hits),
        constraints=chips, more=more, left_out=shelf.left_out, actions=(*actions, *removals),
    )  # fmt: skip
    asked = _question(shelf.ask, wish, context) if shelf.ask else Reply("")
    return Reply(context.join(said), (*asked.cards, card), speak=context.join([speak, asked.text]), results=ids)


def _question(told: Ask, wish: Wish, context: Context) -> Reply:
    """One fact to choose by; an answer is a limit like any other, and it may be left open."""
    after = replace(wish, asked=(*wish.asked, told.name))
    answers = [
        (_range(option, context), replace(after, constraints=wish.constraints + option)) for option in told.options
    ]
    answers.append((context.say("product.any"), after))
    key = f"product.ask.{told.name if told.name in ASKED else 'other'}"
    text = context.say(key, name=glossary().name(told.name, context.language))
    return ask(text, [answer.button(label) for label, answer in answers])


def _range(option: tuple[Constraint, ...], context: Context) -> str:
    """An answer in few words: 'red', 'up to 3 l', '€100 to €200'."""
    said = [measure(each.value, each.unit, context) for each in option]
    if len(said) == 1 and option[0].op == "is":
        return str(option[0].value) if option[0].field in ("brand", "size") else said[0]
    if option[0].op == "not":
        return context.say("product.range.other")
    key = "between" if len(said) > 1 else "up_to" if option[0].op == "at_most" else "above"
    return context.say(f"product.range.{key}", low=said[0], high=said[-1])


def _nothing(wish: Wish, shelf: Shelf, context: Context) -> Reply:
    """Which limit is in the way and what is nearest; no card shows what breaks a limit."""
    if shelf.nearest is None:
        text = context.say("product.unknown_words" if wish.query else "product.nothing_there", query=wish.query)
    else:
        limits = ", ".join(_limit(each, shelf, context) for each in shelf.nearest.dropped)
        hit = shelf.nearest.hit
        text = context.say(
            "product.nothing_fits", limits=limits, title=hit.product.title(context.language), price=hit.price
        )
    text = context.join([text, *_remarks(shelf, context)])
    dropped = shelf.nearest.dropped if shelf.nearest else ()
    actions = [_removal(wish, shelf, n, context, "product.drop") for n, each in enumerate(shelf.constraints)
               if each in dropped]  # fmt: skip
    actions += _as_written(wish, shelf, context)
    return notice(text, "product", actions=tuple(actions))


def _remarks(shelf: Shelf, context: Context) -> list[str]:
    said = [context.say("product.mended", said=said, used=used) for said, used in shelf.mended]
    said += [
        context.say("product.converted", asked=each.asked, used=each.used, on=each.on) for each in shelf.conversions
    ]
    if shelf.left_out:
        said.append(context.say("product.left_out", count=shelf.left_out))
    return said


def _removal(wish: Wish, shelf: Shelf, place: int, context: Context, words: str = "") -> Action:
    kept = wish.constraints[:place] + wish.constraints[place + 1 :]
    limit = shelf.constraints[place]
    worn = wish.constraints[place].unit == WORN
    text = context.say("product.limit.worn", value=limit.value) if worn else _limit(limit, shelf, context)
    label = context.say(words, limit=text) if words else text
    return replace(wish, constraints=kept).button(label)


def _as_written(wish: Wish, shelf: Shelf, context: Context) -> list[Action]:
    """The same search with a mended word in quotation marks: as it was written."""
    return [
        replace(wish, query=wish.query.replace(word, f'"{word}"', 1)).button(
            context.say("product.as_written", said=word, used=used))
        for word, used in shelf.mended
    ]  # fmt: skip


def _limit(limit: Constraint, shelf: Shelf, context: Context) -> str:
    """A limit as a chip says it, in the currency the person named."""
    meant = limit.value
    if isinstance(meant, Money):
        meant = next((each.asked for each in shelf.conversions if each.used == meant), meant)
    return _said(meant, limit, context)


def limit_text(limit: Constraint, context: Context) -> str:
    """A canonical limit in words: 'Price: €300.00 at most'."""
    return _said(limit.value, limit, context)


def _said(value: Money | str | float, limit: Constraint, context: Context) -> str:
    if limit.field == "stock":
        return context.say("product.in_stock")
    shown = measure(value, limit.unit, context)
    if limit.field == "category" and limit.op == "is":
        return shown
    return context.say(f"product.limit.{limit.op}", name=glossary().name(limit.field, context.language), value=shown)


def told_prices(context: Context) -> Reply:
    """Prices that were waited for and have come, each with the way to it."""
    cards = met(context)
    return Reply(context.join([card.text for card in cards]), cards, "product")


def lookup(do: Do, context: Context) -> Reply:
    """The product of a barcode, exactly, or that this catalogue does not have it."""
    code = value(do, "code", "") or _code_seen(context)
    if not code:
        raise BadInput("no_code")
    product = context.rooms.shop.by_gtin(code)
    if product is None:
        text = _elsewhere(code, context) or context.say("product.code_unknown", code=code)
        return notice(text, "product")
    return one(product, context, context.say("product.code_found", code=code))


def _elsewhere(code: str, context: Context) -> str:
    """What another source calls the code, with its day; nothing where none is asked or none knows it."""
    fact = context.rooms.shop.facts.look_up(code, context.language)
    if fact is None:
        return ""
    on = context.say("product.code_elsewhere_on", on=fact.on) if fact.on else ""
    details = ", ".join(part for part in (fact.brand, fact.quantity, on) if part)
    return context.say("product.code_elsewhere", code=code, source=fact.source, name=fact.name, details=details)


def _code_seen(context: Context) -> str:
    return next((code.text for seen in context.evidence.seen for code in seen.codes if code.text.isdigit()), "")


def one(product: Product, context: Context, intro: str, currency: str = "", facts: tuple[str, ...] = ()) -> Reply:
    shown = unranked(product, currency or context.settings.currency, context, facts)
    return on_shelf(context.say("product.this", intro=intro, title=shown.title, price=shown.price).strip(), (shown,))


def buy(do: Do, context: Context) -> Reply:
    """A quote for one product of the last shelf, or the shelf to choose from when the words fit several."""
    if "doubts" in do.slots and do.slots["doubts"].value:
        return find(do, context)
    if "ref" in do.slots or "query" not in do.slots:
        chosen, count = meant(do, context, "cart.which"), int(value(do, "quantity", 1))
        return chosen if isinstance(chosen, Reply) else _sheet(chosen[0], "", count, context, do.replaces)
    limits = tuple(value(do, "constraints", ()))
    shelf = context.rooms.shop.search(
        value(do, "query", ""), limits, context.language, 2
    )  # enough to see that it is not alone
    if shelf.total != 1 or not shelf.hits:
        return find(do, context)
    only = shelf.hits[0]
    quantity = int(value(do, "quantity", 1))
    return _sheet(only.product.id, only.price.currency, quantity, context, do.replaces)


def meant(do: Do, context: Context, which: str) -> tuple[str, ...] | Reply:
    """By id, by place on the shelf, by code; by words among what was shown, else in the whole catalogue; else "it".

    The shelf to choose from, with the sentence `which`, where the words fit several.
    """
    shop, results = context.rooms.shop, context.state.results
    if chosen := tuple(value(do, "products", ())):
        return chosen
    if refs := tuple(value(do, "refs", ())) or ((do.slots["ref"].value,) if "ref" in do.slots else ()):
        return placed(refs, context)
    if code := value(do, "code", ""):
        found = shop.by_gtin(code)
        if found is None:
            raise NotFound("unknown_product", product=code)
        return (found.id,)
    words, limits = str(value(do, "query", "")), tuple(value(do, "constraints", ()))
    if not (words or limits):
        if context.state.focus or len(results) == 1:
            return (context.state.focus or results[0],)  # what was spoken of last, or the only one that is shown
        raise Refused("which_product" if results else "nothing_shown", count=len(results))
    among = shop.among(results, words, limits)
    if len(among) == 1:
        return among
    shelf = shop.search(words, limits, context.language, SHOWN)
    if not among and shelf.total == 1:
        return (shelf.hits[0].product.id,)
    offered = find(do, context)
    return replace(offered, text=context.say(which)) if shelf.hits else offered


def _sheet(product: str, currency: str, quantity: int, context: Context, replaces: str = "") -> Reply:
    from assistant.handlers import payment

    merchant = context.rooms.shop.merchants[known(product, context).offer.merchant]
    asked = Basket((Wanted(product, quantity),), currency=currency, language=context.language)
    quote = merchant.quote(context.user, asked)
    return replace(payment.sheet_for_quotes((quote,), context, replaces), route="product")


def counted(values: Mapping[str, str]) -> int:
    """How many a tap asks for. Raises `BadInput`."""
    quantity = values.get("quantity", "1")
    if not quantity.isascii() or not quantity.isdigit():
        raise BadInput("not_a_quantity", given=quantity[:20])
    return int(quantity)


def tap_buy(target: Mapping[str, Any], values: Mapping[str, str], context: Context) -> Reply:
    return _sheet(target["product"], target["currency"], counted(values), context)


def tap_more(target: Mapping[str, Any], values: Mapping[str, str], context: Context) -> Reply:  # noqa: ARG001
    return _answer(Wish(**target), context)


def tap_details(target: Mapping[str, Any], values: Mapping[str, str], context: Context) -> Reply:  # noqa: ARG001
    product = known(target["product"], context)
    facts = tuple(
        f"{glossary().name(name, context.language)}: {measure(fact.value, fact.unit, context)}"
        for name, fact in product.attributes.items()
    )
    return one(product, context, product.description(context.language), target["currency"], facts)


GOALS: dict[str, Handler] = {"find": find, "lookup": lookup, "buy": buy}
TAPS: dict[str, Tap] = {
    "product.buy": tap_buy, "product.more": tap_more, "product.details": tap_details,
}  # fmt: skip
