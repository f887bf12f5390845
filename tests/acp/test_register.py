"""The shops that are traded with: which they are, and what they tell of their orders."""

from __future__ import annotations

import json
from typing import Any

import pytest

from assistant.acp.signature import of_webhook, secret_of
from assistant.errors import BadInput, LueurError, NotFound, Refused
from assistant.settings import Settings
from assistant.shop import Shop
from assistant.shop.elsewhere import Known, Register, checked, discover
from assistant.shop.merchants import House
from tests.acp.conftest import SESSION, Market, bought, quoted


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
