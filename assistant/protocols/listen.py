"""The open microphone: pieces of sound come in while a person speaks; the answer says whether they have finished.

POST /listen/ID    16-bit samples at 16 kHz, one piece after the other; {"began": ..., "ended": ...}

No sound is kept: a few hundred numbers of the network's memory stay until a newer microphone needs the place.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.errors import Refused
from models.vad import Endpoint

if TYPE_CHECKING:
    from starlette.requests import Request as Call
    from starlette.responses import Response

LARGEST = 64 << 10  # bytes of a piece: two seconds
MOST = 64  # microphones that are open


class Ears:
    """The open microphones, by visitor and the page's own number for one; the one longest silent makes room."""

    def __init__(self, opened: Callable[[str], object]) -> None:
        self._opened = opened
        self._free = threading.Lock()  # one microphone at a time is prepared for; a flood of them prepares nothing more
        self._guard = threading.Lock()
        self._open: dict[tuple[str, str], Endpoint] = {}

    def hear(self, user: str, number: str, piece: bytes) -> dict[str, bool]:
        with self._guard:
            fresh = (user, number) not in self._open
            ear = self._open.pop((user, number), None) or Endpoint()
            self._open = dict(list(self._open.items())[-MOST + 1 :]) | {(user, number): ear}
        if fresh and self._free.acquire(blocking=False):
            threading.Thread(target=self._prepare, args=(user,), name="microphone", daemon=True).start()
        ear.push(np.frombuffer(piece[: len(piece) // 2 * 2], "<i2").astype(np.float32) * np.float32(1 / 32768))
        return {"began": ear.began, "ended": ear.ended}

    def _prepare(self, user: str) -> None:
        try:
            self._opened(user)
        finally:
            self._free.release()


def routes(who: Callable[[Any], str], opened: Callable[[str], object]) -> list[Any]:
    """`opened` is called beside the answer when a visitor's microphone opens."""
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
