"""Hosted checkout sessions (mode `payment`): a page of ours takes the money for a list of lines."""

from typing import Any

from assistant.payments.sandbox import intents
from assistant.payments.sandbox.call import Call
from assistant.payments.sandbox.wire import Fault, integer, resource

LIFETIME = 24 * 3600  # seconds, as Stripe's


def create(call: Call) -> dict[str, Any]:
    asked = call.params
    if asked.get("mode") != "payment":
        raise Fault("This sandbox knows only mode 'payment'.", "parameter_invalid_string", "mode")
    lines = asked.get("line_items") or []
    if not lines:
        raise Fault("You must provide at least one item.", "parameter_missing", "line_items")
    prices = [(integer(line["price_data"], "unit_amount"), integer(line, "quantity", 1)) for line in lines]
    total = sum(amount * quantity for amount, quantity in prices)
    made = resource(
        "checkout.Session", call.now, amount_total=total, amount_subtotal=total,
        currency=str(lines[0]["price_data"]["currency"]).lower(), expires_at=call.now + LIFETIME,
        success_url=asked.get("success_url"), cancel_url=asked.get("cancel_url"), customer=asked.get("customer"),
        metadata=asked.get("metadata") or {},
    )  # fmt: skip
    return call.keep(made | {"url": f"{call.place}/_checkout/{made['id']}"})


def retrieve(call: Call) -> dict[str, Any]:
    found = call.find("checkout.session")
    if found["status"] == "open" and found["expires_at"] <= call.now:
        found |= {"status": "expired", "url": None}
        call.keep(found, "checkout.session.expired")
    return found


def answer(call: Call, yes: bool) -> dict[str, Any]:
    """The button of the page: paid with the test card, or left as it is."""
    session = retrieve(call)
    if yes and session["status"] == "open":
        bill = {
            "amount": session["amount_total"], "currency": session["currency"], "payment_method": "pm_card_visa",
            "confirm": "true", "metadata": session["metadata"],
        }  # fmt: skip
        intent = intents.create(Call(call.records, bill, call.account, call.now))
        session |= {"status": "complete", "payment_status": "paid", "payment_intent": intent["id"], "url": None}
        call.keep(session, "checkout.session.completed")
    return session
