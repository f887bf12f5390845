"""The open microphone: pieces of sound come in while a person speaks; the answer says whether they have finished.

POST /listen/ID    16-bit samples at 16 kHz, one piece after the other; {"began": ..., "ended": ...}

When a person pauses, what they said so far is heard already, in case that was all: the answer then waits for no
recogniser. No sound is kept longer than its microphone, nor after its end.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.errors import Refused
from models.sound import RATE, Samples
from models.vad import Endpoint

if TYPE_CHECKING:
    from starlette.requests import Request as Call
    from starlette.responses import Response

LARGEST = 64 << 10  # bytes of a piece: two seconds
MOST = 64  # microphones that are open
LONGEST = 2 * 15 * RATE  # bytes that the page records, and that are heard in a pause


@dataclass(slots=True)
class Ear:
    """One microphone: whether its person has ended, and its sound, until that or for as long as the page records."""

    end: Endpoint = field(default_factory=Endpoint)
    sound: bytes | None = b""
    paused: bool = False

    def push(self, piece: bytes) -> Samples | None:
        """All that was said, where a pause begins with this piece."""
        self.end.push(_samples(piece))
        said = (self.sound or b"") + piece
        self.sound = None if self.sound is None or self.end.ended or len(said) > LONGEST else said
        before, self.paused = self.paused, self.end.paused
        return _samples(said) if self.paused and not before and self.sound else None


class Ears:
    """The open microphones, by visitor and the page's own number for one; the one longest silent makes room.

    `opened` loads what hears a visitor, or hears what is given: it may take seconds, and runs beside the answer.
    """

    def __init__(self, opened: Callable[[str, Samples | None], object]) -> None:
        self._opened = opened
        self._free = threading.Lock()  # one microphone at a time is worked for; a flood of them is worked for no more
        self._guard = threading.Lock()
        self._open: dict[tuple[str, str], Ear] = {}

    def hear(self, user: str, number: str, piece: bytes) -> dict[str, bool]:
        with self._guard:
            fresh = (user, number) not in self._open
            ear = self._open.pop((user, number), None) or Ear()
            self._open = dict(list(self._open.items())[-MOST + 1 :]) | {(user, number): ear}
        said = ear.push(piece[: len(piece) // 2 * 2])
        if (fresh or said is not None) and self._free.acquire(blocking=False):
            threading.Thread(target=self._open_for, args=(user, said), name="microphone", daemon=True).start()
        return {"began": ear.end.began, "ended": ear.end.ended}

    def _open_for(self, user: str, said: Samples | None) -> None:
        try:
            self._opened(user, said)
        finally:
            self._free.release()


def _samples(piece: bytes) -> Samples:
    return np.frombuffer(piece, "<i2").astype(np.float32) * np.float32(1 / 32768)


def routes(who: Callable[[Any], str], opened: Callable[[str, Samples | None], object]) -> list[Any]:
    """`opened` is called beside the answer when a visitor's microphone opens, and with its sound when they pause."""
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    ears = Ears(opened)

    async def listen(call: Call) -> Response:
        if not 0 <= int(call.headers.get("content-length", -1)) <= LARGEST:
            return JSONResponse({}, 413)
        try:
            user = who(call)
        except Refused:
            return JSONResponse({}, 403)
        piece = await call.body()
        return JSONResponse(await run_in_threadpool(ears.hear, user, call.path_params["id"][:40], piece))

    return [Route("/listen/{id}", listen, methods=["POST"])]
