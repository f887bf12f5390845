"""The door of the page's port: who may come in, with how much and how slowly, and what every answer wears.

Refuses another host name (DNS rebinding), other sites' pages (CSRF), everything Gradio could serve that the page never
asks for (its file reader also fetches addresses), bodies too large or too slow, and connections that never say what
they want. A shared page gives every visitor a signed cookie. Knows nothing of what is behind it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from uvicorn.protocols.http.h11_impl import H11Protocol

from assistant.conversation import OWNER
from assistant.errors import Refused
from assistant.language.messages import say
from assistant.pace import Pace
from assistant.protocols.local import language_of

if TYPE_CHECKING:
    from assistant.tenants import Tenants

LOOPBACK = ("127.0.0.1", "localhost", "::1")
SPACES = "https://huggingface.co https://*.hf.space"  # where a Space is framed
# Gradio's templates are evaluated in the page, hence unsafe-eval; nothing may be fetched from elsewhere.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors {framers}"
)
CLOSED = re.compile(r"/(?:gradio_api|login|logout|monitoring|custom_component|svelte|config|pwa_icon)(?:[/=?]|$)")
OPEN = re.compile(  # app_id: how a page notices that its server was restarted
    r"/gradio_api/(?:info|app_id|startup-events|queue/(?:join|data)|heartbeat/\w+|cancel|upload|upload_progress"
    r"|file=[^:]*|call/ask(?:/\w+)?|theme\.css)|/config"
)
TAB = re.compile(r"session_hash=(\w{1,40})")
LARGEST = {"/gradio_api/upload": 64 << 20, "/local/": 256 << 20}  # bytes of one call, by the beginning of its path
LARGEST_CALL = 1 << 20  # bytes of any other
HEAD_SECONDS = 10.0  # for a connection to say what it wants
BODY_SECONDS, BODY_RATE = 10.0, 20_000  # for a body to arrive, and a second more for so many bytes of it
MOST_LINES = 400  # connections at a time
MOST_TABS = 5000
MOST_CALLS, MOST_UNKNOWN = 48, 150  # calls at a time of one visitor of a shared page, and of all who have no cookie
PLACE_SECONDS = 5.0  # that a call beyond them waits for its place
NEW_RATE, NEW_BURST = 2.0, 100  # new visitors of a shared page
VISITOR_RATE, VISITOR_BURST = 20.0, 100  # calls a second of one visitor of a shared page
Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


def visitor(tenants: Tenants | None) -> Callable[[Any], str]:
    """Who a request of the page comes from: its user id. Raises `Refused` without a proven cookie, or too often."""
    pace = Pace(VISITOR_RATE, VISITOR_BURST)

    def who(request: Any) -> str:
        if tenants is None:
            return OWNER
        user = tenants.known(request.headers)
        if user is None:
            raise Refused("no_cookie")
        if not pace.admit(user):
            raise Refused("too_fast")
        return user

    return who


class Stopped(Exception):
    """A call that was ended at the door, with its status and the reason in plain words."""


class Doorman:
    """ASGI middleware. `hosts`: names this page answers to; None where a proxy stands before it (a shared page)."""

    def __init__(
        self,
        app: Callable[[Scope, Receive, Send], Awaitable[None]],
        tenants: Tenants | None,
        public_url: str = "",
    ) -> None:
        self.app = app
        self.tenants = tenants
        self.hosts = {*LOOPBACK, urlsplit(public_url).hostname or ""} - {""}
        self.newcomers = Pace(NEW_RATE, NEW_BURST)
        self.places: dict[str, asyncio.Semaphore] = {}  # of each visitor's calls at a time
        self.tabs: dict[str, str] = {}  # Gradio's number of a tab -> the visitor it answers to

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        begun = False

        async def answer(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                given = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(pair for pair in extra if pair[0] not in given)]
            await send(message)

        extra = self._headers()
        try:
            self._check(scope, headers)
            extra += self._cookie(scope, headers)
            async with self._place(scope, headers):
                await self.app(scope, _measured(scope, receive), answer)
        except Stopped as stop:
            if not begun:
                await _refuse(answer, *stop.args)

    def _check(self, scope: Scope, headers: Mapping[str, str]) -> None:
        host, origin = headers.get("host", ""), headers.get("origin", "")
        if self.tenants is None and _name(host) not in self.hosts:
            raise Stopped(403, "This page answers to 127.0.0.1 and localhost only.")
        at_home = {host, headers.get("x-forwarded-host", host)} if self.tenants else {host}
        strange = headers.get("sec-fetch-site") == "cross-site" and scope["method"] not in ("GET", "HEAD")
        if strange or (origin and urlsplit(origin).netloc not in at_home):  # a link or a frame sends no Origin
            raise Stopped(403, "Another site may not call this page.")
        if CLOSED.match(scope["path"]) and not OPEN.fullmatch(scope["path"]):
            raise Stopped(404, "There is nothing here.")
        if not headers.get("content-length", "0").isdigit() or {"content-length", "transfer-encoding"} <= set(headers):
            raise Stopped(400, "That is no length.")
        if int(headers.get("content-length", 0)) > _largest(scope["path"]):
            raise Stopped(413, "That is too large.")
        if self.tenants and scope["path"] == "/gradio_api/queue/data":
            self._check_tab(scope["query_string"].decode("latin-1"), self.tenants.known(headers) or "")

    @asynccontextmanager
    async def _place(self, scope: Scope, headers: Mapping[str, str]) -> AsyncIterator[None]:
        """So many calls of one visitor stand open at a time: nobody's streams take every line of a shared page."""
        if self.tenants is None or scope["path"] == "/":
            yield
            return
        user = self.tenants.known(headers) or ""
        place = self.places.setdefault(user, asyncio.Semaphore(MOST_CALLS if user else MOST_UNKNOWN))
        while len(self.places) > MOST_TABS:
            del self.places[next(iter(self.places))]
        try:
            async with asyncio.timeout(PLACE_SECONDS):
                await place.acquire()
        except TimeoutError:
            raise Stopped(429, _said(headers, "too_many_calls")) from None
        try:
            yield
        finally:
            place.release()

    def _check_tab(self, query: str, user: str) -> None:
        """The answers of a tab go to the visitor who first asked for them."""
        tab = TAB.fullmatch(query)
        if tab is None or self.tabs.setdefault(tab[1], user) != user:
            raise Stopped(404, "There is nothing here.")
        while len(self.tabs) > MOST_TABS:
            del self.tabs[next(iter(self.tabs))]

    def _headers(self) -> list[tuple[bytes, bytes]]:
        framers = f"'self' {SPACES}" if self.tenants else "'none'"
        made = {
            "content-security-policy": POLICY.format(framers=framers),
            "x-content-type-options": "nosniff",
            "referrer-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
            "cross-origin-opener-policy": "same-origin",
            "permissions-policy": "camera=(self), microphone=(self), geolocation=(), payment=()",
        }
        return [(name.encode(), value.encode()) for name, value in made.items()]

    def _cookie(self, scope: Scope, headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
        """The cookie of a new visitor on the first load of a shared page; so many come in at a time, and in all."""
        if self.tenants is None or scope["path"] != "/" or self.tenants.known(headers):
            return []
        if not self.newcomers.admit("") or self.tenants.full():
            raise Stopped(503, _said(headers, "crowded"))
        return [(b"set-cookie", self.tenants.cookie(headers).encode())]


def _measured(scope: Scope, receive: Receive) -> Receive:
    """`receive` that ends a call whose body is larger than its path may carry, or comes too slowly."""
    most, held, arrived = _largest(scope["path"]), 0, False
    began = asyncio.get_running_loop().time()

    async def measured() -> Message:
        nonlocal held, arrived
        if arrived:
            return await receive()
        try:
            async with asyncio.timeout_at(began + BODY_SECONDS + held / BODY_RATE):
                message = await receive()
        except TimeoutError:
            raise Stopped(408, "That took too long to arrive.") from None
        held += len(message.get("body", b""))
        if held > most:
            raise Stopped(413, "That is too large.")
        arrived = not message.get("more_body", False)
        return message

    return measured


def _said(headers: Mapping[str, str], key: str) -> str:
    """What a person at the door may read, in the language of their browser."""
    return say(language_of(headers.get("accept-language", "")[:2]), f"service.{key}")


def _largest(path: str) -> int:
    return next((most for start, most in LARGEST.items() if path.startswith(start)), LARGEST_CALL)


def _name(host: str) -> str:
    """The name in a Host header: 'localhost' of 'localhost:7860', '::1' of '[::1]:7860'."""
    return host[1 : host.find("]")] if host.startswith("[") else host.partition(":")[0]


async def _refuse(send: Send, status: int, reason: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": reason.encode()})


class Patient(H11Protocol):
    """A connection that says what it wants within `HEAD_SECONDS`, or ends: slow requests cannot hold every line.

    Uvicorn times only what is idle after an answer, not a head that comes one letter at a time.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > MOST_LINES:
            transport.close()
        self.loop.call_later(HEAD_SECONDS, self._look, None)

    def _look(self, before: object) -> None:
        """Hang up unless an answer is on its way or another request has begun since the last look."""
        if self.transport.is_closing():
            return
        if self.cycle is before and (self.cycle is None or self.cycle.response_complete):
            self.transport.close()
        else:
            self.loop.call_later(HEAD_SECONDS, self._look, self.cycle)
