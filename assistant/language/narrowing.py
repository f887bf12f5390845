"""What is said after a list of products: other conditions, fewer of them, more or less than the first one has.

Knows the last search; which products that leaves is found by the shop.
"""

from collections.abc import Sequence

from assistant.language import constraints
from assistant.language.acts import Act, Frame, Set, Slot
from assistant.language.lexicon import Words
from assistant.language.tokens import joined
from assistant.language.utterance import Utterance
from assistant.request import Constraint, Doubt


def compared(said: Utterance) -> str:
    """ "Quieter", "plus grande", 再轻一点, "another brand": the fact of the first that is shown, and the way."""
    hits = said.content.find("comparative")
    only = said.only(
        said.content.spans("comparative"), said.content, "refine", "search", "pointing", "filler", "opening"
    )
    return hits[0][0] if len(hits) == 1 and only else ""


def refined(said: Utterance, last: Frame, asked: bool) -> tuple[Act, ...]:
    """New conditions on the last search in place of the old ones of the same kind; "any colour" drops one."""
    new = constraints.read(said, facts=True)
    words = Words.of(new.query, said.language)
    if dropped := freed(said):
        return (Set(narrowed(last, (), dropped=dropped)),)
    if words and said.core.at("adding") and not said.sold:  # "with a laptop sleeve"
        small = words.covered("adding")
        more = joined(new.query, [word for i, word in enumerate(words) if i not in small])
        query = f"{last.told('query', '')} {more}".strip()
        return (Set(narrowed(last, new.constraints, new.doubts) | {"query": Slot(query, query)}),)
    rest = words and not said.only([], words, "refine")
    pays = said.core.at("transfer") and not new.constraints  # "pay 20" is no limit
    if pays or not (new.constraints or new.doubts) or (rest and not asked):
        return ()
    return (Set(narrowed(last, new.constraints, new.doubts)),)


def freed(said: Utterance) -> set[str]:
    """ "Any colour", "without the noise limit", 不限价格: the fields that no condition holds any more."""
    alone = said.content.find("any")
    if alone and sum(last - first for _, first, last in alone) == len(said.content):
        return {field for field, *_ in alone}
    fields = said.content.find("field")
    only = said.only(said.content.spans("field"), said.content, "free", "free_small", "refine")
    return {field for field, *_ in fields} if said.content.says("free") and only else set()


def narrowed(
    last: Frame,
    new: Sequence[Constraint],
    doubts: Sequence[Doubt] = (),
    dropped: frozenset[str] | set[str] = frozenset(),
) -> dict[str, Slot]:
    """The slots of the search with these conditions in place of its own of the same fields; features add up."""
    kept = last.told("constraints", ())
    fields = ({condition.field for condition in new} - {"feature"}) | dropped
    return {"constraints": Slot((*(c for c in kept if c.field not in fields), *new)), "doubts": Slot(tuple(doubts))}
