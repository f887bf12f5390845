"""What is asked beside a purchase: "can I afford it?", "why this one?", "where is my order?", "tell me under 25".

Each leaves the checkout where it is. Knows the words; which product or sum is meant is found by the handlers.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from assistant.language import measures, periods, pointing, slots
from assistant.language.acts import Act, Query, Set, Slot, State, World
from assistant.language.answers import whole
from assistant.language.lexicon import phrases
from assistant.language.tokens import tokens
from assistant.request import Language


def propose(text: str, state: State, world: World) -> tuple[Act, ...]:
    language, words = state.language, tokens(text)
    last = state.last
    if last and last.goal == "find" and "asked" in last.slots and whole(words, "aside.any", language):
        return (Set({"asked": last.slots["asked"]}),)
    for name, read in READERS.items():
        found = phrases(f"aside.{name}", language).scan(words)
        if found and (act := read(_without(text, found, language), state, world)):
            return (act,)
    return ()


def _without(text: str, found: Sequence[tuple[str, int, int]], language: Language) -> str:  # noqa: ARG001
    """The sentence without the phrase that was recognised."""
    words, out = tokens(text), text
    for _, first, last in reversed(found):
        out = out[: words[first].start] + " " + out[words[last - 1].end :]
    return out.strip(" ?？!！.。,，")


def _afford(rest: str, state: State, world: World) -> Act | None:
    """With a sum, a place on the shelf or a product; with none of them it is about what is open."""
    if "account" in measures.read(rest, state.language, world):
        return None
    told = _places(rest, state)
    if not told and (amount := slots.amount(rest, state.language)):
        told = {"amount": amount}
    return Query("afford", told or _product(rest, state, world))


def _places(rest: str, state: State) -> Mapping[str, Slot]:
    one = pointing.reference(rest, state.language) if state.results else None
    return {"ref": Slot(one[0])} if one else {}


def _product(rest: str, state: State, world: World) -> Mapping[str, Slot]:
    """A product by words that name one that is sold; "it" and "this" name none."""
    from assistant.language.constraints import sold

    told = slots.find(rest, state.language, world) if sold(rest, world) else {}
    return {name: slot for name, slot in told.items() if name in ("query", "constraints", "quantity")}


def _orders(rest: str, state: State, world: World) -> Act:
    return Query("orders", _product(rest, state, world))


def _bought(rest: str, state: State, world: World) -> Act | None:
    """ "Where is my kettle?": only of what is sold."""
    told = _product(rest, state, world)
    return Query("orders", told) if told else None


def _return(rest: str, state: State, world: World) -> Act | None:
    """ "Return" is also what an investment brings: only with a product that is sold, or with an order."""
    told = _product(rest, state, world)
    if not told and tokens(rest) and not whole(tokens(rest), "aside.goods", state.language):
        return None
    return Query("orders", {"op": Slot("return"), **told})


def _explained(op: str) -> Callable[[str, State, World], Act | None]:
    """About a product on the shelf; without a shelf only one that is named."""

    def read(rest: str, state: State, world: World) -> Act | None:
        told = _places(rest, state) or _product(rest, state, world)
        return Query("explain", {"op": Slot(op), **told}) if told or state.results else None

    return read


def _at_price(strict: bool) -> Callable[[str, State, World], Act | None]:
    """ "Buy the blue kettle if it drops below 25 this month, 30 delivered at most": only with a verb of buying."""

    def read(rest: str, state: State, world: World) -> Act | None:
        language, told = state.language, dict[str, Slot]()
        buys = phrases("aside.buying", language).scan(tokens(rest))
        wish = _without(rest, buys, language)
        for part in re.split("[,，;；]", wish)[1:]:
            bound = phrases("aside.delivered", language).scan(tokens(part)) and slots.amount(part, language)
            if bound:
                told["most"], wish = bound, wish.replace(part, " ")
        amount = slots.amount(wish, language)
        if not buys or amount is None or amount.readings or amount.span is None:
            return None
        days = periods.read(wish, language, world.day, ahead=True)
        if days:
            told["until"] = Slot(days[0].value.end)
        for start, end in sorted([amount.span, *(day.span for day in days)], reverse=True):
            wish = wish[:start] + " " + wish[end:]
        wish = _without(wish, phrases("aside.small", language).scan(tokens(wish)), language)
        goods = _places(wish, state) or _product(wish, state, world)
        if not goods and not state.results:
            return None
        return Query("mandate", {"amount": amount, "strict": Slot(strict), **goods, **told})

    return read


def _mandates(rest: str, state: State, world: World) -> Act:  # noqa: ARG001
    return Query("mandate")


def _watch(rest: str, state: State, world: World) -> Act | None:
    """ "Tell me when it is under 25": only with a sum, and about something that is shown or sold."""
    amount = slots.amount(rest, state.language)
    told = _places(rest, state) or _product(rest, state, world)
    named = {name: slot for name, slot in told.items() if name in ("ref", "query")}
    if limits := tuple(c for c in told["constraints"].value if c.field != "price") if "constraints" in told else ():
        named["constraints"] = Slot(limits)  # the red one; the price is what is waited for
    if amount is None or not (named or state.results):
        return None
    return Query("explain", {"op": Slot("watch"), "amount": amount, **named})


def _avoid(rest: str, state: State, world: World) -> Act | None:  # noqa: ARG001
    """ "I avoid leather": one or two words, which a product may state."""
    words = [word for word in tokens(rest) if word.kind != "mark"]
    return Query("memory", {"avoid": Slot(rest, rest)}) if 0 < len(words) <= 2 else None


READERS = {
    "avoid": _avoid, "mandates": _mandates, "if_below": _at_price(strict=True), "if_at": _at_price(strict=False),
    "watch": _watch, "why_not": _explained("why_not"), "why": _explained("why"), "like": _explained("like"),
    "history": _explained("history"), "afford": _afford, "return": _return, "orders": _orders, "bought": _bought,
}  # fmt: skip
