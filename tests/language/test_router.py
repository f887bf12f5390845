"""The shipped head: small, understood without the sentence model, and trained by one repeatable command."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.language.router import HEAD, Router, load, route_of
from assistant.request import Language
from workshop.router import Row, digest, fit, misheard, phrases, save, seen

# Written without looking at the lexicons' patterns; none of them is one.
UNSEEN: list[tuple[str, Language, str]] = [
    ("could you get thirty euros over to alice for me", "en", "payment"),
    ("i promised bob his 15 euros back", "en", "payment"),
    ("how badly did my money shrink on cafés in may", "en", "wealth"),
    ("total of everything i own minus my debts", "en", "wealth"),
    ("any noise cancelling earphones for below a hundred", "en", "product"),
    ("i fancy a cosy armchair", "en", "product"),
    ("is it going to snow this weekend", "en", "other"),
    ("put my alarm back half an hour", "en", "other"),
    ("fais parvenir 40 euros à ma cousine", "fr", "payment"),
    ("j'ai claqué combien en restos ce mois-ci", "fr", "wealth"),
    ("qu'est-ce qu'il reste sur le compte", "fr", "wealth"),
    ("une poêle antiadhésive pas trop chère", "fr", "product"),
    ("il va neiger ce week-end", "fr", "other"),
    ("帮我打三十块钱给表哥", "zh", "payment"),
    ("我这个月在外面吃饭用掉多少钱", "zh", "wealth"),
    ("想换一个静音的键盘", "zh", "product"),
    ("周末会下雪吗", "zh", "other"),
]


@pytest.fixture(scope="module")
def grams_alone() -> Router:
    return Router(load(), None)


def test_the_shipped_head_is_small() -> None:
    assert HEAD.stat().st_size <= 3_000_000


def test_it_routes_sentences_nobody_trained_it_on(grams_alone: Router) -> None:
    hits = 0
    for text, language, route in UNSEEN:
        found = grams_alone.classify(text, language)
        said = max(("payment", "wealth", "product", "other"), key=lambda name: found.routes.get(name, 0))
        hits += said == route
    assert hits / len(UNSEEN) >= 0.7  # n-grams alone; with the sentence model English does better


def test_without_the_sentence_model_it_says_so(grams_alone: Router) -> None:
    assert "n-grams alone" in grams_alone.describe()


def test_the_sentence_model_is_asked_for_english_only() -> None:
    asked: list[str] = []

    def embed(texts: list[str]) -> object:
        asked.extend(texts)
        return np.full((len(texts), 384), 1 / 384**0.5, np.float32)

    router = Router(load(), embed)
    router.classify("Pay Bob", "en")
    router.classify("Paie Bob", "fr")
    assert asked == ["pay bob"]


def test_probabilities_are_a_share_of_the_whole(grams_alone: Router) -> None:
    for text in ("pay alice", "", "💸", "x" * 4000):
        found = grams_alone.classify(text, "en")
        assert sum(found.routes.values()) == pytest.approx(1, abs=1e-4)
        assert [share for _, share in found.labels] == sorted((share for _, share in found.labels), reverse=True)


def test_every_label_has_a_route() -> None:
    for label in load().labels:
        assert route_of(label)


def test_own_phrases_cover_every_label_in_every_language() -> None:
    rows = phrases()
    labels = {row.label for row in rows}
    assert all({row.language for row in rows if row.label == label} == {"en", "fr", "zh"} for label in labels)
    assert rows == phrases()


def test_a_head_is_fitted_saved_and_read_back_alike(tmp_path: Path) -> None:
    rows = [row for row in phrases() if row.label in ("pay", "find", "outside")][::10]
    head = fit(rows, None)
    save(head, tmp_path / "head.npz")
    again = Router(load(tmp_path / "head.npz"), None)
    for row in rows[::10]:
        assert (
            again.classify(row.text, row.language).labels[0][0]
            == Router(head, None).classify(row.text, row.language).labels[0][0]
        )


def test_only_borrowed_sentences_are_listed_as_seen() -> None:
    rows = [Row("pay bob", "pay", "pay", "en"), Row("what is my apr", "wealth", "apr", "en", "clinc150", "wealth")]
    assert seen(rows) == [digest("what is my apr")]


def test_mishearing_is_repeatable_and_never_empty() -> None:
    import random

    said = [misheard("please send two euros to alice", random.Random(seed)) for seed in range(50)]
    assert said == [misheard("please send two euros to alice", random.Random(seed)) for seed in range(50)]
    assert all(said)
    assert len(set(said)) > 5


def test_what_lies_near_strange_sentences_is_outside_and_the_rest_keep_their_proportions() -> None:
    head = replace(load(), inside=np.eye(4, 384, dtype=np.float32), strange=np.eye(4, 384, k=4, dtype=np.float32))
    shares = np.full(len(head.labels), 1 / len(head.labels), np.float32)
    near, far = (head.weighed(shares, corner) for corner in _corners())
    outside = head.labels.index("outside")
    assert far[outside] > 0.9 > 0.1 > near[outside]
    assert np.isclose(near.sum(), 1)
    assert np.isclose(far.sum(), 1)
    assert np.allclose(np.delete(near, outside), np.delete(near, outside)[0])


def _corners() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    known, strange = np.zeros((2, 384), np.float32)
    known[:4] = strange[4:8] = 0.5
    return known, strange
