"""Saving towards a goal: of the sum, the deposit a month and the time two are given, the third follows.

A deposit at the end of every month; interest is credited monthly at a twelfth of the yearly rate, half up to the minor
unit, so that the path is what a bank would print. Knows no calendar: time is counted in months.
"""

from bisect import bisect_left
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from assistant.errors import Refused
from assistant.flash.inputs import Amount, Input, Months, Percent, Positive
from assistant.fx import half_up
from assistant.money import Money

LONGEST = 1200  # months


@dataclass(frozen=True, slots=True)
class Goal:
    """`target` None: what there will be. Else one of `monthly` and `months` is given, the other follows.

    `spare`: what the household has left a month.
    """

    currency: str
    target: Annotated[Positive | None, Input(step="0.01", unit="currency")] = None
    monthly: Annotated[Amount | None, Input("range", "1", "currency")] = None
    months: Annotated[Months | None, Input("range", "1", "month", "60", "1")] = None
    have: Amount = Decimal(0)
    rate: Percent = Decimal(0)  # a year
    spare: Decimal | None = None

    @property
    def both(self) -> dict[str, Decimal]:
        """What is given and what follows from it, by field."""
        if self.target is None:
            return {"target": self.path[-1].decimal}
        return {"monthly": self.deposit.decimal, "months": Decimal(len(self.path) - 1)}

    @property
    def _end(self) -> int:
        return 0 if self.target is None else Money.of(self.target, self.currency).minor

    @property
    def deposit(self) -> Money:
        """A month's deposit: as given, or the smallest that reaches the target in time."""
        if self.monthly is not None:
            return Money.of(self.monthly, self.currency)
        enough = range(self._end + 1)  # a deposit of the whole target always is
        least = bisect_left(enough, True, key=lambda each: self._balances(each, self.months or 1)[-1] >= self._end)
        return Money(least, self.currency)

    @property
    def path(self) -> tuple[Money, ...]:
        """The balance now and after every month, up to the first that reaches the target or to the date given."""
        open_ = self.months is None or (self.monthly is not None and self.target is not None)
        balances = self._balances(self.deposit.minor, LONGEST if open_ else self.months or 1, stop=open_)
        if balances[-1] < self._end:
            raise Refused("flash_never", most=LONGEST // 12)
        return tuple(Money(minor, self.currency) for minor in balances)

    def _balances(self, deposit: int, months: int, stop: bool = False) -> list[int]:
        rate = Fraction(self.rate) / 1200
        balances = [Money.of(self.have, self.currency).minor]
        for _ in range(months):
            if stop and balances[-1] >= self._end:
                break
            interest = half_up(balances[-1] * rate.numerator, rate.denominator)
            balances.append(balances[-1] + interest + deposit)
        return balances

    @property
    def interest(self) -> Money:
        """What the bank adds on the way."""
        return self.path[-1] - self.path[0] - self.deposit * (len(self.path) - 1)
