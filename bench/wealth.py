"""The wealth room against other projects' published figures and files of real banks, and its speed.

With a data folder: every case of `wealth/*.json` whose measure the product has (the others are named), every file of
`imports/`. Cases go through the room's own engines and, where money is booked, through a real ledger.
"""

from __future__ import annotations

import json
import math
import random
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import BadInput, LueurError
from assistant.handlers import Context, Rooms, my_money
from assistant.money import Money
from assistant.reply import Period
from assistant.request import Upload
from assistant.wealth import Wealth, cashflow, performance, returns
from assistant.wealth.entry import UNIT, Entry, Posting
from bench.figures import Figure, figure
from bench.wealth_cases import COMPUTE, ME, NOTES, near, room


def measure(data: Path | None) -> Iterator[Figure]:
    if data and (data / "wealth").is_dir():
        yield from oracles(data / "wealth")
    if data and (data / "imports").is_dir():
        yield from imports(data / "imports")
    yield from speed()


# -- the cases ---------------------------------------------------------------------------------------------------------


def oracles(folder: Path) -> Iterator[Figure]:
    cases = [case for file in sorted(folder.glob("*.json")) for case in json.loads(file.read_text())["cases"]]
    wrong, partial, absent, right = [], [], [], 0
    for case in cases:
        compute = COMPUTE.get(case["kind"])
        got = compute(case) if compute else {}
        missing = set(case["expected"]) - set(got) - NOTES
        if not got:
            absent.append(case["id"])
        elif bad := [name for name in got if not near(got[name], case["expected"][name], case["tolerance"] or {})]:
            wrong.append(f"{case['id']}: {', '.join(f'{name} {got[name]}' for name in bad)}")
        else:
            right += 1
            partial += [f"{case['id']} ({', '.join(sorted(missing))})"] if missing else []
    offered = len(cases) - len(absent)
    yield figure("published cases within tolerance", right, f"of {offered} offered", least=offered, wrong=wrong)
    yield figure("published cases whose measure is not offered", len(absent), f"of {len(cases)}", names=absent)
    yield figure("published cases checked in part, other fields not offered", len(partial), "cases", names=partial)


# -- the files --------------------------------------------------------------------------------------------------------


def imports(folder: Path) -> Iterator[Figure]:
    """Every file into a room of its own, twice."""
    files = json.loads((folder / "manifest.json").read_text())["files"]
    crashed, refused, doubtful, unlisted = [], [], [], []
    dated = accounted = again = 0
    for each in files:
        name = each["file"]
        with room() as wealth:
            upload = Upload(name, (folder / name).read_bytes())
            try:
                found = wealth.preview(ME, upload).statement
                wealth.import_file(ME, upload)
                again += wealth.import_file(ME, upload).posted.added
            except LueurError as refusal:
                if not isinstance(refusal, BadInput):
                    raise
                refused.append(f"{name}: {refusal.key}, {each.get('dated_rows')} rows")
                continue
            except Exception as error:
                crashed.append(f"{name}: {error!r}")
                continue
        count = len(found.rows) + len(found.problems)
        dated, accounted = dated + each.get("dated_rows", count), accounted + count
        unlisted += [f"{name}: {count} of {each['dated_rows']}"] if each.get("dated_rows", count) != count else []
        doubtful += [f"{name}: {', '.join(found.doubts)}"] if found.doubts else []
    yield figure("bank files that crash", len(crashed), f"of {len(files)}", 0, names=crashed)
    yield figure("bank files refused whole, with the reason", len(refused), f"of {len(files)}", names=refused)
    yield figure("files whose dated rows are not all accounted for", len(unlisted), f"{accounted} of {dated} rows", 0,
                 names=unlisted)  # fmt: skip
    yield figure("rows a second import adds", again, "rows", 0)
    yield figure("files with a doubt said in the preview", len(doubtful), f"of {len(files)}", names=doubtful)


# -- speed ------------------------------------------------------------------------------------------------------------


def speed() -> Iterator[Figure]:
    dice = random.Random(7)
    begin = date(2016, 1, 1)
    flows = [(begin + timedelta(dice.randrange(3650)), dice.uniform(-1000, 100)) for _ in range(10_000)]
    flows.append((begin + timedelta(3651), -1.4 * sum(amount for _, amount in flows)))
    mine, found = _best(lambda: returns.xirr(flows))
    yield figure("XIRR of 10,000 flows, all roots", mine, "ms", 5, **_judged(flows, found.rate or math.nan))
    lines = "".join(f"2026-{1 + n % 12:02}-{1 + n % 28:02};Payee {n % 70};-{n},{n % 100:02};{n}\n" for n in range(5000))
    with room() as wealth:
        upload = Upload("bank.csv", ("Date;Payee;Amount;Reference\n" + lines).encode())
        yield figure("preview of a file of 5,000 rows", _best(lambda: wealth.preview(ME, upload), 3)[0], "ms", 500)
        spent, done = _best(lambda: wealth.import_file(ME, upload), 1)
        yield figure(f"import of its {done.posted.added} rows", spent, "ms")
    yield from million(dice)
    yield from page()
    texts = [f"{dice.choice(('CB', 'VIR', 'POS'))} {dice.choice(SHOPS)} {n}" for n in range(100_000)]
    spent, _ = _best(lambda: [cashflow.categorise(text, False, {}) for text in texts], 1)
    yield figure("100,000 distinct texts categorised", spent, "ms")


def million(dice: random.Random) -> Iterator[Figure]:
    """A million rows of 100,000 texts: categorised and summed by month, as an import and a question would."""
    texts = [f"{dice.choice(('CB', 'VIR', 'POS'))} {dice.choice(SHOPS)} {n}" for n in range(100_000)]
    which = np.array([dice.randrange(100_000) for _ in range(1_000_000)])
    months = np.array([dice.randrange(120) for _ in range(1_000_000)])
    amounts = np.array([dice.randrange(1, 100_000) for _ in range(1_000_000)], np.int64)
    rows = [texts[n] for n in which]
    names = list(cashflow.CATEGORIES)

    class Codes(dict[str, int]):
        def __missing__(self, text: str) -> int:
            self[text] = code = names.index(cashflow.categorise(text, False, {})[1])
            return code

    def ours() -> Any:
        kinds = np.fromiter(map(Codes().__getitem__, rows), np.int64, len(rows))
        return np.bincount(kinds * 120 + months, amounts, 120 * len(names)).astype(np.int64)

    mine, sums = _best(ours, 3)
    found = figure("1,000,000 rows categorised and summed by month", mine, "ms", 1000, total=int(sums.sum()))
    yield found | _peers(rows, months, amounts, mine)
    began = time.process_time()
    ours()
    yield figure("its CPU time", 1000 * (time.process_time() - began), "ms")


def _peers(rows: list[str], months: Any, amounts: Any, mine: float) -> Figure:
    """The same texts by one regular expression and the same sums in pandas and duckdb, where they are installed."""
    try:
        import duckdb
        import pandas
    except ImportError:
        return {}
    listed = sorted(cashflow._lexicon()[0], key=len, reverse=True)
    word = rf"\b({'|'.join(listed)})\b"
    frame = pandas.DataFrame({"text": rows, "month": months, "amount": amounts})

    def by_pandas() -> Any:
        kind = frame["text"].str.extract(word, expand=False)
        return frame["amount"].groupby([kind, frame["month"]], dropna=False).sum()

    def by_duckdb() -> Any:
        query = "select regexp_extract(text, ?), month, sum(amount) from frame group by 1, 2"
        with duckdb.connect() as box:
            return box.register("frame", frame).execute(query, [word]).fetchall()

    there = {"pandas": _best(by_pandas, 1)[0], "duckdb": _best(by_duckdb, 1)[0]}
    return {"peers": {name: round(spent, 1) for name, spent in there.items()},
            "ratios": {name: round(mine / spent, 2) for name, spent in there.items()}}  # fmt: skip


def page() -> Iterator[Figure]:
    """10,000 entries, 200 holdings in five currencies, ten years of daily prices: the cards of "My money", drawn."""
    with room() as wealth:
        today = wealth.clock.now().date()
        yield figure("its ledger written", _best(lambda: _furnish(wealth, today), 1)[0], "ms")
        rooms = Rooms(None, wealth, None, None)  # type: ignore[arg-type]  nothing but wealth is asked
        context = Context(ME, "bench", "en", wealth.clock.now(), rooms, wealth.settings)
        longer = (Period(today - timedelta(days), today) for days in range(400, 3600, 400))
        name = "page of 10,000 entries, 200 holdings, 10 years"
        yield figure(f"{name}, cold", _best(lambda: my_money.page({}, context), 1)[0], "ms")
        yield figure(f"{name}, another period", _best(lambda: my_money.page({"period": next(longer)}, context))[0],
                     "ms", 150)  # fmt: skip
        yield figure(f"{name}, opened again", _best(lambda: my_money.page({}, context))[0], "ms")
        ten = lambda: performance.statement(wealth.ledger, ME, today - timedelta(3640), today, "EUR")  # noqa: E731
        yield figure("period statement of its ten years", _best(ten, 3)[0], "ms")


def _furnish(wealth: Wealth, today: date) -> None:
    dice, begin = random.Random(3), today - timedelta(3650)
    main = wealth.ledger.add_account(ME, "Main", "current", "EUR")
    depot = wealth.ledger.add_account(ME, "Depot", "brokerage", "EUR")
    held = [wealth.ledger.add_security(ME, f"S{n}", f"S{n}", "share", CODES[n % len(CODES)]) for n in range(200)]
    for share in held:
        price, closes = dice.randrange(10, 300) * UNIT, {}
        for day in (begin + timedelta(n) for n in range(3650)):
            price = max(price * dice.randrange(970, 1032) // 1000, UNIT)
            closes |= {day: price} if day.weekday() < 5 else {}
        wealth.ledger.add_prices(ME, share, closes)
    entries = []
    for n in range(5_000):
        share, cost = dice.choice(held), dice.randrange(1_000, 100_000)
        paid, day = Money(cost, share.currency), begin + timedelta(dice.randrange(3650))
        moved = Posting(paid, depot.id, security=share.id, quantity=dice.randrange(1, 100) * UNIT)
        entries.append(Entry(day, "Buy", (Posting(-paid, depot.id), moved)))
        spent, other = Money(dice.randrange(100, 10_000), "EUR"), begin + timedelta(dice.randrange(3650))
        kind = Posting(spent, flow="expense", category=dice.choice(("groceries", "rent", "travel")))
        entries.append(Entry(other, f"Payee {n % 70}", (Posting(-spent, main.id), kind)))
    wealth.ledger.post(ME, entries, "bench", wealth.clock.now())


CODES = ("EUR", "USD", "GBP", "CHF", "JPY")
SHOPS = ("carrefour", "netflix", "sncf", "somebody", "edf", "uber", "pharmacy", "rent may", "amazon", "unknown ltd")


def _judged(flows: list[tuple[date, float]], rate: float) -> Figure:
    """The peer's time and whether it finds the same; nothing where it is not installed."""
    try:
        import pyxirr
    except ImportError:
        return {}
    days, amounts = [day for day, _ in flows], [amount for _, amount in flows]
    theirs, judged = _best(lambda: pyxirr.xirr(days, amounts))
    return {"peer": ("pyxirr 0.10.8, one root", theirs), "difference": abs(rate - (judged or math.nan))}


def _best(act: Callable[[], Any], times: int = 7) -> tuple[float, Any]:
    """(best milliseconds, result)."""
    spent, result = [], None
    for _ in range(times):
        began = time.perf_counter()
        result = act()
        spent.append(1000 * (time.perf_counter() - began))
    return min(spent), result
