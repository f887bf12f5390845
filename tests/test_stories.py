"""The seven paths, inside the process: typed in three languages, photographed, and ending in cards and charges."""

from pathlib import Path
from typing import Any

import pytest

from assistant.conversation import OWNER, Session
from assistant.core import Assistant, Progress
from assistant.reply import Action, Card, Reply
from assistant.request import Request, Upload
from models import pocket

FILES = Path(__file__).parents[1] / "assistant" / "demo" / "files"


def ask(assistant: Assistant, who: Session, text: str = "", *pictures: str, audio: str = "") -> Reply:
    images = tuple(Upload(name, (FILES / name).read_bytes()) for name in pictures)
    sound = Upload(audio, (FILES / audio).read_bytes()) if audio else None
    *progress, reply = assistant.answer(who, Request(text, sound, images))
    assert progress
    assert all(isinstance(step, Progress) for step in progress)
    assert isinstance(reply, Reply)
    return reply


def card(reply: Reply, kind: str) -> Any:
    found = [c for c in reply.cards if c.type == kind]
    assert len(found) == 1, f"{reply.text}: {[c.type for c in reply.cards]}"
    return found[0]


def primary(shown: Card) -> Action:
    return next(action for action in shown.actions if action.style == "primary")


def charges(assistant: Assistant) -> int:
    return len([p for p in assistant.rooms.payments.history(OWNER) if p.state == "succeeded"])


@pytest.mark.parametrize("words", ["Pay Alice 12.50", "Paie 12,50 € à Alice", "给Alice转12.50欧元"])
def test_a_contact_is_paid_by_one_tap(assistant: Assistant, who: Session, words: str) -> None:
    before = charges(assistant)
    reply = ask(assistant, who, words)
    sheet = card(reply, "pay_sheet")
    assert (sheet.amount.minor, sheet.amount.currency, sheet.payee.name) == (1250, "EUR", "Alice Martin")
    assert charges(assistant) == before
    receipt = card(assistant.act(who, primary(sheet).id), "receipt")
    assert receipt.status == "succeeded"
    assert charges(assistant) == before + 1


def test_a_second_tap_pays_nothing_more(assistant: Assistant, who: Session) -> None:
    sheet = card(ask(assistant, who, "Pay Bob 7 euros"), "pay_sheet")
    first = card(assistant.act(who, primary(sheet).id), "receipt")
    before = charges(assistant)
    assert card(assistant.act(who, primary(sheet).id), "receipt").payment_id == first.payment_id
    assert charges(assistant) == before


def test_a_poisoned_invoice_pays_the_biller_its_total_and_shows_the_order_struck_through(
    assistant: Assistant, who: Session
) -> None:
    reply = ask(assistant, who, "Pay this invoice", "poisoned.png")
    sheet, struck = card(reply, "pay_sheet"), card(reply, "ignored")
    assert (sheet.amount.minor, sheet.amount.currency, sheet.payee.name) == (18420, "EUR", "Volta Energy")
    assert "ignore all previous instructions" in " ".join(struck.lines).lower()
    assert "4,900" in " ".join(struck.lines)


@pytest.mark.parametrize("words", ["Pay this", "Paie cette facture", "付这张账单"])
def test_a_known_billers_invoice_is_paid_from_its_photo(assistant: Assistant, who: Session, words: str) -> None:
    sheet = card(ask(assistant, who, words, "invoice.png"), "pay_sheet")
    assert (sheet.amount.minor, sheet.amount.currency, sheet.payee.name) == (18420, "EUR", "Volta Energy")
    assert "box" in sheet.provenance["amount"]


def test_a_photo_without_words_is_described_and_nothing_is_drafted(assistant: Assistant, who: Session) -> None:
    reply = ask(assistant, who, "", "invoice.png")
    document = card(reply, "document")
    assert document.kind == "invoice"
    assert "184.20" in reply.text
    assert len(document.actions) == 3
    assert not [c for c in reply.cards if c.type == "pay_sheet"]


QUESTIONS = ["How much did I spend on groceries last month?", "Combien ai-je dépensé en courses le mois dernier ?",
             "上个月买菜花了多少钱？"]  # fmt: skip


@pytest.mark.parametrize("words", QUESTIONS)
def test_groceries_last_month_is_the_engines_figure(assistant: Assistant, who: Session, words: str) -> None:
    figure = card(ask(assistant, who, words), "figure")
    answer = assistant.rooms.wealth.ask(OWNER, "spending", period=figure.period, category="groceries")
    assert figure.value == answer.value
    assert figure.value.minor > 0
    assert figure.row_count == len(answer.rows) > 0


@pytest.mark.parametrize(
    "words",
    [
        "What is my net worth? Show the chart",
        "Quel est mon patrimoine net ? Montre la courbe",
        "我的净资产是多少？画图",
    ],
)
def test_net_worth_comes_with_its_chart_and_table(assistant: Assistant, who: Session, words: str) -> None:
    reply = ask(assistant, who, words)
    assert card(reply, "figure").metric == "net_worth"
    chart = card(reply, "chart")
    assert chart.svg.startswith("<svg")
    assert len(chart.table) > 2


LAMPS = ["a red desk lamp under 40 euros", "une lampe de bureau rouge à moins de 40 euros", "40欧元以下的红色台灯"]


@pytest.mark.parametrize("words", LAMPS)
def test_no_lamp_on_the_shelf_is_above_the_budget(assistant: Assistant, who: Session, words: str) -> None:
    shelf = card(ask(assistant, who, words), "products")
    assert shelf.products
    assert all(product.price.minor <= 4000 and product.price.currency == "EUR" for product in shelf.products)


@pytest.mark.parametrize("words", ["", "what is this?", "qu'est-ce que c'est ?", "这是什么？"])
def test_a_barcode_leads_to_the_exact_product(assistant: Assistant, who: Session, words: str) -> None:
    shelf = card(ask(assistant, who, words, "barcode.png"), "products")
    assert [product.id for product in shelf.products] == ["lamp-luma-red"]


def test_one_item_is_bought_and_charged_once(assistant: Assistant, who: Session) -> None:
    shelf = card(ask(assistant, who, LAMPS[0]), "products")
    buy = next(a for a in shelf.products[0].actions if a.verb == "product.buy")
    sheet = card(assistant.act(who, buy.id), "pay_sheet")
    assert sum(line.amount.minor for line in sheet.totals if line.label != "") >= sheet.amount.minor
    before = charges(assistant)
    assert card(assistant.act(who, primary(sheet).id), "receipt").status == "succeeded"
    assert charges(assistant) == before + 1


SPOKEN = [("pay_alice.wav", "pay_sheet"), ("groceries.wav", "figure"), ("red_lamp.wav", "products"),
          ("net_worth.wav", "figure")]  # fmt: skip


@pytest.mark.parametrize(("clip", "kind"), SPOKEN)
def test_spoken_english_lands_in_the_right_room(assistant: Assistant, who: Session, clip: str, kind: str) -> None:
    assistant.expect(who.user)
    built = pocket._recogniser.cache_info().misses
    reply = ask(assistant, who, audio=clip)
    assert pocket._recogniser.cache_info().misses == built  # it was ready when the microphone closed
    assert card(reply, kind)
    assert reply.evidence[0]["engine"]
    if kind == "pay_sheet":
        assert card(reply, kind).amount.minor == 1250


@pytest.mark.parametrize("words", ["yes", "oui", "是的"])
def test_a_bare_yes_never_pays(assistant: Assistant, who: Session, words: str) -> None:
    ask(assistant, who, "Pay Alice 3 euros")
    before = charges(assistant)
    ask(assistant, who, words)
    assert charges(assistant) == before


def test_a_checkout_waits_through_a_question_and_is_the_same_afterwards(assistant: Assistant, who: Session) -> None:
    sheet = card(ask(assistant, who, "Pay Alice 4 euros"), "pay_sheet")
    reply = ask(assistant, who, "How much did I spend on groceries last month?")
    assert card(reply, "figure")
    assert card(reply, "pay_sheet").id == sheet.id
    assert card(assistant.act(who, primary(sheet).id), "receipt").amount.minor == 400


def test_a_corrected_amount_is_a_new_draft_and_the_old_button_is_dead(assistant: Assistant, who: Session) -> None:
    old = card(ask(assistant, who, "Pay Alice 15 euros"), "pay_sheet")
    reply = ask(assistant, who, "no, make it 5")
    new = card(reply, "pay_sheet")
    assert (card(reply, "receipt").payment_id, card(reply, "receipt").status) == (old.id, "canceled")
    assert (new.amount.minor, new.payee.name) == (500, "Alice Martin")
    before = charges(assistant)
    assert assistant.act(who, primary(old).id).error
    assert charges(assistant) == before
    assert card(assistant.act(who, primary(new).id), "receipt").amount.minor == 500


@pytest.mark.parametrize(
    ("text", "key"), [("", "nothing_said"), ("  \n", "nothing_said"), ("x" * 1_000_000, "text_too_long")]
)
def test_words_that_cannot_be_used_are_refused_plainly(assistant: Assistant, who: Session, text: str, key: str) -> None:
    reply = ask(assistant, who, text)
    assert reply.error == key
    assert card(reply, "notice").tone == "error"


def test_a_forged_action_changes_nothing(assistant: Assistant, who: Session) -> None:
    assert assistant.act(who, "act_" + "0" * 32).error == "unknown_action"


def test_what_a_picture_says_is_never_an_order(assistant: Assistant, who: Session) -> None:
    before = charges(assistant)
    reply = ask(assistant, who, "what is this?", "qr.png")
    assert not [c for c in reply.cards if c.type == "pay_sheet"]
    assert charges(assistant) == before


def test_a_recording_that_was_handed_in_never_confirms(assistant: Assistant, who: Session) -> None:
    ask(assistant, who, "Pay Alice 12.50")
    before = charges(assistant)
    clip = Upload("amount.wav", (FILES / "pay_alice.wav").read_bytes())
    *_, reply = assistant.answer(who, Request(audio=clip))
    assert isinstance(reply, Reply)
    assert charges(assistant) == before
