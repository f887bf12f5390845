"""The real server in a process of its own, the real page in Chromium. Nothing here stands in for a part of Lueur."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import wave
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
FILES = ROOT / "assistant" / "demo" / "files"
ARTEFACTS = ROOT / "artefacts"
NAMES = ("chromium", "chromium-browser", "google-chrome")
SHELL = "chromium-headless-shell"  # Chromium without windows to draw: a third less CPU for a page, a slower camera
UNDO_SECONDS = 5
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
LOCALES = {"en": "en-US", "fr": "fr-FR", "zh": "zh-CN"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if {"speaking", "desk"} & set(getattr(item, "fixturenames", ())):
                item.add_marker(pytest.mark.realtime)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; without one the tests are skipped, or fail when one is required."""
    found = os.environ.get("LUEUR_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found:
        return found
    reason = "no Chromium found: install `chromium`, or name one in LUEUR_CHROMIUM"
    if os.environ.get("LUEUR_REQUIRE_BROWSER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def shell(chromium: str) -> str:
    """The Chromium for pages that need neither microphone nor camera."""
    return chromium if os.environ.get("LUEUR_CHROMIUM") else shutil.which(SHELL) or chromium


@dataclass(frozen=True)
class Server:
    url: str
    home: Path
    gallery: str  # a session that already holds one card of every kind, filled with a hostile text


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, chromium: str) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("lueur")
    gallery, port = _gallery(home), free_port()
    with serving(home, port, LUEUR_ADDRESS="Ada; 12 rue des Lilas; 69003; Lyon; FR"):
        yield Server(f"http://127.0.0.1:{port}/", home, gallery)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def serving(home: Path, port: int, program: str = "app.py", **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """The real server on this folder, ready to answer, with `more` in its environment; ended afterwards."""
    given = {"LUEUR_HOME": str(home), "LUEUR_PORT": str(port), "HF_HUB_OFFLINE": "1",
             "LUEUR_UNDO_SECONDS": f"{UNDO_SECONDS}", "GRADIO_TEMP_DIR": str(home / "uploads")} | more  # fmt: skip
    with (home / "server.out").open("wb") as out:
        running = subprocess.Popen(
            [sys.executable, *program.split()], cwd=ROOT, env=os.environ | given, stdout=out, stderr=subprocess.STDOUT
        )
        try:
            _wait(f"http://127.0.0.1:{port}/healthz", running, home)
            yield running
        finally:
            running.send_signal(signal.SIGINT)
            try:
                running.wait(15)
            except subprocess.TimeoutExpired:
                running.kill()


def _gallery(home: Path) -> str:
    """A conversation of the owner with every card, stored the way a turn stores it."""
    from assistant.clock import SystemClock
    from assistant.conversation import OWNER, Conversations
    from assistant.money import Money
    from assistant.payments import limits
    from assistant.request import Evidence, Request
    from assistant.store import Store
    from tests.ui import samples

    store = Store(home / "lueur.db")
    store.upgrade()
    with store.write() as db:  # every test pays from this wallet: their sum must not meet a limit of the day
        wallet = limits.wallet(db, OWNER, "EUR")
        limits.keep(db, replace(wallet, per_day=Money(900_000, "EUR"), per_month=Money(900_000, "EUR"), per_hour=500))
    conversations = Conversations(store, SystemClock())
    session = conversations.open(OWNER, None, "en")
    conversations.publish(session, Request(samples.HOSTILE), Evidence(), samples.cards(samples.HOSTILE))
    store.close()
    return session.id


def _wait(address: str, running: subprocess.Popen[bytes], home: Path) -> None:
    deadline = time.monotonic() + 150
    while time.monotonic() < deadline:
        assert running.poll() is None, (home / "server.out").read_text(errors="replace")[-3000:]
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                if b'"ready":true' in answer.read().replace(b" ", b""):
                    return
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.3)
    pytest.fail("the server did not become ready")


class Visit:
    """One browser window on the page, with everything it asked the network for."""

    def __init__(self, page: Any, url: str) -> None:
        self.page = page
        self.url = url
        self.requests: list[str] = []
        self.faults: list[str] = []
        self.hears = {"request": lambda request: self.requests.append(request.url),
                      "pageerror": lambda error: self.faults.append(str(error))}  # fmt: skip
        for event, heard in self.hears.items():
            page.on(event, heard)

    def leave(self) -> None:
        """The window hears nothing more and what it kept is forgotten. On the same site it keeps its process."""
        for event, heard in self.hears.items():
            self.page.remove_listener(event, heard)
        for other in self.page.context.pages:
            other is self.page or other.close()
        self.page.mouse.move(0, 0)
        self.page.goto(f"{self.url}healthz")
        self.page.context.clear_cookies()
        kept = {"origin": self.url.rstrip("/"), "storageTypes": "local_storage,indexeddb,service_workers,cache_storage"}
        cdp = self.page.context.new_cdp_session(self.page)
        cdp.send("Storage.clearDataForOrigin", kept)
        cdp.detach()

    @property
    def outside(self) -> list[str]:
        return [url for url in self.requests if not url.startswith((self.url, "data:", "blob:"))]

    def open(self, session: str = "") -> Visit:
        if session:
            self.page.goto(f"{self.url}healthz")
            self.page.evaluate("id => localStorage.setItem('lueur.session', id)", session)
        self.page.goto(self.url)
        self.page.wait_for_selector("body[data-ready]", timeout=30_000)
        return self

    def ask(self, text: str, *files: Path) -> Any:
        """Type, attach, press Enter; the finished turn."""
        if files:
            self.page.set_input_files("#box input[type=file]", [str(file) for file in files])
            self.page.wait_for_selector("#box .thumbnail-item, #box .thumbnails", timeout=20_000)
        self.page.fill("#box textarea", text)
        return self.answered(lambda: self.page.press("#box textarea", "Enter"))

    def answered(self, gesture: Callable[[], Any]) -> Any:
        """The turn that answers a gesture, once it is painted."""
        turns = self.page.locator("#log > .turn:not(.pending)")
        before = turns.count()
        gesture()
        self.page.wait_for_function(
            "n => document.querySelectorAll('#log > .turn:not(.pending)').length > n", arg=before, timeout=60_000
        )
        return turns.last

    def picture(self, name: str) -> None:
        ARTEFACTS.mkdir(exist_ok=True)
        self.page.wait_for_timeout(400)
        self.page.screenshot(path=str(ARTEFACTS / f"{name}.png"))


Visitor = Callable[..., Visit]


@pytest.fixture
def measured(capsys: pytest.CaptureFixture[str]) -> Callable[..., None]:
    """Prints figures and keeps them beside the pictures: `measured(ready_s=0.9)`."""

    def note(**figures: object) -> None:
        ARTEFACTS.mkdir(exist_ok=True)
        with (ARTEFACTS / "page.jsonl").open("a") as file, capsys.disabled():
            file.write(json.dumps(figures) + "\n")
            sys.stdout.write(f"\n  {json.dumps(figures)}\n")

    return note


@pytest.fixture(scope="session")
def playwright(chromium: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Any, shell: str) -> Iterator[Any]:
    with playwright.chromium.launch(executable_path=shell, args=list(QUIET)) as running:
        yield running


Idle = dict[tuple[str, bool], list[Any]]


@pytest.fixture(scope="session")
def idle(browser: Any) -> Idle:
    """Empty pages by language and touch. One that has shown the page before shows it again for half the CPU."""
    return defaultdict(list)


@pytest.fixture
def motion() -> str:
    """What an English window asks for; the files that look at the page in motion say "no-preference"."""
    return "reduce"  # drawing what moves takes a fifth of a core


@pytest.fixture
def visit(browser: Any, idle: Idle, server: Server, motion: str) -> Iterator[Visitor]:
    """Opens windows: `visit("fr", width=390, scheme="dark")`. A fault of the page's script fails the test."""
    opened: list[tuple[Visit, list[Any]]] = []

    def open_one(language: str = "en", width: int = 1280, scheme: str = "light", session: str = "") -> Visit:
        pages = idle[language, width < 600]
        if not pages:
            pages.append(browser.new_context(locale=LOCALES[language], has_touch=width < 600).new_page())
        page = pages.pop()
        page.set_viewport_size({"width": width, "height": 860 if width > 600 else 844})
        page.emulate_media(media="screen", color_scheme=scheme, reduced_motion=motion if language == "en" else "reduce")
        seen = Visit(page, server.url)
        opened.append((seen, pages))
        return seen.open(session)

    yield open_one
    for seen, pages in opened:
        seen.leave()
        pages.append(seen.page)
    for seen, _ in opened:
        assert not seen.faults
        assert not seen.outside


@pytest.fixture
def speaking(playwright: Any, chromium: str, server: Server, tmp_path: Path) -> Iterator[Callable[..., Visit]]:
    """A window whose microphone says a clip: `speaking("pay_alice.wav")`."""
    running: list[Any] = []

    def open_one(clip: str, language: str = "en") -> Visit:
        sound = _microphone(FILES / clip, tmp_path / clip)
        flags = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
                 f"--use-file-for-fake-audio-capture={sound}%noloop"]  # fmt: skip
        browser = playwright.chromium.launch(executable_path=chromium, args=[*QUIET, *flags])
        running.append(browser)
        context = browser.new_context(locale=LOCALES[language], permissions=["microphone"])
        return Visit(context.new_page(), server.url).open()

    yield open_one
    for browser in running:
        browser.close()


def _microphone(clip: Path, made: Path) -> Path:
    """The clip at 48 kHz mono with 1 s of quiet before it and 6 s after, as Chromium's fake device plays it."""
    import numpy as np

    with wave.open(str(clip), "rb") as file:
        rate, channels = file.getframerate(), file.getnchannels()
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16)[::channels]
    times = np.arange(0, len(samples), rate / 48_000)
    voice = np.interp(times, np.arange(len(samples)), samples).astype(np.int16)
    padded = np.concatenate([np.zeros(48_000, np.int16), voice, np.zeros(6 * 48_000, np.int16)])
    with wave.open(str(made), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(padded.tobytes())
    return made
