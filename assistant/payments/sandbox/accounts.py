"""Connected test accounts and balances. An account made here can receive transfers at once."""

from typing import Any

from assistant.payments.sandbox.call import Call
from assistant.payments.sandbox.wire import Fault, resource

KEPT = ("country", "default_currency", "type", "email", "metadata")


def account(name: str, now: int, **told: Any) -> dict[str, Any]:
    return resource("Account", now, business_profile={"name": name}, **told)


def create(call: Call) -> dict[str, Any]:
    asked = call.params
    name = (asked.get("business_profile") or {}).get("name", "")
    made = account(name, call.now, **{key: asked[key] for key in KEPT if asked.get(key)})
    call.records.put("account", "", made)
    call.happened("account.updated", made)
    return made


def retrieve(call: Call) -> dict[str, Any]:
    return known(call, call.id)


def known(call: Call, id: str) -> dict[str, Any]:
    """The connected account, or Stripe's answer for one that is not there."""
    found = call.records.get("account", "", id)
    if found is None:
        raise Fault(
            f"The provided key does not have access to account '{id}' (or that account does not exist). "
            "Application access may have been revoked.",
            "account_invalid",
            status=403,
        )
    return found


def balance(call: Call) -> dict[str, Any]:
    funds = [
        {"amount": amount, "currency": currency, "source_types": {"card": amount}}
        for currency, amount in call.records.total(call.account).items()
    ] or [{"amount": 0, "currency": "eur", "source_types": {"card": 0}}]
    pending = [entry | {"amount": 0, "source_types": {"card": 0}} for entry in funds]
    return resource("Balance", available=funds, pending=pending)
