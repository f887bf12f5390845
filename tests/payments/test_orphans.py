"""An intent that nobody will confirm is canceled; one that somebody still may is not."""

from collections import Counter
from collections.abc import Callable

import pytest

from assistant.clock import MovableClock
from assistant.payments import Payee, Payment, Payments
from assistant.payments.provider import Provider
from tests.payments.conftest import LUNCH, SESSION, USER, Crash, Stall, charges, paid, pay


def dying_after(name: str, act: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Do it in a process that dies when the provider has done `name` and before anything was committed of it."""
    real = getattr(Provider, name)

    def last_words(*args: object) -> None:
        real(*args)
        raise Crash

    with monkeypatch.context() as dying, pytest.raises(Crash):
        dying.setattr(Provider, name, last_words)
        act()


def standings(kernel: Payments, payment: Payment, on: str = "") -> Counter[str]:
    return Counter(intent.status for intent in charges(kernel, payment, on))


def test_an_intent_the_provider_made_twice_is_canceled_once_the_other_is_paid(
    kernel: Payments, alice: Payee, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = kernel.draft(USER, SESSION, alice, LUNCH)
    dying_after("create", lambda: pay(kernel, waiting), monkeypatch)
    kernel.tidy()
    assert standings(kernel, waiting) == {"requires_confirmation": 1}, "it may still be taken up"
    clock.forward(hours=25)  # the provider has forgotten the key
    kernel.settle_due(restarted=True)
    kernel.tidy()
    assert standings(kernel, waiting) == {"succeeded": 1, "canceled": 1} and paid(kernel, waiting) == 1


def test_an_intent_of_a_purchase_that_was_declined_for_its_age_is_canceled(
    kernel: Payments, stall: Stall, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = kernel.draft_quote(USER, SESSION, stall.quote(USER, ()))
    dying_after("create", lambda: pay(kernel, waiting), monkeypatch)
    clock.forward(minutes=6)  # the token is too old by now
    kernel.settle_due(restarted=True)
    assert kernel.receipt(USER, waiting.id).state == "failed"
    assert standings(kernel, waiting, waiting.account) == {"requires_confirmation": 1}
    kernel.tidy()
    assert standings(kernel, waiting, waiting.account) == {"canceled": 1}


def test_a_crash_while_tidying_leaves_the_rest_for_the_next_time(
    kernel: Payments, alice: Payee, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts = [kernel.draft(USER, SESSION, alice, LUNCH) for _ in range(3)]
    for waiting in drafts:
        dying_after("create", lambda waiting=waiting: pay(kernel, waiting), monkeypatch)
    clock.forward(hours=25)
    kernel.settle_due(restarted=True)
    dying_after("cancel", kernel.tidy, monkeypatch)
    kernel.tidy()
    assert [standings(kernel, one) for one in drafts] == [{"succeeded": 1, "canceled": 1}] * 3


def test_what_is_not_ours_is_left_alone(kernel: Payments, alice: Payee) -> None:
    pay(kernel, kernel.draft(USER, SESSION, alice, LUNCH))
    intents = kernel._provider._client.v1.payment_intents
    asked = {"amount": 500, "currency": "eur", "payment_method": "pm_card_visa"}
    foreign = [intents.create(asked | {"metadata": about}).id for about in ({}, {"payment": "pay_of_another_folder"})]
    kernel.tidy()
    assert {intents.retrieve(id).status for id in foreign} == {"requires_confirmation"}
