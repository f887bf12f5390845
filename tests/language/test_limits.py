"""A limit is a limit: every way to say one, in three languages, becomes conditions; a number left over is asked."""

import pytest

from assistant.language import constraints
from assistant.language.acts import World
from assistant.language.sentence import Sentence
from assistant.language.sold import sold
from assistant.language.tokens import tokens
from assistant.money import Money
from assistant.request import Doubt, Language

WORLD = World(
    currencies=("EUR", "CNY", "USD"), today="2026-03-15", models=("LU-104", "NB 20"), sizes=("40", "42"),
    products=("vacuum", "lamp", "mug", "kettle", "tea", "lampe", "thé", "tasse", "吸尘器", "台灯", "杯子", "灯"),
)  # fmt: skip
Told = set[tuple[str, str, object]]


def euros(units: float, currency: str = "EUR") -> Money:
    return Money(round(100 * units), currency)


def price(op: str, units: float, currency: str = "EUR") -> tuple[str, str, object]:
    return ("price", op, euros(units, currency))


MOST, LEAST, LESS, MORE = ({price(op, 300)} for op in ("at_most", "at_least", "less", "more"))
SPAN = {price("at_least", 20), price("at_most", 30)}
ABOUT = {price("at_least", 40), price("at_most", 60)}
CASES: list[tuple[Language, str, Told]] = [
    ("en", "find me a quiet vacuum for a small flat, 300 at most", MOST), ("en", "vacuum 300 max", MOST),
    ("en", "vacuum max 300", MOST), ("en", "vacuum, 300 tops", MOST), ("en", "vacuum 300 or less", MOST),
    ("en", "vacuum 300 euros or under", MOST), ("en", "vacuum no more than three hundred", MOST),
    ("en", "vacuum up to 300", MOST), ("en", "vacuum within 300 €", MOST), ("en", "vacuum, my budget is 300", MOST),
    ("en", "vacuum with a budget of €300", MOST), ("en", "vacuum 300 (maximum)", MOST),
    ("en", "vacuum, limit: 300", MOST),
    ("en", "vacuum maximum price of 300", MOST), ("en", "vacuum not exceeding 300", MOST),
    ("en", "I have 300 to spend on a vacuum", MOST), ("en", "vacuum for 300 euros", MOST),
    ("en", "a 300 euro vacuum", MOST),
    ("en", "vacuum under 300", LESS), ("en", "vacuum below €300", LESS), ("en", "vacuum cheaper than 300", LESS),
    ("en", "sub-300 vacuum", LESS), ("en", "vacuum over 300", MORE), ("en", "vacuum at least 300", LEAST),
    ("en", "vacuum 300 or more", LEAST), ("en", "vacuum from 300", LEAST), ("en", "vacuum 300+", LEAST),
    ("en", "vacuum 300 minimum", LEAST), ("en", "vacuum not under 300", LEAST),
    ("en", "vacuum exactly 300 euros", {price("is", 300)}),
    ("en", "lamp between 20 and 30", SPAN), ("en", "lamp from 20 to 30 euros", SPAN),
    ("en", "lamp 20-30 euros", SPAN),
    ("en", "lamp 20–30", SPAN), ("en", "lamp €20 to €30", SPAN), ("en", "lamp between 30 and 20 euros", SPAN),
    ("en", "lamp around 50", ABOUT), ("en", "lamp 50 or so", ABOUT), ("en", "lamp about fifty euros", ABOUT),
    ("en", "lamp, at most around 50", {price("at_most", 50)}), ("en", "lamp under $50", {price("less", 50, "USD")}),
    ("en", "lamp min 20 max 30", SPAN), ("en", "vacuum under 70 dB", {("noise", "less", 70.0)}),
    ("en", "500 g of tea", {("weight", "is", 500.0)}),
    ("en", "kettle 1.7 l or more", {("capacity", "at_least", 1.7)}),
    ("en", "lamp no taller than 40 cm", {("size", "at_most", 40.0)}),
    ("en", "lamp rated at least 4", {("rating", "at_least", 4.0)}),
    ("en", "lamp 4 stars or better, 300 max", MOST | {("rating", "at_least", 4.0)}),
    ("en", "lamp under 300 delivered within 2 days", LESS | {("delivery", "at_most", 2.0)}),
    ("en", "lamp €20-€30", SPAN),
    ("en", "headphones with at least 20 hours of battery", {("battery", "at_least", 20.0)}),
    ("en", "lamp delivered within 48 hours", {("delivery", "at_most", 2.0)}), ("en", "lamp 20€ to 30€", SPAN),
    ("zh", "耳机，续航20小时以上", {("battery", "at_least", 20.0)}), ("fr", "aspirateur, 300 € grand max", MOST),
    ("en", "chocolate at least 70% cocoa", {("share", "at_least", 70.0)}),
    ("zh", "70%以上的巧克力", {("share", "at_least", 70.0)}),
    ("en", "lamp with at least 2 years of warranty", {("time", "at_least", 2.0)}),
    ("en", "notebook, 200 pages", {("pages", "is", 200.0)}),
    ("en", "a vacuum, I don't want to spend more than 300", MOST), ("en", "a vacuum not costing over 300", MOST),
    ("en", "vacuum, never below 300", LEAST), ("en", "vacuum price < 300", LESS), ("en", "vacuum <= 300", MOST),
    ("fr", "aspirateur, je ne veux pas dépenser plus de 300 euros", MOST), ("zh", "我不想花超过300买吸尘器", MOST),
    ("zh", "吸尘器价格<300", LESS), ("en", "a lamp, not black, over 300", MORE | {("colour", "not", "black")}),
    ("fr", "un aspirateur, 300 maximum", MOST), ("fr", "un aspirateur 300 euros maxi", MOST),
    ("fr", "aspirateur 300 au plus", MOST), ("fr", "aspirateur pas plus de 300", MOST),
    ("fr", "aspirateur jusqu'à 300 €", MOST), ("fr", "aspirateur 300 ou moins", MOST),
    ("fr", "aspirateur au maximum 300 euros", MOST), ("fr", "aspirateur, budget 300", MOST),
    ("fr", "aspirateur 300 € grand maximum", MOST), ("fr", "aspirateur pour trois cents euros", MOST),
    ("fr", "aspirateur sans dépasser 300", MOST), ("fr", "aspirateur ne dépassant pas les 300 euros", MOST),
    ("fr", "aspirateur à moins de 300", LESS), ("fr", "aspirateur sous les 300 euros", LESS),
    ("fr", "aspirateur à partir de 300", LEAST), ("fr", "aspirateur 300 minimum", LEAST),
    ("fr", "aspirateur 300 ou plus", LEAST), ("fr", "aspirateur plus de 300", MORE),
    ("fr", "lampe entre 20 et 30", SPAN), ("fr", "lampe de 20 à 30 euros", SPAN), ("fr", "lampe 20-30 euros", SPAN),
    ("fr", "lampe environ 50 euros", ABOUT), ("fr", "lampe aux alentours de 50", ABOUT),
    ("fr", "lampe dans les 50 euros", ABOUT),
    ("fr", "aspirateur moins de 70 décibels", {("noise", "less", 70.0)}),
    ("fr", "250 g de thé", {("weight", "is", 250.0)}),
    ("fr", "lampe livrée sous 2 jours, 300 max", MOST | {("delivery", "at_most", 2.0)}),
    ("zh", "吸尘器，300以内", MOST), ("zh", "吸尘器300以下", MOST),
    ("zh", "三百块之内的吸尘器", {price("at_most", 300, "EUR")}),
    ("zh", "吸尘器不超过300", MOST), ("zh", "吸尘器最多300欧元", MOST), ("zh", "吸尘器，预算300", MOST),
    ("zh", "吸尘器，别超过三百", MOST), ("zh", "吸尘器300封顶", MOST), ("zh", "吸尘器价格控制在300以内", MOST),
    ("zh", "吸尘器低于300", LESS), ("zh", "300以上的吸尘器", LEAST), ("zh", "吸尘器至少300", LEAST),
    ("zh", "吸尘器超过300", MORE), ("zh", "台灯二十到三十", SPAN), ("zh", "20到30欧元的台灯", SPAN),
    ("zh", "20-30的台灯", SPAN),
    ("zh", "台灯，20至30之间", SPAN), ("zh", "台灯50左右", ABOUT), ("zh", "大约50欧元的台灯", ABOUT),
    ("zh", "低于70分贝的吸尘器", {("noise", "less", 70.0)}), ("zh", "台灯，评分4以上", {("rating", "at_least", 4.0)}),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "told"), CASES)
def test_a_limit_is_a_limit(language: Language, text: str, told: Told) -> None:
    wanted = constraints.read(Sentence(text, language, WORLD))
    assert {(c.field, c.op, c.value) for c in wanted.constraints} == told
    assert not wanted.doubts
    assert not any(char.isdigit() for char in wanted.query)


@pytest.mark.parametrize(("language", "text", "options"), [
    ("en", "vacuum 300", (price("at_most", 300), None)),
    ("en", "a vacuum for my flat 300", (price("at_most", 300), None)),
    ("en", "a lamp for 3 rooms", (price("at_most", 3), None)),
    ("en", "lamp three hundred", (price("at_most", 300), None)),
    ("fr", "aspirateur 300", (price("at_most", 300), None)), ("zh", "台灯 300", (price("at_most", 300), None)),
    ("en", "shoes 42", (price("at_most", 42), ("size", "is", 42.0), None)),
    ("en", "lamp under 1.234 €", (price("less", 1234), price("less", 1.23))),
    ("fr", "lampe à moins de 1,234 €", (price("less", 1234), price("less", 1.23))),
    ("en", "a vacuum not loud over 300", (price("at_most", 300), price("more", 300))),
    ("en", "lamp under twelve fifty", (price("less", 12.5), price("less", 1250))),
])  # fmt: skip
def test_a_number_that_may_be_a_limit_is_asked(language: Language, text: str, options: tuple[object, ...]) -> None:
    wanted = constraints.read(Sentence(text, language, WORLD))
    (doubt,) = wanted.doubts
    assert isinstance(doubt, Doubt)
    assert tuple((o[0].field, o[0].op, o[0].value) if o else None for o in doubt.options) == options
    assert doubt.text in text
    assert not wanted.constraints


@pytest.mark.parametrize(("language", "text", "quantity"), [
    ("en", "two mugs", 2), ("en", "3 red mugs under 20", 3), ("fr", "deux tasses", 2), ("zh", "三个杯子", 3),
    ("en", "LU-104", 0), ("en", "lamp nb 20", 0), ("en", "an mp3 lamp", 0), ("en", "kettle 2 pack", 0),
    ("en", "the second lamp", 0),
    ("fr", "un aspirateur neuf", 0), ("zh", "一个台灯", 0), ("en", "lamp for 2 people", 0),
    ("en", "what lamps sold in 2025", 0),
])  # fmt: skip
def test_a_count_a_name_and_a_day_are_no_limit(language: Language, text: str, quantity: int) -> None:
    wanted = constraints.read(Sentence(text, language, WORLD))
    assert not wanted.doubts
    assert wanted.quantity == quantity


@pytest.mark.parametrize("language", ["en", "fr", "zh"])
@pytest.mark.parametrize("number", ["7", "19,99", "250", "1 200", "90 000"])
@pytest.mark.parametrize(
    "shape", ["{p} {n}", "{n} {p}", "{p} xyz {n} abc", "{p}, {n}", "{p} {n} {n}", "({n}) {p}", "{p} {n}!"]
)
def test_no_number_is_ever_ignored(language: Language, number: str, shape: str) -> None:
    product = {"en": "kettle", "fr": "lampe", "zh": "台灯"}[language]
    wanted = constraints.read(Sentence(shape.format(p=product, n=number), language, WORLD))
    assert wanted.doubts or wanted.constraints or wanted.quantity


@pytest.mark.parametrize(("text", "named"), [
    ("the rent", []), ("un thé", ["thé"]), ("a mug", ["mug"]), ("two mugs and kettles", ["mugs", "kettles"]),
    ("开灯", []),
])  # fmt: skip
def test_what_is_sold_is_recognised_by_its_name(text: str, named: list[str]) -> None:
    words = tokens(text)
    found = sold(text, WORLD)
    assert [text[words[a].start : words[b - 1].end] for a, b in found] == named
