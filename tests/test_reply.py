from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter

from assistant.money import Money
from assistant.reply import (
    CARDS,
    Action,
    Card,
    Chip,
    Figure,
    Notice,
    PayeeView,
    PaySheet,
    Period,
    Products,
    ProductView,
    Reply,
    new_id,
    to_json,
)

SHEET = PaySheet(
    payee=PayeeView("pay_1", "Alice", "exact", "contact"), amount=Money(1250, "EUR"), currency_assumed=True,
    purpose="lunch", source="pay Alice 12.50", expires_at=datetime(2026, 11, 22, 9, 5, tzinfo=UTC),
    provenance={"amount": {"span": [10, 15]}},
    actions=(Action("Pay", "payment.confirm", {"draft": "d", "token": "secret"}, "primary"),),
)  # fmt: skip


def read_back(data: dict[str, Any]) -> Card:
    """The card that `to_json` wrote, without its actions' verbs."""
    kind: type[Card] = CARDS[data["type"]]
    return TypeAdapter(kind).validate_python({name: value for name, value in data.items() if name != "type"})


def test_what_a_tap_does_never_leaves_the_server() -> None:
    published = str(to_json(Reply("x", cards=(SHEET,), asks="amount", told={"a": 1})))
    assert "secret" not in published
    assert "payment.confirm" not in published
    assert "'asks'" not in published


def test_a_card_reads_back_as_it_was_published() -> None:
    shelf = Products(
        products=(
            ProductView("p", "Lamp", Money(3490, "EUR"), "", "Maison", "12", 2, ("cheapest",), "/pictures/p.svg"),
        ),
        constraints=(Chip("under €40"),),
    )
    figure = Figure(
        metric="spending", label="Groceries", value=Decimal("12.5"), unit="percent", currency="EUR", method="sum",
        period=Period(date(2026, 10, 1), date(2026, 10, 31)), price_date=None,
    )  # fmt: skip
    for card in (SHEET, shelf, figure, Notice(tone="info", text="hello")):
        published = to_json(card, "fr")
        assert to_json(read_back(published), "fr") == published


def test_money_is_printed_for_the_reader_and_kept_exact() -> None:
    assert to_json(Money(1250, "EUR"), "en") == {"minor": 1250, "currency": "EUR", "text": "€12.50"}


def test_ids_have_128_random_bits() -> None:
    assert len(new_id("act").split("_")[1]) * 4 == 128
    assert len({new_id("act") for _ in range(1000)}) == 1000


def test_every_card_type_is_known_by_its_name() -> None:
    assert all(name == kind.type for name, kind in CARDS.items())
