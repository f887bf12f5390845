"""Between the page's events and the assistant: checks what a browser sent, asks, and answers with pieces of HTML.

Whatever comes in here was written by a browser and may be forged: ids are looked up under the visitor's own name, and
no amount, payee or path is taken on trust.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, cast

from assistant.conversation import Session
from assistant.core import Assistant, Progress
from assistant.errors import BadInput, LueurError, NotFound, Refused
from assistant.handlers import service
from assistant.language.messages import say
from assistant.pace import Pace
from assistant.redaction import hide, hide_in_request
from assistant.reply import Reply, to_json
from assistant.request import LANGUAGES, Language, Request
from assistant.ui import turns
from assistant.ui.cards import Drawer
from assistant.ui.gradio import gr
from assistant.ui.markup import Html, el, join
from assistant.uploads import MOST, Uploads, sample

log = logging.getLogger("lueur.page")
MOST_VALUES = 40  # selects of a preview: a bank file may have many columns
LONGEST_VALUE = 200  # characters of one edited field of a card
TURN_RATE, TURN_BURST = 1.0, 10  # turns a second of one visitor of a shared page
MOST_RECEIPTS = 20  # payments one page may ask after at a time


class Sent:
    """What one event carried, each part checked for its kind."""

    def __init__(self, event: gr.EventData) -> None:
        self.data: dict[str, Any] = event._data if isinstance(event._data, dict) else {}

    def text(self, name: str) -> str:
        value = self.data.get(name)
        return value if isinstance(value, str) else ""

    def texts(self, name: str, most: int) -> tuple[str, ...]:
        value = self.data.get(name)
        return tuple(item for item in value[:most] if isinstance(item, str)) if isinstance(value, list) else ()

    def values(self) -> dict[str, str]:
        given = self.data.get("values")
        pairs = given.items() if isinstance(given, dict) else ()
        return {str(k)[:40]: v[:LONGEST_VALUE] for k, v in list(pairs)[:MOST_VALUES] if isinstance(v, str)}

    def language(self, name: str) -> Language | None:
        value = self.text(name)
        return value if value in LANGUAGES else None

    @property
    def page(self) -> Language:
        return self.language("language") or self.language("page") or "en"

    @property
    def number(self) -> str:
        return "".join(c for c in self.text("number")[:40] if c.isalnum() or c == "-")


class Desk:
    """One per server; `who` names the visitor behind a request (the owner, or a tenant's signed cookie)."""

    def __init__(self, assistant: Assistant, who: Callable[[gr.Request], str]) -> None:
        self.assistant = assistant
        self.who = who
        self.pace = Pace(TURN_RATE, TURN_BURST) if assistant.settings.mode == "demo" else None

    def hello(self, event: gr.EventData, request: gr.Request) -> str:
        """The visitor's session, or a new one, and what was said in it."""
        sent = Sent(event)
        try:
            session = self._greeted(sent, self.who(request))
            said = self.assistant.history(session)
            past = turns.history(said, self.assistant.clock.now(), self._undo)
            opening = None if said else self.assistant.noticed(replace(session, language=sent.page))
        except Exception as error:
            return self._refused(error, sent)
        shown = turns.noticed(self._drawer(sent.page), to_json(opening, sent.page)) if opening else ""
        return join([el("i", cls="session", data_id=session.id), shown, past])

    def _greeted(self, sent: Sent, user: str) -> Session:
        try:
            return self.assistant.open(user, sent.text("session")[:80] or None, sent.page)
        except NotFound:
            return self.assistant.open(user, None, sent.page)

    def ask(self, event: gr.EventData, request: gr.Request) -> Iterator[str]:
        """One turn: pieces while it works, then the turn itself."""
        sent = Sent(event)
        try:
            session = self._turn_of(self._open(sent, request))
            asked = _request(sent, session.user, self.assistant.uploads)
            shown = hide_in_request(asked)[0]
            for step in self.assistant.answer(session, asked):
                if isinstance(step, Progress):
                    yield turns.progress(self._drawer(sent.page), step, sent.number)
                else:
                    yield self._turn(step, shown, sent)
        except Exception as error:
            yield self._refused(error, sent)

    def act(self, event: gr.EventData, request: gr.Request) -> str:
        """A tap: the id of an action and what was typed into its card."""
        sent = Sent(event)
        try:
            session = self._open(sent, request)
            reply = self.assistant.act(session, sent.text("id")[:80], sent.values())
            return turns.turn(self._drawer(reply.language), turns.as_json(reply))
        except Exception as error:
            return self._refused(error, sent)

    def follow(self, event: gr.EventData, request: gr.Request) -> str:
        """The receipts of payments that were still moving when the page last saw them."""
        sent = Sent(event)
        try:
            session = self._open(sent, request)
            cards = self.assistant.refresh(session, sent.texts("payments", MOST_RECEIPTS))
        except LueurError:
            return ""
        draw = self._drawer(session.language)
        return join(draw.card(to_json(card, session.language)) for card in cards)

    def api(self, text: str, session: str, language: str, request: gr.Request) -> dict[str, Any]:
        """Ask in words; the answer is the JSON of docs/json.md. `session` and `language` may be empty."""
        chosen = language if language in LANGUAGES else None
        try:
            opened = self._turn_of(self.assistant.open(self.who(request), session or None, chosen or "en"))
            *_, reply = self.assistant.answer(opened, Request(text, language=chosen))
        except LueurError as error:
            return turns.refusal(chosen or "en", error.key, _sentence(error, chosen or "en"))
        return turns.as_json(cast(Reply, reply))

    # -- parts ---------------------------------------------------------------------------------------------------

    @property
    def _undo(self) -> int:
        return self.assistant.settings.undo_seconds

    def _open(self, sent: Sent, request: gr.Request) -> Session:
        return self.assistant.open(self.who(request), sent.text("session")[:80] or None, sent.page)

    def _turn_of(self, session: Session) -> Session:
        """The session, if its person may say something now. Raises `Refused` on a shared page for the too quick."""
        if self.pace and not self.pace.admit(session.user):
            raise Refused("too_fast")
        return session

    def _drawer(self, language: str) -> Drawer:
        return Drawer(language, self.assistant.clock.now(), self._undo)

    def _turn(self, reply: Reply, asked: Request, sent: Sent) -> Html:
        files = [*asked.files, *([] if asked.audio is None or sent.text("audio") else [asked.audio])]
        said = turns.request_of(
            reply, asked.text, [i.name for i in asked.images], [f.name for f in files], bool(asked.audio)
        )
        return turns.turn(self._drawer(reply.language), turns.as_json(reply), said, sent.number)

    def _refused(self, error: Exception, sent: Sent) -> Html:
        """The answer to a request that never became a turn; an unexpected fault is logged under its number."""
        if isinstance(error, LueurError):
            refusal = turns.refusal(sent.page, error.key, _sentence(error, sent.page))
        else:
            number = secrets.token_hex(4)
            log.error("fault %s", number, exc_info=error)
            refusal = turns.refusal(sent.page, "fault", say(sent.page, "ui.fault", number=number))
        said = {"text": hide(sent.text("text"))[0], "spoken": False, "images": [], "files": []}
        return turns.turn(self._drawer(sent.page), refusal, said if sent.number else None, sent.number)


def _sentence(error: LueurError, language: str) -> str:
    return service.refused(error, language).text


def _request(sent: Sent, person: str, uploads: Uploads) -> Request:
    """Words, files and the recording of one event. Raises `BadInput` for a file that is not there."""
    audio = uploads.take(person, sent.text("audio")) if sent.text("audio") else None
    pictures, sounds, others = uploads.take_all(person, sent.texts("paths", MOST))
    if offered := sample(sent.text("sample")):
        (sounds if sent.text("sample") == "voice" else pictures).append(offered)
    if len(sounds) + (audio is not None) > 1:
        raise BadInput("one_recording")
    heard = audio or next(iter(sounds), None)
    language = "en" if sent.text("sample") == "voice" else sent.language("language")  # the sample clip is English
    return Request(sent.text("text"), heard, tuple(pictures), tuple(others), language, audio is not None)
