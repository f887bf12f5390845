"""How often somebody may do something."""

from assistant.pace import Pace


def test_a_burst_is_admitted_then_the_steady_rate_and_each_person_has_their_own() -> None:
    now = 0.0
    pace = Pace(2.0, 3, lambda: now)
    assert [pace.admit("ana") for _ in range(4)] == [True, True, True, False]
    assert pace.admit("ben")
    now = 0.5
    assert [pace.admit("ana") for _ in range(2)] == [True, False]
    now = 60.0
    assert [pace.admit("ana") for _ in range(4)] == [True, True, True, False]


def test_being_refused_costs_nothing() -> None:
    now = 0.0
    pace = Pace(1.0, 1, lambda: now)
    pace.admit("ana")
    assert not any(pace.admit("ana") for _ in range(100))
    now = 1.0
    assert pace.admit("ana")


def test_silent_people_are_forgotten() -> None:
    now = 0.0
    pace = Pace(1.0, 1, lambda: now)
    for number in range(1500):
        pace.admit(str(number))
    now = 2000.0
    pace.admit("late")
    assert len(pace._left) == 1
