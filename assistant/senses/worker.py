"""The limited process that opens media of strangers, seen from outside: start, ask, stream, kill, start again.

Frames in both directions are two lengths, a JSON head and raw bytes; nothing that comes back is ever executed or
unpickled. Knows nothing of pictures or sound: verbs and their results are `inside.py`'s.
"""

import itertools
import json
import logging
import os
import queue
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from assistant.errors import BadInput, LueurError, Unavailable

HEAD = struct.Struct(">II")
LARGEST_HEAD, LARGEST_BLOB = 16 << 20, 160 << 20  # bytes of one frame
MEMORY = 1536 << 20  # bytes of private memory (RLIMIT_DATA); the peak over 60 real receipts is 616 MB
SECONDS = 90.0  # wall time of one job from the moment it begins
PATIENCE = 180.0  # seconds a job may wait for its turn
JOBS = 200  # after so many jobs a fresh process takes over
KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "HOME", "SYSTEMROOT")  # of the environment; no key or secret goes in

log = logging.getLogger(__name__)
Frame = tuple[dict[str, Any], bytes]


def write_frame(pipe: IO[bytes], head: dict[str, Any], blob: bytes = b"") -> None:
    text = json.dumps(head).encode()
    pipe.write(HEAD.pack(len(text), len(blob)) + text + blob)
    pipe.flush()


def read_frame(pipe: IO[bytes]) -> Frame | None:
    """The next frame, or None at the end. Raises `ValueError` for anything that is no frame."""
    sizes = pipe.read(HEAD.size)
    if len(sizes) < HEAD.size:
        return None
    head, blob = HEAD.unpack(sizes)
    if head > LARGEST_HEAD or blob > LARGEST_BLOB:
        raise ValueError("a frame beyond its limits")
    text, data = pipe.read(head), pipe.read(blob)
    if len(text) < head or len(data) < blob:
        return None
    return dict(json.loads(text)), data


# glibc keeps nothing large, so each inference faults its pages in anew: 30 % of its time. Four times as much kept would
# spare another 14 % and lift the peak over 60 receipts from 616 MB to more than 900.
HEAP = {"MALLOC_TRIM_THRESHOLD_": "16000000", "MALLOC_MMAP_THRESHOLD_": "4000000"}  # bytes


class Died(Exception):
    """The process ended under a job; `mine` when this job was the only one, or the one over its time."""

    def __init__(self, mine: bool) -> None:
        super().__init__(mine)
        self.mine = mine


def _twice(eye: Path | None) -> int:
    """Bytes of a vision model's files, once read and once loaded."""
    return 2 * sum(file.stat().st_size for file in eye.glob("*.safetensors")) if eye else 0


class Process:
    """One running worker: a thread reads its frames and hands each to the job it belongs to."""

    def __init__(self, memory: int, eye: Path | None = None) -> None:
        root = str(Path(__file__).parents[2])
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        alone = {"PYTHONPATH": root, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "TRANSFORMERS_VERBOSITY": "error",
                 "MALLOC_ARENA_MAX": "2", **HEAP}  # fmt: skip
        self._process = subprocess.Popen(
            [sys.executable, "-m", "assistant.senses.inside", str(memory + _twice(eye)), str(eye or "")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=kept | alone,
        )  # fmt: skip
        self.pid = self._process.pid
        self.state = "warming up"
        self.jobs = 0
        self._waiting: dict[int, queue.SimpleQueue[Frame | Died]] = {}
        self._guard = threading.Lock()
        self._culprit: int | None = None
        threading.Thread(target=self._listen, name="senses", daemon=True).start()

    @property
    def alive(self) -> bool:
        return self.state != "gone"

    @property
    def idle(self) -> bool:
        return not self._waiting

    def ask(self, number: int, head: dict[str, Any], blob: bytes, seconds: float) -> Iterator[Frame]:
        """Send a job and yield its frames until the last. Raises `Died` when the process ends first."""
        answers: queue.SimpleQueue[Frame | Died] = queue.SimpleQueue()
        with self._guard:
            if not self.alive:
                raise Died(mine=False)
            self._waiting[number] = answers
            self.jobs += 1
        try:
            self._send({"id": number, **head}, blob)
            yield from self._answers(number, answers, seconds)
        finally:
            with self._guard:
                self._waiting.pop(number, None)

    def _send(self, head: dict[str, Any], blob: bytes) -> None:
        try:
            with self._guard:
                assert self._process.stdin
                write_frame(self._process.stdin, head, blob)
        except (BrokenPipeError, ValueError):
            log.debug("the worker closed its ear")  # its end is told by the listening thread

    def _answers(self, number: int, answers: queue.SimpleQueue[Frame | Died], seconds: float) -> Iterator[Frame]:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                answer = answers.get(timeout=max(until - time.monotonic(), 0.001))
            except queue.Empty:
                self._culprit = number
                self.kill()
                answer = answers.get()
            if isinstance(answer, Died):
                raise answer
            if "began" in answer[0]:
                until = time.monotonic() + seconds
                continue
            yield answer
            if "done" in answer[0]:
                return

    def _listen(self) -> None:
        assert self._process.stdout
        try:
            while frame := read_frame(self._process.stdout):
                if frame[0].get("state"):
                    self.state = str(frame[0]["state"])
                    log.log(logging.WARNING if "why" in frame[0] else logging.INFO, "senses worker: %s", frame[0])
                elif answers := self._waiting.get(int(frame[0]["id"])):
                    answers.put(frame)
        except (ValueError, KeyError, TypeError):
            log.warning("the senses worker sent what is no frame")
        self._bury()

    def _bury(self) -> None:
        self._process.kill()
        self._process.wait()
        with self._guard:
            self.state = "gone"
            waiting, alone = dict(self._waiting), len(self._waiting) == 1
        for number, answers in waiting.items():
            answers.put(Died(mine=alone or number == self._culprit))

    def kill(self) -> None:
        self._process.kill()


class Worker:
    """Always at most one process; a new one is started when it is needed and the old one is gone or worn.

    `eye`: the folder of a larger vision model, whose weights come on top of `memory`.
    """

    def __init__(
        self, memory: int = MEMORY, seconds: float = SECONDS, jobs: int = JOBS, eye: Path | None = None
    ) -> None:  # fmt: skip
        self._limits = (memory, seconds, jobs)
        self._eye = eye
        self._numbers = itertools.count(1)
        self._guard = threading.Lock()
        self._process: Process | None = None
        self._closed = False

    def start(self) -> Process:
        """The running process, started if there is none. It warms itself up; this does not wait for it."""
        with self._guard:
            if self._closed:
                raise Unavailable("senses_closed")
            worn = self._process and self._process.jobs >= self._limits[2] and self._process.idle
            if self._process and worn:
                self._process.kill()
            if self._process is None or worn or not self._process.alive:
                self._process = Process(self._limits[0], self._eye)
            return self._process

    def stream(self, verb: str, blob: bytes, too_heavy: str, **values: Any) -> Iterator[Frame]:
        """The frames of one job. Raises `BadInput(too_heavy)` when the job broke its memory or time limit.

        A job that was merely running beside the one that broke the process is asked again, once.
        """
        for attempt in (1, 2):
            sent = 0
            try:
                for frame in self.start().ask(next(self._numbers), {"verb": verb, **values}, blob, self._limits[1]):
                    _raise(frame[0])
                    sent += 1
                    yield frame
                return
            except Died as death:
                if death.mine or attempt == 2:
                    raise BadInput(too_heavy) from None
                log.info("asking again after the worker ended (%d frames seen)", sent)

    def run(self, verb: str, blob: bytes, too_heavy: str, **values: Any) -> Frame:
        """The last frame of a job."""
        return list(self.stream(verb, blob, too_heavy, **values))[-1]

    @property
    def state(self) -> str:
        process = self._process
        return process.state if process and process.alive else "resting"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process and self._process.alive else None

    def close(self) -> None:
        with self._guard:
            self._closed = True
            if self._process:
                self._process.kill()


def _raise(head: dict[str, Any]) -> None:
    """An error frame names a key and plain values; only known kinds of error are raised."""
    if "error" not in head:
        return
    kinds: dict[str, type[LueurError]] = {"BadInput": BadInput, "Unavailable": Unavailable}
    if head.get("why"):
        log.warning("senses worker: %s", head["why"])
    kind = kinds.get(str(head.get("kind")), BadInput)
    raise kind(str(head["error"]), **{str(name): value for name, value in dict(head.get("values", {})).items()})
