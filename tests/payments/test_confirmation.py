"""Nothing moves without the gesture, and the gesture moves it once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from assistant.clock import MovableClock
from assistant.errors import NotFound, Refused
from assistant.money import Money
from assistant.payments import Origin, Payee, Payments
from tests.payments.conftest import LUNCH, SESSION, USER, charges, named, paid, pay


def test_a_draft_leaves_no_trace_at_the_provider(kernel: Payments, alice: Payee) -> None:
    payment = kernel.draft(USER, SESSION, alice, LUNCH, "lunch")
    kernel.settle_due()
    assert kernel.receipt(USER, payment.id).state == "draft"
    assert charges(kernel, payment) == []


def test_a_confirmed_draft_reaches_the_payee(kernel: Payments, alice: Payee) -> None:
    done = pay(kernel, kernel.draft(USER, SESSION, alice, LUNCH, "lunch"))
    assert done.state == "succeeded"
    (intent,) = charges(kernel, done)
    assert (intent.amount_received, intent.transfer_data.destination) == (1250, "acct_demo_alice_7305")
    assert intent.metadata.to_dict()["seal"] == done.hash


def test_a_changed_draft_is_a_new_draft(kernel: Payments, alice: Payee) -> None:
    old = kernel.draft(USER, SESSION, alice, LUNCH)
    new = kernel.draft(USER, SESSION, alice, Money(1300, "EUR"), origin=Origin(replaces=old.id))
    assert new.id != old.id and new.hash != old.hash
    assert kernel.receipt(USER, old.id).state == "canceled"
    with pytest.raises(Refused, match="sheet_closed"):
        pay(kernel, old)
    assert pay(kernel, new).state == "succeeded" and paid(kernel, old) == 0


@pytest.mark.parametrize("changed", ["payee", "amount", "currency", "purpose"])
def test_the_seal_covers_everything_a_person_agrees_to(kernel: Payments, alice: Payee, changed: str) -> None:
    base = kernel.draft(USER, SESSION, alice, LUNCH, "lunch")
    payee = named(kernel, "Bob") if changed == "payee" else alice
    amount = {"amount": Money(1251, "EUR"), "currency": Money(1250, "USD")}.get(changed, LUNCH)
    other = kernel.draft(USER, SESSION, payee, amount, "dinner" if changed == "purpose" else "lunch")
    assert other.hash != base.hash


def test_a_double_tap_returns_the_same_receipt(kernel: Payments, alice: Payee) -> None:
    payment = kernel.draft(USER, SESSION, alice, LUNCH)
    first, second = pay(kernel, payment), pay(kernel, payment)
    assert first == second and first.state == "succeeded"
    assert paid(kernel, payment) == 1


def test_fifty_taps_at_once_charge_once(kernel: Payments, alice: Payee) -> None:
    payment = kernel.draft(USER, SESSION, alice, LUNCH)
    with ThreadPoolExecutor(50) as pool:
        results = list(pool.map(lambda _: pay(kernel, payment), range(50)))
    assert {result.id for result in results} == {payment.id}
    assert kernel.receipt(USER, payment.id).state == "succeeded"
    assert len(charges(kernel, payment)) == 1


def test_a_token_of_another_draft_does_not_fit(kernel: Payments, alice: Payee) -> None:
    cheap, dear = kernel.draft(USER, SESSION, alice, LUNCH), kernel.draft(USER, SESSION, alice, Money(40000, "EUR"))
    with pytest.raises(Refused, match="confirmation_does_not_fit"):
        kernel.confirm(USER, SESSION, dear.id, kernel.token(cheap))
    assert kernel.receipt(USER, dear.id).state == "draft"


@pytest.mark.parametrize("token", ["", "0" * 64, "none", "é"])
def test_a_forged_token_does_not_fit(kernel: Payments, alice: Payee, token: str) -> None:
    payment = kernel.draft(USER, SESSION, alice, LUNCH)
    with pytest.raises(Refused, match="confirmation_does_not_fit"):
        kernel.confirm(USER, SESSION, payment.id, token)


def test_a_token_fits_only_its_own_session(kernel: Payments, alice: Payee) -> None:
    payment = kernel.draft(USER, SESSION, alice, LUNCH)
    with pytest.raises(Refused, match="confirmation_does_not_fit"):
        kernel.confirm(USER, "ses_2", payment.id, kernel.token(payment))


def test_somebody_elses_draft_is_not_there(kernel: Payments, alice: Payee) -> None:
    payment = kernel.draft(USER, SESSION, alice, LUNCH)
    for attempt in (
        lambda: kernel.receipt("eve", payment.id),
        lambda: kernel.confirm("eve", SESSION, payment.id, kernel.token(payment)),
        lambda: kernel.confirm_aloud("eve", SESSION, payment.id, LUNCH, True),
        lambda: kernel.cancel("eve", payment.id),
        lambda: kernel.undo("eve", payment.id),
        lambda: kernel.refund("eve", payment.id, "refund_1"),
        lambda: kernel.again("eve", SESSION, payment.id),
    ):
        with pytest.raises(NotFound, match="unknown_payment"):
            attempt()
    assert kernel.receipt(USER, payment.id).state == "draft"


def test_a_sheet_expires_after_five_minutes(kernel: Payments, alice: Payee, clock: MovableClock) -> None:
    payment = kernel.draft(USER, SESSION, alice, LUNCH)
    clock.forward(minutes=5)
    with pytest.raises(Refused, match="sheet_expired"):
        pay(kernel, payment)
    assert kernel.receipt(USER, payment.id).state == "expired"
    again = kernel.again(USER, SESSION, payment.id)
    assert again.id != payment.id and pay(kernel, again).state == "succeeded"
    assert paid(kernel, payment) == 0


def test_an_undone_payment_never_reaches_the_provider(kernel: Payments, alice: Payee, clock: MovableClock) -> None:
    payment = pay(kernel, kernel.draft(USER, SESSION, alice, LUNCH), undo=10)
    assert payment.state == "confirmed"
    clock.forward(seconds=9)
    kernel.settle_due()
    assert kernel.undo(USER, payment.id).state == "canceled"
    clock.forward(seconds=60)
    kernel.settle_due()
    assert kernel.receipt(USER, payment.id).state == "canceled"
    assert charges(kernel, payment) == []


def test_what_has_left_cannot_be_undone(kernel: Payments, alice: Payee, clock: MovableClock) -> None:
    payment = pay(kernel, kernel.draft(USER, SESSION, alice, LUNCH), undo=10)
    clock.forward(seconds=10)
    kernel.settle_due()
    assert kernel.receipt(USER, payment.id).state == "succeeded"
    with pytest.raises(Refused, match="too_late_to_undo"):
        kernel.undo(USER, payment.id)


def test_the_amount_repeated_aloud_pays(kernel: Payments, alice: Payee) -> None:
    payment = kernel.draft(USER, SESSION, alice, LUNCH)
    assert kernel.confirm_aloud(USER, SESSION, payment.id, LUNCH, sole=True).state == "succeeded"


@pytest.mark.parametrize(
    ("repeated", "sole"), [(None, True), (Money(1250, "USD"), True), (Money(1260, "EUR"), True), (LUNCH, False)]
)
def test_anything_but_the_amount_alone_does_not_pay(
    kernel: Payments, alice: Payee, repeated: Money | None, sole: bool
) -> None:
    payment = kernel.draft(USER, SESSION, alice, LUNCH)
    with pytest.raises(Refused, match="amount_does_not_match"):
        kernel.confirm_aloud(USER, SESSION, payment.id, repeated, sole)
    assert kernel.receipt(USER, payment.id).state == "draft"


def test_a_voice_pays_up_to_its_limit(kernel: Payments, alice: Payee) -> None:
    most, more = Money(5000, "EUR"), Money(5001, "EUR")
    assert kernel.confirm_aloud(USER, SESSION, kernel.draft(USER, SESSION, alice, most).id, most, True)
    payment = kernel.draft(USER, SESSION, alice, more)
    with pytest.raises(Refused, match="above_voice_limit"):
        kernel.confirm_aloud(USER, SESSION, payment.id, more, True)


def test_a_voice_of_another_session_does_not_pay(kernel: Payments, alice: Payee) -> None:
    payment = kernel.draft(USER, SESSION, alice, LUNCH)
    with pytest.raises(NotFound):
        kernel.confirm_aloud(USER, "ses_2", payment.id, LUNCH, True)


@pytest.mark.parametrize("minor", [0, -500, 100_000_000])
def test_an_amount_nobody_can_pay_is_not_drafted(kernel: Payments, alice: Payee, minor: int) -> None:
    with pytest.raises(Refused, match="amount_out_of_range"):
        kernel.draft(USER, SESSION, alice, Money(minor, "EUR"))


def test_no_token_stands_in_the_database(kernel: Payments, alice: Payee) -> None:
    payment = kernel.draft(USER, SESSION, alice, LUNCH)
    pay(kernel, payment)
    kept = b"".join(path.read_bytes() for path in kernel.settings.home.glob("*.db*"))
    assert payment.id.encode() in kept
    assert kernel.token(payment).encode() not in kept
