"""What a picture is: the model's look, weighed with codes, marks, tables and titles. Without a worker: plain values."""

from dataclasses import replace

import pytest

from assistant.request import Code, PictureKind, Place, Seen
from assistant.senses.see import KINDS, judged
from models.prints import MARK
from tests.senses.test_read import page

RECEIPT = ("#Corner Shop", "12.10.2026 10:22", *(f"Item {n}|{n}.25" for n in range(1, 13)), "TOTAL|81.00")
DAYS = tuple(f"{day:02d}.10.|Payment {day}|{day}.40|{900 - day}.00" for day in range(1, 9))


def look(**share: float) -> dict[str, float]:
    """The model's opinion: these shares, the rest spread evenly."""
    others = [kind for kind in KINDS if kind not in share]
    return dict(share) | dict.fromkeys(others, (1 - sum(share.values())) / len(others))


def kind(rows: tuple[str, ...] = (), marks: int | None = 100, coded: bool = False, **share: float) -> PictureKind:
    read = page(*rows)
    prints = b"" if marks is None else bytes(2048 + MARK * marks)
    codes = (Code("EAN13", "9520000000011", Place(0, (10, 10, 60, 30))),) if coded else ()
    seen = Seen("other", 0.0, codes=codes, lines=read.lines, size=(1000, 1000), prints=prints)
    return judged(replace(seen, size=read.size), look(**share), 0.0).kind


def test_what_looks_like_a_code_and_is_none_is_the_grain_of_a_thing() -> None:
    assert kind(code=0.9) == "product"
    assert kind(coded=True, code=0.3, product=0.3) == "code"


def test_a_picture_full_of_marks_shows_things_and_a_bare_one_none() -> None:
    assert kind(marks=800, other=0.55, product=0.3) == "product"
    assert kind(marks=100, other=0.55, product=0.3) == "other"
    assert kind(marks=2, other=0.1, product=0.8) == "other"
    assert kind(marks=None, other=0.1, product=0.8) == "product"  # nobody counted them


def test_what_bears_no_print_is_no_paper_and_no_tag() -> None:
    assert kind(price_tag=0.9, product=0.04) == "product"


def test_a_column_of_days_makes_a_statement_of_what_looks_like_a_receipt() -> None:
    assert kind(DAYS, receipt=0.7, statement=0.1) == "statement"
    assert kind(RECEIPT, receipt=0.6, statement=0.2) == "receipt"


def test_prices_that_could_be_days_stand_at_the_right_of_a_receipt() -> None:
    rows = ("#Corner Shop", *(f"Item|{n:02d}.10" for n in range(1, 13)), "TOTAL|78.00")
    assert kind(rows, receipt=0.6, statement=0.2) == "receipt"


def test_a_long_list_of_amounts_without_a_total_is_a_statement() -> None:
    rows = tuple(f"Shop {n}|{n}.25" for n in range(1, 16))
    assert kind(rows, receipt=0.7, statement=0.1) == "statement"
    assert kind((*rows, "Gesamtbetrag|120.00"), receipt=0.7, statement=0.1) == "receipt"


@pytest.mark.parametrize("title", ["Invoice", "FACTURE", "Rechnung", "账单"])
def test_a_large_title_makes_an_invoice_and_a_small_mention_does_not(title: str) -> None:
    short = (f"#{title}", "Polmiur", "209.10", "Lamp", "Total|401.96", "Stool")
    assert kind(short, receipt=0.8, invoice=0.1) == "invoice"
    rows = (*(f"Item {n}|{n}.25" for n in range(1, 9)), "Total|40.00")
    assert kind((f"#{title}", *rows), receipt=0.5, invoice=0.3) == "invoice"
    assert kind(("#Corner Shop", f"{title} no 77", *rows), receipt=0.5, invoice=0.15) == "receipt"
