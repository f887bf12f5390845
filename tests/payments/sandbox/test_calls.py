"""Every call the sandbox offers answers the official SDK with the resource Stripe documents, and refuses as it does."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import stripe

from assistant.clock import MovableClock
from assistant.payments.provider import Provider, attributes
from assistant.payments.sandbox import Sandbox
from assistant.payments.sandbox.api import ROUTES

BOB = "acct_demo_bob_2931"
BILL: dict[str, Any] = {
    "amount": 1250, "currency": "eur", "payment_method": "pm_card_visa",
    "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"}, "metadata": {"payment": "pay_1"},
}  # fmt: skip
LINE = {"price_data": {"currency": "eur", "unit_amount": 700, "product_data": {"name": "Tea"}}, "quantity": 2}
SESSION = {"mode": "payment", "line_items": [LINE], "success_url": "http://127.0.0.1/done"}
HOOK = {"url": "http://127.0.0.1:9/hook", "enabled_events": ["*"]}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Any]:
    made = Sandbox(tmp_path / "sandbox.db", b"secret", MovableClock())
    made.open_account(BOB, "Bob")
    yield Provider(made.key, made.url)._client
    made.close()


@pytest.fixture
def v1(client: Any) -> Any:
    return client.v1


def paid(v1: Any, **more: Any) -> Any:
    return v1.payment_intents.create(BILL | {"confirm": True} | more)


def waiting(v1: Any) -> Any:
    return v1.payment_intents.create(BILL)


def customer(v1: Any) -> Any:
    return v1.customers.create({"name": "Ada"})


def kept(v1: Any) -> Any:
    return v1.payment_methods.attach("pm_card_visa", {"customer": customer(v1).id})


def refund(v1: Any) -> Any:
    return v1.refunds.create({"payment_intent": paid(v1).id, "amount": 250})


# method and path -> the call, the resource it answers with, what Stripe's reference says of the answer
Call = tuple[Callable[[Any], Any], str, dict[str, Any]]
CALLS: dict[tuple[str, str], Call] = {
    ("POST", "/v1/payment_intents"): (waiting, "PaymentIntent", {"status": "requires_confirmation", "amount": 1250}),
    ("GET", "/v1/payment_intents"): (lambda v1: paid(v1) and v1.payment_intents.list(), "list PaymentIntent", {}),
    ("GET", "/v1/payment_intents/search"): (
        lambda v1: paid(v1) and v1.payment_intents.search({"query": "metadata['payment']:'pay_1'"}),
        "search_result PaymentIntent", {},
    ),
    ("GET", "/v1/payment_intents/{id}"): (
        lambda v1: v1.payment_intents.retrieve(paid(v1).id), "PaymentIntent",
        {"status": "succeeded", "amount_received": 1250},
    ),
    ("POST", "/v1/payment_intents/{id}"): (
        lambda v1: v1.payment_intents.update(waiting(v1).id, {"amount": 900}), "PaymentIntent", {"amount": 900},
    ),
    ("POST", "/v1/payment_intents/{id}/capture"): (
        lambda v1: v1.payment_intents.capture(paid(v1, capture_method="manual").id), "PaymentIntent",
        {"status": "succeeded", "amount_capturable": 0},
    ),
    ("POST", "/v1/payment_intents/{id}/confirm"): (
        lambda v1: v1.payment_intents.confirm(waiting(v1).id), "PaymentIntent", {"status": "succeeded"},
    ),
    ("POST", "/v1/payment_intents/{id}/cancel"): (
        lambda v1: v1.payment_intents.cancel(waiting(v1).id, {"cancellation_reason": "abandoned"}), "PaymentIntent",
        {"status": "canceled", "cancellation_reason": "abandoned"},
    ),
    ("GET", "/v1/charges"): (
        lambda v1: v1.charges.list({"payment_intent": paid(v1).id}), "list Charge", {"has_more": False},
    ),
    ("GET", "/v1/charges/{id}"): (
        lambda v1: v1.charges.retrieve(paid(v1).latest_charge), "Charge", {"paid": True, "amount": 1250},
    ),
    ("POST", "/v1/refunds"): (refund, "Refund", {"status": "succeeded", "amount": 250}),
    ("GET", "/v1/refunds"): (lambda v1: refund(v1) and v1.refunds.list(), "list Refund", {}),
    ("GET", "/v1/refunds/{id}"): (lambda v1: v1.refunds.retrieve(refund(v1).id), "Refund", {"currency": "eur"}),
    ("POST", "/v1/accounts"): (
        lambda v1: v1.accounts.create({"type": "custom", "country": "FR"}), "Account", {"country": "FR"},
    ),
    ("GET", "/v1/accounts/{id}"): (lambda v1: v1.accounts.retrieve(BOB), "Account", {"id": BOB}),
    ("POST", "/v1/customers"): (customer, "Customer", {"name": "Ada"}),
    ("GET", "/v1/customers"): (lambda v1: customer(v1) and v1.customers.list(), "list Customer", {}),
    ("GET", "/v1/customers/{id}"): (lambda v1: v1.customers.retrieve(customer(v1).id), "Customer", {"name": "Ada"}),
    ("POST", "/v1/customers/{id}"): (
        lambda v1: v1.customers.update(customer(v1).id, {"name": "Ada L."}), "Customer", {"name": "Ada L."},
    ),
    ("DELETE", "/v1/customers/{id}"): (
        lambda v1: v1.customers.delete(customer(v1).id), "deleted", {"object": "customer", "deleted": True},
    ),
    ("GET", "/v1/customers/{id}/payment_methods"): (
        lambda v1: v1.customers.payment_methods.list(kept(v1).customer), "list PaymentMethod", {},
    ),
    ("GET", "/v1/payment_methods"): (
        lambda v1: v1.payment_methods.list({"customer": kept(v1).customer}), "list PaymentMethod", {},
    ),
    ("GET", "/v1/payment_methods/{id}"): (
        lambda v1: v1.payment_methods.retrieve(kept(v1).id), "PaymentMethod", {"type": "card"},
    ),
    ("POST", "/v1/payment_methods/{id}/attach"): (kept, "PaymentMethod", {"type": "card"}),
    ("POST", "/v1/payment_methods/{id}/detach"): (
        lambda v1: v1.payment_methods.detach(kept(v1).id), "PaymentMethod", {"customer": None},
    ),
    ("POST", "/v1/checkout/sessions"): (
        lambda v1: v1.checkout.sessions.create(SESSION), "checkout.Session",
        {"status": "open", "payment_status": "unpaid", "amount_total": 1400},
    ),
    ("GET", "/v1/checkout/sessions"): (
        lambda v1: v1.checkout.sessions.create(SESSION) and v1.checkout.sessions.list(), "list checkout.Session", {},
    ),
    ("GET", "/v1/checkout/sessions/{id}"): (
        lambda v1: v1.checkout.sessions.retrieve(v1.checkout.sessions.create(SESSION).id), "checkout.Session",
        {"status": "open", "currency": "eur"},
    ),
    ("GET", "/v1/events"): (lambda v1: paid(v1) and v1.events.list(), "list Event", {}),
    ("GET", "/v1/events/{id}"): (
        lambda v1: paid(v1) and v1.events.retrieve(v1.events.list({"limit": 1}).data[0].id), "Event",
        {"type": "payment_intent.succeeded"},
    ),
    ("POST", "/v1/webhook_endpoints"): (
        lambda v1: v1.webhook_endpoints.create(HOOK), "WebhookEndpoint", {"status": "enabled", "url": HOOK["url"]},
    ),
    ("GET", "/v1/webhook_endpoints"): (
        lambda v1: v1.webhook_endpoints.create(HOOK) and v1.webhook_endpoints.list(), "list WebhookEndpoint", {},
    ),
    ("GET", "/v1/webhook_endpoints/{id}"): (
        lambda v1: v1.webhook_endpoints.retrieve(v1.webhook_endpoints.create(HOOK).id), "WebhookEndpoint",
        {"secret": None},
    ),
    ("DELETE", "/v1/webhook_endpoints/{id}"): (
        lambda v1: v1.webhook_endpoints.delete(v1.webhook_endpoints.create(HOOK).id), "deleted",
        {"object": "webhook_endpoint", "deleted": True},
    ),
    ("GET", "/v1/balance_transactions"): (
        lambda v1: paid(v1) and v1.balance_transactions.list(), "list BalanceTransaction", {},
    ),
    ("GET", "/v1/balance"): (lambda v1: paid(v1) and v1.balance.retrieve(), "Balance", {"object": "balance"}),
}  # fmt: skip


def test_no_call_is_left_out() -> None:
    preview = {route for route in ROUTES if route[1].startswith("/v1/shared_payment/")}  # in tests/acp/test_grants.py
    assert set(CALLS) == set(ROUTES) - preview


@pytest.mark.parametrize("route", CALLS, ids=lambda route: " ".join(route))
def test_a_call_answers_as_documented(v1: Any, route: tuple[str, str]) -> None:
    call, kind, told = CALLS[route]
    answer = call(v1).to_dict()
    assert told.items() <= answer.items()
    if kind == "deleted":
        assert set(answer) == {"id", "object", "deleted"}
        return
    shape, _, resource = kind.rpartition(" ")
    rows = answer["data"] if shape else [answer]
    assert rows and answer["object"] == (shape or rows[0]["object"])
    for row in rows:
        assert set(row) == set(attributes(resource))


@pytest.mark.parametrize("route", [route for route in CALLS if "{id}" in route[1]], ids=lambda route: " ".join(route))
def test_what_is_not_there_is_a_missing_resource(client: Any, route: tuple[str, str]) -> None:
    needs = {"/v1/payment_methods/{id}/attach": {"customer": "cus_none"}, "/v1/payment_intents/{id}": {"amount": 1}}
    method, path = route
    with pytest.raises((stripe.InvalidRequestError, stripe.PermissionError)) as refused:
        client.raw_request(method.lower(), path.format(id="none"), **needs.get(path, {}))
    assert refused.value.error.message


@pytest.mark.parametrize(
    ("call", "param"),
    [
        (lambda v1: v1.checkout.sessions.create(SESSION | {"mode": "subscription"}), "mode"),
        (lambda v1: v1.checkout.sessions.create(SESSION | {"line_items": []}), "line_items"),
        (lambda v1: v1.webhook_endpoints.create(HOOK | {"url": "https://elsewhere.example/hook"}), "url"),
    ],
)
def test_what_it_cannot_do_it_says(v1: Any, call: Callable[[Any], Any], param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        call(v1)
    assert refused.value.param == param
