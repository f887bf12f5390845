"""The page and its neighbours on one port: who may come in, what else is served, and the folder's duties.

Knows hosts, cookies and threads; what the page shows is in `ui/`, what a turn does in `core`. Refuses calls for another
host name (DNS rebinding) and from other sites' pages; a shared page gives every visitor a tenant of their own.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit

from assistant import __version__, folder
from assistant.conversation import OWNER
from assistant.errors import BadInput, Refused
from assistant.language.messages import say
from assistant.protocols import cards, listen, live, local, payment, weights
from assistant.settings import Settings
from assistant.tenants import COOKIE, Tenants

if TYPE_CHECKING:
    from starlette.requests import Request as Call
    from starlette.responses import Response

    from assistant.core import Assistant

LOOPBACK = ("127.0.0.1", "localhost", "::1")
SWEEP_SECONDS = 600
SPACES = "https://huggingface.co https://*.hf.space"  # where a Space is framed
QUIET = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
}
# Gradio's templates are evaluated in the page, hence unsafe-eval; nothing may be fetched from elsewhere.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors {framers}"
)
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


@dataclass
class Duty:
    """What the running server knows of itself: the token of local commands, and whether it has taken up its work."""

    token: str = ""
    started: bool = False


def run(settings: Settings) -> NoReturn:
    """Serve until told to stop. Raises `Unavailable` when a server has the folder, `BadInput` for a taken port."""
    os.environ.update(QUIET | {"GRADIO_TEMP_DIR": str(settings.home / "uploads")})
    stop = threading.Event()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
    held = folder.hold(settings.home)
    folder.keep_log(settings.home)
    try:
        _check_port(settings)
        with contextlib.closing(_assistant(settings)) as assistant:
            close = _open(assistant, held)
            _greet(settings)
            stop.wait()
            close()
    finally:
        held.release()
    sys.stdout.flush()
    os._exit(0)  # all is closed; a model still warming up in a native thread would abort the interpreter's teardown


def _assistant(settings: Settings) -> Assistant:
    from assistant.core import Assistant

    assistant = Assistant(settings)
    if settings.mode == "personal":
        assistant.open(OWNER)  # the demo household is furnished before the first visit
    return assistant


def _open(assistant: Assistant, held: folder.Held) -> Callable[[], None]:
    """Open the port, then take on the duties of the folder's owner; the function that shuts the page."""
    from starlette.middleware import Middleware
    from starlette.middleware.gzip import GZipMiddleware

    from assistant.ui import page

    settings, duty = assistant.settings, Duty()
    tenants = Tenants(assistant) if settings.mode == "demo" else None
    blocks = page.build(assistant, visitor(tenants))
    os.environ["NO_PROXY"] = ",".join(filter(None, (os.environ.get("NO_PROXY"), *LOOPBACK)))
    blocks.launch(
        server_name=settings.host,
        server_port=settings.port,
        prevent_thread_lock=True,
        quiet=True,
        app_kwargs={
            "routes": routes(assistant, duty, visitor(tenants)),
            "middleware": [Middleware(Doorman, tenants=tenants), Middleware(GZipMiddleware, minimum_size=2048)],
            "docs_url": None,
            "redoc_url": None,
            "openapi_url": None,
        },
        **page.LAUNCH,
    )
    duty.token = held.announce(settings.port)
    threading.Thread(target=_take_on, args=(assistant, duty, tenants), daemon=True).start()
    return lambda: blocks.close(verbose=False)


def _take_on(assistant: Assistant, duty: Duty, tenants: Tenants | None) -> None:
    assistant.start()
    duty.started = True
    while tenants:
        tenants.sweep()
        threading.Event().wait(SWEEP_SECONDS)


def _check_port(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((settings.host, settings.port))
    except (OSError, OverflowError):
        raise BadInput("port_taken", host=settings.host, port=settings.port, next=settings.port + 1) from None


def _greet(settings: Settings) -> None:
    language = local.language_of(settings.language)
    shown = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
    lines = [say(language, "service.serving", url=f"http://{shown}:{settings.port}", home=settings.home)]
    if settings.mode == "personal" and settings.host not in LOOPBACK:
        lines.append(say(language, "service.open_to_others", host=settings.host))
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def visitor(tenants: Tenants | None) -> Callable[[Any], str]:
    """Who a request of the page comes from: its user id. Raises `Refused` for a visitor without a proven cookie."""

    def who(request: Any) -> str:
        if tenants is None:
            return OWNER
        if user := tenants.known(request.headers.get("cookie", "")):
            return user
        raise Refused("no_cookie")

    return who


def routes(assistant: Assistant, duty: Duty, who: Callable[[Any], str]) -> list[Any]:
    """What the port serves besides the page."""
    from starlette.responses import JSONResponse
    from starlette.responses import Response as Plain
    from starlette.routing import Route

    from assistant.demo import pictures
    from assistant.ui import uploads

    def health(_: Call) -> Response:
        engines = assistant.senses.describe()
        ready = duty.started and not any("warming up" in engine for engine in engines.values())
        return JSONResponse({"ready": ready, "version": __version__, "engines": engines})

    def picture(call: Call) -> Response:
        drawn = pictures.picture(call.path_params["name"])
        if drawn is None:
            return Plain("No such picture.", 404)
        headers = {"Cache-Control": "public, max-age=86400", "Content-Security-Policy": "default-src 'none'"}
        return Plain(drawn, media_type="image/svg+xml", headers=headers)

    def sample(_: Call) -> Response:
        photo = uploads.sample("photo")
        assert photo
        return Plain(photo.data, media_type="image/png", headers={"Cache-Control": "max-age=86400"})

    return [
        Route("/healthz", health),
        Route("/samples/photo", sample),
        Route("/pictures/{name}.svg", picture),
        *payment.routes(assistant, who),
        *live.routes(assistant, who),
        *cards.routes(assistant, who),
        *listen.routes(who),
        *weights.routes(assistant),
        *local.routes(local.Here(assistant), lambda: duty.token),
    ]


class Doorman:
    """ASGI middleware: host and origin checks, the visitor's cookie on the first page load, safe headers."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]], tenants: Tenants | None) -> None:
        self.app = app
        self.tenants = tenants

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        if wrong := self._refusal(scope, headers):
            await _forbid(scope, send, wrong)
            return
        extra = self._headers(scope, headers)

        async def answer(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                given = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(pair for pair in extra if pair[0] not in given)]
            await send(message)

        await self.app(scope, receive, answer)

    def _refusal(self, scope: Scope, headers: dict[str, str]) -> str:
        host = headers.get("host", "")
        if self.tenants is None and _name(host) not in LOOPBACK:
            return "This page answers to 127.0.0.1 and localhost only."
        origin = headers.get("origin", "")
        at_home = {host, headers.get("x-forwarded-host", host)} if self.tenants else {host}
        if origin and urlsplit(origin).netloc not in at_home and scope.get("method") not in ("GET", "HEAD"):
            return "Another site may not call this page."
        return ""

    def _headers(self, scope: Scope, headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
        framers = f"'self' {SPACES}" if self.tenants else "'none'"
        made = {
            "content-security-policy": POLICY.format(framers=framers),
            "x-content-type-options": "nosniff",
            "referrer-policy": "same-origin",
            "permissions-policy": "camera=(self), microphone=(self), geolocation=(), payment=()",
        }
        if self.tenants and scope["path"] == "/" and not self.tenants.known(headers.get("cookie", "")):
            made["set-cookie"] = _cookie(self.tenants.admit()[1], headers.get("x-forwarded-proto") == "https")
        return [(name.encode(), value.encode()) for name, value in made.items()]


def _cookie(value: str, secure: bool) -> str:
    """A Space stands in a frame of another site: there the cookie must be partitioned, over https."""
    return f"{COOKIE}={value}; Path=/; HttpOnly; " + (
        "SameSite=None; Secure; Partitioned" if secure else "SameSite=Lax"
    )


def _name(host: str) -> str:
    """The name in a Host header: 'localhost' of 'localhost:7860', '::1' of '[::1]:7860'."""
    return host[1 : host.find("]")] if host.startswith("[") else host.partition(":")[0]


async def _forbid(scope: Scope, send: Send, reason: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": reason.encode()})
