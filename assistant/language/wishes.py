"""Several wishes in one sentence, and a wish that is denied in it. Knows where sentences part; knows no goal."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.language import answers
from assistant.language.acts import Act, Slot, Start, World
from assistant.language.lexicon import phrases
from assistant.language.numbers import number
from assistant.language.tokens import Phrases, Token, extent, tokens
from assistant.request import Language

ENDS = ".?!;。？！；"
COMMAS = ",，、"


def split(text: str, language: Language, world: World) -> list[tuple[int, str]]:
    """(offset, part): at the end of a sentence, and where "and" is followed by a verb, a payee, or a sum for one."""
    words = tokens(text)
    cuts = [words[0].start] if words else [0]
    for index, token in enumerate(words):
        after = phrases("list.then", language).at(words, index)
        inside = token.text == "." and text[token.end : token.end + 1].strip()  # of an address
        ends = token.kind == "mark" and token.text in ENDS and not inside
        comma = token.text in COMMAS and all(_pays(part, language, world) for part in (words[:index], words[index:]))
        begins = index + 1 if ends or comma else after[1] if after else len(words)
        corrects = (ends or comma) and _corrects(words[begins:], language)
        if begins < len(words) and not corrects and (ends or _begins(words[begins:], language, world)):
            cuts.append(words[begins].start)
    pieces = zip(cuts, [*cuts[1:], len(text)], strict=True)
    parts = [(start, text[start:end].strip()) for start, end in pieces if text[start:end].strip()]
    drawn = [
        part for part in parts if answers.whole(answers.trimmed(tokens(part[1]), language), "list.chart", language)
    ]
    return [part for part in parts if part not in drawn] or parts  # "show the chart" belongs to its question


def _begins(words: Sequence[Token], language: Language, world: World) -> bool:
    names = Phrases((name, name) for name in world.payees)
    sum_for_one = number(words, 0, language) is not None and bool(names.scan(words))
    return asks(words, language) or names.at(words, 0) is not None or sum_for_one


def _pays(words: Sequence[Token], language: Language, world: World) -> bool:
    """Whether somebody of the book and a number are named."""
    payee = Phrases((name, name) for name in world.payees).scan(words)
    return bool(payee) and any(number(words, index, language) for index in range(len(words)))


def _corrects(words: Sequence[Token], language: Language) -> bool:
    """ "500 ... no, 50": the sentence goes on."""
    said = [token for token in words[:8] if token.kind != "mark"]
    sorry = phrases("list.correction", language).at(said, 0)
    return sorry is not None and number(said, sorry[1], language) is not None


def asks(words: Sequence[Token], language: Language) -> bool:
    """Whether a verb of asking stands at the beginning."""
    return phrases("list.verb", language).at(words, 0) is not None


def inward(text: str, language: Language) -> bool:
    """ "Transfer 100 from savings to checking", 从储蓄转100到活期: between the person's own accounts."""
    words = answers.trimmed(tokens(text), language)
    starts = phrases("list.transfer", language).at(words, 0) or (words and words[0].text in ("从", "把", "将"))
    accounts = phrases("list.own_account", language).scan(words)
    return bool(starts) and len(accounts) > 1 and any(number(words, at, language) for at in range(len(words)))


def denies(text: str, language: Language) -> bool:
    """ "don't pay", "je ne veux pas payer", 不要给Bob转: a payment that is not wished. "Don't forget to pay" is one."""
    words = tokens(text)
    pays = [phrases(f"list.{name}", language) for name in ("transfer", "payee_before")]
    between, purpose = phrases("list.spend", language), phrases("list.purpose", language)
    for _, _, at in phrases("list.negation", language).scan(words):
        while at < len(words):
            if any(table.at(words, at) for table in pays) and not between.at(words, at) and not purpose.at(words, at):
                return True
            step = between.at(words, at)
            if step is None:
                break
            if phrases("list.transfer", language).at(words, at):
                return True
            at = step[1]
    return False


def names_payee(parts: Sequence[str], world: World) -> bool:
    names = Phrases((name, name) for name in world.payees)
    return any(names.scan(tokens(part)) for part in parts)


def each(text: str, language: Language) -> bool:
    return bool(phrases("list.apiece", language).scan(tokens(text)))


def apiece(act: Act, text: str, language: Language) -> Iterator[Act]:
    """ "20 each to Alice and Bob", 给Alice和Bob各20: a payment for everybody who was named."""
    payee = act.slots.get("payee") if isinstance(act, Start) and act.goal == "pay" else None
    several = payee is not None and bool(payee.readings) and each(text, language)
    if not (several and payee and isinstance(act, Start) and "amount" in act.slots):
        yield act
        return
    words = tokens(text)
    for name in (payee.value, *payee.readings):
        hit = next(iter(Phrases([(name, name)]).scan(words)), None)
        span = extent(words, *hit[1:]) if hit else payee.span
        said = Slot.said(text, span, name) if span else replace(payee, value=name, readings=())
        yield replace(act, slots={**act.slots, "payee": said})
