"""Returns and risk against other people's programs on random inputs, and on inputs worked out by hand."""

import math
import warnings
from datetime import date, timedelta
from importlib import import_module
from random import Random
from types import ModuleType

import numpy as np
import pytest
import pyxirr

from assistant.wealth import returns

START = date(2020, 1, 1)


@pytest.fixture(scope="module")
def empyrical() -> ModuleType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return import_module("empyrical")  # which imports scipy, so no other test pays for it


def household(seed: int) -> list[tuple[date, float]]:
    """Paying in now and then, taking out at times, worth something at the end."""
    dice = Random(seed)
    days = sorted(dice.sample(range(1, 3000), dice.randrange(1, 60)))
    flows = [(START, -dice.uniform(100, 10_000))]
    flows += [(START + timedelta(day), dice.uniform(-1000, 300)) for day in days]
    paid = -sum(amount for _, amount in flows)
    return [*flows, (START + timedelta(3000), max(paid, 100) * dice.uniform(0.3, 4))]


@pytest.mark.parametrize("seed", range(40))
def test_the_money_weighted_rate_of_a_household_is_pyxirrs(seed: int) -> None:
    flows = household(seed)
    found = returns.xirr(flows)
    judged = pyxirr.xirr([day for day, _ in flows], [amount for _, amount in flows])
    assert judged is not None and any(math.isclose(rate, judged, rel_tol=1e-9, abs_tol=1e-9) for rate in found.every)
    assert found.rate in found.every
    if len(found.every) == 1:
        assert math.isclose(found.rate or 0, judged, rel_tol=1e-9, abs_tol=1e-9)


@pytest.mark.parametrize("seed", range(60))
def test_every_root_of_a_wild_series_is_found(seed: int) -> None:
    """A polynomial in q = 1/(1+r) with yearly flows: numpy's eigenvalues give all its roots."""
    dice = Random(seed)
    amounts = [dice.uniform(-1000, 1000) for _ in range(dice.randrange(2, 9))]
    found = returns.rates(np.arange(len(amounts), dtype=float), np.array(amounts))
    roots = np.roots(amounts[::-1])
    real = [1 / root.real - 1 for root in roots if abs(root.imag) < 1e-9 and root.real > 1e-9]
    assert len(found.every) == len(real)
    assert np.allclose(found.every, sorted(real), rtol=1e-8, atol=1e-10)


def test_several_solutions_are_said_and_none_is_none() -> None:
    two = returns.rates(np.array([0.0, 1.0, 2.0]), np.array([-100.0, 230.0, -132.0]))
    assert np.allclose(two.every, [0.1, 0.2]) and len(two.every) == 2
    touching = returns.rates(np.array([0.0, 1.0, 2.0]), np.array([100.0, -200.0, 101.0]))
    assert touching.rate is None
    assert returns.xirr([(START, -100.0), (START, 110.0)]).rate is None
    assert returns.xirr([(START, 100.0), (START + timedelta(9), 110.0)]).rate is None
    even = returns.xirr([(START, -100.0), (START + timedelta(365), 100.0)])
    assert len(even.every) == 1 and even.rate == 0.0


def test_the_sample_of_the_spreadsheets_is_met() -> None:
    days = [date(2008, 1, 1), date(2008, 3, 1), date(2008, 10, 30), date(2009, 2, 15), date(2009, 4, 1)]
    found = returns.xirr(list(zip(days, [-10_000.0, 2750.0, 4250.0, 3250.0, 2750.0], strict=True)))
    assert len(found.every) == 1 and math.isclose(found.rate or 0, 0.373362535, abs_tol=1e-8)


@pytest.mark.parametrize("seed", range(6))
def test_deposits_leave_the_time_weighted_return_unchanged(seed: int, empyrical: ModuleType) -> None:
    dice = np.random.default_rng(seed)
    daily = dice.normal(0.0004, 0.01, 200)
    came, went = dice.uniform(0, 500, 201), dice.uniform(0, 300, 201) * (dice.random(201) < 0.3)
    values = [10_000.0]
    for day, rate in enumerate(daily, 1):
        values.append((values[-1] + came[day]) * (1 + rate) - went[day])
    found = returns.time_weighted(values, came, went)
    assert math.isclose(found.total, np.prod(1 + daily) - 1, abs_tol=1e-12) and found.undefined == 0
    assert np.allclose(found.growth - 1, empyrical.cum_returns(found.daily), atol=1e-12)


def test_a_day_without_capital_counts_as_nothing_and_is_counted() -> None:
    found = returns.time_weighted([0, 0, 1, 1], [0, 0, 0, 0], [0, 0, 0, 0])
    assert found.total == 0 and found.undefined == 1


def test_modified_dietz_weighs_a_flow_by_the_days_it_stayed() -> None:
    assert returns.modified_dietz(100, 100, [], 30) == 0
    assert math.isclose(returns.modified_dietz(100, 300, [(50, 365)], 730), 150 / 125)
    assert math.isclose(returns.modified_dietz(1000, 1150, [(100, 0)], 30), 50 / 1100)


def test_a_return_of_two_years_annualises_to_its_root() -> None:
    assert math.isclose(returns.annualised(0.21, 730), 0.1)


@pytest.mark.parametrize("seed", range(8))
def test_volatility_and_drawdown_are_empyricals(seed: int, empyrical: ModuleType) -> None:
    daily = np.random.default_rng(seed).normal(0, 0.02, 300)
    assert math.isclose(
        returns.volatility(daily, 252), empyrical.annual_volatility(np.log1p(daily)), rel_tol=1e-12
    )  # fmt: skip
    levels = np.concatenate(([1.0], np.cumprod(1 + daily)))
    found = returns.drawdown(levels)
    assert math.isclose(found.depth, -empyrical.max_drawdown(daily), abs_tol=1e-12)
    assert found.peak <= found.trough and math.isclose(1 - levels[found.trough] / levels[found.peak], found.depth)
    assert levels[found.peak] == levels[: found.trough + 1].max()


def test_the_longest_fall_lasts_until_its_peak_is_passed() -> None:
    assert returns.drawdown([2, 2, 0.5, 2, 2, 3, 4]).longest == 5
    assert returns.drawdown([1, 2, 3]) == returns.Drawdown(0.0, 0, 0, 1)
    assert returns.drawdown([1, 3, 2, 1]) == returns.Drawdown(1 - 1 / 3, 1, 3, 2)


def test_the_all_time_high_is_the_first_of_equals() -> None:
    assert returns.all_time_high([3, 5, 5, 4]) == (1, pytest.approx(-0.2))
    assert returns.all_time_high([1, 2]) == (1, 0)
