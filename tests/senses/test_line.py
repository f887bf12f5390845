"""A fair line: one picture of each person in turn."""

import threading
import time

import pytest

from assistant.errors import Refused
from assistant.senses.line import MOST_OF_ONE, Line, Place


def first(place: Place) -> int:
    return next(place.wait(), 0)


def test_nobody_waits_when_there_is_room() -> None:
    line = Line(2)
    with line.join("ana") as one, line.join("ben") as two:
        assert list(one.wait()) == []
        assert list(two.wait()) == []


def test_who_sends_many_waits_behind_everybody_elses_first() -> None:
    line = Line(1)
    served: list[str] = []
    gate = threading.Event()

    def look(place: Place, name: str) -> None:
        with place:
            list(place.wait())
            served.append(name)
            gate.wait(5)

    crowd = [
        ("ana", "ana 1"),
        ("ana", "ana 2"),
        ("ana", "ana 3"),
        ("ben", "ben 1"),
        ("cleo", "cleo 1"),
        ("ben", "ben 2"),
    ]
    threads = []
    for person, name in crowd:
        threads.append(threading.Thread(target=look, args=(line.join(person), name)))
        threads[-1].start()
        while len(threads) == 1 and not served:
            time.sleep(0.01)
    gate.set()
    for thread in threads:
        thread.join(10)
    assert served == ["ana 1", "ben 1", "cleo 1", "ana 2", "ben 2", "ana 3"]


def test_a_waiting_person_is_told_how_many_are_before() -> None:
    line = Line(1)
    with line.join("ana") as inside:
        list(inside.wait())
        ben, cleo = line.join("ben"), line.join("cleo")
        with cleo:
            with ben:
                assert (first(ben), first(cleo)) == (1, 2)
                told = cleo.wait()
                assert next(told) == 2
            assert next(told) == 1


def test_who_goes_away_leaves_the_line_and_room_for_the_next() -> None:
    line = Line(1)
    with line.join("ana") as inside:
        list(inside.wait())
        with pytest.raises(RuntimeError), line.join("ben") as ben:
            assert first(ben) == 1
            raise RuntimeError
    with line.join("cleo") as next_one:
        assert list(next_one.wait()) == []


def test_one_person_cannot_fill_the_line() -> None:
    line = Line(1)
    with line.join("ana") as inside:
        list(inside.wait())
        waiting = [line.join("ana") for _ in range(MOST_OF_ONE)]
        with pytest.raises(Refused, match="too_many_pictures"):
            line.join("ana")
        assert line.join("ben")
    assert len(waiting) == MOST_OF_ONE
