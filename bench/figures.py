"""One line of results, and how times are taken: what every part of the bench tells its measurements with."""

import math
import statistics
import time
from collections.abc import Callable
from typing import Any

Figure = dict[str, Any]


def figure(
    name: str, value: float | None, unit: str = "", most: float | None = None, least: float | None = None,
    peer: tuple[str, float] | None = None, against: tuple[str, float] | None = None, **more: Any,
) -> Figure:  # fmt: skip
    """It holds within its target, a ceiling or a floor: of the value, or of its ratio to the peer it is held `against`;
    another `peer` only stands beside it."""
    named, other = peer or against or (None, None)
    ratio = value / other if other and value is not None else None
    judged, target = ratio if against else value, least if most is None else most
    holds = None
    if judged is not None and target is not None:
        holds = (-math.inf if least is None else least) <= judged <= (math.inf if most is None else most)
    told = round(value, 4) if isinstance(value, float) else value
    return {"name": name, "value": told, "unit": unit, "peer": named, "peer_value": other,
            "ratio": ratio and round(ratio, 3), "target": target, "holds": holds, **more}  # fmt: skip


def seconds(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def p95(samples: list[float]) -> float:
    return statistics.quantiles(samples, n=20)[-1]
