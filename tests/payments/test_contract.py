"""One contract, two providers: the sandbox always, Stripe's test mode when STRIPE_API_KEY is a test key.

`make stripe-contract`. Against Stripe the account of LUEUR_TEST_ACCOUNT (a connected account whose transfers are
active) receives the destination charges; without it they are skipped, never faked.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.clock import MovableClock
from assistant.errors import Refused
from assistant.money import Money
from assistant.payments.provider import Bill, Provider
from assistant.payments.sandbox import Sandbox
from assistant.reply import new_id
from assistant.settings import LIVE_KEYS

KEY = os.environ.get("STRIPE_API_KEY", "")
BACK = "http://127.0.0.1:7860/receipts/pay_1"
pytestmark = pytest.mark.stripe


@pytest.fixture(params=["sandbox", "stripe"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Provider, str]]:
    """A provider and an account it can pay to (empty: none is known)."""
    if request.param == "stripe":
        if not KEY or KEY.startswith(LIVE_KEYS):
            pytest.skip("no STRIPE_API_KEY of test mode: not run against Stripe")
        yield Provider(KEY, lambda: None), os.environ.get("LUEUR_TEST_ACCOUNT", "")
        return
    sandbox = Sandbox(tmp_path / "sandbox.db", b"secret", MovableClock())
    sandbox.open_account("acct_demo_bob", "Bob")
    yield Provider(sandbox.key, sandbox.url), "acct_demo_bob"
    sandbox.close()


@pytest.fixture
def provider(place: tuple[Provider, str]) -> Provider:
    return place[0]


@pytest.fixture
def account(place: tuple[Provider, str]) -> str:
    return place[1] or pytest.skip("no LUEUR_TEST_ACCOUNT")


@pytest.fixture
def bill(place: tuple[Provider, str]) -> Callable[..., Bill]:
    def made(method: str = "pm_card_visa", to: str = "", minor: int = 1250, currency: str = "EUR") -> Bill:
        key = new_id("pay")
        return Bill(key, Money(minor, currency), method, "contract", {"payment": key, "seal": "s"}, to=to)

    return made


def test_creating_takes_nothing_and_confirming_takes_it_once(provider: Provider, bill: Callable[..., Bill]) -> None:
    asked = bill()
    ref = provider.create(asked)
    assert provider.create(asked) == ref and provider.retrieve(ref).standing == "open"
    for _ in range(2):
        done = provider.confirm(ref, f"{asked.key}:confirm:1", "", BACK)
        assert (done.standing, done.amount, done.metadata["payment"]) == ("succeeded", Money(1250, "EUR"), asked.key)
    assert provider.confirm(ref, f"{asked.key}:confirm:2", "", BACK).standing == "succeeded"
    assert provider.cancel(ref).standing == "succeeded"


def test_a_destination_charge_reaches_its_account(provider: Provider, bill: Callable[..., Bill], account: str) -> None:
    ref = provider.create(bill(to=account))
    assert provider.confirm(ref, f"{ref}:1", "", BACK).reached == account
    assert provider.receives(account)


def test_an_account_that_is_not_there_receives_nothing(provider: Provider) -> None:
    assert not provider.receives("acct_1000000000000000")


@pytest.mark.parametrize(
    ("method", "reason"),
    [
        ("pm_card_visa_chargeDeclined", "generic_decline"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "insufficient_funds"),
        ("pm_card_visa_chargeDeclinedLostCard", "lost_card"),
        ("pm_card_visa_chargeDeclinedStolenCard", "stolen_card"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card"),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc"),
        ("pm_card_chargeDeclinedProcessingError", "processing_error"),
    ],
)
def test_a_decline_is_a_charge_that_failed(
    provider: Provider, bill: Callable[..., Bill], method: str, reason: str
) -> None:
    asked = bill(method)
    ref = provider.create(asked)
    declined = provider.confirm(ref, f"{asked.key}:1", "", BACK)
    assert (declined.standing, declined.reason) == ("failed", reason)


def test_the_bank_asks_on_a_page_that_leads_back(provider: Provider, bill: Callable[..., Bill]) -> None:
    asked = bill("pm_card_authenticationRequired")
    ref = provider.create(Bill(asked.key, asked.amount, asked.method, "", asked.metadata))
    asks = provider.confirm(ref, f"{asked.key}:1", "", BACK)
    assert asks.standing == "requires_action" and asks.action.startswith("http")
    assert provider.cancel(ref).standing == "failed"


def test_one_key_with_two_bills_is_refused(provider: Provider, bill: Callable[..., Bill]) -> None:
    from dataclasses import replace

    asked = bill()
    provider.create(asked)
    with pytest.raises(Refused) as refused:
        provider.create(replace(asked, amount=Money(1300, "EUR")))
    assert refused.value.values["reason"] == "idempotency_error"


@pytest.mark.parametrize(
    ("minor", "currency", "reason"),
    [(20, "EUR", "amount_too_small"), (100_000_000, "EUR", "amount_too_large"), (12345, "KWD", None)],
)
def test_a_bill_nobody_can_charge_is_refused(
    provider: Provider, bill: Callable[..., Bill], minor: int, currency: str, reason: str | None
) -> None:
    with pytest.raises(Refused) as refused:
        provider.create(bill(minor=minor, currency=currency))
    assert reason is None or refused.value.values["reason"] == reason


def test_refunds_stop_at_what_was_taken(provider: Provider, bill: Callable[..., Bill], account: str) -> None:
    ref = provider.create(bill(to=account))
    provider.confirm(ref, f"{ref}:1", "", BACK)
    first = provider.refund(ref, Money(1000, "EUR"), f"{ref}:r1")
    assert provider.refund(ref, Money(1000, "EUR"), f"{ref}:r1") == first == provider.refund_of(ref, f"{ref}:r1")
    with pytest.raises(Refused):
        provider.refund(ref, Money(251, "EUR"), f"{ref}:r2")
    assert provider.refund_of(ref, f"{ref}:r2") is None


def test_an_unknown_parameter_is_an_error(provider: Provider) -> None:
    import stripe

    with pytest.raises(stripe.InvalidRequestError) as refused:
        unknown: Any = {"amount": 1250, "currency": "eur", "payment_method_kinds": ["card"]}
        provider._client.v1.payment_intents.create(unknown)
    assert refused.value.code == "parameter_unknown"


def test_the_sdk_that_is_pinned_is_the_one_that_runs() -> None:
    import stripe

    pinned = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    assert f"stripe=={stripe.VERSION}" in pinned
