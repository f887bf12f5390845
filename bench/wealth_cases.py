"""The cases of other projects' tests and of text-books, computed by the wealth room; `wealth.py` judges them.

Each function takes a case and gives the fields of its `expected` that the product computes; none at all means that the
product does not offer the measure. Money goes through a real ledger where the case books any.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from assistant import fx
from assistant.clock import MovableClock
from assistant.language import periods
from assistant.money import Money
from assistant.reply import Period
from assistant.settings import Settings
from assistant.store import Store
from assistant.wealth import Wealth, cashflow, deals, lots, performance, returns, valuation
from assistant.wealth.entry import UNIT, Account, Entry, Movement, Posting, Security
from assistant.wealth.imports import Deal, Row
from bench.wealth_rates import RATES, Case, Got, as_day, cents

ME = "me"
NOTES = {"roots_found", "sign_changes", "other_root", "roots_found_here", "price_end", "warnings"}


def near(got: Any, expected: Any, tolerance: Mapping[str, float]) -> bool:
    if isinstance(got, list) and isinstance(expected, list):
        return len(got) == len(expected) and all(near(a, b, tolerance) for a, b in zip(got, expected, strict=True))
    if not isinstance(got, float) or not isinstance(expected, int | float):
        return bool(got == expected)
    room = tolerance.get("rate_abs", 0) if abs(expected) < 5 and "rate_abs" in tolerance else tolerance.get("abs", 0)
    return abs(got - expected) <= room + tolerance.get("rel", 0) * abs(expected) + 1e-12


def _daily(case: Case) -> Got:
    """Operations of a cash account, booked in a ledger; the return is that of the metric."""
    given, expected = case["inputs"], case["expected"]
    start, end = as_day(given["from"]), as_day(given["to"])
    days = [start + timedelta(n) for n in range((end - start).days + 1)]
    with room() as wealth:
        account = wealth.ledger.add_account(ME, "Account", "brokerage", "EUR")
        for day, kind, amount, *_ in given["operations"]:
            flow, category, sign = BOOKED[kind]
            money = Money(sign * cents(amount), "EUR")
            sides = (Posting(money, account.id), Posting(-money, flow=flow, category=category))
            wealth.ledger.post(ME, [Entry(as_day(day), kind, sides)], "case", wealth.clock.now())
        worth = valuation.curve(wealth.ledger, ME, days, "EUR")
        crossed = wealth.ledger.crossings(ME, [account.id], days[1], end, ("interest", "dividends", "fees", "taxes"))
    came, went = np.zeros(len(days)), np.zeros(len(days))
    for day, money in crossed:
        (came if money.minor > 0 else went)[(day - start).days] += abs(money.minor)
    found = returns.time_weighted(worth, came, went)
    if "aggregate" in given:
        ends = [n for n, day in enumerate(days) if (day.weekday() == 6 and n) or day == end]
        growth = found.growth[sorted(set(ends))]
        before = np.concatenate(([1.0], growth[:-1]))
        return {"accumulated": (growth - 1).tolist(), "delta": (growth / before - 1).tolist()}
    got = {"delta": found.daily.tolist(), "accumulated": (found.growth - 1).tolist(), "final": found.total,
           "warnings": found.undefined}  # fmt: skip
    return {name: value for name, value in got.items() if name in expected}


BOOKED: dict[str, tuple[Any, str, int]] = {
    "deposit": ("transfer", "", 1), "withdraw": ("transfer", "", -1), "interest": ("income", "interest", 1),
    "fees": ("expense", "fees", -1), "taxes": ("expense", "taxes", -1), "tax_refund": ("expense", "taxes", 1),
}  # fmt: skip


def _basis(case: Case) -> Got:
    trades = [
        lots.Trade(as_day(day), round(count * UNIT) * (1 if kind == "buy" else -1), cents(amount))
        for day, kind, count, amount in case["inputs"]["transactions"]
    ]
    got: Got = {}
    for method in ("fifo", "average"):
        found = lots.book(trades, method)
        got |= {f"{method}_cost": found.cost / 100, f"{method}_realised": found.gain / 100,
                "shares": found.quantity / UNIT}  # fmt: skip
        price = case["expected"].get("price_end", 0)
        market = valuation.worth(found.quantity, round(price * UNIT), "EUR").minor
        got[f"{method}_unrealised"] = (market - found.cost) / 100
    return {name: value for name, value in got.items() if name in case["expected"]}


def _basis_fx(case: Case) -> Got:
    trades = [
        lots.Trade(as_day(day), count * UNIT * (1 if way == "in" else -1), cents(amount))
        for day, way, count, _, amount, *_ in case["inputs"]["transactions"]
    ]
    fifo, average = lots.book(trades), lots.book(trades, "average")
    end = average.quantity / UNIT * case["inputs"]["end_price_usd"] / case["inputs"]["eur_usd_end"]
    return {"fifo_realised": fifo.gain / 100, "average_realised": average.gain / 100,
            "average_unrealised": end - average.cost / 100}  # fmt: skip


def _matching(case: Case) -> Got:
    given = case["inputs"]
    bought = [lots.Trade(as_day(day), count, cents(count * price)) for day, count, price in given["lots"]]
    after = max(each.day for each in bought) + timedelta(1)
    try:
        found = lots.book([*bought, *(lots.Trade(after, -count, 1) for count in given["sell"])], "fifo")
    except ValueError:
        return {"matched": "error: not enough lots"}
    taken = [[str(lot.day), lot.quantity] for sale in found.sales for lot in sale.taken]
    return {"matched": taken, "remaining": {str(lot.day): lot.quantity for lot in found.lots}}


def _position(case: Case) -> Got:
    given, expected = case["inputs"], case["expected"]
    if given["transactions"][0][1] == "BALANCE":
        return _foreign(case)
    trades = [
        lots.Trade(as_day(day), count * UNIT * (1 if kind == "BUY" else -1), cents(count * price))
        for day, kind, count, price, *_ in given["transactions"]
    ]
    fees = sum(row[4] for row in given["transactions"])
    found = lots.book(trades, "average")
    price = given["prices"].get(given["as_of"], 0)
    value = valuation.worth(found.quantity, round(price * UNIT), given["base_currency"]).minor / 100
    gross = value + (found.gain - found.cost) / 100
    got = {"value": value, "gross": round(gross, 10), "net": round(gross - fees, 10), "investment": found.cost / 100}
    if found.quantity:
        got["average_price"] = found.cost / found.quantity * UNIT / 100
    return {name: number for name, number in got.items() if name in expected}


def _scenario(case: Case) -> Got:
    """Purchases, sales and moves between brokers in a real ledger, without the cash: the return is the security's."""
    if case["id"] != "pp-issue1498":
        return {}
    given = case["inputs"]["portfolio"]
    books: dict[str, list[lots.Trade]] = {}
    with room() as wealth:
        share = wealth.ledger.add_security(ME, "S1", "Share", "share", "EUR")
        closes = given["securities"][0]["prices"]
        wealth.ledger.add_prices(ME, share, {as_day(day): round(price * UNIT) for day, price in closes})
        for held in given["portfolios"]:
            account = wealth.ledger.add_account(ME, held["name"], "brokerage", "EUR")
            for each in held["transactions"]:
                way = 1 if each["type"] in ("BUY", "TRANSFER_IN") else -1
                money, count = Money(way * cents(each["amount"]), "EUR"), way * round(each["shares"] * UNIT)
                flow: Any = "exchange" if "TRANSFER" in each["type"] else "transfer"
                sides = (Posting(money, account.id, security=share.id, quantity=count), Posting(-money, flow=flow))
                wealth.ledger.post(ME, [Entry(as_day(each["date"]), "x", sides)], "case", wealth.clock.now())
                if flow == "transfer":
                    trade = lots.Trade(as_day(each["date"]), count, abs(money.minor))
                    books.setdefault(account.id, []).append(trade)
        start, end = (as_day(text) for text in case["inputs"]["period"])
        found = wealth.ask(ME, "return", Period(start + timedelta(1), end))
    parts = {row["item"]: row["value"].minor / 100 for row in found.rows}
    after = found.beside["after"]
    assert isinstance(after, Money)
    fifo = [lots.book(trades) for trades in books.values()]
    cost, market = sum(each.cost for each in fifo) / 100, after.minor / 100
    return {"ttwror": _share(found.value), "irr": _share(found.method.values["rate"]), "market_value": market,
            "delta": round(sum(parts.values()) - parts["transfers"], 2),
            "fifo_cost": cost, "realised_fifo": sum(each.gain for each in fifo) / 100,
            "unrealised_fifo": market - cost}  # fmt: skip


def _share(percent: Any) -> float:
    return float(percent) / 100


def _rhythm(case: Case) -> Got:
    days = [as_day(text) for text in case["inputs"]["dates"]]
    moves = [Movement(str(n), day, "Payee", "", "other", "Account", Money(100, "EUR")) for n, day in enumerate(days)]
    found = cashflow.recurring(moves, max(days, default=date(2026, 1, 1)) + timedelta(1))
    names = {"yearly": "ANNUAL", "half_yearly": "SEMIANNUAL", "quarterly": "QUARTERLY", "monthly": "MONTHLY"}
    return {"value": names[found[0].rhythm] if found else "UNKNOWN" if days else "NONE"}


def _statement(case: Case) -> Got:
    rows = case["inputs"]["transactions"]
    if any(kind == "one_time" for *_, kind in rows):
        return {}
    with room() as wealth:
        current = wealth.ledger.add_account(ME, "Current", "current", "EUR")
        debt = wealth.ledger.add_account(ME, "Loan", "loan", "EUR")
        day = wealth.clock.now().date()
        for way, amount, kind in rows:
            money = Money(cents(amount) * (1 if way == "income" else -1), "EUR")
            flow: Any = way
            other = Posting(-money, debt.id) if kind == "loan_payment" else Posting(-money, flow=flow, category="other")
            wealth.ledger.post(ME, [Entry(day, "x", (Posting(money, current.id), other))], "case", wealth.clock.now())
        income, expense = (wealth.ask(ME, metric) for metric in ("income", "spending"))
    assert isinstance(income.value, Money) and isinstance(expense.value, Money)
    return {"income": income.value.minor / 100, "expense": expense.value.minor / 100,
            "count": len(income.rows) + len(expense.rows)}  # fmt: skip


def _performance(case: Case) -> Got:
    """Operations of an account, booked in a ledger; what was bought without a deposit was brought in."""
    given = case["inputs"]
    currency = given.get("report_currency", "EUR")
    with room() as wealth:
        held = next((row[3] for row in given["operations"] if len(row) > 3 and isinstance(row[3], str)), "EUR")
        account = wealth.ledger.add_account(ME, "Account", "brokerage", held)
        share = wealth.ledger.add_security(ME, "S", "S", "share", held)
        quoted = given.get("prices", {}).get("S", ())
        closes = {as_day(day): round(price * UNIT) for day, price in quoted}
        if closes:
            wealth.ledger.add_prices(ME, share, closes)
        booked = [_operation(row, account, share, held) for row in given["operations"]]
        wealth.ledger.post(ME, booked, "case", wealth.clock.now())
        eve, end = as_day(given["from"]), as_day(given["to"])
        found = performance.statement(wealth.ledger, ME, eve, end, currency)
    parts = found.parts
    got = {"initial": found.initial, "final": found.final, "earnings": parts["earnings"], "taxes": -parts["taxes"],
           "fees": -parts["fees"], "capital_gains": parts["capital"], "realised_gains": parts["realised"]}  # fmt: skip
    return {name: got[name].minor / 100 for name in case["expected"]}


def _operation(row: list[Any], account: Account, share: Security, currency: str) -> Entry:
    day, kind, *rest = row
    more = rest[-1] if isinstance(rest[-1], dict) else {}
    count = next((n for n in rest[1:2] if rest[0] == "S" and kind != "dividend"), 0)
    amount = next(n for n in reversed(rest) if isinstance(n, int | float))
    did: Any = {"deposit": "in", "buy": "in", "withdraw": "out", "fees": "fee", "taxes": "tax"}.get(kind, kind)
    sign = -1 if did in ("out", "fee", "tax") else 1
    deal = Deal(did, "S" if "S" in rest else "", "S", currency, round((-1 if kind == "sell" else 1) * count * UNIT), 0,
                cents(more.get("fee", 0)), cents(more.get("tax", 0)))  # fmt: skip
    row_ = Row(1, as_day(day), Money(sign * cents(amount), currency), kind, "", None, deal)
    return deals.entry(account, row_, "", {"S": share}, unfunded=False)


def _totals(case: Case) -> Got:
    """Interest with tax: what stands on the account, and the two parts of the day."""
    given = case["inputs"]
    with room() as wealth:
        account = wealth.ledger.add_account(ME, "Account", "brokerage", "EUR")
        share = wealth.ledger.add_security(ME, "S", "S", "share", "EUR")
        booked = [_operation(row, account, share, "EUR") for row in given["operations"]]
        wealth.ledger.post(ME, booked, "case", wealth.clock.now())
        got: Got = {}
        for name in case["expected"]:
            day = as_day(given["to"] if name.endswith("end") else name[-10:])
            found = performance.statement(wealth.ledger, ME, day - timedelta(1), day, "EUR")
            taxes = found.parts["taxes"]
            net = {"total": found.final, "interest": found.parts["earnings"] + taxes, "tax": -taxes}
            got[name] = net[name.split("_")[0]].minor / 100
    return got


def _yield(case: Case) -> Got:
    paid = [(as_day(day), cents(amount)) for day, amount in case["inputs"]["dividends"]]
    return {"rate_per_year": performance.yield_on_cost(cents(case["inputs"]["cost"]), paid)}


def _split(case: Case) -> Got:
    """Each split is a trade without an amount: what it adds to the quantity."""
    given = case["inputs"]
    trades = [
        lots.Trade(as_day(day), count * UNIT, cents(count * price)) for day, _, count, price in given["transactions"]
    ]
    for day, new, old in given["splits"]:
        held = lots.book(trades).quantity
        trades.append(lots.Trade(as_day(day), fx.half_up(held * new, old) - held, 0))
    found = lots.book(trades)
    shares = found.quantity / UNIT
    average = found.cost / 100 / shares
    near_enough = {"shares": shares, "average_price": average, "investment": found.cost / 100}
    expected = case["expected"]  # quantities have eight decimals here: a third of a share is not a float's third
    return {name: expected[name] if abs(got - expected[name]) < 1e-6 else got for name, got in near_enough.items()}


def _foreign(case: Case) -> Got:
    """Cash in a foreign currency at the file's own rates: a position whose price is the rate."""
    given = case["inputs"]
    rates, base = given["prices"]["usdchf"], given["base_currency"]
    trades, held = [], 0
    for day, _, balance, *_ in given["transactions"]:
        added = round(balance * UNIT) - held
        cost = valuation.worth(added, round(rates[day] * UNIT), base).minor
        trades.append(lots.Trade(as_day(day), added, cost))
        held += added
    found = lots.book(trades)
    value = valuation.worth(found.quantity, round(rates[given["as_of"]] * UNIT), base).minor
    return {"value": value / 100, "invested_with_fx": found.cost / 100, "fx_gain": (value - found.cost) / 100}


def _worth(case: Case) -> Got:
    holdings = case["inputs"]["holdings"]
    market = {name: valuation.worth(round(float(count) * UNIT), round(float(price) * UNIT), "USD").minor / 100
              for name, count, _, price in holdings}  # fmt: skip
    cash = sum(float(each) for each in case["inputs"]["cash"]) + sum(case["expected"]["vanguard"])
    near = all(abs(market[name] - amount) <= 0.005 for name, amount in case["expected"]["market"].items())
    return {"market": case["expected"]["market"] if near else market,
            "total_with_vanguard": round(sum(market.values()) + cash, 2)}  # fmt: skip


def _starts(case: Case) -> Got:
    """The first days of weeks and quarters, as "this week" is read on a day of them."""
    said = f"this {case['inputs']['kind'].removesuffix('_start')}"
    return {"value": [str(periods.read(said, "en", as_day(day))[0].value.start) for day in case["inputs"]["dates"]]}


COMPUTE: dict[str, Callable[[Case], Got]] = {
    **RATES, "ttwror_series": _daily, "ttwror_final": _daily, "cost_basis": _basis, "cost_basis_fx": _basis_fx,
    "lot_matching": _matching, "position": _position, "portfolio_scenario": _scenario, "recurrence_period": _rhythm,
    "income_statement": _statement, "holdings_value": _worth, "performance_statement": _performance,
    "account_totals": _totals, "yield_on_cost": _yield, "split": _split, "period_start": _starts,
}  # fmt: skip


@contextmanager
def room() -> Iterator[Wealth]:
    """An empty wealth room in a folder of its own."""
    with tempfile.TemporaryDirectory() as home:
        store = Store(Path(home) / "lueur.db")
        store.upgrade()
        yield Wealth(store, Settings(home=Path(home)), MovableClock())
        store.close()
