"""How often somebody may do something: a bucket a person that fills at a steady rate. Knows no reasons."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

IDLE = 900.0  # seconds after which a silent person is forgotten; every bucket is full again long before


class Pace:
    """`rate` a second, and up to `burst` at once."""

    def __init__(self, rate: float, burst: int, now: Callable[[], float] = time.monotonic) -> None:
        self.rate, self.burst = rate, burst
        self._now = now
        self._guard = threading.Lock()
        self._left: dict[str, tuple[float, float]] = {}  # person -> how often still, at

    def admit(self, person: str) -> bool:
        """Whether this person may do it once more now; if so, it is counted."""
        now = self._now()
        with self._guard:
            if len(self._left) > 1000:
                self._left = {name: each for name, each in self._left.items() if now - each[1] < IDLE}
            left = self.left(person)
            self._left[person] = (left - (left >= 1), now)
        return left >= 1

    def left(self, person: str) -> float:
        """How often they may do it now."""
        now = self._now()
        left, at = self._left.get(person, (float(self.burst), now))
        return min(self.burst, left + max(now - at, 0.0) * self.rate)  # a clock that went back takes nothing away
