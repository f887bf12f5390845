"""The open camera in Chromium, on a video that the test draws: a hand lays things on a desk, one after the other."""

from __future__ import annotations

import io
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageFilter

from assistant.demo.catalogue import products
from assistant.money import Money
from tests.browser.conftest import FILES, LOCALES, QUIET, Server, Visit
from tests.browser.test_page import violations
from workshop import papers

SIZE = (1280, 720)
RATE = 30  # frames a second, as Chromium plays a file of JPEGs
BOXES = ("kettle", "mug", "headphones")  # categories of the three boxes that are laid down


def demo(category: str) -> Any:
    return next(each for each in products() if each.category == category and each.offer.stock)


def laid(sheet: Image.Image, across: int, blur: int, seed: int) -> bytes:
    """A JPEG of the desk with the sheet on it, `across` pixels from its place, blurred by its motion."""
    desk = papers.wood(*SIZE, (118, 86, 62), 9) if not hasattr(laid, "desk") else laid.desk
    laid.desk = desk  # type: ignore[attr-defined]
    wide = round(600 * sheet.width / sheet.height)
    left, right = (SIZE[0] - wide) // 2 + across, (SIZE[0] + wide) // 2 + across
    corners = [(left + 8, 62), (right, 50), (right + 12, 664), (left - 6, 672)]
    scene = papers.photograph(sheet, desk.copy(), corners)
    scene = scene.filter(ImageFilter.BoxBlur(blur)) if blur else scene
    noisy = np.asarray(scene, np.int16) + np.random.default_rng(seed).integers(-3, 4, (*scene.size[::-1], 1))
    out = io.BytesIO()
    Image.fromarray(noisy.clip(0, 255).astype("uint8")).save(out, "JPEG", quality=85)
    return out.getvalue()


def film(path: Path, sheets: list[Image.Image], seconds: float) -> Path:
    """Each sheet slides in, rests for `seconds` and slides out. Chromium plays it again and again."""
    steps = range(-1200, 0, 150)
    with path.open("wb") as file:
        for sheet in sheets:
            for across in steps:
                file.write(laid(sheet, across, 9, -across))
            resting = [laid(sheet, 0, 0, seed) for seed in range(3)]
            for frame in range(round(RATE * seconds)):
                file.write(resting[frame % 3])
            for across in steps:
                file.write(laid(sheet, -across, 9, -across))
    return path


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    boxes = [
        papers.barcode_sheet(each.titles["en"], each.gtin[-13:], textwrap.wrap(each.description("en"), 46)[:3])
        for each in map(demo, BOXES)
    ]
    lamp = demo("desk_lamp")
    tag = papers.tag_sheet(lamp.titles["en"], Money(lamp.offer.price("EUR").minor * 6 // 5, "EUR"), lamp.gtin[-13:])
    return film(tmp_path_factory.mktemp("film") / "desk.mjpeg", [*boxes, tag], 2.5)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A film of a receipt that lies on a desk."""
    sheet = Image.open(FILES / "receipt.png").convert("RGB")
    (tmp_path / "desk.mjpeg").write_bytes(laid(sheet, 0, 0, 1) * 30)
    return tmp_path / "desk.mjpeg"


@pytest.fixture
def filmed(playwright: Any, chromium: str, server: Server) -> Iterator[Callable[..., Visit]]:
    """A window whose camera plays a film; without one, a machine that has no camera."""
    running: list[Any] = []

    def open_one(
        video: Path | None, width: int = 1280, language: str = "en", scheme: str = "light", allowed: bool = True
    ) -> Visit:
        flags = ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={video}"] if video else []
        flags += ["--use-fake-ui-for-media-stream"] if allowed else []
        browser = playwright.chromium.launch(executable_path=chromium, args=[*QUIET, *flags])
        running.append(browser)
        context = browser.new_context(
            locale=LOCALES[language], permissions=["camera"] if allowed else [], color_scheme=scheme,
            viewport={"width": width, "height": 860 if width > 600 else 844}, has_touch=width < 600,
            reduced_motion="reduce",
        )  # fmt: skip
        return Visit(context.new_page(), server.url).open()

    yield open_one
    for browser in running:
        browser.close()


def test_three_boxes_and_a_price_tag_become_four_cards_and_three_lines_of_a_cart(
    filmed: Callable[..., Visit], desk: Path, measured: Callable[..., None]
) -> None:
    window = filmed(desk)
    page = window.page
    frames: list[float] = []
    page.on("request", lambda request: frames.append(time.monotonic()) if request.url.count("/frame") else None)
    began = time.monotonic()
    page.click("#eye-open")
    page.wait_for_function("document.querySelectorAll('.find').length >= 4", timeout=90_000)
    page.locator(".find .muted", has_text="17 % less there").wait_for(timeout=90_000)
    seconds = time.monotonic() - began
    assert page.locator(".find").count() == 4, "the film went round: nothing is found twice"
    for add in page.locator(".find", has_not_text="less there").locator("[data-stay]").all():
        add.click()
    page.locator("#scan-sum", has_text="3 items").wait_for()
    window.picture("scan-1280")
    turn = window.answered(lambda: page.click("#scan [data-close]"))
    assert turn.locator(".product").count() == 4
    assert turn.locator(".cart .basket li").count() == 3
    took = page.evaluate("performance.getEntriesByType('measure').map(m => m.duration)")
    measured(scan_to_card_ms=[round(each) for each in took], frames=len(frames), of_seconds=round(seconds))
    assert len(frames) <= 4 * seconds + 4
    assert len(took) >= 4
    window.open()
    page.locator("#log .cart .basket li").nth(2).wait_for()  # a reload shows it


@pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("dark", 1280)])
def test_axe_finds_nothing_on_the_open_camera(
    filmed: Callable[..., Visit], desk: Path, scheme: str, width: int
) -> None:
    window = filmed(desk, width, "fr", scheme)
    window.page.click("#eye-open")
    window.page.locator(".find [data-stay]").first.click(timeout=60_000)
    window.page.locator("#scan-sum p").first.wait_for()
    window.picture(f"scan-{scheme}-{width}")
    assert violations(window.page) == []
    assert window.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("language", "words"), [("en", "blocked"), ("fr", "bloquée"), ("zh", "阻止")])
def test_a_refused_camera_says_so_and_offers_a_photo(
    filmed: Callable[..., Visit], table: Path, language: str, words: str
) -> None:
    page = filmed(table, language=language, allowed=False).page
    page.click("#eye-open")
    page.locator("#scan-state p", has_text=words).wait_for()
    with page.expect_file_chooser() as chooser:
        page.click("[data-choose]")
    chooser.value.set_files(str(FILES / "invoice.png"))
    page.locator(".document").wait_for(timeout=60_000)


def test_without_a_camera_or_a_safe_page_it_says_which(filmed: Callable[..., Visit]) -> None:
    page = filmed(None).page
    page.click("#eye-open")
    page.locator("#scan-state p", has_text="No camera").wait_for()
    page.keyboard.press("Escape")
    page.locator("#scan").wait_for(state="hidden")
    page.evaluate("Object.defineProperty(navigator, 'mediaDevices', {value: undefined})")
    page.click("#eye-open")
    page.locator("#scan-state p", has_text="https").wait_for()
