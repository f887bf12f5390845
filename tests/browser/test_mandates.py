"""A mandate in a real browser: shown in plain words, signed by a tap, kept days later when the price has come."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import LOCALES, Visit, free_port, serving

SENT = 40_000  # milliseconds: the undo time and the provider, on a busy machine
WISH = {
    "en": "buy the blue Brunel kettle if it drops below 25, 30 delivered at most",
    "fr": "achète la bouilloire Brunel bleue si elle passe sous 25, 30 livrée au maximum",
    "zh": "如果蓝色Brunel水壶低于25就买，含运费最多30",
}
REVOKED = {"en": "show my mandates", "fr": "mes mandats", "zh": "我的授权"}


@pytest.fixture(scope="module")
def clocked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    home, port = tmp_path_factory.mktemp("clocked"), free_port()
    with serving(home, port, "-m tests.browser.clocked", LUEUR_WARM="false"):
        yield f"http://127.0.0.1:{port}/", home


def feed(folder: Path, price: str) -> Path:
    """The seller's new price list."""
    file = folder / f"prices-{price}.csv"
    file.write_text(
        "id,title,brand,price,availability,inventory_quantity,product_category,color\n"
        f'kettle-brunel-blue,"Brunel kettle, blue",Brunel,{price} EUR,in_stock,9,kettle,blue\n'
    )
    return file


def priced(window: Visit, folder: Path, price: str) -> Any:
    turn = window.ask("", feed(folder, price))
    return window.answered(turn.locator(".primary").first.click)


@pytest.mark.parametrize("language", ["en", "fr", "zh"])
def test_it_is_bought_days_later_at_its_price(
    browser: Any, clocked: tuple[str, Path], tmp_path: Path, language: str
) -> None:
    url, home = clocked
    (home / "days").write_text("0")
    width = {"en": 1280, "fr": 390, "zh": 1280}[language]
    context = browser.new_context(
        locale=LOCALES[language], viewport={"width": width, "height": 860}, reduced_motion="reduce"
    )
    window = Visit(context.new_page(), url).open()
    priced(window, tmp_path, "27.90")
    asked = window.ask(WISH[language])
    shown = window.answered(asked.locator(".chip").first.click)
    sheet = shown.locator(".document")
    assert "30" in sheet.inner_text()
    assert "27" not in sheet.inner_text()
    window.picture(f"mandate-{language}-asked-{width}")
    sheet.locator(".primary").click()
    window.page.locator(".document .danger").wait_for(timeout=SENT)
    window.picture(f"mandate-{language}-signed-{width}")
    (home / "days").write_text("12")
    bought = priced(window, tmp_path, "24.00")
    bought.locator(".receipt .succeeded").wait_for(timeout=SENT)
    window.picture(f"mandate-{language}-bought-{width}")
    window.page.reload()
    window.page.locator(".receipt .succeeded").first.wait_for()
    assert window.page.locator(".receipt .succeeded").count() == 1
    (home / "days").write_text("13")
    again = priced(window, tmp_path, "23.00")
    assert again.locator(".receipt").count() == 0
    assert window.ask(REVOKED[language]).locator(".danger").count() == 0
    context.close()
    assert not window.faults
    assert not window.outside
