"""Connected test accounts and balances. An account made here can receive transfers at once."""

from typing import Any

from assistant.payments.sandbox.call import Call
from assistant.payments.sandbox.records import fresh
from assistant.payments.sandbox.wire import Fault, resource


def account(
    id: str, name: str, now: int, country: str = "FR", currency: str = "eur", kind: str = "custom"
) -> dict[str, Any]:
    return resource(
        "Account", id=id, object="account", type=kind, business_profile={"name": name}, charges_enabled=True,
        payouts_enabled=True, details_submitted=True, country=country, default_currency=currency, created=now,
        capabilities={"transfers": "active", "card_payments": "active"}, metadata={},
    )  # fmt: skip


def create(call: Call) -> dict[str, Any]:
    asked = call.params
    name = (asked.get("business_profile") or {}).get("name", "")
    made = account(
        fresh("acct"), name, call.now, asked.get("country", "FR"), asked.get("default_currency", "eur"),
        asked.get("type", "custom"),
    )  # fmt: skip
    made |= {"email": asked.get("email"), "metadata": asked.get("metadata") or {}}
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
    return resource("Balance", object="balance", available=funds, pending=pending)
