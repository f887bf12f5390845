"""The pages a cardholder sees: the bank's question (3-D Secure) and the hosted checkout. Each says: no real money.

Knows HTML and what a tap on it changes; the sentences come from whoever mounts the pages (`words`).
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from assistant.money import Money
from assistant.payments.sandbox import checkout, intents
from assistant.payments.sandbox.call import Call
from assistant.payments.sandbox.wire import Fault

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from assistant.payments.sandbox.server import Sandbox

Words = Callable[..., str]  # (language, key, **values) -> sentence


def routes(sandbox: Sandbox, words: Words) -> list[Route]:
    """GET shows the question, POST (a button of that page) answers it and leads back."""
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import HTMLResponse, RedirectResponse
    from starlette.routing import Route

    def page(verb: str) -> Callable[[Request], Any]:
        async def serve(request: Request) -> Response:
            if not sandbox.mounted and not _near(request):
                return HTMLResponse("This sandbox answers only its own machine.", 403)
            spoken = request.headers.get("accept-language", "en")[:2]
            answer = (await request.body())[:20] if request.method == "POST" else b""
            try:
                found, back = await run_in_threadpool(_visit, sandbox, verb, request.path_params["id"], answer)
            except Fault as fault:
                return HTMLResponse(escape(fault.message), fault.status)
            if answer:
                return RedirectResponse(back, 303)
            return HTMLResponse(_page(verb, found, spoken, words), headers={"Cache-Control": "no-store"})

        return serve

    verbs = {"/_3ds/{id}": "bank", "/_checkout/{id}": "checkout"}
    return [Route(path, page(verb), methods=["GET", "POST"]) for path, verb in verbs.items()]


def _near(request: Request) -> bool:
    """On the sandbox's own port nobody stands at the door: this machine's name, and no other site's form."""
    own = f"{request.url.scheme}://{request.url.netloc}"
    return request.url.hostname in ("127.0.0.1", "localhost") and request.headers.get("origin", own) == own


def _visit(sandbox: Sandbox, verb: str, id: str, answer: bytes) -> tuple[dict[str, Any], str]:
    """The intent or session the page is about, and where its buttons lead; answered when `answer` is a button's."""
    records = sandbox.records
    with records.transaction():
        account = records.account_of(id) or ""
        call = Call(records, {}, account, int(sandbox.clock.now().timestamp()), id, place=sandbox.place())
        if verb == "checkout":
            found = checkout.answer(call, answer == b"answer=yes") if answer else checkout.retrieve(call)
            return found, found["success_url"] if found["status"] == "complete" else found["cancel_url"] or "/"
        before = intents.retrieve(call)
        asked = (before["next_action"] or {}).get("redirect_to_url") or {}
        found = intents.answer(call, answer == b"answer=yes") if answer else before
    back = urlsplit(asked.get("return_url", "/"))
    return found, f"{back.path}?{back.query}".rstrip("?") if sandbox.mounted else back.geturl()


def _page(verb: str, found: dict[str, Any], spoken: str, words: Words) -> str:
    def say(key: str, **values: object) -> str:
        return escape(words(spoken, key, **values))

    amount = Money(found.get("amount") or found.get("amount_total") or 0, str(found["currency"]).upper())
    open_ = found["status"] in ("requires_action", "open")
    buttons = (
        f"<form method=post><button name=answer value=yes>{say(f'{verb}_yes')}</button>"
        f"<button name=answer value=no>{say(f'{verb}_no')}</button></form>"
    )
    about = escape(str(found.get("description") or ""))
    style = Path(__file__).with_suffix(".css").read_text(encoding="utf-8")
    return (
        f"<!doctype html><html lang={escape(spoken)}><meta charset=utf-8>"
        f"<meta name=viewport content='width=device-width'><title>{say(verb)}</title><style>{style}</style>"
        f"<small>{say('no_real_money')}</small><h1>{escape(amount.text(spoken))}</h1>"
        f"<p>{say(f'{verb}_asks')}</p><p>{about}</p>{buttons if open_ else '<p>' + say('answered') + '</p>'}"
    )
