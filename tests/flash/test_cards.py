"""Cards in a conversation: changed in place, kept and reopened by words, paid through the sheet."""

import pytest

from assistant.conversation import OWNER, Session
from assistant.core import Assistant
from assistant.errors import NotFound
from assistant.flash.card import Control, Flash
from assistant.protocols import cards as files
from assistant.protocols.local import Here
from assistant.reply import PaySheet, Question, Reply
from assistant.request import Field, Line, Place, Seen
from assistant.senses.layout import Page
from assistant.senses.totals import items
from assistant.tenants import erase
from tests.flash.test_sentences import ask, assistant, who  # noqa: F401  fixtures

BILL = "split 84.60 for Lisbon between Alice, Ben and me, Ben had no wine which was 18"


def made(assistant: Assistant, who: Session, text: str = BILL) -> Flash:  # noqa: F811
    card = ask(assistant, who, text).cards[0]  # a sheet that waits may follow
    assert isinstance(card, Flash)
    return card


def act(assistant: Assistant, who: Session, action: str, **values: str) -> Reply:  # noqa: F811
    return assistant.act(who, action, {name.replace("__", "."): value for name, value in values.items()})


def named(card: Flash, label: str) -> str:
    return next(action.id for action in card.actions if action.label.startswith(label))


def control(card: Flash, name: str) -> Control:
    return next(each for each in card.controls if each.name == name)


def test_a_control_changes_the_card_in_its_place_and_adds_no_turn(assistant: Assistant, who: Session) -> None:  # noqa: F811
    card = made(assistant, who)
    before = len(assistant.history(who))
    reply = act(assistant, who, card.change, tip="10", people__1__portions="2")
    (now,) = reply.cards
    assert isinstance(now, Flash) and now.id == card.id and reply.turn == ""
    assert sum(each.value.minor for each in now.outcomes if not isinstance(each.value, str)) == 9306
    assert len(assistant.history(who)) == before
    assert assistant.history(who)[-1]["reply"]["cards"][0]["headline"]["minor"] == 9306


def test_who_shared_a_line_is_a_tap_on_each_name_and_its_price_stays(assistant: Assistant, who: Session) -> None:  # noqa: F811
    card = made(assistant, who)
    wine = [each for each in card.controls if each.group.startswith("wine")]
    assert [(each.kind, each.label, each.value) for each in wine] == [
        ("toggle", "Alice", "true"), ("toggle", "Ben", "false"), ("toggle", "You", "true")
    ]  # fmt: skip
    (now,) = assistant.act(who, card.change, {wine[1].name: "true"}).cards
    assert (
        isinstance(now, Flash) and [e.value.minor for e in now.outcomes if not isinstance(e.value, str)] == [2820] * 3
    )


def test_values_build_on_each_other_and_a_comma_is_a_point(assistant: Assistant, who: Session) -> None:  # noqa: F811
    card = made(assistant, who)
    act(assistant, who, card.change, total="100,50")
    (now,) = act(assistant, who, card.change, tip="0").cards
    assert isinstance(now, Flash) and not isinstance(now.headline, str) and now.headline.minor == 10050


@pytest.mark.parametrize(("name", "value"), [
    ("total", "lots"), ("total", "-5"), ("total", "1e30"), ("total", "NaN"), ("tip", "400"), ("people.9.paid", "1"),
    ("secret", "1"), ("items.0.shared", "x"), ("payer", "7"), ("total", "10"), ("people", "1"), ("__class__", "1"),
])  # fmt: skip
def test_what_cannot_be_computed_leaves_the_card_and_says_why(
    assistant: Assistant, who: Session, name: str, value: str  # noqa: F811
) -> None:  # fmt: skip
    card = made(assistant, who)
    reply = assistant.act(who, card.change, {name: value})
    (now,) = reply.cards
    assert reply.error.startswith("flash_") and isinstance(now, Flash)
    assert now.outcomes == card.outcomes and reply.text in now.notes


def test_what_is_set_decides_and_the_other_follows(assistant: Assistant, who: Session) -> None:  # noqa: F811
    card = made(assistant, who, "save 3000 in 18 months")
    (now,) = act(assistant, who, card.change, monthly="250").cards
    assert isinstance(now, Flash) and control(now, "months").value == "12"
    (then,) = act(assistant, who, card.change, months="30").cards
    assert isinstance(then, Flash) and control(then, "monthly").value == "100"


def test_a_kept_card_is_reopened_by_its_name_in_another_session(assistant: Assistant, who: Session) -> None:  # noqa: F811
    card = made(assistant, who)
    act(assistant, who, named(card, "Keep"))
    elsewhere = assistant.open("ada")
    for text in ("open the Lisbon split", "rouvre le partage de Lisbon", "打开Lisbon的分账"):
        (again,) = ask(assistant, elsewhere, text).cards
        assert isinstance(again, Flash) and again.id == card.id and again.kept
    other = made(assistant, who, "split 20 for Porto with Ben")
    act(assistant, who, named(other, "Keep"))
    (listed,) = ask(assistant, elsewhere, "show my cards").cards
    assert isinstance(listed, Question) and {"Lisbon", "Porto"} <= {c.label.split(" · ")[0] for c in listed.choices}
    porto = next(choice.id for choice in listed.choices if choice.label.startswith("Porto"))
    (opened,) = assistant.act(elsewhere, porto).cards
    assert isinstance(opened, Flash) and opened.title == "Porto"


def test_a_card_is_nobody_elses_and_goes_with_its_owner(assistant: Assistant) -> None:  # noqa: F811
    eve, bob = assistant.open("eve"), assistant.open("bob")
    card = made(assistant, eve)
    with pytest.raises(NotFound):
        assistant.rooms.flash.get("bob", card.id)
    assert act(assistant, bob, card.change, tip="5").error == "unknown_action"
    erase(assistant, "eve")
    with pytest.raises(NotFound):
        assistant.rooms.flash.get("eve", card.id)


def test_my_share_is_paid_through_the_ordinary_sheet(assistant: Assistant, who: Session) -> None:  # noqa: F811
    card = made(assistant, who, "split 66 for Lisbon between Alice, Ben and me, Alice paid")
    reply = act(assistant, who, named(card, "Pay Alice"))
    sheet = reply.cards[0]
    assert isinstance(sheet, PaySheet)
    assert (sheet.payee.name, sheet.amount.minor, sheet.purpose) == ("Alice Martin", 2200, "Lisbon")


def test_who_owes_me_is_asked_with_a_message_and_nobody_is_charged(assistant: Assistant, who: Session) -> None:  # noqa: F811
    card = made(assistant, who, "I paid 84.60, split it between Alice, Ben and me")
    reply = act(assistant, who, named(card, "Ask for"))
    assert "€28.20" in reply.text and "Alice" in reply.text and not reply.sheet
    act(assistant, who, card.change, payer="-1")
    assert act(assistant, who, named(card, "Ask for")).error == "flash_settled"


def test_a_number_that_can_mean_two_is_asked(assistant: Assistant, who: Session) -> None:  # noqa: F811
    question, *_ = ask(assistant, who, "split 1.234 euros with Ben").cards
    assert isinstance(question, Question) and [choice.label for choice in question.choices] == ["1,234", "1.234"]
    card, *_ = assistant.act(who, question.choices[0].id).cards
    assert isinstance(card, Flash) and not isinstance(card.headline, str) and card.headline.minor == 123400
    (now,) = act(assistant, who, card.change, total="1.5").cards
    assert isinstance(now, Flash) and not isinstance(now.headline, str) and now.headline.minor == 150


STAYS = [
    ("pay Bob 90", "payment"), ("send 20 to Alice for lunch", "payment"), ("paie 90 à Bob", "payment"),
    ("给李雷转90元", "payment"), ("how much did I save last month", "wealth"), ("spending by category", "wealth"),
    ("split my spending by category", "wealth"), ("combien ai-je dépensé en restaurants", "wealth"),
    ("上个月餐饮花了多少", "wealth"), ("coffee beans 1 kg under 20 euros", "product"),
    ("balance of my car loan", "wealth"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "route"), STAYS)
def test_a_payment_a_figure_and_a_search_keep_their_words(
    assistant: Assistant, who: Session, text: str, route: str  # noqa: F811
) -> None:  # fmt: skip
    reply = ask(assistant, who, text)
    assert reply.route == route and not any(isinstance(card, Flash) for card in reply.cards)


def till(*rows: tuple[str, str]) -> tuple[Field, ...]:
    lines = [
        Line(text, 0.9, Place(0, (x, 20 * y, x + 80, 20 * y + 14)))
        for y, row in enumerate(rows)
        for x, text in zip((0, 300), row, strict=True)
        if text
    ]
    page = Page(tuple(lines), (400, 20 * len(rows)))
    from assistant.senses import read

    return read.fields("receipt", page)


def test_the_lines_of_a_receipt_are_believed_where_they_add_up() -> None:
    head = (("TRATTORIA", ""), ("Table 4", ""), ("PIZZA", "12.00 €"), ("HOUSE WINE", "18.00"))
    found = till(*head, ("TOTAL", "30.00 €"))
    assert [(f.text, f.value) for f in found if f.name == "item"][1][0] == "HOUSE WINE"
    assert not [field for field in till(*head, ("TOTAL", "31.00 €")) if field.name == "item"]
    assert items(Page((), (1, 1)), None) == ()


def test_a_receipt_seen_before_is_split_line_by_line(assistant: Assistant, who: Session) -> None:  # noqa: F811
    from dataclasses import replace

    from assistant.handlers import service
    from assistant.language import dialogue
    from assistant.language.acts import Do
    from assistant.request import Evidence

    fields = till(("TRATTORIA", ""), ("PIZZA", "12.00 €"), ("MERLOT", "18.00"), ("TOTAL", "30.00 €"))
    seen = Seen("receipt", 0.9, fields=fields)
    context = replace(assistant._context(who), evidence=Evidence(seen=(seen,)))
    reply = service.describe(Do("describe"), context)
    assistant.conversations.remember(who, dialogue.remember(context.state, Do("describe"), reply))
    card = made(assistant, who, "split it between Ana, Ben and me, Ana had no wine")
    assert [each.value.minor for each in card.outcomes if not isinstance(each.value, str)] == [400, 1300, 1300]
    unknown = made(assistant, who, "split the receipt between Ana and me, one of us had no wine")
    assert any("MERLOT" in note for note in unknown.notes)


def test_a_file_holds_what_the_card_shows_and_no_formula(assistant: Assistant) -> None:  # noqa: F811
    me = assistant.open(OWNER)
    card = made(assistant, me, "split 90 with Ben")
    act(assistant, me, card.change, title="=HYPERLINK(1)")
    kept = assistant.rooms.flash.get(OWNER, card.id)
    assert files.written(kept, "csv").startswith("\ufeff'=HYPERLINK(1),€90.00")
    assert "Ben  €45.00" in files.written(kept, "txt")
    assert any(row["title"] == "=HYPERLINK(1)" for row in Here(assistant).export()["flash_cards"])
