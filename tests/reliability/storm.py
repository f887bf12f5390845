"""Tiers B and C: real processes killed with SIGKILL while a faulty network, a wrong clock, a full disk, a second writer
and a provider that dies and forgets do their worst; then everything is held against the invariants.

    python -m tests.reliability.storm --payments 10000 --kills 5000      # tier C; prints its figures, 1 on a violation

The provider is our sandbox in a process of its own, reached through `proxy`; the kernel uses it as it would use Stripe
in test mode. The folder lies on a small disk in memory when we may mount one, so that the disk can really be full.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import random
import secrets
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.sharedctypes import RawArray
from pathlib import Path
from typing import Any

from assistant.errors import LueurError
from assistant.payments import audit
from assistant.payments.sandbox import Sandbox
from assistant.store import Store
from tests.reliability.figures import Figures
from tests.reliability.judge import FINAL, judge, open_read_only, secrets_in
from tests.reliability.proxy import Proxy
from tests.reliability.shopper import PAYEES, SHOP_ACCOUNT, STOCK, USERS, Life, Shifted, Shopper, furnish, open_kernel
from tests.reliability.wire import FAULTS

DISK = 96 * 2**20  # bytes of the small disk, per 1,500 payments at most
SHARE = 0.2  # of the requests meet a fault
LONGEST_LIFE = 1.6  # seconds
STARTING = 5.0  # seconds a kernel may take to be up before its life is counted
KILL = 0.008  # chance to die at each edge
ORPHANS = """SELECT count(*) - count(DISTINCT json_extract(body, '$.metadata.payment')) FROM objects
WHERE kind = 'payment_intent'"""


class Storm:
    def __init__(self, seed: int, payments: int, kills: int, faults: int) -> None:
        self.figures = Figures(seed)
        self.chance = random.Random(seed)
        self.payments, self.kills, self.faults = payments, kills, faults
        self.told: dict[str, str] = {}
        self.tapped: dict[str, str] = {}
        self.children: set[int] = set()
        self.up = 0.0
        self.longest = LONGEST_LIFE

    def run(self) -> Figures:
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="lueur-storm-") as ground:
            self.ground, self.home = Path(ground), Path(ground) / "home"
            self.home.mkdir()
            mounted = self.mount()
            try:
                self.prepare()
                while not self.enough():
                    self.live()
                self.calm_down()
                self.look()
            finally:
                for child in list(self.children):
                    self.end(child)
                if mounted:
                    subprocess.run(["umount", "-l", self.home], check=False)
        self.figures.seconds = time.monotonic() - began
        return self.figures

    def mount(self) -> bool:
        size = max(DISK, DISK * self.payments // 1500)
        wanted = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(self.home)]
        done = os.geteuid() == 0 and subprocess.run(wanted, check=False, capture_output=True).returncode == 0
        self.figures.disk = f"a disk of {size // 2**20} MB" if done else "max_page_count: no disk of our own"
        self.small_disk = done
        return done

    # The other processes

    def fork(self, work: Callable[[], None]) -> int:
        child = os.fork()
        if child:
            self.children.add(child)
            return child
        code = 1
        try:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            work()
            code = 0
        except LueurError:
            code = 3
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)

    def end(self, child: int) -> int:
        os.kill(child, signal.SIGKILL)
        self.children.discard(child)
        return os.waitpid(child, 0)[1]

    def prepare(self) -> None:
        warm()
        logging.disable(logging.WARNING)
        self.port, self.upstream = RawArray("d", 1), RawArray("d", 1)
        self.share, self.counts = RawArray("d", [SHARE]), RawArray("d", len(FAULTS))
        self.later = RawArray("d", 1)  # seconds the provider's clock has been moved on
        store = Store(self.home / "lueur.db")
        store.upgrade()
        store.close()
        self.key = Sandbox(self.ground / "sandbox.db", b"storm", Shifted()).key
        self.child_that("furnish", lambda: furnish(open_kernel(self.home, self.key, 1, Shifted())))
        self.start_provider()
        self.fork(
            lambda: asyncio.run(Proxy(self.figures.seed, self.upstream, self.share, self.counts).serve(self.port))
        )
        self.until(lambda: self.port[0] > 0)

    def child_that(self, name: str, work: Callable[[], None]) -> None:
        child = self.fork(work)
        self.children.discard(child)
        if os.waitpid(child, 0)[1]:
            raise RuntimeError(f"could not {name}")

    def start_provider(self) -> None:
        self.upstream[0] = 0

        def provide() -> None:
            later = self.later

            class Moved:
                def now(self) -> datetime:
                    return Shifted(later[0]).now()

            sandbox = Sandbox(self.ground / "sandbox.db", b"storm", Moved())
            for name, account in {**PAYEES, "Maison": SHOP_ACCOUNT}.items():
                sandbox.open_account(account, name)
            self.upstream[0] = int(sandbox.url().rsplit(":", 1)[1])
            while True:
                time.sleep(60)

        self.provider = self.fork(provide)
        self.until(lambda: self.upstream[0] > 0)

    def until(self, ready: Callable[[], bool], seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > end:
                raise TimeoutError
            time.sleep(0.01)

    # A life of the kernel

    def live(self) -> None:
        chance, tally = self.chance, self.figures.tally
        tally["lives"] += 1
        if tally["lives"] % 30 == 0:
            self.end(self.provider)
            tally["provider killed"] += 1
            self.upstream[0] = 0
            if tally["lives"] % 60:
                self.start_provider()
        if tally["lives"] % 25 == 0:
            self.later[0] += 25 * 3600
            tally["keys forgotten"] += 1
        clock = chance.choice([0, 0, 0, 0, 0, 0, 400, -400, 3600, -3600])
        tally["clock wrong"] += clock != 0
        full, busy = tally["lives"] % 20 == 7, tally["lives"] % 20 == 13
        self.during(self.life(clock, busy, full), full, busy)
        if not self.upstream[0]:
            self.start_provider()

    def life(self, clock: float, busy: bool, full: bool, kill: float = KILL) -> Life:
        self.pipe, told = os.pipe()
        os.set_blocking(self.pipe, False)
        self.rest = b""
        pages = self.page_count() if full and not self.small_disk else 0
        port, waiting = int(self.port[0]), tuple((user, id) for id, user in list(self.tapped.items())[-6:])
        seed = self.chance.getrandbits(48)
        return Life(seed, self.home, self.key, port, told, kill, clock, busy, pages, waiting)

    def during(self, life: Life, full: bool, busy: bool) -> None:
        """One life from fork to death; a full disk or a second writer for part of it."""
        tally, chance = self.figures.tally, self.chance
        self.up, early, length = 0.0, chance.random() < 0.3, 0.8 if full else chance.uniform(0.1, self.longest)
        if full:
            self.fill()
        writer = self.fork(lambda: self.hold_the_lock(chance.choice([0.5, 2.0, 3.0]))) if busy else 0
        tally["disk full"] += full
        tally["second writer"] += busy
        worker = self.fork(lambda: Shopper(life).live())
        os.close(life.pipe)
        status, began = None, time.monotonic()
        while time.monotonic() < (began if early else self.up or began + STARTING) + length + (1.5 if busy else 0):
            self.listen()
            done, code = os.waitpid(worker, os.WNOHANG)
            if done:
                status = code
                self.children.discard(worker)
                break
            time.sleep(0.01)
        if status is None:
            status = self.end(worker)
            tally["killed at any time"] += 1
        elif os.WIFSIGNALED(status):
            tally["killed at a point"] += 1
        elif os.WEXITSTATUS(status) != 3:
            self.figures.wrong.append(f"a kernel ended by itself with {status}")
        tally["kills"] += os.WIFSIGNALED(status)
        self.listen()
        os.close(self.pipe)
        if writer:
            self.end(writer)
        (self.home / "filler").unlink(missing_ok=True)

    def listen(self) -> None:
        """What the kernel's process said before it died."""
        try:
            while block := os.read(self.pipe, 65536):
                *lines, self.rest = (self.rest + block).split(b"\n")
                for line in lines:
                    self.hear(json.loads(line))
        except BlockingIOError:
            pass

    def hear(self, said: dict[str, Any]) -> None:
        figures = self.figures
        figures.tally["drafted"] += "drafted" in said
        figures.tally["refunds"] += "refunding" in said
        figures.tally["webhooks"] += "hinted" in said
        if "up" in said:
            self.up = time.monotonic()
            figures.ups.append(said["up"])
        elif "died" in said:
            figures.points[said["died"]] += 1
        elif "refused" in said:
            figures.refusals[said["refused"]] += 1
        elif "wrong" in said:
            figures.wrong.append(said["wrong"])
        if "tapped" in said:
            self.tapped[said["tapped"]] = said["user"]
        elif "id" in said:
            self.tapped.pop(said["id"], None)
            if self.told.get(said["id"]) not in FINAL:
                self.told[said["id"]] = said["state"]

    # What is done to it

    def fill(self) -> None:
        """Leave a few pages of the disk, or none."""
        if self.small_disk:
            with (self.home / "filler").open("wb", buffering=0) as file:
                try:
                    while file.write(bytes(65536)):
                        pass
                except OSError:
                    os.ftruncate(file.fileno(), max(0, file.tell() - 4096 * self.chance.randrange(0, 12)))

    def page_count(self) -> int:
        with sqlite3.connect(self.home / "lueur.db", timeout=30) as db:
            return int(db.execute("PRAGMA page_count").fetchone()[0])

    def hold_the_lock(self, seconds: float) -> None:
        """A second program that writes to the folder."""
        db = sqlite3.connect(self.home / "lueur.db", isolation_level=None, timeout=30)
        for _ in range(20):
            db.execute("BEGIN IMMEDIATE")
            time.sleep(seconds)
            db.execute("ROLLBACK")
            time.sleep(0.1)

    # The end

    def enough(self) -> bool:
        figures = self.figures
        if figures.tally["lives"] % 20 == 0:
            with open_read_only(self.home / "lueur.db") as db:
                count = db.execute("SELECT count(*) FROM payments WHERE confirmed_at IS NOT NULL").fetchone()
                figures.tally["confirmed"] = int(count[0])
        figures.faults = Counter({name: int(count) for name, count in zip(FAULTS, self.counts, strict=True)})
        return (
            figures.tally["confirmed"] >= self.payments and figures.tally["kills"] >= self.kills
            and sum(figures.faults.values()) >= self.faults and figures.tally["disk full"] >= 20
        )  # fmt: skip

    def calm_down(self) -> None:
        """The faults stop; two hours and a minute of a right clock decide everything."""
        self.share[0] = 0.0
        life = self.life(0, False, False, kill=0.0)

        def settle() -> None:
            clock = Shifted(7200)
            kernel = open_kernel(self.home, self.key, int(self.port[0]), clock)
            kernel.settle_due(restarted=True)
            for _ in range(4):
                clock.seconds += 31
                kernel.settle_due()
            kernel.tidy()
            for user in USERS:
                for payment in kernel.history(user, 100_000):
                    if payment.state == "requires_action":
                        kernel.cancel(user, payment.id)

        self.child_that("settle", settle)
        os.close(life.pipe)
        os.close(self.pipe)

    def look(self) -> None:
        figures = self.figures
        ours, theirs = open_read_only(self.home / "lueur.db"), open_read_only(self.ground / "sandbox.db")
        figures.wrong += judge(ours, theirs, True, self.told) + self.shelves(ours)
        confirmed = ours.execute("SELECT state, count(*) FROM payments WHERE confirmed_at IS NOT NULL GROUP BY 1")
        figures.states = Counter({state: int(count) for state, count in confirmed})
        figures.tally["confirmed"] = sum(figures.states.values())
        shop = "SELECT count(*) FROM payments WHERE merchant_id <> '' AND confirmed_at IS NOT NULL"
        figures.tally["bought"] = int(ours.execute(shop).fetchone()[0])
        figures.tally["orphans"] = int(theirs.execute(ORPHANS).fetchone()[0])
        kept = [path for path in self.home.iterdir() if path.name.startswith("lueur.")]
        figures.wrong += secrets_in(kept, [self.key, (self.home / "payments.key").read_text()])
        if broken := self.chain():
            figures.wrong.append(f"the audit log is broken at {broken}")
        if ours.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
            figures.wrong.append("the database is damaged")

    def shelves(self, ours: sqlite3.Connection) -> list[str]:
        return shelves(ours)

    def chain(self) -> str:
        store = Store(self.home / "lueur.db")
        with store.read() as db:
            return audit.broken(db)[1]


def shelves(ours: sqlite3.Connection) -> list[str]:
    """What left the shop's shelf is what was paid for, once each."""
    sold = ours.execute(
        "SELECT coalesce(sum(json_extract(wanted, '$[0].quantity')), 0), count(*), count(DISTINCT quote_id) "
        "FROM orders JOIN quotes ON quotes.id = quote_id WHERE status = 'paid'"
    ).fetchone()
    left = ours.execute("SELECT stock FROM offers").fetchone()[0]
    paid = ours.execute("SELECT count(*) FROM payments WHERE merchant_id <> '' AND state = 'succeeded'").fetchone()[0]
    told = f"the shop sold {sold[0]} in {sold[1]} orders for {paid} payments, and {STOCK - left} are gone"
    return [] if (sold[0], sold[1]) == (STOCK - left, paid) and sold[1] == sold[2] else [told]


def warm() -> None:
    """Import what every child needs, before the first fork."""
    import requests  # noqa: F401
    import stripe
    import uvicorn  # noqa: F401
    from babel.core import get_global
    from stripe import params  # noqa: F401

    import assistant.payments.sandbox.api  # noqa: F401
    from assistant import fx
    from assistant.money import Money

    stripe.enable_telemetry = False
    get_global("all_currencies")
    fx.convert(Money(1, "EUR"), "EUR", datetime.now(UTC).date())


def main() -> int:
    asked = argparse.ArgumentParser(description="Tiers B and C of the reliability tests")
    asked.add_argument("--payments", type=int, default=1000)
    asked.add_argument("--kills", type=int, default=500)
    asked.add_argument("--faults", type=int, default=500)
    asked.add_argument("--seed", type=int, default=secrets.randbelow(2**31))
    chosen = asked.parse_args()
    figures = Storm(chosen.seed, chosen.payments, chosen.kills, chosen.faults).run()
    print(*figures.lines(), sep="\n")  # noqa: T201
    return 1 if figures.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
