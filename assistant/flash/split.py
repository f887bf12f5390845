"""A bill shared to the cent: everybody's part of every line, the tip in proportion, and who still owes whom.

Knows amounts and portions; knows no words, no contacts and no payment. Shares always sum to the bill: each is its
exact fraction rounded down, the missing cents go to the largest remainders (Hamilton's method), equals in order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from assistant.errors import BadInput
from assistant.flash.inputs import Amount, Fixed, Input, Percent, Positive
from assistant.money import Money

MOST = 20  # people of one bill


@dataclass(frozen=True, slots=True)
class Person:
    """`name` empty: nobody said it. `paid`: what they have put down already, in major units."""

    name: str = ""
    me: bool = False
    portions: Annotated[Amount, Input(step="0.5")] = Decimal(1)
    paid: Amount = Decimal(0)


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the bill that not everybody need share: `shared` has one answer a person."""

    label: str
    amount: Fixed
    shared: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Bill:
    """`tip` in percent of the total, `extra` an amount; both are shared as the food is. `payer`: who paid the rest."""

    currency: str
    total: Positive
    people: tuple[Person, ...]
    items: tuple[Item, ...] = ()
    tip: Annotated[Percent, Input("range", "1", "%", "30")] = Decimal(0)
    extra: Amount = Decimal(0)
    payer: Annotated[int, Input("choice")] = -1
    unsure: str = ""  # the item that somebody left out, nobody said who

    def __post_init__(self) -> None:
        if not 1 <= len(self.people) <= MOST or self.payer >= len(self.people):
            raise BadInput("flash_people", most=MOST)
        if self._rest < 0:
            raise BadInput("flash_parts", parts=self._money(self.total - self._rest), total=self._money(self.total))
        _ = self.shares  # raises for a line that nobody shares

    def _money(self, amount: Decimal) -> Money:
        return Money.of(amount, self.currency)

    @property
    def _rest(self) -> Decimal:
        return self.total - sum((item.amount for item in self.items), Decimal(0))

    @property
    def whole(self) -> Money:
        """The total with the tip."""
        return self._money(self.total * (1 + self.tip / 100) + self.extra)

    @property
    def shares(self) -> tuple[Money, ...]:
        """One a person, in order; their sum is `whole`, exactly."""
        eaten = [Fraction(0)] * len(self.people)
        for amount, shared in [*((i.amount, i.shared) for i in self.items), (self._rest, (True,) * len(self.people))]:
            portions = [Fraction(p.portions) * takes for p, takes in zip(self.people, shared, strict=True)]
            if amount and not sum(portions):
                raise BadInput("flash_nobody")
            each = Fraction(amount) / sum(portions) if amount else 0
            eaten = [part + each * own for part, own in zip(eaten, portions, strict=True)]
        return tuple(Money(minor, self.currency) for minor in apportion(self.whole.minor, eaten))

    @property
    def paid(self) -> tuple[Money, ...]:
        """What each has put down; the payer also whatever the others have not."""
        own = [self._money(person.paid) for person in self.people]
        if self.payer >= 0:
            own[self.payer] += Money(max(0, self.whole.minor - sum(money.minor for money in own)), self.currency)
        return tuple(own)

    @property
    def open(self) -> tuple[Money, ...]:
        """Share less what was paid: above zero still owed, below zero to get back."""
        return tuple(share - paid for share, paid in zip(self.shares, self.paid, strict=True))


def apportion(whole: int, parts: Sequence[Fraction]) -> list[int]:
    """`whole` minor units in proportion to `parts` (not negative, not all zero), by largest remainder."""
    exact = [whole * part / sum(parts) for part in parts]
    floors = [int(share) for share in exact]
    order = sorted(range(len(parts)), key=lambda i: floors[i] - exact[i])
    for i in order[: whole - sum(floors)]:
        floors[i] += 1
    return floors
