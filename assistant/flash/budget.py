"""What if: a household's spending by category, each scaled by a percentage. The averages come from outside."""

from dataclasses import dataclass
from decimal import Decimal

from assistant.flash.inputs import Scale
from assistant.money import Money, total


@dataclass(frozen=True, slots=True)
class Line:
    """`spent`: the average of a month in major units; `percent` of it stays (100: as now, 50: half)."""

    category: str
    spent: Decimal
    percent: Scale = Decimal(100)

    def after(self, currency: str) -> Money:
        return Money.of(self.spent * self.percent / 100, currency)


@dataclass(frozen=True, slots=True)
class Budget:
    """`months`: how many whole months the averages are of. `rest`: spent on what has no line."""

    currency: str
    months: int
    lines: tuple[Line, ...]
    rest: Decimal = Decimal(0)

    @property
    def before(self) -> Money:
        return total(
            (Money.of(each, self.currency) for each in (self.rest, *(x.spent for x in self.lines))), self.currency
        )

    @property
    def freed(self) -> Money:
        """What a month keeps; below zero when more is spent."""
        parts = (Money.of(line.spent, self.currency) - line.after(self.currency) for line in self.lines)
        return total(parts, self.currency)
