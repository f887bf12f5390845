"""What the page promises whatever is asked: speed, privacy, access, and data that stays data."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Server, Visit, Visitor
from tests.ui.samples import HOSTILE

LOOKS = [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)]
looks = pytest.mark.parametrize(("scheme", "width"), LOOKS)
WIRE = "performance.getEntries().filter(e => e.transferSize).reduce((sum, e) => sum + e.transferSize, 0)"


def violations(page: Any) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": tags}}).response["violations"]
    return [f"{item['id']}: {node['target']} {node['failureSummary']}" for item in found for node in item["nodes"]]


def test_the_first_load_is_quick_small_and_at_home(
    visit: Visitor, browser: Any, server: Server, measured: Callable[..., None]
) -> None:
    visit()  # the server has drawn its page once: what is measured is the page
    times = []
    for _ in range(5):  # fresh windows, nothing cached; the best one, since other work may share the machine
        context = browser.new_context()
        window = Visit(context.new_page(), server.url)
        began = time.perf_counter()
        window.page.goto(server.url)
        window.page.wait_for_selector("#box textarea", state="visible")
        window.page.wait_for_selector("#welcome .starter", state="visible")
        times.append(time.perf_counter() - began)
        window.page.wait_for_selector("body[data-ready]")
        size = window.page.evaluate(WIRE)
        context.close()
    ready = min(times)
    measured(ready_s=round(ready, 2), first_load_kb=round(size / 1000), requests=len(window.requests))
    assert window.outside == []
    assert size < 500_000
    assert ready < 2


@looks
def test_axe_finds_nothing_on_the_empty_page_or_in_its_settings(visit: Visitor, scheme: str, width: int) -> None:
    window = visit(scheme=scheme, width=width)
    window.picture(f"empty-{scheme}-{width}")
    assert violations(window.page) == []
    window.page.click("#open-settings")
    window.picture(f"settings-{scheme}-{width}")
    assert violations(window.page) == []


@looks
def test_axe_finds_nothing_on_any_card(visit: Visitor, server: Server, scheme: str, width: int) -> None:
    window = visit(scheme=scheme, width=width, session=server.gallery)
    window.page.locator(".card").nth(10).wait_for()
    for fold in window.page.locator("#log summary").all():
        fold.click()
    window.picture(f"gallery-{scheme}-{width}")
    assert violations(window.page) == []


BROKEN = """[...document.querySelectorAll('.lines dd, .totals dd')].filter(sum => {
    const range = document.createRange(); range.selectNodeContents(sum);
    const tops = [...range.getClientRects()].map(box => box.top);
    return Math.max(...tops) - Math.min(...tops) > 8 && !sum.textContent.includes('<');  // hostile words may
}).map(sum => sum.textContent)"""


@looks
def test_no_layout_runs_over_the_edge(visit: Visitor, server: Server, scheme: str, width: int) -> None:
    for session in ("", server.gallery):
        page = visit(scheme=scheme, width=width, session=session).page
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate(
            "document.querySelector('#scroll').scrollWidth <= document.querySelector('#scroll').clientWidth"
        )
        assert page.evaluate(BROKEN) == [], "a sum goes on in another line"


def test_hostile_text_is_shown_literally_on_every_card(visit: Visitor, server: Server) -> None:
    page = visit(session=server.gallery).page
    for kind in (
        "pay_sheet",
        "receipt",
        "product",
        "compare",
        "figure",
        "chart",
        "document",
        "question",
        "order",
        "notice",
    ):
        assert HOSTILE in page.locator(f".{kind}", has_text="onerror").first.text_content(), kind
    assert page.evaluate("document.body.getAttribute('hacked')") is None
    assert page.locator("img[src='x']").count() == 0


def test_hostile_words_are_shown_literally_in_a_fresh_turn(visit: Visitor) -> None:
    window = visit()
    turn = window.ask(f"pay {HOSTILE} 5 euros")
    assert HOSTILE in turn.locator(".bubble").inner_text()
    assert window.page.evaluate("document.body.getAttribute('hacked')") is None


def test_a_forged_tap_changes_nothing(visit: Visitor) -> None:
    window = visit()
    window.ask("Pay Alice 9 euros")
    forge = "b => { b.dataset.id = 'act_' + '0'.repeat(32); b.click() }"
    turn = window.answered(lambda: window.page.locator(".pay_sheet .primary").evaluate(forge))
    assert turn.locator(".notice").count() == 1
    assert window.page.locator(".receipt").count() == 0
    assert window.page.locator(".pay_sheet").count() == 1


def test_the_conversation_survives_a_reload(visit: Visitor) -> None:
    window = visit()
    window.ask("Pay Bob 8 euros")
    window.page.reload()
    window.page.locator(".pay_sheet").wait_for()
    assert "Pay Bob 8 euros" in window.page.locator(".bubble").inner_text()
    window.page.locator(".pay_sheet .primary").click()
    window.page.locator(".receipt").wait_for()
    assert window.page.locator(".pay_sheet").count() == 0


def test_a_session_of_nobody_starts_a_new_one(visit: Visitor) -> None:
    page = visit(session="ses_" + "0" * 32).page
    assert page.locator(".turn").count() == 0
    assert page.evaluate("localStorage.getItem('lueur.session')") != "ses_" + "0" * 32


def test_a_sign_of_work_is_painted_within_a_tenth_of_a_second(visit: Visitor, measured: Callable[..., None]) -> None:
    window = visit()
    window.ask("hello")
    window.page.fill("#box textarea", "Pay Alice 6 euros")
    waited = window.page.evaluate("""() => new Promise(resolve => {
        const began = performance.now();
        new MutationObserver((_, watcher) => { if (document.querySelector('.pending .note')) {
            watcher.disconnect(); requestAnimationFrame(() => resolve(performance.now() - began)) } })
            .observe(document.querySelector('#log'), {childList: true, subtree: true});
        const box = document.querySelector('#box textarea');
        const enter = {key: 'Enter', code: 'Enter', bubbles: true, cancelable: true};
        for (const kind of ['keydown', 'keypress']) box.dispatchEvent(new KeyboardEvent(kind, enter));
    })""")
    measured(enter_to_sign_of_work_ms=round(waited))
    assert waited < 100


def test_the_keyboard_focuses_and_cancels_and_never_pays(visit: Visitor) -> None:
    window = visit()
    window.ask("Pay Alice 5 euros")
    window.page.evaluate("document.activeElement.blur()")
    window.page.keyboard.press("/")
    assert window.page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    window.page.keyboard.press("Enter")
    assert window.page.locator(".pay_sheet").count() == 1
    window.page.keyboard.press("Escape")
    window.page.wait_for_function("!document.querySelector('.pay_sheet:not(.expired) .primary')")
    assert window.page.locator(".receipt .succeeded, .receipt .scheduled").count() == 0


def test_settings_change_the_language_and_the_look_and_are_kept(visit: Visitor) -> None:
    page = visit().page
    page.click("#open-settings")
    page.locator("#settings label.option", has_text="Français").click()
    page.locator("#settings input[name=theme][value=dark]").evaluate("i => i.click()")
    assert page.locator("#settings h2").inner_text() == "Réglages"
    page.reload()
    page.wait_for_selector("body[data-ready]")
    assert page.evaluate("document.body.classList.contains('dark')")
    assert page.evaluate("document.documentElement.lang") == "fr"
    assert "mode test" in page.locator("#top .tag").inner_text().lower()


def test_buttons_are_large_enough_for_a_thumb(visit: Visitor, server: Server) -> None:
    page = visit(width=390, session=server.gallery).page
    page.locator(".card").nth(10).wait_for()
    small = page.evaluate("""[...document.querySelectorAll('#feed .button, #feed .round, #dock button')]
        .filter(b => b.offsetParent && b.getBoundingClientRect().height < 44).map(b => b.outerHTML.slice(0, 120))""")
    assert small == []


def test_only_the_question_is_published(server: Server, browser: Any) -> None:
    context = browser.new_context()
    known = context.request.get(server.url + "gradio_api/info").json()
    context.close()
    assert list(known["named_endpoints"]) == ["/ask"]
    assert known["unnamed_endpoints"] == {}
