"""Customers and the test payment methods they keep; no card number is ever part of it."""

from typing import Any

from assistant.payments.sandbox.call import Call
from assistant.payments.sandbox.cards import card
from assistant.payments.sandbox.records import fresh
from assistant.payments.sandbox.wire import Fault, missing, resource

KEPT = ("name", "email", "phone", "description", "metadata", "address", "shipping")


def create(call: Call) -> dict[str, Any]:
    told = {key: call.params[key] for key in KEPT if key in call.params}
    made = resource("Customer", id=fresh("cus"), object="customer", created=call.now, **{"metadata": {}} | told)
    call.records.put("customer", call.account, made)
    call.happened("customer.created", made)
    return made


def retrieve(call: Call) -> dict[str, Any]:
    return known(call, call.id)


def update(call: Call) -> dict[str, Any]:
    changed = known(call, call.id) | {key: call.params[key] for key in KEPT if key in call.params}
    call.records.put("customer", call.account, changed)
    return changed


def delete(call: Call) -> dict[str, Any]:
    known(call, call.id)
    call.records.drop(call.id)
    return {"id": call.id, "object": "customer", "deleted": True}


def listed(call: Call) -> dict[str, Any]:
    return call.page("customer", "/v1/customers")


def method(call: Call) -> dict[str, Any]:
    """A kept payment method, or the test method of that name."""
    found = call.records.get("payment_method", call.account, call.id)
    return found or _method(call, call.id, call.id)


def attach(call: Call) -> dict[str, Any]:
    """A test method becomes one of its own, as at Stripe; it stays with its customer."""
    owner = known(call, str(call.params.get("customer", "")), "customer")["id"]
    kept = call.records.get("payment_method", call.account, call.id)
    if kept and kept["customer"] not in (None, owner):
        raise Fault("The payment method you provided has already been attached to a customer.")
    made = (kept or _method(call, fresh("pm"), call.id)) | {"customer": owner}
    call.records.put("payment_method", call.account, made, owner)
    return made


def detach(call: Call) -> dict[str, Any]:
    kept = call.records.get("payment_method", call.account, call.id)
    if kept is None:
        raise Fault("The payment method you provided is not attached to a customer so detachment is impossible.")
    call.records.drop(call.id)
    return kept | {"customer": None}


def methods(call: Call) -> dict[str, Any]:
    owner = call.id or str(call.params.get("customer", ""))
    return call.page("payment_method", "/v1/payment_methods", known(call, owner, "customer")["id"])


def _method(call: Call, id: str, name: str) -> dict[str, Any]:
    face = card(name)
    shown = {"brand": face.brand, "last4": face.last4, "exp_month": 12, "exp_year": 2034, "funding": "credit"}
    return resource(
        "PaymentMethod", id=id, object="payment_method", type="card", card=shown, created=call.now,
        billing_details={}, metadata={"test_method": name},
    )  # fmt: skip


def known(call: Call, id: str, param: str = "id") -> dict[str, Any]:
    found = call.records.get("customer", call.account, id)
    if found is None:
        raise missing("customer", id, param, 404 if param == "id" else 400)
    return found
