"""The whole purchase in a real browser: two questions, a comparison, a cart of two shops, the money, one tap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from assistant.conversation import OWNER
from assistant.store import Store
from tests.browser.conftest import Server, Visit, Visitor

SENT = 40_000  # milliseconds: the undo time and the provider, on a busy machine


@dataclass(frozen=True)
class Words:
    """What is said in one language, turn by turn."""

    wish: str
    skip: str
    colour: str
    compare: str
    add: str
    other: str
    button: str
    look: str
    afford: str
    review: str


STORY = {
    "en": Words("a quiet vacuum for a small flat with a cat, 300 at most", "No preference", "grey",
                "compare the first two", "add the first one", "coffee beans", "Add to cart",
                "what's in my cart?", "can I afford it?", "check out"),
    "fr": Words("un aspirateur silencieux pour un petit appartement avec un chat, 300 euros maximum", "Peu importe",
                "gris", "compare les deux premiers", "ajoute le premier", "café en grains",
                "Au panier", "qu'y a-t-il dans mon panier ?",
                "est-ce que je peux me le permettre ?", "passe la commande"),
    "zh": Words("吸尘器，最多300欧元", "都可以", "灰色", "比较前两个", "加第一个", "咖啡豆", "加入购物车",
                "购物车里有什么", "这个我买得起吗？", "结账"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def an_empty_cart(server: Server) -> None:
    from assistant.shop.tables import carts

    store = Store(server.home / "lueur.db")
    with store.write() as db:
        db.execute(carts.delete().where(carts.c.user_id == OWNER))
    store.close()


def chip(window: Visit, turn: Any, label: str) -> Any:
    """Taps an answer of the question; the turn that comes of it."""
    return window.answered(turn.locator(".question .chip", has_text=label).first.click)


@pytest.mark.parametrize(("language", "width", "scheme"), [
    ("en", 1280, "light"), ("fr", 390, "light"), ("zh", 390, "dark"),
])  # fmt: skip
def test_from_a_wish_to_a_receipt(visit: Visitor, language: str, width: int, scheme: str) -> None:
    say, window = STORY[language], visit(language, width, scheme)

    def picture(name: str) -> None:
        window.picture(f"shopping-{language}-{width}-{name}")

    asked = window.ask(say.wish)
    assert asked.locator(".products .product").count() == 3
    picture("1-first-question")
    asked = chip(window, asked, say.skip)
    picture("2-second-question")
    shelf = chip(window, asked, say.colour)
    assert shelf.locator(".products .product").count() == 3
    assert window.ask(say.compare).locator(".compare table tbody tr").count() > 2
    picture("3-compared")
    window.ask(say.add)
    beans = window.ask(say.other).locator(".product").first
    tapped = window.answered(beans.locator("button", has_text=say.button).click)
    assert tapped.locator(".card.cart").count() == 1, "the cart comes to where it was tapped for"
    assert window.page.locator(".card.cart").count() == 1, "and stands there once"
    basket = window.ask(say.look).locator(".card.cart")
    assert basket.locator(".basket li").count() == 2
    picture("4-cart")
    for step, count in ((3, "2"), (2, "1")):  # one more, one fewer, where the card stands
        window.page.locator(".card.cart .step button").nth(step).click()
        window.page.locator(".card.cart .basket li").nth(1).locator(".step b", has_text=count).wait_for()
    sheet = window.ask(say.review).locator(".pay_sheet")
    total = sheet.locator(".amount").inner_text()
    picture("5-review")
    turn = window.ask(say.afford)
    assert turn.locator(".figure").count() == 1
    again = turn.locator(".pay_sheet")
    assert (again.get_attribute("id"), again.locator(".amount").inner_text()) == (sheet.get_attribute("id"), total)
    picture("6-afford")
    again.locator(".primary").click()
    window.page.wait_for_function("document.querySelectorAll('.receipt .succeeded').length === 2", timeout=SENT)
    picture("7-receipts")
    assert window.page.locator(".pay_sheet").count() == 0
    assert window.ask(say.look).locator(".card.cart").count() == 0
    wide = window.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, "nothing hangs over the edge of the screen"
