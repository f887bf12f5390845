"""What runs inside the limited worker process: open, look, read, decode. Started by `worker.py`, never imported by it.

Three quick threads answer what takes milliseconds (codes, the vision model, audio decoding); one slow thread reads
text, so a picture being read never delays a code or a sentence.
"""

from __future__ import annotations

import base64
import os
import resource
import sys
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from assistant.errors import LueurError
from assistant.request import Seen
from assistant.senses import crops, read, scan, see
from assistant.senses.worker import read_frame, write_frame

if TYPE_CHECKING:
    from models.vision import Eye

IDLE_SECONDS = 900  # without work the process ends and gives its memory back
LIKE_THING = 0.1  # share of its opinion from which a picture may show a product
LIKE_PRINT = 0.1  # share of the vision model's opinion from which a frame is read
LARGEST_FILE = 64 << 20  # bytes it may write to a temporary file
Reader = Callable[[Any, float], tuple[list[list[Any]], float]]


class Room:
    """The worker's threads and its way back to the parent."""

    def __init__(self, out: IO[bytes], eye: Eye) -> None:
        self._out = out
        self._eye = eye
        self._guard = threading.Lock()
        self._quick = ThreadPoolExecutor(3)
        self._slow = ThreadPoolExecutor(1)
        self._open: set[int] = set()
        self._active = time.monotonic()

    def send(self, head: dict[str, Any], blob: bytes = b"") -> None:
        with self._guard:
            write_frame(self._out, head, blob)

    def watch(self) -> None:
        """End the process after a long while without work."""
        while self._open or time.monotonic() - self._active < IDLE_SECONDS:
            time.sleep(5)
        os._exit(0)

    def warm(self) -> None:
        """Load every engine before the first picture arrives."""
        self._quick.submit(self._load)
        self._slow.submit(read.load)

    def _load(self) -> None:
        try:
            scan.load()
            self._eye.load()
            self._slow.submit(self.send, {"state": "ready"})
        except Exception:
            self.send({"state": "broken", "why": traceback.format_exc()[-2000:]})

    def take(self, head: dict[str, Any], blob: bytes) -> None:
        self._open.add(head["id"])
        verb = {"see": self._see, "watch": self._watch, "pages": self._pages, "decode": self._decode,
                "small": self._small}[head["verb"]]  # fmt: skip
        self._quick.submit(self._guarded, head["id"], verb, head, blob)

    def _guarded(self, number: int, verb: Callable[..., None], *given: Any) -> None:
        """Run one step of a job; whatever goes wrong ends the job, not the worker."""
        try:
            self.send({"id": number, "began": True})
            verb(number, *given)
            return
        except LueurError as error:
            failed = {"error": error.key, "kind": type(error).__name__, "values": error.values}
        except MemoryError:
            failed = {"error": "picture_too_heavy", "kind": "BadInput"}
        except Exception as error:
            heavy = "bad_alloc" in str(error) or "allocate memory" in str(error)
            key = "picture_too_heavy" if heavy else "media_unreadable"
            failed = {"error": key, "kind": "BadInput", "why": traceback.format_exc()[-2000:]}
        self._end(number, failed)

    def _end(self, number: int, head: dict[str, Any], blob: bytes = b"") -> None:
        self._open.discard(number)
        self._active = time.monotonic()
        self.send({"id": number, "done": True, **head}, blob)

    def _see(self, number: int, head: dict[str, Any], blob: bytes) -> None:
        """Codes at once, then the vision model and local features, then (on the slow thread) the text."""
        from models.prints import prints

        picture, scale = see.opened(blob)
        size = {"size": [round(side * scale) for side in picture.size]}
        codes = scan.codes(picture, scale)
        known = {"codes": codes, **size}
        self.send({"id": number, **known})
        shown = self._looked(picture)
        looks = shown["kinds"]
        if not head["read"] or looks["product"] + looks["other"] + looks["code"] * (not codes) > LIKE_THING:
            shown["prints"] = base64.b64encode(prints(picture)).decode()
        if not head["read"]:
            self._end(number, known | shown)
            return
        self.send({"id": number, **shown})
        self._slow.submit(self._guarded, number, self._read, picture, scale, known | shown)

    def _watch(self, number: int, head: dict[str, Any], blob: bytes) -> None:
        """A camera's frame: codes at once, then print, if it may be read and looks like it, or codes that lie askew."""
        picture, scale = see.opened(blob, see.LARGEST_FRAME)
        size = [round(side * scale) for side in picture.size]
        known: dict[str, Any] = {"codes": scan.upright(picture, scale), "size": size}
        self.send({"id": number, **known})
        known |= self._looked(picture)
        self.send({"id": number, **known})
        if head["read"] and sum(known["kinds"][kind] for kind in read.PRINTED) > LIKE_PRINT:
            self._slow.submit(self._guarded, number, self._glance, picture, scale, known)
        else:
            self._end(number, _askew(picture, scale, known))

    def _glance(self, number: int, picture: Any, scale: float, known: dict[str, Any]) -> None:
        found = _print(picture, scale, known, read.glance)
        self._end(number, found | ({} if found["crops"] else _askew(picture, scale, known)))

    def _read(self, number: int, picture: Any, scale: float, known: dict[str, Any]) -> None:
        self._end(number, _print(picture, scale, known, read.lines))

    def _pages(self, number: int, head: dict[str, Any], blob: bytes) -> None:  # noqa: ARG002
        for page in see.pages(blob):
            self.send({"id": number, "page": True}, page)
        self._end(number, {})

    def _small(self, number: int, head: dict[str, Any], blob: bytes) -> None:
        """A picture's pixels, for who must not open files."""
        picture, _ = see.opened(blob)
        picture.thumbnail((head["side"], head["side"]))
        self._end(number, {"size": picture.size}, picture.tobytes())

    def _looked(self, picture: Any) -> dict[str, Any]:
        look = self._eye.look(picture)
        return {"kinds": look.kinds, "products": look.products, "features": look.features, "model": self._eye.NAME}

    def _decode(self, number: int, head: dict[str, Any], blob: bytes) -> None:  # noqa: ARG002
        import numpy as np

        from assistant.senses import hear

        self._end(number, {}, np.asarray(hear.decode(blob), "<f4").tobytes())


def _print(picture: Any, scale: float, known: dict[str, Any], reader: Reader) -> dict[str, Any]:
    """The lines, and a crop of each field they make: the same rules as outside say where one stands."""
    rows, slope = reader(picture, scale)
    found = {"lines": rows, "slope": slope}
    seen = see.judged(see.fold(Seen("other", 0.0), known | found, 0), known["kinds"], slope)
    return found | {"crops": crops.cut(picture, scale, seen)}


def _askew(picture: Any, scale: float, known: dict[str, Any]) -> dict[str, Any]:
    return {"codes": known["codes"] or scan.turned(picture, scale, scan.TURNED_FRAME)}


def _eye(folder: str) -> Eye:
    from models import siglip, vision

    return siglip.Siglip(Path(folder)) if folder else vision


def limit(memory: int) -> None:
    """Bound private memory, written files and core dumps. What the system does not know (not Linux) stays unbound."""
    for kind, most in (
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_FSIZE, LARGEST_FILE),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def main() -> None:
    """Serve frames from stdin until it closes or nothing was asked for a long while."""
    limit(int(sys.argv[1]))
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not speak into the pipe
    room = Room(out, _eye(sys.argv[2]))
    room.warm()
    threading.Thread(target=room.watch, daemon=True).start()
    while frame := read_frame(sys.stdin.buffer):
        room.take(*frame)
    os._exit(0)


if __name__ == "__main__":
    main()
