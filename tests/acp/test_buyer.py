"""A shop elsewhere behind the seam: bought from like the embedded ones, and believed in nothing it does not show."""

from __future__ import annotations

import json
import threading
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from assistant.errors import Refused
from assistant.merchant import Basket, Wanted
from assistant.money import Money, total
from assistant.protocols.acp.tables import answers
from tests.acp.conftest import LAMP, MUG, SESSION, TICKET, Market, bought, people, quoted


def test_elsewhere_costs_what_it_costs_embedded(market: Market) -> None:
    lines = (Wanted(LAMP, 2), Wanted(MUG))
    house = market.shops["maison"].counter.house
    for way in ("standard", "express", "collect"):
        for language in ("en", "fr", "zh"):
            here = house.estimate(Basket(lines, way, ("WELCOME10",), "EUR", language))
            _, there = quoted(market, *lines, shop="maison", delivery=way, coupons=("WELCOME10",), language=language)
            assert (there.lines, there.totals, there.total, there.way) == (here.lines, here.totals, here.total, way)
            assert [each.fee for each in there.ways] == [each.fee for each in here.ways]


def test_a_purchase_is_one_order_and_one_charge(market: Market) -> None:
    paid, gained = bought(market)
    assert (paid.state, gained) == ("succeeded", paid.amount.minor)
    sale = market.buyer("rail").order_of(paid.quote_id)
    assert sale and sale.arrives == market.clock.now().date()
    market.kernel.look(paid.user, paid.id)
    assert market.buyer("rail").order_of(paid.quote_id) == sale


def test_a_decline_is_said_with_the_banks_reason(market: Market) -> None:
    paid, gained = bought(market, method="pm_card_chargeDeclinedInsufficientFunds")
    assert (paid.state, paid.reason, gained) == ("failed", "insufficient_funds", 0)
    market.kernel.change_wallet(paid.user, method="pm_card_visa")
    again = market.kernel.again(paid.user, SESSION, paid.id)
    assert market.kernel.confirm(paid.user, SESSION, again.id, market.kernel.token(again), 0).state == "succeeded"


@pytest.mark.parametrize(("yes", "state"), [(True, "succeeded"), (False, "failed")])
def test_the_banks_question_is_followed(market: Market, yes: bool, state: str) -> None:
    paid, gained = bought(market, method="pm_card_authenticationRequired")
    assert (paid.state, gained) == ("requires_action", 0)
    left = market.shops["rail"].counter._left([TICKET])
    market.bank(paid, yes)
    after = market.kernel.look(paid.user, paid.id)
    assert after.state == state
    assert market.shops["rail"].counter._left([TICKET])[TICKET] == left[TICKET] + (not yes)


def test_the_banks_question_stays_open_when_the_shop_forgot_that_it_was_asked(market: Market) -> None:
    paid, _ = bought(market, method="pm_card_authenticationRequired")
    market.shops["rail"].counter.store.run(sa.delete(answers))  # it died before it kept what it had said
    assert market.kernel.look(paid.user, paid.id).state == "requires_action"
    market.bank(paid, True)
    assert market.kernel.look(paid.user, paid.id).state == "succeeded"


def test_a_question_nobody_answers_comes_to_an_end(market: Market) -> None:
    paid, _ = bought(market, method="pm_card_authenticationRequired")
    market.clock.forward(minutes=16)
    for _ in range(3):
        market.kernel.settle_due()
        market.clock.forward(seconds=31)
    assert market.kernel.receipt(paid.user, paid.id).state == "failed"


def test_a_new_price_is_shown_and_pays_nothing_by_itself(market: Market) -> None:
    user, quote = quoted(market)
    made = market.kernel.draft_quote(user, SESSION, quote)
    market.change("rail", TICKET, cents=4100)
    with pytest.raises(Refused) as refusal:
        market.kernel.confirm(user, SESSION, made.id, market.kernel.token(made), 0)
    assert refusal.value.values == {"was": Money(3900, "EUR"), "now": Money(4100, "EUR")}
    (fresh,) = market.kernel.requote(user, made.id)
    market.change("rail", TICKET, cents=3900)
    assert fresh.total == Money(4100, "EUR") and fresh.id != quote.id


def test_what_sells_out_before_the_tap_is_said(market: Market) -> None:
    user, quote = quoted(market, Wanted(TICKET, 2))
    made = market.kernel.draft_quote(user, SESSION, quote)
    market.change("rail", TICKET, stock=1)
    with pytest.raises(Refused, match="out_of_stock"):
        market.kernel.confirm(user, SESSION, made.id, market.kernel.token(made), 0)
    market.change("rail", TICKET, stock=500)


def test_the_price_may_change_while_the_payment_waits_to_be_sent(market: Market) -> None:
    user, quote = quoted(market)
    before, made = market.charged("rail"), market.kernel.draft_quote(user, SESSION, quote)
    market.kernel.confirm(user, SESSION, made.id, market.kernel.token(made), 5)
    market.change("rail", TICKET, cents=3800)
    market.clock.forward(seconds=6)
    market.kernel.settle_due()
    market.change("rail", TICKET, cents=3900)
    after = market.kernel.receipt(user, made.id)
    assert (after.state, after.reason, market.charged("rail")) == ("failed", "quote_changed", before)


def test_a_shop_that_wants_a_word_says_where(market: Market) -> None:
    lines = Wanted("headphones-sonora-max-black", 9)
    market.change("maison", lines.product, stock=30)
    with pytest.raises(Refused) as refusal:
        quoted(market, lines, shop="maison")
    assert refusal.value.key == "shop_asks"
    httpx.post(str(refusal.value.values["url"]), trust_env=False)


def test_only_a_shop_that_ships_learns_the_address(market: Market) -> None:
    for shop, product in (("rail", TICKET), ("maison", LAMP)):
        quoted(market, Wanted(product), shop=shop)
    sent = {shop: json.dumps(list(rows(market, shop))) for shop in ("rail", "maison")}
    assert "rue des Lilas" in sent["maison"] and "Lilas" not in sent["rail"]
    market.buyer("maison").address = ""
    with pytest.raises(Refused, match="shop_needs_address"):
        quoted(market, Wanted(LAMP), shop="maison")
    market.buyer("maison").address = market.settings.address


def rows(market: Market, shop: str) -> list[Any]:
    from assistant.protocols.acp.tables import sessions

    with market.shops[shop].store.read() as db:
        return [row.request for row in db.execute(sessions.select())]


@pytest.mark.parametrize(("coupon", "known"), [("DUO", True), ("WELCOME10", False), ("'; DROP TABLE", False)])
def test_a_coupon_is_the_shops_to_know(market: Market, coupon: str, known: bool) -> None:
    assert market.buyer("rail").takes(coupon, (Wanted(TICKET),)) == known
    assert not market.buyer("rail").takes(coupon)


# -- one cart, one sheet, one budget


def test_a_budget_spans_shops_and_holds_for_what_they_really_ask(market: Market) -> None:
    carts, user = market.shop.carts, market.person(f"person {next(people)}")
    carts.add(user, TICKET)
    carts.add(user, LAMP)
    carts.limit(user, Money(7800, "EUR"))
    _, quotes = carts.review(user, "en")
    assert {quote.merchant for quote in quotes} == {"maison", "rail"}
    assert total((quote.total for quote in quotes), "EUR") == Money(3900 + 3490 + 390, "EUR")
    market.change("rail", TICKET, cents=4200)
    market.buyer("rail")._looks.clear()
    with pytest.raises(Refused, match="over_budget"):
        carts.review(user, "en")
    market.change("rail", TICKET, cents=3900)
    market.buyer("rail")._looks.clear()
    parts = market.kernel.draft_quotes(user, SESSION, carts.review(user, "en")[1])
    market.kernel.confirm(user, SESSION, parts[0].id, market.kernel.token(parts[0]), 0)
    assert [market.kernel.receipt(user, part.id).state for part in parts] == ["succeeded", "succeeded"]
    assert not carts.of(user).lines


def test_two_taps_at_once_buy_once(market: Market) -> None:
    before = market.charged("rail")
    user, quote = quoted(market)
    made = market.kernel.draft_quote(user, SESSION, quote)
    token = market.kernel.token(made)

    def tap() -> None:
        market.kernel.confirm(user, SESSION, made.id, token, 0)

    taps = [threading.Thread(target=tap) for _ in range(4)]
    for each in taps:
        each.start()
    for each in taps:
        each.join()
    market.clock.forward(seconds=91)
    market.kernel.settle_due()
    assert market.kernel.receipt(user, made.id).state == "succeeded"
    assert market.charged("rail") - before == quote.total.minor
