"""Whether the balances that a file prints follow from its amounts, and what stood there before its first row."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.money import Money
from assistant.wealth.imports.statement import Row


@dataclass(frozen=True, slots=True)
class Followed:
    """`wrong`: lines whose balance does not follow. `flipped`: the opposite sign explains every balance.

    `openings`: (account, what stood there before its oldest row) where every balance follows.
    """

    wrong: tuple[int, ...]
    flipped: bool
    openings: tuple[tuple[str, Money], ...]


def follow(rows: Sequence[Row]) -> Followed:
    """The balances of each account and currency, oldest row first or last, whichever fits better."""
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row.balance is not None:
            groups[row.account, row.money.currency].append(row)
    wrong: list[int] = []
    flipped = False
    openings = []
    for (account, currency), mine in groups.items():
        mine = mine[::-1] if mine[0].day > mine[-1].day else mine
        readings = [(_gaps(ordered, sign), sign, ordered) for sign in (1, -1) for ordered in (mine, mine[::-1])]
        gaps, sign, ordered = min(readings, key=lambda reading: len(reading[0]))
        if sign < 0 and gaps:
            gaps = min((found for found, way, _ in readings if way > 0), key=len)
        elif not gaps:
            flipped |= sign < 0
            openings.append((account, Money((ordered[0].balance or 0) - sign * _cash(ordered[0]), currency)))
        wrong += gaps
    return Followed(tuple(sorted(wrong)), flipped, tuple(openings))


def _gaps(rows: Sequence[Row], sign: int) -> list[int]:
    pairs = pairwise(rows)
    return [after.line for before, after in pairs if (before.balance or 0) + sign * _cash(after) != after.balance]


def _cash(row: Row) -> int:
    return 0 if row.deal and row.deal.delivered else row.money.minor
