"""An amount in another currency at the European Central Bank's reference rate, with the day of the rate."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

import numpy as np

from assistant import fx
from assistant.flash.inputs import Input, Positive
from assistant.money import Money, digits

DAYS = 364  # of the curve: whole weeks


@dataclass(frozen=True, slots=True)
class Exchange:
    """`on`: the day that was asked for; the rate is the last one published by then."""

    amount: Positive
    currency: Annotated[str, Input("choice")]
    into: Annotated[str, Input("choice")]
    on: Annotated[date, Input("date")]

    def __post_init__(self) -> None:
        fx.rate(self.on, self.currency, self.into)  # raises for a currency that is not quoted

    @property
    def given(self) -> Money:
        return Money.of(self.amount, self.currency)

    @property
    def result(self) -> tuple[Money, date]:
        return fx.convert(self.given, self.into, self.on)

    @property
    def rates(self) -> tuple[Decimal, Decimal]:
        """One unit of `currency` in `into`, and the other way round; each to six significant digits."""
        value = fx.rate(self.on, self.currency, self.into).value
        there, back = (each.quantize(Decimal(1).scaleb(each.adjusted() - 5)).normalize() for each in (value, 1 / value))
        return there, back

    @property
    def curve(self) -> list[tuple[date, float]]:
        """The rate at the end of each week of the year before."""
        days = np.arange(self.on.toordinal() - DAYS, self.on.toordinal() + 1, 7, dtype=np.int64)
        rates = fx.series(days, self.currency, self.into) * 10.0 ** (digits(self.currency) - digits(self.into))
        return [(date.fromordinal(int(day)), float(rate)) for day, rate in zip(days, rates, strict=True)]
