"""ACP over HTTP: five endpoints, discovery, and the two pages a person may be led to.

A POST is answered once per idempotency key: replayed with its first status and body, refused (422) with another body,
told to wait (409) while the first is in hand. What fails on our side (5xx) is not kept, so asking again goes on with
it; if the process dies before its answer is kept, the steps are done again, and each of them is the same when repeated.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable
from contextlib import nullcontext
from html import escape
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from assistant.acp import VERSION, door
from assistant.acp import messages as acp
from assistant.acp.door import Fault
from assistant.acp.signature import canonical
from assistant.errors import LueurError
from assistant.protocols.acp.counter import Counter
from assistant.protocols.acp.tables import answers
from assistant.protocols.acp.view import told

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request as Call
    from starlette.responses import Response

Answer = tuple[int, str, bool]  # status, body, whether it was said before
PAGE = "<!doctype html><meta charset=utf-8><meta name=viewport content='width=device-width'><h1>{0}</h1>{1}"


class Shopfront:
    """`key` is what the shop gave its agent."""

    def __init__(self, counter: Counter, key: str) -> None:
        self.counter = counter
        self.key = key
        self._in_hand: set[str] = set()
        self._lock = threading.Lock()

    def app(self) -> Starlette:
        from starlette.applications import Starlette
        from starlette.routing import Route

        one = "/checkout_sessions/{id}"
        return Starlette(
            routes=[
                Route("/.well-known/acp.json", self.discovery),
                Route("/checkout_sessions", self._served(self._create), methods=["POST"]),
                Route(one, self._served(self._update), methods=["POST"]),
                Route(one, self._served(self._show), methods=["GET"]),
                Route(one + "/complete", self._served(self._complete), methods=["POST"]),
                Route(one + "/cancel", self._served(self._cancel), methods=["POST"]),
                Route("/checkout/{id}", self.page, methods=["GET", "POST"]),
                Route("/orders/{id}", self.page),
            ]
        )

    async def discovery(self, _: Call) -> Response:
        from starlette.responses import JSONResponse

        speaks = {"version": VERSION, "supported_versions": [VERSION]}
        said = told("discovery") | {"protocol": speaks, "api_base_url": self.counter.view.url}
        checked = acp.Discovery.model_validate(said, strict=False)
        return JSONResponse(checked.wire(), headers={"Cache-Control": "public, max-age=3600"})

    def _served(self, act: Callable[[Call, str, bytes], tuple[int, acp.Session]]) -> Any:
        from starlette.concurrency import run_in_threadpool
        from starlette.responses import Response as Plain

        async def serve(call: Call) -> Response:
            body = await call.body()
            status, text, again = await run_in_threadpool(self._answer, call, body, act)
            told = {name: call.headers[name] for name in ("idempotency-key", "request-id") if name in call.headers}
            told |= {"Idempotent-Replayed": "true"} if again else {}
            told |= {"Retry-After": "1"} if status == 409 else {}
            return Plain(text, status, told, media_type="application/json")

        return serve

    def _answer(self, call: Call, body: bytes, act: Callable[[Call, str, bytes], tuple[int, acp.Session]]) -> Answer:
        try:
            key = door.admit(call.method, call.headers, self.key, body)
            return self._once(call, key, body, act) if key else (*_told(lambda: act(call, "", body)), False)
        except Fault as fault:
            return fault.status, json.dumps(fault.error.wire()), False

    def _once(self, call: Call, key: str, body: bytes, act: Callable[..., tuple[int, acp.Session]]) -> Answer:
        slot = hashlib.sha256(f"{call.url.path}\n{key}".encode()).hexdigest()
        said = hashlib.sha256(canonical(body) if body else b"").hexdigest()
        store = self.counter.store
        with self._lock:
            first = store.first(sa.select(answers).where(answers.c.key == slot))
            if first is None and slot in self._in_hand:
                raise Fault(409, "idempotency_in_flight", "A request with this key is being answered.")
            if first is None:
                self._in_hand.add(slot)
        if first is not None:
            if first.request != said:
                raise Fault(422, "idempotency_conflict", "This key was used with another body.")
            return first.status, first.body, True
        session = call.path_params.get("id", f"cs_{slot[:40]}")
        pays = call.url.path.endswith("/complete")  # which asks the processor: no transaction is open meanwhile
        try:
            with nullcontext() if pays else self.counter.held(session):
                status, text = _told(lambda: act(call, session, body))
                if status < 500:
                    row = {"key": slot, "request": said, "status": status, "body": text, "at": self.counter.clock.now()}
                    store.run(sa.insert(answers).values(**row))
            return status, text, False
        finally:
            with self._lock:
                self._in_hand.discard(slot)

    def _create(self, call: Call, session: str, body: bytes) -> tuple[int, acp.Session]:
        asked = door.read(acp.Create, body)
        spoken = (asked.locale or call.headers.get("accept-language", "en"))[:2]
        language = spoken if spoken in ("en", "fr", "zh") else "en"
        return 201, self.counter.create(session, asked, language)

    def _update(self, _: Call, session: str, body: bytes) -> tuple[int, acp.Session]:
        return 200, self.counter.update(session, door.read(acp.Update, body))

    def _show(self, call: Call, _: str, __: bytes) -> tuple[int, acp.Session]:
        return 200, self.counter.show(call.path_params["id"])

    def _complete(self, _: Call, session: str, body: bytes) -> tuple[int, acp.Session]:
        return 200, self.counter.complete(session, door.read(acp.Complete, body))

    def _cancel(self, _: Call, session: str, body: bytes) -> tuple[int, acp.Session]:
        door.read(acp.Cancel, body or b"{}")
        return 200, self.counter.cancel(session)

    async def page(self, call: Call) -> Response:
        """What a person sees of a session: its lines, and a button where the shop asks for their word."""
        from starlette.concurrency import run_in_threadpool
        from starlette.responses import HTMLResponse, RedirectResponse

        id, own = call.path_params["id"], f"{call.url.scheme}://{call.url.netloc}"
        try:
            if call.method == "POST" and call.headers.get("origin", own) == own:
                await run_in_threadpool(self.counter.approve, id)
                return RedirectResponse(call.url.path, 303)
            found = await run_in_threadpool(self.counter.show, id)
        except Fault as fault:
            return HTMLResponse(escape(fault.error.message), fault.status)
        lines = "".join(f"<li>{line.quantity} × {escape(line.name or line.id)}" for line in found.line_items)
        button = "<form method=post><button>✓</button></form>" if found.status == "requires_escalation" else ""
        return HTMLResponse(PAGE.format(escape(self.counter.house.name), f"<ul>{lines}</ul><p>{found.status}{button}"))


def _told(act: Callable[[], tuple[int, acp.Session]]) -> tuple[int, str]:
    try:
        status, session = act()
        return status, json.dumps(session.wire())
    except Fault as fault:
        return fault.status, json.dumps(fault.error.wire())
    except LueurError as error:
        silent = Fault(503, error.key, "Ask again in a moment.", kind="service_unavailable")
        return 503, json.dumps(silent.error.wire())
