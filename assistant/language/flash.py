"""A small calculation asked in one sentence: which card, and its numbers as plain data. Computes nothing.

Only a sentence that can mean nothing else becomes a card: a payment, a figure of one's money or a product search keeps
its words. What was left unsaid takes a value that the card shows and lets one change.

>>> propose("compare 750 g for 4.20 with 1 kg for 5.10", Evidence(), State(), World())
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from decimal import Decimal

from assistant.language import measures, periods, sharing
from assistant.language.acts import Act, Query, Slot, State, World
from assistant.language.amounts import Found
from assistant.language.lexicon import phrases
from assistant.language.numbers import number
from assistant.language.sentence import Number, Sentence
from assistant.language.sharing import Given, Paper
from assistant.money import Money
from assistant.request import Evidence, Seen

SHOWN = ("split",)  # kinds that "show me" can mean: a loan or a rate may be a question about money
LONGEST = 9  # tokens of "open the Lisbon split"; of Chinese twice as many
A_YEAR = 12  # months, where neither a date nor a sum a month was said


def propose(text: str, evidence: Evidence, state: State, world: World) -> tuple[Act, ...]:
    """A query for the card this sentence asks for, or nothing."""
    said = Sentence(text, state.language, world)
    bill = sharing.read(said, _paper(evidence, state))
    if bill:
        return (_card("split", bill),)
    if evidence.seen:
        return ()
    for kind, read in READERS.items():
        if given := read(said):
            return (_card(kind, given),)
    return ()


def _card(kind: str, given: Given) -> Act:
    return Query("flash", {"kind": Slot(kind), "given": Slot(given)})


def _paper(evidence: Evidence, state: State) -> Paper | None:
    """The receipt in front of us, else the one last read in this conversation."""
    for seen in evidence.seen:
        if told := receipt(seen):
            return Paper(told["total"].value, told["items"].value)
    kept = state.paper.slots if state.paper else {}
    return Paper(kept["total"].value, tuple(kept["items"].value)) if kept else None


def receipt(seen: Seen) -> dict[str, Slot]:
    """What of a picture can be shared: its total, and its lines where they add up to it."""
    total = seen.field("total")
    if total is None or not isinstance(total.value, Money) or total.value.currency == "XXX":
        return {}
    lines = tuple(
        (each.text, each.value) for each in seen.fields if each.name == "item" and isinstance(each.value, Money)
    )
    return {"total": Slot(total.value), "items": Slot(lines)}


# ---- one's own cards ----


def _mine(said: Sentence) -> Given | None:
    """ "show my cards", "open the Lisbon split"."""
    reopens, shows = said.at("open", 0), said.at("show", 0)
    begun = reopens or shows
    kinds = [hit for hit in said.find("kind", begun) if reopens or hit[0] in SHOWN]
    if said.says("mine") and not said.amounts and (begun or len(said.tokens) < 6):
        return {"words": ""}
    if not begun or not kinds or said.amounts or said.percents or len(said) > LONGEST * (1 + (said.language == "zh")):
        return None
    kind, first, last = kinds[-1]
    words = [said.spell(i, i + 1) for i in range(begun, len(said.tokens)) if not first <= i < last]
    return {"words": " ".join(words), "kind": "" if kind == "card" else kind}


# ---- packs ----


def _unit_price(said: Sentence) -> Given | None:
    """Two packs or more with their prices, or one with "per kilo"."""
    packs = _packs(said)
    used = [range(first, last) for _, first, last in packs]
    prices = [hit for hit in said.amounts if not any(hit.first in each for each in used)]
    bound = phrases("bound", said.language).scan(said.tokens) if len(packs) < 2 else ()
    if not packs or len(packs) != len(prices) or bound or (len(packs) == 1 and not said.says("per")):
        return None
    rows = [pack | {"price": said.amount(price)} for (pack, _, _), price in zip(packs, prices, strict=True)]
    return {"currency": said.currency(prices[0].readings[0]), "packs": rows}


def _packs(said: Sentence) -> list[tuple[Given, int, int]]:
    """[count x] quantity unit, in order: 750 g, 6 x 33 cl, a kilo, 一公斤."""
    found, index = [], 0
    while index < len(said.tokens):
        pack = _pack(said, index)
        found += [pack] if pack else []
        index = pack[2] if pack else index + 1
    return found


def _pack(said: Sentence, first: int) -> tuple[Given, int, int] | None:
    hit = number(said.tokens, first, said.language)
    article = said.words[first] in ("a", "an", "un", "une")
    end = hit.end if hit else first + 1 if article else 0
    if not end or said.at("per", first):
        return None
    times, value = said.at("pack", end), hit.values[-1] if hit else Decimal(1)
    inner = number(said.tokens, times, said.language) if times else None
    table = phrases("flash.unit", said.language)
    if inner and (unit := table.at(said.tokens, inner.end) if inner.end < len(said.tokens) else None):
        return {"count": int(value), "quantity": str(inner.values[-1]), "unit": unit[0]}, first, unit[1]
    unit = table.at(said.tokens, end) if end < len(said.tokens) else None
    if unit and unit[0] == "piece" and said.language == "zh" and value == 1:
        return None  # 一个 counts anything
    return ({"quantity": str(value), "unit": unit[0]}, first, unit[1]) if unit else None


# ---- loans ----


def _loan(said: Sentence) -> Given | None:
    """A new loan, or what repaying one's own faster would save."""
    if not said.says("loan"):
        return None
    told: Given = {}
    for hit in said.amounts:
        name = _role(said, hit, told)
        if name:
            told[name] = said.amount(hit)
    if said.percents:
        told["rate"] = str(said.percents[0].value)
    if said.durations:
        told["months"] = _months(said.durations)
    mine = said.says("own") and ("extra" in told or "lump" in told)
    if mine and "rate" not in told:
        told.pop("principal", None)
        return told | {"own": True, "currency": said.currency()}
    if "principal" not in told or "rate" not in told or not {"months", "payment"} & set(told):
        return None
    if "payment" in told:
        told.pop("months", None)
    if "down" in told:
        told["principal"] = str(Decimal(told["principal"]) - Decimal(told.pop("down")))
    return told | {"currency": said.currency()}


def _role(said: Sentence, hit: Found, told: Given) -> str:
    """What an amount is to a loan."""
    if said.near("down", hit, 2) and "principal" in told:
        return "down"
    if said.monthly(hit):
        return "extra" if said.near("extra", hit, 2) else "payment"
    if said.near("extra", hit, 1) and "principal" in told:
        return "extra"
    own = said.says("own") and not said.percents
    if said.near("lump", hit, 3) and ("principal" in told or own):
        return "lump"
    return "" if "principal" in told else "lump" if own else "principal"


def _months(durations: tuple[Number, ...]) -> int:
    """Lengths said one after the other add up: 2 years and 6 months."""
    whole_ones = [each for each in durations if each.value >= 1]
    return max(1, int(sum((each.value for each in whole_ones), Decimal(0))))


# ---- saving ----


def _saving(said: Sentence) -> Given | None:
    """A target with a date, a sum a month, or neither; or a sum a month for so long."""
    if not said.says("save") or not said.amounts or (said.says("what_if") and said.percents):
        return None
    told: Given = {}
    for hit in said.amounts:
        start = any(last == hit.first for _, _, last in said.find("have"))
        if start and len(said.amounts) > 1 and "have" not in told:
            told["have"] = said.amount(hit)
        elif said.monthly(hit):
            told["monthly"] = said.amount(hit)
        elif "target" not in told:
            told["target"] = said.amount(hit)
    if said.percents:
        told["rate"] = str(said.percents[0].value)
    months = _months(said.durations) if said.durations else said.due
    if "target" not in told and not ("monthly" in told and months):
        return None
    if months and ("monthly" not in told or "target" not in told):
        told["months"] = months
    elif "monthly" not in told:
        told["months"] = A_YEAR
    return told | {"currency": said.currency(), "title": said.title()}


# ---- budget ----


def _budget(said: Sentence) -> Given | None:
    """ "What if I halve restaurants and spend 50 less on shopping?": how each category is to change."""
    table = phrases("category", said.language)
    named = table.scan(said.tokens)
    if not said.says("what_if") or not named:
        return None
    changes = []
    edges = [0, *(_between(said, a[2], b[1]) for a, b in itertools.pairwise(named)), len(said.tokens)]
    before: Given = {}
    for (category, _, _), first, last in zip(named, edges, edges[1:], strict=False):
        before = _change(said, first, last) or before
        if before:
            changes.append({"category": category} | before)
    return {"changes": changes} if changes else None


def _between(said: Sentence, first: int, last: int) -> int:
    """Where the words for the next category begin: at the "and" between two."""
    return next((i for i in range(first, last) if said.at("joiner", i)), first)


def _change(said: Sentence, first: int, last: int) -> Given:
    """{"percent": what stays} | {"by": an amount a month, below zero for less} | {"to": an amount a month}."""
    shares = [each for each in said.percents if first <= each.first < last]
    scaled = said.find("change", first, last)
    inside = {i for _, a, b in scaled for i in range(a, b)}
    money = [hit for hit in said.amounts if first <= hit.first < last and hit.first not in inside]
    less, more = said.says("less", first, last), said.says("more", first, last)
    if shares:
        return {"percent": str(100 + shares[0].value * (1 if more and not less else -1))}
    if scaled and not money:
        return {"percent": scaled[0][0]}
    if money and (less or more):
        return {"by": ("-" if less else "") + said.amount(money[0])}
    return {"to": said.amount(money[0])} if money and said.says("only", first, last) else {}


# ---- currencies ----


def _exchange(said: Sentence) -> Given | None:
    """An amount (or one unit) of a currency in another one, on a day."""
    money = [hit for hit in said.amounts if hit.certain]
    inside = {i for hit in money for i in range(hit.first, hit.last)}
    others = [hit for hit in phrases("currency", said.language).scan(said.tokens) if hit[1] not in inside]
    asked = said.says("convert")
    if len(money) > 1 or not others or phrases("list.payee_before", said.language).at(said.tokens, 0):
        return None
    if money:
        target = next((hit for hit in others if _into(said, hit[1])), None) or (others[-1] if asked else None)
        if target is None or not (asked or target[2] >= len(said.tokens) - 1) or _owned(said):
            return None
        return _rated(said, said.amount(money[0]), said.currency(money[0].readings[0]), target[0])
    if len(others) != 2 or said.amounts or not said.says("rate_of"):
        return None
    return _rated(said, "1", _one(said, others[0][0]), others[1][0])


def _into(said: Sentence, at: int) -> bool:
    return any(last == at for _, _, last in said.find("into"))


def _owned(said: Sentence) -> bool:
    """A question about one's own money that only names its currency."""
    return "metric" in measures.read(said.text, said.language, said.world)


def _one(said: Sentence, codes: str) -> str:
    options = codes.split()
    return next((code for code in said.world.currencies if code in options), options[0])


def _rated(said: Sentence, amount: str, currency: str, codes: str) -> Given | None:
    into = _one(said, codes)
    today = said.world.day
    found = periods.read(said.text, said.language, today)
    day = min(found[0].value.end, today) if found else today
    return {"amount": amount, "currency": currency, "into": into, "on": day.isoformat()} if into != currency else None


READERS: dict[str, Callable[[Sentence], Given | None]] = {
    "open": _mine, "unit_price": _unit_price, "loan": _loan, "budget": _budget, "saving": _saving,
    "exchange": _exchange,
}  # fmt: skip
