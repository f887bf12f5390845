"""The house as a person meets it: the command line, the page's start, a turn, a payment, and the memory of it all.

Everything is the real thing: a subprocess, a served page, an Assistant in a folder of its own with demo data.
"""

from __future__ import annotations

import itertools
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from assistant.core import Assistant
from assistant.folder import server_of
from assistant.protocols.local import Here, There, packed
from assistant.request import Request, Upload
from assistant.selftest import FILES, walk
from assistant.settings import Settings
from bench.figures import Figure, figure, p95, seconds

TURNS = 200
PICTURES = 3  # read meanwhile


def measure(data: Path | None) -> Iterator[Figure]:  # noqa: ARG001  quality data is for the senses
    yield from command_line()
    yield from page()
    yield from turns()


# -- the command line -------------------------------------------------------------------------------------------------


def command_line() -> list[Figure]:
    lueur = Path(sys.executable).with_name("lueur")
    times = [seconds(lambda: subprocess.run([lueur, "--help"], stdout=subprocess.DEVNULL)) for _ in range(15)]
    return [figure("lueur --help, median of 15", statistics.median(times), "s", 0.3)]


# -- the page ---------------------------------------------------------------------------------------------------------


def page() -> Iterator[Figure]:
    """Start to first answered page, on a new folder (the demo household is made) and on a known one; then memory."""
    with tempfile.TemporaryDirectory() as home:
        with served(Path(home), "serve") as (first, _, _):
            yield figure("page answers, new folder", first, "s")
        with served(Path(home), "serve") as (again, process, url):
            yield figure("page answers, known folder", again, "s", 8.0)
            ready(url)
            yield figure("memory of all processes, idle (PSS)", memory(process.pid) / 2**30, "GiB")
            server = server_of(Path(home))
            assert server
            seven_paths(There(server))
            after = memory(process.pid)
            yield figure("memory of all processes, after the seven paths (PSS)", after / 2**30, "GiB", 1.4)


@contextmanager
def served(home: Path, *arguments: str, page: str = "/") -> Iterator[tuple[float, subprocess.Popen[bytes], str]]:
    """A `lueur` of its own: the seconds until its page answers, the process, its address."""
    import httpx

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    environment = os.environ | {"LUEUR_HOME": str(home), "HF_HUB_OFFLINE": "1"}
    began = time.perf_counter()
    process = subprocess.Popen(
        [Path(sys.executable).with_name("lueur"), *arguments, "--port", str(port)],
        env=environment, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        while True:
            try:
                if httpx.get(url + page, trust_env=False).is_success:
                    break
            except httpx.HTTPError:
                if process.poll() is not None:
                    raise RuntimeError("the server ended by itself") from None
            time.sleep(0.05)
        yield time.perf_counter() - began, process, url
    finally:
        process.terminate()
        process.wait(30)


def ready(url: str) -> None:
    import httpx

    while not httpx.get(f"{url}/healthz", trust_env=False).json()["ready"]:
        time.sleep(0.2)


def seven_paths(desk: There) -> None:
    for request in (*mixed(), _picture("invoice.png", "Pay this"), _picture("invoice.png"), _picture("barcode.png")):
        if error := desk.call("ask", packed(request))["error"]:
            raise RuntimeError(f"{request.text or request.images[0].name}: {error}")


def memory(pid: int) -> int:
    """Proportional set size of a process and all beneath it, in bytes (Linux)."""
    import psutil

    top = psutil.Process(pid)
    return sum(process.memory_full_info().pss for process in (top, *top.children(recursive=True)))


# -- turns ------------------------------------------------------------------------------------------------------------


def turns() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as home:
        assistant = Assistant(Settings(home=Path(home), offline=True, undo_seconds=0))
        assistant.start()
        try:
            yield from _in_the_process(Here(assistant))
        finally:
            assistant.close()
    outcomes = list(walk(Settings(offline=True)))
    passed = [one for one in outcomes if not one.wrong]
    yield figure("selftest: paths that pass", len(passed), "paths", least=len(outcomes))
    yield from (figure(f"selftest: {one.path}", one.milliseconds, "ms") for one in passed)


def _in_the_process(desk: Here) -> Iterator[Figure]:
    for request in mixed():
        desk.ask(None, request)
    alone = [seconds(lambda r=r: desk.ask(None, r)) for r in itertools.islice(itertools.cycle(mixed()), TURNS)]
    yield figure(f"text turn in the process, p95 of {TURNS} mixed", 1000 * p95(alone), "ms", 150)
    yield figure("text turn in the process, median", 1000 * statistics.median(alone), "ms")
    pay = [_confirm(desk) for _ in range(30)]
    yield figure("confirm to result on the sandbox, p95 of 30", 1000 * p95(pay), "ms", 300)
    desk.ask(None, _picture("invoice.png"))
    beside, pictures = _beside_a_picture(desk)
    name = f"text turn while an image is read, p95 ({pictures} images)"
    yield figure(name, 1000 * p95(beside), "ms", 2, against=("alone", 1000 * p95(alone)))


def mixed() -> list[Request]:
    """One typed request of every story and language."""
    said = tomllib.loads((FILES.parents[1] / "selftest.toml").read_text(encoding="utf-8"))
    kinds = [kind for kind in said if kind != "invoice"]
    return [Request(words, language=language) for kind in kinds for language, words in said[kind].items()]


def _picture(name: str, words: str = "") -> Request:
    return Request(words, images=(Upload(name, (FILES / name).read_bytes()),))


def _beside_a_picture(desk: Here) -> tuple[list[float], int]:
    """Text turns while pictures are read, one after another, in another thread."""
    done, count = threading.Event(), 0

    def read() -> None:
        nonlocal count
        while not done.is_set():
            if desk.ask(None, _picture("invoice.png"))["error"]:
                return
            count += 1

    reader = threading.Thread(target=read)
    reader.start()
    said, times = itertools.cycle(mixed()), list[float]()
    while reader.is_alive() and count < PICTURES:
        times.append(seconds(lambda: desk.ask(None, next(said))))
    done.set()
    reader.join()
    return times, count


def _confirm(desk: Here) -> float:
    reply = desk.ask(None, Request("Pay Alice 1.25", language="en"))
    tap = next(a["id"] for a in reply["cards"][0]["actions"] if a["style"] == "primary")
    answer: dict[str, Any] = {}
    took = seconds(lambda: answer.update(desk.act(reply["session"], tap, {})))
    if [card["status"] for card in answer["cards"] if card["type"] == "receipt"] != ["succeeded"]:
        raise RuntimeError(f"not paid: {answer['text']}")
    return took
