"""Never twice, never lost: every edge of a payment crashed, every answer lost, and still one charge."""

from collections.abc import Callable

import pytest

from assistant.clock import MovableClock
from assistant.errors import Refused, Unavailable
from assistant.money import Money
from assistant.payments import Payee, Payments
from assistant.payments.provider import Charge, Provider
from tests.payments.conftest import LUNCH, SESSION, USER, Crash, Edges, Stall, charges, paid, pay


@pytest.mark.parametrize("edge", range(1, 8))
def test_a_crash_at_any_edge_charges_once(
    kernel: Payments, open_kernel: Callable[[], Payments], alice: Payee, edges: Edges, edge: int
) -> None:
    payment = kernel.draft(USER, SESSION, alice, LUNCH)
    edges.arm(edge)
    with pytest.raises(Crash):
        pay(kernel, payment)
    edges.arm(0)
    restarted = open_kernel()
    restarted.settle_due(restarted=True)
    assert restarted.receipt(USER, payment.id).state == "succeeded"
    assert [intent.status for intent in charges(restarted, payment)] == ["succeeded"]


@pytest.mark.parametrize("edge", range(1, 10, 2))
def test_two_crashes_in_a_row_charge_once(
    kernel: Payments, open_kernel: Callable[[], Payments], alice: Payee, edges: Edges, edge: int
) -> None:
    payment = pay(kernel, kernel.draft(USER, SESSION, alice, LUNCH), undo=10)
    kernel.clock.forward(seconds=10)  # type: ignore[attr-defined]
    for _ in range(2):
        edges.arm(edge)
        kernel = open_kernel()
        try:
            kernel.settle_due(restarted=True)
        except Crash:
            continue
    edges.arm(0)
    kernel = open_kernel()
    kernel.settle_due(restarted=True)
    assert kernel.receipt(USER, payment.id).state == "succeeded"
    assert paid(kernel, payment) == 1


def _lose(monkeypatch: pytest.MonkeyPatch, name: str, before: bool) -> None:
    real = getattr(Provider, name)

    def silent(*args: object) -> object:
        monkeypatch.setattr(Provider, name, real)
        if not before:
            real(*args)
        raise Unavailable("provider_silent")

    monkeypatch.setattr(Provider, name, silent)


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("call", ["create", "confirm"])
def test_a_lost_answer_is_unknown_and_then_known(
    kernel: Payments, alice: Payee, clock: MovableClock, monkeypatch: pytest.MonkeyPatch, call: str, before: bool
) -> None:
    payment = kernel.draft(USER, SESSION, alice, LUNCH)
    _lose(monkeypatch, call, before)
    assert pay(kernel, payment).state == "unknown"
    with pytest.raises(Refused, match="still_under_way"):
        kernel.again(USER, SESSION, payment.id)
    clock.forward(seconds=2)
    kernel.settle_due()
    assert kernel.receipt(USER, payment.id).state == "succeeded"
    assert paid(kernel, payment) == 1


def test_a_declined_card_fails_and_a_new_draft_may_try_again(kernel: Payments, alice: Payee) -> None:
    _use(kernel, "pm_card_chargeDeclinedInsufficientFunds")
    failed = pay(kernel, kernel.draft(USER, SESSION, alice, LUNCH))
    assert (failed.state, failed.reason) == ("failed", "insufficient_funds")
    kernel.settle_due(restarted=True)
    assert len(charges(kernel, failed)) == 1 and failed.attempt == 1
    _use(kernel, "pm_card_visa")
    assert pay(kernel, kernel.again(USER, SESSION, failed.id)).state == "succeeded"
    assert paid(kernel, failed) == 0


def test_a_bank_that_asks_first_is_an_honest_state(kernel: Payments, alice: Payee, clock: MovableClock) -> None:
    _use(kernel, "pm_card_authenticationRequired")
    waiting = pay(kernel, kernel.draft(USER, SESSION, alice, LUNCH))
    assert waiting.state == "requires_action" and paid(kernel, waiting) == 0
    clock.forward(seconds=31)
    kernel.settle_due()
    assert kernel.receipt(USER, waiting.id).state == "requires_action"
    given_up = kernel.cancel(USER, waiting.id)
    assert (given_up.state, given_up.reason) == ("failed", "canceled")
    assert charges(kernel, waiting)[0].status == "canceled"


def test_a_provider_that_refuses_the_bill_fails_it(kernel: Payments, alice: Payee) -> None:
    failed = pay(kernel, kernel.draft(USER, SESSION, alice, Money(20, "EUR")))
    assert (failed.state, failed.reason) == ("failed", "amount_too_small")


def test_a_provider_that_says_another_amount_is_not_believed(
    kernel: Payments, alice: Payee, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = kernel.draft(USER, SESSION, alice, LUNCH)
    seal = {"payment": payment.id, "seal": payment.hash}
    wrong = Charge("pi_wrong", "succeeded", Money(9999, "EUR"), seal, "acct_demo_alice_7305")
    monkeypatch.setattr(Provider, "confirm", lambda *_: wrong)
    done = pay(kernel, payment)
    assert (done.state, done.reason) == ("unknown", "provider_disagrees")


def test_paid_is_said_only_when_the_payees_account_has_it(
    kernel: Payments, alice: Payee, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = kernel.draft(USER, SESSION, alice, LUNCH)
    seal = {"payment": payment.id, "seal": payment.hash}
    monkeypatch.setattr(Provider, "confirm", lambda *_: Charge("pi_own", "succeeded", LUNCH, seal, reached=""))
    assert pay(kernel, payment).state == "unknown"


def test_the_thread_sends_what_is_due(kernel: Payments, alice: Payee) -> None:
    from time import monotonic, sleep

    kernel.start()
    payment = pay(kernel, kernel.draft(USER, SESSION, alice, LUNCH), undo=10)
    kernel.clock.forward(seconds=10)  # type: ignore[attr-defined]
    kernel._duties.wake()
    until = monotonic() + 20
    while kernel.receipt(USER, payment.id).state != "succeeded" and monotonic() < until:
        sleep(0.02)
    assert kernel.receipt(USER, payment.id).state == "succeeded"


def test_a_quote_is_charged_by_its_merchant(kernel: Payments, stall: Stall) -> None:
    payment = kernel.draft_quote(USER, SESSION, stall.quote(USER, ()))
    assert payment.payee_name == "The Stall" and payment.totals[0].amount == LUNCH
    done = pay(kernel, payment)
    assert done.state == "succeeded"
    assert paid(kernel, payment, "acct_demo_stall_4990") == 1 and paid(kernel, payment) == 0
    assert stall.sales[payment.quote_id].provider_ref == done.provider_ref


@pytest.mark.parametrize("edge", range(1, 13))
def test_a_crash_anywhere_in_a_purchase_charges_once_with_one_token(
    kernel: Payments, open_kernel: Callable[[], Payments], stall: Stall, edges: Edges, edge: int
) -> None:
    payment = kernel.draft_quote(USER, SESSION, stall.quote(USER, ()))
    edges.arm(edge)
    with pytest.raises(Crash):
        pay(kernel, payment)
    edges.arm(0)
    restarted = open_kernel()
    restarted.trade_with({stall.id: stall})
    restarted.settle_due(restarted=True)
    assert restarted.receipt(USER, payment.id).state == "succeeded"
    assert paid(restarted, payment, "acct_demo_stall_4990") == 1
    assert len({token.value for token in stall.tokens}) == 1


def test_a_token_is_redeemed_once(kernel: Payments, stall: Stall) -> None:
    payment = kernel.draft_quote(USER, SESSION, stall.quote(USER, ()))
    pay(kernel, payment)
    with pytest.raises(Refused, match="token_not_good"):
        kernel._vault.till("stall").redeem(stall.tokens[0], "again")
    assert paid(kernel, payment, "acct_demo_stall_4990") == 1


@pytest.mark.parametrize("field", ["value", "merchant", "quote", "amount"])
def test_a_token_is_good_for_one_quote_one_amount_one_merchant(kernel: Payments, stall: Stall, field: str) -> None:
    from dataclasses import replace

    payment = kernel.draft_quote(USER, SESSION, stall.quote(USER, ()))
    wrong = {"value": "x", "merchant": "other", "quote": "quote_other", "amount": Money(1, "EUR")}[field]
    honest = stall.complete
    stall.complete = lambda quote, token: honest(quote, replace(token, **{field: wrong}))  # type: ignore[method-assign]
    assert pay(kernel, payment).state == "failed"
    assert charges(kernel, payment, "acct_demo_stall_4990") == []


def test_a_merchant_that_refuses_after_the_charge_began_cannot_be_paid_later(
    kernel: Payments, stall: Stall, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    _lose(monkeypatch, "confirm", before=True)
    payment = kernel.draft_quote(USER, SESSION, stall.quote(USER, ()))
    assert pay(kernel, payment).state == "unknown"

    def sold_out(quote: str, token: object) -> None:
        raise Refused("out_of_stock")

    stall.complete = sold_out  # type: ignore[method-assign,assignment]
    clock.forward(seconds=30)
    kernel.settle_due()
    assert kernel.receipt(USER, payment.id).state == "failed"
    assert [intent.status for intent in charges(kernel, payment, "acct_demo_stall_4990")] == ["canceled"]


def test_a_declined_card_at_a_merchant_fails_the_purchase(kernel: Payments, stall: Stall) -> None:
    _use(kernel, "pm_card_chargeDeclined")
    failed = pay(kernel, kernel.draft_quote(USER, SESSION, stall.quote(USER, ())))
    assert (failed.state, failed.reason) == ("failed", "generic_decline")


def test_a_price_that_moved_is_not_paid(kernel: Payments, stall: Stall) -> None:
    payment = kernel.draft_quote(USER, SESSION, stall.quote(USER, ()))
    stall.price = Money(1350, "EUR")
    with pytest.raises(Refused, match="quote_changed"):
        pay(kernel, payment)
    assert kernel.receipt(USER, payment.id).state == "canceled" and not stall.tokens


def _use(kernel: Payments, method: str) -> None:

    kernel.change_wallet(USER, method=method)
