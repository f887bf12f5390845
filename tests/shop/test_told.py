"""What a product is made of or can do, and the day it must be there: said in a sentence, a condition like any other."""

import pytest

from assistant.language import slots
from assistant.language.acts import World
from assistant.language.sentence import Sentence
from assistant.money import Money
from assistant.request import Constraint, Language
from assistant.shop import Shop
from assistant.shop.shelf import Shelf


def world(shop: Shop) -> World:
    return World(currencies=("EUR", "USD"), today="2026-11-23", **shop.lexicon())


def limits(shop: Shop, text: str, language: Language) -> tuple[Constraint, ...]:
    told = slots.find(Sentence(text, language, world(shop)))
    assert "doubts" not in told
    return told["constraints"].value if "constraints" in told else ()


def shelf(shop: Shop, text: str, language: Language) -> Shelf:
    told = slots.find(Sentence(text, language, world(shop)))
    query = told["query"].value if "query" in told else ""
    return shop.search(query, limits(shop, text, language), language, 60)


@pytest.mark.parametrize(("language", "text", "material"), [
    ("en", "a leather backpack", "leather"), ("en", "wooden speaker", "wood"),
    ("en", "stainless steel kettle", "steel"),
    ("fr", "un sac à dos en cuir", "leather"), ("fr", "bouilloire en verre", "glass"),
    ("fr", "enceinte en bois", "wood"),
    ("zh", "真皮双肩包", "leather"), ("zh", "不锈钢水壶", "steel"), ("zh", "木质音箱", "wood"),
])  # fmt: skip
def test_a_material_that_is_asked_for_is_that_of_every_card(
    stocked: Shop, language: Language, text: str, material: str
) -> None:
    found = shelf(stocked, text, language)
    assert {hit.product.attributes["material"].value for hit in found.hits} == {material}


@pytest.mark.parametrize(("language", "text"), [
    ("en", "a backpack, not leather"), ("en", "a backpack without leather"),
    ("en", "backpack that isn't made of leather"),
    ("fr", "un sac à dos mais pas en cuir"), ("fr", "un sac à dos sans cuir"), ("zh", "双肩包，不要皮的"),
])  # fmt: skip
def test_a_material_that_is_refused_is_on_no_card(stocked: Shop, language: Language, text: str) -> None:
    found = shelf(stocked, text, language)
    assert found.hits
    assert "leather" not in {hit.product.attributes["material"].value for hit in found.hits}


@pytest.mark.parametrize(("language", "text", "says"), [
    ("en", "a waterproof backpack", "Waterproof"), ("fr", "un sac à dos imperméable", "étanche"),
    ("fr", "des sacs à dos étanches", "étanche"), ("zh", "防水双肩包", "防水"),
])  # fmt: skip
def test_a_feature_that_is_asked_for_stands_in_the_words_of_every_card(
    stocked: Shop, language: Language, text: str, says: str
) -> None:
    found = shelf(stocked, text, language)
    assert found.hits
    assert all(says in hit.product.description(language) for hit in found.hits)
    assert found.left_out == 15  # backpacks that do not say so


@pytest.mark.parametrize(("language", "text"), [
    ("en", "a waterproof keyboard"), ("fr", "un clavier étanche"), ("zh", "防水键盘"),
])  # fmt: skip
def test_where_nothing_has_the_feature_no_card_is_shown_and_the_feature_is_named(
    stocked: Shop, language: Language, text: str
) -> None:
    found = shelf(stocked, text, language)
    assert not found.hits
    assert found.nearest
    assert [each.value for each in found.nearest.dropped] == ["waterproof"]


def test_a_filter_that_is_sealed_in_french_makes_no_vacuum_waterproof(stocked: Shop) -> None:
    assert not shelf(stocked, "un aspirateur étanche", "fr").hits


def test_what_states_its_battery_is_wireless(stocked: Shop) -> None:
    found = shelf(stocked, "wireless headphones under 100", "en")
    assert found.hits
    assert all("battery" in hit.product.attributes for hit in found.hits)


def test_two_features_are_both_wanted(stocked: Shop) -> None:
    found = shelf(stocked, "waterproof wireless speaker", "en")
    assert found.hits
    assert all("Waterproof" in hit.product.description("en") for hit in found.hits)


def test_a_name_that_holds_a_denial_denies_no_bound(stocked: Shop) -> None:
    read = [(each.field, each.op, each.value) for each in limits(stocked, "clavier sans fil sous 90", "fr")]
    assert read == [("price", "less", Money(9000, "EUR")), ("feature", "is", "wireless")]


@pytest.mark.parametrize(("language", "text", "op", "day"), [
    ("en", "shoes arriving by friday", "at_most", "2026-11-27"), ("en", "a mug before wednesday", "less", "2026-11-25"),
    ("en", "a kettle delivered next week", "at_most", "2026-12-06"),
    ("fr", "une lampe livrée d'ici vendredi", "at_most", "2026-11-27"),
    ("fr", "une tasse avant mercredi", "less", "2026-11-25"),
    ("zh", "周五前到的台灯", "less", "2026-11-27"), ("zh", "下周二之前到的水壶", "less", "2026-12-01"),
])  # fmt: skip
def test_a_day_to_come_bounds_the_delivery(stocked: Shop, language: Language, text: str, op: str, day: str) -> None:
    assert [(c.field, c.op, c.value) for c in limits(stocked, text, language)] == [("delivery", op, day)]


@pytest.mark.parametrize(("language", "text"), [
    ("en", "train ticket paris to lyon tomorrow"), ("en", "train tickets from Paris to Lyon on friday"),
    ("fr", "billets de train paris lyon demain"), ("zh", "明天巴黎到里昂的火车票"),
])  # fmt: skip
def test_the_day_of_a_journey_is_no_delivery(stocked: Shop, language: Language, text: str) -> None:
    assert limits(stocked, text, language) == ()
    first = shelf(stocked, text, language).hits[0].product
    assert {"Paris", "Lyon"} <= set(first.title("en").replace("–", " ").split())


@pytest.mark.parametrize(("language", "text", "held"), [
    ("en", "backpack for a 15 inch laptop", "laptop"),
    ("fr", "sac à dos pour un ordinateur de 15 pouces", "ordinateur"),
    ("zh", "能装15寸电脑的双肩包", "电脑"),
])  # fmt: skip
def test_the_size_of_what_it_is_for_is_not_its_own(stocked: Shop, language: Language, text: str, held: str) -> None:
    assert limits(stocked, text, language) == ()
    first = shelf(stocked, text, language).hits[0].product
    assert held in first.description(language) or "15" in first.description(language)


@pytest.mark.parametrize(("language", "text", "op"), [
    ("fr", "une tasse à 15e max", "at_most"), ("fr", "une tasse 15e", "at_most"),
    ("fr", "tasse à moins de 15e", "less"),
    ("en", "a mug under 15e", "less"), ("zh", "马克杯15e以内", "at_most"),
])  # fmt: skip
def test_15e_is_fifteen_euros(stocked: Shop, language: Language, text: str, op: str) -> None:
    assert [(c.field, c.op, c.value) for c in limits(stocked, text, language)] == [("price", op, Money(1500, "EUR"))]


@pytest.mark.parametrize(("language", "text", "weight"), [
    ("en", "half a kilo of coffee", 0.5), ("fr", "un demi kilo de café", 0.5), ("zh", "半公斤咖啡", 0.5),
])  # fmt: skip
def test_half_a_kilo_is_a_weight(stocked: Shop, language: Language, text: str, weight: float) -> None:
    assert [(c.field, c.value) for c in limits(stocked, text, language)] == [("weight", weight)]


@pytest.mark.parametrize(("language", "text"), [
    ("en", "train tix lyon geneva first class"), ("fr", "billets de train lyon geneve premiere classe"),
    ("zh", "里昂到日内瓦的一等座火车票"),
])  # fmt: skip
def test_a_ticket_is_found_by_its_towns_and_class_without_accents(stocked: Shop, language: Language, text: str) -> None:
    found = shelf(stocked, text, language)
    assert [hit.product.title("en") for hit in found.hits] == ["Rail Lueur Lyon–Genève train ticket, first class"]
    assert not found.mended  # a plural is no slip


@pytest.mark.parametrize(("language", "text"), [
    ("en", "4 mugs, 60 euros in total"), ("fr", "4 tasses, 60 euros en tout"), ("zh", "四个马克杯，一共60欧以内"),
])  # fmt: skip
def test_a_limit_for_all_of_them_is_divided(stocked: Shop, language: Language, text: str) -> None:
    assert [(c.field, c.op, c.value) for c in limits(stocked, text, language)] == [
        ("price", "at_most", Money(1500, "EUR"))
    ]


@pytest.mark.parametrize(("language", "text", "field", "values"), [
    ("en", "a keyboard that isn't black or white", "colour", ("black", "white")),
    ("en", "shoes neither red nor blue", "colour", ("red", "blue")),
    ("en", "headphones, any brand but Sonora", "brand", ("Sonora",)),
    ("fr", "un clavier ni noir ni blanc", "colour", ("black", "white")),
    ("fr", "une bouilloire d'une autre couleur que rouge", "colour", ("red",)),
    ("fr", "casque sauf Sonora ou Vento", "brand", ("Sonora", "Vento")),
    ("zh", "不要黑色或白色的键盘", "colour", ("black", "white")), ("zh", "Sonora以外的耳机", "brand", ("Sonora",)),
])  # fmt: skip
def test_a_denial_reaches_all_that_it_denies(
    stocked: Shop, language: Language, text: str, field: str, values: tuple[str, ...]
) -> None:
    assert [(c.field, c.op, c.value) for c in limits(stocked, text, language)] == [(field, "not", v) for v in values]


@pytest.mark.parametrize(("language", "text", "lacking"), [
    ("en", "chocolate without milk", "milk"), ("fr", "chocolat sans lait", "lait"), ("zh", "不含牛奶的巧克力", "牛奶"),
    ("en", "headphones without microphone under 100", "microphone"),
])  # fmt: skip
def test_what_is_to_be_without_a_thing_does_not_speak_of_it(
    stocked: Shop, language: Language, text: str, lacking: str
) -> None:
    found = shelf(stocked, text, language)
    assert found.hits
    said = [hit.product.title(language) + hit.product.description(language) for hit in found.hits]
    assert not any(lacking in each.lower() for each in said)


@pytest.mark.parametrize(("language", "text"), [("en", "no lamp over 50"), ("fr", "aucune lampe de plus de 50")])
def test_none_over_a_price_is_asked_and_never_read_as_over_it(stocked: Shop, language: Language, text: str) -> None:
    told = slots.find(Sentence(text, language, world(stocked)))
    assert "constraints" not in told
    assert [option[0].op for option in told["doubts"].value[0].options] == ["at_most", "more"]


@pytest.mark.parametrize(("language", "text"), [
    ("fr", "un aspirateur pour un petit appartement"), ("fr", "des billets de train"), ("fr", "de quoi faire du thé"),
    ("en", "headphones and they are wireless"),
])  # fmt: skip
def test_another_number_of_a_word_and_a_small_word_are_no_slips(stocked: Shop, language: Language, text: str) -> None:
    assert not shelf(stocked, text, language).mended
