"""Pull the plug: the show is real, so is its test. Three processes of the command line, one of them killed."""

import time

import pytest

from assistant.errors import Refused
from assistant.stage import Show, Stage


@pytest.fixture(scope="module")
def stage() -> Stage:
    return Stage()


@pytest.fixture(scope="module")
def show(stage: Stage) -> Show:
    """The first run in which the kill came in time (a process may be quicker than its murderer)."""
    for turn in range(3):
        stage.begin("anna", f"proof_{turn}", "en")
        while not (seen := stage.look("anna", f"proof_{turn}")) or not seen.over:
            time.sleep(0.05)
        if any(scene.act == "killed" for scene in seen.scenes):
            return seen
    pytest.fail(f"never killed in time: {seen.scenes}")


def test_the_process_dies_after_the_charge_and_before_its_own_books_know(show: Show) -> None:
    told = {scene.act: scene.values for scene in show.scenes}
    assert told["charged"] == {"charges": 1}
    assert told["killed"]["state"] == "submitted"
    assert told["killed"]["pid"] == told["confirmed"]["pid"]


def test_a_new_process_finds_the_one_charge_and_says_paid(show: Show) -> None:
    told = {scene.act: scene.values for scene in show.scenes}
    assert told["restarted"]["pid"] != told["killed"]["pid"]
    assert told["settled"] == {"status": "succeeded", "charges": 1, "amount": "€12.50"}


def test_the_scenes_come_in_order(show: Show) -> None:
    assert [scene.act for scene in show.scenes] == [
        "drafted", "confirmed", "charged", "killed", "restarted", "settled",
    ]  # fmt: skip
    assert [scene.at for scene in show.scenes] == sorted(scene.at for scene in show.scenes)


def test_nobody_sees_the_show_of_somebody_else(stage: Stage, show: Show) -> None:
    assert stage.look("anna", show.id) == show
    assert stage.look("bert", show.id) is None
    assert stage.look("anna", "proof_other") is None


def test_there_is_one_show_at_a_time_and_the_next_may_follow(stage: Stage, show: Show) -> None:
    stage.begin("anna", "proof_next", "fr")
    with pytest.raises(Refused, match="stage_taken"):
        stage.begin("bert", "proof_his", "en")
    while not (seen := stage.look("anna", "proof_next")) or not seen.over:
        time.sleep(0.05)
    assert seen.scenes[-1].values["charges"] == 1
    assert stage.look("bert", "proof_his") is None
