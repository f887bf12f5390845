"""The seven stories, walked in Chromium at desk and phone width; the pictures of docs/walk.md are made here.

make walk        # or: python -m pytest tests/browser/walk.py
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.browser.conftest import FILES, ROOT, Visit, Visitor
from tests.browser.test_scan import desk, filmed  # noqa: F401 - fixtures
from tests.browser.test_shopping import STORY, an_empty_cart, chip  # noqa: F401

ALBUM = ROOT / "docs" / "walk"
SENT = 40_000  # milliseconds: the undo time and the provider
WIDTHS = {1280: "light", 390: "dark"}
Shot = Callable[..., None]


@pytest.fixture(params=WIDTHS)
def width(request: Any) -> int:
    return int(request.param)


@pytest.fixture
def shot(width: int) -> Shot:
    """`shot(window, "pay-by-voice", element)`: what a person sees with that element in view, as WebP."""

    def take(window: Visit, name: str, element: Any = None) -> None:
        ALBUM.mkdir(exist_ok=True)
        if element is not None:  # what is taller than the window shows how it begins
            element.evaluate("""each => { each.style.scrollMarginTop = '16px';
                each.scrollIntoView({block: each.clientHeight > innerHeight - 180 ? 'start' : 'center'}) }""")
        window.page.wait_for_timeout(500)
        seen = Image.open(io.BytesIO(window.page.screenshot()))
        seen.save(ALBUM / f"{name}-{width}.webp", quality=82, method=6)

    return take


@pytest.fixture
def window(visit: Visitor, width: int) -> Visit:
    return visit("en", width, WIDTHS[width])


def sized(window: Visit, width: int) -> Visit:
    window.page.emulate_media(color_scheme=WIDTHS[width])
    window.page.set_viewport_size({"width": width, "height": 860 if width > 600 else 844})
    window.page.reload()
    window.page.wait_for_selector("body[data-ready]")
    return window


def tap(window: Visit, sheet: Any) -> None:
    """Pay; a second walk pays the same again, and is asked whether it means it."""
    sheet.locator(".primary").click()
    window.page.wait_for_timeout(2500)
    again = window.page.locator(".pay_sheet .primary:visible")
    if again.count():
        again.last.click()


def test_pay_by_voice(speaking: Callable[..., Visit], width: int, shot: Shot) -> None:
    window = sized(speaking("pay_alice.wav"), width)
    turn = window.answered(lambda: window.page.click("#talk"))
    if turn.locator(".question").count():  # it was unsure of the number, and asks
        turn = window.ask("12.50")
    shot(window, "1-voice-sheet", turn.locator(".pay_sheet"))
    tap(window, turn.locator(".pay_sheet"))
    window.page.locator(".receipt .succeeded").wait_for(timeout=SENT)
    shot(window, "1-voice-receipt", window.page.locator(".receipt").last)


def test_pay_from_a_photo(window: Visit, shot: Shot) -> None:
    turn = window.ask("Pay this", FILES / "invoice.png")
    shot(window, "2-photo-sheet", turn.locator(".pay_sheet"))


def test_shop_inside_a_budget_and_ask_in_the_middle_of_the_checkout(window: Visit, shot: Shot) -> None:
    say = STORY["en"]
    asked = window.ask(say.wish)
    shot(window, "3-shop-question", asked)
    shelf = chip(window, chip(window, asked, say.skip), say.colour)
    shot(window, "3-shop-shelf", shelf)
    shot(window, "3-shop-compare", window.ask(say.compare).locator(".compare"))
    window.ask(say.add)
    window.answered(window.ask(say.other).locator(".product button", has_text=say.button).first.click)
    shot(window, "3-shop-cart", window.ask(say.look).locator(".card.cart"))
    shot(window, "4-afford-sheet", window.ask(say.review).locator(".pay_sheet"))
    turn = window.ask(say.afford)
    shot(window, "4-afford-answer", turn)
    tap(window, turn.locator(".pay_sheet"))
    window.page.wait_for_function("document.querySelectorAll('.receipt .succeeded').length === 2", timeout=SENT)
    shot(window, "4-afford-receipts", window.page.locator(".receipt").last)


def test_a_crash_charges_once(window: Visit, shot: Shot) -> None:
    turn = window.answered(lambda: window.page.click("[data-ask=chip_plug]"))
    turn.locator(".card.proof .verdict").wait_for(timeout=90_000)
    shot(window, "5-crash-once", turn.locator(".proof"))


def test_live_scan(filmed: Callable[..., Visit], desk: Path, width: int, shot: Shot) -> None:  # noqa: F811
    window = sized(filmed(desk), width)
    page = window.page
    page.click("#eye-open")
    page.wait_for_function("document.querySelectorAll('.find').length >= 4", timeout=90_000)
    page.locator(".find .muted", has_text="17 % less there").wait_for(timeout=90_000)
    for add in page.locator(".find", has_not_text="less there").locator("[data-stay]").all():
        add.click()
    page.locator("#scan-sum", has_text="3 items").wait_for()
    shot(window, "6-scan-found")
    turn = window.answered(lambda: page.click("#scan [data-close]"))
    shot(window, "6-scan-cart", turn.locator(".card.cart"))


def test_flash_cards(window: Visit, shot: Shot) -> None:
    turn = window.ask("split 84.60 between Alice, Ben and me, Ben had no wine which was 18")
    shot(window, "7-flash-split", turn.locator(".card.flash"))
    shot(window, "7-flash-saving", window.ask("save 3000 by next summer").locator(".card.flash"))
