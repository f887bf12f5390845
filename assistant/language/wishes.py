"""Several wishes in one sentence, and a wish that is denied in it. Knows where sentences part; knows no goal."""

from collections.abc import Iterator
from dataclasses import replace

from assistant.language.acts import Act, Query, Slot, Start
from assistant.language.lexicon import Words, names
from assistant.language.numbers import number, numbers
from assistant.language.tokens import extent
from assistant.language.utterance import Utterance, trimmed
from assistant.request import LANGUAGES

ENDS = ".?!;。？！；"
COMMAS = ",，、"


def split(said: Utterance) -> list[tuple[int, Utterance]]:
    """(offset, part): at the end of a sentence, and where "and" is followed by a verb, a payee, or a sum for one."""
    text, words, payees = said.text, said.tokens, said.world.payees
    cuts = [words[0].start] if words else [0]
    for index, token in enumerate(words):
        after = words.at("then", index) if not _between(words, index) else 0
        inside = token.text == "." and text[token.end : token.end + 1].strip()  # of an address
        ends = token.kind == "mark" and token.text in ENDS and not inside
        comma = token.text in COMMAS and all(_pays(part, payees) for part in (words.cut(0, index), words.cut(index)))
        rest = words.cut(index + 1 if ends or comma else after or len(words))
        if rest and not ((ends or comma) and _corrects(rest)) and (ends or _begins(rest, payees)):
            cuts.append(rest[0].start)
    pieces = zip(cuts, [*cuts[1:], len(text)], strict=True)
    parts = [(start, said.of(text[start:end].strip())) for start, end in pieces if text[start:end].strip()]
    kept = [(start, part) for start, part in parts if not part.core.are("chart")]
    return kept or parts  # "show the chart" belongs to its question


def _between(words: Words, index: int) -> bool:
    """ "Between 20 and 30 euros"."""
    return any(last < index and number(words, last, words.language) for *_, last in words.find("between", 0, index))


def _begins(words: Words, payees: tuple[str, ...]) -> bool:
    sum_for_one = number(words, 0, words.language) is not None and bool(names(payees).scan(words))
    return bool(words.at("verb")) or names(payees).at(words, 0) is not None or sum_for_one


def _pays(words: Words, payees: tuple[str, ...]) -> bool:
    """Whether somebody of the book and a number are named."""
    return bool(names(payees).scan(words)) and any(numbers(words, words.language))


def _corrects(words: Words) -> bool:
    """ "500 ... no, 50": the sentence goes on."""
    said = words.cut(0, 8).content
    return bool(sorry := said.at("correction")) and number(said, sorry, words.language) is not None


def inward(said: Utterance) -> bool:
    """ "Transfer 100 from savings to checking", 从储蓄转100到活期: between the person's own accounts."""
    words = trimmed(said.tokens)
    starts = words.at("transfer") or (words and words[0].text in ("从", "把", "将"))
    several = starts and len(words.find("own_account")) > 1
    return bool(several) and any(numbers(words, said.language))


def takes_cash(said: Utterance) -> bool:
    """ "Withdraw 50", 取50: a machine of the bank does that. "Retire 2" beside a cart takes two out of it."""
    after, last, top = said.core.at("takes_cash"), said.state.last, said.top
    open_ = (last is not None and last.goal == "cart") or (top is not None and bool(top.sheet))  # "retire 5" changes it
    return bool(after) and not open_ and number(said.core, after, said.language) is not None


def requests(said: Utterance) -> bool:
    """ "ask Bob for 20", 向Bob收20: money is to come from the payee."""
    payee, sum_ = said.payment.get("payee"), said.payment.get("amount")
    start, end = (payee.span if payee else None) or (0, len(said.text))
    first, last = (sum_.span if sum_ else None) or (start, start)
    before = said.of(said.text[: min(first, start)] + said.text[min(last, start) : start]).tokens  # "get 20 from Bob"
    owed = any(Words.of(said.text, language).says("owed") for language in LANGUAGES)  # "Bob me doit 20" is short
    rest = [Words.of(said.text[end:], language) for language in LANGUAGES]
    came = any(at and not words.cut(at).says("transfer") for words in rest if (at := words.at("requested")))
    return owed or came or before.ends("asks_of") or said.tokens.says("request")


def denies(words: Words) -> bool:
    """ "don't pay", "je ne veux pas payer", 不要给Bob转: a payment that is not wished. "Don't forget to pay" is one."""
    for _, _, at in words.find("negation"):
        while at < len(words):
            step, pays = words.at("spend", at), words.at("transfer", at)
            if (pays or words.at("payee_before", at)) and not step and not words.at("purpose", at):
                return True
            if step and pays:
                return True
            if not step:
                break
            at = step
    return False


def each_category(act: Act, said: Utterance) -> Iterator[Act]:
    """ "On rent and utilities", 房租和水电: a figure for everything that was named."""
    asked = isinstance(act, Query) and act.goal == "measure" and "category" in act.slots
    hits = {value: said.slot(first, last, value) for value, first, last in said.find("category")} if asked else {}
    if not isinstance(act, Query) or len(hits) < 2 or act.slots["category"].value not in hits:
        yield act
        return
    yield from (replace(act, slots={**act.slots, "category": each}) for each in hits.values())


def apiece(act: Act, said: Utterance) -> Iterator[Act]:
    """ "20 each to Alice and Bob", 给Alice和Bob各20: a payment for everybody who was named."""
    payee = act.slots.get("payee") if isinstance(act, Start) and act.goal == "pay" else None
    if not (payee and payee.readings and said.says("apiece") and isinstance(act, Start) and "amount" in act.slots):
        yield act
        return
    for name in (payee.value, *payee.readings):
        hit = next(iter(names((name,)).scan(said.tokens)), None)
        span = extent(said.tokens, *hit[1:]) if hit else payee.span
        named = Slot.said(said.text, span, name) if span else replace(payee, value=name, readings=())
        yield replace(act, slots={**act.slots, "payee": named})
