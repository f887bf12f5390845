"""Stories of a purchase, turn by turn, through the whole assistant in one process: words in, cards and charges out."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.conversation import OWNER, Session
from assistant.core import Assistant
from assistant.errors import Refused
from assistant.money import Money, total
from assistant.reply import Action, Cart, Figure, Notice, Order, PaySheet, Products, Question, Receipt, Reply
from assistant.request import Request
from assistant.settings import Settings


class Talk:
    """One person in one conversation."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant, self.who = assistant, assistant.open(OWNER)
        self.shop, self.kernel = assistant.rooms.shop, assistant.rooms.payments
        self.reply = Reply("")

    def say(self, text: str) -> Reply:
        *_, self.reply = self.assistant.answer(self.who, Request(text))  # type: ignore[misc]
        return self.reply

    def tap(self, action: Action) -> Reply:
        self.reply = self.assistant.act(self.who, action.id)
        return self.reply

    def card(self, kind: type[Any]) -> Any:
        found = [each for each in self.reply.cards if isinstance(each, kind)]
        assert found, f"{self.reply.text}: {[each.type for each in self.reply.cards]}"
        return found[-1]

    def pay(self) -> tuple[Receipt, ...]:
        self.tap(next(action for action in self.card(PaySheet).actions if action.style == "primary"))
        return tuple(each for each in self.reply.cards if isinstance(each, Receipt))

    def held(self) -> dict[str, int]:
        return {line.product.id: line.quantity for line in self.shop.carts.of(OWNER).lines}

    def reprice(self, product: str, cents: int) -> None:
        found = self.shop.product(product)
        assert found is not None
        self.shop.load(
            [
                replace(
                    found, offer=replace(found.offer, prices=(Money(cents, "EUR"),), read_at=self.assistant.clock.now())
                )
            ]
        )


@pytest.fixture
def talk(furnished: Path, tmp_path: Path) -> Iterator[Talk]:
    assistant = Assistant(Settings(home=furnished, undo_seconds=0, offline=True))
    opened = Talk(assistant)
    opened.shop.carts.empty(OWNER)
    opened.shop.carts.limit(OWNER, None)
    yield opened
    assistant.close()


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo household, shared by the stories of this file."""
    return tmp_path_factory.mktemp("purchases")


TWO_SHOPS = {
    "en": ("coffee beans", "add the first one", "a red desk lamp", "put the first one in my cart", "check out"),
    "fr": ("café en grains", "ajoute le premier", "une lampe de bureau rouge", "mets la première dans mon panier",
           "passe la commande"),
    "zh": ("咖啡豆", "加第一个", "红色台灯", "把第一个放进购物车", "结账"),
}  # fmt: skip
AFFORD = {"en": "can I afford it?", "fr": "est-ce que je peux me le permettre ?", "zh": "这个我买得起吗？"}


@pytest.mark.parametrize("language", ["en", "fr", "zh"])
def test_two_shops_one_sheet_one_gesture(talk: Talk, language: str) -> None:
    for words in TWO_SHOPS[language]:
        talk.say(words)
    sheet = talk.card(PaySheet)
    assert {part.name for part in sheet.parts} == {"Verger & Fils", "Maison Lueur"}
    assert sheet.amount == total((line.amount for line in sheet.totals[:-1]), "EUR") == sheet.totals[-1].amount
    receipts = talk.pay()
    assert [each.status for each in receipts] == ["succeeded", "succeeded"]
    assert total((each.amount for each in receipts), "EUR") == sheet.amount
    assert talk.held() == {}


@pytest.mark.parametrize("language", ["en", "fr", "zh"])
def test_can_i_afford_it_comes_back_to_the_very_same_checkout(talk: Talk, language: str) -> None:
    for words in TWO_SHOPS[language]:
        talk.say(words)
    sheet = talk.card(PaySheet)
    talk.say(AFFORD[language])
    figure, again = talk.card(Figure), talk.card(PaySheet)
    ahead = talk.assistant.rooms.wealth.forecast(OWNER)
    assert figure.value == ahead.balance - sheet.amount
    assert total((row["value"] for row in figure.rows[:-1]), "EUR") == figure.rows[-1]["value"]
    assert figure.method
    assert (again.id, again.amount, again.expires_at) == (sheet.id, sheet.amount, sheet.expires_at)
    assert [action.id for action in again.actions] == [action.id for action in sheet.actions]
    assert [each.status for each in talk.pay()] == ["succeeded", "succeeded"]


@pytest.mark.parametrize(
    "words", ["can I afford the first one?", "puis-je me permettre le premier ?", "第一个我买得起吗"]
)
def test_a_product_on_the_shelf_is_weighed_with_its_delivery(talk: Talk, words: str) -> None:
    first = talk.say("a red desk lamp").results[0]
    talk.say(words)
    offered = talk.shop.product(first)
    assert offered is not None
    weighed = -talk.card(Figure).rows[1]["value"]
    assert weighed.minor >= offered.offer.price("EUR").minor


def test_the_words_say_figures_and_give_no_advice(talk: Talk) -> None:
    said = talk.say("can I afford 200 euros?").text.casefold()
    assert "€200.00" in said
    assert not {"yes", "no", "should", "recommend", "enough", "afford"} & set(said.replace(".", " ").split())


def test_a_question_about_nothing_is_told_how_to_be_asked(talk: Talk) -> None:
    assert talk.say("can I afford it?").error == "afford_what"


def test_the_budget_holds_whatever_way_something_goes_in(talk: Talk) -> None:
    shelf = talk.say("a red desk lamp").results
    talk.say("keep my cart under 50 euros")
    talk.say("add the first one")
    before = talk.held()
    assert before == {shelf[0]: 1}
    talk.say("two of the first")
    assert "€50.00" in talk.reply.text
    talk.say("add the second one")
    talk.say("a red desk lamp")
    view = next(view for view in talk.card(Products).products if view.id == shelf[1])
    talk.tap(next(action for action in view.actions if action.verb == "cart.add"))
    assert talk.held() == before
    talk.say("make it two")
    assert talk.held() == before


def test_what_is_offered_instead_fits(talk: Talk) -> None:
    talk.say("vacuum cleaners under 400 euros")
    talk.say("keep my cart under 130 euros")
    talk.say("add the first one")
    for view in talk.card(Products).products:
        assert talk.shop.carts.fits(OWNER, view.id)


def test_a_cart_that_changes_under_review_has_another_sheet(talk: Talk) -> None:
    for words in ("a red desk lamp", "add the first one", "check out"):
        talk.say(words)
    old = talk.card(PaySheet)
    talk.say("make it two")
    new = talk.card(PaySheet)
    assert new.id != old.id
    assert new.lines[0].quantity == 2
    assert talk.kernel.receipt(OWNER, old.id).state == "canceled"
    plus = talk.card(Cart).parts[0].lines[0].actions[1]
    talk.tap(plus)
    assert talk.card(PaySheet).lines[0].quantity == 3
    assert talk.kernel.receipt(OWNER, new.id).state == "canceled"


def test_a_price_that_changes_before_the_tap_makes_a_new_sheet_with_the_difference(talk: Talk) -> None:
    for words in ("a red desk lamp", "add the first one", "check out"):
        talk.say(words)
    old = talk.card(PaySheet)
    (product,) = talk.held()
    was = old.lines[0].amount
    talk.reprice(product, was.minor + 400)
    assert not [each for each in talk.pay() if each.status == "succeeded"]
    new = talk.card(PaySheet)
    assert new.id != old.id
    assert any(was.text() in note and new.lines[0].amount.text() in note for note in new.notes)
    assert [each.status for each in talk.pay()] == ["succeeded"]
    assert talk.held() == {}
    talk.reprice(product, was.minor)


def test_a_price_that_changed_since_it_was_put_in_is_on_the_sheet(talk: Talk) -> None:
    talk.say("a red desk lamp")
    talk.say("add the first one")
    (product,) = talk.held()
    was = talk.card(Cart).parts[0].lines[0].price
    talk.reprice(product, was.minor - 300)
    talk.say("check out")
    assert any(was.text() in note for note in talk.card(PaySheet).notes)
    talk.reprice(product, was.minor)


def test_where_one_shop_fails_the_other_stands_and_says_so(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    for words in TWO_SHOPS["en"]:
        talk.say(words)
    verger = talk.shop.merchants["verger"]

    def sold_out(quote: str, token: object) -> object:
        raise Refused("out_of_stock", title="Coffee", left=0)

    monkeypatch.setattr(verger, "complete", sold_out)
    receipts = {each.payee.name: each for each in talk.pay()}
    assert {name: each.status for name, each in receipts.items()} == {
        "Verger & Fils": "failed", "Maison Lueur": "succeeded",
    }  # fmt: skip
    assert "Verger & Fils" in receipts["Maison Lueur"].note
    assert any(action.verb == "payment.refund" for action in receipts["Maison Lueur"].actions)
    assert [product for product in talk.held() if product.startswith("lamp")] == []
    assert len(talk.held()) == 1


def test_a_cart_is_there_after_a_restart_and_in_another_conversation(talk: Talk, furnished: Path) -> None:
    talk.say("a red desk lamp")
    talk.say("add the first one")
    held = talk.held()
    talk.assistant.close()
    again = Talk(Assistant(Settings(home=furnished, undo_seconds=0, offline=True)))
    try:
        again.say("what's in my cart?")
        assert {line.id: line.quantity for part in again.card(Cart).parts for line in part.lines} == held
    finally:
        again.assistant.close()


def test_nobody_else_sees_it(talk: Talk) -> None:
    talk.say("a red desk lamp")
    talk.say("add the first one")
    stranger = Talk(talk.assistant)
    stranger.who = Session(talk.assistant.open("guest").id, "guest")
    assert stranger.say("what's in my cart?").cards == ()


@pytest.mark.parametrize(
    ("where", "give_back", "days"),
    [("where is my order?", "I want to return the lamp", "promised by"),
     ("où est ma commande ?", "je veux retourner la lampe", "promise d’ici"),
     ("我的订单", "把台灯退掉", "承诺")],
)  # fmt: skip
def test_an_order_is_found_and_one_line_of_it_given_back(talk: Talk, where: str, give_back: str, days: str) -> None:
    for words in ("a red desk lamp", "add the first one", "mugs", "add the first one", "check out"):
        talk.say(words)
    lamp = talk.card(PaySheet).lines[0].amount
    (receipt,) = talk.pay()
    talk.say(where)
    order = next(each for each in talk.reply.cards if isinstance(each, Order))
    assert days in order.status
    assert [line.label for line in order.lines] and order.totals[-1].amount.minor >= 0
    talk.say(give_back)
    question = talk.card(Question)
    while question.actions[0].verb == "orders.return":  # which order: the newest
        talk.tap(question.actions[0])
        question = talk.card(Question)
    assert talk.kernel.receipt(OWNER, receipt.payment_id).refunded.minor == 0, "asking gives nothing back"
    talk.tap(question.actions[0])
    assert talk.kernel.receipt(OWNER, receipt.payment_id).refunded == lamp


def test_the_search_goes_on_through_its_questions(talk: Talk) -> None:
    first = talk.say("a quiet vacuum for a small flat with a cat, 300 at most")
    asked = talk.card(Question).text
    talk.say("no preference")
    assert talk.card(Question).text != asked
    grey = next(each for each in talk.card(Question).actions if each.label == "grey")
    talk.tap(grey)
    shelf = talk.card(Products)
    assert {chip.text for chip in shelf.constraints} == {"Price: €300.00 at most", "Colour: grey"}
    assert all(view.price.minor <= 30_000 for view in shelf.products)
    assert first.results != talk.reply.results


def test_a_price_is_waited_for_told_once_and_buys_nothing(talk: Talk) -> None:
    first = talk.say("a red desk lamp").results[0]
    before = talk.shop.product(first)
    assert before is not None
    talk.say("tell me when the first one is under 25 euros")
    assert "Noted" in talk.reply.text

    def told() -> list[str]:
        """Prices that were told as turns of their own."""
        turns = talk.assistant.history(talk.who)
        return [each["reply"]["text"] for each in turns if "€24." in each["reply"]["text"]]

    talk.reprice(first, 2_600)
    assert told() == []
    talk.reprice(first, 2_450)
    assert len(told()) == 1
    assert "€24.50" in told()[0]
    assert not [each for each in talk.say("coffee beans").cards if isinstance(each, Notice)]
    assert len(told()) == 1
    assert talk.held() == {}
    past = talk.shop.product(first).history  # type: ignore[union-attr]
    assert {2_600, 2_450} <= {each.price.minor for each in past}
    talk.reprice(first, before.offer.price("EUR").minor)


def test_why_and_why_not_are_read_from_the_rows(talk: Talk) -> None:
    shelf = talk.say("a red desk lamp under 40 euros").results
    talk.say("why the second one?")
    assert "number 2 of" in talk.reply.text
    (view,) = talk.card(Products).products
    assert view.id == shelf[1]
    assert any("€40.00" in each and view.price.text() in each for each in view.why)
    talk.say("why not the third?")
    assert "cheaper" in talk.reply.text or "dearer" in talk.reply.text


@pytest.mark.parametrize("words", ["more like the first one", "d'autres comme le premier", "和第一个类似的"])
def test_more_like_one_stays_inside_the_limits(talk: Talk, words: str) -> None:
    first = talk.say("a red desk lamp under 40 euros").results[0]
    talk.say(words)
    shown = talk.card(Products).products
    assert shown
    assert all(view.price.minor < 4_000 and view.id != first for view in shown)


def test_what_was_paid_leaves_the_cart_that_is_shown(talk: Talk) -> None:
    for text in ("coffee beans", "add two of the first one", "check out"):
        talk.say(text)
    sheet = talk.card(PaySheet)
    assert (sheet.lines[0].quantity, sheet.totals[-1].label, sheet.totals[-1].amount) == (2, "Total", sheet.amount)
    paid = [each.payment_id for each in talk.pay()]
    fresh = talk.assistant.refresh(talk.who, tuple(paid))
    assert [each.parts for each in fresh if isinstance(each, Cart)] == [()]
    assert not any(isinstance(each, Cart) for each in talk.assistant.refresh(talk.who, ()))


def test_a_second_payment_within_a_minute_says_just_now(talk: Talk) -> None:
    talk.say("pay Alice 12.50")
    talk.pay()
    talk.say("pay Alice 12.50")
    assert any("just paid" in note for note in talk.card(PaySheet).notes)
