"""Buying at a price, said in three languages: nothing without the tap, once at the price, revoked by a tap."""

import json
import string
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant import cli
from assistant.clock import MovableClock
from assistant.conversation import OWNER, Session
from assistant.core import Assistant
from assistant.errors import OK, REFUSED
from assistant.language.acts import Query
from assistant.money import Money
from assistant.payments import Payment
from assistant.reply import Document, Question, Reply
from assistant.request import LANGUAGES, Evidence, Language, Request
from assistant.settings import Settings
from assistant.tenants import belongings, erase

KETTLE = "kettle-brunel-blue"
WISH = {
    "en": "buy the blue Brunel kettle if it drops below 25 this month, 30 delivered at most",
    "fr": "achète la bouilloire Brunel bleue si elle passe sous 25 ce mois-ci, 30 livrée au maximum",
    "zh": "如果蓝色Brunel水壶这个月低于25就买，含运费最多30",
}


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    opened = Assistant(Settings(home=tmp_path, undo_seconds=0, offline=True), MovableClock())
    opened.open(OWNER)
    yield opened
    opened.close()


def say(assistant: Assistant, who: Session, text: str) -> Reply:
    *_, reply = assistant.answer(who, Request(text, language=who.language))
    assert isinstance(reply, Reply)
    return reply


def tap(assistant: Assistant, who: Session, reply: Reply, label: str) -> Reply:
    (found,) = [a for card in reply.cards for a in card.actions if a.label.startswith(label)]
    return assistant.act(who, found.id)


def card(reply: Reply) -> Document:
    (found,) = [each for each in reply.cards if isinstance(each, Document)]
    return found


def prepared(assistant: Assistant, language: Language) -> tuple[Session, Reply]:
    """The card to sign, once it was said which of two kettles is meant."""
    who = assistant.open(OWNER, None, language)
    asked = say(assistant, who, WISH[language])
    assert any(isinstance(each, Question) for each in asked.cards)
    title = assistant.rooms.shop.product(KETTLE).title(language)  # type: ignore[union-attr]
    return who, tap(assistant, who, asked, title + " ·")


def reprice(assistant: Assistant, cents: int) -> None:
    found = assistant.rooms.shop.product(KETTLE)
    assert found
    offer = replace(found.offer, prices=(Money(cents, "EUR"),), read_at=assistant.clock.now())
    assistant.rooms.shop.load([replace(found, offer=offer)])


def bought(assistant: Assistant) -> list[Payment]:
    return [each for each in assistant.rooms.payments.history(OWNER) if each.state == "succeeded"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_signed_wish_is_bought_once_when_its_price_comes(assistant: Assistant, language: Language) -> None:
    who, shown = prepared(assistant, language)
    fields = card(shown).fields
    assert "24" in fields["each"].value  # below 25 is 24.99 at most
    assert "30" in fields["most"].value
    reprice(assistant, 2400)
    assert not bought(assistant)  # nothing is signed
    reprice(assistant, 2790)
    tap(assistant, who, shown, {"en": "Sign", "fr": "Signer", "zh": "签署"}[language])
    reprice(assistant, 2500)
    assert not bought(assistant)  # below 25 was said
    assistant.clock.forward(days=3)  # type: ignore[attr-defined]
    reprice(assistant, 2400)
    (paid,) = bought(assistant)
    assert paid.merchant_id == "maison"
    assert paid.amount.minor <= 3000
    reprice(assistant, 2300)
    assert len(bought(assistant)) == 1
    newest = assistant.history(assistant.open(OWNER, who.id))
    told = [turn["reply"] for turn in newest if any(one["type"] == "receipt" for one in turn["reply"]["cards"])]
    assert [one["status"] for one in told[0]["cards"] if one["type"] == "receipt"] == ["succeeded"]
    assert told[0]["language"] == language


def test_a_price_that_is_there_already_buys_with_the_tap(assistant: Assistant) -> None:
    reprice(assistant, 2400)
    who, shown = prepared(assistant, "en")
    assert not bought(assistant)
    assert any(each.type == "receipt" for each in tap(assistant, who, shown, "Sign").cards)
    assert len(bought(assistant)) == 1


def test_a_second_tap_signs_and_buys_nothing_more(assistant: Assistant) -> None:
    who, shown = prepared(assistant, "en")
    for _ in range(2):
        tap(assistant, who, shown, "Sign")
    reprice(assistant, 2400)
    assert (len(bought(assistant)), len(assistant.rooms.payments.mandates.of(OWNER))) == (1, 1)


def test_a_dear_delivery_waits(assistant: Assistant) -> None:
    who = assistant.open(OWNER, None, "en")
    asked = say(assistant, who, "buy the blue Brunel kettle if it drops below 25, 24 delivered at most")
    tap(assistant, who, tap(assistant, who, asked, "Brunel kettle"), "Sign")
    reprice(assistant, 2450)
    assert not bought(assistant)
    assert not [each for each in assistant.rooms.payments.history(OWNER) if each.state != "canceled"]


def test_revoked_by_a_tap_it_buys_nothing(assistant: Assistant) -> None:
    who, shown = prepared(assistant, "en")
    tap(assistant, who, shown, "Sign")
    tap(assistant, who, say(assistant, who, "show my mandates"), "Revoke")
    reprice(assistant, 2400)
    assert not bought(assistant)
    assert not card(say(assistant, who, "my mandates")).actions


def test_after_its_last_day_it_buys_nothing(assistant: Assistant) -> None:
    who, shown = prepared(assistant, "en")
    tap(assistant, who, shown, "Sign")
    assistant.clock.forward(days=10)  # type: ignore[attr-defined]  # December
    reprice(assistant, 2400)
    assert not bought(assistant)


def test_a_yes_signs_nothing(assistant: Assistant) -> None:
    who, _ = prepared(assistant, "en")
    for words in ("yes", "sign it", "I agree"):
        say(assistant, who, words)
    assert assistant.rooms.payments.mandates.of(OWNER) == ()


@pytest.mark.parametrize(
    "said",
    ["buy a kettle under 25 euros", "tell me when the blue kettle drops below 25", "my spending drops below 25",
     "achète une bouilloire à moins de 25 euros", "买一个25欧元以下的水壶"],
)  # fmt: skip
def test_other_wishes_with_a_price_are_no_mandate(assistant: Assistant, said: str) -> None:
    who = assistant.open(OWNER, None, "zh" if said[0] == "买" else "fr" if said[:3] == "ach" else "en")
    acts = assistant.proposer.propose(said, Evidence(), assistant.conversations.state(who), assistant._world(who))
    assert not [act for act in acts if isinstance(act, Query) and act.goal == "mandate"]


def test_an_export_of_everything_holds_the_mandates_and_no_key(assistant: Assistant) -> None:
    who, shown = prepared(assistant, "en")
    tap(assistant, who, shown, "Sign")
    rows = belongings(assistant.store, OWNER)
    assert len(rows["mandates"]) == 1
    assert "PRIVATE KEY" not in json.dumps(rows)
    assert erase(assistant, OWNER) > 0
    with assistant.store.read() as db:
        assert not db.exec_driver_sql("SELECT * FROM mandate_keys").all()


def test_an_export_is_verified_on_the_command_line(
    assistant: Assistant, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    who, shown = prepared(assistant, "en")
    tap(assistant, who, shown, "Sign")
    reprice(assistant, 2400)
    (one,) = assistant.rooms.payments.mandates.of(OWNER)
    told = {"mandates": [assistant.rooms.payments.mandates.export(OWNER, one.id)]}
    file = tmp_path / "signed.json"
    file.write_text(json.dumps(told))
    monkeypatch.setenv("LUEUR_HOME", str(tmp_path / "elsewhere"))
    assert cli.main(["mandate", "verify", str(file)]) == OK
    assert "Used 1 times" in capsys.readouterr().out
    x = told["mandates"][0]["key"]["x"]
    letters = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
    same = x[:-1] + letters[letters.index(x[-1]) + 1]  # the same 32 bytes, with an unused bit set
    payload = told["mandates"][0]["payment"].replace("A", "B", 1)
    for part, forged in (("key", told["mandates"][0]["key"] | {"x": same}), ("payment", payload)):
        file.write_text(json.dumps({"mandates": [told["mandates"][0] | {part: forged}]}))
        assert cli.main(["mandate", "verify", str(file)]) == REFUSED
