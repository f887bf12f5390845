"""Weights from a hub: a server on this machine stands where it would be, and behaves as hubs and networks do."""

import hashlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from models.fetch import Fetch
from models.weights import FILE, Pinned, pinned, whisper

BLOCK = 1 << 16
BODY = bytes(range(256)) * 12_000  # 3 MB
WANTED = Pinned("base", "openai/whisper-base", "e37978b9", len(BODY), hashlib.sha256(BODY).hexdigest())


class Hub(BaseHTTPRequestHandler):
    """Redirects to where the bytes are, as the hub does, and serves ranges."""

    def do_GET(self) -> None:
        hub: Any = self.server
        if self.path == f"/{WANTED.address}":
            self.send_response(302)
            self.send_header("Location", "/store/1")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        hub.asked.append(self.headers.get("Range", ""))
        start = int(self.headers["Range"][6:-1]) if "Range" in self.headers and hub.ranges else 0
        if hub.status:
            self.send_error(hub.status)
            return
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(hub.body) - 1}/{len(hub.body)}")
        self.send_header("Content-Length", str(len(hub.body) - start))
        self.end_headers()
        for at in range(start, min(hub.breaks, len(hub.body)), BLOCK):
            self.wfile.write(hub.body[at : min(at + BLOCK, hub.breaks)])
            time.sleep(hub.pause)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    server.body, server.ranges, server.status, server.pause, server.breaks = BODY, True, 0, 0.0, len(BODY) * 2
    server.asked = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}/")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    yield server
    server.shutdown()
    server.server_close()


def halfway(fetch: Fetch) -> Fetch:
    """The same file, some of it already here."""
    fetch.part.parent.mkdir(parents=True)
    fetch.part.write_bytes(BODY[:1_000_000])
    return fetch


def until(fetch: Fetch, *states: str) -> None:
    deadline = time.monotonic() + 20
    while fetch.state not in states:
        assert time.monotonic() < deadline, fetch.state
        time.sleep(0.01)


def test_a_file_comes_to_where_the_recogniser_looks_for_it(hub: Any) -> None:
    told: list[str] = []
    fetch = Fetch(WANTED, arrived=lambda: told.append("here"))
    assert (fetch.state, fetch.done, whisper()) == ("offered", 0, None)
    fetch.run()
    assert (fetch.state, fetch.done) == ("ready", len(BODY))
    assert fetch.place.read_bytes() == BODY and not fetch.part.exists()
    found = whisper()
    assert found and found.file == fetch.place and found.name == "base"
    assert told == ["here"]


def test_it_says_how_much_is_here_and_how_fast_it_comes_and_stops_at_a_tap(hub: Any) -> None:
    hub.pause = 0.03
    fetch = Fetch(WANTED)
    fetch.start()
    until(fetch, "fetching")
    while fetch.done < 300_000:
        time.sleep(0.01)
    assert fetch.state == "fetching" and fetch.speed > 10_000
    fetch.pause()
    until(fetch, "paused")
    kept = fetch.done
    assert 0 < kept < len(BODY)
    hub.pause = 0
    fetch.start()
    until(fetch, "ready")
    assert hub.asked[-1] == f"bytes={kept}-"
    assert fetch.place.read_bytes() == BODY


def test_a_cancelled_file_gives_the_disk_back(hub: Any) -> None:
    hub.pause = 0.05
    fetch = Fetch(WANTED)
    fetch.start()
    while not fetch.done:
        time.sleep(0.01)
    fetch.cancel()
    assert (fetch.state, fetch.done, fetch.part.exists()) == ("offered", 0, False)


def test_a_restart_goes_on_where_the_last_process_stopped(hub: Any) -> None:
    fetch = halfway(Fetch(WANTED))
    assert (fetch.state, fetch.done) == ("paused", 1_000_000)
    fetch.run()
    assert (fetch.state, hub.asked) == ("ready", ["bytes=1000000-"])


def test_a_hub_that_cannot_go_on_in_the_middle_sends_all_of_it(hub: Any) -> None:
    hub.ranges = False
    fetch = halfway(Fetch(WANTED))
    fetch.run()
    assert (fetch.state, fetch.place.read_bytes() == BODY) == ("ready", True)


def test_a_broken_connection_keeps_what_came(hub: Any) -> None:
    hub.breaks = 700_000
    fetch = Fetch(WANTED)
    fetch.run()
    assert (fetch.state, fetch.done) == ("interrupted", 700_000)
    hub.breaks = len(BODY)
    fetch.run()
    assert fetch.state == "ready"


@pytest.mark.parametrize("body", [BODY[:-1] + b"\x00", BODY + b"more", BODY[1:] + b"\xff" * 5_000_000], ids=len)
def test_other_bytes_are_refused_and_thrown_away(hub: Any, body: bytes) -> None:
    hub.body = body
    fetch = Fetch(WANTED)
    fetch.run()
    assert (fetch.state, fetch.part.exists(), whisper()) == ("refused", False, None)


def test_a_damaged_beginning_is_refused_not_completed(hub: Any) -> None:
    fetch = halfway(Fetch(WANTED))
    fetch.part.write_bytes(b"x" * 1_000_000)
    fetch.run()
    assert fetch.state == "refused"
    fetch.run()
    assert fetch.state == "ready"


def test_more_than_the_disk_holds_is_not_begun(hub: Any) -> None:
    fetch = Fetch(replace(WANTED, bytes=2**60))
    fetch.run()
    assert (fetch.state, hub.asked) == ("full", [])


def test_a_disk_that_fills_up_on_the_way_is_said(hub: Any) -> None:
    fetch = Fetch(WANTED)
    fetch.part.parent.mkdir(parents=True)
    fetch.part.symlink_to("/dev/full")
    fetch.run()
    assert fetch.state == "full"
    fetch.part.unlink()
    fetch.run()
    assert fetch.state == "ready"


@pytest.mark.parametrize("status", [404, 429, 500])
def test_a_hub_that_refuses_is_remembered_as_not_answering(hub: Any, status: int) -> None:
    hub.status = status
    fetch = Fetch(WANTED)
    fetch.run()
    assert fetch.state == "unreachable"
    assert len(hub.asked) == 1  # it is not tried again by itself


def test_nobody_at_the_address_is_said_at_once(hub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{free.getsockname()[1]}")
        fetch = Fetch(WANTED)
        fetch.run()
    assert fetch.state == "unreachable"


def test_a_hub_that_takes_no_call_is_given_up(hub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.fetch.CONNECT", 0.3)
    with socket.create_server(("127.0.0.1", 0), backlog=0) as busy:
        address = busy.getsockname()
        with socket.create_connection(address):  # the only place in its queue
            monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{address[1]}")
            fetch = Fetch(WANTED)
            fetch.run()
    assert fetch.state == "unreachable"


def test_a_hub_that_falls_silent_is_given_up(hub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.fetch.READ", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
        fetch = Fetch(WANTED)
        fetch.run()
    assert fetch.state == "interrupted"


def test_offline_asks_nobody(hub: Any) -> None:
    fetch = Fetch(WANTED, offline=True)
    fetch.start()
    until(fetch, "offline")
    assert hub.asked == []


def test_two_processes_do_not_write_one_file(hub: Any) -> None:
    hub.pause = 0.05
    first, second = Fetch(WANTED), Fetch(WANTED)
    first.start()
    while not first.done:
        time.sleep(0.01)
    second.run()
    assert second.state == "interrupted"
    hub.pause = 0
    until(first, "ready")
    assert second.state == "ready"


def test_a_space_preloads_the_pinned_file() -> None:
    base = pinned()["base"]
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert f"  - {base.repo} {FILE} {base.revision}\n" in readme.split("---")[1]


def test_every_pin_names_one_revision_and_one_hash() -> None:
    for pin in pinned().values():
        assert len(pin.revision) == 40 and len(pin.sha256) == 64 and pin.bytes > 100_000_000
        assert f"openai/whisper-{pin.name}/resolve/{pin.revision}/" in pin.address
