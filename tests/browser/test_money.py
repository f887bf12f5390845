"""My money in the real page: a bank file is dropped, read otherwise and imported; the page is turned and opened."""

from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Visitor

BANK = "Datum;Text;Betrag;Saldo\n02.11.2026;Bäckerei Korn;-5,40;994,60\n03.11.2026;Buchladen;-20,00;974,60\n"


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    file = tmp_path / "haushalt.csv"
    file.write_text(BANK, encoding="utf-8")
    return file


def test_a_bank_file_is_read_corrected_imported_asked_about_and_taken_back(visit: Visitor, bank: Path) -> None:
    seen = visit("en")
    shown = seen.ask("", bank)
    card = shown.locator(".card.preview")
    assert card.locator("select").count() == 5  # four columns and the sign
    column = card.locator("[name=column_1]")
    assert column.input_value() == "text"
    column.select_option("payee")
    seen.page.wait_for_function("document.querySelector('.card.preview.settled [name=column_1]')?.value === 'payee'")
    assert card.count() == 1
    seen.picture("money-import")
    done = seen.answered(lambda: card.locator("button.primary").click())
    assert "2 rows" in done.inner_text() and "haushalt" in done.inner_text()
    answer = seen.ask("how much did I spend at Buchladen in November 2026?")
    assert "€20.00" in answer.inner_text()
    opened = answer.locator(".card.figure details").first
    opened.locator("summary").click()
    assert "Buchladen" in opened.inner_text()
    opened.get_by_role("button", name="Buchladen").click()  # the sentence is begun; the person ends it
    begun = seen.page.input_value("#box textarea")
    corrected = seen.ask(begun + "leisure")
    assert "Leisure" in corrected.inner_text()
    assert "€20.00" in seen.ask("how much did I spend on leisure in November 2026 in haushalt?").inner_text()
    undone = seen.answered(lambda: seen.page.get_by_role("button", name="Undo this import").click())
    assert "2 rows are gone" in undone.inner_text()


@pytest.mark.parametrize(("language", "said"), [("en", "my money"), ("fr", "mon argent"), ("zh", "我的钱")])
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_the_page_of_my_money_fits_turns_and_opens(
    visit: Visitor, language: str, said: str, width: int, scheme: str
) -> None:
    seen = visit(language, width=width, scheme=scheme)
    card = seen.ask(said).locator(".card.overview")
    assert card.locator(".tile").count() == 14 and card.locator(".tile svg").count() >= 5
    assert overflow(seen.page) <= 0
    seen.picture(f"money-{language}-{width}-{scheme}")
    hero = card.locator(".tile.hero .amount")
    euros = hero.inner_text()
    card.get_by_role("button", name="USD").click()
    seen.page.wait_for_function("was => document.querySelector('.tile.hero .amount').innerText !== was", arg=euros)
    assert seen.page.locator(".card.overview").count() == 1
    method = card.locator(".tile.hero details").first
    method.locator("summary").click()
    assert len(method.inner_text()) > 60
    rows = seen.answered(lambda: card.locator(".tile.hero .link").click())
    assert rows.locator(".card.figure table tr").count() > 5
    assert overflow(seen.page) <= 0


def overflow(page: Any) -> int:
    return int(page.evaluate("document.querySelector('#scroll').scrollWidth - innerWidth"))
