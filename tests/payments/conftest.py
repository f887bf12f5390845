"""A real kernel on a real folder with its real sandbox; a crash is an exception that nothing catches."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from assistant.clock import MovableClock
from assistant.demo.people import introduce
from assistant.merchant import Quote, Sale, Till, Token
from assistant.money import Money
from assistant.payments import Payee, Payment, Payments
from assistant.payments.provider import Provider
from assistant.reply import SumLine, new_id
from assistant.settings import Settings
from assistant.store import Store

USER, SESSION = "ada", "ses_1"
LUNCH = Money(1250, "EUR")


class Crash(BaseException):
    """The process dies here."""


@dataclass
class Edges:
    """Every commit and every provider call is an edge; the armed one crashes, before or after it happened."""

    at: int = 0
    seen: int = 0

    def arm(self, at: int) -> None:
        self.at, self.seen = at, 0

    def pass_by(self) -> None:
        self.seen += 1
        if self.seen == self.at:
            raise Crash


@dataclass
class Stall:
    """A merchant of another make: orders in memory, charges with its till, forgets nothing."""

    clock: MovableClock
    id: str = "stall"
    name: str = "The Stall"
    till: Till | None = None
    price: Money = LUNCH
    sales: dict[str, Sale] = field(default_factory=dict)
    quotes: dict[str, Quote] = field(default_factory=dict)
    tokens: list[Token] = field(default_factory=list)

    def quote(self, user: str, lines: Any, delivery: str = "", coupons: tuple[str, ...] = ()) -> Quote:
        lamp = (SumLine("Lamp", self.price),)
        until = self.clock.now() + timedelta(minutes=30)
        made = Quote(new_id("quote"), self.id, self.name, lamp, lamp, self.price, "tomorrow", until)
        self.quotes[made.id] = made
        return made

    def reread(self, quote: str) -> Quote:
        old = self.quotes[quote]
        return Quote(old.id, old.merchant, old.seller, old.lines, old.totals, self.price, old.delivery, old.expires_at)

    def complete(self, quote: str, token: Token) -> Sale:
        assert self.till
        self.tokens.append(token)
        if quote not in self.sales:
            self.sales[quote] = Sale(new_id("order"), quote, "paid", self.till.redeem(token, self.name))
        return self.sales[quote]

    def order_of(self, quote: str) -> Sale | None:
        return self.sales.get(quote)


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo people in Ada's book, made once and copied for each test."""
    home = tmp_path_factory.mktemp("furnished")
    store = Store(home / "lueur.db")
    store.upgrade()
    kernel = Payments(store, Settings(home=home), MovableClock())
    introduce(USER, kernel)
    kernel.close()
    store.close()
    return home


@pytest.fixture
def store(furnished: Path, tmp_path: Path) -> Iterator[Store]:
    shutil.copytree(furnished, tmp_path, dirs_exist_ok=True)
    opened = Store(tmp_path / "lueur.db")
    yield opened
    opened.close()


@pytest.fixture
def open_kernel(store: Store, settings: Settings, clock: MovableClock) -> Iterator[Callable[[], Payments]]:
    """Opens a kernel on the folder, as a process that starts would; the one before is gone."""
    opened: list[Payments] = []

    def start() -> Payments:
        for old in opened:
            old.close()
        opened.append(Payments(store, settings, clock))
        return opened[-1]

    yield start
    for kernel in opened:
        kernel.close()


@pytest.fixture
def kernel(open_kernel: Callable[[], Payments]) -> Payments:
    return open_kernel()


@pytest.fixture
def alice(kernel: Payments) -> Payee:
    return named(kernel, "Alice")


@pytest.fixture
def stall(kernel: Payments, clock: MovableClock) -> Stall:
    made = Stall(clock)
    kernel.trade_with({made.id: made})
    return made


@pytest.fixture
def edges(monkeypatch: pytest.MonkeyPatch) -> Edges:
    counted = Edges()
    write = Store.write

    @contextmanager
    def watched(self: Store) -> Iterator[Any]:
        with write(self) as db:
            yield db
        counted.pass_by()

    monkeypatch.setattr(Store, "write", watched)
    for name in ("create", "confirm", "retrieve", "refund", "refund_of"):
        monkeypatch.setattr(Provider, name, _between(counted, getattr(Provider, name)))
    return counted


def _between(edges: Edges, call: Callable[..., Any]) -> Callable[..., Any]:
    def watched(*args: Any) -> Any:
        edges.pass_by()
        result = call(*args)
        edges.pass_by()
        return result

    return watched


def named(kernel: Payments, name: str) -> Payee:
    found = kernel.payees.find(USER, name).sole
    assert found
    return found


def pay(kernel: Payments, payment: Payment, undo: int = 0) -> Payment:
    return kernel.confirm(USER, payment.session, payment.id, kernel.token(payment), undo)


def charges(kernel: Payments, payment: Payment, on: str = "") -> list[Any]:
    """What the provider has for this draft: every intent, whatever became of it."""
    options = {"stripe_account": on} if on else {}
    found = kernel._provider._client.v1.payment_intents.list({"limit": 100}, options).data
    return [intent for intent in found if intent.metadata.to_dict().get("payment") == payment.id]


def paid(kernel: Payments, payment: Payment, on: str = "") -> int:
    """How often the provider took the money of this draft."""
    return sum(intent.status == "succeeded" for intent in charges(kernel, payment, on))
