import json
from typing import Any

import pytest

from assistant.clock import MovableClock
from assistant.demo import catalogue
from assistant.errors import BadInput, NotFound, Refused
from assistant.handlers import Context, Rooms, goals, labels, product, taps
from assistant.language.acts import Do, Query, Slot, State
from assistant.language.memory import freeze, thaw
from assistant.money import Money
from assistant.payments import Payments
from assistant.reply import Action, Compare, Notice, PaySheet, Products, Question, Reply, to_json
from assistant.request import Code, Constraint, Doubt, Evidence, Language, Line, Place, Seen
from assistant.settings import Settings
from assistant.shop import Shop
from assistant.shop.facts import Facts
from assistant.store import Store
from tests.shop.test_facts import KNOWN, SPREAD, says, server  # noqa: F401  the fixture too

USER, SESSION = "ada", "ses_1"
CHEAP = Constraint("price", "at_most", Money(4000, "EUR"), (17, 31))
RED = Constraint("colour", "is", "red", (2, 5))


@pytest.fixture
def context(store: Store, settings: Settings, clock: MovableClock) -> Context:
    shop, kernel = Shop(store, settings, clock), Payments(store, settings, clock)
    catalogue.stock(shop)
    kernel.trade_with(shop.merchants)
    rooms = Rooms(payments=kernel, wealth=None, shop=shop, flash=None)  # type: ignore[arg-type]
    return Context(user=USER, session=SESSION, language="en", now=clock.now(), rooms=rooms, settings=settings)


def ask(context: Context, goal: str, **slots: Any) -> Reply:
    given = {name: Slot(value, str(value)) for name, value in slots.items()}
    return goals()[goal](Do(goal, given), context)  # type: ignore[arg-type]


def speaking(context: Context, language: Language, **other: Any) -> Context:
    parts = {name: getattr(context, name) for name in context.__slots__}
    return Context(**(parts | {"language": language} | other))


def shelf(reply: Reply) -> Products:
    (card,) = [each for each in reply.cards if isinstance(each, Products)]
    return card


def button(actions: tuple[Action, ...], verb: str, place: int = 0) -> Action:
    return [action for action in actions if action.verb == verb][place]


def press(action: Action, context: Context, **values: str) -> Any:
    """A tap as the conversation makes it: the target comes back from JSON."""
    target = thaw(json.loads(json.dumps(freeze(dict(action.target)))))
    return taps()[action.verb](target, values, context)


def test_a_red_desk_lamp_under_forty(context: Context) -> None:
    reply = ask(context, "find", query="desk lamp", constraints=(CHEAP, RED))
    card = shelf(reply)
    assert reply.route == "product"
    assert 1 <= len(card.products) <= 3
    assert all(view.price.minor <= 4000 and view.price.currency == "EUR" for view in card.products)
    assert reply.results == tuple(view.id for view in card.products)
    assert card.products[0].title in reply.text
    assert [chip.text for chip in card.constraints] == ["Price: €40.00 at most", "Colour: red"]
    assert all(view.why for view in card.products[:2])


def test_a_price_names_its_offer_and_time(context: Context) -> None:
    view = shelf(ask(context, "find", query="lamp luma red")).products[0]
    assert "Maison Lueur" in view.offer
    assert "9:00" in view.offer


@pytest.mark.parametrize(
    ("language", "query", "colour"),
    [("en", "desk lamp", "red"), ("fr", "lampe de bureau", "rouge"), ("zh", "台灯", "红色")],
)
def test_three_languages_get_the_same_lamps_in_their_own_words(
    context: Context, language: Language, query: str, colour: str
) -> None:
    english = ask(context, "find", query="desk lamp", constraints=(CHEAP, RED))
    here = speaking(context, language)
    reply = ask(here, "find", query=query, constraints=(CHEAP, Constraint("colour", "is", colour)))
    assert reply.results == english.results
    first = context.rooms.shop.product(reply.results[0])
    assert first is not None
    assert first.titles[language] in reply.text
    assert colour in shelf(reply).constraints[1].text


def test_taking_a_chip_away_searches_again_without_it(context: Context) -> None:
    card = shelf(ask(context, "find", query="desk lamp", constraints=(CHEAP, RED)))
    chip = next(action for action in card.actions if action.id == card.constraints[0].action)
    (act,) = press(chip, context)
    assert isinstance(act, Query)
    assert act.goal == "find"
    assert act.slots["query"].value == "desk lamp"
    assert act.slots["constraints"].value == (RED,)


def test_a_mended_word_is_said_and_can_be_taken_as_written(context: Context) -> None:
    reply = ask(context, "find", query="red desk lammp")
    assert "Searching for lamp (you wrote lammp)." in reply.text
    chip = shelf(reply).constraints[-1]
    (act,) = press(next(action for action in shelf(reply).actions if action.id == chip.action), context)
    assert isinstance(act, Query)
    assert act.slots["query"].value == 'red desk "lammp"'
    assert "Searching" not in ask(context, "find", query='red desk "lammp"').text


def test_more_shows_more_in_the_same_card(context: Context) -> None:
    card = shelf(ask(context, "find", query="kettle"))
    more = shelf(press(button(card.actions, "product.more"), context))
    assert (len(card.products), len(more.products)) == (3, 6)
    assert more.id == card.id
    assert [view.id for view in more.products[:3]] == [view.id for view in card.products]
    assert card.more == more.more + 3


def test_nothing_fits_names_the_limit_and_the_nearest_and_shows_no_card(context: Context) -> None:
    reply = ask(context, "find", query="desk lamp", constraints=(Constraint("price", "less", Money(500, "EUR")), RED))
    (card,) = reply.cards
    assert isinstance(card, Notice)
    assert "Price: under €5.00" in reply.text
    assert "Kandel desk lamp, red" in reply.text
    assert reply.results == ()
    assert [action.verb for action in card.actions] == ["service.say"]


def test_words_of_nothing_say_so(context: Context) -> None:
    assert "zeppelin" in ask(context, "find", query="zeppelin").text


def test_what_is_left_out_is_counted_and_said(context: Context) -> None:
    reply = ask(context, "find", query="vacuum", constraints=(Constraint("noise", "at_most", 60.0, unit="dB"),))
    assert shelf(reply).left_out == 3
    assert "3 more were left out" in reply.text


def test_a_converted_limit_is_said_with_its_day(context: Context) -> None:
    reply = ask(context, "find", query="kettle", constraints=(Constraint("price", "at_most", Money(25_000, "CNY")),))
    assert "CN¥250.00" in reply.text
    assert "European Central Bank" in reply.text
    assert "CN¥250.00" in shelf(reply).constraints[0].text


def test_a_code_is_exactly_its_product(context: Context) -> None:
    lamp = context.rooms.shop.product("lamp-luma-red")
    assert lamp is not None
    assert ask(context, "lookup", code=lamp.gtin[1:]).results == ("lamp-luma-red",)
    seen = Seen("code", 1.0, codes=(Code("EAN13", lamp.gtin[1:], Place()),))
    assert ask(speaking(context, "en", evidence=Evidence(seen=(seen,))), "lookup").results == ("lamp-luma-red",)


def test_a_code_of_another_shop_is_said_to_be_unknown(context: Context) -> None:
    assert "4006381333931" in ask(context, "lookup", code="4006381333931").text
    with pytest.raises(BadInput):
        ask(context, "lookup", code="4006381333930")


def test_buying_drafts_a_sheet_for_exactly_that_product(context: Context) -> None:
    card = shelf(ask(context, "find", query="desk lamp", constraints=(CHEAP, RED)))
    reply = press(button(card.products[1].actions, "product.buy"), context)
    (sheet,) = [card for card in reply.cards if isinstance(card, PaySheet)]
    assert sheet.lines[0].label == card.products[1].title
    assert sheet.lines[0].amount == card.products[1].price
    assert sheet.payee.name == "Maison Lueur"


def test_the_second_one_is_the_second_one(context: Context) -> None:
    found = ask(context, "find", query="desk lamp", constraints=(CHEAP, RED))
    later = speaking(context, "en", state=State(results=found.results))
    (sheet,) = [card for card in ask(later, "buy", ref=1).cards if isinstance(card, PaySheet)]
    assert sheet.lines[0].label == shelf(found).products[1].title
    (cheapest,) = [card for card in ask(later, "buy", ref="cheapest").cards if isinstance(card, PaySheet)]
    assert cheapest.lines[0].amount == min(view.price for view in shelf(found).products)


def test_it_is_what_was_spoken_of_last_though_another_one_is_shown(context: Context) -> None:
    about = speaking(context, "en", state=State(results=("kettle-brunel-blue",), focus="lamp-luma-red"))
    (sheet,) = [card for card in ask(about, "buy").cards if isinstance(card, PaySheet)]
    assert sheet.lines[0].label == "Luma desk lamp, red"


def test_which_one_is_never_guessed(context: Context) -> None:
    with pytest.raises(Refused):
        ask(context, "buy")
    listed = speaking(context, "en", state=State(results=("lamp-luma-red", "lamp-brio-red")))
    for slots in ({}, {"ref": 2}, {"ref": -3}):
        with pytest.raises(Refused):
            ask(listed, "buy", **slots)
    assert shelf(ask(context, "buy", query="desk lamp")).products


def test_a_forged_quantity_is_refused(context: Context) -> None:
    card = shelf(ask(context, "find", query="desk lamp"))
    for given in ("-1", "0", "1e9", "two", "²"):
        with pytest.raises((BadInput, Refused)):
            press(button(card.products[0].actions, "product.buy"), context, quantity=given)


def test_comparing_puts_differences_first(context: Context) -> None:
    found = ask(context, "find", query="vacuum", constraints=(Constraint("noise", "at_most", 70.0, unit="dB"),))
    (card,) = press(button(shelf(found).actions, "product.compare"), context).cards
    assert isinstance(card, Compare)
    rows = {row.attribute: row for row in card.rows}
    assert card.rows[0].attribute == "Price"
    assert rows["Noise"].best is not None
    assert len({len(row.values) for row in card.rows}) == 1
    with pytest.raises(Refused):
        ask(context, "compare")


def test_details_state_the_products_facts(context: Context) -> None:
    card = shelf(ask(context, "find", query="kettle brunel blue"))
    (view,) = shelf(press(button(card.products[0].actions, "product.details"), context)).products
    assert "Capacity: 1.7 l" in view.why
    with pytest.raises(NotFound):
        product.TAPS["product.details"]({"product": "gone", "currency": "EUR"}, {}, context)


def test_hostile_words_stay_words(context: Context) -> None:
    hostile = "${1+1}{{7*7}}<img src=x onerror=alert(1)>"
    text = to_json(ask(context, "find", query=hostile))["text"]
    assert hostile in text


def test_a_number_that_may_be_a_limit_is_asked_before_anything_is_shown(context: Context) -> None:
    price = (Constraint("price", "at_most", Money(30_000, "EUR")),)
    reply = ask(context, "find", query="vacuum", doubts=(Doubt("300", (price, ())),))
    (card,) = reply.cards
    assert isinstance(card, Question)
    assert "300" in reply.text
    limited, searched = (press(action, context) for action in card.actions)
    assert limited[0].slots["constraints"].value == price
    assert searched[0].slots["query"].value == "vacuum 300"
    shown = shelf(ask(context, "find", **{name: slot.value for name, slot in limited[0].slots.items()}))
    assert all(view.price.minor <= 30_000 for view in shown.products)


def test_a_second_doubt_is_asked_after_the_first(context: Context) -> None:
    price = (Constraint("price", "at_most", Money(30_000, "EUR")),)
    first = ask(context, "buy", query="vacuum", doubts=(Doubt("300", (price, ())), Doubt("42", (price, ()))))
    (act,) = press(first.cards[0].actions[0], context)
    again = ask(context, "find", **{name: slot.value for name, slot in act.slots.items()})
    assert isinstance(again.cards[0], Question)
    assert "42" in again.text


@pytest.mark.parametrize(("refs", "places"), [((0, 1), (0, 1)), ((2, 0), (2, 0)), ((-1, 0), (2, 0))])
def test_the_results_that_were_named_are_compared(
    context: Context, refs: tuple[int, ...], places: tuple[int, ...]
) -> None:
    results = shelf(ask(context, "find", query="kettle")).products
    ids = tuple(view.id for view in results)
    here = speaking(context, "en", state=State(results=ids))
    assert ask(here, "compare", refs=refs).results == tuple(ids[place] for place in places)
    with pytest.raises(Refused):
        ask(here, "compare", refs=(0, 7))


def test_the_two_cheapest_are_compared_by_their_prices(context: Context) -> None:
    ids = tuple(view.id for view in shelf(ask(context, "find", query="kettle")).products)
    here = speaking(context, "en", state=State(results=ids))
    prices = {view.id: view.price.minor for view in shelf(ask(context, "find", query="kettle")).products}
    found = ask(here, "compare", refs=("cheapest", "cheapest")).results
    assert found == tuple(sorted(prices, key=lambda id: prices[id])[:2])


def test_a_code_that_is_sold_nowhere_here_is_named_by_another_source_without_a_price(
    context: Context,
    server: str,  # noqa: F811
) -> None:
    says(200, {"status": 1, "product": KNOWN})
    context.rooms.shop.facts = Facts(server)
    text = ask(context, "lookup", code=SPREAD).text
    assert "127.0.0.1 calls it “Hazelnut spread”" in text
    assert "Oct 9, 2025" in text
    assert "3.99" not in text


def test_a_photo_of_a_package_shows_its_product_and_what_decided(context: Context) -> None:
    lines = tuple(Line(text, 0.9, Place()) for text in ("GARRIGUE", "Olive oil", "750 ml"))
    reply = labels.product_of(Seen("product", 0.9, lines=lines), context)
    assert reply is not None
    first = shelf(reply).products[0]
    assert first.id == reply.results[0] == "oil-garrigue-750-ml"
    assert "garrigue" in first.why[0]
    assert labels.product_of(Seen("product", 0.9), context) is None


@pytest.mark.parametrize(("query", "by", "holds"), [
    ("vacuum", "noise less", lambda first, one: one.attributes["noise"].value < first.attributes["noise"].value),
    ("kettle", "size more", lambda first, one: one.attributes["capacity"].value > first.attributes["capacity"].value),
    ("kettle", "weight less", lambda first, one: one.attributes["weight"].value < first.attributes["weight"].value),
    ("desk lamp", "brand not", lambda first, one: one.brand != first.brand),
])  # fmt: skip
def test_what_is_asked_for_beyond_the_first_holds_on_every_card(context: Context, query: str, by: str, holds) -> None:
    dear = Constraint("price", "at_least", Money(2000, "EUR"))
    first = shelf(ask(context, "find", query=query, constraints=(dear,))).products[0].id
    state = State(results=(first,))
    found = shelf(ask(speaking(context, "en", state=state), "find", query=query, constraints=(dear,), than=0, by=by))
    known = context.rooms.shop.product
    assert found.products
    assert all(holds(known(first), known(each.id)) for each in found.products)
    assert all(each.price >= Money(2000, "EUR") for each in found.products)  # no limit is loosened on the way


def test_a_fact_that_the_first_does_not_state_cannot_be_compared(context: Context) -> None:
    first = shelf(ask(context, "find", query="mug")).products[0].id
    with pytest.raises(Refused, match="not_comparable"):
        ask(speaking(context, "en", state=State(results=(first,))), "find", query="mug", than=0, by="noise less")


@pytest.mark.parametrize(("language", "query", "says"), [
    ("en", "jacket", "Nothing here is called “jacket”"), ("fr", "veste", "Rien ici ne s’appelle « veste »"),
    ("zh", "外套", "这里没有叫“外套”的商品"),
])  # fmt: skip
def test_what_only_mentions_the_words_is_said_to(context: Context, language: Language, query: str, says: str) -> None:
    assert ask(speaking(context, language), "find", query=query).text.startswith(says)
    assert says[:12] not in ask(speaking(context, language), "find", query="mug").text
