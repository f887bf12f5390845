"""The desk with the real assistant: what a browser sends is checked, and nothing in it is believed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from assistant.conversation import OWNER
from assistant.core import Assistant
from assistant.settings import Settings
from tests.ui.test_cards import Seen

if TYPE_CHECKING:
    from assistant.ui.desk import Desk

FORGED = "act_" + "0" * 32


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    from assistant.ui.desk import Desk  # Gradio: half of what the tests need to be found

    assistant = Assistant(Settings(home=tmp_path_factory.mktemp("home"), offline=True))
    yield Desk(assistant, lambda request: request.username or OWNER)
    assistant.close()


def event(**sent: Any) -> Any:
    from gradio import EventData

    return EventData(None, {"page": "en", "number": "q1", **sent})


def visit(user: str = OWNER) -> Any:
    from gradio import Request

    return Request(username=user)


def session(desk: Desk) -> str:
    html = desk.hello(event(), visit())
    return next(value or "" for name, value in Seen(html).attributes if name == "data-id")


def test_a_question_is_answered_after_a_sign_of_work(desk: Desk) -> None:
    *progress, answer = desk.ask(event(session=session(desk), text="Pay Alice 12.50"), visit())
    assert all('class="progress"' in step for step in progress)
    assert progress
    assert "pay_sheet" in answer


def test_the_conversation_is_there_again_after_a_reload(desk: Desk) -> None:
    known = session(desk)
    list(desk.ask(event(session=known, text="hello there"), visit()))
    assert "hello there" in desk.hello(event(session=known), visit())


def test_a_session_of_somebody_else_is_not_opened(desk: Desk) -> None:
    known = session(desk)
    list(desk.ask(event(session=known, text="my secret question"), visit()))
    assert "my secret question" not in desk.hello(event(session=known), visit("stranger"))
    (refusal,) = desk.ask(event(session=known, text="hello"), visit("stranger"))
    assert "notice" in refusal


@pytest.mark.parametrize("sent", [{"id": FORGED}, {"id": ["x"]}, {}, {"id": FORGED, "values": {"amount": "1"}}])
def test_a_forged_tap_changes_nothing(desk: Desk, sent: dict[str, Any]) -> None:
    before = len(desk.assistant.rooms.payments.history(OWNER))
    assert "notice" in desk.act(event(session=session(desk), **sent), visit())
    assert len(desk.assistant.rooms.payments.history(OWNER)) == before


def test_a_path_that_was_not_uploaded_is_refused(desk: Desk, tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"mine")
    (refusal,) = desk.ask(event(session=session(desk), paths=[str(secret)]), visit())
    assert "no longer there" in Seen(refusal).words
    assert secret.exists()


def test_what_is_not_of_its_kind_counts_as_absent(desk: Desk) -> None:
    *_, answer = desk.ask(event(session=session(desk), text={"a": 1}, paths="x", language="xx", number="<i>"), visit())
    assert "notice" in answer
    assert "<i>" not in answer


def test_the_published_api_answers_with_the_published_json(desk: Desk) -> None:
    reply = desk.api("Pay Bob 3 euros", "", "en", visit())
    assert reply["cards"][0]["type"] == "pay_sheet"
    assert "verb" not in str(reply)
