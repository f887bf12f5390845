"""Cases of rates, returns and falls: figures over bare amounts and days, nothing is booked for them.

Like those of `wealth_cases.py`, each takes a case and gives the fields of its `expected` that the product computes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal, localcontext
from typing import Any

import numpy as np

from assistant.flash.loan import Loan
from assistant.flash.saving import Goal
from assistant.wealth import returns

Case = dict[str, Any]
Got = dict[str, Any]  # the fields of a case's `expected` that the product computes


def as_day(text: str) -> date:
    return date.fromisoformat(text)


def cents(amount: float) -> int:
    return round(amount * 100)


def _xirr(case: Case) -> Got:
    """Every root the source knows is among ours, and what we call a root is one; without any there is none."""
    if case["inputs"].get("day_count", "act/365F") != "act/365F":
        return {}
    expected = case["expected"]
    found = returns.xirr([(as_day(day), amount) for day, amount in case["inputs"]["flows"]])
    flows = [(as_day(day), amount) for day, amount in case["inputs"]["flows"]]
    missed = [
        root for root in expected.get("roots_found_here", ())
        if not any(math.isclose(root, rate, rel_tol=1e-6) for rate in found.every)
    ]  # fmt: skip
    false = [rate for rate in found.every if not _is_root(flows, rate)]
    if missed or false:
        return {"value": f"missed {missed}, false {false}"}
    if expected["value"] is None:
        return {"value": None}
    return {"value": min(found.every, key=lambda rate: abs(rate - expected["value"]), default=None)}


def _is_root(flows: list[tuple[date, float]], rate: float) -> bool:
    """Whether the present value changes its sign within a millionth around the rate, in 60 digits."""
    with localcontext() as digits:
        digits.prec = 60

        def worth(growth: Decimal) -> Decimal:
            years = ((day - flows[0][0]).days / Decimal(365) for day, _ in flows)
            amounts = (Decimal(amount) for _, amount in flows)
            return sum((a * (-growth.ln() * y).exp() for a, y in zip(amounts, years, strict=True)), Decimal(0))

        growth = 1 + Decimal(rate)
        return worth(growth * Decimal("0.999999")) * worth(growth * Decimal("1.000001")) <= 0


def _irr(case: Case) -> Got:
    flows = np.array(case["inputs"]["flows"], float)
    return {"value": returns.rates(np.arange(len(flows), dtype=float), flows).rate}


FINE = 10**7  # a calculation that rounds to cents is asked for so many times the sum: cents of it are nine digits


def _payment(case: Case) -> Got:
    given = case["inputs"]
    yearly = given.get("annual_rate", 12 * given.get("rate", 0))
    owed, months = given.get("principal", given.get("pv")), given.get("months", given.get("nper"))
    loan = Loan("EUR", Decimal(owed * FINE), Decimal(repr(100 * yearly)), months)
    return {"value": float(loan.instalment.decimal) / FINE * (1 if "principal" in given else -1)}


def _future(case: Case) -> Got:
    """What is paid in at the start of a month is there already when the first month ends, and missing at the last."""
    given = case["inputs"]
    paid, begin = Decimal(-given["pmt"] * FINE), given.get("begin", False)
    have, rate = Decimal(-given["pv"] * FINE), Decimal(repr(1200 * given["rate"]))
    goal = Goal("EUR", monthly=paid, months=given["nper"], have=have + paid * begin, rate=rate)
    return {"value": float(goal.path[-1].decimal - paid * begin) / FINE}


def _chained(case: Case) -> Got:
    levels = np.cumprod([1.0, *(1 + each for each in case["inputs"]["holding_period_returns"])])
    none = np.zeros(len(levels))
    total = returns.time_weighted(levels, none, none).total
    return {"value": returns.annualised(total, 365 * case["inputs"]["years"])}


def _sub_periods(case: Case) -> Got:
    start, before, flow, end = (amount for _, amount in case["inputs"]["valuations"])
    found = returns.time_weighted([start, before, end], [0, 0, flow], [0, 0, 0])
    return {"value": found.total}


def _annualise(case: Case) -> Got:
    return {"value": returns.annualised(case["inputs"]["total_return"], case["inputs"]["days"])}


def _drawdown(case: Case) -> Got:
    found = returns.drawdown(1 + np.array(case["inputs"]["accumulated"]))
    return {"value": found.depth, "longest_days": found.longest}


def _drawdown_returns(case: Case) -> Got:
    return {"value": -returns.drawdown(np.cumprod([1, *(1 + each for each in case["inputs"]["returns"])])).depth}


def _cumulative(case: Case) -> Got:
    levels = np.cumprod([1 + (each or 0) for each in case["inputs"]["returns"]])
    none = np.zeros(len(levels))
    return {"value": (returns.time_weighted(levels, none, none).growth - 1).tolist()}


def _high(case: Case) -> Got:
    given = case["inputs"]
    first, start, end = as_day(given["first_date"]), as_day(given["from"]), as_day(given["to"])
    dated = [(first + timedelta(n), price) for n, price in enumerate(given["prices"]) if price is not None]
    dated = [(day, price) for day, price in dated if start <= day <= end]
    top, distance = returns.all_time_high([price for _, price in dated])
    return {"value": dated[top][1], "distance": distance, "date": str(dated[top][0])}


RATES: dict[str, Callable[[Case], Got]] = {
    "xirr": _xirr, "irr_periodic": _irr, "tvm_pmt": _payment, "tvm_fv": _future,
    "twr_annualised": _chained, "twr_total": _sub_periods, "annualise": _annualise,
    "max_drawdown": _drawdown, "max_drawdown_returns": _drawdown_returns,
    "cumulative": _cumulative, "all_time_high": _high,
}  # fmt: skip
