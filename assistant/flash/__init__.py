"""Flash cards: a closed set of small calculations that are typed, adjusted, kept, reopened and exported.

Each file is one calculation: a frozen value that holds what was asked and computes the rest, exactly. `Flash` keeps
them, one row a card and a person. A control's name is its path in that value ("people.0.portions"). Knows no words.
"""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from pydantic import TypeAdapter, ValidationError

from assistant.clock import Clock
from assistant.errors import BadInput, NotFound
from assistant.flash.budget import Budget
from assistant.flash.exchange import Exchange
from assistant.flash.loan import Loan
from assistant.flash.saving import Goal
from assistant.flash.split import Bill
from assistant.flash.tables import cards
from assistant.flash.unit_price import Shelf
from assistant.reply import new_id
from assistant.store import Store

Kind = Literal["split", "saving", "loan", "budget", "exchange", "unit_price"]
Value = Bill | Goal | Loan | Budget | Exchange | Shelf
KINDS: dict[str, type[Any]] = {
    "split": Bill, "saving": Goal, "loan": Loan, "budget": Budget, "exchange": Exchange, "unit_price": Shelf,
}  # fmt: skip
LONGEST_TITLE = 80


@dataclass(frozen=True, slots=True)
class Kept:
    """One card of a person. `rows`: what its file holds, texts by column."""

    id: str
    kind: Kind
    title: str
    value: Value
    kept: bool
    rows: tuple[tuple[str, ...], ...]
    changed_at: datetime


class Flash:
    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    def make(self, user: str, kind: Kind, given: Mapping[str, Any], title: str) -> Kept:
        """A new card. Raises `BadInput` for what cannot be computed."""
        row = {"id": new_id("card"), "user_id": user, "kind": kind, "title": title[:LONGEST_TITLE], "kept": False}
        row |= {"given": plain(kind, typed(kind, given)), "rows": [], "changed_at": self.clock.now()}
        self.store.run(sa.insert(cards).values(row))
        return self.get(user, str(row["id"]))

    def get(self, user: str, id: str) -> Kept:
        """Raises `NotFound` for a card of somebody else or of nobody."""
        row = self.store.first(sa.select(cards).where(cards.c.user_id == user, cards.c.id == id))
        if row is None:
            raise NotFound("flash_unknown")
        return _kept(row)

    def kept(self, user: str) -> tuple[Kept, ...]:
        """What the person kept, the last changed first."""
        mine = sa.select(cards).where(cards.c.user_id == user, cards.c.kept).order_by(cards.c.changed_at.desc())
        return tuple(map(_kept, self.store.rows(mine)))

    def change(self, user: str, id: str, values: Mapping[str, str]) -> Kept:
        """Controls set to what was typed, all or none. Raises `BadInput` and leaves the card as it was."""
        card = self.get(user, id)
        data, title = plain(card.kind, card.value), card.title
        for name, text in values.items():
            if name == "title":
                title = text.strip()[:LONGEST_TITLE] or title
                continue
            _put(data, name.split("."), text)
            both = getattr(card.value, "both", {})  # two ways to say the same: what is set decides
            data |= dict.fromkeys(both, None) | {name: data[name]} if name in both else {}
        return self.note(user, id, title=title, given=plain(card.kind, typed(card.kind, data)))

    def note(self, user: str, id: str, **changed: Any) -> Kept:
        """The card with other columns: `kept`, or the `rows` that it shows now."""
        mine = sa.update(cards).where(cards.c.user_id == user, cards.c.id == id)
        self.store.run(mine.values(changed_at=self.clock.now(), **changed))
        return self.get(user, id)


def _kept(row: Any) -> Kept:
    rows = tuple(tuple(each) for each in row.rows)
    return Kept(row.id, row.kind, row.title, typed(row.kind, row.given), row.kept, rows, row.changed_at)


def _put(data: Any, path: Sequence[str], text: str) -> None:
    """Set what `path` leads to; only what the card already has can be set."""
    try:
        for step in path[:-1]:
            data = data[int(step) if isinstance(data, list) else step]
        last: Any = int(path[-1]) if isinstance(data, list) else path[-1]
        data[last]  # there already
    except (KeyError, IndexError, ValueError, TypeError):
        raise BadInput("flash_no_field", field=".".join(path)[:40]) from None
    data[last] = text.strip() or None


@functools.cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    return TypeAdapter(KINDS[kind])


def typed(kind: Kind, data: Mapping[str, Any]) -> Value:
    """The calculation of plain data. Raises `BadInput("flash_value")` for what is no number, date or answer."""
    try:
        value: Value = _adapter(kind).validate_python(data)
    except ValidationError as wrong:
        raise BadInput("flash_value", given=str(wrong.errors()[0]["input"])[:40]) from None
    getattr(value, "both", None)  # raises here what cannot be computed, before it is kept
    return value


def plain(kind: Kind, value: Value) -> dict[str, Any]:
    data: dict[str, Any] = _adapter(kind).dump_python(value, mode="json")
    return data
