"""What stands before an open camera: many frames become few sightings, each thing once.

A code with a check digit counts at once. Print must read the same in two frames running, so that a flickering misread
never becomes a card. Knows no product and no picture; keeps its sightings in memory and nothing else of a frame.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from assistant.money import Money
from assistant.request import Code, PictureKind, Seen
from assistant.senses import scan

SURE = 0.6  # confidence of an amount below which a frame says nothing (two large prices rival each other)
ALIKE = 0.6  # share of letters from which two readings of a name are one
MOST = 40  # things of one scan
STATED: dict[PictureKind, tuple[str, str]] = {
    "price_tag": ("price", "title"), "invoice": ("total", "payee"), "receipt": ("total", "payee"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sighting:
    """One thing. `seen` holds it alone; a sighting with a known key says more of the same thing."""

    key: str
    seen: Seen
    amount: Money | None = None
    name: str = ""

    def same(self, amount: Money, name: str) -> bool:
        return self.amount == amount and _alike(self.name, name)


class View:
    """One camera's. `doubtful`: the newest print was read once and waits for a second frame."""

    def __init__(self) -> None:
        self.found: dict[str, Sighting] = {}
        self.doubtful = False
        self._guard = threading.Lock()
        self._read: tuple[Money, str] | None = None
        self._unchecked: dict[str, int] = {}  # code -> frame it was first seen in

    def take(self, seen: Seen, frame: int) -> tuple[Sighting, ...]:
        """What this look at frame number `frame` adds; looks at one frame come with more and more in them."""
        with self._guard:
            new = [*self._coded(seen, frame), *self._printed(seen)][: max(0, MOST - len(self.found))]
            self.found |= {each.key: each for each in new}
        return tuple(new)

    def _coded(self, seen: Seen, frame: int) -> Iterator[Sighting]:
        for code in seen.codes:
            key = _key(code)
            if key in self.found or not self._checked(code, frame):
                continue
            fields = {field.name: field for field in scan.payment((code,))}
            alone = replace(seen, kind="code", codes=(code,), lines=(), fields=tuple(fields.values()), features=())
            total = fields["total"].value if "total" in fields else None
            amount = total if isinstance(total, Money) else None
            if amount is None or not self._known(amount, fields["payee"].text):
                yield Sighting(key, alone, amount, fields["payee"].text if amount else "")

    def _checked(self, code: Code, frame: int) -> bool:
        return code.format not in scan.UNCHECKED or self._unchecked.setdefault(code.text, frame) != frame

    def _printed(self, seen: Seen) -> Iterator[Sighting]:
        """A price or a total that two frames agree on."""
        if not seen.lines:
            return
        amount_of, name_of = STATED.get(seen.kind, ("", ""))
        stated, named = seen.field(amount_of), seen.field(name_of)
        self.doubtful = False
        if stated is None or stated.confidence < SURE or not isinstance(stated.value, Money):
            return
        amount, name = stated.value, named.text if named else ""
        if self._known(amount, name):
            return
        before, self._read = self._read, (amount, name)
        if before is None or before[0] != amount or not _alike(before[1], name):
            self.doubtful = True
            return
        self._read = None
        codes = tuple(code for code in seen.codes if _within(code, seen))
        key = _key(codes[0]) if len(codes) == 1 else f"{seen.kind} {amount} {name}"
        yield Sighting(key, replace(seen, codes=codes[:1], features=()), amount, name)

    def _known(self, amount: Money, name: str) -> bool:
        return any(each.same(amount, name) for each in self.found.values())


def _key(code: Code) -> str:
    """One key for a GTIN in any of its lengths (GS1: shorter ones are filled with zeros)."""
    return code.text.zfill(14) if code.text.isdigit() and len(code.text) in (8, 12, 13) else code.text


def _alike(one: str, other: str) -> bool:
    """Is it one name, read twice? A name that could not be read contradicts nothing."""
    return not (one and other) or SequenceMatcher(None, one.casefold(), other.casefold()).ratio() >= ALIKE


def _within(code: Code, seen: Seen) -> bool:
    """Does the code stand on the label itself: among its print, or a line's height beside it?"""
    boxes = [line.place.box for line in seen.lines if line.place.box]
    if not (boxes and code.place.box):
        return False
    slack = max(box[3] - box[1] for box in boxes)
    x, y = (code.place.box[0] + code.place.box[2]) / 2, (code.place.box[1] + code.place.box[3]) / 2
    across = min(box[0] for box in boxes) - slack < x < max(box[2] for box in boxes) + slack
    return across and min(box[1] for box in boxes) - slack < y < max(box[3] for box in boxes) + slack
