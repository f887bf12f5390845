"""Payment intents, their charges and transfers: create, confirm, retrieve, cancel, list."""

from __future__ import annotations

import functools
import re
import secrets
from typing import Any

from assistant.payments.sandbox import grants
from assistant.payments.sandbox.accounts import known
from assistant.payments.sandbox.call import Call
from assistant.payments.sandbox.cards import NOT_PROVEN, Card, card
from assistant.payments.sandbox.wire import Fault, data, flag, integer, missing, resource

LARGEST = 99_999_999
THREE_DIGITS = {"bhd", "jod", "kwd", "omr", "tnd"}
CLAUSE = re.compile(r"""(?P<field>\w+)(?:\[['"](?P<key>\w+)['"]\])?:['"](?P<value>[^'"]*)['"]""")
SEARCHED = 10_000  # intents a search looks through
CONFIRMABLE = ("requires_confirmation", "requires_payment_method", "requires_action")


def create(call: Call) -> dict[str, Any]:
    asked = call.params
    amount, currency = _price(integer(asked, "amount"), str(asked["currency"]).lower())
    method, metadata = asked.get("payment_method"), asked.get("metadata") or {}
    token = grants.lent(call, method, amount, currency) if method and method.startswith("vt_") else None
    if token:
        method, metadata = token["method"], metadata | token["metadata"]
    elif method:
        held(call, method)
    if customer := asked.get("customer"):
        call.find("customer", customer, "customer")
    told = {"capture_method": asked["capture_method"]} if "capture_method" in asked else {}
    intent = resource(
        "PaymentIntent", call.now, amount=amount, currency=currency, payment_method=method, customer=customer,
        status="requires_confirmation" if method else "requires_payment_method", metadata=metadata,
        description=asked.get("description"), automatic_payment_methods=_automatic(asked),
        transfer_data=_destination(call), **told,
    )  # fmt: skip
    intent["client_secret"] = f"{intent['id']}_secret_{secrets.token_hex(12)}"
    if token:
        grants.use(call, token, intent["id"])
    call.keep(intent, "payment_intent.created")
    return _confirm(call, intent) if flag(asked, "confirm") else intent


def retrieve(call: Call) -> dict[str, Any]:
    return _expanded(call, call.find("payment_intent"))


def _expanded(call: Call, told: dict[str, Any]) -> dict[str, Any]:
    if "latest_charge" in call.params.get("expand", ()) and told.get("latest_charge"):
        return told | {"latest_charge": call.find("charge", told["latest_charge"])}
    return told


def confirm(call: Call) -> dict[str, Any]:
    intent = call.find("payment_intent")
    if method := call.params.get("payment_method"):
        held(call, method)
        intent["payment_method"] = method
    return _expanded(call, _confirm(call, intent))


def update(call: Call) -> dict[str, Any]:
    """Change what is charged, as long as nothing was confirmed."""
    intent, asked = call.find("payment_intent"), call.params
    if intent["status"] not in CONFIRMABLE:
        raise _unexpected(intent, "update")
    amount, currency = integer(asked, "amount", intent["amount"]), str(asked.get("currency", intent["currency"]))
    intent["amount"], intent["currency"] = _price(amount, currency.lower())
    if method := asked.get("payment_method"):
        held(call, method)
        intent |= {"payment_method": method, "status": "requires_confirmation"}
    intent["description"] = asked.get("description", intent["description"])
    intent["metadata"] |= asked.get("metadata") or {}
    return call.keep(intent)


def capture(call: Call) -> dict[str, Any]:
    """Take all or part of what was authorised (capture_method 'manual')."""
    intent = call.find("payment_intent")
    if intent["status"] != "requires_capture":
        raise _unexpected(intent, "capture")
    amount = integer(call.params, "amount_to_capture", intent["amount_capturable"])
    if not 0 < amount <= intent["amount_capturable"]:
        raise Fault(
            "The amount could not be captured because it is too large.", "amount_too_large", "amount_to_capture"
        )
    return _settle(call, intent, call.find("charge", intent["latest_charge"]), amount)


def search(call: Call) -> dict[str, Any]:
    """`status:'succeeded' AND metadata['k']:'v'`: the clauses of Stripe's query language that this sandbox knows."""
    clauses = [CLAUSE.fullmatch(clause.strip()) for clause in str(call.params["query"]).split(" AND ")]
    if not all(clauses):
        raise Fault("We were unable to parse your search query.", "", "query")
    wanted = [(clause["field"], clause["key"], clause["value"]) for clause in clauses if clause]
    every, _ = call.records.newest("payment_intent", call.account, limit=SEARCHED)
    found = [one for one in every if all(
        str((one["metadata"] or {}).get(key) if key else one.get(field)) == value for field, key, value in wanted
    )][: integer(call.params, "limit", 10)]  # fmt: skip
    return {"object": "search_result", "url": "/v1/payment_intents/search", "data": found, "has_more": False,
            "next_page": None}  # fmt: skip


def cancel(call: Call) -> dict[str, Any]:
    intent = call.find("payment_intent")
    if intent["status"] not in (*CONFIRMABLE, "requires_capture"):
        raise _unexpected(intent, "cancel")
    reason = call.params.get("cancellation_reason")
    intent |= {"status": "canceled", "canceled_at": call.now, "cancellation_reason": reason, "next_action": None}
    intent["amount_capturable"] = 0
    return call.keep(intent, "payment_intent.canceled")


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
    used = held(call, intent["payment_method"])
    if used.code == "authentication_required":
        return _challenge(call, intent)
    if used.code:
        return _decline(call, intent, used)
    return _hold(call, intent, used) if intent["capture_method"] == "manual" else _pay(call, intent, used)


def held(call: Call, method: str) -> Card:
    """The card behind a test method, or behind one that a customer keeps."""
    kept = call.records.get("payment_method", call.account, method)
    return card(kept["metadata"]["test_method"] if kept else method)


def _challenge(call: Call, intent: dict[str, Any]) -> dict[str, Any]:
    """The bank asks: on a page when the caller said where to come back to, in the SDK's own dialogue otherwise."""
    asked: dict[str, Any] = {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}}
    if back := call.params.get("return_url"):
        there = {"url": f"{call.place}/_3ds/{intent['id']}", "return_url": back}
        asked = {"type": "redirect_to_url", "redirect_to_url": there}
    intent |= {"status": "requires_action", "next_action": asked}
    return call.keep(intent, "payment_intent.requires_action")


def answer(call: Call, yes: bool) -> dict[str, Any]:
    """What the cardholder told the bank on its page; an intent that no longer waits is returned as it is."""
    intent = call.find("payment_intent")
    if intent["status"] == "requires_action":
        used = held(call, intent["payment_method"])
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
    call.keep(made, "charge.failed", parent=intent["id"])
    call.keep(intent, "payment_intent.payment_failed")
    return {"error": told | {"payment_intent": intent}}


def _pay(call: Call, intent: dict[str, Any], used: Card) -> dict[str, Any]:
    made = _charge(call, intent, used, status="succeeded", paid=True)
    return _settle(call, intent, made, intent["amount"])


def _hold(call: Call, intent: dict[str, Any], used: Card) -> dict[str, Any]:
    made = _charge(call, intent, used, status="succeeded", paid=True)
    intent |= {"status": "requires_capture", "amount_capturable": intent["amount"], "latest_charge": made["id"]}
    call.keep(made, parent=intent["id"])
    return call.keep(intent, "payment_intent.amount_capturable_updated")


def _settle(call: Call, intent: dict[str, Any], made: dict[str, Any], amount: int) -> dict[str, Any]:
    """The money moves: booked, passed on to the destination, and the intent is over."""
    made |= {"captured": True, "amount_captured": amount}
    made["balance_transaction"] = call.book(call.account, "charge", amount, intent["currency"], made["id"])
    if intent["transfer_data"]:
        made["transfer"] = _transfer(call, intent, made, amount)
    intent |= {"status": "succeeded", "amount_received": amount, "amount_capturable": 0, "latest_charge": made["id"]}
    intent |= {"next_action": None, "last_payment_error": None}
    call.keep(made, "charge.succeeded", parent=intent["id"])
    return call.keep(intent, "payment_intent.succeeded")


def _charge(call: Call, intent: dict[str, Any], used: Card, **values: Any) -> dict[str, Any]:
    copied = ("amount", "currency", "description", "metadata", "payment_method", "transfer_data")
    return resource(
        "Charge", call.now, payment_intent=intent["id"], **{name: intent[name] for name in copied}, **values,
        outcome={"network_status": "approved_by_network" if not used.code else "declined_by_network"},
        payment_method_details={"type": "card", "card": {"brand": used.brand, "last4": used.last4}},
    )  # fmt: skip


def _transfer(call: Call, intent: dict[str, Any], made: dict[str, Any], amount: int) -> str:
    """Move the whole charge on to the destination account."""
    destination, currency = intent["transfer_data"]["destination"], intent["currency"]
    transfer = resource("Transfer", call.now, amount=amount, currency=currency, destination=destination,
                        source_transaction=made["id"])  # fmt: skip
    transfer["balance_transaction"] = call.book("", "transfer", -amount, currency, transfer["id"])
    call.book(destination, "payment", amount, currency, transfer["id"])
    call.keep(transfer, "transfer.created", parent=made["id"])
    return str(transfer["id"])


def _price(amount: int, currency: str) -> tuple[int, str]:
    if currency.upper() not in _currencies():
        raise Fault(f"Invalid currency: {currency}.", "", "currency")
    if amount < data("smallest").get(currency, 1):
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
