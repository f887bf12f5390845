"""What is said to a cart, in three languages, and what is not."""

from dataclasses import replace
from typing import Any

import pytest

from assistant.language import detect
from assistant.language.acts import Amount, Frame, Query, Set, Slot, Start, State
from assistant.language.rules import Rules
from assistant.money import Money
from assistant.request import Evidence
from tests.language.hearing import WORLD

SHELF = State(results=("lamp", "kettle", "mug"))
CART = State(results=("lamp", "kettle", "mug"), last=Frame("cart", {"focus": Slot("kettle")}))


def told(rules: Rules, text: str, state: State = SHELF) -> dict[str, Any]:
    """The slots of the one act to the cart."""
    acts = rules.propose(text, Evidence(), replace(state, language=detect(text, state.language)), WORLD)
    assert len(acts) == 1, acts
    assert isinstance(acts[0], Query), acts
    assert acts[0].goal == "cart"
    return {name: slot.value for name, slot in acts[0].slots.items()}


@pytest.mark.parametrize(
    "text",
    ["add the second one", "add the second one to my cart", "put the second one in the basket", "ajoute le deuxième",
     "mets le deuxième dans mon panier", "加第二个", "把第二个放进购物车", "第二个加入购物车"],
)  # fmt: skip
def test_the_second_one_goes_into_the_cart(rules: Rules, text: str) -> None:
    assert told(rules, text) == {"op": "add", "refs": (1,)}


@pytest.mark.parametrize(
    "text",
    [
        "add two of the first to my cart",
        "ajoute deux du premier au panier",
        "把两个第一个放进购物车",
        "two of the first",
    ],
)
def test_two_of_the_first(rules: Rules, text: str) -> None:
    assert told(rules, text) == {"op": "add", "refs": (0,), "quantity": 2}


@pytest.mark.parametrize(
    "text",
    [
        "add the first and the third to my cart",
        "ajoute le premier et le troisième au panier",
        "把第一个和第三个放进购物车",
    ],
)
def test_two_places_at_once(rules: Rules, text: str) -> None:
    assert told(rules, text) == {"op": "add", "refs": (0, 2)}


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("put the kettle in my cart", "kettle"),
        ("mets l'aspirateur dans mon panier", "aspirateur"),
        ("把吸尘器放进购物车", "吸尘器"),
    ],
)
def test_a_product_by_its_name(rules: Rules, text: str, query: str) -> None:
    found = told(rules, text)
    assert found["op"] == "add"
    assert query in found["query"]


@pytest.mark.parametrize(
    "text",
    [
        "what's in my cart?",
        "show my basket",
        "cart",
        "qu'y a-t-il dans mon panier ?",
        "montre mon panier",
        "购物车里有什么",
        "看看购物车",
    ],
)
def test_a_look_at_the_cart(rules: Rules, text: str) -> None:
    assert told(rules, text) == {"op": "show"}


@pytest.mark.parametrize(
    "text", ["take the kettle out of my cart", "remove the kettle", "delete the kettle from the cart"]
)
def test_a_line_is_taken_out(rules: Rules, text: str) -> None:
    found = told(rules, text, CART)
    assert (found["op"], found["query"]) == ("remove", "kettle")


@pytest.mark.parametrize(
    "text", ["enlève l'aspirateur du panier", "retire l'aspirateur", "把吸尘器从购物车里删掉", "从购物车删除吸尘器"]
)
def test_a_line_is_taken_out_in_french_and_chinese(rules: Rules, text: str) -> None:
    found = told(rules, text, CART)
    assert found["op"] == "remove"
    assert found["query"] in ("aspirateur", "吸尘器", "l'aspirateur")


@pytest.mark.parametrize(
    ("text", "count"),
    [("make it three", 3), ("change the kettle to 3", 3), ("mets-en trois", 3), ("改成3个", 3), ("改成三个", 3),
     ("改成十二个", 12), ("make it twenty five", 25), ("make it two in size 42", 2), ("make it 2 pairs", 2)],
)  # fmt: skip
def test_how_many(rules: Rules, text: str, count: int) -> None:
    found = told(rules, text, CART)
    assert (found["op"], found["quantity"]) == ("set", count)
    assert "query" not in found or "kettle" in found["query"]


@pytest.mark.parametrize(
    ("text", "state"),
    [("keep my cart under 200 euros", SHELF), ("keep it under 200 euros", CART), 
     ("mon panier à 200 euros maximum", SHELF), ("购物车不超过200欧元", SHELF), ("pas plus de 200 euros", CART)],
)  # fmt: skip
def test_a_budget_for_the_whole_cart(rules: Rules, text: str, state: State) -> None:
    found = told(rules, text, state)
    assert (found["op"], found["limit"]) == ("budget", Money(20_000, "EUR"))


@pytest.mark.parametrize(
    "text",
    ["use the coupon WELCOME10", "coupon code welcome10", "utilise le code promo WELCOME10", "使用优惠码WELCOME10"],
)
def test_a_coupon_is_its_code(rules: Rules, text: str) -> None:
    assert told(rules, text, CART) == {"op": "coupon", "coupon": "WELCOME10"}


@pytest.mark.parametrize(
    ("text", "way"),
    [("express delivery please", "express"), ("i'll pick it up", "collect"), ("livraison express", "express"),
     ("retrait en boutique", "collect"), ("加急配送", "express"), ("到店自取", "collect"),
     ("standard delivery", "standard")],
)  # fmt: skip
def test_a_delivery(rules: Rules, text: str, way: str) -> None:
    assert told(rules, text, CART) == {"op": "delivery", "delivery": way}


@pytest.mark.parametrize("text", ["empty my cart", "remove everything from my cart", "vide mon panier", "清空购物车"])
def test_an_empty_cart(rules: Rules, text: str) -> None:
    assert told(rules, text, CART) == {"op": "empty"}


@pytest.mark.parametrize(
    "text",
    [
        "check out",
        "checkout please",
        "pay for my cart",
        "buy everything in my cart",
        "passe la commande",
        "paie mon panier",
        "结账",
        "去下单",
        "购物车结账",
    ],
)
def test_the_way_to_the_review(rules: Rules, text: str) -> None:
    (act,) = rules.propose(text, Evidence(), replace(CART, language=detect(text, "en")), WORLD)
    assert isinstance(act, Start)
    assert act.goal == "checkout"


@pytest.mark.parametrize(
    "text",
    [
        "Pay Alice 12.50",
        "make it 50",
        "yes",
        "a red lamp under 40 euros",
        "remove the payment",
        "add 5 euros to the payment for Bob",
    ],
)
def test_a_payment_that_waits_is_left_alone(rules: Rules, text: str) -> None:
    paying = replace(CART, frames=(Frame("pay", {"payee": Slot("Alice"), "amount": Slot(Amount("12.50"))}, sheet="d"),))
    for act in rules.propose(text, Evidence(), replace(paying, language="en"), WORLD):
        assert not (isinstance(act, (Query, Start)) and act.goal in ("cart", "checkout"))


def test_more_of_the_one_that_waits_on_its_sheet(rules: Rules) -> None:
    buying = replace(SHELF, frames=(Frame("buy", {"ref": Slot(0)}, sheet="d"),))
    assert rules.propose("make it two", Evidence(), buying, WORLD) == (Set({"quantity": Slot(2)}),)
