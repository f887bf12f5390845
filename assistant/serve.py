"""The page and its neighbours on one port: what is served, and the duties of the folder's owner.

Knows ports, threads and signals; who is let in is in `door`, what the page shows in `ui/`, what a turn does in `core`.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from assistant import __version__, folder
from assistant.conversation import OWNER
from assistant.door import LOOPBACK, Doorman, visitor
from assistant.errors import BadInput, LueurError
from assistant.language.messages import say
from assistant.protocols import agents, cards, files, listen, live, local, payment, weights
from assistant.settings import Settings
from assistant.tenants import Tenants

if TYPE_CHECKING:
    from starlette.requests import Request as Call
    from starlette.responses import Response

    from assistant.core import Assistant

SWEEP_SECONDS = 600
QUIET = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
}


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
    import uvicorn.config
    from starlette.middleware import Middleware
    from starlette.middleware.gzip import GZipMiddleware

    from assistant.ui import page

    settings, duty = assistant.settings, Duty()
    assistant.uploads.sweep(kept=0)  # what an earlier process left behind
    tenants = Tenants(assistant) if settings.mode == "demo" else None
    who = visitor(tenants)
    doorman = Middleware(Doorman, tenants=tenants, public_url=settings.public_url)
    blocks = page.build(assistant, who)
    uvicorn.config.HTTP_PROTOCOLS["auto"] = "assistant.door:Patient"  # Gradio makes uvicorn's settings itself
    os.environ["NO_PROXY"] = ",".join(filter(None, (os.environ.get("NO_PROXY"), *LOOPBACK)))
    blocks.launch(
        server_name=settings.host,
        server_port=settings.port,
        prevent_thread_lock=True,
        quiet=True,
        app_kwargs={
            "routes": [*page.routes(), *routes(assistant, duty, who)],
            "middleware": [doorman, Middleware(GZipMiddleware, minimum_size=2048)],
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
    while True:
        with contextlib.suppress(LueurError):  # a full disk or a busy folder: at the next round
            if tenants:
                tenants.sweep()
            assistant.uploads.sweep()
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


def routes(assistant: Assistant, duty: Duty, who: Callable[[Any], str]) -> list[Any]:
    """What the port serves besides the page."""
    from starlette.responses import JSONResponse
    from starlette.responses import Response as Plain
    from starlette.routing import Route

    from assistant.demo import pictures
    from assistant.uploads import sample

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

    def shown(call: Call) -> Response:
        file = sample(call.path_params["name"])
        if file is None:
            return Plain("No such sample.", 404)
        kind = "audio/wav" if file.name.endswith(".wav") else "image/png"
        return Plain(file.data, media_type=kind, headers={"Cache-Control": "max-age=86400"})

    return [
        Route("/healthz", health),
        Route("/samples/{name}", shown),
        Route("/pictures/{name}.svg", picture),
        *payment.routes(assistant, who),
        *live.routes(assistant, who),
        *files.routes(assistant.uploads, who),
        *cards.routes(assistant, who),
        *listen.routes(who, assistant.expect),
        *weights.routes(assistant),
        *local.routes(local.Here(assistant), lambda: duty.token),
        *agents.routes(assistant),
    ]
