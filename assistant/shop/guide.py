"""Which products to show first and why, what to ask, and how two or three differ. All of it is computed from rows.

Reasons are keys with values; the handler turns them into sentences. Knows no language.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.money import Money
from assistant.request import Constraint, Op
from assistant.shop.catalogue import Product
from assistant.shop.constraints import Columns
from assistant.shop.index import Ranking, Rows
from assistant.shop.unit_price import PER, unit_price

CLOSE = 0.8  # share of the best score that still counts as an equally good match
PRICES = ("price", *PER.values())
BETTER = {**dict.fromkeys(PRICES, -1), "noise": -1, "delivery": -1, "battery": 1, "rating": 1}  # as everybody agrees
REASONS = 3  # on one card
ORDER = (*PRICES, "rating", "delivery")  # rows of a comparison that come first
SHOWN = 3  # products that a question must be able to change
CANDIDATES = 60  # of the best rows: what a question is about
FEW = 5  # so few candidates need no question
ANSWERS = 5  # words offered as answers
LEAST_BITS = 0.5
BEST = 10  # first products whose kinds tell whether one kind was meant
UNASKED = {"category", "family", "model", "stock", "merchant", "length", "rating", "delivery"}
# How easily a person answers: what everybody has an opinion on, a measure that is looked up, a line of a data sheet.
UNUSUAL = 0.6  # bench/questions: 0.6 finds more than 0.3
ASKABLE = dict.fromkeys(("price", "brand", "colour", "size", "capacity", "material", "noise", "battery"), 1.0)


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


def picks(ranking: Ranking, columns: Columns, currency: str, best: str = "") -> tuple[int, ...]:
    """Rows to show: the best rated of the closest matches, the cheapest, the best rated of all, then by rank.

    With `best`, a fact and its end ("price least"): by that fact alone. One of each family before a second colour or
    size of it; what is sold out comes last. A loose match (not every word stands in it) keeps the order of its rank.
    """
    rows = np.array(ranking.rows, np.int64)
    sold = _stated(columns.numbers, "stock", rows) >= 1
    here = rows[sold]
    if best and ranking.strict:
        return (*_by(here, columns, currency, best), *_by(rows[~sold], columns, currency, best))
    if ranking.strict and len(here):
        here = np.concatenate([_first(here, np.array(ranking.scores)[sold], columns, currency), here])
    return (*_varied(here, columns), *_varied(rows[~sold], columns))


def _by(rows: Rows, columns: Columns, currency: str, best: str) -> list[int]:
    """In the order of a fact; what does not state it comes last."""
    name, _, end = best.partition(" ")
    values = _stated(columns.prices, currency, rows) if name == "price" else _stated(columns.numbers, name, rows)
    keys = np.where(values >= 0, values if end == "least" else -values, np.inf)
    found: list[int] = rows[np.argsort(keys, kind="stable")].tolist()
    return found


def _first(here: Rows, scores: NDArray[np.float64], columns: Columns, currency: str) -> Rows:
    rating, price = _stated(columns.numbers, "rating", here), _stated(columns.prices, currency, here)
    cost = np.where(price >= 0, price, np.inf)
    by_rating = np.lexsort((cost, -rating))
    best = by_rating[(scores >= CLOSE * scores.max())[by_rating]][:1]
    cheapest = np.lexsort((-rating, cost))[:1]
    first: Rows = here[np.concatenate([best, cheapest, by_rating[: len(here) // 2]])]
    return first


def _stated(columns: Mapping[str, NDArray[Any]], name: str, rows: Rows) -> NDArray[np.float64]:
    """The stated numbers, -1 where there is none."""
    column = columns.get(name)
    values = np.full(len(rows), -1.0) if column is None else column[rows].astype(np.float64)
    return np.where(values >= 0, values, -1.0)


def _varied(rows: Rows, columns: Columns) -> list[int]:
    """Each row once; the first of every family before the others of it."""
    _, first = np.unique(rows, return_index=True)
    order = rows[np.sort(first)]
    leads = np.zeros(len(order), bool)
    leads[np.unique(columns.words["family"].codes[order], return_index=True)[1]] = True
    found: list[int] = np.concatenate([order[leads], order[~leads]]).tolist()
    return found


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
class Ask:
    """A question worth asking: the fact `name`, and the conditions that each answer stands for."""

    name: str
    options: tuple[tuple[Constraint, ...], ...]
    bits: float  # what an answer tells on average


def question(
    products: Sequence[Product], columns: Columns, rows: Sequence[int], currency: str, known: Collection[str]
) -> Ask | None:
    """The fact whose answer tells most about which of `rows` (best first) is meant; None when none is worth asking.

    Gain = share of rows that state the fact x entropy of its answers in bits, rows weighted by 1 / (rank + 10), times
    how easily a person can answer. Asked only where some answer changes the three that are shown.
    """
    near = np.array(rows[:CANDIDATES], np.int64)
    among: list[int] = near[_stated(columns.numbers, "stock", near) >= 1].tolist()
    if len(among) <= FEW:
        return None
    weights = 1.0 / (np.arange(len(among)) + 10)
    names = {"price", *columns.numbers, *columns.words} - set(known) - UNASKED
    kinds = Counter(products[row].category for row in among[:BEST])
    if "category" not in known and kinds.most_common(1)[0][1] * 2 < kinds.total():
        names = {"category"}  # a present, something for the kitchen: what it is comes before how it is
    asks = []
    for name in sorted(names):
        told = [fact(products[row], name, currency) for row in among]
        options = _options(name, told, products[among[0]], currency) if any(v is not None for v in told) else ()
        masks = [[_means(value, option) for value in told] for option in options]
        bits = _entropy(masks, weights) * ASKABLE.get(name, UNUSUAL)
        asks += [Ask(name, options, bits)] if bits >= LEAST_BITS and _matters(among, masks) else []
    return max(asks, key=lambda ask: ask.bits, default=None)


def _options(name: str, told: Sequence[Any], like: Product, currency: str) -> tuple[tuple[Constraint, ...], ...]:
    """Words: the five commonest, and any other. Numbers: the lower, middle and upper third of what is stated."""
    stated = [value for value in told if value is not None]
    if isinstance(stated[0], str):
        common = [word for word, _ in Counter(stated).most_common(ANSWERS)]
        other = (tuple(Constraint(name, "not", word) for word in common),) if set(stated) - set(common) else ()
        return (*((Constraint(name, "is", word),) for word in common), *other)
    amounts = sorted(value.minor if isinstance(value, Money) else value for value in stated)
    low, high = amounts[len(amounts) // 3], amounts[2 * len(amounts) // 3]
    unit = "" if name == "price" else getattr(like.attributes.get(name), "unit", "")

    def bound(op: Op, value: float) -> Constraint:
        return Constraint(name, op, Money(int(value), currency) if name == "price" else value, unit=unit)

    middle = ((bound("more", low), bound("at_most", high)),) if low < high else ()
    upper = ((bound("more", high),),) if high < amounts[-1] else ()
    return ((bound("at_most", low),), *middle, *upper) if low < amounts[-1] else ()


def _means(value: Any, option: tuple[Constraint, ...]) -> bool:
    if value is None or isinstance(value, str):
        return value is not None and all((value == each.value) == (each.op == "is") for each in option)
    amount = value.minor if isinstance(value, Money) else value
    bounds = [(each.op, each.value.minor if isinstance(each.value, Money) else each.value) for each in option]
    return all(amount <= bound if op == "at_most" else amount > bound for op, bound in bounds)  # type: ignore[operator]


def _entropy(masks: Sequence[Sequence[bool]], weights: NDArray[np.float64]) -> float:
    """Share of the weight that any answer covers, times the entropy of the answers among it."""
    parts = np.array([weights[np.array(mask, bool)].sum() for mask in masks])
    parts = parts[parts > 0]
    if len(parts) < 2:
        return 0.0
    shares = parts / parts.sum()
    return float(parts.sum() / weights.sum() * -(shares * np.log2(shares)).sum())


def _matters(rows: Sequence[int], masks: Sequence[Sequence[bool]]) -> bool:
    """Whether some answer shows other products than are shown now."""
    shown = list(rows[:SHOWN])
    answers = ([row for row, meant in zip(rows, mask, strict=True) if meant][:SHOWN] for mask in masks)
    return any(answer and answer != shown for answer in answers)


@dataclass(frozen=True, slots=True)
class Row:
    """One fact over the products compared: each value (None = not stated) with its unit; `best` = its column."""

    name: str
    values: tuple[Any, ...]
    unit: str = ""
    best: int | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """`against`: for each product after the first, by how much the first differs from it in each number both state."""

    products: tuple[Product, ...]
    different: tuple[Row, ...]
    same: tuple[Row, ...]
    against: tuple[tuple[tuple[str, float], ...], ...] = ()
    front: tuple[int, ...] = ()  # columns that no other one beats or equals in everything with a known direction


def compare(products: Sequence[Product], currency: str) -> Comparison:
    """Facts stated by at least two of the products; equal rows apart; `best` only where a direction is agreed on."""
    names = dict.fromkeys((*ORDER, "brand", *(n for p in products for n in p.attributes)))
    rows = [_row(name, products, currency) for name in names]
    told = [row for row in rows if sum(value is not None for value in row.values) > 1]
    first = {name: place for place, name in enumerate(ORDER)}
    different = sorted((row for row in told if len(set(row.values)) > 1), key=lambda row: first.get(row.name, 9))
    same = tuple(row for row in told if len(set(row.values)) == 1)
    numbers = [(row.name, tuple(amount(value) for value in row.values)) for row in different]
    against = tuple(
        tuple((name, mine - theirs) for name, values in numbers
              if (mine := values[0]) is not None and (theirs := values[at]) is not None and mine != theirs)
        for at in range(1, len(products))
    )  # fmt: skip
    return Comparison(tuple(products), tuple(different), same, against, _front(numbers, len(products)))


def amount(value: Any) -> float | None:
    """A fact as a number: minor units of a price; None for a word or nothing."""
    return value.minor if isinstance(value, Money) else value if isinstance(value, (int, float)) else None


def _front(numbers: Sequence[tuple[str, tuple[float | None, ...]]], count: int) -> tuple[int, ...]:
    """The Pareto set over the facts that all state and whose direction everybody agrees on."""
    scores = [
        [value * BETTER[name] for value in values if value is not None]
        for name, values in numbers
        if name in BETTER and None not in values
    ]
    points = list(zip(*scores, strict=True)) if scores else [()] * count

    def beaten(one: tuple[float, ...]) -> bool:
        return any(other != one and all(b >= a for a, b in zip(one, other, strict=True)) for other in points)

    return tuple(at for at, point in enumerate(points) if not beaten(point))


def _row(name: str, products: Sequence[Product], currency: str) -> Row:
    values = tuple(fact(product, name, currency) for product in products)
    unit = next((product.attributes[name].unit for product in products if name in product.attributes), "")
    measures = [number for value in values if (number := amount(value)) is not None]
    best = None
    if name in BETTER and len(measures) == len(values):
        goal = (min if BETTER[name] < 0 else max)(measures)
        best = measures.index(goal) if measures.count(goal) == 1 else None
    return Row(name, values, unit, best)


def fact(product: Product, name: str, currency: str) -> Any:
    """A price, a number, a word, or None where the product does not state it."""
    if name == "price":
        return product.offer.price(currency)
    if name in PER.values():
        return dict([unit_price(product, currency) or ("", None)]).get(name)
    if name == "delivery":
        return product.offer.delivery_days
    if name in ("brand", "category"):
        return getattr(product, name)
    stated = product.attributes.get(name)
    return stated.value if stated else None


def alike(product: Product, others: Sequence[Product], currency: str) -> tuple[tuple[Product, tuple[str, ...]], ...]:
    """Others by likeness, one of each family, with the facts they share: equal words, numbers within a tenth.

    Likeness = the mean over the product's facts of 1 for an equal word and 1 / (1 + distance / value) for a number.
    """
    names = ["price", *product.attributes]
    mine = {name: fact(product, name, currency) for name in names}

    def closeness(other: Product, name: str) -> float:
        theirs, own = fact(other, name, currency), mine[name]
        if theirs is None or isinstance(own, str) or isinstance(theirs, str):
            return float(theirs == own)
        one, two = amount(own), amount(theirs)
        return 0.0 if one is None or two is None else 1 / (1 + abs(one - two) / (abs(one) or 1))

    close = [(other, {name: closeness(other, name) for name in names}) for other in others]
    close.sort(key=lambda pair: -sum(pair[1].values()))
    lead = {other.family: (other, marks) for other, marks in reversed(close)}
    order = sorted(lead.values(), key=lambda pair: -sum(pair[1].values()))
    return tuple((other, tuple(name for name, mark in marks.items() if mark > 1 / 1.1)) for other, marks in order)
