"""Three parties in one process and over real HTTP: a kernel with its sandbox, sample shops, and what lies between."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from assistant.acp import VERSION
from assistant.clock import MovableClock
from assistant.demo import catalogue
from assistant.merchant import Basket, Quote, Wanted
from assistant.money import Money
from assistant.payments import Payment, Payments
from assistant.payments.sandbox import intents
from assistant.payments.sandbox.call import Call
from assistant.payments.vault import demo_account
from assistant.protocols.acp.runner import Merchant
from assistant.settings import Settings
from assistant.shop import Shop
from assistant.shop.acp import AcpMerchant
from assistant.store import Store

SESSION, ADDRESS = "ses_1", "Ada Moreau; 12 rue des Lilas; 69003; Lyon; FR"
LAMP, MUG, TICKET = "lamp-luma-red", "mug-bistro-red", "train-rail-lueur-paris-lyon-train-ticket-second-class"
Meddle = Callable[[str, dict[str, Any]], dict[str, Any] | int | None]


class Between:
    """ASGI middleware: what the shop says passes through `meddle(path, answer)`: another answer, a status, or as it is.

    It happens after the shop has done its part, like everything a network does to an answer.
    """

    def __init__(self, app: Any) -> None:
        self.app = app
        self.meddle: Meddle = lambda path, answer: None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        sent: list[dict[str, Any]] = []

        async def keep(message: dict[str, Any]) -> None:
            sent.append(message)

        await self.app(scope, receive, keep)
        head, body = sent[0], b"".join(part.get("body", b"") for part in sent[1:])
        if body[:1] == b"{" and (changed := self.meddle(scope["path"], json.loads(body))) is not None:
            head["status"] = changed if isinstance(changed, int) else head["status"]
            body = json.dumps({} if isinstance(changed, int) else changed).encode()
            head["headers"] = [pair for pair in head["headers"] if pair[0] != b"content-length"]
            head["headers"].append((b"content-length", str(len(body)).encode()))
        await send(head)
        await send({"type": "http.response.body", "body": body})
        return None


@contextmanager
def listening(app: Any, port: int) -> Iterator[None]:
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield
    server.should_exit = True
    thread.join()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Market:
    """`buyer(id)` is the shop as the cart sees it, `shops[id]` as its owner does."""

    def __init__(self, home: Path, clock: MovableClock) -> None:
        self.home, self.clock = home, clock
        self.settings = Settings(home=home, undo_seconds=0, offline=True, address=ADDRESS)
        self.store = Store(home / "lueur.db")
        self.store.upgrade()
        self.kernel = Payments(self.store, self.settings, clock)
        self.shop = Shop(self.store, self.settings, clock)
        self.shop.load(catalogue.products(clock.now()))
        self.shop.carts.standing = self.kernel.standing
        self.shops: dict[str, Merchant] = {}
        self.between: dict[str, Between] = {}

    @contextmanager
    def opened(self, *ids: str) -> Iterator[None]:
        assert self.kernel._sandbox
        self.kernel._sandbox.url()
        with self._serving(list(ids)):
            self.kernel.trade_with(self.shop.merchants)
            yield
        self.kernel.close()
        self.store.close()

    @contextmanager
    def _serving(self, ids: list[str]) -> Iterator[None]:
        if not ids:
            yield
            return
        id, port = ids[0], free_port()
        url, at = f"http://127.0.0.1:{port}", self.clock.now()
        home = self.home / "merchants" / id
        shop = Merchant(home, id, url, lambda: catalogue.products(at), self.home / "sandbox.json", self.clock)
        self.shops[id], self.between[id] = shop, Between(shop.app())
        assert self.kernel._sandbox
        self.kernel._sandbox.open_account(demo_account(id), shop.name)
        with listening(self.between[id], port):
            self.shop.add_shop(url, id, shop.name, shop.key)
            with self._serving(ids[1:]):
                yield
        shop.store.close()

    def buyer(self, id: str) -> AcpMerchant:
        found = self.shop.merchants[id]
        assert isinstance(found, AcpMerchant)
        return found

    def person(self, name: str, method: str = "pm_card_visa") -> str:
        wide = dict.fromkeys(("per_payment", "per_day", "per_month", "first_use"), Money(5_000_000, "EUR"))
        self.kernel.change_wallet(name, method=method, per_hour=1000, **wide)
        return name

    def pay(self, user: str, quote: Quote) -> Payment:
        made = self.kernel.draft_quote(user, SESSION, quote)
        return self.kernel.confirm(user, SESSION, made.id, self.kernel.token(made), 0)

    def bank(self, payment: Payment, yes: bool) -> None:
        """The cardholder answers the bank's question."""
        assert self.kernel._sandbox
        records = self.kernel._sandbox.records
        with records.transaction():
            account = records.account_of(payment.provider_ref) or ""
            now = int(self.clock.now().timestamp())
            intents.answer(Call(records, {}, account, now, payment.provider_ref), yes)

    def change(self, id: str, product: str, cents: int | None = None, stock: int | None = None) -> None:
        """The shop changes a price or its stock."""
        sold = self.shops[id].counter.house.catalogue
        found = sold.by_id(product)
        assert found
        offer = replace(found.offer, stock=found.offer.stock if stock is None else stock)
        prices = (Money(cents, "EUR"),) if cents else offer.prices
        sold.load([replace(found, offer=replace(offer, prices=prices))])

    def ask(self, id: str, method: str, place: str, said: Any = None, key: str = "", **headers: str) -> httpx.Response:
        """Any agent's request to the shop, with its key."""
        told = {"Authorization": f"Bearer {self.shops[id].key}", "API-Version": VERSION}
        told |= {"Idempotency-Key": key} if key else {}
        body = said if isinstance(said, bytes) else json.dumps(said).encode() if said is not None else None
        url = f"{self.buyer(id).shop.url}{place}"
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        kept = {name: value for name, value in (told | headers).items() if value}
        return httpx.request(method, url, content=body, headers=kept, timeout=30, trust_env=False)

    def charged(self, id: str) -> int:
        """What the shop's account has received, in minor units of euro."""
        assert self.kernel._sandbox
        return self.kernel._sandbox.records.total(demo_account(id)).get("eur", 0)


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    made = Market(tmp_path_factory.mktemp("market"), MovableClock())
    with made.opened("maison", "rail"):
        yield made


@pytest.fixture(autouse=True)
def an_honest_network(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "market" in request.fixturenames:
        for between in request.getfixturevalue("market").between.values():
            between.meddle = lambda path, answer: None


people = iter(range(10_000))  # nobody buys twice


def quoted(market: Market, *wanted: Wanted, shop: str = "rail", **more: Any) -> tuple[str, Quote]:
    user = market.person(f"person {next(people)}", more.pop("method", "pm_card_visa"))
    return user, market.buyer(shop).quote(user, Basket(wanted or (Wanted(TICKET),), **more))


def bought(market: Market, **more: Any) -> tuple[Payment, int]:
    """A purchase, and what the shop's account gained by it."""
    before = market.charged(more.get("shop", "rail"))
    user, quote = quoted(market, **more)
    paid = market.pay(user, quote)
    return paid, market.charged(more.get("shop", "rail")) - before
