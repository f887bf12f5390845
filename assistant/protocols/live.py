"""The open camera: frames of a visitor's own session come in, small cards go out. No frame outlives its answer.

POST /live/SESSION/open    what this session has found so far, and its cart
POST /live/SESSION/frame   one picture, at most four a second; an answer line by line, as it is understood
POST /live/SESSION/tap     {"id": ACTION}: a button of a card, without a turn of its own
POST /live/SESSION/close   what was found becomes one turn of the conversation
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from assistant.conversation import found_actions
from assistant.errors import BadInput, LueurError, NotFound
from assistant.language.messages import say
from assistant.pace import Pace
from assistant.protocols.local import language_of, status_of, told
from assistant.reply import Notice, Reply
from assistant.request import Language, Upload
from assistant.senses.view import Sighting, View
from assistant.ui import finds, turns
from assistant.ui.cards import Drawer

if TYPE_CHECKING:
    from starlette.requests import Request as Call
    from starlette.responses import Response

    from assistant.conversation import Session
    from assistant.core import Assistant

LARGEST_FRAME = 1 << 20  # bytes
LARGEST_TAP = 1_000  # bytes
RATE, BURST = 4.0, 4  # frames a second of one visitor, and how many may come at once
MOST, IDLE = 64, 900.0  # cameras that are open, and seconds after which a silent one is forgotten
STAYING = "cart.add"  # the tap that leaves the camera open; one of the others closes it and goes on in the conversation
LEAVING = "service.say"
Json = dict[str, Any]


@dataclass
class Camera:
    """What one session's camera has found. `reading` is held while print is read; `owed`: a newer frame was not."""

    view: View = field(default_factory=View)
    replies: dict[str, Reply] = field(default_factory=dict)
    frames: int = 0
    reading: threading.Lock = field(default_factory=threading.Lock)
    owed: bool = False
    seen_at: float = 0.0

    def found(self, sighting: Sighting, reply: Reply) -> str:
        """Keep the newest word on a thing; the number under which the page shows it."""
        self.replies[sighting.key] = reply
        return f"find-{list(self.replies).index(sighting.key)}"


class Cameras:
    """The cameras that are open, by session, and how many frames each visitor may still send."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._guard = threading.Lock()
        self._open: dict[str, Camera] = {}
        self.pace = Pace(RATE, BURST, now)

    def of(self, session: str) -> Camera:
        now = self._now()
        with self._guard:
            fresh = sorted(self._open, key=lambda name: self._open[name].seen_at)[-MOST + 1 :]
            self._open = {name: self._open[name] for name in fresh if now - self._open[name].seen_at < IDLE}
            camera = self._open.setdefault(session, Camera())
            camera.seen_at = now
        return camera

    def close(self, session: str) -> Camera | None:
        with self._guard:
            return self._open.pop(session, None)


class Desk:
    """Between a page's camera and the assistant. A session is looked up under its visitor's own name."""

    def __init__(self, assistant: Assistant, cameras: Cameras) -> None:
        self.assistant = assistant
        self.cameras = cameras

    def session(self, user: str, session: str, language: Language) -> Session:
        with self.assistant.guesses.counted(user):
            return replace(self.assistant.conversations.open(user, session[:80], language), language=language)

    def open(self, who: Session, _: bytes) -> Json:
        camera = self.cameras.of(who.id)
        html = [self._drawn(who, f"find-{place}", reply) for place, reply in enumerate(camera.replies.values())]
        return {"html": "".join(html), "sum": self._cart(who)}

    def frame(self, who: Session, picture: bytes) -> Iterator[str]:
        """A line a look: {html} for what is new; the last one says whether another frame is wanted."""
        camera = self.cameras.of(who.id)
        camera.frames += 1
        number, reads = camera.frames, camera.reading.acquire(blocking=False)
        camera.owed = not reads
        try:
            for news in self.assistant.watch(who, camera.view, Upload("frame.jpg", picture), number, reads):
                drawn = [self._drawn(who, camera.found(sighting, reply), reply) for sighting, reply in news]
                yield json.dumps({"html": "".join(drawn)}) + "\n"
            yield json.dumps({"again": camera.view.doubtful or camera.owed} if reads else {}) + "\n"
        except LueurError as error:
            yield json.dumps({"error": told(error, who.language)}) + "\n"
        finally:
            if reads:
                camera.reading.release()

    def tap(self, who: Session, body: bytes) -> Json:
        """A button that stays with the camera, by its id: what it says, and the cart as it is now."""
        try:
            chosen = json.loads(body)["id"]
        except (ValueError, KeyError, TypeError):
            raise BadInput("nothing_said") from None
        replies = self.cameras.of(who.id).replies.values()
        shown = {action.id: action for reply in replies for action in found_actions(reply.cards)}
        action = shown.get(chosen) if isinstance(chosen, str) else None
        if action is None or action.verb != STAYING:
            raise NotFound("unknown_action")
        reply = self.assistant.tap(who, action.verb, action.target, {})
        done = not any(isinstance(card, Notice) for card in reply.cards)
        return {"done": done, "said": "" if done else reply.text, "sum": self._cart(who)}

    def close(self, who: Session, _: bytes) -> Json:
        camera = self.cameras.close(who.id)
        if camera is None or not camera.replies:
            return {"html": ""}
        reply = self.assistant.keep(who, camera.view, tuple(camera.replies.values()))
        said = turns.request_of(reply, "", [say(who.language, "service.live")], (), False)
        return {"html": turns.turn(self._drawer(who), turns.as_json(reply), said)}

    def _drawer(self, who: Session) -> Drawer:
        return Drawer(who.language, self.assistant.clock.now(), self.assistant.settings.undo_seconds)

    def _drawn(self, who: Session, number: str, reply: Reply) -> str:
        taps = {action.verb: action.id for action in found_actions(reply.cards)}
        drawer, reply_ = self._drawer(who), turns.as_json(reply)
        return finds.find(drawer, number, reply_, taps.get(STAYING, ""), taps.get(LEAVING, ""))

    def _cart(self, who: Session) -> str:
        return finds.cart(self._drawer(who), turns.as_json(self.assistant.cart(who)))


def routes(assistant: Assistant, who: Callable[[Any], str], cameras: Cameras | None = None) -> list[Any]:
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import JSONResponse, StreamingResponse
    from starlette.routing import Route

    desk = Desk(assistant, cameras or Cameras())
    verbs = {"open": desk.open, "tap": desk.tap, "close": desk.close}

    def refused(language: Language, code: int, key: str, **values: object) -> Response:
        return JSONResponse({"error": say(language, f"errors.{key}", **values)}, code)

    async def serve(call: Call) -> Response:
        verb, language = call.url.path.rpartition("/")[2], language_of(call.query_params.get("language", ""))
        if not 0 <= int(call.headers.get("content-length", -1)) <= (LARGEST_FRAME if verb == "frame" else LARGEST_TAP):
            return refused(language, 413, "frame_too_large", limit=LARGEST_FRAME >> 10)
        try:
            session = await run_in_threadpool(desk.session, who(call), call.path_params["session"], language)
            if verb != "frame":
                return JSONResponse(await run_in_threadpool(verbs[verb], session, await call.body()))
            if not desk.cameras.pace.admit(session.user):
                return refused(language, 429, "frames_too_fast")
            # this media type alone is passed on line by line by the middleware that compresses
            return StreamingResponse(desk.frame(session, await call.body()), media_type="text/event-stream")
        except LueurError as error:
            return refused(language, status_of(error), error.key, **error.values)

    return [Route(f"/live/{{session}}/{verb}", serve, methods=["POST"]) for verb in ("frame", *verbs)]
