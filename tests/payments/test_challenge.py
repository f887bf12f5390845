"""3-D Secure to the end: the bank asks on a page of the app's own port, and its answer settles the payment."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from assistant.clock import MovableClock
from assistant.payments import Payee, Payment, Payments
from assistant.protocols.payment import words
from tests.payments.conftest import LUNCH, SESSION, USER, Stall, paid, pay


@pytest.fixture
def browser(kernel: Payments) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=kernel.pages(words)), base_url=kernel.page, follow_redirects=False) as client:
        yield client


@pytest.fixture
def waiting(kernel: Payments, alice: Payee, browser: TestClient) -> Payment:
    kernel.change_wallet(USER, method="pm_card_authenticationRequired")
    return pay(kernel, kernel.draft(USER, SESSION, alice, LUNCH, purpose="<script>"))


def test_the_bank_asks_on_the_apps_own_port(kernel: Payments, browser: TestClient, waiting: Payment) -> None:
    path = kernel.challenge(USER, waiting.id)
    assert path == f"/_3ds/{waiting.provider_ref}"
    page = browser.get(path)
    assert "no real money" in page.text and "12.50" in page.text and "<script>" not in page.text
    assert "不是真钱" in browser.get(path, headers={"accept-language": "zh-CN"}).text


@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [("yes", "succeeded", ""), ("no", "failed", "payment_intent_authentication_failure")],
)
def test_the_answer_settles_the_payment(
    kernel: Payments, browser: TestClient, waiting: Payment, answer: str, state: str, reason: str
) -> None:
    back = browser.post(kernel.challenge(USER, waiting.id), data={"answer": answer})
    assert (back.status_code, back.headers["location"]) == (303, f"/receipts/{waiting.id}")
    done = kernel.look(USER, waiting.id)
    assert (done.state, done.reason, kernel.challenge(USER, waiting.id)) == (state, reason, "")
    assert paid(kernel, waiting) == (answer == "yes")


def test_answering_twice_charges_once(kernel: Payments, browser: TestClient, waiting: Payment) -> None:
    path = kernel.challenge(USER, waiting.id)
    for answer in ("yes", "yes", "no"):
        browser.post(path, data={"answer": answer})
    assert kernel.look(USER, waiting.id).state == "succeeded" and paid(kernel, waiting) == 1
    assert "<form" not in browser.get(path).text


def test_a_question_nobody_answers_runs_out(kernel: Payments, waiting: Payment, clock: MovableClock) -> None:
    clock.forward(minutes=16)
    kernel.settle_due()
    over = kernel.receipt(USER, waiting.id)
    assert (over.state, over.reason, paid(kernel, waiting)) == ("failed", "authentication_expired", 0)


def test_nobody_else_is_led_to_the_bank(kernel: Payments, waiting: Payment) -> None:
    from assistant.errors import NotFound

    with pytest.raises(NotFound):
        kernel.challenge("eve", waiting.id)


def test_a_strange_page_is_not_followed(kernel: Payments, waiting: Payment, monkeypatch: pytest.MonkeyPatch) -> None:
    from assistant.payments.provider import Provider

    real = Provider.retrieve
    strange = ("javascript:alert(1)", "http://127.0.0.1:1/", "https://stripe.com.evil.example/", "file:///etc/_3ds")
    for page in strange:
        monkeypatch.setattr(Provider, "retrieve", lambda *a, page=page: replace(real(*a), action=page))
        assert kernel.challenge(USER, waiting.id) == ""


@pytest.mark.parametrize(
    ("page", "led"),
    [
        ("https://hooks.stripe.com/3ds/1", True),
        ("https://stripe.com.evil.example/", False),
        ("http://hooks.stripe.com/", False),
    ],
)
def test_only_stripes_own_page_is_left_for(page: str, led: bool) -> None:
    from assistant.payments.provider import of_stripe

    assert of_stripe(page) is led


def test_a_hosted_checkout_takes_the_money_once(kernel: Payments, browser: TestClient) -> None:
    sessions = kernel._provider._client.v1.checkout.sessions
    line = {"quantity": 2, "price_data": {"currency": "eur", "unit_amount": 700, "product_data": {"name": "Mug"}}}
    made = sessions.create({"mode": "payment", "line_items": [line], "success_url": "https://shop.example/ok"})
    path = urlsplit(made.url).path
    assert "14.00" in browser.get(path).text
    assert browser.post(path, data={"answer": "yes"}).headers["location"] == "https://shop.example/ok"
    browser.post(path, data={"answer": "yes"})
    done = sessions.retrieve(made.id)
    assert (done.status, done.payment_status, done.amount_total) == ("complete", "paid", 1400)
    assert len(kernel._provider._client.v1.payment_intents.list().data) == 1


@pytest.mark.parametrize(("answer", "state"), [("yes", "succeeded"), ("no", "failed"), ("", "failed")])
def test_a_purchase_waits_for_the_bank_too(
    kernel: Payments, browser: TestClient, stall: Stall, clock: MovableClock, answer: str, state: str
) -> None:
    kernel.change_wallet(USER, method="pm_card_authenticationRequired")
    asked = pay(kernel, kernel.draft_quote(USER, SESSION, stall.quote(USER, ())))
    assert asked.state == "requires_action" and not stall.sales
    if answer:
        browser.post(kernel.challenge(USER, asked.id), data={"answer": answer})
    else:
        clock.forward(minutes=16)
    clock.forward(seconds=31)
    kernel.settle_due()
    done = kernel.receipt(USER, asked.id)
    assert (done.state, done.provider_ref, len({token.value for token in stall.tokens})) == (
        state,
        asked.provider_ref,
        1,
    )
    assert paid(kernel, asked, "acct_demo_stall_4990") == (answer == "yes")


def test_a_purchase_the_bank_asks_about_can_be_given_up(kernel: Payments, stall: Stall) -> None:
    kernel.change_wallet(USER, method="pm_card_authenticationRequired")
    asked = pay(kernel, kernel.draft_quote(USER, SESSION, stall.quote(USER, ())))
    given_up = kernel.cancel(USER, asked.id)
    assert (given_up.state, given_up.reason) == ("failed", "canceled")
