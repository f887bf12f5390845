"""Which products to show first and why, and how two or three differ. Every reason is computed from the rows shown.

Reasons are keys with values; the handler turns them into sentences. Knows no language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.shop.catalogue import Product
from assistant.shop.constraints import Columns
from assistant.shop.index import Ranking

CLOSE = 0.8  # share of the best score that still counts as an equally good match
BETTER = {"price": -1, "noise": -1, "delivery": -1, "battery": 1, "rating": 1}  # the direction everybody agrees on
REASONS = 3  # on one card
ORDER = ("price", "rating", "delivery")  # rows of a comparison that come first


@dataclass(frozen=True, slots=True)
class Reason:
    """`kind`: cheapest, best_rated, fastest, quietest, matched, alike, rated; `values` fill its sentence."""

    kind: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Extremes:
    """Best value of each fact over all rows that fit and are in stock; a fact that all share is not in it."""

    count: int
    best: Mapping[str, float]


def extremes(columns: Columns, rows: NDArray[np.int64], currency: str) -> Extremes:
    best: dict[str, float] = {}
    for name, direction in BETTER.items():
        column = columns.prices.get(currency) if name == "price" else columns.numbers.get(name)
        stated = column[rows] if column is not None else np.empty(0)
        stated = stated[stated >= 0]
        if len(stated) > 1 and stated.min() < stated.max():
            best[name] = float(stated.min() if direction < 0 else stated.max())
    return Extremes(len(rows), best)


def picks(ranking: Ranking, columns: Columns, currency: str) -> tuple[int, ...]:
    """Rows to show: the best rated of the closest matches, the cheapest, the best rated of all, then by rank.

    One of each family before a second colour or size of it; what is sold out comes last. A loose match (not every
    word stands in it) keeps the order of its rank.
    """
    here = [row for row in ranking.rows if _has(columns.numbers, "stock", row) >= 1]
    gone = [row for row in ranking.rows if _has(columns.numbers, "stock", row) < 1]
    first = _first(ranking, columns, currency, here) if ranking.strict and here else []
    return tuple(_varied([*first, *here], columns) + _varied(gone, columns))


def _first(ranking: Ranking, columns: Columns, currency: str, here: list[int]) -> list[int]:
    scores = dict(zip(ranking.rows, ranking.scores, strict=True))
    top = max(scores[row] for row in here)

    def rating(row: int) -> float:
        return _has(columns.numbers, "rating", row)

    def cost(row: int) -> float:
        price = _has(columns.prices, currency, row)
        return price if price >= 0 else float("inf")

    best = max((row for row in here if scores[row] >= CLOSE * top), key=lambda row: (rating(row), -cost(row)))
    cheapest = min(here, key=lambda row: (cost(row), -rating(row)))
    return [best, cheapest, *sorted(here, key=lambda row: (-rating(row), cost(row)))[: len(here) // 2]]


def _has(columns: Mapping[str, NDArray[Any]], name: str, row: int) -> float:
    """The stated number, -1 where there is none."""
    column = columns.get(name)
    value = -1.0 if column is None else float(column[row])
    return value if value >= 0 else -1.0


def _varied(rows: Sequence[int], columns: Columns) -> list[int]:
    family = columns.words["family"]
    order = list(dict.fromkeys(rows))
    leads = set({family[row]: row for row in reversed(order)}.values())
    return sorted(order, key=lambda row: row not in leads)


def reasons(
    product: Product, currency: str, found: Extremes, matched: Sequence[str], alike: bool
) -> tuple[Reason, ...]:
    """Why this product is on the shelf, strongest first; never more than three."""
    facts: dict[str, float] = {"price": product.offer.price(currency).minor, "delivery": product.offer.delivery_days}
    facts |= {name: fact.value for name, fact in product.attributes.items() if not isinstance(fact.value, str)}
    kinds = {"price": "cheapest", "rating": "best_rated", "delivery": "fastest", "noise": "quietest"}
    given = [
        Reason(kind, {"count": found.count, "value": facts[name]})
        for name, kind in kinds.items()
        if name in found.best and facts.get(name) == found.best[name] and product.offer.stock > 0
    ]
    if matched:
        given.append(Reason("matched", {"words": ", ".join(matched)}))
    elif alike:
        given.append(Reason("alike"))
    if not given and "rating" in facts:
        given.append(Reason("rated", {"value": facts["rating"]}))
    return tuple(given[:REASONS])


@dataclass(frozen=True, slots=True)
class Row:
    """One fact over the products compared: each value (None = not stated) with its unit; `best` = its column."""

    name: str
    values: tuple[Any, ...]
    unit: str = ""
    best: int | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    products: tuple[Product, ...]
    different: tuple[Row, ...]
    same: tuple[Row, ...]


def compare(products: Sequence[Product], currency: str) -> Comparison:
    """Facts stated by at least two of the products; equal rows apart; `best` only where a direction is agreed on."""
    names = dict.fromkeys(("price", "rating", "delivery", "brand", *(n for p in products for n in p.attributes)))
    rows = [_row(name, products, currency) for name in names]
    told = [row for row in rows if sum(value is not None for value in row.values) > 1]
    first = {name: place for place, name in enumerate(ORDER)}
    different = sorted((row for row in told if len(set(row.values)) > 1), key=lambda row: first.get(row.name, 9))
    return Comparison(tuple(products), tuple(different), tuple(row for row in told if len(set(row.values)) == 1))


def _row(name: str, products: Sequence[Product], currency: str) -> Row:
    values = tuple(_fact(product, name, currency) for product in products)
    unit = next((product.attributes[name].unit for product in products if name in product.attributes), "")
    measures = [value.minor if name == "price" else value for value in values if value is not None]
    best = None
    if name in BETTER and len(measures) == len(values):
        goal = (min if BETTER[name] < 0 else max)(measures)
        best = measures.index(goal) if measures.count(goal) == 1 else None
    return Row(name, values, unit, best)


def _fact(product: Product, name: str, currency: str) -> Any:
    if name == "price":
        return product.offer.price(currency)
    if name == "delivery":
        return product.offer.delivery_days
    if name == "brand":
        return product.brand
    fact = product.attributes.get(name)
    return fact.value if fact else None
