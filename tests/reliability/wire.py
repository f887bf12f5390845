"""The SDK's transport led straight into the sandbox's own ASGI application, with a network that can fail on the way.

Everything above (SDK, provider, kernel) and below (routes, checks, SQLite) is the real thing; only the socket is gone.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from typing import Any, Literal, get_args
from urllib.parse import urlencode, urlsplit

import stripe

from assistant.payments.provider import Provider
from assistant.payments.sandbox import Sandbox
from assistant.payments.sandbox.api import Api

Fault = Literal["refuse", "drop", "truncate", "500 before", "500 after", "429", "slow", "twice"]
FAULTS: tuple[Fault, ...] = get_args(Fault)
Answer = tuple[str, int, Mapping[str, str]]
ADDRESS = "http://127.0.0.1:1"
BROKEN = '{"error": {"type": "api_error", "message": "Something went wrong."}}'


class Wire(stripe.HTTPClient):
    """One request, one answer. `fault(method, path)` says what happens to it; `passed` is told of every request."""

    name = "wire"

    def __init__(self, api: Api) -> None:
        super().__init__(verify_ssl_certs=False)
        self._app = api.app()
        self._loop = asyncio.new_event_loop()
        self._one_at_a_time = threading.Lock()
        self.fault: Callable[[str, str], Fault | None] = lambda *_: None
        self.passed: Callable[[str], None] = lambda _: None

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **_: Any
    ) -> Answer:
        fault = self.fault(method.upper(), urlsplit(url).path)
        if fault == "refuse":
            raise stripe.APIConnectionError("connection refused")
        if fault in ("500 before", "429"):
            return BROKEN, (429 if fault == "429" else 500), {}
        body, status, answered = self._send(method, url, headers or {}, post_data)
        if fault == "twice":
            body, status, answered = self._send(method, url, headers or {}, post_data)
        self.passed(f"{method.upper()} {urlsplit(url).path.rsplit('/', 1)[-1]}")
        if fault in ("drop", "slow"):
            raise stripe.APIConnectionError("no answer")
        if fault == "500 after":
            return BROKEN, 500, {}
        return (body[: len(body) // 2] if fault == "truncate" else body), status, answered

    def _send(self, method: str, url: str, headers: Mapping[str, str], data: Any) -> Answer:
        text = data if isinstance(data, str) else urlencode(data or {})
        with self._one_at_a_time:
            return self._loop.run_until_complete(self._ask(method.upper(), urlsplit(url), headers, text.encode()))

    async def _ask(self, method: str, url: Any, headers: Mapping[str, str], body: bytes) -> Answer:
        sent: list[dict[str, Any]] = []
        scope = {
            "type": "http", "method": method, "path": url.path, "query_string": url.query.encode(), "scheme": "http",
            "root_path": "", "http_version": "1.1", "server": ("127.0.0.1", 1), "client": ("127.0.0.1", 2),
            "headers": [(b"host", b"127.0.0.1:1")]
            + [(name.lower().encode(), str(value).encode()) for name, value in headers.items()],
        }  # fmt: skip

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self._app(scope, receive, send)
        text = b"".join(message.get("body", b"") for message in sent[1:]).decode()
        return text, sent[0]["status"], {name.decode(): value.decode() for name, value in sent[0]["headers"]}

    def close(self) -> None:
        self._loop.close()


def wired(sandbox: Sandbox) -> tuple[Provider, Wire]:
    """A provider whose every call ends in this sandbox, without a socket."""
    stripe.enable_telemetry = False
    wire = Wire(Api(sandbox.records, sandbox.key, sandbox.clock, lambda: ADDRESS))
    provider = Provider(sandbox.key, lambda: ADDRESS)
    provider.__dict__["_client"] = stripe.StripeClient(
        sandbox.key, base_addresses={"api": ADDRESS}, http_client=wire, max_network_retries=0
    )
    return provider, wire
