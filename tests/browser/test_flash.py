"""Flash cards in the page: made from a sentence, moved by hand and keyboard, kept, found again, taken along."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.browser.conftest import Server, Visitor
from tests.browser.test_page import violations

BILLS = {
    "en": ("split 84.60 for {name} between Alice, Ben and me, Ben had no wine which was 18", "open the {name} split"),
    "fr": (
        "partage 84,60 pour {name} entre Alice, Ben et moi, Ben n'a pas bu de vin, 18 euros",
        "ouvre le partage {name}",
    ),
    "zh": ("84.60欧元我和Alice、Ben平分，Ben没喝酒，酒18欧元", "打开{name}的分账"),
}
NAMES = {"en": "Lisbon", "fr": "Nice", "zh": "上海"}


def cents(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def shares(card: Any) -> list[int]:
    return [cents(text) for text in card.locator(".result b").all_inner_texts()]


def settled(page: Any, card: Any, total: int) -> None:
    """Until the server has answered: the headline is this many cents."""
    page.wait_for_function(
        "([id, total]) => document.querySelector(`#${id} .amount`).textContent.replace(/\\D/g, '') === total",
        arg=[card.get_attribute("id"), str(total)], timeout=10_000,
    )  # fmt: skip


@pytest.mark.parametrize("language", BILLS)
def test_a_bill_is_split_adjusted_kept_reopened_and_exported(visit: Visitor, server: Server, language: str) -> None:
    window = visit(language, width=390, scheme="dark" if language == "fr" else "light")
    page, (ask, find) = window.page, BILLS[language]
    card = window.ask(ask.format(name=NAMES[language])).locator(".card.flash")
    assert shares(card) == [3120, 2220, 3120] if language != "zh" else sorted(shares(card)) == [2220, 3120, 3120]

    tip = card.locator("input[type=range][name=tip]")
    tip.scroll_into_view_if_needed()
    box = tip.bounding_box()
    page.mouse.move(box["x"] + 9, box["y"] + box["height"] / 2)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(box["x"] + 9 + step * 14, box["y"] + box["height"] / 2)
    page.mouse.up()
    percent = int(tip.input_value())
    assert percent > 3
    settled(page, card, (8460 * (100 + percent) + 50) // 100)
    assert sum(shares(card)) == cents(card.locator(".amount").inner_text())

    tip.focus()
    page.keyboard.press("ArrowRight")
    settled(page, card, (8460 * (101 + percent) + 50) // 100)
    assert page.evaluate("document.activeElement.name") == "tip", "the hand keeps what it holds"
    whole = cents(card.locator(".amount").inner_text())
    card.locator(".title").fill(NAMES[language])
    card.locator(".title").press("Tab")
    card.locator("summary").click()
    before = shares(card)[1]
    card.locator("fieldset").nth(2).locator("[data-step]").last.click()
    page.wait_for_function(
        "([id, was]) => document.querySelectorAll(`#${id} .result b`)[1].textContent.replace(/\\D/g, '') !== was",
        arg=[card.get_attribute("id"), str(before)],
    )  # fmt: skip
    assert sum(shares(card)) == whole
    assert page.evaluate(
        "document.querySelector('#scroll').scrollWidth <= document.querySelector('#scroll').clientWidth"
    )
    window.picture(f"flash-split-{language}-390")
    assert violations(page) == []

    card.locator(".foot .primary").click()
    card.locator(".top .tag").wait_for()
    page.reload()
    page.wait_for_selector("body[data-ready]")
    card = page.locator(".card.flash")
    card.first.wait_for()
    assert card.count() == 1 and sum(shares(card)) == cents(card.locator(".amount").inner_text()) == whole
    again = window.ask(find.format(name=NAMES[language])).locator(".card.flash")
    assert page.locator(".card.flash").count() == 1 and cents(again.locator(".amount").inner_text()) == whole
    file = page.request.get(server.url.rstrip("/") + again.locator(".foot a").first.get_attribute("href"))
    assert file.ok and NAMES[language] in file.text() and "Alice" in file.text()


ALL = ["save 3000 for Japan in 18 months", "a loan of 10000 at 4% over 5 years with 50 extra a month",
       "what if I halve restaurants", "100 dollars in euros", "compare 750 g for 4.20 with 1 kg for 5.10"]  # fmt: skip


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_every_kind_is_drawn_and_can_be_used_by_everybody(visit: Visitor, scheme: str, width: int) -> None:
    window = visit(width=width, scheme=scheme)
    for number, text in enumerate(ALL):
        window.ask(text)
        window.picture(f"flash-{number}-{scheme}-{width}")
    assert window.page.locator(".card.flash").count() == len(ALL)
    assert window.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(window.page) == []
