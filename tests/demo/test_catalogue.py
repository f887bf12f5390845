import xml.dom.minidom
from collections import Counter
from datetime import UTC, datetime

import pytest

from assistant.demo import catalogue
from assistant.demo.catalogue import products
from assistant.demo.pictures import picture
from assistant.shop import Shop
from assistant.shop.catalogue import Product, gtin14
from assistant.shop.glossary import glossary, pieces

ALL = products()


def by_id(name: str) -> Product:
    return next(product for product in ALL if product.id == name)


def test_there_is_enough_of_everything() -> None:
    kinds = Counter(product.category for product in ALL)
    assert len(ALL) >= 420
    assert len(kinds) >= 14
    assert min(kinds.values()) >= 12


@pytest.mark.parametrize("of", ["id", "gtin", "model"])
def test_nothing_is_there_twice(of: str) -> None:
    assert len({getattr(product, of) for product in ALL}) == len(ALL)


def test_codes_are_demonstration_codes_with_right_check_digits() -> None:
    for product in ALL:
        assert gtin14(product.gtin) == product.gtin
        assert product.gtin.startswith("0952")


def test_titles_and_descriptions_are_there_in_three_languages_and_differ() -> None:
    for product in ALL:
        for texts in (product.titles, product.descriptions):
            assert set(texts) == {"en", "fr", "zh"}
            assert len(set(texts.values())) == 3
        assert any("\u4e00" <= mark <= "\u9fff" for mark in product.titles["zh"])


def test_a_title_says_its_kind_in_the_words_the_glossary_reads() -> None:
    for product in ALL:
        for title in product.titles.values():
            assert product.category in glossary().read(title).categories, title


def test_prices_in_two_currencies_and_a_past() -> None:
    for product in ALL:
        assert {price.currency for price in product.offer.prices} == {"EUR", "USD"}
        assert product.history[-1].price == product.offer.price("EUR")
        assert len(product.history) >= 5
        assert all(past.price.minor > 0 for past in product.history)


def test_some_are_sold_out_and_some_do_not_state_everything() -> None:
    assert 10 < sum(product.offer.stock == 0 for product in ALL) < 100
    assert 10 < sum("rating" not in product.attributes for product in ALL) < 100


def test_the_story_products() -> None:
    lamp = by_id("lamp-luma-red")
    assert lamp.titles["en"] == "Luma desk lamp, red"
    assert lamp.offer.price("EUR").minor == 3490
    assert lamp.offer.stock > 0
    red = [p for p in ALL if p.category == "desk_lamp" and p.attributes["colour"].value == "red"]
    assert sum(p.offer.price("EUR").minor < 4000 for p in red) >= 3
    assert sum(p.offer.price("EUR").minor > 4000 for p in red) >= 2
    blue = [p for p in ALL if p.category == "kettle" and p.attributes["colour"].value == "blue"]
    assert any(2500 <= p.offer.price("EUR").minor <= 3000 and p.offer.stock for p in blue)
    quiet = [p for p in ALL if p.category == "vacuum" and "noise" in p.attributes and p.attributes["noise"].value < 60]
    assert any(25_000 <= p.offer.price("EUR").minor <= 30_000 for p in quiet)


def test_it_is_the_same_every_time() -> None:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    first = products(at)
    products.cache_clear()
    assert products(at) == first


def test_stocking_a_shop_twice_changes_nothing(empty: Shop) -> None:
    catalogue.stock(empty)
    catalogue.stock(empty)
    assert len(empty.catalogue.all()) == len(ALL)


def test_every_product_has_a_picture_of_its_own_colour() -> None:
    seen = set()
    for product in ALL:
        drawn = picture(product.id)
        assert drawn is not None
        assert len(drawn.encode()) < 6_000
        assert "{" not in drawn
        xml.dom.minidom.parseString(drawn)
        seen.add(drawn)
        assert product.image == f"/pictures/{product.id}.svg"
    assert len(seen) > 300


def test_every_gradient_a_picture_uses_is_defined_in_it() -> None:
    import re

    for product in ALL:
        drawn = picture(product.id) or ""
        assert set(re.findall(r"url\(#(\w+)\)", drawn)) <= set(re.findall(r'id="(\w+)"', drawn))


@pytest.mark.parametrize("name", ["", "nothing", "../etc/passwd", "lamp-luma-red.svg"])
def test_unknown_products_have_no_picture(name: str) -> None:
    assert picture(name) is None


def test_words_of_the_glossary_hold_no_stop_word_by_accident() -> None:
    assert pieces("The kettles") == ["the", "kettle"]
