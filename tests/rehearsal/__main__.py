"""`make rehearsal MINUTES=5`: ten visitors at once on a Space with two cores, no home folder and a proxy before it.

Each sends a text turn every five seconds and a photo every minute; each also tries, again and again, to get at what is
another's. Prints the figures beside their targets as JSON and exits with 1 where one is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil

from assistant.clock import MovableClock
from assistant.core import Assistant
from assistant.settings import Settings
from assistant.tenants import Tenants, belongings
from tests.rehearsal.proxy import INNER, proxied
from tests.visitor import ACTION, ROOT, Visitor, served

VISITORS, TEXT_EVERY, PHOTO_EVERY, SPY_EVERY = 10, 5.0, 60.0, 20.0  # seconds
TEXT_P95, MOST_MEMORY, MOST_GROWTH = 1.0, 3 << 30, 1.25  # seconds; bytes; of the memory after the first third
FILES = ROOT / "assistant" / "demo" / "files"
PHOTOS = ("invoice.png", "receipt.png", "price_tag.png", "barcode.png", "qr.png")
TEXTS = (
    "Pay Alice 12.50", "How much did I spend on groceries last month?", "a red desk lamp under 40 euros",
    "What is my net worth?", "compare the first two", "add the first one", "what is in my cart", "my money",
    "split 84.60 between Ana, Ben and me", "what bills are coming?", "Combien ai-je dépensé en courses ?",
    "我的净资产是多少？", "a quiet vacuum for a small flat, 300 at most", "show my payments", "cancel", "hello",
)  # fmt: skip


@dataclass
class Figures:
    texts: list[float] = field(default_factory=list)
    photos: list[float] = field(default_factory=list)
    waited: int = 0  # photos that were told how many are before them
    faults: list[str] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)
    tries: int = 0
    memory: list[int] = field(default_factory=list)


class Guest(threading.Thread):
    """One visitor from the first load of the page to the end. `mine` is a word nobody else may ever see."""

    def __init__(self, number: int, url: str, until: float, figures: Figures, others: list[Guest]) -> None:
        super().__init__(daemon=True)
        self.mine = f"papaya{number}x{random.Random(number).randrange(10**9)}"
        self.visitor = Visitor(url, verify=False, headers={"host": INNER})
        self.until, self.figures, self.others = until, figures, others
        self.action = self.file = ""
        self.chance = random.Random(number)

    def run(self) -> None:
        try:
            self.visitor.open()
            self.action = ACTION.findall(self.visitor.ask(f"Pay Alice 3.21 for {self.mine}"))[-1]
            self.visitor.tap(self.action)
            self.file = self.visitor.upload(f"{self.mine}.png", (FILES / "qr.png").read_bytes())
            self._live()
        except Exception as error:
            self.figures.faults.append(f"{type(error).__name__}: {error}"[:300])

    def _live(self) -> None:
        every = {self._text: TEXT_EVERY, self._photo: PHOTO_EVERY, self._spy: SPY_EVERY}
        now = time.monotonic()
        due = {act: now + self.chance.random() * each for act, each in every.items()}
        while (now := time.monotonic()) < self.until:
            act = min(due, key=lambda each: due[each])
            time.sleep(max(0.0, min(due[act], self.until) - now))
            if time.monotonic() >= self.until:
                break
            act()
            due[act] = max(due[act] + every[act], time.monotonic())

    def _text(self) -> None:
        began = time.monotonic()
        answer = self.visitor.ask(self.chance.choice(TEXTS))
        self.figures.texts.append(time.monotonic() - began)
        self._look(answer)

    def _photo(self) -> None:
        name = self.chance.choice(PHOTOS)
        began = time.monotonic()
        handle = self.visitor.upload(name, (FILES / name).read_bytes())
        pieces = self.visitor.fire("ask", text="", paths=[handle])
        self.figures.photos.append(time.monotonic() - began)
        self.figures.waited += any("before you" in piece for piece in pieces)
        self._look(pieces[-1])

    def _spy(self) -> None:
        """Everything of somebody else that can be named, by its right name."""
        other = self.chance.choice([each for each in self.others if each is not self])
        http, session = self.visitor.http, other.visitor.session
        seen = [
            self.visitor.fire("hello", session=session)[-1],
            self.visitor.fire("ask", session=session, text="history")[-1],
            self.visitor.fire("act", session=session, id=other.action)[-1],
            self.visitor.fire("act", id=other.action)[-1],
            self.visitor.ask("", other.file),
            http.get(f"/gradio_api/file={other.file}").text,
            http.get("/gradio_api/queue/data", params={"session_hash": other.visitor.tab}).text,
            http.post(f"/live/{session}/open", headers={"content-length": "0"}).text,
            http.get("/payments.csv").text,
        ]
        self.figures.tries += len(seen)
        for answer in seen:
            self._look(answer)

    def _look(self, answer: str) -> None:
        self.figures.leaks += [f"{self.mine} saw {each.mine}" for each in self.others
                               if each is not self and each.mine in answer]  # fmt: skip


def rehearse(minutes: float, home: Path) -> Figures:
    figures = Figures()
    space = {"SPACE_ID": "someone/lueur", "HOME": "/proc/nowhere", "LUEUR_HOST": "0.0.0.0", "LUEUR_WARM": "true"}
    began = time.monotonic()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    with served(home, **space) as (url, process), proxied(int(url.rpartition(":")[2]), home.parent) as port:
        ready = time.monotonic() - began
        first = Visitor(f"https://127.0.0.1:{port}", verify=False, headers={"host": INNER}).open()
        first.ask("Pay Alice 12.50")
        print(
            json.dumps({"ready_s": round(ready, 1), "first_answer_s": round(time.monotonic() - began, 1)}), flush=True
        )
        others: list[Guest] = []
        until = time.monotonic() + 60 * minutes
        others += [Guest(n, f"https://127.0.0.1:{port}", until, figures, others) for n in range(VISITORS)]
        for guest in others:
            guest.start()
        while time.monotonic() < until:
            figures.memory.append(_memory(psutil.Process(process.pid)))
            time.sleep(1)
        for guest in others:
            guest.join(90)
        figures.faults += [f"{guest.mine} hangs" for guest in others if guest.is_alive()]
    return figures


def _memory(process: psutil.Process) -> int:
    """Bytes of the server and of all it started; what they share is counted once for each."""
    found = 0
    for each in (process, *process.children(recursive=True)):
        try:
            found += each.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return found


def left_behind(home: Path) -> list[str]:
    """What of any visitor is still in the folder after seven hours."""
    clock = MovableClock(datetime.now(UTC) + timedelta(hours=7))
    assistant = Assistant(replace(Settings(home=home), mode="demo", offline=True), clock)
    try:
        gone = Tenants(assistant).sweep()
        rows = [
            f"{table} of {user}" for user in gone for table, kept in belongings(assistant.store, user).items() if kept
        ]
    finally:
        assistant.close()
    files = [
        str(path.relative_to(home)) for path in home.rglob("*") if path.is_file() and b"papaya" in path.read_bytes()
    ]
    return rows + files + ([] if len(gone) > VISITORS else [f"only {len(gone)} tenants were erased"])


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--minutes", type=float, default=5.0)
    minutes = asked.parse_args().minutes
    folder = Path(tempfile.mkdtemp(prefix="rehearsal-"))
    home = folder / "home"
    home.mkdir()
    try:
        figures = rehearse(minutes, home)
        left = left_behind(home)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    texts, photos = figures.texts, figures.photos
    told = {
        "text_turns": len(texts), "text_p50_s": _share(texts, 50), "text_p95_s": _share(texts, 95),
        "photos": len(photos), "photo_p50_s": _share(photos, 50), "photo_p95_s": _share(photos, 95),
        "photos_told_to_wait": figures.waited, "tries_at_others": figures.tries, "leaks": figures.leaks[:5],
        "memory_most_mb": max(figures.memory, default=0) >> 20, "memory_end_mb": (figures.memory or [0])[-1] >> 20,
        "left_after_expiry": left[:10], "faults": figures.faults[:10],
    }  # fmt: skip
    print(json.dumps(told, indent=1))
    failed = missed(figures, left)
    print("MISSED: " + ", ".join(failed) if failed else "all targets met")
    return bool(failed)


def missed(figures: Figures, left: list[str]) -> list[str]:
    """The targets that these figures do not meet; what was never tried is not met either."""
    memory = figures.memory or [MOST_MEMORY + 1]
    judged = {
        "text p95": _share(figures.texts, 95) >= TEXT_P95,
        "photos": len(figures.photos) < 2,
        "tries": figures.tries == 0,
        "leaks": bool(figures.leaks),
        "left after expiry": bool(left),
        "faults": bool(figures.faults),
        "memory": max(memory) > MOST_MEMORY or memory[-1] > MOST_GROWTH * memory[len(memory) // 3],
    }
    return [name for name, holds in judged.items() if holds]


def _share(times: list[float], percent: int) -> float:
    return round(statistics.quantiles(times, n=100)[percent - 1], 2) if len(times) > 1 else float("inf")


if __name__ == "__main__":
    sys.exit(main())
