"""A shop with the demo catalogue, in a real folder; and small products for what the demo does not have."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from stdnum.ean import calc_check_digit

from assistant.clock import MovableClock
from assistant.demo import catalogue
from assistant.money import Money
from assistant.settings import Settings
from assistant.shop import Shop
from assistant.shop.catalogue import Attribute, Offer, Product
from assistant.store import Store


@pytest.fixture
def empty(store: Store, settings: Settings, clock: MovableClock) -> Shop:
    return Shop(store, settings, clock)


@pytest.fixture
def shop(empty: Shop) -> Shop:
    catalogue.stock(empty)
    return empty


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """One demo shop for a whole file of questions that change nothing."""
    home = tmp_path_factory.mktemp("shop")
    store = Store(home / "lueur.db")
    store.upgrade()
    shop = Shop(store, Settings(home=home), MovableClock())
    catalogue.stock(shop)
    yield shop
    store.close()


@pytest.fixture
def make(clock: MovableClock) -> Callable[..., Product]:
    numbers = iter(range(900_000, 900_500))

    def product(title: str = "Plain kettle", cents: int = 1000, stock: int = 5, **facts: Any) -> Product:
        serial = next(numbers)
        body = f"952{serial:09d}"
        return Product(
            id=f"made-{serial}", gtin=f"0{body}{calc_check_digit(body)}", category="kettle", family=f"made-{serial}",
            brand="Made", model=f"M-{serial}", titles={"en": title}, descriptions={"en": "A plain thing."},
            attributes={name: Attribute(value) for name, value in facts.items()},
            offer=Offer("maison", (Money(cents, "EUR"),), stock, 2, clock.now()), image="",
        )  # fmt: skip

    return product
