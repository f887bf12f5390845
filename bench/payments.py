"""Payments against their targets: a draft, a confirmation until its outcome, a restart after a kill; and what the
sandbox adds to an app that has the SDK imported already.
"""

from __future__ import annotations

import json
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from assistant.clock import SystemClock
from assistant.money import Money
from assistant.payments import Payments
from assistant.settings import Settings
from assistant.store import Store
from bench.figures import figure, p95, seconds

TIMES = 100
ROUNDS = 12
USER, SESSION = "ada", "ses_1"
ADDED = """
import json, resource, sys, time
from pathlib import Path
import requests, stripe, uvicorn, starlette.applications, starlette.routing, sqlalchemy
from stripe import params
def used(): return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
stripe.StripeClient("sk_test_x").v1.payment_intents
before, began = used(), time.perf_counter()
from assistant.clock import SystemClock
from assistant.payments.sandbox import Sandbox
sandbox = Sandbox(Path(sys.argv[1]) / "sandbox.db", b"secret", SystemClock())
sandbox.url()
up = time.perf_counter() - began
client = stripe.StripeClient(sandbox.key, base_addresses={"api": sandbox.url()})
charge = {"amount": 100, "currency": "eur", "payment_method": "pm_card_visa", "confirm": True}
for _ in range(20):
    assert client.v1.payment_intents.create(charge).status == "succeeded"
print(json.dumps([up, used() - before]))
"""
DYING = """
import os, signal, sys
from pathlib import Path
from assistant.clock import SystemClock
from assistant.payments import Payments
from assistant.payments.provider import Provider
from assistant.settings import Settings
from assistant.store import Store
kernel = Payments(Store(Path(sys.argv[1]) / "lueur.db"), Settings(home=Path(sys.argv[1])), SystemClock())
confirm = Provider.confirm
def last(self, *args):
    confirm(self, *args)
    os.kill(os.getpid(), signal.SIGKILL)
Provider.confirm = last
payment = kernel.receipt("ada", sys.argv[2])
kernel.confirm("ada", "ses_1", payment.id, kernel.token(payment), 0)
"""


def measure(data: Path | None) -> Iterator[dict[str, Any]]:  # noqa: ARG001  no outside data
    yield from added()
    with tempfile.TemporaryDirectory() as home, closing(Store(Path(home) / "lueur.db")) as store:
        store.upgrade()
        yield from gestures(store, Path(home))
        yield from recovery(store, Path(home))


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True)


def added() -> Iterator[dict[str, Any]]:
    """Start and memory of the sandbox inside a process that has the SDK, the web server and SQL already."""
    with tempfile.TemporaryDirectory() as ground:
        times, sizes = zip(
            *(json.loads(run(ADDED, tempfile.mkdtemp(dir=ground)).stdout) for _ in range(5)), strict=True
        )
    yield figure("sandbox in the app: added start, median of 5", statistics.median(times), "s", 1.0)
    yield figure("sandbox in the app: added memory, median of 5", statistics.median(sizes) / 2**20, "MiB", 40)


def opened(store: Store, home: Path) -> Payments:
    return Payments(store, Settings(home=home, undo_seconds=0), SystemClock())


def gestures(store: Store, home: Path) -> Iterator[dict[str, Any]]:
    drafts, taps = [], []
    with closing(opened(store, home)) as kernel:
        alice = kernel.payees.add(USER, "Alice", "contact", "EUR", "acct_alice")
        kernel.change_wallet(USER, per_hour=10 * TIMES)
        kernel.warm()
        for number in range(TIMES):
            drafted = partial(kernel.draft, USER, SESSION, alice, Money(100 + number, "EUR"), "lunch")
            drafts.append(seconds(drafted))
            waiting = drafted()
            taps.append(seconds(partial(kernel.confirm, USER, SESSION, waiting.id, kernel.token(waiting), 0)))
            settled(kernel, waiting.id)
    yield figure(f"draft, p95 of {TIMES}", 1000 * p95(drafts), "ms", 10)
    yield figure(f"draft, median of {TIMES}", 1000 * statistics.median(drafts), "ms")
    yield figure(f"confirm to result with undo 0, p95 of {TIMES}", 1000 * p95(taps), "ms", 300)


def settled(kernel: Payments, id: str) -> None:
    if (found := kernel.receipt(USER, id)).state != "succeeded":
        raise RuntimeError(f"{found.state}: {found.reason}")


def recovery(store: Store, home: Path) -> Iterator[dict[str, Any]]:
    """From opening the folder of a kernel that was killed after the charge to the outcome being known."""
    times = []
    for number in range(ROUNDS):
        with closing(opened(store, home)) as kernel:
            (payee,) = kernel.payees.of(USER)
            waiting = kernel.draft(USER, SESSION, payee, Money(300 + number, "EUR"))
        if (died := run(DYING, str(home), waiting.id)).returncode != -signal.SIGKILL:
            raise RuntimeError(died.stderr[-500:])
        began = time.perf_counter()
        with closing(opened(store, home)) as kernel:
            kernel.settle_due(restarted=True)
            times.append(time.perf_counter() - began)
            settled(kernel, waiting.id)
    yield figure(f"recovery after a kill, p95 of {ROUNDS}", p95(times), "s", 3.0)
