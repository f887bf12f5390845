"""The rehearsal's verdict: a good run meets every target, and each thing that can go wrong misses its own."""

from dataclasses import replace

import pytest

from tests.rehearsal.__main__ import MOST_MEMORY, TEXT_P95, Figures, missed

GOOD = Figures(texts=[0.1] * 99, photos=[1.0, 2.0], tries=9, memory=[700 << 20] * 9)


def test_a_good_run_meets_every_target() -> None:
    assert missed(GOOD, []) == []


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("text p95", {"texts": [0.1] * 90 + [TEXT_P95] * 10}),
        ("text p95", {"texts": []}),
        ("photos", {"photos": []}),
        ("tries", {"tries": 0}),
        ("leaks", {"leaks": ["one saw another"]}),
        ("faults", {"faults": ["it hangs"]}),
        ("memory", {"memory": [MOST_MEMORY + 1] * 9}),
        ("memory", {"memory": [700 << 20] * 8 + [900 << 20]}),
        ("memory", {"memory": []}),
    ],
)
def test_each_thing_that_goes_wrong_misses_its_target(name: str, wrong: dict[str, object]) -> None:
    assert missed(replace(GOOD, **wrong), []) == [name]  # type: ignore[arg-type]


def test_a_row_that_outlives_its_visitor_misses_the_target() -> None:
    assert missed(GOOD, ["turns of usr_1"]) == ["left after expiry"]
