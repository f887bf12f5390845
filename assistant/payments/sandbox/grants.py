"""Shared payment tokens: a card lent to one merchant for one purchase, inside an allowance nobody can widen.

The agent names a test method and gets `vt_...`. Here, and nowhere else, that becomes ACP's delegate payment request
with a card's (test network token) number; no number is kept. The shape of the two resources is the one of Stripe's
preview ("Shared payment tokens"): the agent's is issued, the merchant's granted.
"""

import base64
import functools
import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from assistant.acp.messages import Allowance, Card, DelegatePaymentRequest
from assistant.payments.sandbox.call import Call
from assistant.payments.sandbox.cards import CARDS, card
from assistant.payments.sandbox.records import fresh
from assistant.payments.sandbox.wire import Fault, integer, missing

KIND = "shared_payment_token"
TOKEN_BIN = "489537"  # a range of network tokens, no card's own numbers


def issue(call: Call) -> dict[str, Any]:
    """POST /v1/shared_payment/issued_tokens. One payment has one token: asked again it is told again, as it stands."""
    asked = call.params
    try:
        limits, to, about = asked["usage_limits"], str(asked["seller_details"]["external_id"]), asked["metadata"]
        expires = datetime.fromtimestamp(integer(limits, "expires_at"), UTC)
        allowance = Allowance(
            max_amount=integer(limits, "max_amount"), currency=str(limits["currency"]), merchant_id=to,
            checkout_session_id=str(about["checkout_session_id"]), expires_at=expires,
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise Fault(f"Missing or invalid param: {error}", "parameter_missing") from None
    method = str(asked.get("payment_method", ""))
    request = DelegatePaymentRequest(
        payment_method=_network_token(method), allowance=allowance, risk_signals=(), metadata=dict(about)
    )
    return told(delegate(call, request, str(about["payment"])), call)


def delegate(call: Call, request: DelegatePaymentRequest, key: str) -> dict[str, Any]:
    """The token of this request; the same one for the same `key`. A `Fault` for a card or allowance that is no good."""
    allowance, method = request.allowance, _methods().get(request.payment_method.number)
    if method is None or request.payment_method.card_number_type != "network_token":
        raise Fault("Invalid card number provided", "invalid_card", "$.payment_method.number")
    made: dict[str, Any] = {"allowance": allowance.wire(), "method": method, "metadata": request.metadata}
    before, _ = call.records.newest(KIND, "", key, 1)
    if before:
        if before[0].items() >= made.items():
            return before[0]
        raise Fault("This purchase has a token for something else.", "idempotency_conflict")
    made |= {"id": fresh("vt"), "created": call.now, "intent": "", "revoked": False}
    call.records.put(KIND, "", made, key)
    return made


def issued(call: Call) -> dict[str, Any]:
    return told(_token(call, call.id), call)


def revoke(call: Call) -> dict[str, Any]:
    """What was not used yet never will be."""
    token = _token(call, call.id) | {"revoked": True}
    call.records.put(KIND, "", token)
    return told(token, call)


def granted(call: Call) -> dict[str, Any]:
    """The merchant's view: only of what was granted to its own account."""
    token = _token(call, call.id)
    if token["allowance"]["merchant_id"] != call.account:
        raise missing("granted token", call.id)
    return told(token, call)


def lent(call: Call, id: str, amount: int, currency: str) -> dict[str, Any]:
    """The token behind a charge that keeps to its allowance; a `Fault` for any other charge, and for a second one."""
    token = _token(call, id)
    allowance = Allowance.model_validate_json(json.dumps(token["allowance"]))
    session = str((call.params.get("metadata") or {}).get("checkout_session_id", ""))
    now = datetime.fromtimestamp(call.now, UTC)
    broken = allowance.excess(call.account, session, amount, currency, now)
    if token["revoked"] or token["intent"] or broken:
        why = "was revoked" if token["revoked"] else "was used" if token["intent"] else f"does not allow this {broken}"
        raise Fault(f"This shared payment token {why}.", "shared_payment_token_unusable", "payment_method")
    return token


def use(call: Call, token: dict[str, Any], intent: str) -> None:
    call.records.put(KIND, "", token | {"intent": intent})


def told(token: dict[str, Any], call: Call) -> dict[str, Any]:
    """A token as it is shown: its limits, what it became, and what the bank said to the cardholder's answer."""
    allowance = token["allowance"]
    return {
        "id": token["id"], "object": "shared_payment.issued_token", "created": token["created"], "livemode": False,
        "usage_limits": {name: allowance[name] for name in ("currency", "max_amount", "expires_at")},
        "seller_details": {"external_id": allowance["merchant_id"]}, "metadata": token["metadata"],
        "checkout_session_id": allowance["checkout_session_id"], "revoked": token["revoked"],
        "payment_intent": token["intent"] or None, "authentication": _authentication(call, token),
    }  # fmt: skip


def _authentication(call: Call, token: dict[str, Any]) -> dict[str, Any] | None:
    """ACP's authentication result of a purchase the bank asked about, once it is answered."""
    intent = call.records.get("payment_intent", token["allowance"]["merchant_id"], token["intent"])
    if card(token["method"]).code != "authentication_required" or not intent or not intent["latest_charge"]:
        canceled = intent and intent["status"] == "canceled"
        return {"outcome": "canceled"} if canceled else None
    if intent["status"] != "succeeded":
        return {"outcome": "denied"}
    cryptogram = base64.b64encode(hashlib.sha1(intent["id"].encode(), usedforsecurity=False).digest()).decode()
    proof = {"three_ds_cryptogram": cryptogram, "electronic_commerce_indicator": "05", "version": "2.2.0"}
    return {"outcome": "authenticated", "outcome_details": proof | {"transaction_id": f"ds_{intent['id']}"}}


def _token(call: Call, id: str) -> dict[str, Any]:
    found = call.records.get(KIND, "", id)
    if found is None:
        raise missing("shared payment token", id)
    return found


def _network_token(method: str) -> Card:
    known = card(method)
    funding: Any = "debit" if method.endswith("_debit") else "prepaid" if method.endswith("_prepaid") else "credit"
    return Card(
        card_number_type="network_token", number=_number(method), exp_month="12", exp_year="2034", eci_value="07",
        cryptogram=base64.b64encode(b"test network token!!").decode(), display_card_funding_type=funding,
        display_brand=known.brand, display_last4=known.last4, metadata={},
    )  # fmt: skip


@functools.cache
def _methods() -> dict[str, str]:
    return {_number(method): method for method in CARDS}


@functools.cache
def _number(method: str) -> str:
    """Sixteen digits with their check digit (ISO/IEC 7812-1, Luhn), always the same for a test method."""
    from stdnum.luhn import calc_check_digit

    body = TOKEN_BIN + f"{int(hashlib.sha256(method.encode()).hexdigest(), 16) % 10**9:09d}"
    return body + str(calc_check_digit(body))
