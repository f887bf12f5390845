"""Customers and the test payment methods they keep; no card number is ever part of it."""

from typing import Any

from assistant.payments.sandbox.call import Call
from assistant.payments.sandbox.cards import card
from assistant.payments.sandbox.wire import Fault, resource

KEPT = ("name", "email", "phone", "description", "metadata", "address", "shipping")


def create(call: Call) -> dict[str, Any]:
    told = {key: call.params[key] for key in KEPT if key in call.params}
    return call.keep(resource("Customer", call.now, **told), "customer.created")


def update(call: Call) -> dict[str, Any]:
    return call.keep(call.find("customer") | {key: call.params[key] for key in KEPT if key in call.params})


def delete(call: Call) -> dict[str, Any]:
    call.find("customer")
    call.records.drop(call.id)
    return {"id": call.id, "object": "customer", "deleted": True}


def method(call: Call) -> dict[str, Any]:
    """A kept payment method, or the test method of that name."""
    found = call.records.get("payment_method", call.account, call.id)
    return found or _method(call, id=call.id)


def attach(call: Call) -> dict[str, Any]:
    """A test method becomes one of its own, as at Stripe; it stays with its customer."""
    owner = call.find("customer", str(call.params.get("customer", "")), "customer")["id"]
    kept = call.records.get("payment_method", call.account, call.id)
    if kept and kept["customer"] not in (None, owner):
        raise Fault("The payment method you provided has already been attached to a customer.")
    made = (kept or _method(call)) | {"customer": owner}
    return call.keep(made, parent=owner)


def detach(call: Call) -> dict[str, Any]:
    kept = call.records.get("payment_method", call.account, call.id)
    if kept is None:
        raise Fault("The payment method you provided is not attached to a customer so detachment is impossible.")
    call.records.drop(call.id)
    return kept | {"customer": None}


def methods(call: Call) -> dict[str, Any]:
    owner = call.id or str(call.params.get("customer", ""))
    return call.page("payment_method", call.find("customer", owner, "customer")["id"])


def _method(call: Call, **told: str) -> dict[str, Any]:
    face = card(call.id)
    shown = {"brand": face.brand, "last4": face.last4, "exp_month": 12, "exp_year": 2034, "funding": "credit"}
    return resource("PaymentMethod", call.now, card=shown, metadata={"test_method": call.id}, **told)
