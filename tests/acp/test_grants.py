"""What the vault lends: one purchase, at one merchant, in one session, up to one sum, for a few minutes; no number."""

from __future__ import annotations

import contextlib
import json
import threading
from datetime import timedelta
from typing import Any

import httpx
import pytest

from assistant.acp import VERSION
from assistant.errors import Refused
from assistant.money import Money
from assistant.payments.provider import Bill, Grant, Provider
from assistant.payments.sandbox.grants import _number
from tests.acp.conftest import Market

SHOP, SESSION, MOST = "acct_stall", "cs_1", Money(2000, "EUR")
numbers = iter(range(10_000))


def lend(market: Market, payment: str = "", method: str = "pm_card_visa") -> Grant:
    assert market.kernel._sandbox
    market.kernel._sandbox.open_account(SHOP, "Stall")
    market.kernel._sandbox.open_account("acct_other", "Other")
    about = {"payment": payment or f"pay_{next(numbers)}", "seal": "s"}
    expires = market.clock.now() + timedelta(minutes=5)
    return market.kernel._provider.lend(method, MOST, SHOP, SESSION, expires, about)


def merchant(market: Market) -> Provider:
    sandbox = market.kernel._sandbox
    assert sandbox
    return Provider(sandbox.merchant_key, sandbox.url)


def charge(market: Market, token: str, **other: Any) -> str:
    about = {"checkout_session_id": other.pop("session", SESSION)}
    bill = {"key": f"key_{next(numbers)}", "amount": MOST, "method": token, "description": "x", "metadata": about}
    return merchant(market).create(Bill(**(bill | {"on": SHOP} | other)))


def test_a_lent_card_pays_once_and_carries_what_it_was_lent_for(market: Market) -> None:
    grant = lend(market)
    ref = charge(market, grant.token)
    merchant(market).confirm(ref, "k", SHOP)
    paid = market.kernel._provider.retrieve(ref, SHOP)
    assert (paid.standing, paid.reached, paid.metadata["seal"]) == ("succeeded", SHOP, "s")
    with pytest.raises(Refused):
        charge(market, grant.token)


@pytest.mark.parametrize("wider", [
    {"amount": Money(2001, "EUR")}, {"amount": Money(2000, "USD")}, {"session": "cs_2"}, {"on": "acct_other"},
], ids=["sum", "currency", "session", "merchant"])  # fmt: skip
def test_the_allowance_cannot_be_widened(market: Market, wider: dict[str, Any]) -> None:
    grant = lend(market)
    with pytest.raises(Refused):
        charge(market, grant.token, **wider)
    assert market.kernel._provider.revoke(grant.token).ref == ""


@pytest.mark.parametrize("over", ["late", "revoked"])
def test_what_is_over_pays_nothing(market: Market, over: str) -> None:
    grant = lend(market)
    market.clock.forward(minutes=6) if over == "late" else market.kernel._provider.revoke(grant.token)
    with pytest.raises(Refused):
        charge(market, grant.token)


def test_one_payment_has_one_token_however_often_it_is_asked_for(market: Market) -> None:
    tokens = {lend(market, "pay_same").token for _ in range(3)}
    assert len(tokens) == 1
    with pytest.raises(Refused):
        lend(market, "pay_same", "pm_card_mastercard")


def test_twenty_at_once_charge_once(market: Market) -> None:
    grant, refs = lend(market), list[str]()

    def attempt() -> None:
        with contextlib.suppress(Refused):
            refs.append(charge(market, grant.token))

    threads = [threading.Thread(target=attempt) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refs) == 1


@pytest.mark.parametrize("act", [
    lambda shop, grant: shop.create(Bill("k", MOST, "pm_card_visa", "", {}, on=SHOP)),
    lambda shop, grant: shop.create(Bill("k", MOST, grant.token, "", {}, to=SHOP)),
    lambda shop, grant: shop.lend("pm_card_visa", MOST, SHOP, "cs", grant_time(), {"payment": "p", "seal": "s"}),
    lambda shop, grant: shop.revoke(grant.token), lambda shop, grant: shop.granted(grant.token, "acct_other"),
    lambda shop, grant: shop.receives("acct_other") or shop.refund("pi_1", MOST, "k", SHOP),
], ids=["a card", "no account", "lend", "revoke", "another's token", "refund"])  # fmt: skip
def test_a_merchants_key_can_charge_what_it_was_lent_and_nothing_else(market: Market, act: Any) -> None:
    with pytest.raises(Refused):
        act(merchant(market), lend(market))


def grant_time() -> Any:
    from datetime import UTC, datetime

    return datetime(2030, 1, 1, tzinfo=UTC)


def test_no_number_is_kept(market: Market) -> None:
    grant = lend(market)
    charge(market, grant.token)
    kept = [path.read_bytes() for path in market.home.rglob("*") if path.is_file()]
    assert not any(_number("pm_card_visa").encode() in data for data in kept)
    assert grant.token not in repr(grant)


def delegate(market: Market, key: str, **changed: Any) -> httpx.Response:
    """ACP's own request, by who holds the platform's key."""
    sandbox = market.kernel._sandbox
    assert sandbox
    card = {"type": "card", "card_number_type": "network_token", "number": _number("pm_card_visa"),
            "display_card_funding_type": "credit", "metadata": {}}  # fmt: skip
    until = (market.clock.now() + timedelta(minutes=5)).isoformat()
    allowance = {"reason": "one_time", "max_amount": 2000, "currency": "eur", "checkout_session_id": SESSION,
                 "merchant_id": SHOP, "expires_at": until}  # fmt: skip
    said = {"payment_method": card | changed.pop("card", {}), "allowance": allowance | changed.pop("allowance", {}),
            "risk_signals": [], "metadata": {"source": "test"}} | changed  # fmt: skip
    headers = {"Authorization": f"Bearer {sandbox.key}", "API-Version": VERSION}
    headers |= {"Idempotency-Key": key} if key else {}
    there = f"{sandbox.url()}/agentic_commerce/delegate_payment"
    return httpx.post(there, content=json.dumps(said).encode(), headers=headers, trust_env=False)


def test_delegate_payment_by_itself(market: Market) -> None:
    first, again = delegate(market, "d1"), delegate(market, "d1")
    assert first.status_code == 201 and first.json()["id"].startswith("vt_")
    assert again.json() == first.json()
    assert charge(market, first.json()["id"])


@pytest.mark.parametrize(("key", "changed", "status", "code"), [
    ("", {}, 400, "idempotency_key_required"), ("d1", {"allowance": {"max_amount": 9}}, 422, "idempotency_conflict"),
    ("d2", {"card": {"number": "4242424242424242", "card_number_type": "fpan"}}, 400, "invalid_card"),
    ("d3", {"allowance": {"expires_at": "2020-01-01T00:00:00Z"}}, 400, "invalid_card"),
    ("d4", {"allowance": {"max_amount": 20.5}}, 400, "invalid"), ("d5", {"risk_signals": None}, 400, "invalid"),
])  # fmt: skip
def test_what_is_not_delegated(market: Market, key: str, changed: dict[str, Any], status: int, code: str) -> None:
    delegate(market, "d1")
    answer = delegate(market, key, **changed)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
