from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.money import Money
from assistant.request import Constraint
from assistant.shop import Shelf, Shop
from assistant.shop.catalogue import Product
from assistant.shop.constraints import canonical
from assistant.shop.glossary import glossary

OPS = {
    "is": lambda a, b: a == b, "not": lambda a, b: a != b, "at_most": lambda a, b: a <= b,
    "at_least": lambda a, b: a >= b, "less": lambda a, b: a < b, "more": lambda a, b: a > b,
}  # fmt: skip
UNITS = {"ml": 1, "l": 1000, "g": 1, "kg": 1000, "db": 1, "w": 1, "cm": 10, "mm": 1}
WORDS = {"rouge": "red", "红色": "red", "red": "red", "bleue": "blue", "黑色": "black", "white": "white"}

numeric = st.sampled_from(["at_most", "at_least", "less", "more"])
prices = st.builds(
    Constraint, st.just("price"), numeric, st.builds(Money, st.integers(1, 40_000), st.sampled_from(["EUR", "USD"]))
)
colours = st.builds(Constraint, st.just("colour"), st.sampled_from(["is", "not"]), st.sampled_from(sorted(WORDS)))
ratings = st.builds(Constraint, st.just("rating"), numeric, st.floats(3, 5).map(lambda x: round(x, 1)))
stocks = st.just(Constraint("stock", "is", "yes"))
deliveries = st.builds(Constraint, st.just("delivery"), st.just("at_most"), st.integers(1, 6).map(float))
measures = st.builds(
    lambda pair, op, amount: Constraint(pair[0], op, amount, unit=pair[1]),
    st.sampled_from([("capacity", "l"), ("weight", "kg"), ("noise", "db"), ("power", "w"), ("capacity", "ml")]),
    numeric, st.integers(1, 80).map(float),
)  # fmt: skip
wishes = st.lists(st.one_of(prices, colours, ratings, stocks, deliveries, measures), min_size=1, max_size=4)


def meets(product: Product, limit: Constraint) -> bool:
    """The generator's own reading of a limit, written apart from the shop's."""
    value = limit.value
    if isinstance(value, Money):
        stated = [price.minor for price in product.offer.prices if price.currency == value.currency]
        return bool(stated) and OPS[limit.op](stated[0], value.minor)
    if limit.field == "stock":
        return product.offer.stock > 0
    if limit.field == "delivery":
        return OPS[limit.op](product.offer.delivery_days, value)
    if limit.field not in product.attributes:
        return False
    fact = product.attributes[limit.field].value
    return OPS[limit.op](fact, WORDS[value] if isinstance(value, str) else value * UNITS.get(limit.unit, 1))


def meets_all(product: Product, limits: list[Constraint]) -> bool:
    colours = [limit for limit in limits if limit.field == "colour" and limit.op == "is"]
    rest = [limit for limit in limits if limit not in colours]
    return (not colours or any(meets(product, each) for each in colours)) and all(meets(product, x) for x in rest)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limits=wishes, query=st.sampled_from(["", "desk lamp", "bouilloire", "吸尘器", "coffee", "red mug", "quiet"]))
def test_nothing_on_the_shelf_breaks_a_limit_and_what_fits_is_found(
    stocked: Shop, limits: list[Constraint], query: str
) -> None:
    shelf = stocked.search(query, limits, "en", limit=1000)
    assert all(meets_all(hit.product, limits) for hit in shelf.hits)
    assert len(shelf.hits) == shelf.total
    if query in ("", "desk lamp", "coffee"):
        kind = query.replace(" ", "_")
        able = [p for p in stocked.catalogue.all() if (not kind or p.category == kind) and meets_all(p, limits)]
        assert {hit.product.id for hit in shelf.hits} == {product.id for product in able}


def found(shelf: Shelf) -> set[str]:
    return {hit.product.id for hit in shelf.hits}


def test_a_product_that_does_not_state_the_fact_is_left_out_and_counted(empty: Shop, make) -> None:
    quiet, loud, silent_about_it = make(noise=50.0), make(noise=70.0), make()
    empty.load([quiet, loud, silent_about_it])
    shelf = empty.search("kettle", [Constraint("noise", "at_most", 60.0, unit="dB")], "en")
    assert found(shelf) == {quiet.id}
    assert (shelf.total, shelf.left_out) == (1, 1)


def test_not_red_does_not_mean_unknown_colour(empty: Shop, make) -> None:
    blue, unknown = make(colour="blue"), make()
    empty.load([blue, unknown, make(colour="red")])
    shelf = empty.search("kettle", [Constraint("colour", "not", "rouge")], "fr")
    assert found(shelf) == {blue.id}
    assert shelf.left_out == 1


def test_two_colours_are_alternatives(empty: Shop, make) -> None:
    red, blue = make(colour="red"), make(colour="blue")
    empty.load([red, blue, make(colour="green")])
    wanted = [Constraint("colour", "is", "red"), Constraint("colour", "is", "blue")]
    assert found(empty.search("", wanted, "en")) == {red.id, blue.id}


def test_a_bound_in_another_currency_is_converted_and_said(stocked: Shop) -> None:
    bound = Money(25_000, "CNY")
    shelf = stocked.search("kettle", [Constraint("price", "at_most", bound)], "en", limit=100)
    (said,) = shelf.conversions
    assert said.asked == bound
    assert said.used.currency == "EUR"
    assert said.on <= stocked.clock.now().date()
    assert shelf.hits
    assert all(hit.price.minor <= said.used.minor for hit in shelf.hits)


def test_dollars_are_compared_with_the_dollar_price(stocked: Shop) -> None:
    shelf = stocked.search("desk lamp", [Constraint("price", "at_most", Money(3000, "USD"))], "en", limit=100)
    assert shelf.conversions == ()
    assert {hit.price.currency for hit in shelf.hits} == {"USD"}


def test_when_nothing_fits_the_costliest_limit_and_the_nearest_offer_are_named(stocked: Shop) -> None:
    limits = [Constraint("price", "at_most", Money(500, "EUR")), Constraint("colour", "is", "red")]
    shelf = stocked.search("desk lamp", limits, "en")
    assert shelf.hits == ()
    assert shelf.nearest is not None
    assert [limit.field for limit in shelf.nearest.dropped] == ["price"]
    cheapest = min(
        product.offer.price("EUR").minor
        for product in stocked.catalogue.all()
        if product.category == "desk_lamp" and product.attributes["colour"].value == "red"
    )
    assert shelf.nearest.hit.price.minor == cheapest


def test_where_no_single_limit_is_enough_several_are_named(empty: Shop, make) -> None:
    empty.load([make(cents=9000, colour="blue", rating=3.0)])
    limits = [Constraint("price", "at_most", Money(100, "EUR")), Constraint("colour", "is", "red")]
    shelf = empty.search("kettle", limits, "en")
    assert shelf.nearest is not None
    assert {limit.field for limit in shelf.nearest.dropped} == {"price", "colour"}


@pytest.mark.parametrize(
    ("said", "field", "value"),
    [(Constraint("size", "at_least", 1.5, unit="l"), "capacity", 1500.0),
     (Constraint("capacity", "is", 50.0, unit="cl"), "capacity", 500.0),
     (Constraint("size", "is", 42.0), "size", "42"),
     (Constraint("size", "at_most", 40.0, unit="cm"), "length", 400.0),
     (Constraint("weight", "less", 2.0, unit="公斤"), "weight", 2000.0),
     (Constraint("color", "is", "Rouges"), "colour", "red"),
     (Constraint("colour", "is", "深蓝色"), "colour", "blue"),
     (Constraint("brand", "is", " FOULÉE "), "brand", "FOULÉE"),
     (Constraint("delivery", "at_most", 1.0, unit="week"), "delivery", 7.0),
     (Constraint("delivery", "at_most", "2026-11-25"), "delivery", 3.0),
     (Constraint("in_stock", "is", "yes"), "stock", 1.0)],
)  # fmt: skip
def test_limits_become_canonical(said: Constraint, field: str, value: object) -> None:
    def never(money: Money, currency: str) -> tuple[Money, date]:
        raise AssertionError("no money here")

    limit, conversion = canonical(said, glossary(), ["EUR"], never, date(2026, 11, 22))
    assert (limit.field, limit.value, conversion) == (field, value, None)


def test_a_brand_is_compared_without_case_and_accents(stocked: Shop) -> None:
    shelf = stocked.search("running shoes", [Constraint("brand", "is", "FOULEE")], "en", limit=100)
    assert shelf.hits
    assert {hit.product.brand for hit in shelf.hits} == {"Foulée"}
