import pytest

from assistant.clock import MovableClock
from assistant.settings import Settings
from assistant.shop import Shop
from assistant.store import Store


@pytest.fixture
def empty(store: Store, settings: Settings, clock: MovableClock) -> Shop:
    return Shop(store, settings, clock)
