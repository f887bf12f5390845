"""What is asked beside a purchase, and what only sounds like it."""

from dataclasses import replace

import pytest

from assistant.language import detect
from assistant.language.acts import Amount, Query
from assistant.language.rules import Rules
from assistant.request import Evidence
from tests.language.hearing import WORLD
from tests.language.test_basket import SHELF


def asked(rules: Rules, text: str) -> Query:
    (act,) = rules.propose(text, Evidence(), replace(SHELF, language=detect(text, "en")), WORLD)
    assert isinstance(act, Query)
    return act


@pytest.mark.parametrize(
    "text",
    ["can I afford it?", "could we afford this", "what would be left?", "puis-je me le permettre ?",
     "est-ce que je peux me l'offrir", "買得起吗 买得起吗", "付完还剩多少"],
)  # fmt: skip
def test_it_is_about_what_is_open(rules: Rules, text: str) -> None:
    act = asked(rules, text)
    assert (act.goal, dict(act.slots)) == ("afford", {})


@pytest.mark.parametrize(
    ("text", "amount"),
    [("can I afford 200 euros?", Amount("200", "EUR")), ("ai-je les moyens de dépenser 80 euros", Amount("80", "EUR")),
     ("300欧元我付得起吗", Amount("300", "EUR"))],
)  # fmt: skip
def test_a_sum_that_is_said(rules: Rules, text: str, amount: Amount) -> None:
    act = asked(rules, text)
    assert (act.goal, act.slots["amount"].value) == ("afford", amount)


@pytest.mark.parametrize(
    "text", ["can I afford the second one", "ai-je les moyens pour le deuxième", "第二个我买得起吗"]
)
def test_a_place_on_the_shelf(rules: Rules, text: str) -> None:
    act = asked(rules, text)
    assert (act.goal, act.slots["ref"].value) == ("afford", 1)


@pytest.mark.parametrize("text", ["can I afford a kettle", "puis-je me permettre un aspirateur", "我买得起吸尘器吗"])
def test_a_product_by_name(rules: Rules, text: str) -> None:
    assert asked(rules, text).slots["query"].value


@pytest.mark.parametrize(
    "text", ["what is my balance", "do I have enough money in my Livret A", "how much did I spend"]
)
def test_a_question_about_an_account_is_none_of_these(rules: Rules, text: str) -> None:
    assert asked(rules, text).goal == "measure"


@pytest.mark.parametrize(
    "text",
    ["where is my order?", "track my parcel", "où est ma commande ?", "quand arrive mon colis", "我的订单", "查快递"],
)
def test_where_an_order_is(rules: Rules, text: str) -> None:
    assert asked(rules, text).goal == "orders"


@pytest.mark.parametrize(("text", "words"), [("where is my kettle", "kettle"), ("où est mon aspirateur", "aspirateur")])
def test_where_something_is_that_was_bought(rules: Rules, text: str, words: str) -> None:
    act = asked(rules, text)
    assert (act.goal, act.slots["query"].value) == ("orders", words)


@pytest.mark.parametrize(
    "text",
    ["I want to return the kettle", "return my order", "je veux retourner ma commande", "我要退货", "把吸尘器退掉"],
)
def test_giving_something_back(rules: Rules, text: str) -> None:
    act = asked(rules, text)
    assert (act.goal, act.slots["op"].value) == ("orders", "return")


@pytest.mark.parametrize("text", ["what is my return", "where is my money", "rate of return this year"])
def test_an_investment_is_no_parcel(rules: Rules, text: str) -> None:
    acts = rules.propose(text, Evidence(), SHELF, WORLD)
    assert not [act for act in acts if isinstance(act, Query) and act.goal == "orders"]


@pytest.mark.parametrize(
    ("text", "op"),
    [("why the second one?", "why"), ("pourquoi le deuxième ?", "why"), ("为什么推荐第二个", "why"),
     ("why not the second one", "why_not"), ("pourquoi pas le deuxième", "why_not"), ("为什么不是第二个", "why_not"),
     ("more like the second one", "like"), ("d'autres comme le deuxième", "like"), ("和第二个类似的", "like"),
     ("price history of the second one", "history"), ("historique du prix du deuxième", "history"),
     ("第二个的价格历史", "history")],
)  # fmt: skip
def test_about_one_that_is_shown(rules: Rules, text: str, op: str) -> None:
    act = asked(rules, text)
    assert (act.goal, act.slots["op"].value, act.slots["ref"].value) == ("explain", op, 1)


@pytest.mark.parametrize(
    "text",
    ["tell me when the second one is under 25 euros", "préviens-moi quand le deuxième est à moins de 25 euros",
     "第二个低于25欧元时告诉我"],
)  # fmt: skip
def test_a_price_to_wait_for(rules: Rules, text: str) -> None:
    act = asked(rules, text)
    assert (act.slots["op"].value, act.slots["amount"].value, act.slots["ref"].value) == (
        "watch",
        Amount("25", "EUR"),
        1,
    )


@pytest.mark.parametrize("text", ["tell me if I was charged twice", "why did I spend so much", "告诉我上个月花了多少"])
def test_other_things_to_be_told(rules: Rules, text: str) -> None:
    assert asked(rules, text).goal == "measure"
