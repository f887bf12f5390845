"""Weights on the page: what is here, and the owner's taps. Visitors of a shared page see the engine and nothing else.

GET  /weights              the fieldset of the settings, in the page's language
POST /weights/NAME/VERB    get, on, again, pause, cancel; the fieldset as it is then
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assistant.protocols.local import language_of
from assistant.ui import weights as drawn
from models import speech
from models.weights import whisper

if TYPE_CHECKING:
    from starlette.requests import Request as Call
    from starlette.responses import Response

    from assistant.core import Assistant


def routes(assistant: Assistant) -> list[Any]:
    from starlette.responses import HTMLResponse
    from starlette.routing import Route

    senses, settings = assistant.senses, assistant.settings

    def show(call: Call) -> Response:
        fetches = senses.fetches.values() if settings.mode == "personal" else ()
        found = whisper(settings.whisper)
        seen = speech.verdict(found, settings.home) if found else None
        language = language_of(call.query_params.get("language", ""))
        return HTMLResponse(drawn.shelf(language, senses.describe()["hear"], fetches, seen))

    def tap(call: Call) -> Response:
        fetch = senses.fetches.get(call.path_params["name"])
        if fetch is None or settings.mode != "personal":
            return HTMLResponse("", 404)
        verbs = {"get": fetch.start, "on": fetch.start, "again": fetch.start, "pause": fetch.pause}
        verbs.get(call.path_params["verb"], fetch.cancel)()
        return show(call)

    return [Route("/weights", show), Route("/weights/{name}/{verb}", tap, methods=["POST"])]
