"""A webhook is a hint: verified, heard once, and then the intent is read again. Its payload is believed in nothing."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import stripe
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from assistant.clock import MovableClock
from assistant.errors import Refused
from assistant.payments import Payee, Payment, Payments
from assistant.payments.provider import Provider
from assistant.payments.sandbox.courier import signature
from tests.payments.conftest import LUNCH, SESSION, USER, paid, pay


def notice(
    kernel: Payments, ref: str, id: str = "evt_1", late: int = 0, secret: str = "", **more: Any
) -> tuple[bytes, str]:
    told = {
        "id": id,
        "type": "payment_intent.succeeded",
        "data": {"object": {"object": "payment_intent", "id": ref} | more},
    }
    body = json.dumps(told)
    now = int(kernel.clock.now().timestamp()) - late
    return body.encode(), signature(secret or kernel._webhook_secret, body, now)


@pytest.fixture
def unsure(kernel: Payments, alice: Payee, monkeypatch: pytest.MonkeyPatch) -> Payment:
    """A payment whose confirmation nobody heard of: charged at the provider, unknown here."""
    from assistant.errors import Unavailable

    real = Provider.confirm

    def lost(*args: Any) -> Any:
        real(*args)
        raise Unavailable("provider_silent")

    with monkeypatch.context() as broken:
        broken.setattr(Provider, "confirm", lost)
        return pay(kernel, kernel.draft(USER, SESSION, alice, LUNCH))


def test_a_hint_settles_at_once_what_polling_would_settle_later(kernel: Payments, unsure: Payment) -> None:
    kernel.settle_due()
    assert kernel.receipt(USER, unsure.id).state == "unknown"
    assert kernel.hear(*notice(kernel, unsure.provider_ref or _ref(kernel, unsure)))
    kernel.settle_due()
    assert kernel.receipt(USER, unsure.id).state == "succeeded" and paid(kernel, unsure) == 1


def _ref(kernel: Payments, payment: Payment) -> str:
    return kernel.receipt(USER, payment.id).provider_ref


@pytest.mark.parametrize("late", [301, -301, 3600, -3600])
def test_an_old_or_future_notice_is_refused(kernel: Payments, unsure: Payment, late: int) -> None:
    with pytest.raises(Refused, match="webhook_not_genuine"):
        kernel.hear(*notice(kernel, _ref(kernel, unsure), late=late))


def test_a_notice_within_five_minutes_is_heard(kernel: Payments, unsure: Payment) -> None:
    for n, late in enumerate((299, -299)):
        assert kernel.hear(*notice(kernel, _ref(kernel, unsure), f"evt_{n}", late))


def test_a_forged_notice_is_refused(kernel: Payments, unsure: Payment) -> None:
    body, signed = notice(kernel, _ref(kernel, unsure))
    wrong = [(body + b" ", signed), (body, ""), (body, "t=1"), (body, signed.replace("v1", "v0")), (b"\xff", signed)]
    wrong += [notice(kernel, "pi_1", secret="whsec_other")]
    for payload, header in wrong:
        with pytest.raises(Refused, match="webhook_not_genuine"):
            kernel.hear(payload, header)
    kernel.settle_due()
    assert kernel.receipt(USER, unsure.id).state == "unknown"


def test_a_notice_is_heard_once_and_its_payload_is_not_believed(kernel: Payments, alice: Payee) -> None:
    kernel.change_wallet(USER, method="pm_card_authenticationRequired")
    waiting = pay(kernel, kernel.draft(USER, SESSION, alice, LUNCH))
    told = notice(kernel, waiting.provider_ref, status="succeeded", amount_received=1250)
    assert [kernel.hear(*told) for _ in range(3)] == [True, False, False]
    kernel.settle_due()
    assert kernel.receipt(USER, waiting.id).state == "requires_action"


def test_a_failure_told_after_success_changes_nothing(kernel: Payments, alice: Payee) -> None:
    done = pay(kernel, kernel.draft(USER, SESSION, alice, LUNCH))
    assert kernel.hear(*notice(kernel, done.provider_ref, status="canceled"))
    kernel.settle_due()
    assert kernel.receipt(USER, done.id).state == "succeeded"


def test_a_strange_intent_is_ignored_and_noticed(kernel: Payments, caplog: pytest.LogCaptureFixture) -> None:
    assert kernel.hear(*notice(kernel, "pi_of_somebody_else"))
    assert "not ours" in caplog.text


class Ears:
    """An endpoint that is deaf to the first `deaf` deliveries."""

    def __init__(self, deaf: int = 0) -> None:
        self.deaf = deaf
        self.heard: list[tuple[bytes, str]] = []

    async def hear(self, request: Request) -> Response:
        self.heard.append((await request.body(), request.headers["stripe-signature"]))
        self.deaf -= 1
        return Response(status_code=500 if self.deaf >= 0 else 200)


@pytest.fixture
def ears() -> Iterator[tuple[Ears, str]]:
    import socket
    import threading

    made = Ears(deaf=1)
    listener = socket.create_server(("127.0.0.1", 0))
    app = Starlette(routes=[Route("/hooks", made.hear, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield made, f"http://127.0.0.1:{listener.getsockname()[1]}/hooks"
    server.should_exit = True
    thread.join()


def test_the_sandbox_signs_and_tries_again(
    kernel: Payments, alice: Payee, clock: MovableClock, ears: tuple[Ears, str]
) -> None:
    from time import monotonic, sleep

    made, url = ears
    ends = kernel._provider._client.v1.webhook_endpoints
    end = ends.create({"url": url, "enabled_events": ["payment_intent.succeeded"]})
    pay(kernel, kernel.draft(USER, SESSION, alice, LUNCH))
    assert kernel._sandbox
    until = monotonic() + 10
    while not made.heard and monotonic() < until:
        sleep(0.01)
    while kernel._sandbox.courier.deliver() != 5 and monotonic() < until:
        sleep(0.01)
    clock.forward(seconds=5)
    assert kernel._sandbox.courier.deliver() is None and len(made.heard) == 2
    for body, header in made.heard:
        stripe.WebhookSignature.verify_header(body.decode(), header, end.secret, None)
        assert json.loads(body)["type"] == "payment_intent.succeeded"
    assert ends.retrieve(end.id).secret is None and ends.list().data[0].url == url
    assert ends.delete(end.id).deleted


@pytest.mark.parametrize("url", ["https://evil.example/", "http://10.0.0.1/", "file:///etc/passwd"])
def test_the_sandbox_tells_nobody_outside(kernel: Payments, url: str) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        kernel._provider._client.v1.webhook_endpoints.create({"url": url, "enabled_events": ["*"]})
