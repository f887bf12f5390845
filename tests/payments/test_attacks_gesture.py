"""Attacks on the gesture (cases 9 to 23 of the list): what was agreed to is what is paid, by whom it was, once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

import pytest

from assistant.clock import MovableClock
from assistant.conversation import MOST_MISSED, Conversations
from assistant.core import Assistant
from assistant.errors import LueurError, NotFound
from assistant.handlers import Context, payment
from assistant.money import Money
from assistant.payments import Origin, Payee, Payment, Payments
from assistant.reply import new_id
from assistant.settings import Settings
from assistant.store import Store
from tests.handlers.test_payment import context, pay, shown, tap  # noqa: F401  the handler on a real kernel
from tests.payments.conftest import LUNCH, SESSION, USER, Stall, charges, named, paid
from tests.payments.conftest import pay as confirmed


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(LueurError) as raised:
        act()
    return raised.value.key


def changed(kernel: Payments, shown: Payment, what: str) -> Payment:
    """The sheet that took the place of `shown` behind the person's back, differing in one thing."""
    payee = named(kernel, "Bob" if what == "payee" else "Alice")
    amount = {"amount": Money(125000, "EUR"), "currency": Money(1250, "USD")}.get(what, LUNCH)
    if what == "method":
        kernel.change_wallet(USER, method="pm_card_mastercard")
    purpose = "something else" if what == "purpose" else "lunch"
    return kernel.draft(USER, SESSION, payee, amount, purpose, Origin(replaces=shown.id))


@pytest.mark.parametrize(
    "what",
    [
        pytest.param("amount", id="09-amount"), pytest.param("payee", id="10-payee"),
        pytest.param("currency", id="11-currency"), pytest.param("purpose", id="12-purpose"),
        pytest.param("method", id="13-method"),
    ],
)  # fmt: skip
def test_09_to_13_what_changed_between_card_and_click_is_not_paid(kernel: Payments, alice: Payee, what: str) -> None:
    seen = kernel.draft(USER, SESSION, alice, LUNCH, "lunch")
    other = changed(kernel, seen, what)
    assert (
        refused(lambda: kernel.confirm(USER, SESSION, other.id, kernel.token(seen), 0)) == "confirmation_does_not_fit"
    )
    assert refused(lambda: kernel.confirm(USER, SESSION, seen.id, kernel.token(seen), 0)) == "sheet_closed"
    assert charges(kernel, seen) == charges(kernel, other) == []


def test_09_a_click_carries_no_amount(context: Context) -> None:  # noqa: F811
    sheet = shown(pay(context))
    (button,) = [action for action in sheet.actions if action.verb == "payment.confirm"]
    assert button.target == {"payment": sheet.id}
    payment.TAPS["payment.confirm"](button.target, {"amount": "1.00", "payee": "Eve"}, context)
    (intent,) = charges(context.rooms.payments, context.rooms.payments.receipt(USER, sheet.id))
    assert (intent.amount_received, intent.transfer_data.destination) == (1250, "acct_demo_alice_7305")


def test_14_a_token_replayed_after_success_returns_the_same_receipt(kernel: Payments, alice: Payee) -> None:
    waiting = kernel.draft(USER, SESSION, alice, LUNCH)
    done = confirmed(kernel, waiting)
    assert [confirmed(kernel, waiting) for _ in range(3)] == [done] * 3 and paid(kernel, waiting) == 1


def test_15_a_token_replayed_fifty_times_at_once_charges_once(kernel: Payments, alice: Payee) -> None:
    waiting = kernel.draft(USER, SESSION, alice, LUNCH)
    with ThreadPoolExecutor(50) as pool:
        list(pool.map(lambda _: confirmed(kernel, waiting), range(50)))
    assert len(charges(kernel, waiting)) == 1 and paid(kernel, waiting) == 1


def test_16_a_token_of_one_draft_does_not_fit_another(kernel: Payments, alice: Payee) -> None:
    one, other = (kernel.draft(USER, SESSION, alice, LUNCH) for _ in range(2))
    fits = lambda: kernel.confirm(USER, SESSION, other.id, kernel.token(one), 0)  # noqa: E731
    assert refused(fits) == "confirmation_does_not_fit" and kernel.receipt(USER, other.id).state == "draft"


def test_17_a_token_older_than_five_minutes_is_over(kernel: Payments, alice: Payee, clock: MovableClock) -> None:
    waiting = kernel.draft(USER, SESSION, alice, LUNCH)
    clock.forward(seconds=301)
    assert refused(lambda: confirmed(kernel, waiting)) == "sheet_expired" and charges(kernel, waiting) == []


@pytest.mark.parametrize("forge", ["", "none", "0" * 64, "eyJhbGciOiJub25lIn0.e30.", "{half}", "{whole}0", "{upper}"])
def test_18_a_forged_token_does_not_fit_and_is_noted_without_its_text(
    kernel: Payments, alice: Payee, caplog: pytest.LogCaptureFixture, forge: str
) -> None:
    waiting = kernel.draft(USER, SESSION, alice, LUNCH)
    true = kernel.token(waiting)
    forged = forge.format(half=true[:32], whole=true, upper=true.upper())
    fits = lambda: kernel.confirm(USER, SESSION, waiting.id, forged, 0)  # noqa: E731
    assert refused(fits) == "confirmation_does_not_fit" and charges(kernel, waiting) == []
    assert f"shown for {waiting.id}" in caplog.text
    assert true[:32] not in caplog.text and (not forged or forged not in caplog.text.replace("None", ""))


def test_19_a_double_click_and_a_reload_charge_once(context: Context) -> None:  # noqa: F811
    sheet = pay(context)
    receipts = [tap(sheet, "payment.confirm", context) for _ in range(3)]
    assert receipts[0] == receipts[1] == receipts[2]
    kernel = context.rooms.payments
    assert paid(kernel, kernel.receipt(USER, sheet.sheet)) == 1


def test_20_two_tabs_confirm_one_draft_once(kernel: Payments, alice: Payee) -> None:
    waiting = kernel.draft(USER, SESSION, alice, LUNCH)
    with ThreadPoolExecutor(2) as tabs:
        both = [tabs.submit(confirmed, kernel, waiting) for _ in range(2)]
    assert all(tab.result().id == waiting.id for tab in both) and paid(kernel, waiting) == 1


def test_20_a_tab_of_another_session_does_not_confirm(kernel: Payments, alice: Payee) -> None:
    waiting = kernel.draft(USER, SESSION, alice, LUNCH)
    fits = lambda: kernel.confirm(USER, "ses_2", waiting.id, kernel.token(waiting), 0)  # noqa: E731
    assert refused(fits) == "confirmation_does_not_fit" and charges(kernel, waiting) == []


def test_20_two_sheets_of_one_quote_are_one_purchase(kernel: Payments, stall: Stall) -> None:
    quote = stall.quote(USER, ())
    first, second = (kernel.draft_quote(USER, SESSION, quote) for _ in range(2))
    assert refused(lambda: confirmed(kernel, first)) == "sheet_closed"
    third = kernel.again(USER, SESSION, first.id)
    assert refused(lambda: confirmed(kernel, second)) == "sheet_closed"
    waiting = confirmed(kernel, third, 60)
    assert refused(lambda: kernel.again(USER, SESSION, second.id)) == "still_under_way"
    kernel.clock.forward(seconds=60)  # type: ignore[attr-defined]
    kernel.settle_due()
    assert kernel.receipt(USER, waiting.id).state == "succeeded"
    assert refused(lambda: kernel.draft_quote(USER, SESSION, quote)) == "still_under_way"
    assert len(stall.sales) == 1 and paid(kernel, third, "acct_demo_stall_4990") == 1


@pytest.mark.parametrize("state", ["draft", "confirmed", "succeeded"])
def test_21_another_persons_payment_does_not_exist(kernel: Payments, alice: Payee, state: str) -> None:
    mine = kernel.draft(USER, SESSION, alice, LUNCH)
    if state != "draft":
        confirmed(kernel, mine, 60 if state == "confirmed" else 0)
    before = kernel.receipt(USER, mine.id)
    for act in (
        lambda: kernel.receipt("eve", mine.id),
        lambda: kernel.confirm("eve", SESSION, mine.id, kernel.token(mine), 0),
        lambda: kernel.confirm_aloud("eve", SESSION, mine.id, LUNCH, True),
        lambda: kernel.undo("eve", mine.id),
        lambda: kernel.cancel("eve", mine.id),
        lambda: kernel.refund("eve", mine.id, "refund_eve"),
        lambda: kernel.again("eve", SESSION, mine.id),
        lambda: kernel.challenge("eve", mine.id),
        lambda: kernel.look("eve", mine.id),
        lambda: kernel.second_look("eve", mine.id),
    ):
        assert refused(act) == "unknown_payment"
    assert kernel.receipt(USER, mine.id) == before and kernel.history("eve") == ()


def test_22_an_id_has_128_random_bits_and_a_guess_finds_nothing(kernel: Payments) -> None:
    ids = {new_id("pay") for _ in range(2000)}
    assert len(ids) == 2000 and all(len(bytes.fromhex(id.removeprefix("pay_"))) == 16 for id in ids)
    for guess in [*[*ids][:50], "", "pay_", "pay_%", "' OR 1=1 --", "pay_" + "0" * 32]:
        with pytest.raises(NotFound):
            kernel.receipt(USER, guess)


def test_22_actions_and_sessions_cannot_be_tried_out_either(settings: Settings, clock: MovableClock) -> None:
    with closing(Assistant(replace(settings, demo_data=False), clock)) as assistant:
        who = assistant.open(USER)
        tried = [assistant.act(who, new_id("act")).error for _ in range(MOST_MISSED + 2)]
        assert tried == ["unknown_action"] * MOST_MISSED + ["too_many_guesses"] * 2
        assert refused(lambda: assistant.open(USER, who.id)) == "too_many_guesses"
        assert assistant.open("bob").user == "bob"
        clock.forward(seconds=61)
        assert refused(lambda: assistant.open(USER, new_id("ses"))) == "unknown_session"


def test_23_who_pays_comes_from_the_session_and_never_from_a_form(context: Context) -> None:  # noqa: F811
    sheet = shown(pay(context))
    eve = replace(context, user="eve")
    target = {"payment": sheet.id, "user": USER}
    with pytest.raises(NotFound):
        payment.TAPS["payment.confirm"](target, {"user": USER, "user_id": USER}, eve)
    assert context.rooms.payments.receipt(USER, sheet.id).state == "draft"


def test_23_an_action_is_found_only_in_its_own_session(store: Store, clock: MovableClock) -> None:
    talks = Conversations(store, clock)
    ada, eve = talks.open(USER, None, "en"), talks.open("eve", None, "en")
    with pytest.raises(NotFound):
        talks.open("eve", ada.id, "en")
    for who in (ada, eve):
        with pytest.raises(NotFound):
            talks.action(who, new_id("act"))
