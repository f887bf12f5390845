"""Payments that do not go straight, in a real browser: the bank asks, the card declines, the hand is too quick."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.conversation import OWNER
from assistant.payments.limits import keep, wallet
from assistant.store import Store
from tests.browser.conftest import Server, Visit, Visitor, free_port, serving

SENT = 25_000  # milliseconds: the undo time and the provider


@pytest.fixture
def paying_with(server: Server) -> Iterator[Callable[[str], None]]:
    store = Store(server.home / "lueur.db")

    def choose(method: str) -> None:
        with store.write() as db:
            keep(db, replace(wallet(db, OWNER, "EUR"), method=method))

    yield choose
    choose("pm_card_visa")
    store.close()


def confirmed(window: Visit, words: str) -> None:
    window.ask(words).locator(".pay_sheet .primary").click()


@pytest.mark.parametrize(("language", "words", "answer"), [
    ("en", "Pay Bob 21 euros", "yes"), ("fr", "Paie 22 euros à Bob", "yes"), ("zh", "给Bob转23欧元", "no"),
])  # fmt: skip
def test_the_bank_asks_in_a_page_of_its_own_and_the_receipt_follows(
    visit: Visitor, paying_with: Callable[[str], None], language: str, words: str, answer: str
) -> None:
    paying_with("pm_card_authenticationRequired")
    window = visit(language)
    confirmed(window, words)
    waiting = window.page.locator(".receipt .requires_action")
    waiting.wait_for(timeout=SENT)
    window.picture(f"bank-asks-{language}")
    with window.page.expect_popup() as opened:
        window.page.locator(".receipt a.button").click()
    bank = opened.value
    bank.locator(f"button[value={answer}]").wait_for()
    assert bank.url.startswith(f"{window.url}_3ds/") and bank.locator("small").count() == 1
    bank.locator(f"button[value={answer}]").click()
    bank.wait_for_url("**/receipts/pay_*")
    outcome = "succeeded" if answer == "yes" else "failed"
    window.page.locator(f".receipt .{outcome}").wait_for(timeout=10_000)
    assert window.page.locator(".receipt").count() == 1


def test_a_declined_card_says_why_and_what_to_do(visit: Visitor, paying_with: Callable[[str], None]) -> None:
    paying_with("pm_card_chargeDeclinedInsufficientFunds")
    window = visit()
    confirmed(window, "Pay Bob 24 euros")
    window.page.locator(".receipt .failed").wait_for(timeout=SENT)
    assert "not enough money" in window.page.locator(".receipt .caution").inner_text()


def test_a_double_click_and_a_reload_charge_once_and_a_second_sheet_warns(visit: Visitor) -> None:
    window = visit()
    window.ask("Pay Bob 25 euros").locator(".pay_sheet .primary").dblclick()
    window.page.locator(".receipt .ring").wait_for()
    window.page.reload()
    window.page.locator(".receipt .succeeded").wait_for(timeout=SENT)
    assert window.page.locator(".receipt").count() == 1
    again = window.ask("Pay Bob 25 euros").locator(".pay_sheet")
    assert "second payment" in again.inner_text()
    again.locator(".primary").click()
    assert again.locator(".primary").inner_text() == "Pay €25.00 again", "the first touch only looks"
    window.picture("second-payment")


def test_two_windows_with_one_sheet_pay_once(visit: Visitor) -> None:
    first = visit()
    first.ask("Pay Bob 26 euros")
    session = first.page.evaluate("localStorage.getItem('lueur.session')")
    second = visit(session=session)
    second.page.locator(".pay_sheet .primary").wait_for()
    first.page.locator(".pay_sheet .primary").click()
    second.page.locator(".pay_sheet .primary").click()
    for window in (first, second):
        window.page.locator(".receipt .succeeded").wait_for(timeout=SENT)
    history = visit().ask("Show my payments")
    assert history.locator(".receipt", has_text="€26.00").count() == 1


def test_a_refund_has_its_own_gesture(visit: Visitor) -> None:
    window = visit()
    confirmed(window, "Pay Bob 27 euros")
    window.page.locator(".receipt .succeeded").wait_for(timeout=SENT)
    window.page.locator(".receipt .actions button").last.click()
    window.page.locator("#log .button.chip").last.click()
    window.page.locator(".receipt .refunded").first.wait_for(timeout=10_000)


def test_a_server_killed_in_the_middle_is_being_checked_and_pays_once_after_its_restart(
    browser: Any, tmp_path: Path
) -> None:
    port = free_port()
    page = browser.new_context(locale="en-US", reduced_motion="reduce").new_page()
    window = Visit(page, f"http://127.0.0.1:{port}/")
    with serving(tmp_path, port, LUEUR_WARM="false") as first:
        window.open()
        confirmed(window, "Pay Bob 28 euros")
        page.locator(".receipt .ring").wait_for()
        first.kill()
        first.wait()
    page.locator(".receipt .state.checking").wait_for()
    assert "at most once" in page.locator(".receipt .caution").inner_text()
    assert not page.locator(".receipt .actions").is_visible()
    window.picture("server-killed")
    with serving(tmp_path, port, LUEUR_WARM="false"):
        page.locator(".receipt .succeeded").wait_for(timeout=SENT)  # without a reload
        page.locator(".checking").first.wait_for(state="detached")
        assert page.locator(".receipt").count() == 1
        window.picture("server-killed-and-back")
        history = window.ask("Show my payments")
        assert history.locator(".receipt", has_text="€28.00").count() == 1
    page.context.close()
