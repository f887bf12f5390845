"""Limits on products: what was said becomes a condition, the rest stays to be searched."""

import pytest

from assistant.language import constraints
from assistant.language.acts import World
from assistant.language.sentence import Sentence
from assistant.money import Money
from assistant.request import Constraint, Language

WORLD = World(currencies=("EUR", "CNY", "USD"), brands=("Luma", "Bureau"), colours=("red", "rouge", "红色"))
EUR40 = Money(4000, "EUR")
Told = set[tuple[str, str, object]]
CASES: list[tuple[str, Language, str, Told]] = [
    ("a red desk lamp under 40 euros", "en", "desk lamp", {("price", "less", EUR40), ("colour", "is", "red")}),
    ("find a red desk lamp under forty euros", "en", "desk lamp", {("price", "less", EUR40), ("colour", "is", "red")}),
    ("une lampe de bureau rouge à moins de 40 euros", "fr", "lampe de bureau",
     {("price", "less", EUR40), ("colour", "is", "red")}),
    ("40欧元以下的红色台灯", "zh", "台灯", {("price", "at_most", EUR40), ("colour", "is", "red")}),
    ("lamp for 40 euros", "en", "lamp", {("price", "at_most", EUR40)}),
    ("headphones between 20 and 40 euros", "en", "headphones",
     {("price", "at_least", Money(2000, "EUR")), ("price", "at_most", EUR40)}),
    ("20-40 euros backpack", "en", "backpack",
     {("price", "at_least", Money(2000, "EUR")), ("price", "at_most", EUR40)}),
    ("lamp under $50", "en", "lamp", {("price", "less", Money(5000, "USD"))}),
    ("a 24 inch monitor", "en", "monitor", {("size", "is", 24.0)}),
    ("ssd at least 512 gb", "en", "ssd", {("capacity", "at_least", 512.0)}),
    ("running shoes size 42", "en", "running shoes", {("size", "is", 42.0)}),
    ("a shirt size XL", "en", "shirt", {("size", "is", "XL")}),
    ("headphones rated at least 4.5 stars", "en", "headphones", {("rating", "at_least", 4.5)}),
    ("casque noté 4 étoiles ou plus", "fr", "casque", {("rating", "at_least", 4.0)}),
    ("无线耳机，评分4.5以上", "zh", "无线耳机", {("rating", "at_least", 4.5)}),
    ("lamp delivered within 3 days", "en", "lamp", {("delivery", "at_most", 3.0)}),
    ("lampe livrée sous 2 jours", "fr", "lampe", {("delivery", "at_most", 2.0)}),
    ("台灯，三天内送达", "zh", "台灯", {("delivery", "at_most", 3.0)}),
    ("a kettle in stock", "en", "kettle", {("stock", "is", "yes")}),
    ("a lamp, not black", "en", "lamp", {("colour", "not", "black")}),
    ("un sac à dos pas noir", "fr", "sac à dos", {("colour", "not", "black")}),
    ("不要黑色的耳机", "zh", "耳机", {("colour", "not", "black")}),
    ("a Luma lamp", "en", "lamp", {("brand", "is", "Luma")}),
    ("blue or red shoes", "en", "shoes", {("colour", "is", "blue"), ("colour", "is", "red")}),
    ("green tea under 40 euros", "en", "green tea", {("price", "less", EUR40)}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "language", "query", "told"), CASES)
def test_limits_and_words_are_told_apart(text: str, language: Language, query: str, told: Told) -> None:
    wanted = constraints.read(Sentence(text, language, WORLD))
    assert {(c.field, c.op, c.value) for c in wanted.constraints} == told
    assert wanted.query == query
    assert not wanted.doubts


def test_a_condition_points_at_the_words_that_said_it() -> None:
    text = "a red desk lamp under 40 euros"
    found = constraints.read(Sentence(text, "en", WORLD)).constraints
    assert {text[slice(*c.span)] for c in found if c.span} == {"red", "under 40 euros"}


def test_a_unit_stays_with_its_number() -> None:
    (found,) = constraints.read(Sentence("a 24 inch monitor", "en", WORLD)).constraints
    assert found == Constraint("size", "is", 24.0, span=(2, 9), unit="inch")
