"""The sample shop as any agent meets it: headers, idempotency, and a session through its whole life."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from assistant.acp.signature import of_request
from assistant.errors import Unavailable
from assistant.payments.provider import Provider
from tests.acp.conftest import LAMP, MUG, TICKET, Market

COLLECT = {"type": "pickup", "option_id": "collect", "item_ids": [LAMP]}
numbers = iter(range(10_000))


def asked(*ids: str, **more: Any) -> dict[str, Any]:
    return {"line_items": [{"id": id} for id in ids or (LAMP,)], "currency": "eur", "capabilities": {}, **more}


def key() -> str:
    return f"key-{next(numbers)}"


def create(market: Market, *ids: str, shop: str = "maison", **more: Any) -> dict[str, Any]:
    answer = market.ask(shop, "POST", "/checkout_sessions", asked(*ids, **more), key())
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def update(market: Market, id: str, **said: Any) -> dict[str, Any]:
    return dict(market.ask("maison", "POST", f"/checkout_sessions/{id}", said, key()).json())


def total(session: dict[str, Any]) -> int:
    return next(line["amount"] for line in session["totals"] if line["type"] == "total")


def lend(market: Market, session: dict[str, Any], method: str = "pm_card_visa", most: int | None = None) -> str:
    """What an agent's vault lends for this session."""
    from datetime import timedelta

    from assistant.money import Money

    config = session["capabilities"]["payment"]["handlers"][0]["config"]
    expires = market.clock.now() + timedelta(minutes=5)
    sum_ = Money(total(session) if most is None else most, session["currency"].upper())
    about = {"payment": key(), "seal": "x"}
    return market.kernel._provider.lend(method, sum_, config["merchant_id"], session["id"], expires, about).token


def complete(market: Market, session: dict[str, Any], token: str, under: str = "", shop: str = "maison",
             **more: Any) -> httpx.Response:  # fmt: skip
    instrument = {"type": "card", "credential": {"type": "spt", "token": token}}
    said = {"payment_data": {"handler_id": "card_tokenized", "instrument": instrument}, **more}
    return market.ask(shop, "POST", f"/checkout_sessions/{session['id']}/complete", said, under or key())


def ready(market: Market, *ids: str) -> dict[str, Any]:
    return create(market, *(ids or (TICKET,)), shop="rail")


def test_discovery_is_public_and_names_nobody(market: Market) -> None:
    answer = market.ask("maison", "GET", "/.well-known/acp.json", Authorization="", API_Version="")
    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert answer.json()["protocol"]["supported_versions"] == ["2026-04-17"]
    assert "acct_" not in answer.text


@pytest.mark.parametrize(("headers", "status", "code"), [
    ({"Authorization": "Bearer guess"}, 401, "unauthorized"), ({"Authorization": ""}, 401, "unauthorized"),
    ({"API_Version": ""}, 400, "missing_api_version"),
    ({"API_Version": "2025-09-29"}, 400, "unsupported_api_version"),
    ({"Signature": "AAAA"}, 401, "invalid_signature"), ({"Idempotency_Key": ""}, 400, "idempotency_key_required"),
    ({"Idempotency_Key": "k" * 256}, 400, "idempotency_key_required"),
])  # fmt: skip
def test_who_may_not_come_in(market: Market, headers: dict[str, str], status: int, code: str) -> None:
    answer = market.ask("maison", "POST", "/checkout_sessions", asked(), key(), **headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (answer.json().get("supported_versions") == ["2026-04-17"]) == ("api_version" in code)


def test_a_signature_is_over_what_the_body_says_not_how_it_is_written(market: Market) -> None:
    body = b'{ "capabilities":{}, "currency" : "eur",\n"line_items":[{"id":"%s"}] }' % LAMP.encode()
    other = b'{"line_items":[{"id":"%s"}],"currency":"eur","capabilities":{}}' % LAMP.encode()
    signed = of_request(market.shops["maison"].key, other)
    assert market.ask("maison", "POST", "/checkout_sessions", body, key(), Signature=signed).status_code == 201


@pytest.mark.parametrize(("wrong", "param"), [
    ({"line_items": []}, "$.line_items"), ({"currency": None}, "$.currency"), ({"colour": "red"}, "$.colour"),
    ({"line_items": [{"id": LAMP}, {"id": "nothing"}]}, "$.line_items[1].id"),
    ({"line_items": [{"id": LAMP, "unit_amount": 34.9}]}, "$.line_items[0].unit_amount"),
    ({"line_items": [{"id": LAMP, "quantity": 21}]}, "$.line_items"), ({"currency": "jpy"}, "$.currency"),
])  # fmt: skip
def test_what_is_wrong_is_named_by_its_path(market: Market, wrong: dict[str, Any], param: str) -> None:
    answer = market.ask("maison", "POST", "/checkout_sessions", asked() | wrong, key())
    assert (answer.status_code, answer.json()["param"]) == (400, param)


def test_the_same_key_gets_the_same_answer_however_the_body_is_written(market: Market) -> None:
    one = key()
    first = market.ask("maison", "POST", "/checkout_sessions", asked(), one, Request_Id="req-1")
    again = market.ask("maison", "POST", "/checkout_sessions", dict(reversed(asked().items())), one)
    assert (first.status_code, first.text) == (again.status_code, again.text)
    assert "idempotent-replayed" not in first.headers and again.headers["idempotent-replayed"] == "true"
    assert (first.headers["idempotency-key"], first.headers["request-id"]) == (one, "req-1")


@pytest.mark.parametrize("other", [{"locale": None}, {"currency": "usd"}, {"line_items": [{"id": MUG}]}])
def test_another_body_under_the_same_key_is_refused(market: Market, other: dict[str, Any]) -> None:
    one = key()
    market.ask("maison", "POST", "/checkout_sessions", asked(), one)
    answer = market.ask("maison", "POST", "/checkout_sessions", asked() | other, one)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_conflict")


def test_while_the_first_is_in_hand_the_second_waits(market: Market) -> None:
    session, one, enter, leave = ready(market), key(), threading.Event(), threading.Event()
    house = market.shops["rail"].counter.house
    token, till = lend(market, session), house.till

    class Slow:
        def redeem(self, token: Any, description: str) -> str:
            enter.set()
            leave.wait(20)
            assert till
            return till.redeem(token, description)

    house.till = Slow()
    answers: list[httpx.Response] = []
    first = threading.Thread(target=lambda: answers.append(complete(market, session, token, one, "rail")))
    first.start()
    enter.wait(20)
    second = complete(market, session, token, one, "rail")
    leave.set()
    first.join()
    house.till = till
    assert (second.status_code, second.json()["code"]) == (409, "idempotency_in_flight")
    assert second.headers["retry-after"] == "1"
    assert answers[0].json()["status"] == "completed"


def test_our_own_failure_is_not_kept_and_asking_again_charges_once(market: Market) -> None:
    session, one, before = ready(market), key(), market.charged("rail")
    house, token = market.shops["rail"].counter.house, lend(market, session)
    till = house.till

    class Broken:
        def redeem(self, token: Any, description: str) -> str:
            assert till
            till.redeem(token, description)
            raise Unavailable("provider_silent")

    house.till = Broken()
    answer = complete(market, session, token, one, "rail")
    assert (answer.status_code, answer.json()["type"]) == (503, "service_unavailable")
    house.till = till
    answers = [complete(market, session, token, one, "rail") for _ in range(2)]
    assert [each.json()["status"] for each in answers] == ["completed"] * 2
    assert market.charged("rail") == before + total(session)


def test_an_id_named_twice_is_two_of_it_and_so_is_a_quantity(market: Market) -> None:
    twice = create(market, LAMP, MUG, LAMP)
    told = create(market, line_items=[{"id": LAMP, "quantity": 2}, {"id": MUG}])
    assert [line["quantity"] for line in twice["line_items"]] == [2, 1]
    assert (twice["line_items"], twice["totals"]) == (told["line_items"], told["totals"])


def test_what_is_absent_stays_and_what_is_null_is_cleared(market: Market) -> None:
    buyer = {"email": "ada@example.com"}
    id = create(market, buyer=buyer, discounts={"codes": ["WELCOME10"]})["id"]
    assert update(market, id, line_items=[{"id": LAMP}, {"id": LAMP}])["buyer"] == buyer
    after = update(market, id, buyer=None, discounts=None)
    assert "buyer" not in after and "discounts" not in after
    assert after["line_items"][0]["quantity"] == 2


def test_goods_to_be_sent_need_an_address_and_to_be_collected_need_none(market: Market) -> None:
    session = create(market)
    assert session["status"] == "not_ready_for_payment"
    assert session["messages"][0]["param"] == "$.fulfillment_details.address"
    assert update(market, session["id"], selected_fulfillment_options=[COLLECT])["status"] == "ready_for_payment"


@pytest.mark.parametrize(("ids", "codes", "off", "reasons"), [
    ((LAMP, LAMP), ["welcome10"], 698, []), ((LAMP,), ["WELCOME10"], 0, ["discount_code_minimum_not_met"]),
    ((LAMP, LAMP), ["WELCOME10", "NONSENSE"], 698, ["discount_code_invalid"]),
])  # fmt: skip
def test_a_code_is_applied_or_rejected_with_its_reason(
    market: Market, ids: tuple[str, ...], codes: list[str], off: int, reasons: list[str]
) -> None:
    told = create(market, *ids, discounts={"codes": codes})["discounts"]
    assert sum(each["amount"] for each in told["applied"]) == off
    assert [each["reason"] for each in told["rejected"]] == reasons


def test_what_is_short_is_said_with_how_many_are_left(market: Market) -> None:
    market.change("maison", MUG, stock=1)
    session = create(market, MUG, MUG)
    assert (session["status"], session["messages"][0]["code"]) == ("not_ready_for_payment", "out_of_stock")
    assert session["line_items"][0]["available_quantity"] == 1
    market.change("maison", MUG, stock=9)
    shown = market.ask("maison", "GET", f"/checkout_sessions/{session['id']}").json()
    assert shown["messages"][0]["code"] == "missing"


def test_a_large_order_waits_for_the_person_on_the_shops_own_page(market: Market) -> None:
    session = create(market, *["headphones-sonora-max-black"] * 9)
    asked_ = update(market, session["id"], selected_fulfillment_options=[COLLECT])
    assert asked_["status"] == "requires_escalation"
    assert complete(market, asked_, lend(market, asked_)).json()["code"] == "not_ready"
    assert httpx.post(asked_["continue_url"], headers={"Origin": "http://evil.example"}).status_code == 200
    assert market.ask("maison", "GET", f"/checkout_sessions/{session['id']}").json() == asked_
    httpx.post(asked_["continue_url"])
    assert market.ask("maison", "GET", f"/checkout_sessions/{session['id']}").json()["status"] == "ready_for_payment"


def test_after_a_decline_it_can_be_paid_with_another_card(market: Market) -> None:
    session = ready(market)
    declined = complete(market, session, lend(market, session, "pm_card_chargeDeclined"), shop="rail").json()
    assert (declined["status"], declined["messages"][-1]["code"]) == ("ready_for_payment", "payment_declined")
    paid = complete(market, session, lend(market, session), shop="rail").json()
    assert (paid["status"], paid["order"]["checkout_session_id"]) == ("completed", session["id"])


def test_the_banks_question_needs_its_answer(market: Market) -> None:
    session = ready(market)
    token = lend(market, session, "pm_card_authenticationRequired")
    asked_ = complete(market, session, token, shop="rail").json()
    assert asked_["status"] == "authentication_required" and asked_["authentication_metadata"]
    assert complete(market, session, token, shop="rail").json()["code"] == "requires_3ds"


@dataclass
class Dying:
    """A till whose shop dies after it was lent, after the intent was made, or after the charge."""

    till: Any
    after: str

    def redeem(self, token: Any, description: str) -> str:
        with pytest.MonkeyPatch.context() as dying:
            if self.after == "made":
                dying.setattr(Provider, "confirm", silent)
            if self.after != "lent":
                self.till.redeem(token, description)
        raise Unavailable("provider_silent")


def silent(*_: Any) -> Any:
    raise Unavailable("provider_silent")


@pytest.mark.parametrize(("after", "method", "sold"), [
    ("lent", "pm_card_visa", 0), ("made", "pm_card_visa", 0), ("charged", "pm_card_visa", 1),
    ("asked", "pm_card_authenticationRequired", 0),
])  # fmt: skip
def test_an_order_nobody_asks_about_any_more_is_settled_by_the_shop(
    market: Market, after: str, method: str, sold: int
) -> None:
    shop = market.shops["rail"]
    house, counter = shop.counter.house, shop.counter
    market.clock.forward(minutes=41)
    shop.end_left()
    session, before = ready(market), market.charged("rail")
    stock, till, token = counter._left([TICKET])[TICKET], house.till, lend(market, session, method)
    house.till = till if after == "asked" else Dying(till, after)
    complete(market, session, token, shop="rail")
    house.till = till
    shop.end_left()
    assert counter._left([TICKET])[TICKET] == stock - 1, "the buyer may still ask"
    market.clock.forward(minutes=41)
    shop.end_left()
    assert counter._left([TICKET])[TICKET] == stock - sold
    late = complete(market, session, token, shop="rail").json()
    assert (late.get("status") == "completed") == bool(sold)
    assert market.charged("rail") - before == sold * total(session)


@pytest.mark.parametrize("end", ["cancel", "complete"])
def test_what_is_over_cannot_be_changed(market: Market, end: str) -> None:
    session = ready(market)
    done = (complete(market, session, lend(market, session), shop="rail") if end == "complete" else
            market.ask("rail", "POST", f"/checkout_sessions/{session['id']}/cancel",
                       {"intent_trace": {"reason_code": "price_sensitivity"}}, key()))  # fmt: skip
    assert done.json()["status"] in ("canceled", "completed")
    for place, said in (("", {"order_notes": "x"}), ("/cancel", {})):
        answer = market.ask("rail", "POST", f"/checkout_sessions/{session['id']}{place}", said, key())
        assert answer.status_code == 405


def test_what_was_sold_stays_as_it_was_when_prices_change(market: Market) -> None:
    session = ready(market)
    sold = complete(market, session, lend(market, session), shop="rail").json()
    market.change("rail", TICKET, cents=9900)
    shown = market.ask("rail", "GET", f"/checkout_sessions/{session['id']}").json()
    market.change("rail", TICKET, cents=3900)
    assert shown == sold and total(shown) == 3900


def test_a_card_lent_for_less_than_todays_price_is_not_charged(market: Market) -> None:
    session, before = ready(market), market.charged("rail")
    token = lend(market, session)
    market.change("rail", TICKET, cents=4900)
    answer = complete(market, session, token, shop="rail").json()
    market.change("rail", TICKET, cents=3900)
    assert (answer["status"], answer["messages"][-1]["code"]) == ("ready_for_payment", "price_change")
    assert market.charged("rail") == before


def test_a_card_lent_for_another_session_is_not_charged(market: Market) -> None:
    one, other, before = ready(market), ready(market), market.charged("rail")
    answer = complete(market, other, lend(market, one), shop="rail")
    assert (answer.status_code, answer.json()["code"]) == (400, "payment_declined")
    assert market.charged("rail") == before


def test_sessions_nobody_opened_are_not_found(market: Market) -> None:
    assert market.ask("maison", "GET", "/checkout_sessions/cs_nothing").status_code == 404
