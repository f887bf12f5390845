"""The open microphone and the weights of the settings, at the server's door."""

import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from assistant.errors import Refused
from assistant.protocols import listen, weights
from assistant.senses import Senses
from assistant.senses.hear import decode
from assistant.settings import Settings
from models import speech, vad
from models.remote import as_wav
from models.sound import RATE, Samples, as_pcm
from tests.senses.conftest import FILES

PIECE = 2 * 1664  # bytes


def door(routes: list[Any]) -> TestClient:
    return TestClient(Starlette(routes=routes))


def recording(quiet: float = 2.0) -> Samples:
    clip = decode((FILES / "net_worth.wav").read_bytes())
    return np.concatenate([np.zeros(RATE // 2, np.float32), clip, np.zeros(int(quiet * RATE), np.float32)])


def spoken(quiet: float = 2.0) -> bytes:
    return as_pcm(recording(quiet))


def told(client: TestClient, number: str, sound: bytes) -> list[dict[str, bool]]:
    return [
        client.post(f"/listen/{number}", content=sound[at : at + PIECE]).json() for at in range(0, len(sound), PIECE)
    ]


def test_a_phrase_begins_and_ends_half_a_second_after_its_last_sound() -> None:
    answers = told(door(listen.routes(lambda _: "owner", print)), "a", spoken())
    began = next(at for at, each in enumerate(answers) if each["began"])
    ended = next(at for at, each in enumerate(answers) if each["ended"])
    level = np.abs(np.frombuffer(spoken(), "<i2").astype(int))
    over = int(np.flatnonzero(level > 0.02 * level.max())[-1]) / RATE
    assert began < ended
    assert 0.3 < (ended + 1) * PIECE / 2 / RATE - over < 0.8  # and it was not cut between its words


def test_silence_and_noise_never_begin() -> None:
    noise = as_pcm(np.random.default_rng(1).normal(0, 0.05, 3 * RATE).astype(np.float32))
    client = door(listen.routes(lambda _: "owner", print))
    assert not any(each["began"] for each in told(client, "a", bytes(6 * RATE)) + told(client, "b", noise))


def test_microphones_do_not_hear_each_other_and_the_oldest_makes_room() -> None:
    who, prepared = {"user": "alice"}, list[str]()
    client = door(listen.routes(lambda _: who["user"], lambda user, sound: sound is None and prepared.append(user)))
    assert told(client, "a", spoken(0))[-1]["began"]
    who["user"] = "bob"
    assert not told(client, "a", bytes(PIECE))[-1]["began"]
    assert prepared == ["alice", "bob"]
    for number in range(listen.MOST):
        told(client, str(number), bytes(2))
    who["user"] = "alice"
    assert not told(client, "a", bytes(PIECE))[-1]["began"]


def test_what_was_said_before_a_pause_is_heard_before_the_end_is_noticed(settings: Settings) -> None:
    """The last pause holds all the speech of the whole recording, so that its words are known when it arrives."""
    overheard, done = list[Samples](), threading.Event()

    def opened(_: str, sound: Samples | None) -> None:
        if sound is not None:
            speech.overhear(sound, (), "en", settings)
            overheard.append(sound)
            done.set()

    answers = told(door(listen.routes(lambda _: "owner", opened)), "a", spoken())
    assert done.wait(20)
    ended = next(at for at, each in enumerate(answers) if each["ended"])
    assert len(overheard) == 1 and len(overheard[0]) <= ended * PIECE / 2
    (known,) = (each for each in speech._overheard.values() if each.text == "what is my net worth")
    whole = decode(as_wav(recording()))
    assert speech.hear(whole, (), "en", settings) is known
    again = speech.hear(whole, (), "en", settings)
    assert again == known and again is not known


def test_strangers_and_floods_are_turned_away() -> None:
    def nobody(_: Any) -> str:
        raise Refused("no_cookie")

    assert door(listen.routes(nobody, print)).post("/listen/a", content=b"\0\0").status_code == 403
    assert door(listen.routes(lambda _: "owner", print)).post("/listen/a", content=bytes(65 << 10)).status_code == 413


def test_where_the_stream_is_cut_makes_no_difference() -> None:
    sound, pieces = decode((FILES / "red_lamp.wav").read_bytes()), vad.Stream()
    cuts = np.sort(np.random.default_rng(3).integers(0, len(sound), 40))
    heard = np.concatenate([pieces.push(piece) for piece in np.split(sound, cuts)])
    assert np.allclose(heard, vad.probabilities(sound)[: len(heard)], atol=1e-5)


@pytest.fixture
def senses(settings: Settings, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Senses]:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    opened = Senses(Settings(home=settings.home, offline=True))
    yield opened
    opened.close()


def test_the_owner_sees_what_can_be_fetched_and_a_visitor_only_who_listens(senses: Senses) -> None:
    for mode, rows in (("personal", 3), ("demo", 0)):
        here: Any = SimpleNamespace(senses=senses, settings=Settings(home=senses.settings.home, mode=mode))
        client = door(weights.routes(here))
        page = client.get("/weights?language=fr").text
        assert "la reconnaissance hors ligne (anglais)" in page and page.count('class="weights"') == rows
        assert client.post("/weights/base/get").status_code == (200 if rows else 404)
    assert client.post("/weights/nothing/get").status_code == 404
