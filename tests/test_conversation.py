import pytest

from assistant.clock import MovableClock
from assistant.conversation import Conversations, Session
from assistant.errors import NotFound
from assistant.language.acts import Frame, Slot, State
from assistant.language.memory import freeze, thaw
from assistant.money import Money
from assistant.reply import Action, Notice, Reply
from assistant.request import Constraint, Evidence, Field, Heard, Line, Place, Request, Seen
from assistant.store import Store


@pytest.fixture
def talks(store: Store, clock: MovableClock) -> Conversations:
    conversations = Conversations(store, clock)
    for user in ("ann", "ben"):
        conversations.greet(user)
    return conversations


def published(talks: Conversations, who: Session, *actions: Action) -> Reply:
    return talks.publish(who, Request("hi"), Evidence(), Reply("x", (Notice(tone="info", text="x", actions=actions),)))


def test_a_person_is_new_only_once(talks: Conversations) -> None:
    assert talks.greet("cleo")
    assert not talks.greet("cleo")


def test_a_session_opens_only_for_its_owner(talks: Conversations) -> None:
    mine = talks.open("ann", None, "fr")
    assert talks.open("ann", mine.id, "en") == mine
    for stranger, name in (("ben", mine.id), ("ann", "ses_forged"), ("ann", "")):
        with pytest.raises(NotFound):
            talks.open(stranger, name, "en")


def test_a_tap_finds_only_what_was_published_in_its_session(talks: Conversations) -> None:
    mine, other, bens = (talks.open(user, None, "en") for user in ("ann", "ann", "ben"))
    action = Action("Pay", "payment.confirm", {"draft": "d1", "amount": Money(5, "EUR")})
    published(talks, mine, action)
    assert talks.action(mine, action.id) == ("payment.confirm", {"draft": "d1", "amount": Money(5, "EUR")})
    for who in (other, bens):
        with pytest.raises(NotFound):
            talks.action(who, action.id)
    with pytest.raises(NotFound):
        talks.action(mine, "act_forged")


def test_the_state_survives_as_it_was(talks: Conversations) -> None:
    who = talks.open("ann", None, "en")
    slots = {
        "amount": Slot(Money(1250, "EUR"), "12.50", (4, 9), Place(0, (1, 2, 3, 4)), 0.9, (Money(1, "EUR"),)),
        "constraints": Slot((Constraint("colour", "is", "red", (0, 3)),)),
    }
    state = State((Frame("pay", slots, "payee", "drf_1"),), ("a", "b"), Frame("measure"), "zh")
    assert thaw(freeze(state)) == state
    talks.remember(who, state)
    assert talks.state(who) == state


def test_history_shows_what_was_said_and_answered_in_order(talks: Conversations, clock: MovableClock) -> None:
    who = talks.open("ann", None, "en")
    heard = Heard("pay Alice", 0.8, "offline recogniser", "en", 1.0)
    for text in ("one", "two"):
        talks.publish(who, Request(text), Evidence(), Reply(text.upper()))
        clock.forward(seconds=1)
    talks.publish(who, Request(), Evidence(heard=heard), Reply("THREE"))
    assert [turn["request"]["text"] for turn in talks.history(who)] == ["one", "two", "pay Alice"]
    assert [turn["reply"]["text"] for turn in talks.history(who, limit=2)] == ["TWO", "THREE"]
    assert talks.history(who)[2]["reply"]["evidence"][0]["engine"] == "offline recogniser"


def test_published_evidence_has_places_and_no_pixels(talks: Conversations) -> None:
    who = talks.open("ann", None, "en")
    place = Place(0, (1, 2, 3, 4), crop="data:image/jpeg;base64,AAAA")
    field = Field("total", Money(1250, "EUR"), "12.50", 0.9, place)
    seen = Seen("invoice", 0.9, fields=(field,), lines=(Line("12.50", 0.9, Place(0, (1, 2, 3, 4))),), features=(0.5,))
    (shown,) = talks.publish(who, Request("pay"), Evidence(seen=(seen,)), Reply("x")).evidence
    assert shown["fields"][0]["place"]["box"] == [1, 2, 3, 4]
    assert "crop" not in str(shown)
    assert "features" not in shown


def test_a_card_that_moved_on_replaces_the_stored_one(talks: Conversations) -> None:
    who = talks.open("ann", None, "en")
    card = Notice(tone="info", text="sending")
    talks.publish(who, Request("pay"), Evidence(), Reply("x", (card,)))
    again = Action("Refund", "payment.refund", {})
    talks.replace_cards(who, (Notice(id=card.id, tone="success", text="paid", actions=(again,)),))
    assert talks.history(who)[0]["reply"]["cards"][0]["text"] == "paid"
    assert talks.action(who, again.id)[0] == "payment.refund"


def test_a_button_shown_twice_keeps_its_first_meaning(talks: Conversations) -> None:
    who = talks.open("ann", None, "en")
    published(talks, who, Action("Pay", "payment.confirm", {"payment": "one"}, id="act_same"))
    published(talks, who, Action("Pay", "payment.confirm", {"payment": "two"}, id="act_same"))
    assert talks.action(who, "act_same") == ("payment.confirm", {"payment": "one"})
