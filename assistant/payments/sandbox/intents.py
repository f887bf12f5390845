"""Payment intents, their charges and transfers: create, confirm, retrieve, cancel, list."""

from __future__ import annotations

import functools
import secrets
from typing import Any

from assistant.payments.sandbox.accounts import known
from assistant.payments.sandbox.call import Call
from assistant.payments.sandbox.cards import NOT_PROVEN, Card, card
from assistant.payments.sandbox.records import fresh
from assistant.payments.sandbox.wire import Fault, flag, integer, missing, resource

LARGEST = 99_999_999
# Smallest charge in minor units where Stripe documents one ("Supported currencies", minimum charge amounts).
SMALLEST = {
    "usd": 50, "eur": 50, "gbp": 30, "jpy": 50, "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50,
    "czk": 1500, "dkk": 250, "hkd": 400, "huf": 17500, "inr": 50, "mxn": 1000, "myr": 200, "nok": 300, "nzd": 50,
    "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000,
}  # fmt: skip
THREE_DIGITS = {"bhd", "jod", "kwd", "omr", "tnd"}
CONFIRMABLE = ("requires_confirmation", "requires_payment_method", "requires_action")


def create(call: Call) -> dict[str, Any]:
    asked = call.params
    amount, currency = _price(integer(asked, "amount"), str(asked["currency"]).lower())
    method = asked.get("payment_method")
    if method:
        card(method)
    id = fresh("pi")
    intent = resource(
        "PaymentIntent", id=id, object="payment_intent", amount=amount, amount_received=0, amount_capturable=0,
        currency=currency, created=call.now, status="requires_confirmation" if method else "requires_payment_method",
        payment_method=method, payment_method_types=["card"], capture_method="automatic_async",
        confirmation_method="automatic", client_secret=f"{id}_secret_{secrets.token_hex(12)}",
        description=asked.get("description"), metadata=asked.get("metadata") or {},
        automatic_payment_methods=_automatic(asked), transfer_data=_destination(call),
        payment_method_options={}, amount_details={"tip": {}},
    )  # fmt: skip
    call.records.put("payment_intent", call.account, intent)
    call.happened("payment_intent.created", intent)
    return _confirm(call, intent) if flag(asked, "confirm") else intent


def retrieve(call: Call) -> dict[str, Any]:
    intent = _intent(call)
    if "latest_charge" in call.params.get("expand", ()) and intent["latest_charge"]:
        intent["latest_charge"] = call.records.get("charge", call.account, intent["latest_charge"])
    return intent


def confirm(call: Call) -> dict[str, Any]:
    intent = _intent(call)
    if method := call.params.get("payment_method"):
        card(method)
        intent["payment_method"] = method
    return _confirm(call, intent)


def cancel(call: Call) -> dict[str, Any]:
    intent = _intent(call)
    if intent["status"] not in CONFIRMABLE:
        raise _unexpected(intent, "cancel")
    reason = call.params.get("cancellation_reason")
    intent |= {"status": "canceled", "canceled_at": call.now, "cancellation_reason": reason, "next_action": None}
    call.records.put("payment_intent", call.account, intent)
    call.happened("payment_intent.canceled", intent)
    return intent


def listed(call: Call) -> dict[str, Any]:
    return call.page("payment_intent", "/v1/payment_intents")


def charge(call: Call) -> dict[str, Any]:
    found = call.records.get("charge", call.account, call.id)
    if found is None:
        raise missing("charge", call.id)
    return found


def _intent(call: Call) -> dict[str, Any]:
    found = call.records.get("payment_intent", call.account, call.id)
    if found is None:
        raise missing("payment_intent", call.id, "intent")
    return found


def _unexpected(intent: dict[str, Any], verb: str) -> Fault:
    return Fault(
        f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}.",
        "payment_intent_unexpected_state",
        more={"payment_intent": intent},
    )


def _confirm(call: Call, intent: dict[str, Any]) -> dict[str, Any]:
    if intent["status"] not in CONFIRMABLE:
        raise _unexpected(intent, "confirm")
    if not intent["payment_method"]:
        raise Fault(
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            "payment_intent_unexpected_state",
            more={"payment_intent": intent},
        )
    used = card(intent["payment_method"])
    if used.code == "authentication_required":
        return _challenge(call, intent)
    return _decline(call, intent, used) if used.code else _pay(call, intent, used)


def _challenge(call: Call, intent: dict[str, Any]) -> dict[str, Any]:
    """The bank asks: on a page when the caller said where to come back to, in the SDK's own dialogue otherwise."""
    asked: dict[str, Any] = {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}}
    if back := call.params.get("return_url"):
        there = {"url": f"{call.place}/_3ds/{intent['id']}", "return_url": back}
        asked = {"type": "redirect_to_url", "redirect_to_url": there}
    intent |= {"status": "requires_action", "next_action": asked}
    call.records.put("payment_intent", call.account, intent)
    call.happened("payment_intent.requires_action", intent)
    return intent


def answer(call: Call, yes: bool) -> dict[str, Any]:
    """What the cardholder told the bank on its page; an intent that no longer waits is returned as it is."""
    intent = _intent(call)
    if intent["status"] == "requires_action":
        used = card(intent["payment_method"])
        _pay(call, intent, used) if yes else _decline(call, intent, NOT_PROVEN)
    return intent


def _decline(call: Call, intent: dict[str, Any], used: Card) -> dict[str, Any]:
    made = _charge(call, intent, used, status="failed", failure_code=used.code, failure_message=used.message)
    told = {"type": "card_error", "code": used.code, "message": used.message, "charge": made["id"]}
    told |= {"decline_code": used.decline} if used.decline else {}
    intent |= {
        "status": "requires_payment_method", "payment_method": None, "latest_charge": made["id"],
        "last_payment_error": told | {"payment_method": {"id": made["payment_method"], "object": "payment_method"}},
    }  # fmt: skip
    call.records.put("charge", call.account, made, intent["id"])
    call.records.put("payment_intent", call.account, intent)
    call.happened("charge.failed", made)
    call.happened("payment_intent.payment_failed", intent)
    return {"error": told | {"payment_intent": intent}}


def _pay(call: Call, intent: dict[str, Any], used: Card) -> dict[str, Any]:
    made = _charge(call, intent, used, status="succeeded", paid=True, captured=True, amount_captured=intent["amount"])
    made["balance_transaction"] = call.book(call.account, "charge", intent["amount"], intent["currency"], made["id"])
    if intent["transfer_data"]:
        made["transfer"] = _transfer(call, intent, made)
    intent |= {"status": "succeeded", "amount_received": intent["amount"], "latest_charge": made["id"]}
    intent |= {"next_action": None, "last_payment_error": None}
    call.records.put("charge", call.account, made, intent["id"])
    call.records.put("payment_intent", call.account, intent)
    call.happened("charge.succeeded", made)
    call.happened("payment_intent.succeeded", intent)
    return intent


def _charge(call: Call, intent: dict[str, Any], used: Card, **values: Any) -> dict[str, Any]:
    usual = {
        "amount_captured": 0, "amount_refunded": 0, "paid": False, "captured": False, "refunded": False,
        "disputed": False, "billing_details": {}, "fraud_details": {},
        "outcome": {"network_status": "approved_by_network" if not used.code else "declined_by_network"},
        "payment_method_details": {"type": "card", "card": {"brand": used.brand, "last4": used.last4}},
    }  # fmt: skip
    copied = {
        name: intent[name]
        for name in ("amount", "currency", "description", "metadata", "payment_method", "transfer_data")
    }
    return resource(
        "Charge",
        **usual
        | copied
        | values
        | {"id": fresh("ch"), "object": "charge", "created": call.now, "payment_intent": intent["id"]},
    )


def _transfer(call: Call, intent: dict[str, Any], made: dict[str, Any]) -> str:
    """Move the whole charge on to the destination account."""
    destination, currency = intent["transfer_data"]["destination"], intent["currency"]
    transfer = resource(
        "Transfer", id=fresh("tr"), object="transfer", amount=intent["amount"], amount_reversed=0, reversed=False,
        currency=currency, destination=destination, source_transaction=made["id"], source_type="card", metadata={},
        created=call.now, reversals={"object": "list", "data": [], "has_more": False, "url": ""},
    )  # fmt: skip
    transfer["balance_transaction"] = call.book("", "transfer", -intent["amount"], currency, transfer["id"])
    call.book(destination, "payment", intent["amount"], currency, transfer["id"])
    call.records.put("transfer", call.account, transfer, made["id"])
    call.happened("transfer.created", transfer)
    return str(transfer["id"])


def _price(amount: int, currency: str) -> tuple[int, str]:
    if currency.upper() not in _currencies():
        raise Fault(f"Invalid currency: {currency}.", "", "currency")
    if amount < SMALLEST.get(currency, 1):
        raise Fault("Amount must be at least the minimum charge amount.", "amount_too_small", "amount")
    if amount > LARGEST:
        raise Fault("Amount must be no more than 99999999.", "amount_too_large", "amount")
    if currency in THREE_DIGITS and amount % 10:
        raise Fault(
            "Invalid integer: the last digit must be 0 in this currency.", "parameter_invalid_integer", "amount"
        )
    return amount, currency


@functools.cache
def _currencies() -> frozenset[str]:
    from babel.core import get_global

    return frozenset(get_global("all_currencies"))


def _automatic(asked: dict[str, Any]) -> dict[str, Any] | None:
    wanted = asked.get("automatic_payment_methods")
    if not wanted:
        return None
    return {"enabled": flag(wanted, "enabled"), "allow_redirects": wanted.get("allow_redirects", "always")}


def _destination(call: Call) -> dict[str, Any] | None:
    wanted = call.params.get("transfer_data")
    if not wanted:
        return None
    try:
        receiver = known(call, wanted["destination"])
    except Fault:
        raise missing("destination", wanted["destination"], "transfer_data[destination]", 400) from None
    if receiver["capabilities"].get("transfers") != "active":
        raise Fault(
            "Your destination account needs the transfers capability.",
            "insufficient_capabilities_for_transfer",
            "transfer_data[destination]",
        )
    return {"destination": receiver["id"]}
