"""What is asked beside a purchase: "can I afford it?", "why this one?", "where is my order?", "tell me under 25".

Each leaves the checkout where it is. Knows the words; which product or sum is meant is found by the handlers.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from assistant.language import periods, slots
from assistant.language.acts import Act, Query, Set, Slot
from assistant.language.lexicon import Hit, Words
from assistant.language.utterance import Utterance

Reader = Callable[[Utterance], Act | None]


def propose(said: Utterance) -> tuple[Act, ...]:
    if said.search and "asked" in said.search.slots and said.tokens.are("aside.any"):
        return (Set({"asked": said.search.slots["asked"]}),)
    for name, read in READERS.items():
        found = said.find(f"aside.{name}")
        if found and (act := read(_without(said, found))):
            return (act,)
    return ()


def _without(said: Utterance, found: Sequence[Hit]) -> Utterance:
    """The sentence without the phrase that was recognised."""
    words, out = said.tokens, said.text
    for _, first, last in reversed(found):
        out = out[: words[first].start] + " " + out[words[last - 1].end :]
    return said.of(out.strip(" ?？!！.。,，"))


def _afford(rest: Utterance) -> Act | None:
    """With a sum, a place on the shelf or a product; with none of them it is about what is open."""
    if "account" in rest.measured:
        return None
    told = _places(rest)
    if not told and (amount := slots.amount(rest.text, rest.language)):
        told = {"amount": amount}
    return Query("afford", told or rest.goods)


def _places(rest: Utterance) -> Mapping[str, Slot]:
    return {"ref": Slot(rest.place[0])} if rest.state.results and rest.place else {}


def _return(rest: Utterance) -> Act | None:
    """ "Return" is also what an investment brings: only with a product that is sold, or with an order."""
    told = rest.goods
    return (
        Query("orders", {"op": Slot("return"), **told})
        if told or not rest.tokens or rest.tokens.are("aside.goods")
        else None
    )


def _explained(op: str) -> Reader:
    """About a product on the shelf; without a shelf only one that is named."""

    def read(rest: Utterance) -> Act | None:
        told = _places(rest) or rest.goods
        return Query("explain", {"op": Slot(op), **told}) if told or rest.state.results else None

    return read


def _looked_at(op: str) -> Reader:
    """ "When would it arrive?", "in other colours?" of what is on the list that was shown last; a limit narrows it."""
    return lambda rest: _explained(op)(rest) if rest.search and not rest.limits.constraints else None


def _at_price(strict: bool) -> Reader:
    """ "Buy the blue kettle if it drops below 25 this month, 30 delivered at most": only with a verb of buying."""

    def read(rest: Utterance) -> Act | None:
        buys, told = rest.find("aside.buying"), dict[str, Slot]()
        wish = _without(rest, buys).text
        for part in re.split("[,，;；]", wish)[1:]:
            delivered = Words.of(part, rest.language).says("aside.delivered")
            if delivered and (bound := slots.amount(part, rest.language)):
                told["most"], wish = bound, wish.replace(part, " ")
        amount = slots.amount(wish, rest.language)
        if not buys or amount is None or amount.readings or amount.span is None:
            return None
        days = periods.read(wish, rest.language, rest.world.day, ahead=True)
        if days:
            told["until"] = Slot(days[0].value.end)
        for start, end in sorted([amount.span, *(day.span for day in days)], reverse=True):
            wish = wish[:start] + " " + wish[end:]
        wished = _without(rest.of(wish), rest.of(wish).find("aside.small"))
        goods = _places(wished) or wished.goods
        if not goods and not rest.state.results:
            return None
        return Query("mandate", {"amount": amount, "strict": Slot(strict), **goods, **told})

    return read


def _watch(rest: Utterance) -> Act | None:
    """ "Tell me when it is under 25": only with a sum, and about something that is shown or sold."""
    amount = slots.amount(rest.text, rest.language)
    told = _places(rest) or rest.goods
    named = {name: slot for name, slot in told.items() if name in ("ref", "query")}
    if limits := tuple(c for c in told["constraints"].value if c.field != "price") if "constraints" in told else ():
        named["constraints"] = Slot(limits)  # the red one; the price is what is waited for
    if amount is None or not (named or rest.state.results) or rest.knows(rest.payment.get("payee")):
        return None
    return Query("explain", {"op": Slot("watch"), "amount": amount, **named})


def _avoid(rest: Utterance) -> Act | None:
    """ "I avoid leather": one or two words, which a product may state."""
    return Query("memory", {"avoid": Slot(rest.text, rest.text)}) if 0 < len(rest.tokens.content) <= 2 else None


READERS: dict[str, Reader] = {
    "avoid": _avoid, "mandates": lambda _: Query("mandate"), "if_below": _at_price(True), "if_at": _at_price(False),
    "watch": _watch, "rated": _explained("rated"), "colours": _looked_at("colours"), "sizes": _looked_at("sizes"),
    "offered": _looked_at("offered"), "why_not": _explained("why_not"), "why": _explained("why"),
    "like": _explained("like"), "history": _explained("history"), "afford": _afford, "return": _return,
    "left_after": lambda rest: _afford(rest) if rest.top or rest.state.results else None,
    "orders": lambda rest: Query("orders", rest.goods),
    "bought": lambda rest: Query("orders", rest.goods) if rest.goods else None,  # "where is my kettle?"
}  # fmt: skip
