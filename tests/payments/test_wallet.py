"""What may leave, the card that pays and the payee book, changed in words: less at once, more by a tap."""

from collections.abc import Iterator
from typing import Any

import pytest

from assistant.conversation import Session
from assistant.core import Assistant
from assistant.money import Money
from assistant.reply import Reply, new_id
from assistant.request import Request
from assistant.settings import Settings

IBAN = "DE89 3704 0044 0532 0130 00"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    opened = Assistant(Settings(home=tmp_path_factory.mktemp("home"), undo_seconds=0, offline=True))
    yield opened
    opened.close()


@pytest.fixture
def who(assistant: Assistant) -> Session:
    return assistant.open(new_id("usr"))


def say(assistant: Assistant, who: Session, words: str) -> Reply:
    *_, reply = assistant.answer(who, Request(words))
    assert isinstance(reply, Reply)
    return reply


def tap(assistant: Assistant, who: Session, reply: Reply, verb: str, **target: Any) -> Reply:
    (found,) = [a for card in reply.cards for a in card.actions
                if a.verb == verb and target.items() <= dict(a.target).items()]  # fmt: skip
    return assistant.act(who, found.id)


def limits(assistant: Assistant, who: Session) -> Any:
    return assistant.rooms.payments.wallet(who.user)


@pytest.mark.parametrize("words", ["Show my limits", "Montre mes plafonds", "看看我的限额"])
def test_the_wallet_is_shown(assistant: Assistant, who: Session, words: str) -> None:
    (card,) = say(assistant, who, words).cards
    assert card.kind == "wallet" and card.fields["card"].value == "Visa ••4242"
    assert "1" in card.fields["per_day"].value and card.fields["per_hour"].value == "30"


@pytest.mark.parametrize(
    ("words", "name", "value"),
    [
        ("Set my daily limit to 200", "per_day", Money(20000, "EUR")),
        ("Lower my limit per payment to €50", "per_payment", Money(5000, "EUR")),
        ("set the 30 day limit to 900 euros", "per_month", Money(90000, "EUR")),
        ("Mets mon plafond par jour à 200 euros", "per_day", Money(20000, "EUR")),
        ("Baisse la limite par paiement à 49,90 €", "per_payment", Money(4990, "EUR")),
        ("把每日限额改成200欧元", "per_day", Money(20000, "EUR")),
        ("单笔限额降到50欧元", "per_payment", Money(5000, "EUR")),
        ("my limit for new payees is 100", "first_use", Money(10000, "EUR")),
        ("no more than 5 payments per hour", "per_hour", 5),
    ],
)
def test_less_is_allowed_at_once(assistant: Assistant, who: Session, words: str, name: str, value: object) -> None:
    reply = say(assistant, who, words)
    assert reply.route == "payment" and getattr(limits(assistant, who), name) == value
    assert reply.cards[0].kind == "wallet"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "words", ["Set my daily limit to 2000", "Monte mon plafond par jour à 2000 €", "把每日限额提高到2000欧元"]
)
def test_more_waits_for_a_tap(assistant: Assistant, who: Session, words: str) -> None:
    asked = say(assistant, who, words)
    assert limits(assistant, who).per_day == Money(100_000, "EUR")
    say(assistant, who, "yes")
    assert limits(assistant, who).per_day == Money(100_000, "EUR"), "a yes is no tap"
    tap(assistant, who, asked, "wallet.raise")
    assert limits(assistant, who).per_day == Money(200_000, "EUR")


def test_a_limit_without_its_kind_is_asked_about(assistant: Assistant, who: Session) -> None:
    asked = say(assistant, who, "set my limit to 200")
    assert limits(assistant, who).per_day == Money(100_000, "EUR")
    (daily,) = [a for a in asked.cards[0].actions if a.target["slots"]["which"].value == "per_day"]
    assistant.act(who, daily.id)
    assert limits(assistant, who).per_day == Money(20_000, "EUR")


@pytest.mark.parametrize("words", ["set my daily limit to 200 dollars", "my daily limit is 200 or 300"])
def test_what_is_not_clear_changes_nothing(assistant: Assistant, who: Session, words: str) -> None:
    before = limits(assistant, who)
    assert "EUR" in say(assistant, who, words).text and limits(assistant, who) == before


def test_a_new_limit_holds_and_stands_in_the_log(assistant: Assistant, who: Session) -> None:
    say(assistant, who, "set my limit per payment to 5")
    sheet = say(assistant, who, "Pay Alice 12.50 euros")
    refused = tap(assistant, who, sheet, "payment.confirm")
    assert refused.error == "above_payment_limit" and "€5.00" in refused.text
    trail = assistant.rooms.payments.trail(who.user, "")
    assert [(step["event"], step["detail"]) for step in trail] == [("wallet", "per_payment €5.00")]


def test_another_card_is_chosen_by_a_tap(assistant: Assistant, who: Session) -> None:
    card = say(assistant, who, "Show my wallet")
    changed = tap(assistant, who, card, "wallet.card", method="pm_card_chargeDeclinedInsufficientFunds")
    assert "••9995" in changed.text
    sheet = say(assistant, who, "Pay Alice 12.50 euros")
    declined = tap(assistant, who, sheet, "payment.confirm")
    assert declined.cards[0].status == "failed"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "words",
    [
        f"Add payee Zoë Kravitz, IBAN {IBAN}",
        f"Ajoute le bénéficiaire Zoë Kravitz avec l'IBAN {IBAN}",
        f"添加收款人 Zoë Kravitz IBAN {IBAN}",
    ],
)
def test_a_payee_is_added_by_a_tap(assistant: Assistant, who: Session, words: str) -> None:
    before = assistant.rooms.payments.payees.names(who.user)
    asked = say(assistant, who, words)
    assert assistant.rooms.payments.payees.names(who.user) == before
    tap(assistant, who, asked, "wallet.add")
    added = assistant.rooms.payments.payees.find(who.user, "zoe kravitz").sole
    assert added and (added.name, added.iban, added.account) == ("Zoë Kravitz", IBAN.replace(" ", ""), "")


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("add payee Zoe DE89 3704 0044 0532 0130 01", "bad_iban"),
        (f"add payee Alice Mart1n {IBAN}", "payee_looks_alike"),
        (f"add payee Alice Martin {IBAN}", "payee_account_changed"),
    ],
)
def test_a_dubious_payee_is_refused_before_the_tap(assistant: Assistant, who: Session, words: str, key: str) -> None:
    assert say(assistant, who, words).error == key


def test_a_payee_without_an_account_is_explained(assistant: Assistant, who: Session) -> None:
    assert "IBAN" in say(assistant, who, "add payee Zoe").text


@pytest.mark.parametrize("words", ["remove payee Bob", "supprime le bénéficiaire Bob", "删除收款人Bob"])
def test_a_payee_is_removed_by_a_tap_and_the_receipts_stay(assistant: Assistant, who: Session, words: str) -> None:
    paid = tap(assistant, who, say(assistant, who, "Pay Bob 9 euros"), "payment.confirm")
    asked = say(assistant, who, words)
    assert assistant.rooms.payments.payees.find(who.user, "Bob").sole
    tap(assistant, who, asked, "wallet.remove")
    assert not assistant.rooms.payments.payees.find(who.user, "Bob").sole
    (card,) = assistant.refresh(who, (paid.cards[0].id,))
    assert card.payee.name == "Bob Chen"  # type: ignore[attr-defined]


@pytest.mark.parametrize("words", ["Who can I pay?", "Mes bénéficiaires", "我的收款人"])
def test_the_payee_book_is_shown_and_a_name_starts_a_payment(assistant: Assistant, who: Session, words: str) -> None:
    asked = say(assistant, who, words)
    assert len(asked.cards[0].actions) == len(assistant.rooms.payments.payees.of(who.user))
    started = assistant.act(who, asked.cards[0].actions[0].id)
    assert started.asks == "amount" or "How much" in started.text


@pytest.mark.parametrize("words", ["find a leather wallet under 50", "a lamp, my limit is 40 euros"])
def test_a_search_is_still_a_search(assistant: Assistant, who: Session, words: str) -> None:
    say(assistant, who, words)
    assert limits(assistant, who).per_day == Money(100_000, "EUR") and limits(assistant, who).per_payment == Money(
        50_000, "EUR"
    )
