"""What a person takes with them: a flash card as CSV or text, all their rows as a file. And that they are forgotten.

GET  /cards/ID/csv, /cards/ID/txt
GET  /export/json, /export/csv, /export/beancount
POST /forget
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from assistant.errors import LueurError
from assistant.protocols.local import spoken, told
from assistant.spreadsheet import as_csv
from assistant.tenants import belongings, erase

if TYPE_CHECKING:
    from starlette.requests import Request as Call
    from starlette.responses import Response

    from assistant.core import Assistant
    from assistant.flash import Kept

KINDS = {"csv": "text/csv", "txt": "text/plain"}


def routes(assistant: Assistant, who: Callable[[Any], str]) -> list[Any]:
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import Response as Plain
    from starlette.routing import Route

    async def file(call: Call) -> Response:
        kind = call.path_params["kind"]
        if kind not in KINDS:
            return Plain("no such file", 404)
        try:
            card = await run_in_threadpool(assistant.rooms.flash.get, who(call), call.path_params["id"])
        except LueurError as error:
            return Plain(told(error, spoken(call)), 404, media_type="text/plain")
        headers = {"Content-Disposition": f'attachment; filename="{card.kind}.{kind}"', "Cache-Control": "no-store"}
        return Plain(written(card, kind), media_type=f"{KINDS[kind]}; charset=utf-8", headers=headers)

    def everything(user: str, form: str) -> str:
        if form != "json":
            return assistant.rooms.wealth.export(user, form)
        return json.dumps(belongings(assistant.store, user), ensure_ascii=False, indent=1)

    async def export(call: Call) -> Response:
        form = call.path_params["form"]
        try:
            text = await run_in_threadpool(everything, who(call), form)
        except LueurError as error:
            return Plain(error.key, 404)
        headers = {"Content-Disposition": f'attachment; filename="lueur.{form}"', "Cache-Control": "no-store"}
        return Plain(text, media_type="text/plain; charset=utf-8", headers=headers)

    async def forget(call: Call) -> Response:
        try:
            await run_in_threadpool(erase, assistant, who(call))
        except LueurError as error:
            return Plain(told(error, spoken(call)), 409)
        return Plain("", 204)

    return [
        Route("/cards/{id}/{kind}", file), Route("/export/{form}", export), Route("/forget", forget, methods=["POST"])
    ]  # fmt: skip


def written(card: Kept, kind: str) -> str:
    """The card's rows."""
    if kind == "txt":
        return "\n".join("  ".join(filter(None, row)) for row in card.rows) + "\n"
    return as_csv(card.rows)
