"""Exchange rates: the euro reference rates of the European Central Bank, from a file shipped with the project.

Rule: the rate of a day is the last one published on or before it (before the first, the first), and every answer says
which day that was. Two currencies that are not the euro meet through it. Amounts are rounded half up, once.
Source: European Central Bank, euro foreign exchange reference rates; `workshop/ecb.py` derives the file.

>>> rate(date(2015, 1, 14), "EUR", "USD")
Rate(value=Decimal('1.1775'), on=datetime.date(2015, 1, 14))
"""

import functools
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.errors import BadInput
from assistant.money import Money, digits

FILE = Path(__file__).parent / "data" / "ecb.npz"


@dataclass(frozen=True, slots=True)
class Rate:
    """`value` units of the quote currency for one of the base; `on` = the day it was published (of two, the older)."""

    value: Decimal
    on: date


@dataclass(frozen=True, slots=True)
class Quotes:
    """One currency against the euro: `days` ordinals int32[N], `units` int64[N] per euro, times 10^`places`."""

    days: NDArray[np.int32]
    units: NDArray[np.int64]
    places: int

    def at(self, day: int) -> tuple[Fraction, int]:
        index = max(int(self.days.searchsorted(day, "right")) - 1, 0)
        return Fraction(int(self.units[index]), 10**self.places), int(self.days[index])


def currencies() -> tuple[str, ...]:
    """Every currency that can be converted, the euro first."""
    return ("EUR", *_file())


def rate(on: date, base: str, quote: str) -> Rate:
    """The dated rate. Raises `BadInput("no_rate")` for a currency the ECB does not quote."""
    value, published = _ratio(on, base, quote)
    return Rate(Decimal(value.numerator) / Decimal(value.denominator), published)


def convert(money: Money, currency: str, on: date) -> tuple[Money, date]:
    """`money` in `currency` at the rate of `on`, half up to the minor unit, and the day of that rate."""
    if money.currency == currency:
        return money, on
    value, published = _ratio(on, money.currency, currency)
    shift = digits(currency) - digits(money.currency)
    above, below = value.numerator * 10 ** max(shift, 0), value.denominator * 10 ** max(-shift, 0)
    return Money(half_up(money.minor * above, below), currency), published


def half_up(above: int, below: int) -> int:
    """`above` / `below` (positive) to the nearest integer; a half goes away from zero."""
    whole = (2 * abs(above) + below) // (2 * below)
    return whole if above >= 0 else -whole


def series(days: NDArray[np.int64], base: str, quote: str) -> NDArray[np.float64]:
    """Minor units of `quote` per minor unit of `base` on each ordinal day, float64[D], by the same rule as `rate`."""
    scale = 10.0 ** (digits(quote) - digits(base))
    result: NDArray[np.float64] = _per_euro(days, quote) / _per_euro(days, base) * scale
    return result


def _per_euro(days: NDArray[np.int64], currency: str) -> NDArray[np.float64]:
    if currency == "EUR":
        return np.ones(len(days))
    quotes = _quotes(currency)
    index = np.maximum(np.searchsorted(quotes.days, days, "right") - 1, 0)
    return quotes.units[index] / 10.0**quotes.places


@functools.lru_cache(maxsize=4096)
def _ratio(on: date, base: str, quote: str) -> tuple[Fraction, date]:
    if base == quote:
        return Fraction(1), on
    legs = [_quotes(currency).at(on.toordinal()) for currency in (base, quote) if currency != "EUR"]
    below = legs[0][0] if base != "EUR" else Fraction(1)
    above = legs[-1][0] if quote != "EUR" else Fraction(1)
    return above / below, date.fromordinal(min(day for _, day in legs))


def _quotes(currency: str) -> Quotes:
    try:
        return _file()[currency]
    except KeyError:
        raise BadInput("no_rate", currency=currency) from None


@functools.cache
def _file() -> dict[str, Quotes]:
    with np.load(FILE) as stored:
        days = np.cumsum(stored["days"], dtype=np.int32)
        rates = np.cumsum(stored["rates"], axis=1, dtype=np.int64)
        names, places = stored["currencies"].tolist(), stored["places"].tolist()
    return {name: Quotes(days[row > 0], row[row > 0], at) for name, row, at in zip(names, rates, places, strict=True)}
