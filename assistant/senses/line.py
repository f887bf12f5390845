"""Who is looked at next when many send pictures: one of each person in turn, however many one of them has sent.

>>> with line.join("ana") as place:
...     for before in place.wait(): ...   # how many are before, each time it changes; over when it is one's turn
...     work()
"""

from __future__ import annotations

import threading
from collections.abc import Iterator

from assistant.errors import Refused

MOST_OF_ONE = 4  # pictures of one person that may wait


class Line:
    """`inside`: how many are looked after at a time. Rounds as in fair queueing: a person's next picture stands in
    the round after their last one, so nobody waits for more than one picture of each of the others.
    """

    def __init__(self, inside: int) -> None:
        self._free = inside
        self._waiting: list[Place] = []
        self._changed = threading.Condition()
        self._round = 0
        self._last: dict[str, int] = {}

    def join(self, person: str) -> Place:
        """Raises `Refused` when too many of this person's wait already."""
        with self._changed:
            if sum(place.person == person for place in self._waiting) >= MOST_OF_ONE:
                raise Refused("too_many_pictures", most=MOST_OF_ONE)
            place = Place(self, person, max(self._round, self._last.get(person, -1) + 1))
            self._last[person] = place.round
            self._waiting.append(place)
            self._waiting.sort(key=lambda each: each.round)  # stable: within a round as they came
        return place


class Place:
    def __init__(self, line: Line, person: str, round: int) -> None:
        self.line, self.person, self.round = line, person, round
        self._in = False

    def __enter__(self) -> Place:
        return self

    def wait(self) -> Iterator[int]:
        """How many are before this one, each time that changes, until none is and there is room."""
        told = -1
        while not self._entered():
            with self.line._changed:
                before = self.line._waiting.index(self) + 1  # those who wait, and whoever is inside
                if before == told:
                    self.line._changed.wait(1.0)
                    continue
            told = before
            yield told

    def _entered(self) -> bool:
        line = self.line
        with line._changed:
            if not line._free or line._waiting[0] is not self:
                return False
            line._free -= 1
            line._round = self.round
            line._waiting.pop(0)
            line._changed.notify_all()
            self._in = True
        return True

    def __exit__(self, *_: object) -> None:
        line = self.line
        with line._changed:
            if self._in:
                line._free += 1
            else:
                line._waiting.remove(self)
            if not line._waiting:
                line._last.clear()
            line._changed.notify_all()
