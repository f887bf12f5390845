"""A waiting payment, said otherwise: "no, make it 5", "to Bob instead", "in dollars", "5 less", "and for my brother".

Every change makes a new draft, which waits for its own tap.
"""

from dataclasses import replace
from decimal import Decimal

from assistant.language import amounts, periods, slots
from assistant.language.acts import Act, Set, Slot
from assistant.language.lexicon import Words
from assistant.language.tokens import extent
from assistant.language.utterance import Utterance

SHORT = 7  # tokens of an answer
AS_IT_STANDS = 0.6  # confidence of a name that nothing marks as one


def propose(said: Utterance) -> tuple[Act, ...]:
    """Details of the open payment said anew."""
    if not said.top or said.top.goal != "pay" or not said.core or len(said.core) > 2 * SHORT:
        return ()
    if said.core.says("owed", "everyone"):
        return ()
    if more := _relative(said):
        return more
    told, payee = said.payment, said.payment.get("payee")
    if payee and payee.readings:
        return ()  # two people are another wish
    if payee and not said.knows(payee):
        unnamed = {name: slot for name, slot in told.items() if name != "payee"}
        if said.core.at("purpose") or ("amount" in told and _after(said, payee, "purpose")):
            reason = slots.purpose(said, None)  # "for lunch" tells nobody's name
            told = unnamed | ({"purpose": reason} if reason else {})
        elif said.is_changed and not _after(said, payee, "payee_before"):
            told = unnamed
        elif not (said.is_changed or said.core.at("payee_before")):
            return ()
    if "amount" not in told and (changed := _recurrency(said)):
        told = {**told, "amount": changed}
    only = said.is_changed or said.only([slot.span for slot in told.values()])
    return (Set(told),) if told and only and (said.is_changed or not said.core.at("verb")) else ()


def _relative(said: Utterance) -> tuple[Act, ...]:
    """ "5 less", "add 5", 再加5块: of the open amount, when nobody else is named."""
    sum_, waiting = said.payment.get("amount"), said.top.slots.get("amount") if said.top else None
    more, less = said.core.says("more_by"), said.core.says("less_by")
    if more == less or sum_ is None or waiting is None or "payee" in said.payment or len(said.core) > SHORT:
        return ()
    if sum_.readings or (sum_.value.currency or waiting.value.currency) != waiting.value.currency:
        return ()
    change = Decimal(sum_.value.value) * (1 if more else -1)
    value = amounts.printed(Decimal(waiting.value.value) + change)
    return (Set({"amount": replace(sum_, value=replace(waiting.value, value=value))}),)


def _recurrency(said: Utterance) -> Slot | None:
    """The open amount in the one currency that was named and nothing else."""
    hits = said.core.find("currency")
    waiting = said.top.slots.get("amount") if said.top else None
    if waiting is None or len(hits) != 1:
        return None
    codes, first, last = hits[0]
    span = extent(said.core, first, last)
    if not said.only([span]):
        return None
    return Slot.said(said.text, span, replace(amounts.currency_of(codes), value=waiting.value.value))


def _after(said: Utterance, slot: Slot, marker: str) -> bool:
    return bool(slot.span) and Words.of(said.text[: slot.span[0] if slot.span else 0], said.language).ends(marker)


def for_another(said: Utterance, start: int) -> tuple[Act, ...]:
    """The last payment with another payee or amount; a name needs no marker here: 那我弟弟呢."""
    if said.limits.constraints or said.sold:
        return ()  # "and a mouse under 30" is another wish
    told = {name: slot for name, slot in said.payment.items() if name in ("payee", "amount")}
    rest = Words.of((word for word in said.content[start:] if word.text != "呢"), said.language)
    if not told and rest and not periods.read(said.text, said.language, said.world.day):
        told = {"payee": as_it_stands(said.text, rest)}
    return (Set(told),) if told else ()


def as_it_stands(text: str, words: Words) -> Slot:
    return Slot.said(text, extent(words, 0, len(words)), confidence=AS_IT_STANDS)
