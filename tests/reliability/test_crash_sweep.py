"""Every single crash, enumerated: at each commit and each request of each way a payment can go, with each fault of the
network meeting the process that takes over. And every single fault at each request, without a crash."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from assistant.money import Money
from assistant.payments import Payment, Payments
from assistant.payments.sandbox.courier import signature
from tests.reliability.wire import FAULTS, Fault
from tests.reliability.world import METHODS, SESSION, World

LUNCH = Money(1250, "EUR")
ENDS = {
    "ok": "succeeded", "declined": "failed", "purchase": "succeeded", "declined purchase": "failed",
    "undone": "canceled", "refunded": "succeeded", "bank agrees": "succeeded", "bank refuses": "failed",
    "bank agrees to a purchase": "succeeded", "bank refuses a purchase": "failed",
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
            world.bank(self.payment, yes="agrees" in self.outcome)

    def end(self) -> str:
        """What the person sees after at most two minutes."""
        for _ in range(4):
            if (state := self.world.kernel.receipt(self.user, self.payment.id).state) == ENDS[self.outcome]:
                break
            self.world.clock.forward(seconds=31)
            self.world.settle()
            if self.outcome.startswith("bank"):
                self.world.bank(self.payment, yes="agrees" in self.outcome)
        return state


def scenarios(world: World, outcome: str, faults: Sequence[Fault] = FAULTS) -> list[tuple[int, list[Fault | None]]]:
    """Crash at each edge times each fault (and none) afterwards; each fault at each request without a crash."""
    Way(world, outcome, -1).go(0, [])
    edges, requests = len(world.passed), sum(edge != "commit" for edge in world.passed)
    crashed = [(edge, [fault]) for edge in range(1, edges + 1) for fault in (None, *faults)]
    return crashed + [(0, [None] * request + [fault]) for request in range(requests) for fault in faults]


def sweep(world: World, outcome: str, every: Sequence[tuple[int, list[Fault | None]]]) -> list[str]:
    """What is wrong after all these scenarios, each with a person of its own."""
    wrong = []
    for number, (crash, faults) in enumerate(every):
        way = Way(world, outcome, number)
        way.go(crash, faults)
        if (state := way.end()) != ENDS[outcome]:
            wrong.append(f"crash at {crash}, then {faults}: {state}")
    world.drain()
    return wrong + world.wrong(drained=True) + world.leaks()


LONG = {"declined purchase", "bank agrees to a purchase", "bank refuses a purchase"}  # in tier B
EVERY = [pytest.param(end, marks=pytest.mark.reliability) if end in LONG else end for end in ENDS]


@pytest.mark.parametrize("outcome", EVERY)
def test_no_single_crash_and_no_single_fault_changes_the_outcome(world: World, outcome: str) -> None:
    every = scenarios(world, outcome)
    assert len(every) >= (9 if outcome == "undone" else 50)
    assert sweep(world, outcome, every) == []


def meddled(world: World) -> list[str]:
    """What a second reconciler asks the provider about a payment while the first one is in the middle of it."""
    meddling: list[str] = []
    other = Payments(world.store, world.kernel.settings, world.clock)
    other._sandbox, other._provider = world.kernel._sandbox, world.kernel._provider
    world.clock.forward(seconds=1)
    way, within = Way(world, "ok", 1), False

    def look(name: str) -> None:
        nonlocal within
        if within:
            meddling.append(name)
            return
        within = True
        other.settle_due()
        within = False

    world.wire.passed = look
    way.confirm()
    world.wire.passed = world.edge
    assert way.end() == "succeeded"
    return meddling


def test_a_second_reconciler_leaves_alone_what_is_being_sent(world: World) -> None:
    assert meddled(world) == []


def believed(world: World) -> str:
    """How a payment stands when the provider has charged another amount than was confirmed."""
    records = world.kernel._sandbox.records
    way = Way(world, "ok", 1)

    def raise_the_price(name: str) -> None:
        if name == "POST payment_intents":
            records._db.execute(
                "UPDATE objects SET body = json_set(body, '$.amount', 9999) WHERE kind = 'payment_intent'"
            )

    world.wire.passed = raise_the_price
    way.confirm()
    return world.kernel.receipt(way.user, way.payment.id).state


def test_another_amount_at_the_provider_is_not_called_paid(world: World) -> None:
    assert believed(world) == "unknown"


def overdrawn(world: World) -> str:
    """What somebody is told who wants back more than is left of a payment."""
    way = Way(world, "refunded", 1)
    assert world.attempt(way.confirm) and world.attempt(way.refund)
    rest = Money(LUNCH.minor - 500 + 1, "EUR")
    return world.attempt(lambda: world.kernel.refund(way.user, way.payment.id, "refund_more", rest))


def test_more_than_is_left_is_refused_by_our_own_books(world: World) -> None:
    assert overdrawn(world) == "more_than_was_paid"


def fooled(world: World) -> list[str]:
    """What is wrong after a genuine webhook that calls a payment paid while its bank still asks."""
    way = Way(world, "bank agrees", 1)
    kernel, told = world.kernel, world.attempt(way.confirm)
    ref = kernel.receipt(way.user, way.payment.id).provider_ref
    claim = {"id": ref, "object": "payment_intent", "status": "succeeded", "amount_received": LUNCH.minor}
    body = json.dumps({"id": "evt_1", "type": "payment_intent.succeeded", "data": {"object": claim}})
    assert told == "requires_action" and kernel._webhook_secret
    assert kernel.hear(body.encode(), signature(kernel._webhook_secret, body, int(world.clock.now().timestamp())))
    kernel.settle_due()
    return world.wrong()


def test_a_webhook_settles_nothing_by_itself(world: World) -> None:
    assert fooled(world) == []
