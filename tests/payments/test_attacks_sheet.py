"""Attacks on amounts, payees and limits (cases 24 to 26 and 35 to 43)."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from assistant.errors import LueurError, Refused
from assistant.handlers import Context
from assistant.language.acts import Amount, Slot
from assistant.money import Money
from assistant.payments import Payee, Payment, Payments
from assistant.reply import Question
from assistant.request import Code, Place
from assistant.senses import emv, scan
from tests.handlers.test_payment import context, shown  # noqa: F401  the handler on a real kernel
from tests.handlers.test_payment import pay as asked
from tests.payments.conftest import SESSION, USER, pay
from tests.payments.test_attacks_gesture import refused


@pytest.mark.parametrize("minor", [0, -500])
def test_24_nothing_and_less_than_nothing_are_not_drafted(kernel: Payments, alice: Payee, minor: int) -> None:
    assert refused(lambda: kernel.draft(USER, SESSION, alice, Money(minor, "EUR"))) == "amount_out_of_range"
    assert kernel.history(USER) == ()


@pytest.mark.parametrize("value", ["0", "-5", "-0", "-0.00"])
def test_24_no_sheet_stands_for_nothing(context: Context, value: str) -> None:  # noqa: F811
    with pytest.raises(Refused, match="amount_out_of_range"):
        asked(context, amount=Amount(value, "EUR"))


@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity", "-Infinity", "1e309", "0x10", "12.345", "", "twelve"])
def test_25_what_is_no_exact_amount_becomes_no_sheet(context: Context, value: str) -> None:  # noqa: F811
    try:
        reply = asked(context, amount=Amount(value, "USD"))
    except LueurError as error:
        assert error.key == "amount_out_of_range"
    else:
        assert reply.sheet == "" and reply.asks == "amount"


@pytest.mark.parametrize("value", ["999999999999", "1" + "0" * 30, "1e30"])
def test_26_a_huge_amount_is_refused_without_overflow(context: Context, value: str) -> None:  # noqa: F811
    with pytest.raises(Refused, match="amount_out_of_range"):
        asked(context, amount=Amount(value, "EUR"))


@pytest.mark.parametrize(
    ("name", "key"),
    [
        pytest.param("Аlice Martin", "payee_mixed_script", id="35-cyrillic"),
        pytest.param("Βob Chen", "payee_mixed_script", id="35-greek"),
        pytest.param("AIice Martin", "payee_looks_alike", id="36-capital-i"),
        pytest.param("Alice Mart1n", "payee_looks_alike", id="36-digit"),
        pytest.param("VoIta Energy", "payee_looks_alike", id="36-biller"),
        pytest.param("Alice Ma\u202ertin", "payee_hidden_characters", id="37-bidi"),
        pytest.param("Al\u200bice Martin", "payee_hidden_characters", id="37-zero-width"),
        pytest.param("Alice Martin", "payee_account_changed", id="38-same-name-other-account"),
        pytest.param("ALICE  MARTIN", "payee_account_changed", id="38-same-name-in-capitals"),
    ],
)
def test_35_to_38_a_disguised_payee_stays_out_of_the_book(kernel: Payments, name: str, key: str) -> None:
    before = kernel.payees.of(USER)
    assert refused(lambda: kernel.payees.add(USER, name, "contact", "EUR", "acct_evil")) == key
    assert kernel.payees.of(USER) == before


@pytest.mark.parametrize("words", ["Аlice", "Ali\u200bce", "\u202eecilA"])
def test_35_and_37_a_disguised_name_said_or_read_pays_nobody(context: Context, words: str) -> None:  # noqa: F811
    try:
        assert asked(context, payee=words).sheet == ""
    except Refused as error:
        assert error.key in ("payee_mixed_script", "payee_hidden_characters")


def test_36_a_near_name_is_asked_about_by_the_known_name(context: Context) -> None:  # noqa: F811
    reply = asked(context, payee="VoIta Energy")
    assert reply.sheet == "" and "Volta Energy" in str(reply.cards)


def test_39_an_iban_that_does_not_check_is_refused(kernel: Payments) -> None:
    add = lambda: kernel.payees.add(USER, "Gas", "biller", "EUR", iban="FR7630006000011234567890188")  # noqa: E731
    assert refused(add) == "bad_iban"


def test_39_a_code_whose_iban_does_not_check_is_refused(context: Context) -> None:  # noqa: F811
    wrong = "BCD\n002\n1\nSCT\n\nVolta Energy\nFR7630006000011234567890188\nEUR184.20"
    fields = {field.name: field for field in scan.payment((Code("QRCode", wrong, Place()),))}
    printed = Slot(str(fields["iban"].value), fields["iban"].text, place=Place())
    assert refused(lambda: asked(context, "Volta Energy", slots={"iban": printed})) == "bad_iban"


EMV = (  # as PIX writes it
    "00020126360014br.gov.bcb.pix0114+55119999999995204000053039865406123.455802BR5905Alice6009SAO PAULO62060502A16304"
)


def test_39_an_emv_code_whose_check_sum_is_wrong_is_refused() -> None:
    assert emv.checksum("123456789") == "29B1"
    code = EMV + emv.checksum(EMV)
    read = {field.name: field.value for field in scan.payment((Code("QRCode", code, Place()),))}
    assert read == {"payee": "Alice", "reference": "A1", "currency": "BRL", "total": Money(12345, "BRL")}
    damages = (
        code.replace("123.45", "923.45"),
        code.replace("Alice", "Malic"),
        f"{code[:-4]}0000",
        code[:-4],
        code[:40],
    )
    for damaged in damages:
        assert refused(lambda damaged=damaged: scan.payment((Code("QRCode", damaged, Place()),))) == "code_damaged"


def test_40_an_invoice_with_another_iban_is_blocked(context: Context) -> None:  # noqa: F811
    other = Slot("DE89370400440532013000", "DE89 3704 0044 0532 0130 00", place=Place(0, (1, 1, 2, 2)))
    assert refused(lambda: asked(context, "Volta Energy", slots={"iban": other})) == "payee_account_changed"


def test_41_two_amounts_are_both_shown_and_asked(context: Context) -> None:  # noqa: F811
    printed = Slot(Amount("50.00", "EUR"), "50", readings=(Amount("500.00", "EUR"),))
    reply = asked(context, amount=None, slots={"amount": printed})
    (card,) = reply.cards
    assert isinstance(card, Question) and reply.sheet == ""
    assert {choice.label for choice in card.choices} == {"€50.00", "€500.00"}


def test_42_many_small_payments_stop_at_the_day_and_at_the_hour(kernel: Payments, alice: Payee) -> None:
    def salami(minor: int, **limit: object) -> tuple[int, str]:
        kernel.change_wallet(USER, **{"per_day": usual.per_day, "per_hour": usual.per_hour} | limit)
        for count in range(100):
            try:
                pay(kernel, kernel.draft(USER, SESSION, alice, Money(minor, "EUR")), undo=60)
            except Refused as error:
                return count, error.key
        return 100, ""

    usual = kernel.wallet(USER)
    assert salami(100, per_day=Money(2000, "EUR")) == (20, "above_day_limit")
    for waiting in kernel.history(USER, 100):
        kernel.undo(USER, waiting.id)
    assert salami(100, per_hour=12) == (12, "too_many_payments")


def test_43_fifty_confirmations_at_once_never_exceed_the_limit(kernel: Payments, alice: Payee) -> None:
    kernel.change_wallet(USER, per_day=Money(10_000, "EUR"), per_hour=1000)
    drafts = [kernel.draft(USER, SESSION, alice, Money(1000, "EUR")) for _ in range(50)]

    def attempt(waiting: Payment) -> int:
        try:
            return pay(kernel, waiting, undo=60).amount.minor
        except LueurError:
            return 0

    with ThreadPoolExecutor(50) as pool:
        left = [minor for minor in pool.map(attempt, drafts) if minor]
    assert sum(left) == 10_000
