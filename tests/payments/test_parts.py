"""One sheet over several merchants: one gesture confirms all of it or nothing, and each part is charged once."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from assistant.clock import MovableClock
from assistant.errors import Refused
from assistant.merchant import Sale, Token
from assistant.money import Money
from assistant.payments import Payment, Payments
from tests.payments.conftest import LUNCH, SESSION, USER, Crash, Edges, Stall, paid, pay


@dataclass
class Shut(Stall):
    """A stall that has sold out by the time it is to charge."""

    shut: bool = True

    def complete(self, quote: str, token: Token) -> Sale:
        if self.shut:
            raise Refused("out_of_stock", title="Lamp", left=0)
        return super().complete(quote, token)


@pytest.fixture
def stalls(kernel: Payments, clock: MovableClock) -> tuple[Stall, Stall]:
    return opened(kernel, clock)


def opened(kernel: Payments, clock: MovableClock) -> tuple[Stall, Shut]:
    made = (Stall(clock), Shut(clock, id="booth", name="The Booth", price=Money(700, "EUR"), shut=False))
    kernel.trade_with({each.id: each for each in made})
    return made


def drafted(kernel: Payments, stalls: tuple[Stall, ...]) -> tuple[Payment, ...]:
    return kernel.draft_quotes(USER, SESSION, tuple(each.quote(USER, ()) for each in stalls))


def states(kernel: Payments, payment: Payment) -> list[str]:
    return [part.state for part in kernel.parts(payment)]


def charged(kernel: Payments, parts: tuple[Payment, ...]) -> list[int]:
    return [paid(kernel, part, kernel.receipt(USER, part.id).account) for part in parts]


def test_one_gesture_confirms_every_part_and_each_is_charged_once(kernel: Payments, stalls: tuple[Stall, ...]) -> None:
    parts = drafted(kernel, stalls)
    for _ in range(2):
        assert pay(kernel, parts[0]).state == "succeeded"
    assert states(kernel, parts[1]) == ["succeeded", "succeeded"]
    assert charged(kernel, parts) == [1, 1]
    assert [len(each.tokens) for each in stalls] == [1, 1]


def test_any_part_of_the_sheet_carries_its_gesture(kernel: Payments, stalls: tuple[Stall, ...]) -> None:
    parts = drafted(kernel, stalls)
    pay(kernel, parts[1])
    assert states(kernel, parts[0]) == ["succeeded", "succeeded"]


@pytest.mark.parametrize("edge", range(1, 20))
def test_a_crash_at_any_edge_charges_each_part_once(
    kernel: Payments, open_kernel: Callable[[], Payments], clock: MovableClock, edges: Edges, edge: int
) -> None:
    stalls = opened(kernel, clock)
    parts = drafted(kernel, stalls)
    edges.arm(edge)
    with pytest.raises(Crash):
        pay(kernel, parts[0])
    edges.arm(0)
    restarted = open_kernel()
    restarted.trade_with({each.id: each for each in stalls})
    for _ in range(2):
        restarted.settle_due(restarted=True)
    assert states(restarted, parts[0]) == ["succeeded", "succeeded"]
    assert charged(restarted, parts) == [1, 1]


def test_what_one_gesture_confirms_is_one_payment_for_the_limit(kernel: Payments, stalls: tuple[Stall, ...]) -> None:
    kernel.change_wallet(USER, per_payment=Money(1_900, "EUR"))
    parts = drafted(kernel, stalls)  # 12.50 and 7.00
    with pytest.raises(Refused, match="above_payment_limit"):
        pay(kernel, parts[0])
    assert states(kernel, parts[0]) == ["draft", "draft"]


def test_a_day_that_holds_one_part_only_lets_none_leave(kernel: Payments, stalls: tuple[Stall, ...]) -> None:
    kernel.change_wallet(USER, per_day=Money(1_900, "EUR"))
    parts = drafted(kernel, stalls)
    with pytest.raises(Refused, match="above_day_limit"):
        pay(kernel, parts[0])
    assert states(kernel, parts[0]) == ["draft", "draft"]
    assert charged(kernel, parts) == [0, 0]


def test_where_one_part_fails_the_other_stands_and_can_be_given_back(kernel: Payments, clock: MovableClock) -> None:
    stall, shut = opened(kernel, clock)
    shut.shut = True
    parts = drafted(kernel, (stall, shut))
    pay(kernel, parts[0])
    assert states(kernel, parts[0]) == ["succeeded", "failed"]
    assert charged(kernel, parts) == [1, 0]
    again = kernel.again(USER, SESSION, parts[1].id)
    assert (again.merchant_id, again.origin.parts, again.amount) == ("booth", (), Money(700, "EUR"))
    assert kernel.refund(USER, parts[0].id, "refund_parts_1").refunded == LUNCH


def test_another_price_of_one_part_closes_the_whole_sheet(kernel: Payments, stalls: tuple[Stall, ...]) -> None:
    parts = drafted(kernel, stalls)
    stalls[1].price = Money(900, "EUR")
    with pytest.raises(Refused, match="quote_changed"):
        pay(kernel, parts[0])
    assert states(kernel, parts[0]) == ["canceled", "canceled"]
    again = kernel.again(USER, SESSION, parts[1].id)
    assert [part.amount.minor for part in kernel.parts(again)] == [1_250, 900]


def test_a_sheet_is_withdrawn_replaced_and_expires_as_one(
    kernel: Payments, stalls: tuple[Stall, ...], clock: MovableClock
) -> None:
    withdrawn = drafted(kernel, stalls)
    kernel.cancel(USER, withdrawn[1].id)
    assert states(kernel, withdrawn[0]) == ["canceled", "canceled"]
    old = drafted(kernel, stalls)
    new = kernel.again(USER, SESSION, old[0].id)
    assert (states(kernel, old[1]), states(kernel, new)) == (["canceled", "canceled"], ["draft", "draft"])
    clock.forward(minutes=6)
    with pytest.raises(Refused, match="sheet_expired"):
        pay(kernel, new)
    assert states(kernel, new) == ["expired", "expired"]


def test_each_part_can_be_taken_back_before_it_leaves(
    kernel: Payments, stalls: tuple[Stall, ...], clock: MovableClock
) -> None:
    parts = drafted(kernel, stalls)
    pay(kernel, parts[0], undo=10)
    kernel.undo(USER, parts[1].id)
    clock.forward(seconds=11)
    kernel.settle_due()
    assert states(kernel, parts[0]) == ["succeeded", "canceled"]
    assert charged(kernel, parts) == [1, 0]


def test_the_sum_of_the_sheet_is_what_is_repeated_aloud(kernel: Payments, stalls: tuple[Stall, ...]) -> None:
    parts = drafted(kernel, stalls)
    with pytest.raises(Refused, match="amount_does_not_match"):
        kernel.confirm_aloud(USER, SESSION, parts[0].id, LUNCH, sole=True, undo=0)
    kernel.confirm_aloud(USER, SESSION, parts[0].id, Money(1_950, "EUR"), sole=True, undo=0)
    assert states(kernel, parts[0]) == ["succeeded", "succeeded"]
