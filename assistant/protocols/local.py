"""The owner's own door: `lueur` commands, in this process or over loopback to the server that holds the folder.

`Desk` is what a command needs; `Here` serves it from an Assistant, `There` from a running server, `routes` is that
server's side. Answers are the published JSON of a Reply, so both ways print the same. A refusal is an answer. No
database is imported until `Here` needs one: a command that talks to a server starts at once.
"""

from __future__ import annotations

import base64
import hmac
import http.client
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, cast

from assistant.errors import BadInput, LueurError, NotFound, Refused, Unavailable
from assistant.folder import Neighbour
from assistant.language.messages import say
from assistant.reply import Reply, to_json
from assistant.request import Language, Request, Upload

if TYPE_CHECKING:
    from starlette.requests import Request as Call
    from starlette.responses import Response
    from starlette.routing import Route

    from assistant.conversation import Session
    from assistant.core import Assistant

Json = dict[str, Any]
CODES: dict[type[LueurError], int] = {NotFound: 404, Refused: 403, BadInput: 400}
LARGEST_CALL = 256 * 2**20  # bytes of one call: a long recording and several photos as base64
WATCH = 0.1  # seconds between two looks at something that runs
WAIT = 600.0  # seconds: the first answer may load a recogniser


class Desk(Protocol):
    def call(self, verb: str, body: Json) -> Json:
        """ask, act, export, shops or forget. Raises ValueError, KeyError, TypeError or AttributeError for no call."""
        ...


class Here:
    """The owner's desk at an Assistant of this process. What is confirmed at it is sent at once: undo 0.

    `call` answers a refusal as the reply a person reads; the methods raise it.
    """

    def __init__(self, assistant: Assistant) -> None:
        from assistant.conversation import OWNER
        from assistant.tenants import erase

        self.assistant = assistant
        self.owner = OWNER
        self.verbs: dict[str, Callable[[Json], Json]] = {
            "ask": lambda body: self.ask(body.get("session"), unpacked(body)),
            "act": lambda body: self.act(str(body["session"]), str(body["action"]), _texts(body.get("values", {}))),
            "export": lambda body: self.export(str(body.get("form", "json"))),
            "shops": lambda body: self.shops(str(body["what"]), _texts(body["values"])),
            "forget": lambda _: {"erased": erase(assistant, OWNER)},
        }

    def call(self, verb: str, body: Json) -> Json:
        try:
            return self.verbs[verb](body)
        except LueurError as error:
            return refusal(error, language_of(body.get("language") or self.assistant.settings.language))

    def ask(self, session: str | None, request: Request) -> Json:
        language = request.language or language_of(self.assistant.settings.language)
        who = self.assistant.open(self.owner, session, language)
        *_, reply = self.assistant.answer(who, request)
        return published(self._watched(who, cast(Reply, reply)))

    def _watched(self, who: Session, reply: Reply) -> Reply:
        """A card that is still running is waited for: a terminal shows it once, whole."""
        while running := tuple(card.id for card in reply.cards if getattr(card, "running", False)):
            time.sleep(WATCH)
            fresh = {card.id: card for card in self.assistant.refresh(who, running)}
            reply = replace(reply, cards=tuple(fresh.get(card.id, card) for card in reply.cards))
        return reply

    def act(self, session: str, action: str, values: Mapping[str, str]) -> Json:
        who = replace(self.assistant.open(self.owner, session), undo_seconds=0)
        return published(self.assistant.act(who, action, values))

    def export(self, form: str = "json") -> Json:
        from assistant.tenants import belongings

        if form == "mandates":
            kept = self.assistant.rooms.payments.mandates
            return {"mandates": [kept.export(self.owner, one.id) for one in kept.of(self.owner)]}
        if form != "json":
            return {"text": self.assistant.rooms.wealth.export(self.owner, form)}
        return belongings(self.assistant.store, self.owner)

    def shops(self, what: str, values: Mapping[str, str]) -> Json:
        """List, add or remove the shops that are traded with by their URL; how they stand then."""
        rooms = self.assistant.rooms
        if what == "add":
            feed = base64.b64decode(values["feed"])
            rooms.shop.add_shop(values["url"], values["id"], values["name"], values["key"], feed)
        elif what == "remove" and (count := rooms.payments.undecided(values["id"])):
            raise Refused("payment_in_flight", count=count)
        elif what == "remove":
            rooms.shop.remove_shop(values["id"])
        rooms.payments.trade_with(rooms.shop.merchants)
        known = rooms.shop.register.all().values()
        return {"error": "", "shops": [{"id": shop.id, "name": shop.name, "url": shop.url} for shop in known]}


class There:
    """The same desk at the server that holds the folder."""

    def __init__(self, server: Neighbour) -> None:
        self.server = server

    def call(self, verb: str, body: Json) -> Json:
        line = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=WAIT)
        headers = {"Authorization": f"Bearer {self.server.token}", "Content-Type": "application/json"}
        try:
            line.request("POST", f"/local/{verb}", json.dumps(body).encode(), headers)
            answer = line.getresponse()
            data: Json = json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Unavailable("server_silent", port=self.server.port) from error
        finally:
            line.close()
        if answer.status != 200:
            raise Unavailable("server_silent", port=self.server.port)
        return data


def routes(desk: Desk, token: Callable[[], str]) -> list[Route]:
    """POST /local/ask, act, export, shops, forget: for who can read the token file, from this machine only."""
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    async def serve(call: Call) -> Response:
        if not admitted(call, token()):
            return JSONResponse({"error": "not_yours"}, 403)
        if int(call.headers.get("content-length", LARGEST_CALL + 1)) > LARGEST_CALL:
            return JSONResponse({"error": "file_too_big"}, 413)
        try:
            body = json.loads(await call.body())
            answer = await run_in_threadpool(desk.call, call.path_params["verb"], body)
        except (ValueError, KeyError, TypeError, AttributeError):
            return JSONResponse({"error": "malformed"}, 400)
        return JSONResponse(answer)

    return [Route("/local/{verb}", serve, methods=["POST"])]


def admitted(call: Call, token: str) -> bool:
    near = call.client is not None and call.client.host in ("127.0.0.1", "::1")
    shown = call.headers.get("authorization", "").encode()
    return near and bool(token) and hmac.compare_digest(shown, f"Bearer {token}".encode())


def packed(request: Request) -> Json:
    return {
        "text": request.text,
        "language": request.language,
        "audio": request.audio and _packed_file(request.audio),
        "images": [_packed_file(file) for file in request.images],
        "files": [_packed_file(file) for file in request.files],
    }


def unpacked(data: Json) -> Request:
    """The Request that `packed` wrote. Raises ValueError or KeyError for anything else."""
    return Request(
        text=str(data["text"]),
        audio=_unpacked_file(data["audio"]) if data["audio"] else None,
        images=tuple(map(_unpacked_file, data["images"])),
        files=tuple(map(_unpacked_file, data["files"])),
        language=language_of(data["language"]) if data["language"] else None,
    )


def _packed_file(file: Upload) -> Json:
    return {"name": file.name, "data": base64.b64encode(file.data).decode()}


def _unpacked_file(data: Json) -> Upload:
    return Upload(str(data["name"]), base64.b64decode(data["data"], validate=True))


def _texts(values: Json) -> dict[str, str]:
    return {str(name): str(value) for name, value in values.items()}


def own(
    assistant: Assistant, who: Callable[[Any], str], answer: Callable[[str, Call], Response]
) -> Callable[[Call], Any]:
    """The page for the person who asks: `answer(user, call)`; what is somebody else's does not exist.

    A refusal is a sentence, and who asks for too much that is not there is not answered for a while.
    """
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import Response as Plain

    def serve(call: Call) -> Response:
        user = who(call)
        with assistant.guesses.counted(user):
            return answer(user, call)

    async def served(call: Call) -> Response:
        try:
            return await run_in_threadpool(serve, call)
        except LueurError as error:
            return Plain(told(error, spoken(call)), status_of(error), media_type="text/plain")

    return served


def download(text: str, name: str, kind: str) -> Response:
    """A file to be kept."""
    from starlette.responses import Response as Plain

    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Plain(text, media_type=kind, headers=headers)


def language_of(name: str) -> Language:
    """The language of a name, English for any other text."""
    languages: dict[str, Language] = {"en": "en", "fr": "fr", "zh": "zh"}
    return languages.get(name, "en")


def spoken(call: Call) -> Language:
    """The language of a browser that asks."""
    return language_of(call.headers.get("accept-language", "")[:2])


def told(error: LueurError, language: str) -> str:
    """A refusal as a sentence."""
    return say(language, f"errors.{error.key}", **error.values)


def status_of(error: LueurError) -> int:
    """Its HTTP status; what may pass is 503."""
    return next((code for kind, code in CODES.items() if isinstance(error, kind)), 503)


def published(reply: object) -> Json:
    if not isinstance(reply, Reply):
        raise BadInput("nothing_said")
    shown: Json = to_json(reply, reply.language)
    return shown


def refusal(error: LueurError, language: str = "en") -> Json:
    """An error as the reply a person reads, in the shape of every other answer."""
    return published(Reply(text=told(error, language), language=language, error=error.key))
