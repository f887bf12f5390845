"""Microphone, camera and weights in a real browser: hands-free, refusals, photos, and a hub on this machine."""

import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from models.weights import pinned
from tests.browser.conftest import FILES, LOCALES, QUIET, Server, Visit, Visitor, free_port, serving
from tests.browser.test_scan import filmed as filmed
from tests.browser.test_scan import table as table


def test_hands_free_goes_on_for_three_turns_and_ends_at_a_tap(speaking: Callable[..., Visit]) -> None:
    window = speaking("net_worth.wav")
    page, turns = window.page, window.page.locator("#log > .turn:not(.pending)")
    page.click("#open-settings")
    page.locator("#settings label.option", has=page.locator("input[name=hands][value=on]")).click()
    page.keyboard.press("Escape")
    page.click("#talk")
    turns.nth(2).locator(".figure").wait_for(timeout=90_000)
    page.locator("#talk[data-state=listening]").wait_for(timeout=20_000)
    page.keyboard.press("Escape")
    page.wait_for_timeout(1500)
    assert page.locator("#talk[data-state=listening]").count() == 0
    assert turns.count() == 3
    assert all("net worth" in turns.nth(turn).locator(".me").inner_text().lower() for turn in range(3))


def test_nothing_it_says_itself_is_heard(speaking: Callable[..., Visit]) -> None:
    window = speaking("net_worth.wav")
    page = window.page
    page.evaluate("Object.defineProperty(speechSynthesis, 'speaking', {get: () => window.talks, configurable: true})")
    page.evaluate("window.talks = true")
    page.click("#talk")
    page.wait_for_timeout(5000)  # the clip has been played by now
    assert page.locator("#talk[data-state=listening]").count() == 1
    page.evaluate("window.talks = false")
    page.locator("#ear", has_text="I heard nothing").wait_for(timeout=10_000)
    assert page.locator("#log > .turn").count() == 0


@pytest.mark.parametrize(("language", "words"), [("en", "blocked"), ("fr", "bloqué"), ("zh", "阻止")])
def test_a_refused_microphone_says_so_and_typing_works(
    filmed: Callable[..., Visit], table: Path, language: str, words: str
) -> None:
    window = filmed(table, language=language, allowed=False)
    window.page.click("#talk")
    window.page.locator("#ear", has_text=words).wait_for()
    window.page.locator("#talk[data-state=listening]").wait_for(state="detached")
    assert window.ask("?").inner_text()


def test_a_photo_by_the_webcam_becomes_a_document(filmed: Callable[..., Visit], table: Path) -> None:
    window = filmed(table)
    window.page.route("**/gradio_api/file=**", lambda route: route.abort())  # as once the server has deleted it
    window.page.click("#eye-open")
    window.page.wait_for_function("document.querySelector('#scan video').videoWidth > 0", timeout=20_000)
    window.page.click("[data-shoot]")
    turn = window.page.locator("#log > .turn:not(.pending)", has=window.page.locator(".thumbs img"))
    turn.locator(".card").first.wait_for(timeout=60_000)  # a turn of what the camera found itself may stand before it
    assert turn.locator(".thumbs img").evaluate("image => image.naturalWidth") == 1280


def test_two_pictures_in_one_request_are_both_answered(visit: Visitor) -> None:
    turn = visit().ask("", FILES / "invoice.png", FILES / "barcode.png")
    assert turn.locator(".document").count() == 1
    assert turn.locator(".product").count() == 1


class Hub(BaseHTTPRequestHandler):
    """Says it has the file that is asked for, and sends zeros: slowly, or all of them."""

    def do_GET(self) -> None:
        hub: Any = self.server
        name = self.path.split("/")[2].removeprefix("whisper-")
        start = int(self.headers.get("Range", "bytes=0-")[6:-1])
        size = pinned()[name].bytes
        hub.asked.append(start)
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
        self.send_header("Content-Length", str(size - start))
        self.end_headers()
        try:
            for at in range(start, size, 1 << 20):
                self.wfile.write(bytes(min(1 << 20, size - at)))
                time.sleep(hub.pause)
        except OSError:
            pass

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def shelf(tmp_path: Path, playwright: Any, chromium: str) -> Iterator[tuple[Visit, Any]]:
    """A page whose server asks a hub on this machine."""
    hub: Any = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    hub.pause, hub.asked = 0.2, []
    threading.Thread(target=hub.serve_forever, daemon=True).start()
    port, home = free_port(), tmp_path / "home"
    home.mkdir()
    address = f"http://127.0.0.1:{hub.server_port}"
    given = {"HF_HUB_OFFLINE": "0", "HF_ENDPOINT": address, "HF_HOME": str(tmp_path / "hf"),
             "XDG_CACHE_HOME": str(tmp_path / "cache"), "LUEUR_WARM": "false"}  # fmt: skip
    with serving(home, port, **given), playwright.chromium.launch(executable_path=chromium, args=[*QUIET]) as browser:
        page = browser.new_context(
            locale=LOCALES["en"], viewport={"width": 390, "height": 844}, reduced_motion="reduce"
        ).new_page()
        yield Visit(page, f"http://127.0.0.1:{port}/").open(), hub
    hub.shutdown()


def test_the_better_recogniser_is_fetched_at_a_tap_and_every_state_is_said(shelf: Any, tmp_path: Path) -> None:
    window, hub = shelf
    page, row = window.page, window.page.locator(".weights", has_text="Whisper base")

    def state(name: str, *words: str) -> None:
        page.locator(f".weights[data-state={name}]", has_text="Whisper base").wait_for(timeout=30_000)
        assert all(word in row.inner_text() for word in words), row.inner_text()
        window.picture(f"weights-{name}")

    page.click("#open-settings")
    page.locator("#weights", has_text="offline recogniser (English)").wait_for()
    state("offered", "290 MB")
    assert hub.asked == []  # nothing is asked before a tap
    row.get_by_role("button", name="Get it (290 MB)").click()
    page.locator(".weights[data-state=fetching]", has_text="of 290 MB").wait_for()
    page.wait_for_timeout(1500)
    state("fetching", "of 290 MB", "MB a second")
    row.get_by_role("button", name="Pause").click()
    state("paused", "of 290 MB")
    row.get_by_role("button", name="Go on").click()
    state("fetching")
    assert hub.asked[1] > 1_000_000
    row.get_by_role("button", name="Cancel").click()
    state("offered")
    hub.pause = 0
    row.get_by_role("button", name="Get it").click()
    state("refused", "not the file we know")
    hub.shutdown()
    hub.server_close()
    row.get_by_role("button", name="Try again").click()
    state("unreachable", "did not answer")
    place = tmp_path / "hf/hub/models--openai--whisper-base/snapshots" / pinned()["base"].revision
    assert sum(path.stat().st_size for path in place.iterdir()) == 0
    assert not window.faults


def test_offline_offers_nothing(visit: Visitor, server: Server) -> None:
    page = visit("fr").page
    page.click("#open-settings")
    page.locator(".weights[data-state=offline]", has_text="HF_HUB_OFFLINE").first.wait_for()
    assert page.locator(".weights button").count() == 0
