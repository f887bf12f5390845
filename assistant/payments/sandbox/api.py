"""The HTTP side: who may ask, which function answers, and that the same idempotency key always gets the same answer."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

from assistant.acp import door
from assistant.acp.messages import DelegatePaymentAnswer, DelegatePaymentRequest
from assistant.clock import Clock
from assistant.payments.sandbox import accounts, grants, intents
from assistant.payments.sandbox.call import Call
from assistant.payments.sandbox.records import Records, fresh
from assistant.payments.sandbox.wire import Fault, check, data, decode

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

Answer = Callable[[Call], dict[str, Any]]
LARGEST_REQUEST = 64_000
HOSTS = ("127.0.0.1", "localhost")
A_MERCHANT_MAY = ("/v1/payment_intents", "/v1/shared_payment/granted_tokens/")
DELEGATE = "/agentic_commerce/delegate_payment"


def _answers(told: str) -> Answer:
    """Who answers: a function of a module here, or the objects of a kind, listed or one by one."""
    what, _, kind = told.partition(" ")
    if what == "one":
        return lambda call: call.find(kind)
    if what == "list":
        name, _, parent = kind.partition(" ")
        return lambda call: call.page(name, str(call.params.get(parent, "")))
    module, _, function = what.partition(".")
    found: Answer = getattr(import_module(f"assistant.payments.sandbox.{module}"), function)
    return found


# (method, path) -> who answers, and the SDK's TypedDict of the request
ROUTES: dict[tuple[str, str], tuple[Answer, str]] = {
    (place.split()[0], place.split()[1]): (_answers(told), kind) for place, (told, kind) in data("routes").items()
}


@dataclass(eq=False)
class Api:
    """`key` is the platform's; with `merchant_key` one can only charge lent tokens, on an account of one's own."""

    records: Records
    key: str
    clock: Clock
    place: Callable[[], str]
    merchant_key: str = ""

    def app(self, pages: Sequence[Route] = ()) -> Starlette:
        from starlette.applications import Starlette
        from starlette.routing import Route

        routes = [
            Route(path, self._endpoint(answer, name), methods=[method])
            for (method, path), (answer, name) in ROUTES.items()
        ]
        routes.append(Route(DELEGATE, self._delegation, methods=["POST"]))
        unknown = {404: self._unknown, 405: self._unknown}
        return Starlette(routes=[*routes, *pages], exception_handlers=unknown)

    def _endpoint(self, answer: Answer, name: str) -> Any:
        from starlette.concurrency import run_in_threadpool

        async def endpoint(request: Request) -> Response:
            try:
                self._admit(request)
                text = await _text(request)
                status, body = await run_in_threadpool(self._answer, request, text, answer, name)
            except Fault as fault:
                status, body = fault.status, json.dumps(fault.body)
            return _response(status, body)

        return endpoint

    async def _unknown(self, request: Request, _: Exception) -> Response:
        told = f"Unrecognized request URL ({request.method}: {request.url.path})."
        return _response(404, json.dumps(Fault(told).body))

    def _admit(self, request: Request) -> None:
        """Only this machine's own client, with the folder's key: a web page can guess a port, not the key."""
        if (request.url.hostname or "") not in HOSTS or request.headers.get("origin"):
            raise Fault("This sandbox answers only its own machine.", status=403)
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme == "Bearer" and self.merchant_key and hmac.compare_digest(given.encode(), self.merchant_key.encode()):
            if not request.url.path.startswith(A_MERCHANT_MAY) or not request.headers.get("stripe-account"):
                raise Fault("This restricted key cannot do that.", status=403)
        elif scheme != "Bearer" or not hmac.compare_digest(given.encode(), self.key.encode()):
            raise Fault("Invalid API Key provided.", status=401)

    def _answer(self, request: Request, text: str, answer: Answer, name: str) -> tuple[int, str]:
        """Answer once per idempotency key; the change and the remembered answer are one transaction."""
        key, account = request.headers.get("idempotency-key", ""), request.headers.get("stripe-account", "")
        params, now = decode(text), int(self.clock.now().timestamp())
        call = Call(self.records, params, account, now, request.path_params.get("id", ""), key, self.place())
        lends = request.headers.get("authorization", "") == f"Bearer {self.merchant_key}"
        said = hashlib.sha256(f"{request.method} {request.url.path}\n{json.dumps(params, sort_keys=True)}".encode())
        with self.records.transaction():
            if account:
                accounts.known(call, account)
            if key and (first := self.records.answer(account, key, now)):
                return _replay(first, said.hexdigest())
            check(params, name)
            if lends and answer is intents.create and not str(params.get("payment_method")).startswith("vt_"):
                raise Fault("This restricted key charges shared payment tokens only.", status=403)
            made = answer(call)
            status, body = (402 if "error" in made else 200), json.dumps(made)
            if key and request.method == "POST":
                self.records.remember(account, key, said.hexdigest(), status, body, now)
        return status, body

    async def _delegation(self, request: Request) -> Response:
        """ACP's delegate payment by itself, for who holds the platform's key."""
        from starlette.concurrency import run_in_threadpool

        try:
            self._admit(request)
            body = await request.body()
            key = door.admit("POST", request.headers, self.key, body)
            asked = door.read(DelegatePaymentRequest, body)
            return _response(201, await run_in_threadpool(self._delegated, asked, key))
        except door.Fault as refusal:
            return _response(refusal.status, json.dumps(refusal.error.wire()))
        except Fault as fault:
            status = 422 if fault.code == "idempotency_conflict" else fault.status
            kind: Any = {"type": "invalid_request", "code": fault.code or "invalid_card", "message": fault.message}
            return _response(status, json.dumps(kind | ({"param": fault.param} if fault.param else {})))

    def _delegated(self, asked: DelegatePaymentRequest, key: str) -> str:
        now = self.clock.now()
        call = Call(self.records, {}, "", int(now.timestamp()))
        if asked.allowance.expires_at <= now:
            raise Fault("The allowance is over.", "invalid_card", "$.allowance.expires_at")
        with self.records.transaction():
            made = grants.delegate(call, asked, f"acp {key}")
        created = datetime.fromtimestamp(made["created"], UTC)
        return json.dumps(DelegatePaymentAnswer(id=made["id"], created=created, metadata=made["metadata"]).wire())


def _replay(first: tuple[str, int, str], said: str) -> tuple[int, str]:
    request, status, body = first
    if request != said:
        raise Fault(
            "Keys for idempotent requests can only be used with the same parameters they were first used with.",
            type="idempotency_error",
        )
    return status, body


async def _text(request: Request) -> str:
    if request.method in ("GET", "DELETE"):
        return request.url.query
    body = await request.body()
    if len(body) > LARGEST_REQUEST:
        raise Fault("Request too large.", status=413)
    return body.decode("utf-8", "replace")


def _response(status: int, body: str) -> Response:
    from starlette.responses import Response

    headers = {"Request-Id": fresh("req"), "Stripe-Version": "lueur-sandbox"}
    return Response(body, status, headers, media_type="application/json")
