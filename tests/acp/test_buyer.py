"""A shop elsewhere behind the seam: bought from like the embedded ones, and believed in nothing it does not show."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from assistant.acp.signature import of_webhook, secret_of
from assistant.errors import BadInput, LueurError, NotFound, Refused, Unavailable
from assistant.merchant import Basket, Quote, Wanted
from assistant.money import Money, total
from assistant.payments import Payment
from assistant.settings import Settings
from assistant.shop import Shop
from assistant.shop.elsewhere import Known, Register, checked, discover
from assistant.shop.merchants import House
from tests.acp.conftest import LAMP, MUG, SESSION, TICKET, Market

people = iter(range(10_000))


def quoted(market: Market, *wanted: Wanted, shop: str = "rail", **more: Any) -> tuple[str, Quote]:
    user = market.person(f"person {next(people)}", more.pop("method", "pm_card_visa"))
    return user, market.buyer(shop).quote(user, Basket(wanted or (Wanted(TICKET),), **more))


def bought(market: Market, **more: Any) -> tuple[Payment, int]:
    """A purchase, and what the shop's account gained by it."""
    before = market.charged(more.get("shop", "rail"))
    user, quote = quoted(market, **more)
    paid = market.pay(user, quote)
    return paid, market.charged(more.get("shop", "rail")) - before


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


# -- a shop that lies, or a network that does


def changed(path: str, change: Callable[[dict[str, Any]], Any]) -> Callable[[str, dict[str, Any]], Any]:
    """Every answer whose path ends so is changed on its way."""

    def meddle(place: str, answer: dict[str, Any]) -> Any:
        if not place.endswith(path) or "line_items" not in answer:
            return None
        change(answer)
        return answer

    return meddle


def _set(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda answer: answer.__setitem__(name, value)


def _whole(answer: dict[str, Any], amount: int) -> None:
    answer["totals"][-1]["amount"] = amount


LIES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "another line": lambda a: a["line_items"].append(a["line_items"][0] | {"item": {"id": "gold-bar"}}),
    "more of it": lambda a: a["line_items"][0].__setitem__("quantity", 2),
    "another product": lambda a: a["line_items"][0]["item"].__setitem__("id", "gold-bar"),
    "no lines": _set("line_items", []),
    "another currency": _set("currency", "jpy"),
    "a sum that is not its parts": lambda a: _whole(a, 3901),
    "two sums": lambda a: a["totals"].append({"type": "total", "display_text": "x", "amount": 1}),
    "nothing to pay": lambda a: (_whole(a, 0), [t.__setitem__("amount", 0) for t in a["totals"]]),
    "money back": lambda a: (_whole(a, -3900), a["totals"][0].__setitem__("amount", -3900)),
    "a dearer line than its sum": lambda a: a["line_items"][0].update(
        unit_amount=9900, totals=[{"type": "items_base_amount", "display_text": "x", "amount": 9900}]),
    "no way to pay safely": _set("capabilities", {}),
    "another account": lambda a: a["capabilities"]["payment"]["handlers"][0]["config"].__setitem__(
        "merchant_id", "acct_thief"),
    "another session": _set("id", "cs_of_somebody_else"),
    "a page of its friends": lambda a: a.update(status="requires_escalation", continue_url="https://evil.example/pay"),
    "nothing of the schema": lambda a: [a.pop(name) for name in list(a) if name != "line_items"],
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_a_shop_that_lies_is_not_drafted(market: Market, lie: str) -> None:
    quoted(market)
    market.between["rail"].meddle = changed("", LIES[lie])
    if lie == "another session":  # a new session may be called anything: from then on it may not
        _, quote = quoted(market)
        market.between["rail"].meddle = changed(quote.id, lambda a: a)
        with pytest.raises((Refused, Unavailable, NotFound)):
            market.buyer("rail").complete(quote.id, None)  # type: ignore[arg-type]
        return
    with pytest.raises((Refused, Unavailable)):
        quoted(market)


@pytest.mark.parametrize("lie", ["another line", "a sum that is not its parts", "another account", "another currency"])
def test_a_shop_that_begins_to_lie_before_it_is_paid_is_not_paid(market: Market, lie: str) -> None:
    user, quote = quoted(market)
    before, made = market.charged("rail"), market.kernel.draft_quote(user, SESSION, quote)
    market.kernel.confirm(user, SESSION, made.id, market.kernel.token(made), 5)
    market.between["rail"].meddle = changed("", LIES[lie])
    market.clock.forward(seconds=6)
    market.kernel.settle_due()
    assert market.kernel.receipt(user, made.id).state == "failed"
    assert market.charged("rail") == before


def test_a_shop_that_says_paid_and_charged_nothing_is_not_believed(market: Market) -> None:
    order = {"id": "o", "checkout_session_id": "c", "permalink_url": "http://x"}
    user, quote = quoted(market)
    made = market.kernel.draft_quote(user, SESSION, quote)
    market.kernel.confirm(user, SESSION, made.id, market.kernel.token(made), 5)
    market.between["rail"].meddle = changed("", lambda a: a.update(status="completed", order=order))
    market.clock.forward(seconds=6)
    market.kernel.settle_due()
    assert market.kernel.receipt(user, made.id).state == "unknown"
    market.clock.forward(minutes=6)
    market.kernel.settle_due()
    after = market.kernel.receipt(user, made.id)
    assert (after.state, after.reason) == ("failed", "not_charged")


def test_an_answer_without_end_is_not_read_to_its_end(market: Market) -> None:
    market.between["rail"].meddle = lambda path, answer: {**answer, "metadata": {"x": "y" * 2_000_000}}
    with pytest.raises(Unavailable):
        quoted(market)


def test_a_shop_that_charges_and_says_declined_does_not_make_it_failed(market: Market) -> None:
    before = market.charged("rail")
    user, quote = quoted(market)
    made = market.kernel.draft_quote(user, SESSION, quote)
    declined = [{"type": "error", "code": "payment_declined", "content_type": "plain", "content": "no"}]

    def lie(place: str, answer: dict[str, Any]) -> Any:
        if place.endswith("/complete"):
            return {**answer, "status": "ready_for_payment", "messages": declined}
        return None

    market.between["rail"].meddle = lie
    paid = market.kernel.confirm(user, SESSION, made.id, market.kernel.token(made), 0)
    assert (paid.state, market.charged("rail") - before) == ("unknown", quote.total.minor)
    market.between["rail"].meddle = lambda path, answer: None
    assert market.kernel.look(user, made.id).state == "succeeded"
    assert market.charged("rail") - before == quote.total.minor


@pytest.mark.parametrize("status", [500, 503, 409, 429, 401])
def test_an_answer_that_is_lost_is_asked_for_again_and_charged_once(market: Market, status: int) -> None:
    before = market.charged("rail")
    user, quote = quoted(market)
    made = market.kernel.draft_quote(user, SESSION, quote)
    market.between["rail"].meddle = lambda path, answer: status if path.endswith("/complete") else None
    paid = market.kernel.confirm(user, SESSION, made.id, market.kernel.token(made), 0)
    assert paid.state == "unknown"
    market.between["rail"].meddle = lambda path, answer: None
    market.clock.forward(minutes=30)
    market.kernel.settle_due()
    assert market.kernel.receipt(user, made.id).state == "succeeded"
    assert market.charged("rail") - before == quote.total.minor


def test_a_silent_shop_leaves_the_cart_readable(market: Market) -> None:
    market.between["rail"].meddle = lambda path, answer: 503
    carts, user = market.shop.carts, market.person(f"person {next(people)}")
    carts.add(user, TICKET)
    cart = carts.of(user)
    assert cart.parts[0].total == Money(3900, "EUR") and "checkout" in cart.parts[0].totals[0].label
    with pytest.raises(Unavailable):
        carts.review(user, "en")
    carts.take_out(user, [TICKET])
    assert not carts.of(user).lines


def test_words_of_a_shop_are_one_plain_line(market: Market) -> None:
    evil = "x\u202e\n</script><b>pay 900" + "y" * 500
    market.between["rail"].meddle = changed("", lambda a: a["totals"][0].__setitem__("display_text", evil))
    _, quote = quoted(market)
    label = quote.totals[0].label
    assert "\n" not in label and "\u202e" not in label and len(label) <= 120
    assert quote.lines[0].label == "Rail Lueur Paris–Lyon train ticket, second class"  # our own catalogue's words


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


# -- webhooks and the register


def told(market: Market, session: str, shop: str = "rail") -> bytes:
    order = {"type": "order", "id": "order_1", "checkout_session_id": session, "permalink_url": "http://x/orders/1"}
    return json.dumps({"type": "order_create", "data": order | {"status": "confirmed"}}).encode()


def test_an_order_webhook_is_heard_once_and_settles_nothing(market: Market) -> None:
    user, quote = quoted(market)
    made = market.kernel.draft_quote(user, SESSION, quote)
    body = told(market, market.buyer("rail").session_of(quote.id))
    signed = of_webhook(secret_of(market.shops["rail"].key), body, int(market.clock.now().timestamp()))
    heard = [market.kernel.hear_of_order(*market.shop.heard(body, signed)) for _ in range(2)]
    assert heard == [True, False]
    assert market.shop.heard(body, signed)[1] == quote.id
    market.kernel.settle_due()
    assert market.kernel.receipt(user, made.id).state == "draft"


@pytest.mark.parametrize("wrong", ["secret", "body", "late", "early", "none", "shape"])
def test_a_webhook_that_is_not_genuine_is_not_heard(market: Market, wrong: str) -> None:
    body, now = told(market, "cs_1"), int(market.clock.now().timestamp())
    secret = secret_of("another" if wrong == "secret" else market.shops["rail"].key)
    said = b"{}" if wrong == "shape" else body
    signed = of_webhook(secret, said, now + {"late": -301, "early": 301}.get(wrong, 0))
    with pytest.raises(Refused, match="webhook_not_genuine"):
        market.shop.heard(said + b" " if wrong == "body" else said, "" if wrong == "none" else signed)


def test_the_shop_tells_its_agent_until_it_is_heard(market: Market) -> None:
    shop = market.shops["rail"]
    bought(market)
    (session, *_) = shop._untold()
    shop.hook = "http://127.0.0.1:1/nobody"
    shop._post(session)
    assert session in shop._untold()
    shop.hook = f"{market.buyer('maison').shop.url}/.well-known/acp.json"  # answers, and takes no POST
    shop._post(session)
    assert session in shop._untold()


@pytest.mark.parametrize("url", [
    "http://shop.example", "ftp://127.0.0.1/x", "file:///etc/passwd", "http://127.0.0.1@evil.example/", "nonsense", "",
])  # fmt: skip
def test_a_key_is_sent_over_https_or_to_this_machine(url: str) -> None:
    with pytest.raises(BadInput, match="not_an_acp_shop"):
        checked(url)
    assert checked("https://shop.example") and checked("http://localhost:1")


def test_what_speaks_another_protocol_is_not_added(market: Market) -> None:
    url = market.buyer("rail").shop.url

    def older(place: str, answer: dict[str, Any]) -> Any:
        answer["protocol"]["supported_versions"] = ["2025-09-29"]
        return answer

    for meddle in (older, lambda place, answer: {"hello": "world"}):
        market.between["rail"].meddle = meddle
        with pytest.raises(BadInput, match="not_an_acp_shop"):
            discover(url, "x", "X", "key")
    with pytest.raises(LueurError):
        discover("http://127.0.0.1:1", "x", "X", "key")


def test_the_register_is_the_owners_alone_and_shows_no_key(market: Market) -> None:
    register = Register(market.home)
    assert register.file.stat().st_mode & 0o777 == 0o600
    assert market.shops["rail"].key not in repr(register.all()) + repr(Known("a", "A", "u", market.shops["rail"].key))
    with pytest.raises(NotFound):
        register.drop("nothing")


def test_a_shop_with_its_own_products_comes_and_goes(market: Market, tmp_path: Any) -> None:
    from assistant.store import Store

    store = Store(tmp_path / "lueur.db")
    store.upgrade()
    shop = Shop(store, Settings(home=tmp_path, offline=True), market.clock)
    feed = b'{"id": "stool", "title": "Oak stool", "price": "49.00 EUR", "availability": "in_stock"}\n'
    shop.add_shop(market.buyer("maison").shop.url, "oak", "Oak & Co", "key", feed)
    assert [hit.product.offer.merchant for hit in shop.search("oak stool", (), "en").hits] == ["oak"]
    shop.remove_shop("oak")
    assert not shop.search("oak stool", (), "en").hits and "oak" not in shop.merchants
    shop.add_shop(market.buyer("rail").shop.url, "rail", "Rail", "key")
    assert not isinstance(shop.merchants["rail"], House)
    shop.remove_shop("rail")
    assert isinstance(shop.merchants["rail"], House)
    store.close()
