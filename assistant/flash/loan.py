"""A loan repaid in equal instalments, and what repaying more than agreed saves.

Annuity: instalment = P i / (1 - (1 + i)^-n), i a twelfth of the yearly (nominal) rate, half up to the minor unit; each
month's interest is rounded likewise and the last instalment clears what is left. Knows no bank's fees.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from assistant.errors import BadInput, Refused
from assistant.flash.inputs import Amount, Input, Months, Percent, Positive
from assistant.fx import half_up
from assistant.money import Money

LONGEST = 1200  # months


@dataclass(frozen=True, slots=True)
class Plan:
    """`balances`: what is owed now and after every instalment. `paid` counts every instalment, `interest` its part."""

    balances: tuple[int, ...]
    interest: int
    paid: int

    @property
    def months(self) -> int:
        return len(self.balances) - 1


@dataclass(frozen=True, slots=True)
class Loan:
    """Exactly one of `months` and `payment` is given. `extra` is paid on top every month, `lump` once, now."""

    currency: str
    principal: Positive
    rate: Percent  # a year
    months: Annotated[Months | None, Input("range", "1", "month", "360", "1")] = None
    payment: Annotated[Positive | None, Input(step="1", unit="currency")] = None
    extra: Annotated[Amount, Input("range", "", "currency", "payment", label="extra_month")] = Decimal(0)
    lump: Amount = Decimal(0)

    def __post_init__(self) -> None:
        if self.lump > self.principal:
            raise BadInput("flash_lump", owed=Money.of(self.principal, self.currency))

    def _minor(self, amount: Decimal) -> int:
        return Money.of(amount, self.currency).minor

    @property
    def instalment(self) -> Money:
        if self.payment is not None:
            return Money.of(self.payment, self.currency)
        owed, months, rate = self._minor(self.principal), self.months or 1, Fraction(self.rate) / 1200
        exact = owed * rate / (1 - (1 + rate) ** -months) if rate else Fraction(owed, months)
        return Money(half_up(exact.numerator, exact.denominator), self.currency)

    @property
    def both(self) -> dict[str, Decimal]:
        """What is given and what follows from it, by field."""
        return {"months": Decimal(self.agreed.months), "payment": self.instalment.decimal}

    @property
    def agreed(self) -> Plan:
        """As the contract says."""
        return self._repaid(self._minor(self.principal), self.instalment.minor, self.months)

    @property
    def faster(self) -> Plan:
        """With what is paid on top: the instalments stay, the loan ends earlier."""
        if not (self.extra or self.lump):
            return self.agreed
        owed = self._minor(self.principal) - self._minor(self.lump)
        return self._repaid(owed, self.instalment.minor + self._minor(self.extra), self.months)

    def _repaid(self, owed: int, instalment: int, last: int | None) -> Plan:
        rate, balances, interest, paid = Fraction(self.rate) / 1200, [owed], 0, 0
        while balances[-1]:
            due = half_up(balances[-1] * rate.numerator, rate.denominator)
            if instalment <= due or len(balances) > LONGEST:
                raise Refused("flash_never_repaid", interest=Money(due, self.currency))
            final = len(balances) == last
            part = balances[-1] + due if final else min(instalment, balances[-1] + due)
            balances.append(balances[-1] + due - part)
            interest, paid = interest + due, paid + part
        return Plan(tuple(balances), interest, paid)
