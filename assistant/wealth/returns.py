"""Rates of return and risk as pure functions over arrays; knows no ledger, no currency and no wording.

Conventions: an inflow counts from the start of its day, an outflow until its end, and the first value of a period
belongs to the past; days are actual, a year has 365; annualising is left to the caller, who knows the period.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
YEAR = 365.0
REACH = 23.0  # roots are looked for at |log(1 + rate)| up to this: from -99.99999999 % to 10^10
STEP, BLOCK = 0.05, 32  # grid of the log rate; grid points per matrix product


@dataclass(frozen=True, slots=True)
class Roots:
    """Every rate above -100 % that makes the present value zero; `rate` is nearest the simple return, in logs."""

    rate: float | None
    every: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Weighted:
    """A time-weighted return: `daily` and `growth` (product of 1 + daily so far) have one value per day.

    `undefined`: days whose capital was not positive; they count as 0.
    """

    daily: Array
    growth: Array
    undefined: int

    @property
    def total(self) -> float:
        return float(self.growth[-1]) - 1


@dataclass(frozen=True, slots=True)
class Drawdown:
    """`depth` 0.25 is a fall by 25 % from index `peak` to `trough`; `longest` = days from a peak until it is passed."""

    depth: float
    peak: int
    trough: int
    longest: int


def time_weighted(values: ArrayLike, inflows: ArrayLike, outflows: ArrayLike) -> Weighted:
    """True time-weighted return by day: (V + out) / (V before + in) - 1, chained.

    All three are [D], flows not negative; `values[0]` is the value the period starts from, its flows are ignored.
    Source: CFA Institute, GIPS 2020, 2.A.20-23 (sub-period returns, linked), with the day as sub-period.
    """
    value, came, went = (np.asarray(each, np.float64) for each in (values, inflows, outflows))
    base = value[:-1] + came[1:]
    sound = base > 0
    daily = np.where(sound, (value[1:] + went[1:]) / np.where(sound, base, 1) - 1, 0.0)
    daily = np.concatenate(([0.0], daily))
    idle = (base == 0) & (value[1:] + went[1:] == 0)
    return Weighted(daily, np.cumprod(1 + daily), int(np.sum(~sound & ~idle)))


def modified_dietz(start: float, end: float, flows: Sequence[tuple[float, int]], days: int) -> float:
    """Gain over average capital; `flows` are (amount, day), in positive, day 0 is the start, `days` the end.

    Raises ZeroDivisionError when the average capital is zero. Source: P. Dietz, Pension Funds, 1966;
    R = (V1 - V0 - F) / (V0 + sum F_i (T - t_i) / T).
    """
    net = math.fsum(amount for amount, _ in flows)
    average = start + math.fsum(amount * (days - day) / days for amount, day in flows)
    return (end - start - net) / average


def annualised(total: float, days: float) -> float:
    """(1 + R)^(365 / days) - 1: the yearly rate that gives `total` over `days` > 0."""
    return math.pow(1 + total, YEAR / days) - 1


def xirr(flows: Sequence[tuple[date, float]]) -> Roots:
    """The money-weighted yearly rate of dated flows, paid in negative, actual/365. No root: `rate` is None.

    Source: the definition of XIRR in Excel and LibreOffice; here all its roots are searched, not one.
    """
    return rates(*_timed(flows))


def _timed(flows: Sequence[tuple[date, float]]) -> tuple[Array, Array]:
    """(years since the first, sum of the flows of that day), each day once."""
    days = np.fromiter((day.toordinal() for day, _ in flows), np.int64, len(flows))
    distinct, where = np.unique(days, return_inverse=True)
    summed = np.bincount(where, np.fromiter((amount for _, amount in flows), np.float64, len(flows)))
    times: Array = (distinct - distinct[0]) / YEAR
    return times, summed.astype(np.float64)


def rates(times: Array, amounts: Array) -> Roots:
    """Roots of sum a_i (1 + r)^(-t_i) for rising `times` in years from 0; periods instead of years give a plain IRR.

    The log rate is scanned in steps of 5 %, a dip that does not cross zero is looked at closer; two roots nearer than
    that, at one touching point, can be missed. Descartes' rule for exponential sums bounds their number.
    """
    keep = amounts != 0
    times, amounts = times[keep], amounts[keep]
    if len(times) < 2 or np.all(amounts > 0) or np.all(amounts < 0):
        return Roots(None, ())
    found = sorted({*_side(times - times[0], amounts, 1.0), *_side(times[-1] - times, amounts, -1.0)})
    every = tuple(math.expm1(each) for each in found)
    simple = math.log(float(amounts[amounts > 0].sum() / -amounts[amounts < 0].sum()))
    return Roots(min(every, key=lambda rate: abs(math.log1p(rate) - simple), default=None), every)


def _side(times: Array, amounts: Array, sign: float) -> list[float]:
    """Log rates of one sign that are roots; `times` run so that every exponential is at most 1."""

    def value(x: float) -> float:
        return float(amounts @ np.exp(-x * times))

    scale = float(np.abs(amounts).sum())
    if abs(value(0.0)) <= 1e-15 * scale:
        return [0.0] + [sign * x for x in _crossings(value, times, amounts) if x > 1e-9]
    return [sign * x for x in _crossings(value, times, amounts)]


def _crossings(value: Callable[[float], float], times: Array, amounts: Array) -> list[float]:
    grid = np.arange(0, REACH + STEP, STEP)
    kernel = np.exp(-np.outer(np.arange(BLOCK) * STEP, times))
    blocks = range(0, len(grid), BLOCK)
    heights = np.concatenate([kernel @ (amounts * np.exp(-grid[at] * times)) for at in blocks])[: len(grid)]
    found: list[float] = []
    for i in np.flatnonzero(np.sign(heights[:-1]) * np.sign(heights[1:]) < 0):
        found.append(_root(value, float(grid[i]), float(grid[i + 1])))
    found += [float(grid[i]) for i in np.flatnonzero(heights == 0) if i and np.any(heights[i:] != 0)]
    small = np.abs(heights)
    dips = (small[1:-1] < small[:-2]) & (small[1:-1] < small[2:]) & (np.sign(heights[:-2]) == np.sign(heights[2:]))
    for i in np.flatnonzero(dips & (np.sign(heights[1:-1]) == np.sign(heights[:-2]))) + 1:
        fine = np.linspace(grid[i - 1], grid[i + 1], 129)
        there = np.array([value(float(x)) for x in fine])
        found += [_root(value, float(fine[j]), float(fine[j + 1])) for j in np.flatnonzero(there[:-1] * there[1:] < 0)]
    return found


def _root(value: Callable[[float], float], low: float, high: float) -> float:
    """The root between two values of different sign: halved until nothing lies between."""
    falls = value(low) > 0
    while low < (middle := (low + high) / 2) < high:
        if (value(middle) > 0) == falls:
            low = middle
        else:
            high = middle
    return middle


def volatility(daily: ArrayLike, periods: float) -> float:
    """Sample deviation of log returns times the root of `periods` (252: of a year).

    `daily` holds the returns of the days with a price. Source: J. Hull, Options, Futures, 15.4.
    """
    return float(np.std(np.log1p(np.asarray(daily, np.float64)), ddof=1) * math.sqrt(periods))


def drawdown(levels: ArrayLike) -> Drawdown:
    """The deepest fall from an earlier high; `levels` [D] > 0, one a day, the first can be a peak."""
    level = np.asarray(levels, np.float64)
    high = np.maximum.accumulate(level)
    falls = 1 - level / high
    trough = int(np.argmax(falls))
    peak = int(np.argmax(level[: trough + 1]))
    rises = np.concatenate(([0], np.flatnonzero(level[1:] > high[:-1]) + 1, [len(level) - 1]))
    return Drawdown(float(falls[trough]), peak, trough, int(np.max(np.diff(rises))))


def all_time_high(prices: ArrayLike) -> tuple[int, float]:
    """(index of the highest price, the first of equals; the last price's distance from it, 0 or below)."""
    price = np.asarray(prices, np.float64)
    top = int(np.argmax(price))
    return top, float(price[-1] / price[top]) - 1
