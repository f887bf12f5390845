"""A household that is made once and copied for every test that needs one."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from assistant import demo
from assistant.clock import MovableClock
from assistant.money import Money
from assistant.request import Upload
from assistant.settings import Settings
from assistant.store import Store
from assistant.wealth import Wealth
from assistant.wealth.entry import Account, Entry, Posting

ME = "me"
BANK = Upload("bank.csv", (Path(demo.__file__).with_name("files") / "bank.csv").read_bytes())


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed database with the demo household of `ME` on the test clock's day."""
    from assistant.demo import household

    folder = tmp_path_factory.mktemp("household")
    store, settings, clock = Store(folder / "lueur.db"), Settings(home=folder), MovableClock()
    store.upgrade()
    household.move_in(ME, Wealth(store, settings, clock), settings, clock)
    store.close()
    return store.path


@pytest.fixture
def wealth(store: Store, settings: Settings, clock: MovableClock) -> Wealth:
    return Wealth(store, settings, clock)


@pytest.fixture
def home(tmp_path: Path, furnished: Path, settings: Settings, clock: MovableClock) -> Iterator[Wealth]:
    """The demo household of `ME` in a folder of its own."""
    store = Store(Path(shutil.copy(furnished, tmp_path / "household.db")))
    yield Wealth(store, settings, clock)
    store.close()


@pytest.fixture(scope="session")
def untouched(furnished: Path) -> Iterator[Wealth]:
    """The demo household of `ME` for everybody who only asks."""
    store = Store(furnished)
    yield Wealth(store, Settings(home=furnished.parent), MovableClock())
    store.close()


def paid(account: Account, payee: str, minor: int, day: date, category: str = "shopping") -> Entry:
    """An expense of `minor` (a refund when negative)."""
    money = Money(minor, account.currency)
    return Entry(day, payee, (Posting(-money, account.id), Posting(money, flow="expense", category=category)))
