"""What an empty conversation opens with, from the person's own rows; each tap shows the rows that prove it."""

from dataclasses import replace

import pytest

from assistant.conversation import OWNER, Session
from assistant.core import Assistant
from assistant.money import Money
from assistant.reply import Figure, Products
from assistant.request import Language


def opening(assistant: Assistant, who: Session, language: Language = "en") -> dict[str, str]:
    """Label -> action id."""
    card = assistant.noticed(replace(who, language=language))
    return {choice.label: choice.id for choice in card.choices} if card else {}


def test_the_household_opens_with_a_double_charge_a_bill_and_a_price_rise(assistant: Assistant, who: Session) -> None:
    first, second, third = opening(assistant, who)
    assert first == "Bistro Lune charged €48.60 twice"
    assert " is due " in second
    assert third == "Lumen Stream went up: €15.99 instead of €13.49"


@pytest.mark.parametrize("language", ["en", "fr", "zh"])
def test_each_tap_shows_the_rows_behind_it(assistant: Assistant, who: Session, language: Language) -> None:
    found = opening(assistant, who, language)
    assert len(found) == 3
    for label, action in found.items():
        reply = assistant.act(who, action)
        (figure,) = [card for card in reply.cards if isinstance(card, Figure)]
        payees = {str(row.get("payee")) for row in figure.rows}
        assert any(payee in label for payee in payees), (label, payees)


def test_the_double_charge_is_among_its_rows_twice(assistant: Assistant, who: Session) -> None:
    reply = assistant.act(who, next(iter(opening(assistant, who).values())))
    figure = next(card for card in reply.cards if isinstance(card, Figure))
    assert [row["value"] for row in figure.rows].count(Money(4860, "EUR")) == 2
    assert len(figure.rows) < 6, "the days around it, not every visit of two years"


def test_a_price_that_has_come_stands_first_and_leads_to_its_product(assistant: Assistant, who: Session) -> None:
    assistant.rooms.shop.watches.note(OWNER, "lamp-luma-red", Money(100_000, "EUR"))
    (label, action), *_ = opening(assistant, who).items()
    assert label.startswith("Luma desk lamp, red is down to ")
    reply = assistant.act(who, action)
    assert [item.id for card in reply.cards if isinstance(card, Products) for item in card.products] == [
        "lamp-luma-red"
    ]
    assistant.rooms.shop.watches.drop(OWNER, "lamp-luma-red")


def test_a_price_that_has_not_come_is_not_mentioned(assistant: Assistant, who: Session) -> None:
    assistant.rooms.shop.watches.note(OWNER, "lamp-luma-red", Money(1, "EUR"))
    assert not any("Luma" in label for label in opening(assistant, who))
    assistant.rooms.shop.watches.drop(OWNER, "lamp-luma-red")


def test_nothing_is_said_to_somebody_without_data(assistant: Assistant) -> None:
    assistant.conversations.greet("usr_new")
    stranger = assistant.conversations.open("usr_new", None, "en")
    assert opening(assistant, stranger) == {}


def test_a_price_that_comes_is_told_in_the_newest_conversation_without_a_question(
    assistant: Assistant, who: Session
) -> None:
    assistant.rooms.shop.watches.note(OWNER, "lamp-luma-red", Money(100_000, "EUR"))
    assistant.heed_prices()
    newest = assistant.open(OWNER, assistant.conversations.newest(OWNER))
    assert assistant.history(newest)[-1]["reply"]["text"].startswith("Luma desk lamp, red now costs ")
    said = len(assistant.history(newest))
    assistant.heed_prices()
    assert len(assistant.history(newest)) == said  # once
