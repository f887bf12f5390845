"""From a feed to the catalogue: preview first, then all of it in one transaction, or nothing.

The file is kept in the owner's folder between the two. The catalogue is one for the whole house: on a shared page
nobody may change it.
"""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from assistant.clock import Clock
from assistant.errors import NotFound, Refused
from assistant.request import Upload
from assistant.settings import Settings
from assistant.shop import feeds
from assistant.shop.catalogue import Catalogue, Product
from assistant.shop.feeds import Problem

SHOWN = 5  # products and problems a preview holds
KEPT = 3600.0  # seconds that a feed waits to be confirmed


@dataclass(frozen=True, slots=True)
class Preview:
    """What a feed would bring. `key`: under it the file waits. `wrong` rows are left out; `problems` are the first."""

    name: str
    key: str
    new: int
    known: int  # products with the same id: replaced
    wrong: int
    first: tuple[Product, ...]
    problems: tuple[Problem, ...]


class Intake:
    """`load` puts products into the shop and returns how many."""

    def __init__(
        self, catalogue: Catalogue, settings: Settings, clock: Clock, load: Callable[[Iterable[Product]], int]
    ) -> None:
        self.catalogue, self.settings, self.clock, self._load = catalogue, settings, clock, load
        self._folder = settings.home / "feeds"

    def preview(self, upload: Upload) -> Preview:
        """Raises `BadInput` for what is no feed or breaks off, `Refused` on a page that strangers share."""
        if self.settings.mode == "demo":
            raise Refused("feed_on_shared_page")
        first: list[Product] = []
        problems: list[Problem] = []
        counts = {"new": 0, "known": 0, "wrong": 0}
        known = self.catalogue.ids()
        for found in self._read(upload.data):
            if isinstance(found, Problem):
                counts["wrong"] += 1
                problems += [found] if len(problems) < SHOWN else []
            else:
                counts["known" if found.id in known else "new"] += 1
                first += [found] if len(first) < SHOWN else []
        return Preview(
            upload.name, self._keep(upload.data), first=tuple(first), problems=tuple(problems), **counts
        )  # fmt: skip

    def bring_in(self, key: str) -> int:
        """Load the file that waits under `key` and let it go; how many products. What is wrong is left out again."""
        file = self._folder / key
        if not file.exists():
            raise NotFound("upload_gone")
        count = self._load(self._products(file.read_bytes()))
        file.unlink()
        return count

    def of_shop(self, data: bytes, merchant: str) -> int:
        """The feed of a shop elsewhere: every product is sold by it. How many."""
        found = self._products(data)
        return self._load(replace(each, offer=replace(each.offer, merchant=merchant)) for each in found)

    def _read(self, data: bytes) -> Iterator[Product | Problem]:
        return feeds.read(io.BytesIO(data), self.settings.currency, self.clock.now(), self.catalogue.codes())

    def _products(self, data: bytes) -> Iterator[Product]:
        return (each for each in self._read(data) if isinstance(each, Product))

    def _keep(self, data: bytes) -> str:
        """Until it is confirmed; what nobody confirmed within an hour goes."""
        key = hashlib.sha256(data).hexdigest()[:32]
        self._folder.mkdir(mode=0o700, exist_ok=True)
        for old in self._folder.iterdir():
            if old.stat().st_mtime < time.time() - KEPT:
                old.unlink(missing_ok=True)
        (self._folder / key).write_bytes(data)
        return key
