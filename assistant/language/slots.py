"""The details of a wish: who, how much, what for, which period, which product. Every slot says where it stood.

Knows the person's names (`World`) and the lexicons. A name that is not in the payee book is passed on as said, never
turned into a contact; two amounts that no correction joins are two readings of one slot, so that they are asked.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from assistant.language import amounts, constraints, known, periods
from assistant.language.acts import Slot
from assistant.language.lexicon import Words, lexicon, names
from assistant.language.numbers import number, numbers
from assistant.language.sentence import Sentence
from assistant.money import Money
from assistant.request import LANGUAGES, Constraint, Language

Span = tuple[int, int]
NEAR = 5  # tokens between a day and the word that says what happens then
LONGEST_NAME = 5  # tokens
LONGEST_HAN_NAME = 8


# ---- payments ----


def pay(said: Sentence) -> dict[str, Slot]:
    """payee, amount, purpose of a wish to pay (or of an answer to "who?", "how much?")."""
    slots: dict[str, Slot] = {}
    if again := said.find("same"):
        slots["repeat"] = last = said.slot(*again[0][1:], "last")
        said = said.blank(*(last.span or (0, 0)))  # "as last time" is no reason
    found = _addressed(payee(said), said.text)
    if found:
        slots["payee"] = found
    reason = purpose(said, found)
    days = [
        day for day in periods.read(said.text, said.language, said.world.day, ahead=True)
        if day.value.start > said.world.day and not _is_repaid(said, day.first, day.last)
    ]  # fmt: skip
    taken = [slot.span for slot in (found, reason) if slot and slot.span] + [day.span for day in days]
    if (sum_ := amount(said.text, said.language, taken)) and not _counts(sum_, said):
        slots["amount"] = _with_share(sum_, said)
    if days:
        slots["day"] = Slot.said(said.text, days[0].span, days[0].value.start)
    if often := said.find("regularly"):
        slots["often"] = said.slot(*often[0][1:])
    if reason := reason or _bill_word(said, found):
        slots["purpose"] = reason
    return slots


def _counts(sum_: Slot, said: Sentence) -> bool:
    """ "Send 20 photos": a bare number right before a word in the plural that nobody knows is no sum of money."""
    after = next((at for at, word in enumerate(said.tokens) if word.start >= (sum_.span or (0, 0))[1]), None)
    word = said.tokens[after].text if after is not None else ""
    plural = len(word) > 4 and word.isascii() and word.endswith("s") and word not in known(said.language)
    bare = not (sum_.value.currency or sum_.value.candidates)
    return bare and plural and after is not None and not names(said.world.payees).at(said.tokens, after)


def _is_repaid(said: Sentence, first: int, last: int) -> bool:
    """ "She pays it back in a year": the day is not of this payment."""
    return said.says("repaid", max(0, first - NEAR), last + NEAR)


def _addressed(found: Slot | None, text: str) -> Slot | None:
    """ "alice@example.com" is nobody's name: the whole address is what was said."""
    first, last = (found.span if found else None) or (0, 0)
    every = re.finditer(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*", text, re.ASCII)
    place = next((each for each in every if each.start() < last and first < each.end()), None)
    return Slot.said(text, place.span(), confidence=0.6) if place else found


def _with_share(sum_: Slot, said: Sentence) -> Slot:
    """ "20 with a 10 % tip" may be 20 or 22, "3 tickets at 12 each" 12 or 36: either is asked about."""
    first, last = sum_.span or (0, 0)
    more = [(100 + each.value) / 100 for each in said.percents if not first <= said.tokens[each.first].start < last]
    if not more and said.says("multiplied"):
        hits = numbers(said.tokens, said.language)
        more = [hit.values[0] for hit in hits if not first <= said.tokens[hit.start].start < last]
        more = [count for count in more if 1 < count < 100 and count == int(count)]
    elif not more and any(not first <= said.tokens[at].start < last for _, at, _ in said.find("twice")):
        more = [Decimal(2)]
    sums = (Decimal(sum_.value.value) * each for each in more[:1])
    others = (replace(sum_.value, value=amounts.printed(s.quantize(Decimal("0.01"), ROUND_HALF_UP))) for s in sums)
    return replace(sum_, readings=(*sum_.readings, *others))


def amount(text: str, language: Language, taken: Sequence[Span] = ()) -> Slot | None:
    """One slot for all amounts said; whatever else they could mean is in its readings."""
    found = amounts.read(text, language, taken)
    if not found:
        return None
    first = min(found, key=lambda item: not item.certain)
    value = first.readings[0]
    others = tuple(dict.fromkeys(each for item in found for each in item.readings if each != value))
    sure = 0.6 if any(item.vague for item in found) else 1.0
    return Slot.said(text, first.span, value, confidence=sure, readings=others)


def payee(said: Sentence) -> Slot | None:
    """A name of the book where it was said, else the words after "to", "à", 给 as they stand."""
    known = known_names(said)
    if not known:
        return _named(said)
    best = max(weight for weight, *_ in known)
    names = list(dict.fromkeys(name for weight, name, _, _ in known if weight == best))
    _, name, first, last = next(item for item in known if item[0] == best)
    names += _joined(said.tokens, known, last)
    return said.slot(first, last, name, readings=tuple(dict.fromkeys(names[1:])))


def known_names(said: Sentence) -> list[tuple[int, str, int, int]]:
    """Names of the book in the sentence: (2 right after "to" or "pay" else 1, name, first token, after the last)."""
    found, words = [], said.tokens
    for name, first, last in names(said.world.payees).scan(words):
        marked = words.ends("payee_before", first) and not words.find("purpose", max(0, first - 1), first)
        owner = words[last : last + 1] and words[last].text == "s" and words[last].start == words[last - 1].end + 1
        if not (owner and said.language == "en"):
            found.append((1 + marked, name, first, last))
    return found


def _joined(words: Words, known: list[tuple[int, str, int, int]], last: int) -> list[str]:
    """Names that an "and" or a comma puts beside the first: one payment cannot go to two, so it is asked."""
    found = []
    for _, name, first, end in known:
        if 0 < first - last <= 2 and all(
            words[i].kind == "mark" or words.cut(i, i + 1).at("to") for i in range(last, first)
        ):
            found.append(name)
            last = end
    return found


def _named(said: Sentence) -> Slot | None:
    """The run of words after a marker, as said; nothing when only amounts and small words follow."""
    for prefer_for in (False, True):
        for marker, _, start in said.find("payee_before"):
            if bool(Words.of(marker, said.language).at("purpose")) != prefer_for:
                continue
            first, last = _run(said, start)
            if last > first and not said.says("bill", first, last + 1) and not said.at("period.weekday", first):
                return said.slot(first, last, confidence=0.6)
    return None


def _run(said: Sentence, start: int) -> Span:
    words, han = said.tokens, said.language == "zh"
    end = name = words.at("payee_article", start) or start
    while end < len(words) and words[end].kind in ("word", "han"):
        counted = number(words, end, said.language) is not None and not (
            han and words[end].kind == "han" and end > name
        )
        if counted or words.at("payee_stop", end) or words.at("bound", end) or (words.at("currency", end) and not han):
            break
        end += 1
        if end - name >= (LONGEST_HAN_NAME if words[name].kind == "han" else LONGEST_NAME):
            break
    return (start, end) if end > name else (start, start)


def purpose(said: Sentence, who: Slot | None) -> Slot | None:
    """The words after "for", "pour", 备注, up to an amount, the payee or the end."""
    words, (begun, over) = said.tokens, (who.span if who else None) or (0, 0)
    for _, marker, start in words.find("purpose"):
        day = words.at("period.weekday", start)
        if start >= len(words) or day or words[start].text in lexicon(said.language)["list"]["pronoun"]:
            continue  # "for me", "wait for Friday" tell no purpose
        if begun <= words[start].start < over or (
            over and marker and words[marker].start <= begun <= words[start - 1].end
        ):
            continue
        end = start
        while end < len(words) and not _ends_purpose(said, end, start, who):
            end += 1
        while end > start and (words[end - 1].kind == "mark" or words.at("polite", end - 1)):
            end -= 1
        if end > start:
            return said.slot(start, end)
    return None


def _ends_purpose(said: Sentence, at: int, start: int, who: Slot | None) -> bool:
    """At the payee, at punctuation, at a marker of the payee, or at an amount (not "2 pizzas", which is a purpose)."""
    words, (begun, over) = said.tokens, (who.span if who else None) or (0, 0)
    token = words[at]
    if token.text in ",，。.;；!！" or begun <= token.start < over:
        return True
    if at > start and token.text in ("to", "a", "给") and begun > token.start:
        return True
    hit = amounts.amount_at(words, at, said.language)
    if hit is None:
        return False
    noun_follows = hit.last < len(words) and words[hit.last].kind == "word" and at == start
    return hit.certain or not noun_follows


def _bill_word(said: Sentence, who: Slot | None) -> Slot | None:
    """ "pay the rent": what the payment is for, when nothing else says it."""
    begun, over = (who.span if who else None) or (0, 0)
    slots = (said.slot(first, last, confidence=0.9) for _, first, last in said.find("bill"))
    return next((slot for slot in slots if slot.span and not begun <= slot.span[0] < over), None)


def bill_kinds(words: str) -> set[str]:
    """What kind of bill these words or a biller's name speak of, in whichever language: {"electricity"}."""
    return {kind for language in LANGUAGES for kind, *_ in Words.of(words, language).find("biller")}


# ---- products ----


def find(said: Sentence) -> dict[str, Slot]:
    """query, constraints, doubts and quantity of a wish for a product; the digits of a code when they were typed."""
    if typed := code(said.text):
        return {"code": typed}
    given = said.says("gift")
    whom = payee(said) if given and not said.says("hobby") else None
    wanted = constraints.read(said, (whom and whom.span) or (0, 0), facts=True)
    query = _without(wanted.query, "gift", said.language) if given else wanted.query
    if given and not said.sold and (liked := said.find("hobby")):
        query = liked[0][0]  # for a runner, who loves running
    limits = wanted.constraints
    if wanted.quantity > 1 and said.says("altogether"):
        limits = tuple(_each(limit, wanted.quantity) for limit in limits)
        query = _without(query, "altogether", said.language)
    best = next((meaning for meaning, *_ in said.find("ordinal") if meaning.islower()), "")
    told = {"query": query, "constraints": limits, "doubts": wanted.doubts, "quantity": wanted.quantity}
    told |= {"best": best.replace("cheapest", "price least")}
    return {name: Slot(value, query if name == "query" else "") for name, value in told.items() if value}


def _each(limit: Constraint, count: int) -> Constraint:
    """ "4 mugs, 60 in total": what one of them may cost."""
    bound = limit.value
    if not isinstance(bound, Money) or limit.op not in ("at_most", "less"):
        return limit
    return replace(limit, value=Money(bound.minor // count, bound.currency))


def _without(text: str, name: str, language: Language) -> str:
    """The text without these phrases: nothing is sold under the name "gift"."""
    words = Words.of(text, language)
    gone = words.covered(name)
    kept = (text[word.start : word.end] for place, word in enumerate(words) if place not in gone)
    return ("" if language == "zh" else " ").join(kept)


def code(text: str) -> Slot | None:
    """The digits of a GTIN-8, 12, 13 or 14 with a right check digit (GS1 General Specifications 7.9)."""
    for match in re.finditer(r"(?<!\d)(\d[\d -]{6,17}\d)(?!\d)", text):
        digits = re.sub(r"\D", "", match[1])
        if len(digits) in (8, 12, 13, 14) and checks(digits):
            return Slot(digits, match[1], match.span(1))
    return None


def checks(digits: str) -> bool:
    """Weights 3 and 1 from the right of the payload; the sum with the check digit is a multiple of ten."""
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return weighted % 10 == 0
