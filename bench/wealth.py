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

from assistant.errors import BadInput, LueurError
from assistant.request import Upload
from assistant.wealth import cashflow, returns
from bench.wealth_cases import COMPUTE, ME, NOTES, near, room

Figure = dict[str, Any]


def measure(data: Path | None) -> Iterator[Figure]:
    if data and (data / "wealth").is_dir():
        yield from oracles(data / "wealth")
    if data and (data / "imports").is_dir():
        yield from imports(data / "imports")
    yield from speed()


def figure(name: str, value: float, unit: str, target: float | None = None, **more: Any) -> Figure:
    """A figure that holds when it is at most its target, where it has one."""
    return {"name": name, "value": round(value, 4), "unit": unit, "target": target,
            "holds": None if target is None else value <= target, **more}  # fmt: skip


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
    yield {"name": "published cases within tolerance", "value": right, "unit": f"of {offered} offered",
           "target": offered, "holds": right == offered, "wrong": wrong}  # fmt: skip
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
    yield figure("XIRR of 10,000 flows, all roots", mine, "ms", 5) | _judged(flows, mine, found.rate or math.nan)
    lines = "".join(f"2026-{1 + n % 12:02}-{1 + n % 28:02};Payee {n % 70};-{n},{n % 100:02};{n}\n" for n in range(5000))
    with room() as wealth:
        upload = Upload("bank.csv", ("Date;Payee;Amount;Reference\n" + lines).encode())
        yield figure("preview of a file of 5,000 rows", _best(lambda: wealth.preview(ME, upload), 3)[0], "ms", 500)
        began = time.perf_counter()
        added = wealth.import_file(ME, upload).posted.added
        yield figure(f"import of its {added} rows", 1000 * (time.perf_counter() - began), "ms")
    texts = [f"{dice.choice(('CB', 'VIR', 'POS'))} {dice.choice(SHOPS)} {n}" for n in range(100_000)]
    spent, _ = _best(lambda: [cashflow.categorise(text, False, {}) for text in texts], 1)
    yield figure("100,000 distinct texts categorised", spent, "ms")


SHOPS = ("carrefour", "netflix", "sncf", "somebody", "edf", "uber", "pharmacy", "rent may", "amazon", "unknown ltd")


def _judged(flows: list[tuple[date, float]], mine: float, rate: float) -> Figure:
    """The peer's time and whether it finds the same; nothing where it is not installed."""
    try:
        import pyxirr
    except ImportError:
        return {}
    days, amounts = [day for day, _ in flows], [amount for _, amount in flows]
    theirs, judged = _best(lambda: pyxirr.xirr(days, amounts))
    return {"peer": "pyxirr 0.10.8, one root", "peer_value": round(theirs, 4), "ratio": round(mine / theirs, 2),
            "difference": abs(rate - (judged or math.nan))}  # fmt: skip


def _best(act: Callable[[], Any], times: int = 7) -> tuple[float, Any]:
    """(best milliseconds, result)."""
    spent, result = [], None
    for _ in range(times):
        began = time.perf_counter()
        result = act()
        spent.append(1000 * (time.perf_counter() - began))
    return min(spent), result
