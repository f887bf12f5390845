"""One life of the kernel's process in a storm: it opens the folder, takes up what was left, serves people, and dies.

Whatever somebody was told goes through a pipe to the driver, which outlives it.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from assistant import store as storage
from assistant.errors import LueurError, NotFound
from assistant.merchant import Basket, Wanted
from assistant.money import Money
from assistant.payments import Origin, Payment, Payments
from assistant.payments import provider as network
from assistant.payments.provider import Provider
from assistant.payments.sandbox.courier import signature
from assistant.reply import new_id
from assistant.settings import Settings
from assistant.shop import Shop
from assistant.shop.catalogue import Offer, Product
from assistant.store import Store
from tests.reliability.proxy import READ_PATIENCE

USERS = [f"user_{number}" for number in range(24)]
STOCK = 1_000_000  # of the one product of the shop
PRODUCT = "lamp"
SHOP_ACCOUNT = "acct_demo_maison_2917"
PAYEES = {"Alice": "acct_alice", "Bob": "acct_bob", "Volta": "acct_volta"}
WEBHOOKS = "whsec_storm"
CLAIMS = ("succeeded", "canceled", "requires_payment_method")
THREADS = 6
SESSION = "ses_storm"


@dataclass
class Shifted:
    """The wall clock of a machine whose clock was set wrong."""

    seconds: float = 0.0

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.seconds)


@dataclass(frozen=True)
class Life:
    """What this life is to be like."""

    seed: int
    home: Path
    key: str
    port: int  # of the faulty network
    pipe: int
    kill: float  # chance to die at each edge; 0: never
    clock: float  # seconds the clock is wrong
    busy: bool  # another writer holds the database: do not wait ten seconds for it
    pages: int  # the database may not grow any more (no small disk to fill); 0: it may
    outstanding: tuple[tuple[str, str], ...]  # (user, draft) somebody tapped without seeing an answer


def open_kernel(home: Path, key: str, port: int, clock: Shifted, pages: int = 0) -> Payments:
    store = Store(home / "lueur.db")
    if pages:
        sa.event.listen(store.engine, "connect", lambda db, _: db.execute(f"PRAGMA max_page_count={pages}"))
    kernel = Payments(store, Settings(home=home, stripe_key=key, webhook_secret=WEBHOOKS, undo_seconds=0), clock)
    kernel._provider = Provider(key, lambda: f"http://127.0.0.1:{port}")
    kernel._provider._receiving.update([*PAYEES.values(), SHOP_ACCOUNT])
    kernel.trade_with(Shop(store, kernel.settings, clock).merchants)
    return kernel


def stocked(kernel: Payments) -> None:
    """The shop's one product."""
    offer = Offer("maison", (Money(1990, "EUR"),), STOCK, 2, kernel.clock.now())
    lamp = Product(PRODUCT, "09520000000011", "lamp", PRODUCT, "Luma", "L1", {"en": "Lamp"}, {"en": ""}, {}, offer, "")
    Shop(kernel.store, kernel.settings, kernel.clock).load([lamp])


def furnish(kernel: Payments) -> None:
    """People with payees, different cards, and room enough below their limits."""
    stocked(kernel)
    much = Money(50_000_000_000, "EUR")  # ten thousand payments stay below every limit
    for number, user in enumerate(USERS):
        method = {3: "pm_card_chargeDeclined", 6: "pm_card_authenticationRequired"}.get(number % 8, "pm_card_visa")
        wide = dict.fromkeys(("per_payment", "per_day", "per_month", "first_use"), much) | {"per_hour": 1_000_000}
        kernel.change_wallet(user, method=method, **wide)
        for name, account in PAYEES.items():
            kernel.payees.add(user, name, "contact", "EUR", account)


def plant_edges(kill: float, chance: random.Random, tell: Callable[..., None]) -> None:
    """Every commit and every call of the provider is a named point where the process may be killed."""

    def pass_by(name: str) -> None:
        if chance.random() < kill:
            tell(died=name)
            os.kill(os.getpid(), signal.SIGKILL)

    write = Store.write

    @contextmanager
    def watched(self: Store) -> Iterator[Any]:
        with write(self) as db:
            yield db
            pass_by("before a commit")
        pass_by("after a commit")

    Store.write = watched  # type: ignore[method-assign]
    for name in ("create", "confirm", "retrieve", "cancel", "made", "refund", "refund_of"):
        setattr(Provider, name, _between(getattr(Provider, name), name, pass_by))


def _between(call: Callable[..., Any], name: str, pass_by: Callable[[str], None]) -> Callable[..., Any]:
    def watched(*args: Any, **more: Any) -> Any:
        pass_by(f"before {name}")
        result = call(*args, **more)
        pass_by(f"after {name}")
        return result

    return watched


class Shopper:
    """The people of one life; each thread draws what happens next."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self.chance = random.Random(life.seed)

    def tell(self, **what: Any) -> None:
        """One line, at once: shorter than a pipe's atomic write, so that a death cannot split it."""
        with contextlib.suppress(BrokenPipeError):
            os.write(self.life.pipe, (json.dumps(what) + "\n").encode())

    def live(self) -> None:
        began, life = time.monotonic(), self.life
        network.CONNECT_SECONDS, network.READ_SECONDS = 1, READ_PATIENCE  # type: ignore[misc,assignment]
        if life.busy:
            storage.BUSY_SECONDS = 1
        plant_edges(life.kill, self.chance, self.tell)
        self.kernel = open_kernel(life.home, life.key, life.port, Shifted(life.clock), life.pages)
        self.told(lambda: self.kernel.settle_due(restarted=True))
        self.tell(up=time.monotonic() - began)
        for user, id in life.outstanding:
            self.told(lambda user=user, id=id: self.tap(user, id))
        with ThreadPoolExecutor(THREADS) as pool:
            for thread in range(THREADS):
                pool.submit(self.serve, random.Random(f"{life.seed} {thread}"))

    def serve(self, chance: random.Random) -> None:
        often = [self.buy] * 8 + [self.hear_twice] * 2 if self.elsewhere else [self.pay] * 6 + [self.buy] * 2
        acts = [*often, self.undo, self.refund, self.snoop, self.give_up, self.hint]
        while True:
            act = chance.choice(acts)
            self.told(lambda act=act: act(chance))
            if chance.random() < 0.1:
                self.told(self.kernel.settle_due)
            if chance.random() < 0.002:  # lists every intent of the last 90 days
                self.told(self.kernel.tidy)

    def told(self, act: Callable[[], Any]) -> None:
        """What somebody sees: a payment's state, or a refusal."""
        try:
            seen = act()
        except LueurError as error:
            self.tell(refused=error.key)
        except sa.exc.SQLAlchemyError as error:
            self.tell(refused=f"{type(error).__name__} {error.orig}"[:200])  # type: ignore[attr-defined]
        else:
            if isinstance(seen, Payment):
                self.tell(id=seen.id, user=seen.user, state=seen.state)

    def pay(self, chance: random.Random) -> Payment:
        user = chance.choice(USERS)
        payee = chance.choice(self.kernel.payees.of(user))
        made = self.kernel.draft(user, SESSION, payee, Money(chance.randrange(50, 400_000), "EUR"), "storm")
        if chance.random() < 0.1:
            other = Money(made.amount.minor + 1, "EUR")
            made = self.kernel.draft(user, SESSION, payee, other, "storm", Origin(replaces=made.id))
        self.tell(drafted=made.id)
        if chance.random() < 0.05:
            return made
        self.tell(tapped=made.id, user=user)
        if chance.random() < 0.1:
            with ThreadPoolExecutor(2) as both:
                both.submit(lambda: self.told(lambda: self.tap(user, made.id)))
        return self.tap(user, made.id, 2 if chance.random() < 0.2 else 0)

    def buy(self, chance: random.Random) -> Payment:
        user, wanted = chance.choice(USERS), Wanted(PRODUCT, chance.randrange(1, 4))
        quote = self.kernel._vault.merchants["maison"].quote(user, Basket((wanted,), "collect"))
        made = self.kernel.draft_quote(user, SESSION, quote)
        self.tell(drafted=made.id, tapped=made.id, user=user)
        return self.tap(user, made.id)

    def tap(self, user: str, id: str, undo: int = 0) -> Payment:
        return self.kernel.confirm(user, SESSION, id, self.kernel.token(self.kernel.receipt(user, id)), undo)

    def one(self, chance: random.Random, state: str) -> Payment | None:
        found = [payment for payment in self.kernel.history(chance.choice(USERS), 10) if payment.state == state]
        return chance.choice(found) if found else None

    def undo(self, chance: random.Random) -> Payment | None:
        found = self.one(chance, "confirmed")
        return self.kernel.undo(found.user, found.id) if found else None

    def refund(self, chance: random.Random) -> Payment | None:
        found = self.one(chance, "succeeded")
        if found is None:
            return None
        key = chance.choice([f"refund_{found.id}", new_id("refund")])
        self.tell(refunding=key)
        part = Money(max(found.amount.minor // chance.choice([1, 2, 3]), 1), "EUR")
        return self.kernel.refund(found.user, found.id, key, part)

    def snoop(self, chance: random.Random) -> None:
        found = self.one(chance, "succeeded")
        if found:
            with contextlib.suppress(NotFound):
                self.kernel.receipt(next(user for user in USERS if user != found.user), found.id)
                self.tell(wrong=f"I13 {found.id} was seen by somebody else")

    def hint(self, chance: random.Random) -> None:
        """A webhook, well signed, whose claim about a payment need not be true; and once more."""
        found = self.one(chance, chance.choice(["unknown", "requires_action", "succeeded"]))
        if found and found.provider_ref:
            claim = {"id": found.provider_ref, "object": "payment_intent", "status": chance.choice(CLAIMS)}
            event = {"id": new_id("evt"), "type": f"payment_intent.{claim['status']}", "data": {"object": claim}}
            body = json.dumps(event)
            signed = signature(WEBHOOKS, body, int(self.kernel.clock.now().timestamp()))
            heard = [self.kernel.hear(body.encode(), signed) for _ in range(2)]
            self.tell(**({"hinted": 1} if heard == [True, False] else {"wrong": f"I10 a webhook was heard {heard}"}))

    @property
    def elsewhere(self) -> bool:
        """Whether the shop is another process, reached by its URL."""
        return hasattr(self.kernel._vault.merchants["maison"], "session_of")

    def hear_twice(self, chance: random.Random) -> None:
        """The shop's genuine webhook about an order, and once more."""
        from assistant.acp.signature import of_webhook, secret_of

        shop, bought = self.kernel._vault.merchants["maison"], self.kernel.history(chance.choice(USERS), 10)
        found = next((payment for payment in bought if payment.merchant_id), None)
        if found is None:
            return
        about = {"id": new_id("order"), "checkout_session_id": shop.session_of(found.quote_id), "permalink_url": "x"}
        body = json.dumps({"type": "order_update", "data": about}).encode()
        room = Shop(self.kernel.store, self.kernel.settings, self.kernel.clock)
        signed = of_webhook(secret_of(shop.shop.key), body, int(self.kernel.clock.now().timestamp()))
        heard = [self.kernel.hear_of_order(*room.heard(body, signed)) for _ in range(2)]
        self.tell(**({"hinted": 1} if heard == [True, False] else {"wrong": f"I10 a webhook was heard {heard}"}))

    def give_up(self, chance: random.Random) -> Payment | None:
        found = self.one(chance, "requires_action")
        return self.kernel.cancel(found.user, found.id) if found else None
