"""A mandate at a shop that is found by its URL: bought from like at an embedded one, and bound to its address."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from assistant.clock import MovableClock
from assistant.core import Assistant
from assistant.errors import LueurError
from assistant.handlers import Rooms
from assistant.merchant import Basket, Wanted
from assistant.money import Money
from assistant.payments import Payment
from assistant.payments.mandates import Mandate, Terms, verify
from assistant.payments.tables import mandates
from assistant.reply import new_id
from assistant.settings import Settings
from tests.acp.conftest import MUG, SESSION, TICKET, Market

people = iter(range(10_000))


@pytest.fixture
def terms(market: Market) -> Terms:
    """The ticket at 30 at most, twice, 70 in all, for a month."""
    price = market.buyer("rail").estimate(Basket((Wanted(TICKET),))).total
    each = price + Money(100, "EUR")
    return Terms(
        TICKET, "Train", "rail", "Rail Lueur", 1, each, each, each * 2 + Money(1000, "EUR"), 2,
        market.clock.now() + timedelta(days=30), "pm_card_visa", market.buyer("rail").site,
    )  # fmt: skip


def signed(market: Market, terms: Terms) -> Mandate:
    return market.kernel.mandates.sign(market.person(f"signer {next(people)}"), SESSION, new_id("mandate"), terms)


def buy(market: Market, mandate: Mandate, *wanted: Wanted, shop: str = "rail") -> Payment:
    quote = market.buyer(shop).quote(mandate.user, Basket(wanted or (Wanted(TICKET),)))
    return market.kernel.buy_under(mandate.user, mandate.id, quote)


def refused(market: Market, act: Callable[[], object]) -> str:
    """The refusal; nothing has reached the shop by it."""
    before = market.charged("rail")
    with pytest.raises(LueurError) as raised:
        act()
    assert market.charged("rail") == before
    return raised.value.key


def test_what_was_signed_is_bought_at_the_shop_and_anyone_can_check_where(market: Market, terms: Terms) -> None:
    mandate, before = signed(market, terms), market.charged("rail")
    paid = buy(market, mandate)
    assert (paid.state, market.charged("rail") - before) == ("succeeded", paid.amount.minor)
    told = market.kernel.mandates.export(mandate.user, mandate.id)
    read, used, spent, _ = verify(told)
    assert (read.site, used, spent) == (market.buyer("rail").shop.url, 1, paid.amount)


BOUNDS: dict[str, tuple[dict[str, Any], tuple[Wanted, ...], str]] = {
    "the same name at another address": ({"site": "https://rail.example"}, (), "mandate_other_payee"),
    "an embedded shop of that name": ({"site": ""}, (), "mandate_other_payee"),
    "another shop": ({"merchant": "maison"}, (), "mandate_other_payee"),
    "two of them": ({}, (Wanted(TICKET, 2),), "mandate_other_goods"),
    "other goods": ({"product": MUG}, (), "mandate_other_goods"),
    "another card": ({"method": "pm_card_mastercard"}, (), "mandate_other_card"),
    "a dearer piece": ({"each": Money(100, "EUR")}, (), "mandate_above_price"),
    "dearer delivered": ({"most": Money(100, "EUR")}, (), "mandate_above_amount"),
    "more than the budget": ({"budget": Money(100, "EUR")}, (), "mandate_above_budget"),
    "another currency": ({"most": Money(90_000, "USD"), "budget": Money(90_000, "USD")}, (), "mandate_above_amount"),
}


@pytest.mark.parametrize("what", BOUNDS)
def test_each_bound_holds_for_what_the_shop_asks(market: Market, terms: Terms, what: str) -> None:
    changes, wanted, key = BOUNDS[what]
    mandate = signed(market, replace(terms, **changes))
    assert refused(market, lambda: buy(market, mandate, *wanted)) == key


def test_it_buys_as_often_as_was_said_and_no_more(market: Market, terms: Terms) -> None:
    mandate = signed(market, terms)
    assert [buy(market, mandate).state for _ in range(2)] == ["succeeded", "succeeded"]
    assert refused(market, lambda: buy(market, mandate)) == "mandate_used_up"


def test_what_was_revoked_buys_nothing(market: Market, terms: Terms) -> None:
    mandate = signed(market, terms)
    market.kernel.mandates.revoke(mandate.user, mandate.id)
    assert refused(market, lambda: buy(market, mandate)) == "mandate_revoked"


def test_a_text_that_was_changed_in_its_row_buys_nothing(market: Market, terms: Terms) -> None:
    mandate, other = signed(market, replace(terms, most=Money(100, "EUR"))), signed(market, terms)
    dearer = market.store.value(sa.select(mandates.c.payment).where(mandates.c.id == other.id))
    with market.store.write() as db:
        db.exec_driver_sql("DROP TRIGGER mandates_keep_what_was_signed")
        db.execute(sa.update(mandates).where(mandates.c.id == mandate.id).values(payment=dearer))
    assert refused(market, lambda: buy(market, mandate)) == "mandate_bad_signature"


def test_a_price_that_rises_before_it_is_confirmed_buys_nothing(market: Market, terms: Terms) -> None:
    mandate = signed(market, terms)
    quote = market.buyer("rail").quote(mandate.user, Basket((Wanted(TICKET),)))

    def dearer(_: str, answer: dict[str, Any]) -> dict[str, Any]:
        for line in [*answer["totals"], *(total for each in answer["line_items"] for total in each["totals"])]:
            line["amount"] += 50 if line["type"] in ("items_base_amount", "subtotal", "total") else 0
        answer["line_items"][0] |= {"unit_amount": answer["line_items"][0]["unit_amount"] + 50}
        return answer

    market.between["rail"].meddle = dearer
    assert refused(market, lambda: market.kernel.buy_under(mandate.user, mandate.id, quote)) == "quote_changed"


def test_goods_that_nobody_asked_for_are_no_quote_to_buy_under(market: Market, terms: Terms) -> None:
    mandate = signed(market, terms)

    def other(_: str, answer: dict[str, Any]) -> dict[str, Any]:
        for line in answer["line_items"]:
            line["item"]["id"] = MUG
        return answer

    market.between["rail"].meddle = other
    assert refused(market, lambda: buy(market, mandate)) == "shop_does_not_add_up"


@pytest.fixture
def assistant(market: Market, tmp_path: Path) -> Iterator[Assistant]:
    """The conversation over the kernel and the shop of the market."""
    opened = Assistant(Settings(home=tmp_path, undo_seconds=0, offline=True, demo_data=False), market.clock)
    own = opened.rooms
    opened.rooms = Rooms(market.kernel, own.wealth, market.shop, own.flash)
    yield opened
    opened.rooms = own
    opened.close()


def test_the_shop_is_asked_until_its_own_price_is_low_enough(
    assistant: Assistant, market: Market, terms: Terms
) -> None:
    user = market.person(f"signer {next(people)}")
    who = assistant.open(user)
    low = replace(terms, each=terms.each - Money(500, "EUR"), occurrences=1)
    market.kernel.mandates.sign(user, who.id, new_id("mandate"), low)
    assistant.keep_mandates()
    assert market.kernel.history(user) == ()
    market.change("rail", TICKET, low.each.minor)  # its feed here still says the old price
    assert isinstance(market.clock, MovableClock)
    market.clock.forward(minutes=10)
    assistant.keep_mandates()
    (paid,) = market.kernel.history(user)
    assert (paid.state, paid.amount) == ("succeeded", low.each)
    assert [turn["reply"]["cards"][0]["type"] for turn in assistant.history(who)] == ["receipt"]
    assistant.keep_mandates()
    assert len(market.kernel.history(user)) == 1


def test_a_shop_that_is_silent_is_bought_from_later(assistant: Assistant, market: Market, terms: Terms) -> None:
    user = market.person(f"signer {next(people)}")
    market.kernel.mandates.sign(user, assistant.open(user).id, new_id("mandate"), replace(terms, occurrences=1))
    market.between["rail"].meddle = lambda path, answer: 503
    market.clock.forward(minutes=2)
    assistant.keep_mandates()
    assert market.kernel.history(user) == ()
    market.between["rail"].meddle = lambda path, answer: None
    market.clock.forward(minutes=2)
    assistant.keep_mandates()
    assert [each.state for each in market.kernel.history(user)] == ["succeeded"]
