"""Which purchase a sale sells: lots in integers, by FIFO, LIFO, highest cost first or average cost.

Costs split half up to the minor unit and what is left stays with the lot, so nothing is lost at zero. Not a tax
statement: a country may prescribe another order.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Literal

from assistant import fx

Method = Literal["fifo", "lifo", "hifo", "average"]


@dataclass(frozen=True, slots=True)
class Trade:
    """`quantity` times 10^-8, positive for a purchase, negative for a sale; `amount` > 0 in minor units, with fees."""

    day: date
    quantity: int
    amount: int


@dataclass(frozen=True, slots=True)
class Lot:
    day: date
    quantity: int
    cost: int


@dataclass(frozen=True, slots=True)
class Sale:
    """One sale with the lots it took: `gain` = `amount` - the sum of their costs."""

    day: date
    amount: int
    taken: tuple[Lot, ...]

    @property
    def cost(self) -> int:
        return sum(each.cost for each in self.taken)

    @property
    def gain(self) -> int:
        return self.amount - self.cost


@dataclass(frozen=True, slots=True)
class Book:
    lots: tuple[Lot, ...]
    sales: tuple[Sale, ...]

    @property
    def cost(self) -> int:
        return sum(each.cost for each in self.lots)

    @property
    def quantity(self) -> int:
        return sum(each.quantity for each in self.lots)

    @property
    def gain(self) -> int:
        return sum(each.gain for each in self.sales)


ORDERS: dict[Method, Callable[[Lot], object]] = {
    "fifo": lambda lot: lot.day.toordinal(),
    "lifo": lambda lot: -lot.day.toordinal(),
    "hifo": lambda lot: Fraction(-lot.cost, lot.quantity),
    "average": lambda lot: lot.quantity,  # there is only one
}


def book(trades: Iterable[Trade], method: Method = "fifo") -> Book:
    """What is still held and what was sold of one security. Raises ValueError for a sale of more than is held.

    Trades count by day, splits of a day first, then its purchases. A split is a trade without an amount that leaves
    something: every lot grows or shrinks alike and keeps its cost. Average cost: the purchases run into one lot.
    Source of the methods: US 26 CFR 1.1012-1 (FIFO, identified lots, average basis).
    """
    lots: list[Lot] = []
    sales: list[Sale] = []
    for each in sorted(trades, key=lambda trade: (trade.day, trade.amount != 0, trade.quantity < 0)):
        held = sum(lot.quantity for lot in lots) if not each.amount else 0
        if held and held + each.quantity > 0:
            lots = _split(lots, held + each.quantity, held)
        elif each.quantity > 0:
            lots.append(Lot(each.day, each.quantity, each.amount))
            if method == "average":
                lots = [Lot(lots[0].day, sum(lot.quantity for lot in lots), sum(lot.cost for lot in lots))]
        elif each.quantity:
            sales.append(Sale(each.day, each.amount, _take(lots, -each.quantity, method, each.day)))
    return Book(tuple(lots), tuple(sales))


def _split(lots: list[Lot], after: int, before: int) -> list[Lot]:
    """Lots whose quantities sum to `after`; what rounding leaves goes to the last."""
    grown = [replace(each, quantity=each.quantity * after // before) for each in lots]
    rest = after - sum(each.quantity for each in grown)
    return [*grown[:-1], replace(grown[-1], quantity=grown[-1].quantity + rest)]


def _take(lots: list[Lot], wanted: int, method: Method, day: date) -> tuple[Lot, ...]:
    """Removes `wanted` from `lots`, in place, and says what was taken."""
    if wanted > sum(each.quantity for each in lots):
        raise ValueError(f"more sold on {day} than held")
    lots.sort(key=ORDERS[method])  # type: ignore[arg-type]
    taken: list[Lot] = []
    while wanted:
        first = lots[0]
        quantity = min(wanted, first.quantity)
        cost = fx.half_up(first.cost * quantity, first.quantity)
        taken.append(Lot(first.day, quantity, cost))
        rest = replace(first, quantity=first.quantity - quantity, cost=first.cost - cost)
        lots[:1] = [rest] if rest.quantity else []
        wanted -= quantity
    return tuple(taken)
