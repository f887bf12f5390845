"""What if: a household's spending by category, each scaled by a percentage. The averages come from outside."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from assistant.flash.amount import Amount, Scale
from assistant.money import Money, total


@dataclass(frozen=True, slots=True)
class Line:
    """`spent`: the average of a month in major units; `percent` of it stays (100: as now, 50: half)."""

    category: str
    spent: Amount
    percent: Scale = Decimal(100)

    def after(self, currency: str) -> Money:
        return Money.of(self.spent * self.percent / 100, currency)


@dataclass(frozen=True, slots=True)
class Budget:
    """`months`: how many whole months the averages are of."""

    currency: str
    months: int
    lines: tuple[Line, ...]

    @property
    def before(self) -> Money:
        return total((Money.of(line.spent, self.currency) for line in self.lines), self.currency)

    @property
    def after(self) -> Money:
        return total((line.after(self.currency) for line in self.lines), self.currency)

    @property
    def freed(self) -> Money:
        """What a month keeps; below zero when more is spent."""
        return self.before - self.after
