"""What a person takes with them: a flash card as CSV or text, all their rows as a file. And that they are forgotten.

GET  /cards/ID/csv, /cards/ID/txt
GET  /export/json, /export/csv, /export/beancount
POST /forget
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from assistant.errors import NotFound
from assistant.protocols.local import download, own
from assistant.spreadsheet import as_csv
from assistant.tenants import belongings, erase

if TYPE_CHECKING:
    from starlette.requests import Request as Call
    from starlette.responses import Response

    from assistant.core import Assistant
    from assistant.flash import Kept

KINDS = {"csv": "text/csv", "txt": "text/plain"}


def routes(assistant: Assistant, who: Callable[[Any], str]) -> list[Any]:
    from starlette.responses import Response as Plain
    from starlette.routing import Route

    def file(user: str, call: Call) -> Response:
        kind = call.path_params["kind"]
        if kind not in KINDS:
            raise NotFound("flash_unknown")
        card = assistant.rooms.flash.get(user, call.path_params["id"])
        return download(written(card, kind), f"{card.kind}.{kind}", KINDS[kind])

    def export(user: str, call: Call) -> Response:
        form = call.path_params["form"]
        if form != "json":
            return download(assistant.rooms.wealth.export(user, form), f"lueur.{form}", "text/plain")
        rows = belongings(assistant.store, user)
        return download(json.dumps(rows, ensure_ascii=False, indent=1), "lueur.json", "text/plain")

    def forget(user: str, _: Call) -> Response:
        erase(assistant, user)
        return Plain("", 204)

    return [
        Route("/cards/{id}/{kind}", own(assistant, who, file)),
        Route("/export/{form}", own(assistant, who, export)),
        Route("/forget", own(assistant, who, forget), methods=["POST"]),
    ]


def written(card: Kept, kind: str) -> str:
    """The card's rows."""
    if kind == "txt":
        return "\n".join("  ".join(filter(None, row)) for row in card.rows) + "\n"
    return as_csv(card.rows)
