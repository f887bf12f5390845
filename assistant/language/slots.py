"""The details of a wish: who, how much, what for, which period, which product. Every slot says where it stood.

Knows the person's names (`World`) and the lexicons. A name that is not in the payee book is passed on as said, never
turned into a contact; two amounts that no correction joins are two readings of one slot, so that they are asked.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from assistant.language import amounts, constraints, periods
from assistant.language.acts import Slot, World
from assistant.language.lexicon import lexicon, phrases
from assistant.language.numbers import number
from assistant.language.sentence import Sentence
from assistant.language.tokens import Phrases, Token, covered, extent, tokens
from assistant.money import Money
from assistant.request import Constraint, Language

Span = tuple[int, int]
LONGEST_NAME = 5  # tokens
LONGEST_HAN_NAME = 8


# ---- payments ----


def pay(text: str, language: Language, world: World) -> dict[str, Slot]:
    """payee, amount, purpose of a wish to pay (or of an answer to "who?", "how much?")."""
    words = tokens(text)
    slots: dict[str, Slot] = {}
    if again := phrases("list.same", language).scan(words):
        start, end = extent(words, *again[0][1:])
        slots["repeat"] = Slot.said(text, (start, end), "last")
        text = text[:start] + " " * (end - start) + text[end:]  # "as last time" is no reason
    found = _addressed(payee(text, language, world), text)
    if found:
        slots["payee"] = found
    reason = purpose(text, language, found)
    days = [day for day in periods.read(text, language, world.day, ahead=True) if day.value.start > world.day]
    taken = [slot.span for slot in (found, reason) if slot and slot.span] + [day.span for day in days]
    if sum_ := amount(text, language, taken):
        slots["amount"] = _with_share(sum_, text, language, world)
    if days:
        slots["day"] = Slot.said(text, days[0].span, days[0].value.start)
    if often := phrases("list.regularly", language).scan(words):
        slots["often"] = Slot.said(text, extent(words, *often[0][1:]))
    if reason:
        slots["purpose"] = reason
    elif word := _bill_word(text, words, language, found):
        slots["purpose"] = word
    return slots


def _addressed(found: Slot | None, text: str) -> Slot | None:
    """ "alice@example.com" is nobody's name: the whole address is what was said."""
    first, last = (found.span if found else None) or (0, 0)
    every = re.finditer(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*", text, re.ASCII)
    place = next((each for each in every if each.start() < last and first < each.end()), None)
    return Slot.said(text, place.span(), confidence=0.6) if place else found


def _with_share(sum_: Slot, text: str, language: Language, world: World) -> Slot:
    """ "20 with a 10 % tip" may be 20 or 22: a percentage beside an amount is asked about."""
    told, (first, last) = Sentence(text, language, world), sum_.span or (0, 0)
    beside = [each for each in told.percents if not first <= told.tokens[each.first].start < last]
    if not beside:
        return sum_
    more = Decimal(sum_.value.value) * (100 + beside[0].value) / 100
    other = replace(sum_.value, value=amounts.printed(more.quantize(Decimal("0.01"), ROUND_HALF_UP)))
    return replace(sum_, readings=(*sum_.readings, other))


def amount(text: str, language: Language, taken: Sequence[Span] = ()) -> Slot | None:
    """One slot for all amounts said; whatever else they could mean is in its readings."""
    found = amounts.read(text, language, taken)
    if not found:
        return None
    readings = [reading for item in found for reading in item.readings]
    first = min(found, key=lambda item: not item.certain)
    value = first.readings[0]
    others = tuple(dict.fromkeys(reading for reading in readings if reading != value))
    sure = 0.6 if any(item.vague for item in found) else 1.0
    return Slot.said(text, first.span, value, confidence=sure, readings=others)


def payee(text: str, language: Language, world: World) -> Slot | None:
    """A name of the book where it was said, else the words after "to", "à", 给 as they stand."""
    words = tokens(text)
    known = known_names(words, language, world)
    if known:
        best = max(weight for weight, *_ in known)
        names = list(dict.fromkeys(name for weight, name, _, _ in known if weight == best))
        _, name, first, last = next(item for item in known if item[0] == best)
        names += _joined(words, known, last, language)
        return Slot.said(text, extent(words, first, last), name, readings=tuple(dict.fromkeys(names[1:])))
    return _named(text, words, language)


def known_names(words: Sequence[Token], language: Language, world: World) -> list[tuple[int, str, int, int]]:
    """Names of the book in the sentence: (2 right after "to" or "pay" else 1, name, first token, after the last)."""
    found = []
    for name, first, last in Phrases((name, name) for name in world.payees).scan(words):
        before = max(
            (b for _, a, b in phrases("list.payee_before", language).scan(words[:first]) if b == first), default=0
        )
        after = bool(phrases("list.purpose", language).scan(words[max(0, first - 1) : first]))
        possessive = (
            language == "en"
            and last < len(words)
            and words[last].text == "s"
            and words[last].start == words[last - 1].end + 1
        )
        if not possessive:
            found.append((2 if before and not after else 1, name, first, last))
    return found


def _joined(words: Sequence[Token], known: list[tuple[int, str, int, int]], last: int, language: Language) -> list[str]:
    """Names that an "and" or a comma puts beside the first: one payment cannot go to two, so it is asked."""
    names = []
    for _, name, first, end in known:
        between = words[last:first]
        if (
            between
            and len(between) <= 2
            and all(t.kind == "mark" or phrases("list.to", language).at((t,), 0) for t in between)
        ):
            names.append(name)
            last = end
    return names


def _named(text: str, words: Sequence[Token], language: Language) -> Slot | None:
    """The run of words after a marker, as said; nothing when only amounts and small words follow."""
    for prefer_for in (False, True):
        for marker, _, start in phrases("list.payee_before", language).scan(words):
            weak = bool(phrases("list.purpose", language).at(tokens(marker), 0))
            if weak != prefer_for:
                continue
            first, last = _run(words, start, language)
            bill = phrases("list.bill", language).scan(words[first : last + 1])
            if last > first and not bill:
                return Slot.said(text, extent(words, first, last), confidence=0.6)
    return None


def _run(words: Sequence[Token], start: int, language: Language) -> Span:
    stops, articles = phrases("list.payee_stop", language), phrases("list.payee_article", language)
    first = start
    article = articles.at(words, start)
    end = article[1] if article else start
    name = end
    bound = phrases("bound", language)
    while (
        end < len(words) and words[end].kind in ("word", "han") and not (stops.at(words, end) or bound.at(words, end))
    ):
        small = number(words, end, language) is not None and not (
            language == "zh" and words[end].kind == "han" and end > name
        )
        if small or (phrases("currency", language).at(words, end) and language != "zh"):
            break
        end += 1
        if end - name >= (LONGEST_HAN_NAME if words[name].kind == "han" else LONGEST_NAME):
            break
    return (first, end) if end > name else (start, start)


def purpose(text: str, language: Language, who: Slot | None) -> Slot | None:
    """The words after "for", "pour", 备注, up to an amount, the payee or the end."""
    words = tokens(text)
    for _, marker, start in phrases("list.purpose", language).scan(words):
        if (
            start >= len(words)
            or words[start].text in lexicon(language)["list"]["pronoun"]  # "for me" is no purpose
            or (who and who.span and who.span[0] <= words[start].start < who.span[1])
        ):
            continue
        if who and who.span and marker and words[marker].start <= who.span[0] <= words[start - 1].end:
            continue
        end = start
        while end < len(words) and not _ends_purpose(words, end, start, who, language):
            end += 1
        while end > start and (words[end - 1].kind == "mark" or phrases("list.polite", language).at(words, end - 1)):
            end -= 1
        if end > start:
            return Slot.said(text, extent(words, start, end))
    return None


def _ends_purpose(words: Sequence[Token], at: int, start: int, who: Slot | None, language: Language) -> bool:
    """At the payee, at punctuation, at a marker of the payee, or at an amount (not "2 pizzas", which is a purpose)."""
    token = words[at]
    if token.text in ",，。.;；!！" or (who and who.span and who.span[0] <= token.start < who.span[1]):
        return True
    if at > start and token.text in ("to", "a", "给") and who and who.span and who.span[0] > token.start:
        return True
    hit = amounts.amount_at(words, at, language)
    if hit is None:
        return False
    noun_follows = hit.last < len(words) and words[hit.last].kind == "word" and at == start
    return hit.certain or not noun_follows


def _bill_word(text: str, words: Sequence[Token], language: Language, who: Slot | None) -> Slot | None:
    """ "pay the rent": what the payment is for, when nothing else says it."""
    for _, first, last in phrases("list.bill", language).scan(words):
        span = extent(words, first, last)
        if not (who and who.span and who.span[0] <= span[0] < who.span[1]):
            return Slot.said(text, span, confidence=0.9)
    return None


# ---- products ----


def find(text: str, language: Language, world: World) -> dict[str, Slot]:
    """query, constraints, doubts and quantity of a wish for a product; the digits of a code when they were typed."""
    if typed := code(text):
        return {"code": typed}
    given = phrases("list.gift", language).scan(tokens(text))
    whom = payee(text, language, world) if given else None
    wanted = constraints.read(text, language, world, (whom and whom.span) or (0, 0), facts=True)
    query = _without(wanted.query, "list.gift", language) if given else wanted.query
    limits = wanted.constraints
    if wanted.quantity > 1 and phrases("list.altogether", language).scan(tokens(text)):
        limits = tuple(_each(limit, wanted.quantity) for limit in limits)
        query = _without(query, "list.altogether", language)
    told = {"query": query, "constraints": limits, "doubts": wanted.doubts, "quantity": wanted.quantity}
    return {name: Slot(value, query if name == "query" else "") for name, value in told.items() if value}


def _each(limit: Constraint, count: int) -> Constraint:
    """ "4 mugs, 60 in total": what one of them may cost."""
    bound = limit.value
    if not isinstance(bound, Money) or limit.op not in ("at_most", "less"):
        return limit
    return replace(limit, value=Money(bound.minor // count, bound.currency))


def _without(text: str, section: str, language: Language) -> str:
    """The text without these phrases: nothing is sold under the name "gift"."""
    words = tokens(text)
    gone = covered(words, phrases(section, language))
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
