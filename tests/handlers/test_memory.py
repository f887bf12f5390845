"""What is remembered, on one card: every kind of it, each forgotten by a tap; all of it taken away, or erased."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from assistant.conversation import OWNER, Session
from assistant.core import Assistant
from assistant.money import Money
from assistant.reply import Memory, Period, Products, Question, Reply
from assistant.request import Language, Request
from assistant.tenants import belongings, erase


def card(assistant: Assistant, who: Session, text: str = "what do you remember about me?") -> Memory:
    *_, reply = assistant.answer(who, Request(text))
    assert isinstance(reply, Reply)
    (found,) = [each for each in reply.cards if isinstance(each, Memory)]
    return found


def leisure(assistant: Assistant) -> object:
    today = assistant.clock.now().date()
    year = Period(today - timedelta(days=365), today)
    return assistant.rooms.wealth.ask(OWNER, "spending", year, category="leisure").value


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "What do you remember about me?"), ("en", "delete my data"), ("en", "please export my data"),
     ("fr", "Que retiens-tu de moi ?"), ("fr", "efface toutes mes données"),
     ("zh", "你记得我什么"), ("zh", "导出我的数据")],
)  # fmt: skip
def test_it_is_asked_for_in_three_languages(assistant: Assistant, who: Session, language: Language, text: str) -> None:
    found = card(assistant, replace(who, language=language), text)
    assert [link.path for link in found.links] == ["/export/json", "/export/csv", "/export/beancount"]
    assert any(row.label == "Alice Martin" for row in found.rows)


def test_every_kind_is_there_and_a_tap_forgets_it(assistant: Assistant, who: Session) -> None:
    assistant.rooms.shop.watches.note(OWNER, "lamp-luma-red", Money(1, "EUR"))
    before = leisure(assistant)
    *_, corrected = assistant.answer(who, Request("Bistro Lune was leisure"))
    assert isinstance(corrected, Reply) and not corrected.error
    assert leisure(assistant) != before
    found = card(assistant, who)
    for label in ("Bob Chen", "bistro lune", "Luma desk lamp, red"):
        row = next((row for row in found.rows if row.label == label), None)
        assert row and row.action, (label, [row.label for row in found.rows])
        reply = assistant.act(who, row.action)
        (left,) = [each for each in reply.cards if isinstance(each, Memory)]
        assert left.id == found.id, "the card changes where it stands"
        assert label not in [row.label for row in left.rows]
    assert leisure(assistant) == before, "rows go back as well"
    assert assistant.rooms.shop.watches.of(OWNER) == ()


AVOID = [("en", "I avoid leather", "a backpack under 300 euros", "because you avoid leather", "a leather backpack"),
         ("fr", "j'évite le cuir", "un sac à dos à moins de 300 euros", "car vous évitez", "un sac à dos en cuir"),
         ("zh", "我不买皮革", "300欧元以下的双肩包", "因为您不要", "皮革双肩包")]  # fmt: skip


@pytest.mark.parametrize(("language", "said", "wish", "because", "asked_for"), AVOID)
def test_what_is_avoided_is_left_out_and_said_so_unless_it_is_asked_for(
    assistant: Assistant, language: Language, said: str, wish: str, because: str, asked_for: str
) -> None:
    who = replace(assistant.open(f"usr_{language}"), language=language)
    noted = card(assistant, who, said)
    assert noted.rows[0].action and noted.rows[0].group
    shelf = answered(assistant, who, wish)
    (chip,) = [chip for chip in shelf.constraints if because in chip.text]
    assert shelf.products and not [each for each in shelf.products if leather(assistant, each.id)]
    reply = assistant.act(who, chip.action)
    (freed,) = [each for each in reply.cards if isinstance(each, Products)]
    assert because not in str(freed.constraints), "a chip is taken away for this search"
    assert any(leather(assistant, each.id) for each in answered(assistant, who, asked_for).products)
    assistant.act(who, noted.rows[0].action)
    assert because not in str(answered(assistant, who, wish).constraints)


def answered(assistant: Assistant, who: Session, text: str) -> Products:
    *_, reply = assistant.answer(who, Request(text))
    assert isinstance(reply, Reply)
    return next(each for each in reply.cards if isinstance(each, Products))


def leather(assistant: Assistant, product: str) -> bool:
    found = assistant.rooms.shop.product(product)
    assert found is not None
    return "material" in found.attributes and found.attributes["material"].value == "leather"


def test_what_no_product_states_is_not_noted(assistant: Assistant, who: Session) -> None:
    *_, reply = assistant.answer(who, Request("I avoid unicorns"))
    assert isinstance(reply, Reply) and "unicorns" in reply.text
    assert not any(row.label == "unicorns" for row in card(assistant, who).rows)


def test_what_is_somebody_elses_cannot_be_forgotten(assistant: Assistant, who: Session) -> None:
    row = next(row for row in card(assistant, who).rows if row.action)
    stranger = assistant.open("usr_other")
    assert assistant.act(stranger, row.action).error == "unknown_action"
    assert row.label in [each.label for each in card(assistant, who).rows]


def test_limits_are_shown_and_changed_elsewhere(assistant: Assistant, who: Session) -> None:
    found = card(assistant, who)
    limits = [row for row in found.rows if not row.action]
    assert len(limits) == 6
    assert found.actions[-1].verb == "service.say"
    assert "limit" in assistant.act(who, found.actions[-1].id).text.lower()


WEAR = [("en", "running shoes in size 42", "running shoes", "because you wear 42", "running shoes size 44"),
        ("fr", "des chaussures de course en taille 42", "des chaussures de course", "car vous portez du 42",
         "des chaussures de course en taille 44"),
        ("zh", "42码的跑鞋", "跑鞋", "因为您穿42", "44码的跑鞋")]  # fmt: skip


@pytest.mark.parametrize(("language", "said", "wish", "because", "other"), WEAR)
def test_a_size_said_once_holds_for_its_kind_until_another_is_said(
    assistant: Assistant, language: Language, said: str, wish: str, because: str, other: str
) -> None:
    who = replace(assistant.open(f"usr_size_{language}"), language=language)
    answered(assistant, who, said)
    later = replace(assistant.open(who.user), language=language)
    shelf = answered(assistant, later, wish)
    (chip,) = [chip for chip in shelf.constraints if chip.text == because]
    assert {size(assistant, each.id) for each in shelf.products} == {"42"}
    (freed,) = [each for each in assistant.act(later, chip.action).cards if isinstance(each, Products)]
    assert not freed.constraints, "a chip is taken away for this search"
    assert {size(assistant, each.id) for each in answered(assistant, later, other).products} == {"44"}
    row = card(assistant, later, {"en": "what do you remember about me?", "fr": "Que retiens-tu de moi ?",
                                  "zh": "你记得我什么"}[language]).rows[0]  # fmt: skip
    assert row.label == "44"
    assistant.act(later, row.action)
    fresh = replace(assistant.open(who.user), language=language)
    assert not answered(assistant, fresh, wish).constraints


def test_a_remembered_size_is_changed_on_its_card_and_holds_for_nothing_else(
    assistant: Assistant, who: Session
) -> None:
    answered(assistant, who, "running shoes size 42")
    other = next(each for each in card(assistant, who).actions if each.label.startswith("Another size"))
    asked = assistant.act(who, other.id)
    (question,) = [each for each in asked.cards if isinstance(each, Question)]
    assert [choice.label for choice in question.choices] == ["40", "42", "44"]
    assistant.act(who, question.choices[0].id)
    assert card(assistant, who).rows[0].label == "40"
    later = assistant.open(OWNER)
    assert not answered(assistant, later, "a notebook").constraints


KINDS = {  # what the card shows of each kind -> where an export holds it
    "leather": "leather", "42": '"running_shoes": "42"', "Alice Martin": "Alice Martin", "bistro lune": "bistro lune",
    "Luma desk lamp, red": "lamp-luma-red", "A weekend": "A weekend",
}  # fmt: skip


def test_every_kind_is_in_the_export_and_gone_after_the_erasure(assistant: Assistant) -> None:
    who = assistant.open("usr_leaves")
    assistant.rooms.shop.watches.note(who.user, "lamp-luma-red", Money(1, "EUR"))
    answered(assistant, who, "running shoes size 42")
    for text in ("I avoid leather", "Bistro Lune was leisure", "split 90 with Ben"):
        *_, reply = assistant.answer(who, Request(text))
        assert isinstance(reply, Reply) and not reply.error, text
    kept = reply.cards[0].id
    assistant.rooms.flash.change(who.user, kept, {"title": "A weekend"})
    assistant.rooms.flash.note(who.user, kept, kept=True)
    assert set(KINDS) <= {row.label for row in card(assistant, who).rows}

    exported = json.dumps(belongings(assistant.store, who.user), ensure_ascii=False)
    assert [words for words in KINDS.values() if words not in exported] == []
    assert erase(assistant, who.user) > 0
    assert not any(belongings(assistant.store, who.user).values())

    again = assistant.open(who.user)  # a newcomer: the demo's payees, nothing that was said
    assert not {"leather", "42", "bistro lune", "Luma desk lamp, red", "A weekend"} & {
        row.label for row in card(assistant, again).rows
    }
    assert not answered(assistant, again, "running shoes").constraints


def size(assistant: Assistant, product: str) -> str:
    found = assistant.rooms.shop.product(product)
    assert found is not None
    return str(found.attributes["size"].value)
