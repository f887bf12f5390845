"""A shelf label beside the catalogue: which product it names, and which of the two prices is lower."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.clock import MovableClock
from assistant.flash import Flash
from assistant.handlers import Context, Rooms, service
from assistant.language.acts import Do
from assistant.money import Money
from assistant.payments import Payments
from assistant.reply import Document, Notice, Products, Reply
from assistant.request import LANGUAGES, Code, Evidence, Field, Line, Place, Seen
from assistant.settings import Settings
from assistant.shop import Shop
from assistant.store import Store
from assistant.wealth import Wealth

LAMP = "9520000000011"  # Luma desk lamp, red: EUR 34.90
PLACE = Place(0, (10, 20, 300, 90))


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rooms]:
    from assistant.demo import catalogue

    home: Path = tmp_path_factory.mktemp("home")
    store, settings = Store(home / "lueur.db"), Settings(home=home, offline=True)
    clock = MovableClock(datetime(2026, 8, 3, tzinfo=UTC))
    store.upgrade()
    payments = Payments(store, settings, clock)
    made = Rooms(payments, Wealth(store, settings, clock), Shop(store, settings, clock), Flash(store, clock))
    catalogue.stock(made.shop)
    yield made
    payments.close()
    store.close()


@pytest.fixture
def context(rooms: Rooms, settings: Settings) -> Context:
    return Context("owner", "ses_1", "en", rooms.shop.clock.now(), rooms, settings)


def label(price: str, title: str = "", code: str = "", currency: str = "EUR") -> Seen:
    fields = [Field("price", Money.of(price, currency), price, 0.9, PLACE)]
    fields += [Field("title", title, title, 0.8, PLACE)] if title else []
    codes = (Code("EAN13", code, PLACE),) if code else ()
    return Seen("price_tag", 0.9, codes=codes, lines=(Line(price, 0.9, PLACE),), fields=tuple(fields))


def told(seen: Seen, context: Context) -> Reply:
    return service.describe(Do("describe"), replace(context, evidence=Evidence(seen=(seen,))))


@pytest.mark.parametrize(
    ("shelf", "said"),
    [
        ("41.88", "€41.88 on this shelf, €34.90 at Maison Lueur: 17 % less there."),
        ("30.00", "€30.00 on this shelf, €34.90 at Maison Lueur: 14 % less here."),
        ("34.90", "€34.90 on this shelf, the same at Maison Lueur."),
    ],
)
def test_the_shelf_price_stands_beside_the_catalogues(context: Context, shelf: str, said: str) -> None:
    (card,) = told(label(shelf, code=LAMP), context).cards
    assert isinstance(card, Products)
    assert card.products[0].why == (said,)
    assert card.products[0].price == Money.of("34.90", "EUR")


@pytest.mark.parametrize(
    "title", ["Luma desk lamp, red", "LUMA DESK LAMP RED", "Luma desk Iamp red", "Lampe de bureau Luma – rouge"]
)
def test_a_name_that_agrees_in_every_word_finds_the_product(context: Context, title: str) -> None:
    (card,) = told(label("41.88", title), context).cards
    assert isinstance(card, Products)
    assert [each.id for each in card.products] == ["lamp-luma-red"]


@pytest.mark.parametrize(
    "title", ["Luma desk lamp, violet", "Luma desk lamp", "Luma desk lamp, red, 2 pieces", "Sale", ""]
)
def test_a_likeness_is_not_enough(context: Context, title: str) -> None:
    assert isinstance(told(label("41.88", title), context).cards[0], Document)


def test_a_label_without_a_currency_says_what_was_assumed(context: Context) -> None:
    assert "EUR assumed" in told(label("41.88", code=LAMP, currency="XXX"), context).text


def test_a_foreign_price_is_compared_at_a_dated_rate(context: Context) -> None:
    text = told(label("300.00", code=LAMP, currency="CNY"), context).text
    assert "European Central Bank" in text
    assert "CN¥" in text


def test_the_comparison_speaks_every_language(context: Context) -> None:
    texts = {told(label("41.88", code=LAMP), replace(context, language=language)).text for language in LANGUAGES}
    assert len(texts) == len(LANGUAGES)
    assert all("17" in text for text in texts)


def test_a_gtin_that_nobody_sells_here_is_said_so(context: Context) -> None:
    seen = Seen("code", 0.9, codes=(Code("EAN13", "4006381333931", PLACE),))
    reply = told(seen, context)
    assert isinstance(reply.cards[0], Notice)
    assert "4006381333931" in reply.text
