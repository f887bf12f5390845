"""Every card that is published can be read in a terminal, with its words and its buttons."""

import pytest

from assistant.reply import CARDS, to_json
from assistant.terminal import DRAWERS, drawn
from tests.ui import samples


def test_every_card_has_lines_of_its_own() -> None:
    assert set(DRAWERS) == set(CARDS)


@pytest.mark.parametrize("card", to_json(samples.cards("lamp & co"))["cards"], ids=lambda card: card["type"])
def test_a_card_is_drawn_with_the_command_of_each_button(card: dict) -> None:  # type: ignore[type-arg]
    lines = list(drawn({"text": "", "cards": [card]}))
    assert len([line for line in lines if line.strip()]) > len(card["actions"])
    for action in card["actions"]:
        assert any(f"lueur act {action['id']}" in line for line in lines)


def test_a_cart_names_seller_quantity_and_sum() -> None:
    cart = next(card for card in to_json(samples.cards("lamp"))["cards"] if card["type"] == "cart")
    text = "\n".join(drawn({"text": "", "cards": [cart]}))
    assert "2 × lamp" in text
    assert "€69.80" in text


def test_a_line_of_an_order_says_of_how_many_it_is_the_price() -> None:
    order = next(card for card in to_json(samples.cards("lamp"))["cards"] if card["type"] == "order")
    several = order | {"lines": [line | {"quantity": 3} for line in order["lines"]]}
    assert f"3 × {order['lines'][0]['amount']['text']}" in "\n".join(drawn({"text": "", "cards": [several]}))
