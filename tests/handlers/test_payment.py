"""What a person sees of a payment: the question that is missing, the sheet, the receipt. Nothing confirms itself."""

import re
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.clock import MovableClock
from assistant.errors import Refused
from assistant.handlers import Context, Rooms, payment, taps
from assistant.language.acts import Aloud, Amount, Do, Drop, Resume, Set, Slot
from assistant.language.messages import catalogue
from assistant.payments import Payments
from assistant.reply import PaySheet, Question, Receipt, Reply, to_json
from assistant.request import Place
from assistant.settings import Settings
from tests.payments.conftest import SESSION, USER, charges, furnished, kernel, open_kernel, store  # noqa: F401


@pytest.fixture
def context(kernel: Payments, settings: Settings, clock: MovableClock) -> Context:  # noqa: F811
    wealth: Any = SimpleNamespace(currencies=lambda user: ("EUR", "CNY"))
    rooms = Rooms(payments=kernel, wealth=wealth, shop=SimpleNamespace(), flash=None)  # type: ignore[arg-type]
    return Context(user=USER, session=SESSION, language="en", now=clock.now(), rooms=rooms, settings=settings)


LUNCH = Amount("12.50", "EUR")


def pay(context: Context, payee: str | None = "Alice", amount: Amount | None = LUNCH, **more: Any) -> Reply:
    slots = {"payee": Slot(payee, payee)} if payee else {}
    slots |= {"amount": Slot(amount, amount.value)} if amount else {}
    return payment.pay(Do("pay", slots | more.pop("slots", {}), **more), context)


def shown(reply: Reply) -> PaySheet:
    (card,) = reply.cards
    assert isinstance(card, PaySheet)
    return card


def tap(reply: Reply, verb: str, context: Context) -> Any:
    actions = [action for card in reply.cards for action in card.actions if action.verb == verb]
    assert actions, f"no {verb} on {reply}"
    return taps()[verb](actions[0].target, {}, context)


def receipt(reply: Reply) -> Receipt:
    (card,) = reply.cards
    assert isinstance(card, Receipt)
    return card


def test_a_sheet_says_everything_and_pays_nothing(context: Context) -> None:
    reply = pay(context)
    sheet = shown(reply)
    assert (reply.route, reply.sheet, sheet.id) == ("payment", sheet.id, sheet.id)
    assert (sheet.payee.name, sheet.amount.text(), sheet.mode, sheet.method) == (
        "Alice Martin", "€12.50", "sandbox", "Visa ••4242",
    )  # fmt: skip
    assert "twelve" in sheet.in_words and not sheet.currency_assumed
    assert [(a.verb, a.label, a.style) for a in sheet.actions] == [
        ("payment.cancel", "Cancel", "secondary"), ("payment.confirm", "Pay €12.50", "primary"),
    ]  # fmt: skip
    assert charges(context.rooms.payments, context.rooms.payments.receipt(USER, sheet.id)) == []


def test_neither_voice_nor_row_carries_what_would_confirm(context: Context) -> None:
    reply = pay(context)
    waiting = context.rooms.payments.receipt(USER, reply.sheet)
    assert context.rooms.payments.token(waiting) not in str(shown(reply).actions)
    assert "12" not in reply.speak


def test_a_tap_of_another_session_does_not_pay(context: Context) -> None:
    with pytest.raises(Refused, match="confirmation_does_not_fit"):
        tap(pay(context), "payment.confirm", replace(context, session="ses_2"))


def test_the_tap_pays_and_the_receipt_takes_the_sheets_place(context: Context) -> None:
    asked = pay(context)
    done = tap(asked, "payment.confirm", context)
    card = receipt(done)
    assert (card.status, card.id, done.closes) == ("succeeded", asked.sheet, asked.sheet)
    assert done.text.startswith("Paid") and card.provider_ref.startswith("pi_")
    assert [action.verb for action in card.actions] == ["payment.refund"]
    assert tap(asked, "payment.confirm", context) == done


def test_undo_is_offered_until_it_leaves(context: Context, settings: Settings) -> None:
    context = replace(context, settings=replace(settings, undo_seconds=10))
    waiting = tap(pay(context), "payment.confirm", context)
    card = receipt(waiting)
    assert card.status == "scheduled" and card.send_at and "Paid" not in waiting.text
    undone = receipt(tap(waiting, "payment.undo", context))
    assert undone.status == "canceled" and undone.id == card.id


def test_a_canceled_sheet_is_closed(context: Context) -> None:
    asked = pay(context)
    dropped = tap(asked, "payment.cancel", context)
    assert receipt(dropped).status == "canceled" and dropped.closes == asked.sheet
    with pytest.raises(Refused, match="sheet_closed"):
        tap(asked, "payment.confirm", context)


@pytest.mark.parametrize(
    ("payee", "amount", "asks"),
    [(None, LUNCH, "payee"), ("Bert", LUNCH, "payee"), ("Alise", LUNCH, "payee"), ("Alice", None, "amount"),
     ("Alice", Amount("12.345", "EUR"), "amount"), ("Alice", Amount("1.5", "JPY"), "amount")],
)  # fmt: skip
def test_what_is_missing_or_unsure_is_asked(
    context: Context, payee: str | None, amount: Amount | None, asks: str
) -> None:
    reply = pay(context, payee, amount)
    assert reply.asks == asks and not reply.sheet
    assert all(isinstance(card, Question) for card in reply.cards)


def test_a_chosen_payee_fills_the_slot(context: Context) -> None:
    (act,) = tap(pay(context, "Alise"), "service.set", context)
    assert isinstance(act, Set) and act.slots["payee"].text == "Alice Martin"
    assert shown(pay(context, slots=act.slots)).payee.name == "Alice Martin"


@pytest.mark.parametrize(
    ("payee", "amount", "currency", "assumed"),
    [
        ("Alice", Amount("5"), "EUR", True),
        ("Emma", Amount("5"), "USD", True),
        ("李雷", Amount("5"), "CNY", True),
        ("Emma", Amount("5", None, ("USD", "CAD", "AUD")), "USD", True),
        ("Alice", Amount("5", None, ("USD", "CAD", "AUD")), "USD", True),
        ("Alice", Amount("5", None, ("GBP", "EGP")), "GBP", True),
        ("Alice", Amount("500", None, ("CNY", "JPY")), "CNY", True),
        ("Emma", Amount("5", "EUR"), "EUR", False),
    ],
)
def test_a_currency_nobody_said_is_marked(
    context: Context, payee: str, amount: Amount, currency: str, assumed: bool
) -> None:
    sheet = shown(pay(context, payee, amount))
    assert (sheet.amount.currency, sheet.currency_assumed) == (currency, assumed)


def test_yen_or_yuan_is_asked_when_neither_is_held(context: Context) -> None:
    context.rooms.wealth.currencies = lambda user: ("EUR",)  # type: ignore[method-assign]
    reply = pay(context, "Alice", Amount("500", None, ("CNY", "JPY")))
    assert reply.asks == "amount"
    (question,) = reply.cards
    (act,) = taps()["service.set"](question.actions[1].target, {}, context)  # type: ignore[misc]
    assert shown(pay(context, slots=act.slots)).amount.currency == "JPY"  # type: ignore[union-attr]


def test_two_readings_are_asked(context: Context) -> None:
    slot = Slot(Amount("1.234", "EUR"), "1.234", readings=(Amount("1234", "EUR"),))
    reply = pay(context, slots={"amount": slot})
    assert reply.asks == "amount" and len(reply.cards[0].actions) == 2


def test_a_field_from_a_picture_says_where_it_stood(context: Context) -> None:
    slots = {
        "payee": Slot("Volta Energy", "VOLTA ENERGY", place=Place(0, (10, 10, 200, 40)), confidence=0.95),
        "amount": Slot(Amount("184.20", "EUR"), "184,20", place=Place(0, (300, 500, 380, 520)), confidence=0.6),
    }
    sheet = shown(pay(replace(context, utterance="pay this"), slots=slots))
    assert sheet.provenance["amount"] == {"image": 0, "box": [300, 500, 380, 520]}
    assert sheet.uncertain == ("amount",) and sheet.source == "pay this"


def test_the_crop_of_a_field_stays_with_the_sheet_and_its_receipt(context: Context) -> None:
    place = Place(0, (300, 500, 380, 520), crop="data:image/jpeg;base64,AAAA")
    asked = pay(context, slots={"amount": Slot(Amount("184.20", "EUR"), "184,20", place=place)})
    cut = {"image": 0, "box": [300, 500, 380, 520], "crop": place.crop}
    assert shown(asked).provenance == {"amount": cut}
    paid = receipt(tap(asked, "payment.confirm", context))
    assert (paid.source, paid.provenance) == (shown(asked).source, {"amount": cut})


@pytest.mark.parametrize(("name", "kind"), [("Alice", "contact"), ("Volta Energy", "biller")])
def test_a_sheet_says_which_kind_of_payee_it_is(context: Context, name: str, kind: str) -> None:
    payee = shown(pay(context, name)).payee
    assert payee.kind == kind and re.fullmatch(r"account ••\d{4}", payee.how)


def test_words_say_which_characters_they_were(context: Context) -> None:
    said = replace(context, utterance="pay Alice 12.50 euros")
    slot = Slot(Amount("12.50", "EUR"), "12.50 euros", span=(10, 21))
    assert shown(pay(said, slots={"amount": slot})).provenance == {"amount": {"span": [10, 21]}}


def test_a_changed_amount_replaces_the_sheet(context: Context) -> None:
    first = pay(context)
    second = pay(context, amount=Amount("13", "EUR"), replaces=first.sheet)
    assert second.sheet != first.sheet
    with pytest.raises(Refused, match="sheet_closed"):
        tap(first, "payment.confirm", context)


@pytest.mark.parametrize(
    ("spoken", "amount"),
    [(True, None), (False, None), (False, Amount("12.50", "EUR"))],
    ids=["yes", "typed yes", "typed"],
)
def test_a_yes_points_to_the_button(context: Context, spoken: bool, amount: Amount | None) -> None:
    asked = pay(context)
    reply = payment.aloud(Aloud(asked.sheet, amount, True), replace(context, spoken=spoken))
    assert reply.sheet == asked.sheet and shown(reply).id == asked.sheet
    assert context.rooms.payments.receipt(USER, asked.sheet).state == "draft"


@pytest.mark.parametrize("amount", [Amount("12.50", "EUR"), Amount("12.5"), Amount("12.50", None, ("EUR", "USD"))])
def test_the_amount_heard_pays(context: Context, amount: Amount) -> None:
    asked = pay(context)
    done = payment.aloud(Aloud(asked.sheet, amount, True), replace(context, spoken=True))
    assert receipt(done).status == "succeeded"


@pytest.mark.parametrize(
    "amount", [Amount("12.60", "EUR"), Amount("12.50", "USD"), Amount("12.50", None, ("USD", "CAD"))]
)
def test_another_amount_heard_does_not_pay(context: Context, amount: Amount) -> None:
    asked = pay(context)
    with pytest.raises(Refused, match="amount_does_not_match"):
        payment.aloud(Aloud(asked.sheet, amount, True), replace(context, spoken=True))


def test_a_digression_comes_back_to_the_same_sheet(context: Context, clock: MovableClock) -> None:
    asked = pay(context)
    assert payment.show(Resume("pay", asked.sheet), context).sheet == asked.sheet
    clock.forward(minutes=6)
    fresh = payment.show(Resume("pay", asked.sheet), replace(context, now=clock.now()))
    assert fresh.sheet != asked.sheet and shown(fresh).amount == shown(asked).amount


def test_a_dropped_task_withdraws_its_draft(context: Context) -> None:
    asked = pay(context)
    assert payment.withdraw(Drop("pay", asked.sheet), context).closes == asked.sheet
    assert context.rooms.payments.receipt(USER, asked.sheet).state == "canceled"
    assert payment.withdraw(Drop("pay"), context).cards == ()


def test_a_refund_needs_its_own_gesture(context: Context) -> None:
    paid = tap(pay(context), "payment.confirm", context)
    sure = payment.refund(Do("refund"), context)
    assert context.rooms.payments.receipt(USER, paid.closes).refunded.minor == 0
    back = tap(sure, "payment.refund_now", context)
    assert receipt(back).status == "refunded"
    assert receipt(tap(sure, "payment.refund_now", context)).status == "refunded"
    assert payment.refund(Do("refund"), context).cards == ()


def test_the_history_shows_receipts_newest_first(context: Context, clock: MovableClock) -> None:
    assert payment.payments(Do("payments"), context).cards == ()
    for amount in ("1", "2"):
        tap(pay(context, amount=Amount(amount, "EUR")), "payment.confirm", context)
        clock.forward(seconds=1)
    assert [card.amount.minor for card in payment.payments(Do("payments"), context).cards] == [200, 100]  # type: ignore[union-attr]


def test_stop_holds_everything_back(context: Context) -> None:
    asked = pay(context)
    stopped = payment.stop_payments(Do("stop_payments"), context)
    with pytest.raises(Refused):
        tap(asked, "payment.confirm", context)
    tap(stopped, "payment.resume", context)
    assert receipt(tap(pay(context), "payment.confirm", context)).status == "succeeded"


@pytest.mark.parametrize(
    ("method", "status", "note"),
    [
        ("pm_card_chargeDeclinedInsufficientFunds", "failed", "not enough money"),
        ("pm_card_chargeDeclined", "failed", "declined"),
        ("pm_card_authenticationRequired", "requires_action", "3-D Secure"),
    ],
)
def test_what_went_wrong_is_said_in_one_sentence(context: Context, method: str, status: str, note: str) -> None:
    payments = context.rooms.payments
    payments.change_wallet(USER, method=method)
    reply = tap(pay(context), "payment.confirm", context)
    card = receipt(reply)
    assert card.status == status and note in card.note and card.note in reply.text and "Paid" not in reply.text


def test_fresh_receipts_keep_their_ids_and_their_buttons(context: Context) -> None:
    done = tap(pay(context), "payment.confirm", context)
    (first,) = payment.receipts((done.closes, "pay_unknown"), context)
    (second,) = payment.receipts((done.closes,), context)
    assert first == second and first.id == done.closes


@pytest.mark.parametrize("language", ["en", "fr", "zh"])
def test_every_sentence_stands_in_every_language(context: Context, language: str) -> None:
    here = replace(context, language=language)  # type: ignore[arg-type]
    for reply in (pay(here), pay(here, None), pay(here, "Bert"), pay(here, amount=None)):
        assert reply.text and "{" not in reply.text
    assert catalogue(language)["payment"].keys() == catalogue("en")["payment"].keys()


def test_a_sheet_survives_the_wire(context: Context, open_kernel: Callable[[], Payments]) -> None:  # noqa: F811
    data = to_json(shown(pay(context)))
    assert data["type"] == "pay_sheet" and data["amount"] == {"minor": 1250, "currency": "EUR", "text": "€12.50"}
    assert all(set(action) == {"id", "label", "style"} for action in data["actions"])


def test_a_second_payment_of_the_same_says_so_and_still_goes(context: Context, clock: MovableClock) -> None:
    assert shown(pay(context)).notes == ("First payment to this account (••7305).",)
    tap(pay(context), "payment.confirm", context)
    clock.forward(minutes=12)
    later = replace(context, now=clock.now())
    again = pay(later)
    sheet = shown(again)
    assert "12 minutes ago" in sheet.notes[0] and sheet.uncertain == ("repeat",)
    assert sheet.actions[1].label == "Pay €12.50 again"
    with pytest.raises(Refused, match="needs_a_second_look"):
        payment.aloud(Aloud(again.sheet, LUNCH, True), replace(later, spoken=True))
    assert receipt(tap(again, "payment.confirm", later)).status == "succeeded"
    clock.forward(minutes=31)
    assert shown(pay(replace(context, now=clock.now()))).notes == ()


def test_two_sheets_of_the_same_do_not_both_go_unseen(context: Context) -> None:
    first, second = pay(context), pay(context)
    tap(first, "payment.confirm", context)
    looked = tap(second, "payment.confirm", context)
    assert "You have just paid" in shown(looked).notes[0]
    assert context.rooms.payments.receipt(USER, second.sheet).state == "draft"
    assert receipt(tap(looked, "payment.confirm", context)).status == "succeeded"


def test_a_retry_while_the_first_is_checked_is_told(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    from assistant.errors import Unavailable
    from assistant.payments.provider import Provider

    def silent(*_: object) -> None:
        raise Unavailable("provider_silent")

    with monkeypatch.context() as broken:
        broken.setattr(Provider, "confirm", silent)
        assert receipt(tap(pay(context), "payment.confirm", context)).status == "unknown"
    assert "still being checked" in shown(pay(context)).notes[0]


def test_a_waiting_bank_is_one_link_away(context: Context) -> None:
    payments = context.rooms.payments
    payments.change_wallet(USER, method="pm_card_authenticationRequired")
    card = receipt(tap(pay(context), "payment.confirm", context))
    assert [link.path for link in card.links] == [f"/challenge/{card.id}"]


def test_an_invoice_with_another_iban_than_the_books_is_blocked(context: Context) -> None:
    def invoice(iban: str) -> Reply:
        return pay(context, "Volta Energy", slots={"iban": Slot(iban, iban, place=Place(0, (1, 1, 2, 2)))})

    assert shown(invoice("FR7630006000011234567890189")).payee.name == "Volta Energy"
    with pytest.raises(Refused, match="payee_account_changed"):
        invoice("DE89370400440532013000")


def test_a_payee_with_only_an_iban_is_prepared_not_paid(context: Context) -> None:
    context.rooms.payments.payees.add(USER, "Gas", "biller", "EUR", iban="FR7630006000011234567890189")
    reply = pay(context, "Gas")
    card = receipt(reply)
    assert card.status == "prepared" and "not paid" in reply.text and card.links[0].path == f"/transfers/{card.id}"
    assert not reply.sheet and context.rooms.payments.history(USER) == ()
    assert receipt(tap(reply, "payment.cancel_transfer", context)).status == "canceled"
