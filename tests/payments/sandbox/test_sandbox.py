"""The sandbox answers the official SDK as Stripe documents it."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
import stripe

from assistant.clock import MovableClock
from assistant.payments.provider import Provider, attributes
from assistant.payments.sandbox import Sandbox

BOB = "acct_demo_bob_2931"
CALLS: dict[str, Any] = {
    "amount": 1250, "currency": "eur", "payment_method": "pm_card_visa", "transfer_data": {"destination": BOB},
    "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"}, "metadata": {"a": "b"},
}  # fmt: skip


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def sandbox(tmp_path: Path, clock: MovableClock) -> Iterator[Sandbox]:
    made = Sandbox(tmp_path / "sandbox.db", b"secret", clock)
    made.open_account(BOB, "Bob")
    yield made
    made.close()


@pytest.fixture
def v1(sandbox: Sandbox) -> Any:
    return Provider(sandbox.key, sandbox.url)._client.v1


def without(*names: str, **more: Any) -> dict[str, Any]:
    return {name: value for name, value in CALLS.items() if name not in names} | more


def test_creating_moves_no_money_and_confirming_does(v1: Any) -> None:
    intent = v1.payment_intents.create(CALLS)
    assert (
        intent.status == "requires_confirmation"
        and v1.balance.retrieve(None, {"stripe_account": BOB}).available[0].amount == 0
    )
    done = v1.payment_intents.confirm(intent.id)
    charge = v1.charges.retrieve(done.latest_charge)
    assert (done.status, charge.paid, charge.transfer_data.destination) == ("succeeded", True, BOB)
    assert v1.balance.retrieve(None, {"stripe_account": BOB}).available[0].amount == 1250
    assert v1.balance.retrieve().available[0].amount == 0
    assert [e.type for e in v1.events.list({"limit": 3}).data] == [
        "payment_intent.succeeded",
        "charge.succeeded",
        "transfer.created",
    ]


@pytest.mark.parametrize(
    ("method", "code", "decline"),
    [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", None),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", None),
    ],
)
def test_a_decline_is_a_card_error_and_stays_on_the_intent(
    v1: Any, method: str, code: str, decline: str | None
) -> None:
    intent = v1.payment_intents.create(without(payment_method=method))
    with pytest.raises(stripe.CardError) as declined:
        v1.payment_intents.confirm(intent.id)
    assert declined.value.code == code and declined.value.http_status == 402
    again = v1.payment_intents.retrieve(intent.id)
    assert (
        again.status == "requires_payment_method" and again.last_payment_error.to_dict().get("decline_code") == decline
    )


def test_a_card_may_need_authentication(v1: Any) -> None:
    intent = v1.payment_intents.create(without(payment_method="pm_card_authenticationRequired", confirm=True))
    assert intent.status == "requires_action" and intent.next_action.type == "use_stripe_sdk"
    assert v1.payment_intents.cancel(intent.id).status == "canceled"


def test_the_same_key_gets_the_same_answer(v1: Any) -> None:
    first = v1.payment_intents.create(CALLS, {"idempotency_key": "k1"})
    second = v1.payment_intents.create(CALLS, {"idempotency_key": "k1"})
    assert first.id == second.id and len(v1.payment_intents.list().data) == 1


def test_a_decline_is_replayed_too(v1: Any) -> None:
    intent = v1.payment_intents.create(without(payment_method="pm_card_chargeDeclined"))
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            v1.payment_intents.confirm(intent.id, {}, {"idempotency_key": "k2"})
    assert [e.type for e in v1.events.list().data].count("charge.failed") == 1


def test_the_same_key_with_other_parameters_is_an_error(v1: Any) -> None:
    v1.payment_intents.create(CALLS, {"idempotency_key": "k1"})
    with pytest.raises(stripe.IdempotencyError):
        v1.payment_intents.create(without(amount=1300), {"idempotency_key": "k1"})


def test_a_key_is_forgotten_after_a_day(v1: Any, clock: MovableClock) -> None:
    first = v1.payment_intents.create(CALLS, {"idempotency_key": "k1"})
    clock.forward(hours=25)
    assert v1.payment_intents.create(CALLS, {"idempotency_key": "k1"}).id != first.id


def test_a_refused_request_leaves_its_key_free(v1: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        v1.payment_intents.create(without(amount=1), {"idempotency_key": "k1"})
    assert v1.payment_intents.create(CALLS, {"idempotency_key": "k1"}).amount == 1250


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        (without("amount"), "parameter_missing", "amount"),
        (without(amount=-5), "amount_too_small", "amount"),
        (without(amount=49), "amount_too_small", "amount"),
        (without(amount=100_000_000), "amount_too_large", "amount"),
        (without(currency="xyz"), None, "currency"),
        (without(amount=12345, currency="kwd"), "parameter_invalid_integer", "amount"),
        (without(payment_method="pm_card_none"), "resource_missing", "payment_method"),
        (without(transfer_data={"destination": "acct_none"}), "resource_missing", "transfer_data[destination]"),
        (without(transfer_data={"destination": BOB, "to": "x"}), "parameter_unknown", "transfer_data[to]"),
        (without(payment_method_types=["card"]), "parameter_unknown", "payment_method_types"),
    ],
)
def test_a_wrong_request_is_refused_as_stripe_does(v1: Any, params: Any, code: str | None, param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.payment_intents.create(params)
    assert (refused.value.code or None, refused.value.param) == (code, param)
    assert v1.payment_intents.list().data == []


def test_an_intent_succeeds_once(v1: Any) -> None:
    intent = v1.payment_intents.create(CALLS)
    v1.payment_intents.confirm(intent.id)
    for again in (v1.payment_intents.confirm, v1.payment_intents.cancel):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            again(intent.id)
        assert refused.value.code == "payment_intent_unexpected_state"


def test_refunds_stop_at_what_was_charged(v1: Any) -> None:
    intent = v1.payment_intents.create(without(confirm=True))
    v1.refunds.create({"payment_intent": intent.id, "amount": 1000, "reverse_transfer": True})
    with pytest.raises(stripe.InvalidRequestError):
        v1.refunds.create({"payment_intent": intent.id, "amount": 251})
    rest = v1.refunds.create({"charge": intent.latest_charge, "reverse_transfer": True})
    assert rest.amount == 250 and v1.refunds.retrieve(rest.id).status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.refunds.create({"payment_intent": intent.id})
    assert refused.value.code == "charge_already_refunded"
    assert v1.balance.retrieve(None, {"stripe_account": BOB}).available[0].amount == 0


def test_an_account_sees_only_its_own(v1: Any) -> None:
    own = v1.accounts.create({"type": "custom", "country": "FR", "capabilities": {"transfers": {"requested": True}}})
    assert own.capabilities.transfers == "active"
    here = v1.payment_intents.create(without("transfer_data", confirm=True), {"stripe_account": own.id})
    with pytest.raises(stripe.InvalidRequestError):
        v1.payment_intents.retrieve(here.id)
    with pytest.raises(stripe.PermissionError):
        v1.payment_intents.list({}, {"stripe_account": "acct_none"})
    with pytest.raises(stripe.PermissionError):
        v1.accounts.retrieve("acct_none")


def test_lists_page_newest_first(v1: Any) -> None:
    made = [v1.payment_intents.create(CALLS).id for _ in range(5)]
    page = v1.payment_intents.list({"limit": 2})
    assert [i.id for i in page.data] == made[:2:-1] and page.has_more
    assert [i.id for i in page.auto_paging_iter()] == made[::-1]
    assert [i.id for i in v1.payment_intents.list({"ending_before": made[2]}).data] == [made[4], made[3]]


@pytest.mark.parametrize("name", ["PaymentIntent", "Charge", "Refund", "Account", "Event", "Balance"])
def test_resources_have_exactly_the_sdks_attributes(v1: Any, name: str) -> None:
    intent = v1.payment_intents.create(without(confirm=True))
    refund = v1.refunds.create({"payment_intent": intent.id})
    found = {
        "PaymentIntent": intent, "Charge": v1.charges.retrieve(intent.latest_charge), "Refund": refund,
        "Account": v1.accounts.retrieve(BOB), "Event": v1.events.list().data[0], "Balance": v1.balance.retrieve(),
    }[name]  # fmt: skip
    assert set(found.to_dict()) == set(attributes(name))


def test_charges_survive_the_server(sandbox: Sandbox, tmp_path: Path, clock: MovableClock) -> None:
    intent = Provider(sandbox.key, sandbox.url)._client.v1.payment_intents.create(without(confirm=True))
    sandbox.close()
    again = Sandbox(tmp_path / "sandbox.db", b"secret", clock)
    try:
        assert Provider(again.key, again.url).retrieve(intent.id).reached == BOB
    finally:
        again.close()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer sk_test_guess"},
        {"Authorization": "Bearer sk_live_key"},
        {"Authorization": "Bearer {key}", "Host": "evil.example"},
        {"Authorization": "Bearer {key}", "Origin": "https://evil.example"},
    ],
)
def test_a_stranger_is_turned_away(sandbox: Sandbox, headers: dict[str, str]) -> None:
    sent = {name: value.format(key=sandbox.key) for name, value in headers.items()}
    with pytest.raises(HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(f"{sandbox.url()}/v1/balance", headers=sent))
    assert refused.value.code in (401, 403)
    assert "error" in json.loads(refused.value.read())


def test_a_customer_keeps_a_card_and_pays_with_it(v1: Any) -> None:
    ada = v1.customers.create({"name": "Ada", "email": "ada@example.org"})
    kept = v1.payment_methods.attach("pm_card_visa", {"customer": ada.id})
    assert kept.customer == ada.id and kept.card.last4 == "4242" and kept.id != "pm_card_visa"
    assert [m.id for m in v1.customers.payment_methods.list(ada.id).data] == [kept.id]
    done = v1.payment_intents.create(without(customer=ada.id, payment_method=kept.id, confirm=True))
    assert (done.status, done.customer) == ("succeeded", ada.id)
    assert v1.payment_methods.detach(kept.id).customer is None
    assert v1.customers.update(ada.id, {"name": "Ada L."}).name == "Ada L."
    assert v1.customers.delete(ada.id).deleted and v1.customers.list().data == []
    with pytest.raises(stripe.InvalidRequestError):
        v1.payment_intents.create(without(customer=ada.id))


def test_a_declining_card_declines_when_it_is_kept_too(v1: Any) -> None:
    ada = v1.customers.create({})
    kept = v1.payment_methods.attach("pm_card_chargeDeclinedInsufficientFunds", {"customer": ada.id})
    with pytest.raises(stripe.CardError) as declined:
        v1.payment_intents.create(without(payment_method=kept.id, confirm=True))
    assert declined.value.error.decline_code == "insufficient_funds"


def test_an_authorisation_is_captured_in_part_once(v1: Any) -> None:
    intent = v1.payment_intents.create(without(capture_method="manual", confirm=True))
    assert (intent.status, intent.amount_capturable, intent.amount_received) == ("requires_capture", 1250, 0)
    with pytest.raises(stripe.InvalidRequestError):
        v1.payment_intents.capture(intent.id, {"amount_to_capture": 1251})
    done = v1.payment_intents.capture(intent.id, {"amount_to_capture": 1000})
    assert (done.status, done.amount_received, done.amount_capturable) == ("succeeded", 1000, 0)
    assert v1.balance.retrieve(None, {"stripe_account": BOB}).available[0].amount == 1000
    with pytest.raises(stripe.InvalidRequestError):
        v1.payment_intents.capture(intent.id)


def test_an_authorisation_is_released(v1: Any) -> None:
    intent = v1.payment_intents.create(without(capture_method="manual", confirm=True))
    assert v1.payment_intents.cancel(intent.id).status == "canceled"
    assert v1.balance_transactions.list().data == []


def test_an_intent_is_changed_before_and_never_after(v1: Any) -> None:
    intent = v1.payment_intents.create(without("payment_method"))
    changed = v1.payment_intents.update(
        intent.id, {"amount": 900, "metadata": {"c": "d"}, "payment_method": "pm_card_visa"}
    )
    assert (changed.amount, changed.metadata.to_dict(), changed.status) == (
        900,
        {"a": "b", "c": "d"},
        "requires_confirmation",
    )
    v1.payment_intents.confirm(intent.id)
    with pytest.raises(stripe.InvalidRequestError):
        v1.payment_intents.update(intent.id, {"amount": 1})


def test_an_intent_is_found_by_what_it_carries(v1: Any) -> None:
    mine = v1.payment_intents.create(without(metadata={"payment": "pay_1"}, confirm=True))
    v1.payment_intents.create(without(metadata={"payment": "pay_2"}))
    found = v1.payment_intents.search({"query": "metadata['payment']:'pay_1' AND status:'succeeded'"}).data
    assert [one.id for one in found] == [mine.id]
    with pytest.raises(stripe.InvalidRequestError):
        v1.payment_intents.search({"query": "amount>1"})
    assert len(v1.charges.list({"payment_intent": mine.id}).data) == 1
    assert {row.type for row in v1.balance_transactions.list().data} == {"charge", "transfer"}


def test_what_is_forgotten_leaves_no_trace_and_the_rest_stands(sandbox: Sandbox, v1: Any, tmp_path: Path) -> None:
    gone, kept = (f"pay_{digit * 32}" for digit in "ab")
    sandbox.tell("http://127.0.0.1:9/hook", "whsec_x")
    for payment, word in ((gone, "pineapples"), (kept, "walnuts")):
        asked = without(metadata={"payment": payment}, description=word)
        made = v1.payment_intents.create(asked, {"idempotency_key": f"{payment}:create"})
        v1.payment_intents.confirm(made.id, {}, {"idempotency_key": f"{payment}:confirm:1"})
        v1.refunds.create({"payment_intent": made.id, "reverse_transfer": True}, {"idempotency_key": f"refund_{word}"})
    sandbox.forget({gone}, [])
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"walnuts" in left and b"pineapples" not in left and gone.encode() not in left
    assert [intent.description for intent in v1.payment_intents.list().data] == ["walnuts"]
    assert len(v1.charges.list().data) == len(v1.refunds.list().data) == 1
    assert {row.type for row in v1.balance_transactions.list().data} >= {"charge", "refund"}
    assert v1.accounts.retrieve(BOB).id == BOB
