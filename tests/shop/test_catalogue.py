import threading
from dataclasses import replace

import pytest
import sqlalchemy as sa

from assistant.errors import BadInput
from assistant.shop import Shop
from assistant.shop.catalogue import gtin14


@pytest.mark.parametrize(
    ("code", "fourteen"),
    [("4006381333931", "04006381333931"), ("73513537", "00000073513537"), ("036000291452", "00036000291452"),
     ("9 520000-000011", "09520000000011"), ("14006381333938", "14006381333938"),
     ("6291041500213", "06291041500213")],  # GS1, "How to calculate a check digit manually"
)  # fmt: skip
def test_every_length_of_gtin_becomes_fourteen_digits(code: str, fourteen: str) -> None:
    assert gtin14(code) == fourteen


def test_a_misread_digit_is_noticed() -> None:
    good = "4006381333931"
    for place in range(13):
        bad = good[:place] + str((int(good[place]) + 1) % 10) + good[place + 1 :]
        with pytest.raises(BadInput) as refusal:
            gtin14(bad)
        assert refusal.value.key == "gtin_misread"


@pytest.mark.parametrize("code", ["", "12345", "hello", "40063813339310000", "４００６３８１３３３９３１", "²" * 13])
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(BadInput):
        gtin14(code)


def test_a_code_finds_its_product_at_any_length(shop: Shop) -> None:
    lamp = shop.product("lamp-luma-red")
    assert lamp is not None
    assert shop.by_gtin(lamp.gtin) == shop.by_gtin(lamp.gtin[1:]) == lamp
    assert shop.by_gtin("4006381333931") is None


def test_what_is_loaded_is_what_is_read(empty: Shop, make) -> None:
    one = make("Kettle", colour="red", capacity=1700.0)
    assert empty.is_empty()
    empty.load([one])
    assert empty.product(one.id) == one
    assert not empty.is_empty()


def test_loading_again_replaces(empty: Shop, make) -> None:
    one = make("Old title")
    empty.load([one])
    changed = type(one)(**{name: getattr(one, name) for name in one.__slots__} | {"titles": {"en": "New title"}})
    empty.load([changed])
    assert [hit.product.title("en") for hit in empty.search("kettle", (), "en").hits] == ["New title"]


def test_a_bad_code_in_a_load_changes_nothing(empty: Shop, make) -> None:
    good, bad = make(), make()
    broken = type(bad)(**{name: getattr(bad, name) for name in bad.__slots__} | {"gtin": "09520000000010"})
    with pytest.raises(BadInput):
        empty.load([good, broken])
    assert empty.is_empty()


def test_products_without_a_code_stand_beside_each_other(empty: Shop, make) -> None:
    one, two = (replace(make(), gtin="") for _ in range(2))
    empty.load([one, two])
    assert [empty.product(each.id) for each in (one, two)] == [one, two]


def test_a_product_is_read_as_it_stood_at_one_moment(empty: Shop, make) -> None:
    empty.load([make("Kettle")])
    sold = empty.catalogue.all()[0]

    def meanwhile(_: object, __: object, statement: str, *___: object) -> None:
        if "FROM price_history" in statement:
            other = threading.Thread(target=empty.catalogue.forget, args=(sold.offer.merchant,))
            other.start()
            other.join()

    sa.event.listen(empty.catalogue.store.engine, "before_cursor_execute", meanwhile)
    assert empty.catalogue.by_ids([sold.id]) == (sold,)
    assert empty.catalogue.by_ids([sold.id]) == ()
