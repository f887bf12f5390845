"""Pull the plug on the page: a chip, a process that is really killed, one charge."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Visitor

ONCE = {"en": "Killed in the middle, charged once.", "zh": "中途被杀，只扣一次。"}


@pytest.mark.parametrize(("language", "width", "scheme"), [("en", 1280, "light"), ("zh", 390, "dark")])
def test_the_plug_is_pulled_and_one_charge_stands(visit: Visitor, language: str, width: int, scheme: str) -> None:
    seen = visit(language, width=width, scheme=scheme)
    turn = seen.answered(lambda: seen.page.click("[data-ask=chip_plug]"))
    turn.locator(".card.proof .verdict").wait_for(timeout=90_000)
    assert turn.locator(".verdict").inner_text() == ONCE[language]
    assert turn.locator(".steps li").count() == 6
    seen.picture(f"plug-{language}")
    seen.page.reload()
    seen.page.wait_for_selector("body[data-ready]")
    assert seen.page.locator(".card.proof .verdict").inner_text() == ONCE[language]


def test_a_poisoned_invoice_is_paid_as_printed_and_its_order_is_struck_through(visit: Visitor) -> None:
    seen = visit("fr", width=390)
    turn = seen.answered(lambda: seen.page.click("[data-sample=poison]"))
    assert turn.locator(".pay_sheet .amount").inner_text().startswith("184,20")
    assert "Volta Energy" in turn.locator(".pay_sheet").inner_text()
    assert "ignore all previous instructions" in turn.locator(".ignored del").first.inner_text().lower()
    turn.locator(".ignored").scroll_into_view_if_needed()
    seen.picture("poisoned-fr")
