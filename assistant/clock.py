"""Time as a parameter: aware UTC instants from a clock that tests can move; and days counted by months."""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

# as they are printed in English, French, German and Dutch, whole and short
NAMED = (
    "jan janv january janvier januar januari", "feb fev fév fevr févr february fevrier février februar februari",
    "mar mars marz märz maerz mrz mrt march maart", "apr avr april avril", "may mai mei", "jun juin juni june",
    "jul juil juli july juillet", "aug aout août august augustus", "sep sept september septembre",
    "oct okt october octobre oktober", "nov november novembre", "dec déc dez december decembre décembre dezember",
)  # fmt: skip
MONTHS = {name: number for number, names in enumerate(NAMED, 1) for name in names.split()}


class Clock(Protocol):
    def now(self) -> datetime:
        """The current instant, aware, in UTC."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class MovableClock:
    """A clock that stands still until `forward` moves it."""

    instant: datetime = field(default_factory=lambda: datetime(2026, 11, 22, 9, 0, tzinfo=UTC))

    def now(self) -> datetime:
        return self.instant

    def forward(self, **amount: float) -> None:
        self.instant += timedelta(**amount)


def shifted(day: date, months: int, usual: int = 0) -> date:
    """The same (or the `usual`) day of the month, `months` later; the 31st becomes the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(usual or day.day, monthrange(year, month + 1)[1]))


def month_end(day: date) -> date:
    return shifted(day, 0, 31)
