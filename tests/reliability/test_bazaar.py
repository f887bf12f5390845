"""Crashes across buyer and shop, a short one (make reliability); the long one: python -m tests.reliability.bazaar."""

import secrets
import sys

import pytest

from tests.reliability.bazaar import Bazaar


@pytest.mark.reliability
@pytest.mark.timeout(600)
def test_either_side_may_die_and_every_purchase_is_one_order_and_one_charge(capsys: pytest.CaptureFixture[str]) -> None:
    figures = Bazaar(secrets.randbelow(2**31), purchases=40, kills=20).run()
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(figures.lines()) + "\n")
    assert figures.wrong == []
    assert figures.states["succeeded"] >= 10 and figures.tally["kills"] + figures.tally["shop killed"] >= 20
