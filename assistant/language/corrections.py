"""A waiting payment, said otherwise: "no, make it 5", "to Bob instead", "in dollars", "5 less", "and for my brother".

Every change makes a new draft, which waits for its own tap.
"""

from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from assistant.language import amounts, counts, periods, slots
from assistant.language.acts import Act, Amount, Frame, Set, Slot, Start
from assistant.language.lexicon import Words, names
from assistant.language.numbers import numbers
from assistant.language.tokens import extent, tokens
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
    if reckoned := _reckoned(said):
        return reckoned
    told, payee = said.payment, said.payment.get("payee")
    if (other := beneath(said)) and "amount" in told and said.core.says("change", "cart.change"):
        return (Set({"amount": told["amount"]}, other),) if not said.core.at("transfer") else ()
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
    renamed = said.knows(payee) and said.core.says("change")  # Bob的改成25
    only = said.is_changed or renamed or said.only([slot.span for slot in told.values()])
    return (Set(told),) if told and only and (said.is_changed or not said.core.at("verb")) else ()


def beneath(said: Utterance) -> str:
    """ "Alice's" while Bob's sheet lies on top: the payee of the task beneath that is named; empty: nobody else's."""
    meant = _meant(said)
    return str(meant.slots["payee"].value) if meant and meant is not said.top else ""


def _meant(said: Utterance) -> Frame | None:
    """The open payment of the one who is named; where nobody is, the one on top."""
    called = {name for name, *_ in names(said.world.payees).scan(said.core)}
    held = [frame for frame in said.state.frames if "payee" in frame.slots]
    meant = [frame for frame in held if all(means(frame.slots["payee"], name) for name in called)]
    return said.top if not called else meant[-1] if meant else None


def instead(act: Act, said: Utterance) -> Act:
    """ "No, Alice gets 25 and Bob 35": what is open for them is changed, nothing is paid beside it."""
    if not (isinstance(act, Start) and act.goal == "pay" and {"payee", "amount"} <= set(act.slots)):
        return act
    held = [frame.slots["payee"] for frame in reversed(said.state.frames) if frame.sheet and "payee" in frame.slots]
    open_ = next((slot for slot in held if means(slot, str(act.slots["payee"].value))), None)
    return Set({"amount": act.slots["amount"]}, str(open_.value)) if open_ and said.core.at("change") else act


def means(held: Slot, name: str) -> bool:
    """Whether a name is that of an open task's payee: by the book's name, or as a button called it."""
    said, *called = ({word.text for word in tokens(str(each))} for each in (name, held.value, held.text))
    return any(said <= each or each <= said for each in called if each)


def _reckoned(said: Utterance) -> tuple[Act, ...]:
    """ "5 less", "add 10 %", "double it", 凑个整: from the open amount; as it was, the sheet is shown again."""
    meant = _meant(said)
    waiting = meant.slots.get("amount") if meant and meant.goal == "pay" else None
    if waiting is None or waiting.readings or len(said.core) > 2 * SHORT or "purpose" in said.payment or said.sold:
        return ()
    was = waiting.value
    found = _by_sum(said, was) or _by_share(said, Decimal(was.value)) or _by_scale(said, Decimal(was.value))
    if found is None:
        return ()
    value = found[1].quantize(Decimal("0.01"), ROUND_HALF_UP)
    if not value or value == Decimal(was.value):
        return (Set({}, beneath(said)),)
    sum_ = amounts.printed(value if value % 1 else value.to_integral_value())
    return (Set({"amount": replace(found[0], value=replace(was, value=sum_))}, beneath(said)),)


def _way(said: Utterance, more: bool = False) -> int:
    """1 for more, -1 for less, 0 where neither or both are said."""
    return (said.core.says("more_by") or more) - said.core.says("less_by")


def _by_sum(said: Utterance, was: Amount) -> tuple[Slot, Decimal] | None:
    sum_ = said.payment.get("amount")
    payee = said.payment.get("payee")
    other = payee and not said.knows(payee) and not said.says("flash.tip")  # "add 5 for the tip"
    if not _way(said) or sum_ is None or sum_.readings or other or len(said.core) > SHORT:
        return None
    fits = (sum_.value.currency or was.currency) == was.currency
    return (sum_, Decimal(was.value) + _way(said) * Decimal(sum_.value.value)) if fits else None


def _by_share(said: Utterance, was: Decimal) -> tuple[Slot, Decimal] | None:
    """ "Avec 10 % de pourboire", 减20%."""
    way = _way(said, more=said.says("flash.tip"))
    if not way or len(said.percents) != 1 or "amount" in said.payment:
        return None
    share = said.percents[0]
    return said.slot(share.first, share.last), was * (100 + way * share.value) / 100


def _by_scale(said: Utterance, was: Decimal) -> tuple[Slot, Decimal] | None:
    """ "La moitié seulement"; up and down: to the next whole one, or ten."""
    hits, spans = said.core.find("scaled"), said.core.spans("scaled")
    whose = [extent(said.core, first, last) for _, first, last in names(said.world.payees).scan(said.core)]
    if len(hits) != 1 or not said.only([*spans, *whose], None, "pointing", "filler", "flash.owned"):
        return None
    how, step = hits[0][0], Decimal(1 if was % 1 else 10)
    ends = {"up": ROUND_CEILING, "down": ROUND_FLOOR}
    value = (was / step).to_integral_value(ends[how]) * step if how in ends else was * Decimal(how)
    return Slot.said(said.text, spans[0]), value


def _recurrency(said: Utterance) -> Slot | None:
    """The open amount in the one currency that was named and nothing else."""
    hits, spans = said.core.find("currency"), said.core.spans("currency")
    last = said.state.last  # "and in dollars?" goes on from a figure
    goes_on = said.core.at("ellipsis") or said.tokens.content.ends("ellipsis_after")
    figure = last is not None and last.goal == "measure" and goes_on and said.asks
    if said.waiting is None or figure or len(hits) != 1 or not said.only(spans):
        return None
    currency = amounts.currency_of(hits[0][0])
    return Slot.said(said.text, spans[0], replace(currency, value=said.waiting.value.value))


def _after(said: Utterance, slot: Slot, marker: str) -> bool:
    return bool(slot.span) and Words.of(said.text[: slot.span[0] if slot.span else 0], said.language).ends(marker)


def for_another(said: Utterance, start: int) -> tuple[Act, ...]:
    """The last payment with another payee or amount; a name needs no marker here: 那我弟弟呢."""
    if not said.knows(said.payment.get("payee")) and (said.limits.constraints or said.sold):
        return ()  # "and a mouse under 30" is another wish
    told = {name: slot for name, slot in said.payment.items() if name in ("payee", "amount")}
    rest = Words.of((word for word in said.content[start:] if word.text != "呢"), said.language)
    if not told and rest and not counted(rest) and not periods.read(said.text, said.language, said.world.day):
        told = {} if said.search else {"payee": as_it_stands(said.text, rest)}  # "how about a puzzle?"
    waiting = said.top.slots if said.top and said.top.goal == "pay" and said.top.sheet else {}
    other = "payee" in told and "payee" in waiting and told["payee"].value != waiting["payee"].value
    if other and "amount" in waiting and not said.is_changed:  # beside the one that waits, not in its place
        return (Start("pay", {"amount": replace(waiting["amount"], span=None), **told}),)
    return (Set(told),) if told else ()


def counted(words: Words) -> bool:
    """Whether a number is said, which no name holds; one Chinese character of one may be of a name (张三)."""
    return any(hit.form != "han" and hit.values[0] > 1 for hit in numbers(words, words.language))


def _counts_goods(said: Utterance) -> bool:
    """ "Make it two kettles" is no payment of 2."""
    hits = amounts.every(said.tokens, said.language)
    return bool(said.sold) and any(not hit.certain and counts.names_soon(said, hit.last) for hit in hits)


def as_it_stands(text: str, words: Words) -> Slot:
    return Slot.said(text, extent(words, 0, len(words)), confidence=AS_IT_STANDS)
