"""`lueur merchant`: one sample shop in a process of its own, on a port of this machine, with its own folder and key.

It sells its part of the demo catalogue, charges at the sandbox of the same `LUEUR_HOME` (wherever that listens now),
tells the agent of its orders until it is heard (at least once, signed), and ends those nobody asks about any more.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from assistant.acp.messages import OrderEvent
from assistant.acp.signature import of_webhook, secret_of
from assistant.clock import Clock
from assistant.errors import BadInput, LueurError, Unavailable
from assistant.folder import prepare, secret
from assistant.payments.provider import Provider
from assistant.payments.vault import CHALLENGE, LIFETIME, GrantTill, demo_account
from assistant.protocols.acp.app import Shopfront
from assistant.protocols.acp.counter import Counter
from assistant.protocols.acp.tables import answers, sessions
from assistant.protocols.acp.view import View
from assistant.shop import tables
from assistant.shop.catalogue import Catalogue, Product
from assistant.shop.elsewhere import fetch
from assistant.shop.merchants import House, terms
from assistant.store import Store

if TYPE_CHECKING:
    from starlette.applications import Starlette

HOOK, KEY = "/agentic_checkout/webhooks/order_events", "agent.key"
EVERY = 2.0  # seconds between two looks for orders nobody was told of
KEPT = timedelta(hours=25)  # an answer by its idempotency key
GIVEN_UP = 2 * (LIFETIME + CHALLENGE)  # the card is not lent any more, nor does the bank wait: clocks may differ
ORDERED = sessions.join(tables.orders, tables.orders.c.quote_id == sessions.c.quote_id)
log = logging.getLogger(__name__)


class Processor:
    """The sandbox, found by the file it leaves when it is up; another one when it has come up elsewhere."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._known: tuple[str, Provider] | None = None

    def __call__(self) -> Provider:
        try:
            text = self.file.read_text(encoding="utf-8")
            found = json.loads(text)
        except (OSError, ValueError):
            raise Unavailable("provider_silent") from None
        if self._known is None or self._known[0] != text:
            self._known = text, Provider(found["key"], lambda: str(found["url"]))
        return self._known[1]


class Merchant:
    """`products` fill an empty shelf; `hook` is where the agent hears of orders, none: nobody does."""

    def __init__(
        self, home: Path, id: str, url: str, products: Callable[[], tuple[Product, ...]], processor: Path, clock: Clock,
        hook: str = "", currency: str = "EUR",
    ) -> None:  # fmt: skip
        if id not in terms():
            raise BadInput("unknown_shop", shop=id[:40], shops=", ".join(terms()))
        prepare(home)
        self.name = terms()[id].name
        self.key = secret(home / KEY)
        self.hook = hook
        self.store = Store(home / "lueur.db")
        self.store.upgrade()
        catalogue, account = Catalogue(self.store), demo_account(id)
        if catalogue.is_empty():
            catalogue.load(each for each in products() if each.offer.merchant == id)
        house = House(id, terms()[id], self.store, clock, catalogue, currency, lambda _: self.wake.set())
        provider = Processor(processor)
        house.till = self.till = GrantTill(provider, account, url)
        self.counter = Counter(
            house, View(house, url, account), self.store, clock, lambda token: provider().granted(token, account)
        )
        self.wake, self.ending = threading.Event(), False

    def app(self) -> Starlette:
        return Shopfront(self.counter, self.key).app()

    def tend(self) -> None:
        """Tell the agent of orders until it has heard, end those nobody asks about, forget answers that are old."""
        while not self.ending:
            try:
                self.end_left()
                for session in self._untold() if self.hook else ():
                    self._post(session)
                self.store.run(sa.delete(answers).where(answers.c.at < self.counter.clock.now() - KEPT))
            except LueurError as error:
                log.warning("some orders wait: %s", error.key)
            self.wake.clear()
            self.wake.wait(EVERY)

    def end_left(self) -> None:
        """Settle the orders that no card lent for them can pay any more; what the processor cannot say yet waits."""
        begun, over = tables.orders.c.created_at, self.counter.clock.now() - GIVEN_UP
        left = sa.select(sessions.c.id, begun).select_from(ORDERED)
        for row in self.store.rows(left.where(tables.orders.c.status == "charging", begun < over)):
            with suppress(Unavailable):
                self.counter.end(row.id, partial(self.till.end, row.id, row.created_at - GIVEN_UP))

    def _untold(self) -> list[str]:
        fresh = sa.select(sessions.c.id).select_from(ORDERED)
        return [row.id for row in self.store.rows(fresh.where(tables.orders.c.status == "paid", ~sessions.c.told))]

    def _post(self, session: str) -> None:
        order = self.counter.show(session).order
        if order is None:
            return
        body = json.dumps(OrderEvent(type="order_create", data=order).wire()).encode()
        signed = of_webhook(secret_of(self.key), body, int(self.counter.clock.now().timestamp()))
        headers = {"Content-Type": "application/json", "Merchant-Signature": signed}
        with suppress(Unavailable):
            if fetch(self.name, "POST", self.hook, body, **headers)[0] < 300:
                self.store.run(sa.update(sessions).where(sessions.c.id == session).values(told=True))


def run(merchant: Merchant, port: int) -> None:
    """Serve on 127.0.0.1 until told to stop."""
    import uvicorn

    threading.Thread(target=merchant.tend, name="orders", daemon=True).start()
    uvicorn.run(merchant.app(), host="127.0.0.1", port=port, log_config=None, access_log=False, lifespan="off")
