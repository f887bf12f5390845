"""What to ask, and how products differ: computed from the rows, on the demo catalogue."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from assistant.money import Money
from assistant.request import Constraint
from assistant.shop import Shop, guide
from assistant.shop.catalogue import Attribute, Product
from assistant.shop.unit_price import unit_price


def asking(shop: Shop, words: str, limits: tuple[Constraint, ...] = (), asked: tuple[str, ...] = ()) -> guide.Ask:
    found = shop.search(words, limits, "en", 3, asked).ask
    assert found is not None
    return found


def test_no_question_is_made_unless_it_is_wanted(stocked: Shop) -> None:
    assert stocked.search("kettle", (), "en").ask is None


def test_what_was_asked_or_said_is_not_asked_again(stocked: Shop) -> None:
    asked: tuple[str, ...] = ()
    for _ in range(3):
        ask = asking(stocked, "vacuum", (Constraint("price", "at_most", Money(30_000, "EUR")),), asked)
        assert ask.name not in (*asked, "price", *guide.UNASKED)
        asked += (ask.name,)


def test_an_answer_is_a_condition_that_something_meets_and_that_shows_something_else(stocked: Shop) -> None:
    before = stocked.search("vacuum", (), "en")
    ask = asking(stocked, "vacuum")
    after = [stocked.search("vacuum", option, "en") for option in ask.options]
    assert all(shelf.hits for shelf in after)
    assert all(1 <= shelf.total < before.total for shelf in after)
    assert any(shelf.hits != before.hits for shelf in after)


def test_the_numbers_offered_cover_every_product_once(stocked: Shop) -> None:
    words = ("brand", "colour", "material", "size")
    ask = asking(stocked, "coffee beans", asked=words)
    assert ask.name == "price"
    totals = [stocked.search("coffee beans", option, "en").total for option in ask.options]
    assert sum(totals) == stocked.search("coffee beans", (), "en").total


def test_five_candidates_need_no_question(stocked: Shop) -> None:
    few = stocked.search("vacuum", (Constraint("noise", "at_most", 60.0, unit="dB"),), "en", 3, ())
    assert few.total > guide.FEW
    fewer = stocked.search("vacuum", (Constraint("noise", "at_most", 58.0, unit="dB"),), "en", 3, ())
    assert fewer.total <= guide.FEW
    assert fewer.ask is None


def test_a_fact_that_all_share_or_few_state_tells_nothing(empty: Shop, make: Callable[..., Product]) -> None:
    empty.load([make(f"Kettle {n}", 1_000, colour="red", material="glass" if n == 7 else "steel") for n in range(8)])
    assert empty.search("kettle", (), "en", 3, ()).ask is None


@pytest.mark.parametrize(("names", "front"), [(("a", "b"), (0, 1)), (("a", "c"), (0,))])
def test_the_best_in_everything_is_found_where_there_is_one(
    make: Callable[..., Product], names: tuple[str, ...], front: tuple[int, ...]
) -> None:
    made = {
        "a": make("A", 1_000, rating=4.0, weight=300.0),
        "b": make("B", 2_000, rating=4.5, weight=500.0),
        "c": make("C", 2_000, rating=3.5, weight=200.0),
    }
    found = guide.compare([made[name] for name in names], "EUR")
    assert found.front == front


def test_the_first_is_held_against_each_other_one(make: Callable[..., Product]) -> None:
    first, second, third = make("A", 1_000, noise=60.0), make("B", 1_500, noise=50.0), make("C", 1_000)
    found = guide.compare([first, second, third], "EUR")
    assert [dict(each) for each in found.against] == [{"price": -500, "noise": 10.0}, {}]


def packed(product: Product, category: str, content: float, unit: str) -> Product:
    fact = "capacity" if unit == "ml" else "weight"
    return replace(product, category=category, attributes={fact: Attribute(content, unit)})


def test_what_is_sold_by_its_content_is_held_against_by_the_kilogram_or_litre(make: Callable[..., Product]) -> None:
    large, small = packed(make("L", 1_440), "coffee", 1000.0, "g"), packed(make("S", 1_180), "coffee", 500.0, "g")
    found = guide.compare([large, small], "EUR")
    row = next(row for row in found.different if row.name == "per_kg")
    assert (row.values, row.best) == ((Money(1440, "EUR"), Money(2360, "EUR")), 0)
    assert dict(found.against[0])["per_kg"] == -920


@pytest.mark.parametrize(("category", "content", "unit", "told"), [
    ("olive_oil", 750.0, "ml", ("per_l", Money(1333, "EUR"))), ("coffee", 333.0, "g", ("per_kg", Money(3003, "EUR"))),
    ("kettle", 1700.0, "ml", None), ("coffee", 0.0, "g", None), ("olive_oil", 750.0, "g", None),
])  # fmt: skip
def test_a_unit_price_is_rounded_once_and_stands_only_where_the_content_is_stated(
    make: Callable[..., Product], category: str, content: float, unit: str, told: tuple[str, Money] | None
) -> None:
    assert unit_price(packed(make("P", 1_000), category, content, unit), "EUR") == told


def test_a_wish_for_no_kind_of_thing_is_first_asked_which_kind(shop: Shop) -> None:
    asked = shop.search("", (), "en", 3, ()).ask
    assert asked is not None and asked.name == "category"
    again = shop.search("", asked.options[0], "en", 3, ("category",)).ask
    assert again is None or again.name != "category"
