"""Refunds of charges, whole or in part, with the transfer to the payee taken back in proportion."""

from typing import Any

from assistant.payments.sandbox.call import Call
from assistant.payments.sandbox.records import fresh
from assistant.payments.sandbox.wire import Fault, flag, integer, resource


def create(call: Call) -> dict[str, Any]:
    charge = _charged(call)
    left = charge["amount_captured"] - charge["amount_refunded"]
    if not left:
        raise Fault(f"Charge {charge['id']} has already been refunded.", "charge_already_refunded")
    amount = integer(call.params, "amount", left)
    if amount < 1:
        raise Fault("Invalid positive integer", "parameter_invalid_integer", "amount")
    if amount > left:
        raise Fault(f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})", "", "amount")
    made = resource(
        "Refund", call.now, amount=amount, currency=charge["currency"], charge=charge["id"],
        payment_intent=charge["payment_intent"], reason=call.params.get("reason"),
        metadata=call.params.get("metadata") or {},
    )  # fmt: skip
    made["balance_transaction"] = call.book(call.account, "refund", -amount, charge["currency"], made["id"])
    if flag(call.params, "reverse_transfer"):
        made["transfer_reversal"] = _reverse(call, charge, amount)
    refunded = charge["amount_refunded"] + amount
    charge |= {"amount_refunded": refunded, "refunded": refunded == charge["amount_captured"]}
    call.keep(made, "refund.created", parent=charge["payment_intent"])
    call.keep(charge, "charge.refunded")
    return made


def _charged(call: Call) -> dict[str, Any]:
    """The paid charge that the request names, by itself or by its intent."""
    charge_id = call.params.get("charge", "")
    if intent_id := call.params.get("payment_intent"):
        charge_id = call.find("payment_intent", intent_id, "payment_intent")["latest_charge"] or ""
    elif not charge_id:
        raise Fault("One of the following params should be provided: payment_intent or charge.", "parameter_missing")
    charge = call.records.get("charge", call.account, charge_id)
    if charge is None or not charge["paid"]:
        raise Fault("This PaymentIntent does not have a successful charge to refund.", "charge_not_refundable")
    return charge


def _reverse(call: Call, charge: dict[str, Any], amount: int) -> str:
    transfer = call.records.get("transfer", call.account, charge["transfer"] or "")
    if transfer is None:
        raise Fault("This charge has no transfer to reverse.", "", "reverse_transfer")
    id = fresh("trr")
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    call.keep(transfer)
    call.book(transfer["destination"], "payment_refund", -amount, transfer["currency"], id)
    call.book("", "transfer_refund", amount, transfer["currency"], id)
    return id
