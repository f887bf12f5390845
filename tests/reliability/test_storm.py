"""Tier B: a thousand payments through five hundred SIGKILLs and as many network faults (make reliability)."""

from __future__ import annotations

import secrets
import sys

import pytest

from tests.reliability.storm import Storm


@pytest.mark.reliability
@pytest.mark.timeout(1800)
def test_a_storm_of_kills_and_faults_breaks_no_invariant(capsys: pytest.CaptureFixture[str]) -> None:
    storm = Storm(secrets.randbelow(2**31), payments=1000, kills=500, faults=500)
    figures = storm.run()
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(figures.lines()) + "\n")
    assert figures.wrong == []
    assert figures.tally["confirmed"] >= 1000 and figures.tally["kills"] >= 500
    assert sum(figures.faults.values()) >= 500 and figures.tally["disk full"] >= 20
