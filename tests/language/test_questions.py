"""Questions, searches and short sentences in three languages, and what is asked again of something else."""

from datetime import date

import pytest

from assistant.language.acts import (
    Act,
    Affirm,
    Cancel,
    Chat,
    Choose,
    Deny,
    Frame,
    Query,
    Set,
    Slot,
    State,
    Unknown,
)
from assistant.language.rules import Rules
from assistant.money import Money
from assistant.reply import Period
from assistant.request import Constraint, Doubt
from tests.language.hearing import hear

THIS_YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
FEBRUARY = Period(date(2026, 2, 1), date(2026, 2, 28))

SPENT = ["How much did I spend on groceries last month?", "how much did i spend on groceries last month",
         "Combien ai-je dépensé en courses le mois dernier ?", "combien j ai depense en courses le mois dernier",
         "上个月买菜花了多少钱？", "我上个月在超市花了多少钱"]  # fmt: skip


@pytest.mark.parametrize("text", SPENT)
def test_groceries_last_month(rules: Rules, text: str) -> None:
    (act,) = hear(rules, text)
    assert isinstance(act, Query)
    told = {name: slot.value for name, slot in act.slots.items()}
    assert (act.goal, told) == ("measure", {"metric": "spending", "category": "groceries", "period": FEBRUARY})


WORTH = ["What is my net worth? Show the chart", "show my net worth with a chart", "what is my net worth",
         "Quel est mon patrimoine net ? Montre la courbe", "quel est mon patrimoine", "我的净资产是多少？画图",
         "我的净资产是多少"]  # fmt: skip


@pytest.mark.parametrize("text", WORTH)
def test_net_worth_with_its_chart_is_one_question(rules: Rules, text: str) -> None:
    (act,) = hear(rules, text)
    assert isinstance(act, Query)
    assert (act.goal, act.slots["metric"].value) == ("measure", "net_worth")


LAMP = ["a red desk lamp under 40 euros", "find a red desk lamp under forty euros", 
        "i want a red desk lamp below 40 euros",
        "une lampe de bureau rouge à moins de 40 euros", "trouve une lampe de bureau rouge à moins de quarante euros",
        "40欧元以下的红色台灯", "帮我找一个40欧元以内的红色台灯"]  # fmt: skip


@pytest.mark.parametrize("text", LAMP)
def test_a_lamp_inside_a_budget(rules: Rules, text: str) -> None:
    (act,) = hear(rules, text)
    assert isinstance(act, Query)
    assert act.goal == "find"
    assert act.slots["query"].value in ("desk lamp", "lampe de bureau", "台灯")
    limits = {(c.field, c.value) for c in act.slots["constraints"].value}
    assert limits == {("price", Money(4000, "EUR")), ("colour", "red")}


WISHES: list[tuple[str, str]] = [
    ("kettle delivered by tomorrow", "kettle"), ("a lamp rated at least 4", "lamp"), ("vacuum up to 300", "vacuum"),
    ("find me a quiet vacuum for a small flat with a cat, 300 at most", "quiet vacuum small flat cat"),
    ("un thé vert bio", "thé vert bio"), ("500 g of coffee beans", "coffee beans"), ("vacuum 300 max", "vacuum"),
    ("un aspirateur, 300 maximum", "aspirateur"), ("吸尘器，300以内", "吸尘器"), ("kettles", "kettles"),
    ("vacuum under 70 dB", "vacuum"), ("a vacuum for my flat 300", "vacuum flat"), ("绿茶", "绿茶"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "query"), WISHES)
def test_a_product_and_its_limits_alone_are_a_search(rules: Rules, text: str, query: str) -> None:
    (act,) = hear(rules, text)
    assert isinstance(act, Query)
    assert (act.goal, act.slots["query"].value) == ("find", query)
    numbers = any(char.isdigit() for char in text)
    assert ("constraints" in act.slots or "doubts" in act.slots) is (numbers or "tomorrow" in text)


@pytest.mark.parametrize(
    "text", ["turn on the lamp", "who invented the kettle", "allume la lampe", "write a poem about tea"]
)
def test_a_product_that_is_only_mentioned_is_not_searched(rules: Rules, text: str) -> None:
    assert hear(rules, text) == (Unknown(outside=True),)


FIGURES: list[tuple[str, dict[str, object]]] = [
    ("which subscriptions do I pay?", {"metric": "recurring", "category": "subscriptions"}),
    ("quels abonnements je paie ?", {"metric": "recurring", "category": "subscriptions"}),
    ("我付哪些订阅", {"metric": "recurring", "category": "subscriptions"}),
    ("支付宝和微信分别支出多少", {"metric": "spending", "group": "account"}),
    ("how much from Alipay and WeChat each", {"metric": "spending", "group": "account"}),
    ("combien avec Alipay et WeChat chacun ?", {"metric": "spending", "group": "account"}),
    ("dividend income last month", {"metric": "income", "category": "dividends", "period": FEBRUARY}),
    ("mes dividendes le mois dernier", {"metric": "income", "category": "dividends", "period": FEBRUARY}),
    ("what subscriptions do I pay for", {"metric": "recurring", "category": "subscriptions"}),
    ("how much rent do I pay", {"metric": "spending", "category": "rent"}),
    ("combien je paie de loyer", {"metric": "spending", "category": "rent"}),
    ("how are my investments doing", {"metric": "performance"}),
    ("why is my portfolio down this year?", {"metric": "performance", "period": THIS_YEAR}),
    ("how much dividends did my portfolio pay", {"metric": "income", "category": "dividends"}),
    ("combien ont rapporté mes placements cette année", {"metric": "performance", "period": THIS_YEAR}),
    ("今年我的投资表现怎么样", {"metric": "performance", "period": THIS_YEAR}),
    ("今年的投资收益率", {"metric": "return", "period": THIS_YEAR}),
    ("quel est le rendement de mes placements cette année", {"metric": "return", "period": THIS_YEAR}),
    ("which bank fees did I pay", {"metric": "fees"}), ("combien de frais ai-je payé", {"metric": "fees"}),
    ("我付了多少手续费", {"metric": "fees"}),
    ("上个月的股息收入", {"metric": "income", "category": "dividends", "period": FEBRUARY}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "asked"), FIGURES)
def test_a_figure_is_asked_of_a_category_or_split_by_account(rules: Rules, text: str, asked: dict[str, object]) -> None:
    (act,) = hear(rules, text)
    assert isinstance(act, Query)
    assert act.goal == "measure"
    assert {name: slot.value for name, slot in act.slots.items()} == asked


@pytest.mark.parametrize(
    "text",
    [
        "what did I pay today?",
        "show my payments",
        "montre mes paiements",
        "我今天付了什么",
        "qu'est-ce que j'ai payé hier ?",
    ],
)
def test_payments_are_listed(rules: Rules, text: str) -> None:
    (act,) = hear(rules, text)
    assert isinstance(act, Query)
    assert (act.goal, act.slots) == ("payments", {})


SHELF = State(results=("a", "b", "c"), last=Frame("find", {"query": Slot("lamp")}))
COMPARED: list[tuple[str, tuple[int | str, ...]]] = [
    ("compare the first two", (0, 1)), ("compare 1 and 3", (0, 2)), ("compare les deux premiers", (0, 1)),
    ("比较前两个", (0, 1)), ("compare the cheapest two", ("cheapest", "cheapest")), ("compare the last two", (-2, -1)),
    ("what's the difference between the first and the third", (0, 2)), ("第一个和第三个有什么区别", (0, 2)),
    ("第二个和第三个比一下", (1, 2)),
    ("compare le premier et le troisième", (0, 2)), ("比较最便宜的两个", ("cheapest", "cheapest")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "refs"), COMPARED)
def test_a_comparison_is_of_the_results_that_were_named(rules: Rules, text: str, refs: tuple[int | str, ...]) -> None:
    assert hear(rules, text, SHELF) == (Query("compare", {"refs": Slot(refs)}),)


DOUBT = Doubt("300", ((Constraint("price", "at_most", Money(30_000, "EUR")),), ()))


@pytest.mark.parametrize(("text", "limits"), [("yes", 1), ("oui", 1), ("是的", 1), ("no", 0), ("300 max", 1)])
def test_a_doubt_about_a_number_is_settled_by_a_word(rules: Rules, text: str, limits: int) -> None:
    asked = State(last=Frame("find", {"query": Slot("vacuum"), "doubts": Slot((DOUBT,))}))
    (act,) = hear(rules, text, asked)
    assert isinstance(act, Set)
    assert act.slots["doubts"].value == ()
    assert [(c.field, c.op, c.value) for c in act.slots["constraints"].value] == [
        ("price", "at_most", Money(30_000, "EUR"))
    ] * limits


OTHERS: list[tuple[str, Act]] = [
    ("what's the weather", Unknown(outside=True)), ("quel temps fait-il ?", Unknown(outside=True)),
    ("今天天气怎么样", Unknown(outside=True)),
    ("hello", Chat("greet")), ("Bonjour !", Chat("greet")), ("你好", Chat("greet")),
    ("thanks", Chat("thanks")), ("merci beaucoup", Chat("thanks")), ("谢谢", Chat("thanks")),
    ("help", Chat("help")), ("aide", Chat("help")), ("帮助", Chat("help")), ("what can you do?", Chat("help")),
    ("should I sell Tesla", Query("advice")), ("dois-je vendre Tesla ?", Query("advice")),
    ("我该卖特斯拉吗", Query("advice")), ("should I sell Orchard Devices?", Query("advice")),
    ("is Nimbus Coin a good investment?", Query("advice")), ("faut-il acheter du Orchard Devices ?", Query("advice")),
    ("Orchard Devices 该卖吗", Query("advice")), ("which fund is the best investment", Query("advice")),
    ("buy Orchard Devices", Query("advice")), ("sell my ORCD", Query("advice")),
    ("卖出 Orchard Devices", Query("advice")),
    ("cancel", Cancel()), ("annule", Cancel()), ("取消", Cancel()),
    ("yes", Affirm()), ("oui", Affirm()), ("是的", Affirm()), ("no", Deny()), ("non merci", Deny()), ("不用了", Deny()),
    ("the second one", Choose(1, "buy")), ("le moins cher", Choose("cheapest", "buy")), ("买第二个", Choose(1, "buy")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "act"), OTHERS)
def test_short_sentences_mean_one_thing(rules: Rules, text: str, act: Act) -> None:
    assert hear(rules, text) == (act,)


ASKED = State(
    last=Frame("measure", {"metric": Slot("spending"), "category": Slot("groceries"), "period": Slot(FEBRUARY)})
)


@pytest.mark.parametrize(
    "text", ["and last year?", "what about last year", "et l'année dernière ?", "那去年呢", "last year"]
)
def test_a_question_is_asked_again_of_another_year(rules: Rules, text: str) -> None:
    (act,) = hear(rules, text, ASKED)
    assert isinstance(act, Set)
    assert act.slots["period"].value == Period(date(2025, 1, 1), date(2025, 12, 31))


def test_a_search_is_narrowed_by_a_word(rules: Rules) -> None:
    price = Constraint("price", "less", Money(4000, "EUR"))
    found = State(
        last=Frame("find", {"query": Slot("lamp"), "constraints": Slot((price, Constraint("colour", "is", "red")))})
    )
    (act,) = hear(rules, "and in blue?", found)
    assert isinstance(act, Set)
    assert {(c.field, c.value) for c in act.slots["constraints"].value} == {("price", price.value), ("colour", "blue")}
