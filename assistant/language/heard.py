"""What was heard, weighed: words that may be wrong make an amount uncertain, a second reading, or a question.

Knows the recogniser's confidence and alternatives; reads no sentence itself.
"""

from collections.abc import Sequence
from dataclasses import replace

from assistant.language import slots
from assistant.language.acts import Act, Affirm, Amount, Set, Start, Unknown
from assistant.language.lexicon import Words
from assistant.request import Evidence, Language

HEARD = 0.35  # confidence of the recogniser in 0..1 below which nothing is drafted
CLEAR = 0.6  # below which an amount is marked uncertain
EXPLAINED = (
    "yes", "payee_before", "payee_stop", "purpose", "polite", "verb", "then", "search", "bill", "this", "change",
)  # fmt: skip


def careful(acts: tuple[Act, ...], evidence: Evidence, language: Language) -> tuple[Act, ...]:
    """Heard badly: ask instead of drafting. Heard in two ways: the other number is a reading too."""
    heard = evidence.heard
    if heard is None:
        return acts
    if heard.confidence < HEARD and any(_drafts(act) for act in acts):
        return (Unknown(tuple(dict.fromkeys(act.goal for act in acts if isinstance(act, Start)))),)
    strange = any(_unexplained(heard.text, act, language) for act in acts)
    if heard.confidence < CLEAR or strange:  # both: a number may hide in the words that mean nothing, so it is asked
        acts = tuple(_unsure(act, asked=heard.confidence < CLEAR and strange) for act in acts)
    others = [slots.amount(text, language) for text in heard.alternatives]
    numbers = tuple(reading for other in others if other for reading in (other.value, *other.readings))
    return tuple(_doubted(act, numbers) for act in acts)


def _unexplained(text: str, act: Act, language: Language) -> bool:
    """Whether words were heard that are neither a detail nor one of the words payments are asked with."""
    if not isinstance(act, (Start, Set)) or "amount" not in act.slots:
        return False
    spans = [slot.span for slot in act.slots.values() if slot.span]
    words = Words.of(text, language)
    known = words.covered(*EXPLAINED)
    inside = {i for i, word in enumerate(words) if any(start <= word.start < end for start, end in spans)}
    return any(word.kind != "mark" and i not in known | inside for i, word in enumerate(words))


def _unsure(act: Act, asked: bool) -> Act:
    """The amount is marked uncertain on the sheet, or, `asked`, offered as one reading to choose."""
    if not isinstance(act, (Start, Set)) or "amount" not in act.slots:
        return act
    slot = act.slots["amount"]
    readings = slot.readings or ((slot.value,) if asked else ())
    return replace(act, slots={**act.slots, "amount": replace(slot, confidence=0.5, readings=readings)})


def _drafts(act: Act) -> bool:
    return isinstance(act, (Affirm, Set)) or (isinstance(act, Start) and act.goal in ("pay", "buy", "refund"))


def _doubted(act: Act, others: Sequence[Amount]) -> Act:
    if isinstance(act, Affirm) and act.amount:
        return replace(act, sole=act.sole and all(other.value == act.amount.value for other in others))
    if not isinstance(act, (Start, Set)) or "amount" not in act.slots:
        return act
    slot = act.slots["amount"]
    new = tuple(other for other in dict.fromkeys(others) if other.value != slot.value.value)
    kept = slot.readings + tuple(other for other in new if other not in slot.readings)
    return replace(act, slots={**act.slots, "amount": replace(slot, readings=kept)})
