"""A shop that lies, or a network that does: nothing is paid that was not shown, and nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from assistant.errors import NotFound, Refused, Unavailable
from assistant.money import Money
from tests.acp.conftest import SESSION, TICKET, Market, people, quoted


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
