"""A visitor without a screen: keeps the page's cookie and speaks the page's own protocol with the real server."""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[1]
SESSION = re.compile(r'class="session" data-id="(ses_[0-9a-f]+)"')
ACTION = re.compile(r'data-id="(act_[0-9a-f]+)"')


class Visitor:
    def __init__(self, url: str, **how: Any) -> None:
        """`how`: what `httpx.Client` takes, such as the headers that a proxy adds."""
        self.http = httpx.Client(base_url=url, timeout=120, **how)
        self.tab = secrets.token_hex(6)
        self.session = ""
        self.functions: dict[str, int] = {}

    def open(self) -> Visitor:
        """Load the page as a browser does: its cookie, its functions, its session."""
        self.http.get("/").raise_for_status()
        listed = self.http.get("/config").raise_for_status().json()["dependencies"]
        self.functions = {each["api_name"]: each["id"] for each in listed if each["api_name"]}
        self.session = SESSION.search(self.fire("hello")[-1])[1]  # type: ignore[index]
        return self

    def fire(self, event: str, **sent: Any) -> list[str]:
        """One event of the page; the pieces of HTML that answer it, in order."""
        body = {"data": [], "event_data": {"session": self.session, "page": "en", "number": "q1", **sent},
                "fn_index": self.functions[f"page_{event}"], "trigger_id": None, "session_hash": self.tab}  # fmt: skip
        number = self.http.post("/gradio_api/queue/join", json=body).raise_for_status().json()["event_id"]
        return list(self._answers(number))

    def _answers(self, number: str) -> list[str]:
        shown, pieces = "", []
        with self.http.stream("GET", "/gradio_api/queue/data", params={"session_hash": self.tab}) as stream:
            stream.raise_for_status()
            for line in stream.iter_lines():
                said = json.loads(line[5:]) if line.startswith("data:") else {}
                if said.get("msg") == "unexpected_error":
                    raise RuntimeError(said["message"])
                if said.get("event_id") != number or not said.get("msg", "").startswith("process_"):
                    continue
                if (data := said.get("output", {}).get("data")) and said["msg"] != "process_starts":
                    shown = _after(shown, data[0])
                    pieces.append(shown)
                if said["msg"] == "process_completed":
                    assert said["success"], said
                    return pieces
        raise RuntimeError("the stream ended without an answer")

    def ask(self, text: str = "", *paths: str, **more: Any) -> str:
        return self.fire("ask", text=text, paths=list(paths), **more)[-1]

    def tap(self, action: str, **values: str) -> str:
        return self.fire("act", id=action, values=values)[-1]

    def upload(self, name: str, data: bytes) -> str:
        sent = self.http.post("/gradio_api/upload", files={"files": (name, data)}).raise_for_status().json()
        return str(sent[0])

    def close(self) -> None:
        self.http.close()


def _after(shown: str, news: Any) -> str:
    """Gradio sends the first value whole and then what changed."""
    if isinstance(news, str):
        return news
    for verb, _, value in news:
        shown = shown + value if verb == "append" else value
    return shown


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(home: Path, **given: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The real server on this folder, ready to answer, and its process; ended afterwards."""
    port = free_port()
    ours = {"LUEUR_HOME": str(home), "LUEUR_PORT": str(port), "HF_HUB_OFFLINE": "1", "LUEUR_LANGUAGE": "en",
            "LUEUR_WARM": "false", **given}  # fmt: skip
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LUEUR_", "STRIPE_"))}
    with (home / "server.out").open("wb") as out:
        running = subprocess.Popen(
            [sys.executable, "app.py"], cwd=ROOT, env=kept | ours, stdout=out, stderr=subprocess.STDOUT
        )
    url = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + 150
        while not _ready(url):
            assert running.poll() is None, (home / "server.out").read_text(errors="replace")[-3000:]
            assert time.monotonic() < until, "the server did not become ready"
            time.sleep(0.3)
        yield url, running
    finally:
        running.send_signal(signal.SIGTERM)
        try:
            running.wait(20)
        except subprocess.TimeoutExpired:
            running.kill()


def _ready(url: str) -> bool:
    try:
        return bool(httpx.get(f"{url}/healthz", timeout=5).json()["ready"])
    except (httpx.TransportError, ValueError):
        return False
