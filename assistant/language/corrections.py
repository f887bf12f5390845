"""A waiting payment, said otherwise: "no, make it 5", "to Bob instead", "in dollars", "5 less", "and for my brother".

Every change makes a new draft, which waits for its own tap.
"""

from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from assistant.language import amounts, counts, periods, slots
from assistant.language.acts import Act, Set, Slot, Start
from assistant.language.lexicon import Words
from assistant.language.numbers import number
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
    if _counts_goods(said):
        return ()
    if computed := _relative(said) or _shared(said) or _scaled(said):
        return computed
    told, payee = said.payment, said.payment.get("payee")
    if payee and (payee.readings or (said.core.at("ellipsis") and not said.is_changed)):
        return ()  # two people, or "and for Alice": another wish
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


def _shared(said: Utterance) -> tuple[Act, ...]:
    """ "Add 10 %", "avec 10 % de pourboire", 少一成: a share of the open amount, on top of it or off it."""
    waiting = said.top.slots.get("amount") if said.top else None
    tip = said.says("flash.tip")
    more, less = said.core.says("more_by") or tip, said.core.says("less_by")
    if (
        waiting is None
        or waiting.readings
        or len(said.percents) != 1
        or more == less
        or said.knows(said.payment.get("payee"))
    ):
        return ()
    share = said.percents[0]
    if len(said.core) > 2 * SHORT or "amount" in said.payment:
        return ()
    value = Decimal(waiting.value.value) * (100 + share.value * (1 if more else -1)) / 100
    return _computed(said, said.slot(share.first, share.last), value)


def _computed(said: Utterance, words: Slot, value: Decimal) -> tuple[Act, ...]:
    """The open amount anew, to the cent; as it was: the sheet is shown again."""
    waiting = said.top.slots["amount"].value if said.top else None
    value = value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    value = value if value % 1 else value.to_integral_value()
    if not waiting or not value or value == Decimal(waiting.value):
        return (Set({}),)
    return (Set({"amount": replace(words, value=replace(waiting, value=amounts.printed(value)))}),)


def _scaled(said: Utterance) -> tuple[Act, ...]:
    """ "Double it", "la moitié seulement", 凑个整: computed from the open amount; up and down to a whole one or ten."""
    hits, waiting = said.core.find("scaled"), said.top.slots.get("amount") if said.top else None
    spans = [extent(said.core, first, last) for _, first, last in hits]
    if len(hits) != 1 or waiting is None or waiting.readings or not said.only(spans, None, "pointing", "filler"):
        return ()
    was, how = Decimal(waiting.value.value), hits[0][0]
    if how in ("up", "down"):
        step = Decimal(1 if was % 1 else 10)
        value = (was / step).to_integral_value(ROUND_CEILING if how == "up" else ROUND_FLOOR) * step
    else:
        value = was * Decimal(how)
    return _computed(said, Slot.said(said.text, spans[0]), value)


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
    if not told and rest and not counted(rest) and not periods.read(said.text, said.language, said.world.day):
        told = {"payee": as_it_stands(said.text, rest)}
    waiting = said.top.slots if said.top and said.top.goal == "pay" and said.top.sheet else {}
    other = "payee" in told and "payee" in waiting and told["payee"].value != waiting["payee"].value
    if other and "amount" in waiting and not said.is_changed:  # beside the one that waits, not in its place
        return (Start("pay", {"amount": replace(waiting["amount"], span=None), **told}),)
    return (Set(told),) if told else ()


def counted(words: Words) -> bool:
    """Whether a number is said, which no name holds; one Chinese character of one may be of a name (张三)."""
    hits = (number(words, at, words.language) for at in range(len(words)))
    return any(hit and hit.form != "han" and hit.values[0] > 1 for hit in hits)


def _counts_goods(said: Utterance) -> bool:
    """ "Make it two kettles" is no payment of 2."""
    hits = amounts.every(said.tokens, said.language)
    return bool(said.sold) and any(not hit.certain and counts.names_soon(said, hit.last) for hit in hits)


def as_it_stands(text: str, words: Words) -> Slot:
    return Slot.said(text, extent(words, 0, len(words)), confidence=AS_IT_STANDS)
