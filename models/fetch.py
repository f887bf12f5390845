"""Weights on their way from the hub: by a person's tap, in the background, resumable, and only as the bytes pinned.

What has come stays in a `.part` file beside its place, so a pause, a lost connection or a restart costs nothing. A file
of another size or hash is thrown away. A failure is kept as the state: nothing is tried again by itself.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from typing import IO, Literal

from assistant.errors import NO_ROOM
from models.weights import Pinned

State = Literal["offered", "fetching", "paused", "ready", "offline", "unreachable", "interrupted", "refused", "full"]
HUB = "https://huggingface.co"
CONNECT, READ = 3.0, 20.0  # seconds until a hub that does not answer, or that falls silent, is given up
SPARE = 64 << 20  # bytes that stay free on the disk


class Wrong(Exception):
    """These are not the pinned bytes."""


class Fetch:
    """One pinned file: its state, how much of it is here, and the verbs of the person."""

    def __init__(self, wanted: Pinned, offline: bool = False, arrived: Callable[[], None] = lambda: None) -> None:
        self.wanted = wanted
        self.place = wanted.place
        self.part = self.place.with_name(self.place.name + ".part")
        self._fault: State | None = None
        self._offline = offline
        self._arrived = arrived
        self._brake = threading.Event()
        self._thread: threading.Thread | None = None
        self._from = (0.0, 0)  # when this run began, and with how many bytes

    @property
    def state(self) -> State:
        if self.place.is_file():
            return "ready"
        if self._thread and self._thread.is_alive() and not self._brake.is_set():
            return "fetching"
        return self._fault or ("offline" if self._offline else "paused" if self.done else "offered")

    @property
    def done(self) -> int:
        """Bytes that are here."""
        for path in (self.place, self.part):
            with contextlib.suppress(OSError):
                return path.stat().st_size
        return 0

    @property
    def speed(self) -> float:
        """Bytes a second since this run began."""
        began, before = self._from
        return max(0.0, (self.done - before) / max(time.monotonic() - began, 0.1)) if began else 0.0

    def start(self) -> None:
        """Begin, or go on where it stopped, in the background."""
        if self.state not in ("fetching", "ready"):
            self._brake = threading.Event()
            self._thread = threading.Thread(target=self.run, args=(self._brake,), daemon=True)
            self._thread.start()

    def pause(self) -> None:
        self._brake.set()
        if self._thread:
            self._thread.join(1)

    def cancel(self) -> None:
        """Stop, and give the disk back what has come."""
        self.pause()
        self.part.unlink(missing_ok=True)
        self._fault = None

    def run(self, brake: threading.Event | None = None) -> None:
        """Fetch until it is here, is stopped or fails; the state says which."""
        import httpx

        self._fault, self._from = None, (time.monotonic(), self.done)
        try:
            if not self._offline:
                self._fetch(brake or self._brake)
        except Wrong:
            self.part.unlink(missing_ok=True)
            self._fault = "refused"
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.HTTPStatusError, httpx.InvalidURL):
            self._fault = "unreachable"
        except httpx.HTTPError:
            self._fault = "interrupted"
        except OSError as error:  # also another process that is fetching it, and a body that ended early
            self._fault = "full" if error.errno in NO_ROOM else "interrupted"

    def _fetch(self, brake: threading.Event) -> None:
        self.part.parent.mkdir(parents=True, exist_ok=True)
        with self.part.open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if shutil.disk_usage(self.part.parent).free < self.wanted.bytes - file.tell() + SPARE:
                raise OSError(NO_ROOM[0], "no room")
            for block in self._blocks(file):
                file.write(block)
                if file.tell() > self.wanted.bytes:
                    raise Wrong
                if brake.is_set():
                    return
            if file.tell() < self.wanted.bytes:
                raise ConnectionError
        self._keep()

    def _blocks(self, file: IO[bytes]) -> Iterator[bytes]:
        """What is missing of the file; from its beginning when the hub cannot go on in the middle."""
        import httpx

        have = file.tell()
        if have >= self.wanted.bytes:
            return
        address = f"{(os.environ.get('HF_ENDPOINT') or HUB).rstrip('/')}/{self.wanted.address}"
        wait = httpx.Timeout(READ, connect=CONNECT)
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
        with httpx.stream("GET", address, headers=headers, timeout=wait, follow_redirects=True) as answer:
            answer.raise_for_status()
            if have and not answer.headers.get("content-range", "").startswith(f"bytes {have}-"):
                file.truncate(0)
                file.seek(0)
            yield from answer.iter_bytes()

    def _keep(self) -> None:
        """Put the file in its place once its bytes are proven."""
        with self.part.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != self.wanted.sha256:
                raise Wrong
        self.part.replace(self.place)
        self._arrived()
