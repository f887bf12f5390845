"""The empty page in a real browser: its chips, what it noticed, and the clip that is watched."""

from __future__ import annotations

import pytest

from tests.browser.conftest import UNDO_SECONDS, Visitor

languages = pytest.mark.parametrize("language", ["en", "fr", "zh"])


@pytest.fixture
def motion() -> str:
    return "no-preference"


def test_the_sample_chips_of_the_empty_page_work(visit: Visitor) -> None:
    for sense in ("chip_pay", "chip_shop", "chip_wealth", "chip_photo", "chip_split"):
        window = visit()
        assert window.answered(lambda key=sense, w=window: w.page.click(f"[data-ask={key}]")).locator(".card").count()


@languages
def test_three_things_are_noticed_each_a_tap_from_its_rows(visit: Visitor, language: str) -> None:
    window = visit(language)
    window.page.locator(".noticed-line").nth(2).wait_for()
    assert window.page.locator(".noticed-line").count() == 3
    turn = window.answered(lambda: window.page.locator(".noticed-line").first.click())
    assert turn.locator(".figure").count() == 1
    assert not window.page.locator(".noticed").is_visible()


def test_watch_it_lights_the_words_up_and_waits_for_the_tap(visit: Visitor) -> None:
    window = visit()
    turn = window.answered(lambda: window.page.click("[data-sample=voice]"))
    window.page.wait_for_function("document.querySelectorAll('.heard-words [data-at].lit').length === "
                                  "document.querySelectorAll('.heard-words [data-at]').length")  # fmt: skip
    assert turn.locator(".heard-words .lit").count() >= 4
    assert turn.locator(".pay_sheet mark").count() >= 2, "the fields are underlined where they came from"
    window.page.wait_for_timeout(2500)
    assert window.page.locator(".receipt").count() == 0, "nothing moves by itself"
    turn.locator(".pay_sheet .glow").click()
    window.page.locator(".receipt .ring").wait_for()
    window.page.locator(".receipt .succeeded").wait_for(timeout=1000 * (UNDO_SECONDS + 15))
