"""Turns: what was said, what was heard, the answer; the same whether fresh or read back."""

from dataclasses import replace
from datetime import timedelta

from assistant.reply import Reply
from assistant.request import LANGUAGES
from assistant.ui import turns
from assistant.ui.cards import Drawer
from tests.ui import samples
from tests.ui.samples import HOSTILE, NOW
from tests.ui.test_cards import Seen

EN = Drawer("en", NOW)
HEARD = {"sense": "hear", "text": HOSTILE, "engine": "offline recogniser", "confidence": 0.913}


def request(text: str = "", spoken: bool = False, images: tuple[str, ...] = ()) -> dict[str, object]:
    return {"text": text, "spoken": spoken, "images": list(images), "files": []}


def test_the_answer_says_which_engine_heard_the_words() -> None:
    reply = turns.as_json(replace(samples.cards("x"), evidence=(HEARD,)))
    html = turns.turn(EN, reply, request(HOSTILE, spoken=True), "q1")
    words = Seen(html).words
    assert "heard by offline recogniser (English) · 91 %" in words
    assert HOSTILE in words
    assert "data-spoken" in html
    assert 'data-for="q1"' in html
    assert "reconnaissance hors ligne (anglais)" in turns.heard_by(Drawer("fr", NOW), HEARD)
    assert "whisper base" in turns.heard_by(Drawer("fr", NOW), HEARD | {"engine": "whisper base"})


def test_a_hostile_answer_stays_text_in_a_whole_conversation() -> None:
    for language in LANGUAGES:
        reply = turns.as_json(replace(samples.cards(HOSTILE), language=language, evidence=(HEARD,)))
        item = {"reply": reply, "request": request(HOSTILE, images=(HOSTILE,))}
        html = turns.history([item], NOW + timedelta(seconds=1), 10)
        assert "${" not in html
        assert "{{" not in html
        assert "onerror" not in dict(Seen(html).attributes)


def test_a_tap_shows_its_answer_without_a_question() -> None:
    html = turns.turn(EN, turns.as_json(samples.cards("x")))
    assert 'class="me"' not in html
    assert "data-for" not in html


def test_a_refusal_says_its_sentence_once() -> None:
    words = Seen(turns.turn(EN, turns.refusal("en", "nothing_said", "Nothing was said."))).words
    assert words.count("Nothing was said.") == 1


def test_the_trace_is_folded() -> None:
    html = turns.turn(EN, turns.as_json(samples.cards("x")))
    assert '<details class="trace">' in html
    assert "12 ms" in html


def test_a_turn_without_words_or_files_has_no_bubble() -> None:
    reply = turns.as_json(Reply("Hello", turn="turn_1"))
    assert "bubble" not in turns.turn(EN, reply, request())
