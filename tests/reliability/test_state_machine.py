"""Whatever a person, the network, the clock and the power do, in whatever order: the invariants hold."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from assistant.errors import NotFound
from assistant.money import Money
from assistant.payments import Origin, Payment, Payments
from tests.reliability.wire import FAULTS, Fault
from tests.reliability.world import ACCOUNTS, METHODS, SESSION, World

STEPS = 40
cents = st.sampled_from([50, 1250, 4999, 30000, 49999, 60000])
which = st.integers(0, 30)


class Life(RuleBasedStateMachine):
    """Ada pays; Eve only tries. A number picks a payment, so that a shrunk history still means something."""

    new_world: Callable[[], World]

    @initialize()
    def begin(self) -> None:
        self.exits = ExitStack()
        self.world = type(self).new_world()
        self.exits.callback(self.world.close)
        self.exits.enter_context(self.world.watching_commits())
        self.world.person("ada")
        self.payees = [self.world.payee("ada", account) for account in ACCOUNTS]
        self.drafts: list[Payment] = []
        self.refunds = 0

    @property
    def kernel(self) -> Payments:
        return self.world.kernel

    def picked(self, number: int) -> Payment:
        return self.drafts[number % len(self.drafts)]

    def drawn(self, act: Callable[[], Payment]) -> None:
        def kept() -> Payment:
            self.drafts.append(act())
            return self.drafts[-1]

        self.world.attempt(kept)

    @rule(minor=cents, to=which)
    def draft(self, minor: int, to: int) -> None:
        payee = self.payees[to % len(self.payees)]
        self.drawn(lambda: self.kernel.draft("ada", SESSION, payee, Money(minor, "EUR"), "lunch"))

    @rule()
    def choose_from_a_shop(self) -> None:
        self.drawn(lambda: self.kernel.draft_quote("ada", SESSION, self.world.stall.quote("ada", ())))

    @precondition(lambda self: self.drafts)
    @rule(number=which, minor=cents)
    def edit(self, number: int, minor: int) -> None:
        origin = Origin(replaces=self.picked(number).id)
        amount = Money(minor, "EUR")
        self.drawn(lambda: self.kernel.draft("ada", SESSION, self.payees[0], amount, "lunch", origin))

    @precondition(lambda self: self.drafts)
    @rule(number=which, undo=st.sampled_from([0, 0, 10]))
    def tap(self, number: int, undo: int) -> None:
        payment = self.picked(number)
        token = self.kernel.token(payment)
        self.world.attempt(lambda: self.kernel.confirm("ada", SESSION, payment.id, token, undo))

    @precondition(lambda self: self.drafts)
    @rule(number=which, other=which)
    def tap_with_the_token_of_another(self, number: int, other: int) -> None:
        payment, token = self.picked(number), self.kernel.token(self.picked(other))
        self.world.attempt(lambda: self.kernel.confirm("ada", SESSION, payment.id, token, 0))

    @precondition(lambda self: self.drafts)
    @rule(number=which)
    def undo(self, number: int) -> None:
        self.world.attempt(lambda: self.kernel.undo("ada", self.picked(number).id))

    @precondition(lambda self: self.drafts)
    @rule(number=which)
    def cancel(self, number: int) -> None:
        self.world.attempt(lambda: self.kernel.cancel("ada", self.picked(number).id))

    @precondition(lambda self: self.drafts)
    @rule(number=which)
    def pay_again(self, number: int) -> None:
        self.drawn(lambda: self.kernel.again("ada", SESSION, self.picked(number).id))

    @precondition(lambda self: self.drafts)
    @rule(number=which, minor=st.sampled_from([None, 50, 700, 60000]), repeat=st.booleans())
    def refund(self, number: int, minor: int | None, repeat: bool) -> None:
        self.refunds += not repeat
        payment, amount = self.picked(number), Money(minor, "EUR") if minor else None
        self.world.attempt(lambda: self.kernel.refund("ada", payment.id, f"refund_{self.refunds}", amount))

    @precondition(lambda self: self.drafts)
    @rule(number=which, verb=st.sampled_from(["receipt", "confirm", "undo", "cancel", "refund", "again"]))
    def eve_tries(self, number: int, verb: str) -> None:
        payment = self.picked(number)
        more = {"confirm": (SESSION, payment.id, self.kernel.token(payment)), "refund": (payment.id, "refund_eve"),
                "again": (SESSION, payment.id)}.get(verb, (payment.id,))  # fmt: skip
        with pytest.raises(NotFound):
            getattr(self.kernel, verb)("eve", *more)

    @rule(method=st.sampled_from(sorted(METHODS.values())))
    def another_card(self, method: str) -> None:
        self.world.attempt(lambda: self.world.person("ada", method))

    @precondition(lambda self: self.drafts)
    @rule(number=which, yes=st.booleans())
    def the_bank_is_answered(self, number: int, yes: bool) -> None:
        self.world.bank(self.picked(number), yes)

    @rule()
    def stop_everything(self) -> None:
        self.world.attempt(lambda: self.kernel.stop("ada"))
        self.world.attempt(lambda: self.kernel.resume("ada"))

    @rule()
    def reconcile(self) -> None:
        self.world.settle()

    @rule()
    def tidy(self) -> None:
        self.world.attempt(self.kernel.tidy)

    @rule(edge=st.integers(1, 12))
    def the_power_will_fail(self, edge: int) -> None:
        self.world.left = edge

    @rule()
    def restart(self) -> None:
        self.world.restart()

    @rule(faults=st.lists(st.sampled_from([None, *FAULTS]), min_size=1, max_size=4))
    def the_network_will_fail(self, faults: list[Fault | None]) -> None:
        self.world.faults = faults

    @rule()
    def the_provider_forgets_its_keys(self) -> None:
        self.kernel._sandbox.records._db.execute("DELETE FROM answers")

    @rule(seconds=st.sampled_from([2, 10, 31, 301, 25 * 3600, -3600, 3600]))
    def time_passes(self, seconds: int) -> None:
        self.world.clock.forward(seconds=seconds)

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        with self.exits:
            world = self.world
            world.left, world.faults = 0, []
            assert world.wrong() == []
            world.drain()
            for payment in self.drafts:
                if self.kernel.receipt("ada", payment.id).state == "requires_action":
                    world.attempt(lambda id=payment.id: self.kernel.cancel("ada", id))
            world.clock.forward(hours=STEPS + 1)  # however often the clock was set back
            world.drain()
            assert world.wrong(drained=True) == [] and world.leaks() == []


def lives(new_world: Callable[[], World], examples: int, always_the_same: bool) -> None:
    """Try so many histories; raises the shortest that breaks an invariant, with what it takes to play it again."""
    life = type("Life", (Life,), {"new_world": staticmethod(new_world)})
    run_state_machine_as_test(
        life,
        settings=settings(
            max_examples=examples, stateful_step_count=STEPS, deadline=None, database=None,
            derandomize=always_the_same, suppress_health_check=list(HealthCheck), print_blob=not always_the_same,
            phases=(Phase.generate, Phase.shrink), report_multiple_bugs=False,
        ),
    )  # fmt: skip


def test_no_history_breaks_an_invariant(new_world: Callable[[], World]) -> None:
    lives(new_world, 30, always_the_same=True)


@pytest.mark.reliability
@pytest.mark.timeout(1200)
def test_none_of_many_other_histories_breaks_an_invariant(new_world: Callable[[], World]) -> None:
    lives(new_world, 300, always_the_same=False)
