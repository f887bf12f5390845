"""A flash card as a file: what it shows, as CSV for a spreadsheet or as plain text, for the one who made it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from assistant.errors import LueurError
from assistant.language.messages import say
from assistant.protocols.local import language_of

if TYPE_CHECKING:
    from starlette.requests import Request as Call
    from starlette.responses import Response

    from assistant.core import Assistant
    from assistant.flash import Kept

KINDS = {"csv": "text/csv", "txt": "text/plain"}
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # beginnings that a spreadsheet would compute


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
            language = language_of(call.headers.get("accept-language", "")[:2])
            return Plain(say(language, f"errors.{error.key}", **error.values), 404, media_type="text/plain")
        headers = {"Content-Disposition": f'attachment; filename="{card.kind}.{kind}"', "Cache-Control": "no-store"}
        return Plain(written(card, kind), media_type=f"{KINDS[kind]}; charset=utf-8", headers=headers)

    return [Route("/cards/{id}/{kind}", file)]


def written(card: Kept, kind: str) -> str:
    """The card's rows; a byte order mark tells a spreadsheet that a CSV is UTF-8."""
    if kind == "txt":
        return "\n".join("  ".join(filter(None, row)) for row in card.rows) + "\n"
    out = io.StringIO()
    csv.writer(out).writerows([_plain(cell) for cell in row] for row in card.rows)
    return "\ufeff" + out.getvalue()


def _plain(cell: str) -> str:
    """Text, whatever it begins with."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
