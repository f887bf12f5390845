"""Who is meant: a known name is found, a near one asked about, an unknown or disguised one never guessed."""

import pytest

from assistant.errors import BadInput, LueurError, NotFound, Refused
from assistant.payments import Payments
from tests.payments.conftest import USER


@pytest.fixture
def book(kernel: Payments) -> Payments:
    return kernel


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Alice", "Alice Martin"), ("ALICE  martin", "Alice Martin"), ("ZOÉ LEFEVRE", "Zoé Lefèvre"),
        ("妈妈", "Mom"), ("maman", "Mom"), ("李雷", "李雷"), ("Li Lei", "李雷"), ("Volta Energy SAS", "Volta Energy"),
    ],
)  # fmt: skip
def test_a_name_or_nickname_is_exact(book: Payments, words: str, name: str) -> None:
    sole = book.payees.find(USER, words).sole
    assert sole and sole.name == name


@pytest.mark.parametrize(
    ("words", "name"),
    [("Alise", "Alice Martin"), ("Volta", "Volta Energy"), ("B0b", "Bob Chen"), ("Northwnd", "Northwind Telecom")],
)  # fmt: skip
def test_a_near_name_is_close_and_not_sole(book: Payments, words: str, name: str) -> None:
    found = book.payees.find(USER, words)
    assert found.how == "close" and found.sole is None and name in {payee.name for payee in found.payees}


@pytest.mark.parametrize("words", ["Bert", "李雪", "王芳", "", "Electricity", "acct_demo_bob_2931"])
def test_an_unknown_name_is_nobody(book: Payments, words: str) -> None:
    assert book.payees.find(USER, words).payees == ()


def test_two_of_one_name_are_both_returned(book: Payments) -> None:
    book.payees.add(USER, "Alice Dupont", "contact", "EUR", "acct_demo_alice2", nicknames=("Alice",))
    found = book.payees.find(USER, "alice")
    assert found.how == "exact" and found.sole is None and len(found.payees) == 2
    chosen = book.payees.find(USER, found.payees[1].id).sole
    assert chosen == found.payees[1]


def test_a_book_belongs_to_one_person(book: Payments) -> None:
    alice = book.payees.find(USER, "Alice").sole
    assert alice and book.payees.find("eve", "Alice").how == "none" and book.payees.names("eve") == ()
    with pytest.raises(NotFound):
        book.payees.get("eve", alice.id)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Аlice Martin", "payee_mixed_script"),  # Cyrillic А
        ("Вob", "payee_mixed_script"),
        ("Alice\u202eMartin", "payee_hidden_characters"),
        ("Ali\u200bce Martin", "payee_hidden_characters"),
        ("AIice Martin", "payee_looks_alike"),  # capital i
        ("Alice Mart1n", "payee_looks_alike"),
        ("Ａlice Martin", "payee_account_changed"),  # full width
        ("alice martin", "payee_account_changed"),
        ("", "payee_name_length"),
        ("x" * 121, "payee_name_length"),
    ],
)
def test_a_disguised_name_is_refused(book: Payments, name: str, key: str) -> None:
    with pytest.raises(LueurError, match=key):
        book.payees.add(USER, name, "contact", "EUR", "acct_demo_evil")


def test_a_known_payee_with_another_account_is_blocked_and_told_apart(book: Payments) -> None:
    with pytest.raises(Refused) as refused:
        book.payees.add(USER, "Volta Energy", "biller", "EUR", "acct_demo_volta", iban="DE89370400440532013000")
    assert refused.value.key == "payee_account_changed" and refused.value.values["name"] == "Volta Energy"
    known = book.payees.find(USER, "Volta Energy").sole
    assert known
    with pytest.raises(Refused, match="payee_exists"):
        book.payees.add(USER, "volta energy", "biller", "EUR", known.account, iban=known.iban)


@pytest.mark.parametrize(
    "name", ["Zoë Kravitz", "Иван Петров", "John Smith", "李雪", "Nguyễn Thị Minh", "O'Neill-Brown"]
)
def test_an_honest_name_is_welcome(book: Payments, name: str) -> None:
    assert book.payees.add(USER, name, "contact", "EUR", "acct_demo_new").name == name


def test_an_iban_must_check(book: Payments) -> None:
    with pytest.raises(BadInput, match="bad_iban"):
        book.payees.add(USER, "Gas", "biller", "EUR", iban="FR7630006000011234567890188")
    kept = book.payees.add(USER, "Gas", "biller", "EUR", iban="FR76 3000 6000 0112 3456 7890 189")
    assert kept.iban == "FR7630006000011234567890189"


def test_a_payee_without_account_cannot_be_drafted(book: Payments) -> None:
    from assistant.money import Money

    gas = book.payees.add(USER, "Gas", "biller", "EUR", iban="FR7630006000011234567890189")
    with pytest.raises(Refused, match="payee_has_no_account"):
        book.draft(USER, "ses_1", gas, Money(100, "EUR"))
