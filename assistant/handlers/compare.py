"""Two or three products side by side: how they differ, what the first wins and loses, in sentences of the numbers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assistant.errors import Refused
from assistant.handlers import Context, Handler, Tap
from assistant.handlers.goods import measure, placed, unranked, value
from assistant.language.acts import Do
from assistant.money import Money
from assistant.reply import Action, Compare, CompareRow, Reply
from assistant.shop.glossary import glossary
from assistant.shop.guide import PRICES, Comparison, Row

LEAST, MOST = 2, 3  # products in a comparison
DIFFERENCES = 4  # in one sentence
THAN = (
    *PRICES, "noise", "rating", "battery", "weight", "capacity", "delivery", "power", "height", "pages",
)  # fmt: skip


def compare(do: Do, context: Context) -> Reply:
    """The products at the positions that were named, else the whole shelf."""
    refs = tuple(value(do, "refs", ()))
    chosen = placed(refs, context) if refs else context.state.results
    return _compared(chosen[:MOST], context.settings.currency, context)


def _compared(products: Sequence[str], currency: str, context: Context) -> Reply:
    if len(products) < LEAST:
        raise Refused("nothing_to_compare")
    found = context.rooms.shop.compare(products[:MOST], currency)
    views = tuple(unranked(each, currency, context) for each in found.products)
    rows = tuple(_row(row, context) for row in found.different)
    same = ", ".join(f"{_row(row, context).attribute} {_row(row, context).values[0]}" for row in found.same)
    notes = (*tradeoffs(found, currency, context), *((context.say("product.same", facts=same),) if same else ()))
    text = context.say("product.compared", titles=" · ".join(view.title for view in views))
    card = Compare(products=views, rows=rows, notes=notes)
    return Reply(text, (card,), route="product", results=tuple(each.id for each in found.products))


def tradeoffs(found: Comparison, currency: str, context: Context) -> Iterator[str]:
    """What the first wins and loses against each other one, and whether one is best in everything; from numbers."""
    titles = [product.title(context.language) for product in found.products]
    units = {row.name: "day" if row.name == "delivery" else row.unit for row in found.different}
    for other, differences in zip(titles[1:], found.against, strict=True):
        told = sorted((each for each in differences if each[0] in THAN), key=lambda each: THAN.index(each[0]))
        said = [_than(name, by, units[name], currency, context) for name, by in told[:DIFFERENCES]]
        if said:
            listed = context.say("service.comma").join(said)
            yield context.say("product.against", title=titles[0], other=other, differences=listed)
    if len(found.front) == 1:
        yield context.say("product.dominates", title=titles[found.front[0]])
    elif found.front and found.different:
        yield context.say("product.front", count=len(found.front))


def _than(name: str, by: float, unit: str, currency: str, context: Context) -> str:
    amount = Money(abs(round(by)), currency) if name in PRICES else abs(by)
    return context.say(f"product.than.{name}_{'less' if by < 0 else 'more'}", by=measure(amount, unit, context))


def _row(row: Row, context: Context) -> CompareRow:
    unit = "day" if row.name == "delivery" else row.unit
    values = tuple("—" if value is None else measure(value, unit, context) for value in row.values)
    return CompareRow(glossary().name(row.name, context.language), values, row.best)


def action(ids: tuple[str, ...], currency: str, context: Context) -> Action:
    target = {"products": list(ids[:MOST]), "currency": currency}
    return Action(context.say("product.compare", count=len(ids[:MOST])), "product.compare", target)


def _tapped(target: Mapping[str, Any], values: Mapping[str, str], context: Context) -> Reply:  # noqa: ARG001
    return _compared(target["products"], target["currency"], context)


GOALS: dict[str, Handler] = {"compare": compare}
TAPS: dict[str, Tap] = {"product.compare": _tapped}
