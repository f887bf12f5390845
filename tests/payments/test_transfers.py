"""A payee with only an IBAN: prepared, never paid, until a statement proves it."""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from assistant.clock import MovableClock
from assistant.errors import NotFound, Refused
from assistant.money import Money
from assistant.payments import Payee, Payments, Transfer
from assistant.payments.transfers import code, file
from tests.payments.conftest import USER

IBAN = "FR7630006000011234567890189"
DUE = Money(18420, "EUR")


@dataclass(frozen=True)
class Row:
    day: date
    money: Money
    payee: str = ""
    memo: str = ""


@pytest.fixture
def gas(kernel: Payments) -> Payee:
    return kernel.payees.add(USER, "Gaz & Cie Électrique", "biller", "EUR", iban=IBAN)


@pytest.fixture
def made(kernel: Payments, gas: Payee) -> Transfer:
    return kernel.transfers.prepare(USER, gas, DUE, "Invoice <7>")


def test_it_is_prepared_and_nothing_moves(kernel: Payments, made: Transfer) -> None:
    assert made.state == "prepared" and made.reference.startswith("LUEUR-")
    assert kernel.history(USER) == ()


def scanned(svg: str) -> str:
    """What a phone reads: the path of the SVG drawn as pixels (runs of modules, one row each)."""
    import numpy as np
    import zxingcpp

    size = int(re.search(r'width="(\d+)"', svg)[1]) // 5  # type: ignore[index]
    picture = np.full((size, size), 255, np.uint8)
    x = y = 0.0
    for verb, first, second in re.findall(r"([Mmh])(-?[\d.]+)(?:[ ,]?(-?[\d.]+))?", re.search(r' d="([^"]+)"', svg)[1]):  # type: ignore[index]
        if verb == "h":
            picture[int(y), int(x) : int(x + float(first))] = 0
            x += float(first)
        else:
            x, y = (float(first), float(second)) if verb == "M" else (x + float(first), y + float(second))
    (found,) = zxingcpp.read_barcodes(np.kron(picture, np.ones((6, 6), np.uint8)))
    return str(found.text)


def test_the_code_reads_back_as_an_epc_transfer(made: Transfer) -> None:
    lines = scanned(code(made)).split("\n")
    assert lines[:4] == ["BCD", "002", "1", "SCT"]
    assert lines[5:8] == ["Gaz Cie Electrique", IBAN, "EUR184.20"] and lines[10] == f"{made.reference} Invoice 7"


def test_the_file_is_a_credit_transfer(made: Transfer) -> None:
    from xml.etree import ElementTree

    space = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.03}"
    tree = ElementTree.fromstring(file(made))

    def told(name: str) -> str | None:
        return next(tree.iter(space + name)).text

    assert (told("CtrlSum"), told("InstdAmt"), told("EndToEndId")) == ("184.20", "184.20", made.reference)
    assert [e.text for e in tree.iter(space + "IBAN")] == [IBAN] and told("Ustrd") == f"{made.reference} Invoice 7"


@pytest.mark.parametrize(
    ("days", "minor", "memo", "state"),
    [
        (2, -18420, "VIR {ref} Gaz", "paid"),
        (2, -18420, "gaz & cie electrique facture", "paid"),
        (2, -18420, "somebody else", "prepared"),
        (2, 18420, "{ref}", "prepared"),
        (2, -18421, "{ref}", "prepared"),
        (-5, -18420, "{ref}", "prepared"),
        (-1, -18420, "VIR {ref} Gaz", "paid"),
        (-1, -18420, "gaz & cie electrique facture", "prepared"),
        (90, -18420, "{ref}", "prepared"),
    ],
)
def test_only_a_row_that_proves_it_pays_it(
    kernel: Payments, made: Transfer, days: int, minor: int, memo: str, state: str
) -> None:
    day = made.created_at.date() + timedelta(days=days)
    row = Row(day, Money(minor, "EUR"), memo=memo.format(ref=made.reference))
    kernel.transfers.match(USER, [row])
    assert kernel.transfers.get(USER, made.id).state == state
    assert kernel.transfers.match(USER, [row]) == ()


def test_one_row_proves_one_of_two(kernel: Payments, gas: Payee, made: Transfer) -> None:
    kernel.transfers.prepare(USER, gas, DUE)
    day = made.created_at.date()
    assert kernel.transfers.match(USER, [Row(day, -DUE, "GAZ & CIE ELECTRIQUE")]) == ()
    (proven,) = kernel.transfers.match(USER, [Row(day, -DUE, "GAZ & CIE ELECTRIQUE", made.reference)])
    assert proven.id == made.id and made.reference in proven.proof


@pytest.mark.parametrize("memo", ["", "{ref}"])
def test_a_row_that_is_imported_again_does_not_prove_the_next_transfer(
    kernel: Payments, gas: Payee, made: Transfer, memo: str
) -> None:
    row = Row(made.created_at.date(), -DUE, "GAZ & CIE ELECTRIQUE", memo.format(ref=made.reference))
    assert len(kernel.transfers.match(USER, [row])) == 1
    again = kernel.transfers.prepare(USER, gas, DUE)
    assert kernel.transfers.match(USER, [row]) == ()
    assert [each.id for each in kernel.transfers.match(USER, [row, replace(row, memo="")])] == [again.id]


def test_a_row_that_names_two_transfers_proves_neither(kernel: Payments, gas: Payee, made: Transfer) -> None:
    other = kernel.transfers.prepare(USER, gas, DUE)
    both = f"{made.reference} {other.reference}"
    assert kernel.transfers.match(USER, [Row(made.created_at.date(), -DUE, "Gaz", both)]) == ()


def test_a_row_with_another_transfers_reference_proves_no_other(kernel: Payments, gas: Payee, made: Transfer) -> None:
    kernel.transfers.cancel(USER, made.id)
    kernel.transfers.prepare(USER, gas, DUE)
    row = Row(made.created_at.date(), -DUE, "GAZ & CIE ELECTRIQUE", made.reference)
    assert kernel.transfers.match(USER, [row]) == ()


def test_a_canceled_one_is_never_paid(kernel: Payments, made: Transfer) -> None:
    assert kernel.transfers.cancel(USER, made.id).state == "canceled"
    kernel.transfers.match(USER, [Row(made.created_at.date(), -DUE, memo=made.reference)])
    assert kernel.transfers.get(USER, made.id).state == "canceled"


def test_what_cannot_be_prepared_is_refused(kernel: Payments, gas: Payee, clock: MovableClock) -> None:
    for amount, key in ((Money(100, "USD"), "transfer_only_in_euro"), (Money(0, "EUR"), "amount_out_of_range")):
        with pytest.raises(Refused, match=key):
            kernel.transfers.prepare(USER, gas, amount)
    with pytest.raises(Refused, match="payee_has_no_account"):
        kernel.transfers.prepare(USER, replace(gas, iban="FR7630006000011234567890188"), DUE)


def test_somebody_elses_does_not_exist(kernel: Payments, made: Transfer) -> None:
    with pytest.raises(NotFound):
        kernel.transfers.get("eve", made.id)
    assert kernel.transfers.match("eve", [Row(made.created_at.date(), -DUE, memo=made.reference)]) == ()
