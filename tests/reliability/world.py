"""A kernel and its sandbox in one process, with a clock that is moved, a wire that can fail and a crash that is an
exception nobody catches. Every commit and every request is an edge where the process may die."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from assistant.clock import MovableClock
from assistant.errors import LueurError
from assistant.payments import Payee, Payment, Payments
from assistant.payments.sandbox import intents
from assistant.payments.sandbox.call import Call
from assistant.settings import Settings
from assistant.store import Store
from tests.payments.conftest import Crash, Stall
from tests.reliability.judge import judge, secrets_in
from tests.reliability.wire import Fault, wired

MORNING = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
METHODS = {
    "ok": "pm_card_visa", "declined": "pm_card_chargeDeclined", "short": "pm_card_chargeDeclinedInsufficientFunds",
    "bank": "pm_card_authenticationRequired",
}  # fmt: skip
ACCOUNTS = ("acct_alice", "acct_bob")
SESSION = "ses_1"


class World:
    """Nothing is synced to the disk: a crash here is an exception, not a power cut."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.clock = MovableClock(MORNING)
        fresh = not home.exists()
        home.mkdir(exist_ok=True)
        self.store = Store(home / "lueur.db")
        if fresh:
            self.store.upgrade()
        self._unsynced(self.store)
        self.stall = Stall(self.clock)
        self.left = 0  # edges to pass before the crash; 0: no crash is armed
        self.passed: list[str] = []
        self.faults: list[Fault | None] = []
        self.met: list[Fault] = []
        self.told: dict[str, str] = {}
        self.open()

    def open(self) -> None:
        """The process starts; whatever ran before is gone. The provider is elsewhere and did not notice."""
        self.left = 0
        before = getattr(self, "kernel", None)
        self.kernel = Payments(self.store, Settings(home=self.home, undo_seconds=0), self.clock)
        if before:
            self.kernel._sandbox, self.kernel._provider = before._sandbox, before._provider
        else:
            assert self.kernel._sandbox
            self.kernel._sandbox.records._db.execute("PRAGMA synchronous=OFF")
            self.kernel._provider, self.wire = wired(self.kernel._sandbox)
            self.wire.passed, self.wire.fault = self.edge, self._fault
        self.kernel.trade_with({self.stall.id: self.stall})

    def restart(self) -> None:
        """Another process opens the folder, without the memory of the one that died."""
        self.open()
        self.settle(restarted=True)

    def edge(self, name: str) -> None:
        self.passed.append(name)
        if self.left:
            self.left -= 1
            if not self.left:
                raise Crash

    def _fault(self, method: str, _: str) -> Fault | None:
        fault = self.faults.pop(0) if self.faults else None
        if fault:
            self.met.append(fault)
        return fault

    @contextmanager
    def watching_commits(self) -> Iterator[None]:
        """Every commit is an edge. Dying before it is dying after whatever was done last: it is rolled back."""
        write = Store.write

        @contextmanager
        def watched(store: Store) -> Iterator[Any]:
            with write(store) as db:
                yield db
            self.edge("commit")

        Store.write = watched  # type: ignore[method-assign]
        try:
            yield
        finally:
            Store.write = write  # type: ignore[method-assign]

    def person(self, name: str, method: str = "pm_card_visa") -> str:
        self.kernel.change_wallet(name, method=method)
        return name

    def payee(self, user: str, account: str = ACCOUNTS[0]) -> Payee:
        known = next((payee for payee in self.kernel.payees.of(user) if payee.account == account), None)
        return known or self.kernel.payees.add(user, account.removeprefix("acct_").title(), "contact", "EUR", account)

    def attempt(self, act: Callable[[], object]) -> str:
        """What a person does, and what they are told: a state, the key of a refusal, "done"; empty: it died."""
        try:
            told = act()
        except Crash:
            self.open()
            return ""
        except LueurError as error:
            return error.key
        if isinstance(told, Payment):
            self.told[told.id] = told.state
            return told.state
        return "done"

    def settle(self, restarted: bool = False) -> None:
        try:
            self.kernel.settle_due(restarted)
        except Crash:
            self.restart()

    def bank(self, payment: Payment, yes: bool) -> None:
        """The cardholder answers the bank's question, if there is one."""
        sandbox = self.kernel._sandbox
        ref = self.kernel.receipt(payment.user, payment.id).provider_ref
        if sandbox and ref:
            with sandbox.records.transaction():
                account = sandbox.records.account_of(ref) or ""
                intents.answer(Call(sandbox.records, {}, account, int(self.clock.now().timestamp()), ref), yes)

    def drain(self) -> None:
        """The faults are over, the clock goes on: a minute is enough for everything to be decided."""
        self.left, self.faults = 0, []
        self.kernel.settle_due(restarted=True)
        for _ in range(6):
            self.clock.forward(seconds=31)
            self.kernel.settle_due()
        self.kernel.tidy()

    def wrong(self, drained: bool = False) -> list[str]:
        ours, theirs = sqlite3.connect(self.home / "lueur.db"), sqlite3.connect(self.home / "sandbox.db")
        ours.row_factory = theirs.row_factory = sqlite3.Row
        try:
            return judge(ours, theirs, drained, self.told)
        finally:
            ours.close()
            theirs.close()

    def leaks(self) -> list[str]:
        """The tokens of the drafts, the folder's secret and the provider's key, looked for in every file we wrote."""
        with self.store.read() as db:
            ids = db.execute(sa.text("SELECT user_id, id FROM payments")).all()
        drawn = [self.kernel.token(self.kernel.receipt(user, id)) for user, id in ids]
        kept = [path for path in self.home.iterdir() if path.name.startswith("lueur.")]
        assert self.kernel._sandbox
        return secrets_in(kept, [*drawn, self.kernel._sandbox.key, (self.home / "payments.key").read_text()])

    def close(self) -> None:
        self.wire.close()
        self.kernel.close()
        self.store.close()

    @staticmethod
    def _unsynced(store: Store) -> None:
        sa.event.listen(store.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
        store.engine.dispose()
