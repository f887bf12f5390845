"""Short answers: yes, no, cancel, a correction, a missing detail, "and last year?", "the second one".

They mean something only beside what was asked or shown before, so they are read first. What does not answer anything
comes back as no act, and is then read as a wish.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from assistant.language import amounts, constraints, measures, slots
from assistant.language.acts import (
    Act,
    Affirm,
    Amount,
    Cancel,
    Chat,
    Choose,
    Deny,
    Frame,
    Query,
    Set,
    Slot,
    Start,
    State,
    World,
)  # fmt: skip
from assistant.language.lexicon import phrases
from assistant.language.numbers import number
from assistant.language.tokens import Token, tokens
from assistant.request import Constraint, Doubt, Language

SHORT = 7  # tokens of an answer
POINTING = {
    "one", "it", "that", "this", "them", "the", "please", "of", "in", "to", "and",
    "celui", "celle", "la", "le", "l", "ca", "ci", "du", "de", "et",
    "个", "的", "款", "这", "那", "它", "吧", "就", "两", "了", "和",
}  # fmt: skip


def propose(text: str, state: State, world: World) -> tuple[Act, ...]:
    language = state.language
    words = trimmed(tokens(text), language)
    top = state.frames[-1] if state.frames else None
    return (
        _of_doubt(words, state, language)
        or _said_whole(words, tokens(text), state, language)
        or (_to_sheet(text, words, top, language) if top else ())
        or (_to_question(text, words, top, language, world) if top and top.asked else ())
        or (_correction(text, words, top, language, world) if top else ())
        or _pointed(text, words, state, language)
        or _ellipsis(text, words, state, language, world)
    )


def trimmed(words: Sequence[Token], language: Language) -> tuple[Token, ...]:
    """Without marks and polite words at both ends; a currency sign or a minus stays."""
    polite = phrases("list.polite", language).scan(words)
    small = {index for _, first, last in polite for index in range(first, last)}
    small |= {index for index, word in enumerate(words) if word.kind == "mark" and word.text not in "$€£¥-"}
    kept = [index for index in range(len(words)) if index not in small]
    return tuple(words[kept[0] : kept[-1] + 1]) if kept else ()


def whole(words: Sequence[Token], section: str, language: Language) -> bool:
    """All words are phrases of this list: "yes, go ahead"."""
    table, index = phrases(section, language), 0
    content = [word for word in words if word.kind != "mark"]
    while index < len(content):
        hit = table.at(content, index)
        if hit is None:
            return False
        index = hit[1]
    return bool(content)


def _said_whole(words: Sequence[Token], full: Sequence[Token], state: State, language: Language) -> tuple[Act, ...]:
    """Sentences that are nothing but a yes, a no, a cancel, a greeting, thanks or a call for help."""
    if whole(full, "list.cancel", language) or whole(words, "list.cancel", language):
        return (Cancel(),)
    if whole(full, "list.yes", language) or whole(words, "list.yes", language):
        return (Affirm(),)
    if whole(full, "list.no", language) or whole(words, "list.no", language):
        return (Deny(),)
    if whole(full, "list.thanks", language):
        return (Chat("thanks"),)
    if whole(full, "list.help", language) or whole(words, "list.help", language):
        return (Chat("help"),)
    if whole(full, "list.plug", language):
        return (Query("prove"),)
    if whole(full, "list.greet", language):
        return (Chat("greet"),)
    if state.frames and whole(words, "list.open", language):
        return (Set({}),)
    return ()


def _to_sheet(text: str, words: Sequence[Token], top: Frame, language: Language) -> tuple[Act, ...]:
    """ "yes, twelve euros fifty", or the amount alone: repeated it confirms, another one corrects."""
    if not top.sheet:
        return ()
    start = phrases("list.yes", language).at(words, 0)
    rest = words[start[1] :] if start else words
    while rest and rest[0].kind == "mark" and rest[0].text not in "$€£¥-":
        rest = rest[1:]
    found = amounts.read(text, language)
    if not rest or len(found) != 1 or found[0].span != (rest[0].start, rest[-1].end):
        return ()
    said = found[0]
    waiting = top.slots.get("amount")
    if start or waiting is None or any(_equal(reading, waiting.value) for reading in said.readings):
        return (Affirm(said.readings[0], sole=len(said.readings) == 1),)
    slot = slots.amount(text, language)
    return (Set({"amount": slot}),) if slot else ()


def _equal(said: Amount, waiting: Amount) -> bool:
    fits = not (said.currency and waiting.currency) or said.currency == waiting.currency
    return fits and Decimal(said.value) == Decimal(waiting.value)


def _to_question(text: str, words: Sequence[Token], top: Frame, language: Language, world: World) -> tuple[Act, ...]:
    """The missing detail, when the sentence is short and begins no new wish."""
    begins = phrases("list.verb", language).at(words, 0) and not phrases("list.payee_before", language).at(words, 0)
    if not words or len(words) > SHORT or begins or text.rstrip().endswith(("?", "？")):
        return ()
    if top.asked == "amount":
        slot = slots.amount(text, language)
        return (Set({"amount": slot}),) if slot else ()
    if top.asked == "payee":
        told = slots.pay(text, language, world)
        if "payee" not in told:
            span = (words[0].start, words[-1].end)
            told = {**told, "payee": Slot(text[slice(*span)], text[slice(*span)], span, confidence=0.6)}
        return (Set(told),)
    if top.asked in ("purpose", "quantity", "ref"):
        return (Set({top.asked: Slot(text.strip(), text.strip(), (0, len(text)))}),)
    return ()


def _correction(text: str, words: Sequence[Token], top: Frame, language: Language, world: World) -> tuple[Act, ...]:
    """ "no, make it 5", "to Bob instead", "plutôt cinquante": details of the open payment said anew."""
    if top.goal != "pay" or not words or len(words) > 2 * SHORT:
        return ()
    marks = phrases("list.change", language)
    opened = marks.at(words, 0) or next(
        (hit for i in range(len(words)) if (hit := marks.at(words, i)) and hit[1] == len(words)), None
    )
    told = slots.pay(text, language, world)
    known = told.get("payee")
    if known and known.value not in world.payees and phrases("list.purpose", language).at(words, 0):
        reason = slots.purpose(text, language, None)  # "for lunch" tells nobody's name while somebody is named
        told = {n: s for n, s in told.items() if n != "payee"} | ({"purpose": reason} if reason else {})
        known = None
    if (
        known
        and known.value not in world.payees
        and not phrases("list.payee_before", language).at(words, 0)
        and not opened
    ):
        return ()
    if opened:
        told = {
            name: slot
            for name, slot in told.items()
            if name != "payee" or slot.value in world.payees or _after_marker(text, slot, language)
        }
        return (Set(told),) if told else ()
    only = _covered(words, [slot.span for slot in told.values() if slot.span], language)
    return (Set(told),) if told and only and not phrases("list.verb", language).at(words, 0) else ()


def _after_marker(text: str, slot: Slot, language: Language) -> bool:
    before = tokens(text[: slot.span[0]]) if slot.span else ()
    return any(end == len(before) for _, _, end in phrases("list.payee_before", language).scan(before))


def _covered(words: Sequence[Token], spans: Sequence[tuple[int, int]], language: Language) -> bool:
    """Nothing is said but these details and the small words that introduce them."""
    small = [phrases(f"list.{name}", language) for name in ("payee_before", "purpose", "polite", "change", "ellipsis")]
    for index, word in enumerate(words):
        inside = any(start <= word.start < end for start, end in spans)
        if not inside and word.kind != "mark" and not any(table.at(words, index) for table in small):
            return False
    return True


def _pointed(text: str, words: Sequence[Token], state: State, language: Language) -> tuple[Act, ...]:
    """ "the second one", "buy two of the first", "compare the first two", "je le prends"."""
    content = [word for word in words if word.kind != "mark"]
    if not content or len(content) > 2 * SHORT:
        return ()
    compares = state.results and phrases("list.compare", language).scan(content)
    if compares and len(several := slots.references(text, language)) > 1 and not measures.metric_of(text, language):
        return (Query("compare", {"refs": Slot(several)}),)
    ordinal, buy, compare = (phrases(name, language) for name in ("ordinal", "list.buy", "list.compare"))
    index, says_buy, says_compare, points = 0, False, False, False
    while index < len(content):
        hit = ordinal.at(content, index)
        bought, compared = buy.at(content, index), compare.at(content, index)
        counted = number(content, index, language)
        if hit or bought or compared:
            says_buy, says_compare, points = (
                says_buy or bool(bought),
                says_compare or bool(compared),
                points or bool(hit),
            )
            index = (hit or bought or compared or ("", index + 1))[1]
        elif content[index].text in POINTING:
            points, index = True, index + 1
        elif counted:
            index = counted.end
        else:
            return ()
    reference = slots.reference(text, language)
    if says_compare and (points or not reference):
        return (Query("compare"),)
    if reference is None:
        return (Start("buy"),) if says_buy and points and state.results else ()
    place, count = reference
    if count > 1:
        return (Start("buy", {"ref": Slot(place), "quantity": Slot(count)}),)
    return (Choose(place, "buy"),)


def _ellipsis(text: str, words: Sequence[Token], state: State, language: Language, world: World) -> tuple[Act, ...]:
    """ "and last year?", "and for my brother?", "那去年呢", "in blue": the last wish, with a detail changed."""
    last = state.frames[-1] if state.frames and state.frames[-1].goal == "pay" else state.last
    content = [word for word in words if word.kind != "mark"]
    start = phrases("list.ellipsis", language).at(content, 0)
    if not content or len(content) > SHORT + 2:
        return ()
    asked = bool(start) or (language == "zh" and text.rstrip("？? ").endswith("呢"))
    if state.last and state.last.goal == "measure":
        told = {n: s for n, s in measures.read(text, language, world).items() if n != "metric"}
        spans = [slot.span for slot in told.values() if slot.span]
        if (
            told
            and "metric" not in measures.read(text, language, world)
            and (asked or _covered(content, spans, language))
        ):
            return (Set(told),)
    if asked and last and last.goal == "pay":
        told = {n: s for n, s in slots.pay(text, language, world).items() if n in ("payee", "amount")}
        return (Set(told),) if told else ()
    if state.last and state.last.goal == "find":
        return _refined(text, state.last, language, world, asked)
    return ()


def _refined(text: str, last: Frame, language: Language, world: World, asked: bool) -> tuple[Act, ...]:
    """New conditions on the last search, in place of the old ones of the same kind."""
    new = constraints.read(text, language, world)
    rest = [word for word in tokens(new.query) if not phrases("list.ellipsis", language).at([word], 0)]
    if not (new.constraints or new.doubts) or (rest and not asked):
        return ()
    return (Set(_narrowed(last, new.constraints, new.doubts)),)


def _narrowed(last: Frame, new: Sequence[Constraint], doubts: Sequence[Doubt] = ()) -> dict[str, Slot]:
    kept = last.slots["constraints"].value if "constraints" in last.slots else ()
    fields = {condition.field for condition in new}
    return {"constraints": Slot((*(c for c in kept if c.field not in fields), *new)), "doubts": Slot(tuple(doubts))}


def _of_doubt(words: Sequence[Token], state: State, language: Language) -> tuple[Act, ...]:
    """ "Is 300 your limit?" answered by a yes or a no while no sheet waits."""
    last = state.last
    if last is None or last.goal != "find" or any(frame.sheet for frame in state.frames):
        return ()
    doubts: tuple[Doubt, ...] = last.slots["doubts"].value if "doubts" in last.slots else ()
    if doubts and whole(words, "list.yes", language):
        return (Set(_narrowed(last, doubts[0].options[0], doubts[1:])),)
    if not doubts or not whole(words, "list.no", language):
        return ()
    query = f"{last.slots['query'].value if 'query' in last.slots else ''} {doubts[0].text}".strip()
    return (Set(_narrowed(last, (), doubts[1:]) | {"query": Slot(query, query)}),)
