"""A small calculation asked in one sentence: which card, and its numbers as plain data. Computes nothing.

Only a sentence that can mean nothing else becomes a card: a payment, a figure of one's money or a product search keeps
its words. What was left unsaid takes a value that the card shows and lets one change.

>>> propose(utter("compare 750 g for 4.20 with 1 kg for 5.10", State(), World()), Evidence())
"""

import itertools
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from assistant.language import measures, periods, sharing
from assistant.language.acts import Act, Query, Slot, State
from assistant.language.amounts import Found
from assistant.language.numbers import number, numbers
from assistant.language.sentence import ARTICLES, Hit, Sentence
from assistant.language.sharing import Given, Paper
from assistant.language.utterance import Utterance
from assistant.money import NO_CURRENCY, Money
from assistant.request import Evidence, Seen

SHOWN = ("split",)  # kinds that "show me" can mean: a loan or a rate may be a question about money
LONGEST = {"en": 9, "fr": 9, "zh": 18}  # tokens of "open the Lisbon split"
LONGEST_WISH = 600  # characters a card is asked for in
LONGEST_MORE = 16  # tokens of a sentence that goes on from the last card
CONTINUED = ("split", "loan", "saving", "exchange")
SHARED = ("without", "alone", "nothing_else", "tip", "paid", "portions")  # said of a bill after it was split
A_YEAR = 12  # months, where neither a date nor a sum a month was said


def propose(utterance: Utterance, evidence: Evidence) -> tuple[Act, ...]:
    """A query for the card this sentence asks for, or nothing; with `meanings` where a number in it can mean two."""
    text, state = utterance.text, utterance.state
    if len(text) > LONGEST_WISH:
        return ()
    said, again = (Sentence(text, state.language, utterance.world, reading, "flash") for reading in (0, 1))
    card = _card(said, evidence, state)
    if card is None:
        return _continued(said, state)
    told = {"kind": Slot(card[0]), "given": Slot(card[1]), "said": Slot(text)}
    if unsure := next((hit.readings for hit in said.amounts if len(hit.readings) > 1), ()):
        other = _card(again, evidence, state)
        if other and other != card:
            told["meanings"] = Slot(((unsure[0].value, card[1]), (unsure[1].value, other[1])))
    return (Query("flash", told),)


def _card(said: Sentence, evidence: Evidence, state: State) -> tuple[str, Given] | None:
    apart = {at for name in ("split", "shared", "portions") for _, a, b in said.find(name) for at in range(a, b)}
    after = {hit.last for hit in said.amounts}
    if any(first in after or not apart.issuperset(range(first, last)) for _, first, last in said.find("elsewhere")):
        return None  # a transfer between accounts, or a sum that is paid
    if bill := sharing.read(said, _paper(evidence, state)):
        return "split", bill
    cards = ((kind, read(said)) for kind, read in READERS.items() if not evidence.seen)
    return next(((kind, given) for kind, given in cards if given), None)


def _continued(said: Sentence, state: State) -> tuple[Act, ...]:
    """ "Bob had no wine, 12", "and a 10 % tip", "over 25 years?": the last card with one detail more."""
    last = state.last
    if last is None or last.goal != "flash" or "said" not in last.slots or said.at("list.verb", 0):
        return ()
    if len(said.tokens) > LONGEST_MORE or last.slots["kind"].value not in CONTINUED:
        return ()
    kind, before = str(last.slots["kind"].value), dict(last.slots["given"].value)
    whole = f"{last.slots['said'].value}, {said.text}"
    given: Given | None = None
    if kind == "split" and any(said.says(name) for name in SHARED):
        given = sharing.read(replace(said, text=whole), _paper(Evidence(), state))
    elif kind == "loan" and not said.amounts:
        told = _told(said, _loan_role)
        given = {name: each for name, each in before.items() if name != "payment" or "months" not in told} | told
    elif kind in ("saving", "exchange") and _goes_on(said):
        given = before | (_more_saved(said, before) if kind == "saving" else _other_currency(said))
    if not given or given == before:
        return ()
    return (Query("flash", {"kind": Slot(kind), "given": Slot(given), "said": Slot(whole)}),)


def _goes_on(said: Sentence) -> bool:
    """ "And with 200?", 那200呢: a word of going on at either end."""
    after = said.find("list.ellipsis_after")
    return bool(said.at("list.ellipsis", 0) or any(said.words[end:] in ((), ("?",), ("？",)) for *_, end in after))


def _more_saved(said: Sentence, before: Given) -> Given:
    """Another sum a month where one was said, else another target; "over two years"."""
    if said.amounts:
        return {"monthly" if "monthly" in before else "target": said.amount(said.amounts[0])}
    return {"months": int(said.durations[0].value)} if said.durations and "months" in before else {}


def _other_currency(said: Sentence) -> Given:
    if said.amounts:
        return {"amount": said.amount(said.amounts[0])}
    return {"into": said.held(hits[0][0])} if (hits := said.find("currency")) else {}


def _paper(evidence: Evidence, state: State) -> Paper | None:
    """The receipt in front of us, else the one last read in this conversation."""
    shown = next(filter(None, map(receipt, evidence.seen)), None)
    told = shown or (state.paper.slots if state.paper else None)
    return Paper(told["total"].value, tuple(told["items"].value)) if told else None


def receipt(seen: Seen) -> dict[str, Slot]:
    """What of a picture can be shared: its total, and its lines where they add up to it."""
    total = seen.field("total")
    if total is None or not isinstance(total.value, Money) or total.value.currency == NO_CURRENCY:
        return {}
    return {
        "total": Slot(total.value),
        "items": Slot(tuple((f.text, f.value) for f in seen.fields if f.name == "item")),
    }


def _mine(said: Sentence) -> Given | None:
    """ "show my cards", "open the Lisbon split"."""
    reopens = said.at("open", 0)
    begun = reopens or said.at("show", 0)
    kinds = [hit for hit in said.find("kind", begun) if reopens or hit[0] in SHOWN]
    if said.amounts or said.percents:
        return None
    if said.says("mine") and (begun or len(said.tokens) < 6):
        return {"words": ""}
    if not begun or not kinds or len(said.tokens) > LONGEST[said.language]:
        return None
    kind, first, last = kinds[-1]
    words = [said.spell(i, i + 1) for i in range(begun, len(said.tokens)) if not first <= i < last]
    return {"words": " ".join(words), "kind": kind.removeprefix("card")}


# ---- packs ----


def _unit_price(said: Sentence) -> Given | None:
    """Two packs or more with their prices, or one with "per kilo"."""
    found = _packs(said)
    packs = [each for each in found if not said.tokens.ends("per_before", each[1])]
    prices = [hit for hit in said.amounts if not any(first <= hit.first < last for _, first, last in packs)]
    asked = said.says("per") or len(packs) < len(found)
    alone = len(packs) == 1 and (said.says("bound") or not asked)
    if not packs or len(packs) != len(prices) or alone:
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
    """Its data, its first token, the token after it."""
    hit = number(said.tokens, first, said.language)
    end = hit.end if hit else first + 1 if said.words[first] in ARTICLES else 0
    times = said.at("pack", end) if hit else 0
    noun = hit is not None and end in _counted(said) and not times
    inner = number(said.tokens, times, said.language) if times else None
    for count, contents, after in ((hit, inner, inner.end if inner else 0), (None, hit, end)):
        unit = said.tokens.hit("unit", after) if after and not _asked_by(said, first) else None
        unit = unit or (("piece", after + 1) if noun and contents else None)
        value = contents.values[-1] if contents else Decimal(1)
        if unit and not (unit[0] == "piece" and said.language == "zh" and value == 1):  # 一个 counts anything
            counted = {"count": int(count.values[-1])} if count else {}
            return counted | {"quantity": str(value), "unit": unit[0]}, first, unit[1]
    return None


def _asked_by(said: Sentence, first: int) -> bool:
    """ "A kilo" is what the price is asked by, but a pack where its own price follows."""
    end = said.at("per", first)
    return bool(end) and not any(end <= hit.first <= end + 1 for hit in said.amounts)


def _counted(said: Sentence) -> set[int]:
    """Tokens of a noun that stands after two numbers: "2 nights for 180 or 3 nights for 240"."""
    ends = [hit.end for hit in numbers(said.tokens, said.language)]
    nouns = [at for at in ends if at < len(said.tokens) and said.tokens[at].kind == "word" and len(said.words[at]) > 2]
    known = ("currency", "list.percent", "period.unit", "monthly", "weekly", "people", "list.purpose", "joiner", "into")
    nouns = [at for at in nouns if not any(said.at(name, at) for name in known)]
    return {at for at in nouns if [said.words[other] for other in nouns].count(said.words[at]) > 1}


# ---- loans and savings ----


def _told(said: Sentence, role: Callable[[Sentence, Found, Given], str]) -> Given:
    """Every amount by its role, the rate, and the length: 2 years and 6 months add up."""
    told: Given = {}
    for hit in said.amounts:
        if name := role(said, hit, told):
            told.setdefault(name, said.amount(hit))
            if name == "monthly" and said.weekly(hit):
                told[name] = str(round(Decimal(told[name]) * 52 / 12, 2))
    if said.percents:
        told["rate"] = str(said.percents[0].value)
    later = said.find("later")  # "repay 3,000 after a year" is no part of the length
    lasts = [each for each in said.durations if not any(a < each.last and each.first < b for _, a, b in later)]
    if lasts:
        told["months"] = max(1, int(sum(each.value for each in lasts)))
    return told


def _loan(said: Sentence) -> Given | None:
    """A new loan, or what repaying one's own faster would save."""
    told = _told(said, _loan_role) if said.says("loan") else {}
    if said.says("own") and said.says("what_if") and ("extra" in told or "lump" in told) and "rate" not in told:
        told.pop("principal", None)
        return told | {"own": True, "currency": said.currency()}
    if "principal" not in told or "rate" not in told or not {"months", "payment"} & set(told):
        return None
    if "payment" in told:
        told.pop("months", None)
    told["principal"] = str(Decimal(told["principal"]) - Decimal(told.pop("down", 0)))
    return told | {"currency": said.currency()}


def _loan_role(said: Sentence, hit: Found, told: Given) -> str:
    own = said.says("own") and not said.percents
    if said.near("down", hit, 2) and "principal" in told:
        return "down"
    if said.monthly(hit):
        return "extra" if said.near("extra", hit, 2) else "payment"
    if said.near("extra", hit, 1) and "principal" in told:
        return "extra"
    if own or "principal" in told:
        return "lump" if own or said.near("lump", hit, 3) or said.says("later") else ""
    return "principal"


def _saving(said: Sentence) -> Given | None:
    """A target with a date, a sum a month, or neither; or a sum a month for so long."""
    needs = said.says("need") and said.due is not None and said.says("monthly")
    if not (said.says("save") or needs) or (said.says("what_if") and said.percents and not said.amounts):
        return None
    if said.due is None and periods.read(said.text, said.language, said.world.day):
        return None  # what was saved in a time that is over
    told = _told(said, _saving_role)
    months = told.pop("months", said.due)
    if "target" not in told and not ("monthly" in told and months):
        return None
    if "monthly" not in told or "target" not in told:
        told["months"] = months or A_YEAR
    return told | {"currency": said.currency(), "title": said.title()}


def _saving_role(said: Sentence, hit: Found, told: Given) -> str:  # noqa: ARG001  roles are read alike
    if any(last == hit.first for _, _, last in said.find("will")):
        return "target"
    if len(said.amounts) > 1 and any(last == hit.first for _, _, last in said.find("have")):
        return "have"
    return "monthly" if said.monthly(hit) else "target"


# ---- budget ----


def _budget(said: Sentence) -> Given | None:
    """ "What if I halve restaurants and spend 50 less on shopping?": how each category is to change."""
    named = said.find("category") if said.says("what_if") else []
    changes = []
    # The words for the next category begin at the "and" between two.
    ands = (next((i for i in range(a[2], b[1]) if said.at("joiner", i)), a[2]) for a, b in itertools.pairwise(named))
    edges = [0, *ands, len(said.tokens)]
    before: Given = {}
    falls = said.says("less") and not said.says("more")  # "cut restaurants by 30% and shopping by 50"
    for (category, _, _), first, last in zip(named, edges, edges[1:], strict=False):
        before = _change(said, first, last, falls) or before
        if before:
            changes.append({"category": category} | before)
    return {"changes": changes} if changes else None


def _change(said: Sentence, first: int, last: int, falls: bool) -> Given:
    """{"percent": what stays} | {"by": an amount a month, below zero for less} | {"to": an amount a month}.

    `falls`: what a number means whose own words say neither less nor more.
    """
    shares = [each for each in said.percents if first <= each.first < last]
    scaled = said.find("change", first, last)
    inside = {i for _, a, b in scaled for i in range(a, b)}
    money = [hit for hit in said.amounts if first <= hit.first < last and hit.first not in inside]
    less, more = said.says("less", first, last), said.says("more", first, last)
    less = less or (falls and not said.says("only", first, last))
    parts = [100 * each.value for each in said.fractions if first <= each.first < last and not scaled]
    if (shares or parts) and (less or more):
        by = shares[0].value if shares else parts[0]
        return {"percent": str(100 + by * (1 if more and not less else -1))}
    if scaled and not money:
        return {"percent": scaled[0][0]}
    if money and (less or more):
        return {"by": ("-" if less else "") + said.amount(money[0])}
    return {"to": said.amount(money[0])} if money and said.says("only", first, last) else {}


# ---- currencies ----


def _exchange(said: Sentence) -> Given | None:
    """An amount (or one unit) of a currency in another one, on a day."""
    money = [hit for hit in said.amounts if hit.certain]
    others = [hit for hit in said.find("currency") if not any(each.first <= hit[1] < each.last for each in money)]
    asked = said.says("convert")
    if len(money) == 1 and asked and (said.says("home") or (not others and _is_bare(said, money[0]))):
        home = next(iter(said.world.currencies), "EUR")
        return _rated(said, said.amount(money[0]), said.currency(money[0].readings[0]), (home, 0, 0))
    if len(money) > 1 or not others or said.at("list.payee_before", 0):
        return None
    if not money:
        alone = len(others) == 2 and sum(b - a for _, a, b in others) + 1 >= len(said.tokens)  # EUR/USD
        two = len(others) == 2 and not said.amounts and (alone or said.says("rate_of"))
        return _rated(said, "1", said.held(others[0][0]), others[1]) if two else None
    into = {last for _, _, last in said.find("into")}
    target = next((hit for hit in others if hit[1] in into), others[-1] if asked else None)
    if target is None or not (asked or target[2] >= len(said.tokens) - 1):
        return None
    if "metric" in measures.read(replace(said, home="list")):
        return None  # a question about one's own money that only names its currency
    return _rated(said, said.amount(money[0]), said.currency(money[0].readings[0]), target)


def _is_bare(said: Sentence, money: Found) -> bool:
    """ "How much is 99.95 USD?": nothing but the question and the amount."""
    asked = {at for _, first, last in said.find("convert") for at in range(first, last)}
    rest = [at for at in range(len(said.tokens)) if at not in asked and not money.first <= at < money.last]
    return all(said.tokens[at].kind == "mark" for at in rest)


def _rated(said: Sentence, amount: str, currency: str, target: Hit) -> Given | None:
    into, today = said.held(target[0]), said.world.day
    found = periods.read(said.text, said.language, today)
    day = min(found[0].value.end, today) if found else today
    return {"amount": amount, "currency": currency, "into": into, "on": day.isoformat()} if into != currency else None


READERS: dict[str, Callable[[Sentence], Given | None]] = {
    "open": _mine, "unit_price": _unit_price, "loan": _loan, "budget": _budget, "exchange": _exchange,
    "saving": _saving,
}  # fmt: skip
