"""What the settings say of weights: a sentence and the right buttons for every state, in three languages."""

import re
from pathlib import Path
from typing import get_args

import pytest

from assistant.request import LANGUAGES, Language
from assistant.ui import weights
from models.fetch import Fetch, State
from models.weights import pinned
from models.whisper import Comparison


@pytest.fixture
def fetch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fetch:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    return Fetch(pinned()["base"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_has_its_own_sentence_and_offers_what_can_be_done(fetch: Fetch, language: Language) -> None:
    said = set()
    for state in get_args(State):
        fetch.place.unlink(missing_ok=True)
        fetch._fault = state
        if state == "ready":
            fetch.place.parent.mkdir(parents=True)
            fetch.place.touch()
        assert fetch.state == state
        drawn = weights.row(language, fetch)
        said.add(weights.stated(language, fetch))
        verbs = tuple(re.findall(r'data-weights="base/(\w+)"', drawn))
        assert verbs == weights.VERBS.get(state, ())
        assert f'data-state="{state}"' in drawn
    assert len(said) == len(get_args(State))


def test_the_quick_way_says_whether_it_is_on_and_why() -> None:
    assert "5.1 times" in weights.verdict("en", Comparison(6, (), 5.1))
    assert "1 of our 6" in weights.verdict("en", Comparison(6, (("fifty", "fifteen"),), 5.1))
    assert weights.shelf("en", "offline recogniser (English)", (), None).count("<p>") == 1
