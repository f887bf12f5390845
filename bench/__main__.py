"""`python -m bench [--data FOLDER] [PART ...]`: every part measures, the figures go to bench/results.json and a table.

A part is a module with `measure(data: Path | None) -> list[dict]`. One that fails or lacks its data stands in the table
with its reason; nothing is left out.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import sys
import traceback
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FIELDS = ("name", "value", "unit", "peer", "peer_value", "ratio", "target", "holds")
Figure = dict[str, Any]


def parts() -> list[str]:
    return sorted(path.stem for path in HERE.glob("*.py") if "\ndef measure(" in path.read_text(encoding="utf-8"))


def run(part: str, data: Path | None) -> list[Figure]:
    """The part's figures as far as it came; its failure is a figure that does not hold."""
    figures: list[Figure] = []
    try:
        figures.extend(whole(figure) for figure in importlib.import_module(f"bench.{part}").measure(data))
    except Exception as error:
        traceback.print_exc()
        reason = f"{type(error).__name__}: {error}"[:200]
        figures.append(whole({"name": f"{part}: failed", "unit": reason, "holds": False}))
    return figures


def whole(figure: Figure) -> Figure:
    """Every field present, None where it does not apply; further fields a part adds are kept."""
    return {field: figure.get(field) for field in FIELDS} | figure


def table(figures: list[Figure]) -> str:
    lines = [f"{'':3}{'figure':64}{'value':>12} {'unit':10}{'target':>12}  peer"]
    for one in figures:
        mark = {True: "ok", False: "NO", None: ""}[one["holds"]]
        peer = f"{one['peer']} {_short(one['peer_value'])} (x{_short(one['ratio'])})" if one["peer"] else ""
        lines.append(
            f"{mark:3}{one['name'][:63]:64}{_short(one['value']):>12} {one['unit'] or '':10}"
            f"{_short(one['target']):>12}  {peer}"
        )
    return "\n".join(lines)


def _short(value: object) -> str:
    return "" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)


def main() -> int:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    arguments = argparse.ArgumentParser(prog="python -m bench", description="Speed, memory and quality.")
    arguments.add_argument("--data", type=Path, help="folder with quality data")
    arguments.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(parts())} (default: all)")
    args = arguments.parse_args()
    if unknown := set(args.parts) - set(parts()):
        arguments.error(f"no part is called {', '.join(sorted(unknown))}; there are {', '.join(parts())}")
    if args.data is None:
        print("No DATA folder given: quality on outside data is not measured (make bench DATA=folder).")
    figures: list[Figure] = []
    for part in args.parts or parts():
        print(f"{part} ...", flush=True)
        figures += [{"part": part, **figure} for figure in run(part, args.data)]
        (HERE / "results.json").write_text(json.dumps(figures, ensure_ascii=False, indent=1), encoding="utf-8")
    print(f"\n{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(table(figures))
    return 0 if not any(str(one["name"]).endswith(": failed") for one in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
