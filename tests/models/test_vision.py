"""The shipped vision model: small, whole, and right about pictures of a generator it was not trained on."""

from __future__ import annotations

import statistics
from hashlib import sha256

import numpy as np
import pytest
from PIL import Image

from bench.scenes import DRAWN, held_out
from models import vision
from tests.senses.conftest import FILES
from workshop.scenes import KINDS, PRODUCTS, SIDE, scene

WEIGHTS = vision.FOLDER / "model.safetensors"
CARD = vision.FOLDER.parent / "cards" / "vit.md"
PER_KIND = 12


def named(picture: Image.Image) -> str:
    kinds = vision.look(picture).kinds
    return max(kinds, key=lambda kind: kinds[kind])


@pytest.fixture(scope="module")
def recalls() -> dict[str, float]:
    return {kind: statistics.fmean(named(held_out(kind, n)) == kind for n in range(PER_KIND)) for kind in DRAWN}


def test_the_checkpoint_is_small_and_the_one_on_its_card() -> None:
    data = WEIGHTS.read_bytes()
    assert len(data) <= 4 << 20
    assert sha256(data).hexdigest() in CARD.read_text()


def test_a_look_answers_both_questions_and_gives_features() -> None:
    look = vision.look(held_out("code", 1))
    assert tuple(look.kinds) == KINDS
    assert tuple(look.products) == PRODUCTS
    assert sum(look.kinds.values()) == pytest.approx(1, abs=1e-4)
    assert sum(look.products.values()) == pytest.approx(1, abs=1e-4)
    assert len(look.features) == 96


def test_what_the_worker_runs_says_what_the_checkpoint_says_through_transformers() -> None:
    samples = [Image.open(file) for file in sorted(FILES.glob("*.png"))]
    vision.export()
    ours, theirs = vision.exported(), vision.checkpoint()
    for picture in [*samples, *(held_out(kind, 3) for kind in DRAWN), Image.new("1", (900, 2)), Image.new("L", (3, 9))]:
        seen = vision.pixels(picture)
        for mine, its in zip(ours(seen), theirs(seen), strict=True):
            np.testing.assert_allclose(mine, its, atol=1e-4)


def test_the_same_picture_gives_the_same_features() -> None:
    assert vision.look(held_out("product", 2)) == vision.look(held_out("product", 2))


def test_a_picture_is_closer_to_itself_in_other_light_than_to_another() -> None:
    def features(picture: Image.Image) -> np.ndarray:
        vector = np.array(vision.look(picture).features)
        return vector / np.linalg.norm(vector)

    first, second = held_out("product", 3), held_out("product", 4)
    dimmed = first.point(lambda value: value * 0.85)
    assert features(first) @ features(dimmed) > features(first) @ features(second)


def test_kinds_are_told_apart_on_another_generators_pictures(recalls: dict[str, float]) -> None:
    assert statistics.fmean(recalls.values()) >= 0.7, recalls


def test_scenes_are_the_same_every_time() -> None:
    one, two = scene(5, 12), scene(5, 12)
    assert one[0].size == (SIDE, SIDE)
    assert one[0].tobytes() == two[0].tobytes()
    assert one[1:] == two[1:]
    assert scene(6, 12)[0].tobytes() != one[0].tobytes()


def test_any_shape_and_mode_can_be_looked_at() -> None:
    for picture in (Image.new("L", (3, 900)), Image.new("1", (900, 2)), Image.new("RGBA", (1, 1))):
        assert sum(vision.look(picture).kinds.values()) == pytest.approx(1, abs=1e-4)
