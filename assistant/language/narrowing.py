"""What is said after a list of products: other conditions, fewer of them, more or less than the first one has.

Knows the last search; which products that leaves is found by the shop.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.language import constraints
from assistant.language.acts import Act, Frame, Set, Slot
from assistant.language.lexicon import phrases
from assistant.language.tokens import covered, extent, joined, tokens
from assistant.request import Constraint, Doubt

if TYPE_CHECKING:
    from assistant.language.answers import Said


def compared(said: Said) -> str:
    """ "Quieter", "plus grande", 再轻一点, "another brand": the fact of the first that is shown, and the way."""
    hits = phrases("comparative", said.language).scan(said.content)
    spans = [extent(said.content, first, last) for _, first, last in hits]
    only = said.covered(spans, said.content, "refine", "search", "pointing", "filler", "opening")
    return hits[0][0] if len(hits) == 1 and only else ""


def refined(said: Said, last: Frame, asked: bool) -> tuple[Act, ...]:
    """New conditions on the last search in place of the old ones of the same kind; "any colour" drops one."""
    new = constraints.read(said.text, said.language, said.world, facts=True)
    words = tokens(new.query)
    rest = words and not said.covered([], words, "refine")
    if dropped := freed(said):
        return (Set(narrowed(last, (), dropped=dropped)),)
    if words and said.at("adding", 0) and not constraints.sold(said.text, said.world):  # "with a laptop sleeve"
        small = covered(words, phrases("list.adding", said.language))
        more = joined(new.query, [word for i, word in enumerate(words) if i not in small])
        query = f"{last.slots['query'].value if 'query' in last.slots else ''} {more}".strip()
        return (Set(narrowed(last, new.constraints, new.doubts) | {"query": Slot(query, query)}),)
    if not (new.constraints or new.doubts) or (rest and not asked):
        return ()
    return (Set(narrowed(last, new.constraints, new.doubts)),)


def freed(said: Said) -> set[str]:
    """ "Any colour", "without the noise limit", 不限价格: the fields that no condition holds any more."""
    alone = phrases("any", said.language).scan(said.content)
    if alone and sum(last - first for _, first, last in alone) == len(said.content):
        return {field for field, *_ in alone}
    fields = phrases("field", said.language).scan(said.content)
    spans = [extent(said.content, first, last) for _, first, last in fields]
    free = phrases("list.free", said.language).scan(said.content)
    only = said.covered(spans, said.content, "free", "free_small", "refine")
    return {field for field, *_ in fields} if free and only else set()


def narrowed(
    last: Frame,
    new: Sequence[Constraint],
    doubts: Sequence[Doubt] = (),
    dropped: frozenset[str] | set[str] = frozenset(),
) -> dict[str, Slot]:
    """The slots of the search with these conditions in place of its own of the same fields; features add up."""
    kept = last.slots["constraints"].value if "constraints" in last.slots else ()
    fields = ({condition.field for condition in new} - {"feature"}) | dropped
    return {"constraints": Slot((*(c for c in kept if c.field not in fields), *new)), "doubts": Slot(tuple(doubts))}
