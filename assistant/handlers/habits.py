"""What a person told once and every later search keeps to: what they avoid and the sizes they wear.

Each stands as a chip on the shelf with its reason, can be taken away for that search, and forgotten for good.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from assistant.handlers import Context, ask, notice
from assistant.reply import Action, Reply
from assistant.request import Constraint
from assistant.shop.glossary import glossary
from assistant.shop.shelf import Shelf

WORN = "worn"  # unit of a size that is remembered and was not said now
SIZE = re.compile(r"\d?X{0,3}[SL]|M|[2-6]\d(?:\.5)?")  # of what is worn: 42, M, XL; A5 is paper
OFFERED = 8


def habits(query: str, limits: Sequence[Constraint], context: Context) -> Iterator[Constraint]:
    """The conditions that hold although nobody said them now, but for what is asked for now."""
    said = {each.field for each in limits}
    for name, what in context.avoided():
        words = {what, glossary().name(what, context.language).lower()}
        if name not in said and not any(word in query.lower() for word in words):
            yield Constraint(name, "avoid", what)
    kinds = context.rooms.shop.kinds(query, context.language)
    for kind, size in context.sizes().items():
        if kinds == {kind} and "size" not in said:
            yield Constraint("size", "is", size, unit=WORN)


def wears(shelf: Shelf, context: Context) -> str:
    """Remember the one size this shelf was asked in, for its kind of product; the sentence that says so."""
    said = [str(each.value) for each in shelf.constraints if each.field == "size"]
    kind = shelf.hits[0].product.category
    if len(said) != 1 or not SIZE.fullmatch(said[0]) or not kind or context.sizes().get(kind) == said[0]:
        return ""
    return _keep(kind, said[0], context)


def _keep(kind: str, size: str, context: Context) -> str:
    if context.preferences is None:
        return ""
    context.preferences.keep("sizes", context.sizes() | {kind: size})
    return context.say("memory.wears", size=size, kind=glossary().name(kind, context.language))


def change(target: Mapping[str, str], values: Mapping[str, str], context: Context) -> Reply:  # noqa: ARG001
    """Another size for a kind of product: which of those sold; then it is kept."""
    kind = target["kind"]
    if "size" in target:
        return notice(_keep(kind, target["size"], context), "product", "success")
    sizes = [size for size in context.rooms.shop.sizes(kind) if SIZE.fullmatch(size)][:OFFERED]
    text = context.say("memory.which_size", kind=glossary().name(kind, context.language))
    return ask(text, [Action(size, "memory.size", {"kind": kind, "size": size}, "chip") for size in sizes], "product")
