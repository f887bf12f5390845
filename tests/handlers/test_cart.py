"""The cart's replies: what was meant, what is told, and the card with its steppers."""

from typing import Any

import pytest

from assistant.errors import Refused
from assistant.handlers import Context, cart
from assistant.language.acts import Do, Frame, Query, Slot, State
from assistant.money import Money
from assistant.reply import Cart, PaySheet, Products, Reply
from tests.handlers.test_product import context, press, speaking

__all__ = ["context"]
LAMP, MUG = "lamp-luma-red", "mug-bistro-red"


def tell(context: Context, op: str, **slots: Any) -> Reply:
    return cart.cart(Do("cart", {"op": Slot(op)} | {name: Slot(each) for name, each in slots.items()}), context)


def card(reply: Reply) -> Cart:
    (found,) = [each for each in reply.cards if isinstance(each, Cart)]
    return found


def held(reply: Reply) -> dict[str, int]:
    return {line.id: line.quantity for part in card(reply).parts for line in part.lines}


def test_the_second_one_of_the_shelf_goes_in(context: Context) -> None:
    here = speaking(context, "en", state=State(results=(MUG, LAMP)))
    reply = tell(here, "add", refs=(1,), quantity=2)
    assert held(reply) == {LAMP: 2}
    assert "Luma desk lamp, red" in reply.text
    assert card(reply).total == Money(2 * 3_490, "EUR")
    assert reply.told == {"focus": LAMP}


def test_a_name_means_what_was_just_shown(context: Context) -> None:
    here = speaking(context, "en", state=State(results=(MUG, LAMP)))
    assert held(tell(here, "add", query="lamp")) == {LAMP: 1}


def test_a_name_that_fits_several_is_asked_and_nothing_is_put_in(context: Context) -> None:
    reply = tell(context, "add", query="desk lamp")
    (shelf,) = [each for each in reply.cards if isinstance(each, Products)]
    assert all(any(action.verb == "cart.add" for action in view.actions) for view in shelf.products)
    assert context.rooms.shop.carts.of(context.user).lines == ()


def test_a_place_is_never_guessed(context: Context) -> None:
    with pytest.raises(Refused):
        tell(context, "add", refs=(0,))
    with pytest.raises(Refused):
        tell(speaking(context, "en", state=State(results=(MUG, LAMP))), "add")


def test_what_was_spoken_of_last_is_counted_anew(context: Context) -> None:
    tell(context, "add", products=(LAMP,))
    tell(context, "add", products=(MUG,))
    with pytest.raises(Refused):
        tell(context, "set", quantity=3)
    here = speaking(context, "en", state=State(last=Frame("cart", {"focus": Slot(MUG)})))
    assert held(tell(here, "set", quantity=3)) == {LAMP: 1, MUG: 3}


def test_a_line_is_taken_out_by_its_name_or_its_place(context: Context) -> None:
    for product in (LAMP, MUG):
        tell(context, "add", products=(product,))
    assert held(tell(context, "remove", query="mug")) == {LAMP: 1}
    with pytest.raises(Refused):
        tell(context, "remove", query="kettle")
    assert tell(context, "remove", refs=(-1,)).cards == ()


def test_the_steppers_set_the_number_they_show(context: Context) -> None:
    line = card(tell(context, "add", products=(LAMP,))).parts[0].lines[0]
    for step, count in zip(line.actions, (0, 2, 0), strict=True):
        (act,) = press(step, context)
        assert isinstance(act, Query)
        assert act.slots["quantity"].value == count


def test_above_the_budget_nothing_is_put_in_and_what_fits_is_offered(context: Context) -> None:
    tell(context, "budget", limit=Money(4_000, "EUR"))
    reply = tell(context, "add", products=("lamp-orbe-red",))
    (notice, shelf) = reply.cards
    assert "€40.00" in notice.text  # type: ignore[union-attr]
    assert isinstance(shelf, Products)
    assert shelf.products
    for view in shelf.products:
        assert context.rooms.shop.carts.fits(context.user, view.id)
    assert context.rooms.shop.carts.of(context.user).lines == ()


def test_fewer_are_offered_where_fewer_fit(context: Context) -> None:
    tell(context, "budget", limit=Money(8_000, "EUR"))
    assert "2 of Luma desk lamp, red would fit" in tell(context, "add", products=(LAMP,), quantity=3).text


def test_a_budget_that_is_exceeded_says_by_how_much(context: Context) -> None:
    tell(context, "add", products=(LAMP,))
    reply = tell(context, "budget", limit=Money(3_000, "EUR"))
    assert "€8.80" in reply.text
    assert not [action for action in card(reply).actions if action.style == "primary"]


@pytest.mark.parametrize(("language", "title"), [("fr", "Lampe de bureau Luma – rouge"), ("zh", "Luma 台灯（红色）")])
def test_the_cart_speaks_the_readers_language(context: Context, language: Any, title: str) -> None:
    reply = tell(speaking(context, language), "add", products=(LAMP,))
    assert title in reply.text
    assert card(reply).parts[0].lines[0].title == title


def test_the_card_keeps_its_id_in_a_session(context: Context) -> None:
    first, second = (card(tell(context, "add", products=(LAMP,))).id for _ in range(2))
    assert first == second
    assert card(tell(speaking(context, "en", session="ses_2"), "show")).id != first


def test_the_review_is_a_sheet_of_what_the_cart_holds(context: Context) -> None:
    tell(context, "add", products=(LAMP,), quantity=2)
    (sheet,) = [each for each in cart.checkout(Do("checkout"), context).cards if isinstance(each, PaySheet)]
    assert sheet.amount == Money(2 * 3_490, "EUR")
    with pytest.raises(Refused):
        cart.checkout(Do("checkout"), speaking(context, "en", user="bob"))
