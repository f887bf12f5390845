"""Every single crash, enumerated: at each commit and each request of each way a payment can go, with each fault of the
network meeting the process that takes over. And every single fault at each request, without a crash."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.money import Money
from assistant.payments import Payment
from tests.reliability.wire import FAULTS, Fault
from tests.reliability.world import METHODS, SESSION, World

LUNCH = Money(1250, "EUR")
ENDS = {
    "ok": "succeeded", "declined": "failed", "purchase": "succeeded", "declined purchase": "failed",
    "undone": "canceled", "refunded": "succeeded", "bank agrees": "succeeded", "bank refuses": "failed",
}  # fmt: skip


class Way:
    """One payment of a person of its own, going the way `outcome` names."""

    def __init__(self, world: World, outcome: str, number: int) -> None:
        self.world, self.outcome = world, outcome
        method = METHODS.get(outcome.split()[0], METHODS["ok"])
        self.user = world.person(f"{outcome} {number}", method)
        self.payee = world.payee(self.user)
        self.payment = self.drafted()

    def drafted(self) -> Payment:
        kernel = self.world.kernel
        if self.outcome.endswith("purchase"):
            return kernel.draft_quote(self.user, SESSION, self.world.stall.quote(self.user, ()))
        return kernel.draft(self.user, SESSION, self.payee, LUNCH, "lunch")

    def confirm(self) -> Payment:
        kernel, undo = self.world.kernel, 10 if self.outcome == "undone" else 0
        return kernel.confirm(self.user, SESSION, self.payment.id, kernel.token(self.payment), undo)

    def refund(self) -> Payment:
        return self.world.kernel.refund(self.user, self.payment.id, f"refund_{self.user}", Money(500, "EUR"))

    def undo(self) -> Payment:
        return self.world.kernel.undo(self.user, self.payment.id)

    def go(self, crash: int, faults: list[Fault | None]) -> None:
        """The crash comes at the n-th edge of the gesture that is looked at; the faults meet the first requests of
        whoever runs after it. The person then looks, and does again what they do not see."""
        world = self.world
        gesture = {"refunded": self.refund, "undone": self.undo}.get(self.outcome, self.confirm)
        if gesture != self.confirm:
            assert world.attempt(self.confirm)
        world.left, world.faults, world.passed = crash, [] if crash else list(faults), []
        if not world.attempt(gesture):
            world.faults = list(faults)
            world.restart()
            world.attempt(gesture)
        world.left = 0
        if self.outcome.startswith("bank"):
            world.bank(self.payment, yes=self.outcome == "bank agrees")

    def end(self) -> str:
        """What the person sees after at most two minutes."""
        for _ in range(4):
            if (state := self.world.kernel.receipt(self.user, self.payment.id).state) == ENDS[self.outcome]:
                break
            self.world.clock.forward(seconds=31)
            self.world.settle()
            if self.outcome.startswith("bank"):
                self.world.bank(self.payment, yes=self.outcome == "bank agrees")
        return state


def scenarios(world: World, outcome: str) -> list[tuple[int, list[Fault | None]]]:
    """Crash at each edge times each fault (and none) afterwards; each fault at each request without a crash."""
    Way(world, outcome, -1).go(0, [])
    edges, requests = len(world.passed), sum(edge != "commit" for edge in world.passed)
    crashed = [(edge, [fault]) for edge in range(1, edges + 1) for fault in (None, *FAULTS)]
    return crashed + [(0, [None] * request + [fault]) for request in range(requests) for fault in FAULTS]


@pytest.mark.parametrize("outcome", ENDS)
def test_no_single_crash_and_no_single_fault_changes_the_outcome(world: World, outcome: str) -> None:
    wrong = {}
    every = scenarios(world, outcome)
    for number, (crash, faults) in enumerate(every):
        way = Way(world, outcome, number)
        way.go(crash, faults)
        if (state := way.end()) != ENDS[outcome]:
            wrong[crash, tuple(faults)] = state
    world.drain()
    assert wrong == {} and world.wrong(drained=True) == [] and world.leaks() == []
    assert len(every) >= (9 if outcome == "undone" else 50)
