"""Packs of different sizes by the price of one kilogram, litre, metre or piece. Exact until it is printed."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated

from assistant.errors import BadInput
from assistant.flash.inputs import Amount, Count, Input, Positive
from assistant.fx import half_up
from assistant.money import Money, digits

# unit -> (what a price is stated for, how much of it); ounce, pound, foot as agreed in 1959, a jin is 500 g;
# the gallon, pint and fluid ounce are those of the US unless their name says otherwise
UNITS: dict[str, tuple[str, Fraction]] = {
    "kg": ("kg", Fraction(1)), "g": ("kg", Fraction(1, 1000)), "mg": ("kg", Fraction(1, 10**6)),
    "jin": ("kg", Fraction(1, 2)), "oz": ("kg", Fraction("0.028349523125")), "lb": ("kg", Fraction("0.45359237")),
    "l": ("l", Fraction(1)), "dl": ("l", Fraction(1, 10)), "cl": ("l", Fraction(1, 100)),
    "ml": ("l", Fraction(1, 1000)), "fl_oz": ("l", Fraction("0.0295735295625")), "pt": ("l", Fraction("0.473176473")),
    "gal": ("l", Fraction("3.785411784")), "gal_uk": ("l", Fraction("4.54609")),
    "m": ("m", Fraction(1)), "cm": ("m", Fraction(1, 100)), "mm": ("m", Fraction(1, 1000)),
    "ft": ("m", Fraction("0.3048")), "yd": ("m", Fraction("0.9144")),
    "piece": ("piece", Fraction(1)), "dozen": ("piece", Fraction(12)),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pack:
    """`count` packs of `quantity` `unit` cost `price` together."""

    quantity: Annotated[Positive, Input(step="any")]
    unit: Annotated[str, Input("choice")]
    price: Amount
    count: Count = 1

    @property
    def held(self) -> Fraction:
        """All of it in kg, l, m or pieces."""
        return Fraction(self.quantity) * self.count * UNITS[self.unit][1]

    @property
    def per(self) -> Fraction:
        """Major units of money for one kg, l, m or piece."""
        return Fraction(self.price) / self.held


@dataclass(frozen=True, slots=True)
class Shelf:
    currency: str
    packs: tuple[Pack, ...]

    def __post_init__(self) -> None:
        if any(pack.unit not in UNITS for pack in self.packs) or len({UNITS[p.unit][0] for p in self.packs}) != 1:
            raise BadInput("flash_units")

    @property
    def unit(self) -> str:
        return UNITS[self.packs[0].unit][0]

    @property
    def prices(self) -> tuple[Money, ...]:
        """Of one unit, half up to the minor unit."""
        scale = 10 ** digits(self.currency)
        exact = [pack.per * scale for pack in self.packs]
        return tuple(Money(half_up(each.numerator, each.denominator), self.currency) for each in exact)

    @property
    def best(self) -> int:
        """Index of the cheapest, by the exact prices."""
        return min(range(len(self.packs)), key=lambda i: self.packs[i].per)

    @property
    def dearer(self) -> tuple[int, ...]:
        """How much dearer than the cheapest each is, in whole percent."""
        least = self.packs[self.best].per
        more = [100 * (pack.per / least - 1) if least else Fraction(0) for pack in self.packs]
        return tuple(half_up(each.numerator, each.denominator) for each in more)
