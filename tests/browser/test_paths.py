"""The seven paths in a real browser: typed in three languages, photographed, spoken."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.browser.conftest import FILES, UNDO_SECONDS, Visit, Visitor

PAY = {"en": "Pay Alice 12.50", "fr": "Paie 12,50 € à Alice", "zh": "给Alice转12.50欧元"}
PAY_THIS = {"en": "Pay this", "fr": "Paie cette facture", "zh": "付这张账单"}
GROCERIES = {
    "en": "How much did I spend on groceries last month?",
    "fr": "Combien ai-je dépensé en courses le mois dernier ?",
    "zh": "上个月买菜花了多少钱？",
}
WORTH = {
    "en": "What is my net worth? Show the chart",
    "fr": "Quel est mon patrimoine net ? Montre la courbe",
    "zh": "我的净资产是多少？画图",
}
LAMP = {
    "en": "a red desk lamp under 40 euros",
    "fr": "une lampe de bureau rouge à moins de 40 euros",
    "zh": "40欧元以下的红色台灯",
}
FRAMES = """new Promise(seen => { const first = requestAnimationFrame(() => {});
    setTimeout(() => seen(requestAnimationFrame(() => {}) - first), 1000) })"""  # how many were asked for in a second
PAID = {"en": "Paid", "fr": "Payé", "zh": "已付款"}
languages = pytest.mark.parametrize("language", ["en", "fr", "zh"])


@pytest.fixture
def motion() -> str:
    return "no-preference"


@languages
def test_a_contact_is_paid_by_a_tap_and_an_undo(visit: Visitor, language: str) -> None:
    window = visit(language)
    turn = window.ask(PAY[language])
    sheet = turn.locator(".pay_sheet")
    assert re.search(r"12[.,]50", sheet.locator(".amount").inner_text())
    assert "Alice Martin" in sheet.inner_text()
    window.picture(f"pay-sheet-{language}")
    window.page.keyboard.press("Enter")
    assert sheet.count() == 1, "Enter never pays by itself"
    sheet.locator(".primary").click()
    moving = window.page.locator(".receipt .ring")
    moving.wait_for()
    window.picture(f"undo-{language}")
    window.page.locator(".receipt .actions button").first.click()
    window.page.locator(".receipt .canceled").wait_for()
    window.page.wait_for_timeout(1000 * UNDO_SECONDS)
    assert window.page.evaluate(FRAMES) < 20, "a page that only stands there asks for no frames"
    assert window.page.locator(".receipt .canceled").count() == 1
    assert not window.page.get_by_text(PAID[language], exact=True).count()


@languages
def test_a_contact_is_paid_by_a_tap_and_the_receipt_comes_by_itself(visit: Visitor, language: str) -> None:
    window = visit(language)
    amount = {"en": "13.50", "fr": "14,50", "zh": "15.50"}[language]  # the same again would ask for a second look
    words = PAY[language].replace("12.50", amount).replace("12,50", amount)
    window.ask(words).locator(".pay_sheet .primary").click()
    window.page.locator(".receipt .succeeded").wait_for(timeout=1000 * (UNDO_SECONDS + 15))
    assert window.page.get_by_text(PAID[language], exact=True).count() == 1
    assert window.page.locator(".receipt").count() == 1
    window.picture(f"receipt-{language}")


def test_a_receipt_is_printed_alone_with_its_cut_outs(visit: Visitor) -> None:
    window = visit()
    turn = window.answered(lambda: window.page.click("[data-sample=photo]"))
    photo, crops = turn.locator(".bubble .thumbs img"), turn.locator(".pay_sheet figure img.crop")
    assert photo.evaluate("i => i.decode().then(() => i.naturalWidth)") > 0
    assert crops.count() >= 2
    assert 0 < crops.first.evaluate("i => i.decode().then(() => i.naturalHeight)") <= 90
    turn.locator(".pay_sheet .primary").click()
    window.page.locator(".receipt .succeeded").wait_for(timeout=1000 * (UNDO_SECONDS + 15))
    window.page.locator(".receipt summary").click()
    window.page.emulate_media(media="print")
    window.page.evaluate("""window.print = () => {
        const seen = [...document.querySelectorAll('button, textarea, h1, p, b, img, code')]
            .filter(node => node.checkVisibility({visibilityProperty: true}));
        window.paper = [seen.filter(node => node.closest('.receipt')).length, seen.filter(n => !n.closest('.receipt'))
            .map(node => node.outerHTML.slice(0, 200))] }""")
    window.page.locator(".receipt [data-print]").evaluate("b => b.click()")
    inside, outside = window.page.evaluate("window.paper")
    assert inside > 5
    assert outside == []


@languages
def test_an_invoice_is_paid_from_its_photo(visit: Visitor, language: str) -> None:
    sheet = visit(language).ask(PAY_THIS[language], FILES / "invoice.png").locator(".pay_sheet")
    assert re.search(r"184[.,]20", sheet.locator(".amount").inner_text())
    assert "Volta Energy" in sheet.inner_text()


@languages
def test_a_photo_without_words_is_described_with_three_chips(visit: Visitor, language: str) -> None:
    window = visit(language)
    turn = window.ask("", FILES / "invoice.png")
    assert turn.locator(".document .actions button").count() == 3
    assert re.search(r"184[.,]20", turn.inner_text())
    assert window.page.locator(".pay_sheet").count() == 0
    window.picture(f"photo-{language}")


@languages
def test_groceries_last_month_is_a_figure_with_its_rows(visit: Visitor, language: str) -> None:
    figure = visit(language).ask(GROCERIES[language]).locator(".figure")
    assert re.search(r"\d", figure.locator(".amount").inner_text())
    figure.locator("summary").first.click()
    assert figure.locator("table tbody tr").count() > 0


@languages
def test_net_worth_comes_with_its_chart_and_table(visit: Visitor, language: str) -> None:
    window = visit(language)
    turn = window.ask(WORTH[language])
    assert re.search(r"\d", turn.locator(".figure .amount").inner_text())
    assert turn.locator(".chart svg").first.bounding_box()["height"] > 80
    turn.locator(".chart summary").click()
    assert turn.locator(".chart table tbody tr").count() > 1
    window.picture(f"net-worth-{language}")


@languages
def test_no_red_lamp_on_the_shelf_is_above_the_budget(visit: Visitor, language: str) -> None:
    window = visit(language)
    turn = window.ask(LAMP[language])
    prices = turn.locator(".product .price").all_inner_texts()
    assert prices
    assert all(float(re.sub(r"[^\d.,]", "", price).replace(",", ".")) <= 40 for price in prices)
    turn.locator(".picture img").first.wait_for()
    window.picture(f"shelf-{language}")


@languages
def test_a_barcode_leads_to_the_exact_product(visit: Visitor, language: str) -> None:
    turn = visit(language).ask("", FILES / "barcode.png")
    assert turn.locator(".product").count() == 1
    assert turn.locator(".product img").get_attribute("src") == "/pictures/lamp-luma-red.svg"


SPOKEN = [("pay_alice.wav", ".pay_sheet"), ("groceries.wav", ".figure"), ("net_worth.wav", ".figure"),
          ("red_lamp.wav", ".products")]  # fmt: skip


@pytest.mark.parametrize(("clip", "kind"), SPOKEN)
def test_a_spoken_request_is_heard_after_one_tap(speaking: Callable[..., Visit], clip: str, kind: str) -> None:
    window = speaking(clip)
    turn = window.answered(lambda: window.page.click("#talk"))
    assert re.search(r"heard by .+ · \d+ %", turn.locator(".by").inner_text())
    if kind == ".pay_sheet" and turn.locator(".question").count():  # fifty or fifteen: asked, never guessed
        doubt = turn.get_by_role("button", name="€12.50")
        turn = window.answered(lambda: doubt.click()) if doubt.count() else window.ask("12.50")
    assert turn.locator(kind).count() == 1, turn.inner_text()
    assert kind != ".pay_sheet" or "€12.50" in turn.locator(".amount").first.inner_text(), turn.inner_text()
    if kind == ".pay_sheet":
        assert "12.50" in turn.locator(".amount").inner_text(), turn.locator(".me").inner_text()
    window.picture(f"spoken-{clip.removesuffix('.wav')}")


@pytest.mark.parametrize(("language", "need"), [("fr", "Whisper"), ("zh", "Whisper")])
def test_speech_in_another_language_says_what_it_needs(
    speaking: Callable[..., Visit], language: str, need: str
) -> None:
    window = speaking("pay_alice.wav", language)
    turn = window.answered(lambda: window.page.click("#talk"))
    assert need in turn.inner_text()
    assert turn.locator(".pay_sheet").count() == 0
    window.picture(f"voice-needs-{language}")
