"""Limits hold in the transaction that confirms, however many confirm at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from assistant.clock import MovableClock
from assistant.errors import LueurError, Refused
from assistant.money import Money
from assistant.payments import Payee, Payments
from tests.payments.conftest import LUNCH, SESSION, USER, charges, pay


def test_one_payment_has_a_limit(kernel: Payments, alice: Payee) -> None:
    payment = kernel.draft(USER, SESSION, alice, Money(50001, "EUR"))
    with pytest.raises(Refused, match="above_payment_limit"):
        pay(kernel, payment)
    assert kernel.receipt(USER, payment.id).state == "draft" and charges(kernel, payment) == []


def test_a_foreign_amount_counts_in_the_base_currency(kernel: Payments, alice: Payee) -> None:
    with pytest.raises(Refused, match="above_payment_limit"):
        pay(kernel, kernel.draft(USER, SESSION, alice, Money(49999, "GBP")))
    assert pay(kernel, kernel.draft(USER, SESSION, alice, Money(50001, "CNY")), undo=10).state == "confirmed"


def test_a_currency_without_a_rate_is_refused_by_its_name(kernel: Payments, alice: Payee) -> None:
    with pytest.raises(Refused, match="no_rate_for_limits") as refused:
        kernel.draft(USER, SESSION, alice, Money(12340, "KWD"))
    assert refused.value.values == {"currency": "KWD"} and kernel.history(USER) == ()


def test_a_day_has_a_limit_and_the_next_day_another(kernel: Payments, alice: Payee, clock: MovableClock) -> None:
    for _ in range(2):
        pay(kernel, kernel.draft(USER, SESSION, alice, Money(50000, "EUR")), undo=60)
    with pytest.raises(Refused, match="above_day_limit") as refused:
        pay(kernel, kernel.draft(USER, SESSION, alice, Money(100, "EUR")))
    assert refused.value.values["left"] == Money(0, "EUR")
    clock.forward(hours=24)
    assert pay(kernel, kernel.draft(USER, SESSION, alice, Money(100, "EUR")), undo=60).state == "confirmed"


def test_an_undone_payment_frees_the_limit(kernel: Payments, alice: Payee) -> None:
    first = [pay(kernel, kernel.draft(USER, SESSION, alice, Money(50000, "EUR")), undo=60) for _ in range(2)]
    kernel.undo(USER, first[0].id)
    assert pay(kernel, kernel.draft(USER, SESSION, alice, Money(50000, "EUR")), undo=60).state == "confirmed"


def test_the_limit_holds_when_twenty_confirm_at_once(kernel: Payments, alice: Payee) -> None:
    drafts = [kernel.draft(USER, SESSION, alice, Money(10000, "EUR")) for _ in range(20)]

    def confirmed(payment: object) -> bool:
        try:
            return pay(kernel, payment, undo=60).state == "confirmed"  # type: ignore[arg-type]
        except LueurError as error:
            return error.key != "above_day_limit" and pytest.fail(error.key)

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(confirmed, drafts)) == 10


def test_a_person_sets_their_own_limits(kernel: Payments, alice: Payee) -> None:
    kernel.change_wallet(USER, per_payment=Money(1000, "EUR"))
    with pytest.raises(Refused, match="above_payment_limit"):
        pay(kernel, kernel.draft(USER, SESSION, alice, LUNCH))
    assert kernel.wallet("somebody else").per_payment == Money(50000, "EUR")


def test_stop_holds_everything_back_until_it_is_lifted(kernel: Payments, alice: Payee, clock: MovableClock) -> None:
    waiting = pay(kernel, kernel.draft(USER, SESSION, alice, LUNCH), undo=10)
    shown = kernel.draft(USER, SESSION, alice, LUNCH)
    assert kernel.stop(USER) == 2
    clock.forward(seconds=30)
    kernel.settle_due()
    assert {kernel.receipt(USER, p.id).state for p in (waiting, shown)} == {"canceled"}
    blocked = kernel.draft(USER, SESSION, alice, LUNCH)
    with pytest.raises(Refused, match="payments_stopped"):
        pay(kernel, blocked)
    kernel.resume(USER)
    assert pay(kernel, blocked).state == "succeeded"


def test_thirty_days_have_a_limit(kernel: Payments, alice: Payee, clock: MovableClock) -> None:
    kernel.change_wallet(USER, per_month=Money(2000, "EUR"))
    pay(kernel, kernel.draft(USER, SESSION, alice, LUNCH))
    clock.forward(days=29)
    with pytest.raises(Refused, match="above_month_limit") as refused:
        pay(kernel, kernel.draft(USER, SESSION, alice, LUNCH))
    assert refused.value.values["left"] == Money(750, "EUR")
    clock.forward(days=1, seconds=1)
    assert pay(kernel, kernel.draft(USER, SESSION, alice, LUNCH)).state == "succeeded"


def test_a_new_account_gets_little_until_a_payment_arrived(kernel: Payments, alice: Payee) -> None:
    kernel.change_wallet(USER, first_use=Money(2000, "EUR"))
    waiting = pay(kernel, kernel.draft(USER, SESSION, alice, LUNCH), undo=60)
    with pytest.raises(Refused, match="above_first_limit") as refused:
        pay(kernel, kernel.draft(USER, SESSION, alice, LUNCH))
    assert refused.value.values["left"] == Money(750, "EUR")
    kernel.clock.forward(seconds=60)  # type: ignore[attr-defined]
    kernel.settle_due()
    assert kernel.receipt(USER, waiting.id).state == "succeeded"
    assert pay(kernel, kernel.draft(USER, SESSION, alice, Money(4000, "EUR"))).state == "succeeded"


def test_many_small_payments_stop_within_an_hour(kernel: Payments, alice: Payee, clock: MovableClock) -> None:
    kernel.change_wallet(USER, per_hour=3)
    for _ in range(3):
        pay(kernel, kernel.draft(USER, SESSION, alice, Money(100, "EUR")), undo=60)
    with pytest.raises(Refused, match="too_many_payments") as refused:
        pay(kernel, kernel.draft(USER, SESSION, alice, Money(100, "EUR")))
    assert refused.value.values["count"] == 3
    clock.forward(hours=1)
    assert pay(kernel, kernel.draft(USER, SESSION, alice, Money(100, "EUR")), undo=60).state == "confirmed"
