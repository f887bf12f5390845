"""Hard conditions: made canonical, held against every product, and relaxed when nothing fits.

Knows units, the fields a condition may name, and that a product which does not state a constrained fact is left out
and counted. Does not read sentences: `language/slots` writes `request.Constraint`, this room keeps it.
"""

import tomllib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.money import Money
from assistant.request import Constraint
from assistant.shop.catalogue import Product
from assistant.shop.glossary import Glossary, glossary, plain

Mask = NDArray[np.bool_]
Convert = Callable[[Money, str], tuple[Money, date]]  # money, currency -> converted, day of the rate

_LISTED = tomllib.loads(Path(__file__).with_name("units.toml").read_text(encoding="utf-8"))
FIELDS: dict[str, str] = _LISTED["fields"]
# unit as written -> (attribute it measures, factor, canonical unit)
UNITS: dict[str, tuple[str, float, str]] = {
    name: (field, float(factor), told["unit"])
    for field, told in _LISTED["measures"].items()
    for factor, names in told["names"].items()
    for name in names.split()
}
TOLD = ("material", "feature")  # facts that a product may tell in its own words
AS_WRITTEN = ("brand", "model", "size")  # compared without case and accents, shown as written
NUMBERS: dict[str, Callable[[NDArray[Any], float], Mask]] = {
    "is": lambda column, value: abs(column - value) <= 1e-6 * max(1.0, abs(value)),
    "not": lambda column, value: abs(column - value) > 1e-6 * max(1.0, abs(value)),
    "at_most": lambda column, value: column <= value,
    "at_least": lambda column, value: column >= value,
    "less": lambda column, value: column < value,
    "more": lambda column, value: column > value,
}


@dataclass(frozen=True, slots=True)
class Conversion:
    """A price bound in a currency nothing is sold in, turned into one that is: said on the answer."""

    asked: Money
    used: Money
    on: date


@dataclass(frozen=True, slots=True)
class Fit:
    """bool [n] each: rows that meet every condition, and rows left out only because they do not state a fact."""

    meets: Mask
    unstated: Mask


def canonical(
    constraint: Constraint, glossary: Glossary, currencies: Sequence[str], convert: Convert, today: date
) -> tuple[Constraint, Conversion | None]:
    """The condition in the catalogue's ids, units and currencies. Raises what `convert` raises."""
    field = FIELDS.get(constraint.field, constraint.field)
    value = constraint.value
    if isinstance(value, Money):
        return _priced(replace(constraint, field=field), value, currencies, convert)
    if field == "stock":
        return replace(constraint, field=field, op="at_least", value=1.0, unit=""), None
    if field == "delivery" and isinstance(value, str):
        constraint, value = replace(constraint, unit="day"), float((date.fromisoformat(value) - today).days)
    if isinstance(value, str):
        known = value.strip() if field in AS_WRITTEN else glossary.value(field, value)
        return replace(constraint, field=field, value=known, unit=""), None
    measure = UNITS.get(plain(constraint.unit)) or UNITS.get(constraint.unit.casefold())
    if measure and constraint.unit:
        own, factor, unit = measure
        field = own if field not in ("height", "length") or own != "length" else field
        return replace(constraint, field=field, value=value * factor, unit=unit), None
    return replace(constraint, field=field, value=f"{value:g}" if field == "size" else float(value)), None


def _priced(
    constraint: Constraint, bound: Money, currencies: Sequence[str], convert: Convert
) -> tuple[Constraint, Conversion | None]:
    if bound.currency in currencies:
        return constraint, None
    used, on = convert(bound, currencies[0])
    return replace(constraint, value=used), Conversion(bound, used, on)


class Words:
    """One fact in words over all rows; each word is kept once."""

    def __init__(self, count: int) -> None:
        self.codes = np.full(count, -1, np.int32)  # -1: not stated
        self.known: dict[str, int] = {}

    def put(self, row: int, word: str) -> None:
        self.codes[row] = self.known.setdefault(word, len(self.known))

    def among(self, *words: str) -> Mask:
        """bool [n]: rows that state one of these words."""
        codes = [self.known[word] for word in words if word in self.known]
        return np.isin(self.codes, codes)


class Columns:
    """The catalogue turned on its side: one array per fact, so that a condition is one comparison."""

    def __init__(self, products: Sequence[Product]) -> None:
        self.products, self.count = products, len(products)
        self._telling: dict[tuple[str, str], Mask] = {}
        count = len(products)
        self.numbers: dict[str, NDArray[np.float64]] = defaultdict(lambda: np.full(count, np.nan))
        self.words: dict[str, Words] = defaultdict(lambda: Words(count))
        # minor units, -1: no price in this currency
        self.prices: dict[str, NDArray[np.int64]] = defaultdict(lambda: np.full(count, -1, np.int64))
        for row, product in enumerate(products):
            for name, fact in product.attributes.items():
                self._set(row, name, fact.value)
                if name == "height" and "length" not in product.attributes:
                    self._set(row, "length", fact.value)  # "under 40 cm" means its largest stated side
            self._set(row, "stock", float(product.offer.stock))
            self._set(row, "delivery", float(product.offer.delivery_days))
            for name in ("brand", "category", "family", "model"):
                self._set(row, name, getattr(product, name))
            self._set(row, "merchant", product.offer.merchant)
            for price in product.offer.prices:
                self.prices[price.currency][row] = price.minor

    def _set(self, row: int, name: str, value: str | float) -> None:
        if isinstance(value, str):
            self.words[name].put(row, _word(name, value))
        else:
            self.numbers[name][row] = value

    def hold(self, constraint: Constraint) -> Fit:
        """One canonical condition against every row."""
        field, op, value = constraint.field, constraint.op, constraint.value
        if isinstance(value, Money):
            column = self.prices.get(value.currency)
            if field != "price" or column is None:
                return self._nobody()
            return Fit((column >= 0) & NUMBERS[op](column, value.minor), column < 0)
        if isinstance(value, str) and field in TOLD:
            return self._told(field, op, value)
        if isinstance(value, str):
            words = self.words.get(field)
            if op == "avoid":
                nobody = np.zeros(self.count, bool)
                return Fit(~nobody if words is None else ~words.among(_word(field, value)), nobody)
            if words is None or op not in ("is", "not"):
                return self._nobody()
            unstated = words.codes < 0
            return Fit(~unstated & (words.among(_word(field, value)) == (op == "is")), unstated)
        numbers = self.numbers.get(field)
        if numbers is None:
            return self._nobody()
        return Fit(NUMBERS[op](numbers, value) & ~np.isnan(numbers), np.isnan(numbers))

    def _told(self, field: str, op: str, value: str) -> Fit:
        """What it is made of or can do: as it states, else as its own words say."""
        says, words, fact = self._says(field, value), self.words.get(field), glossary().shown_by.get(value)
        stated = np.zeros(self.count, bool) if words is None else words.codes >= 0
        says = (says & ~stated) | (words.among(value) if words else False)
        if fact and fact in self.numbers:
            says |= ~np.isnan(self.numbers[fact])
        silent = ~says & ~stated
        if op == "is":
            return Fit(says, silent)
        left_out = silent if op == "not" and field == "material" else np.zeros(self.count, bool)
        return Fit(~says & ~left_out, left_out)

    def _says(self, field: str, value: str) -> Mask:
        """bool [n]: rows whose text says so; read once for each value."""
        if (field, value) not in self._telling:
            find, known = glossary().telling(field, value).search, glossary().tells(field, value)
            self._telling[field, value] = np.array([bool(find(_text(each, known))) for each in self.products], bool)
        return self._telling[field, value]

    def _nobody(self) -> Fit:
        return Fit(np.zeros(self.count, bool), np.ones(self.count, bool))

    def fit(self, constraints: Sequence[Constraint]) -> Fit:
        """All conditions together; several "is" on one word field are alternatives ("red or blue")."""
        meets, possible = np.ones(self.count, bool), np.ones(self.count, bool)
        for group in grouped(constraints):
            fits = [self.hold(constraint) for constraint in group]
            ours = np.logical_or.reduce([fit.meets for fit in fits])
            meets &= ours
            possible &= ours | np.logical_and.reduce([fit.unstated for fit in fits])
        return Fit(meets, possible & ~meets)


def _text(product: Product, searched: bool) -> str:
    """Its name, description and facts in words, in the language the catalogue is `searched` in, else in all."""
    if not searched:
        return " ".join([*product.titles.values(), *product.descriptions.values()]).casefold()
    facts = (fact.value for fact in product.attributes.values() if isinstance(fact.value, str))
    return " ".join([product.title("en"), product.description("en"), *facts]).casefold()


def _word(field: str, value: str) -> str:
    return " ".join(plain(value).split()) if field in AS_WRITTEN else value


def grouped(constraints: Sequence[Constraint]) -> list[list[Constraint]]:
    groups: dict[object, list[Constraint]] = {}
    for place, constraint in enumerate(constraints):
        alternative = constraint.op == "is" and isinstance(constraint.value, str) and constraint.field != "feature"
        groups.setdefault(constraint.field if alternative else place, []).append(constraint)
    return list(groups.values())


@dataclass(frozen=True, slots=True)
class Relaxed:
    """What stands in the way: the conditions to drop so that something fits, and the rows that would fit then."""

    dropped: tuple[Constraint, ...]
    rows: tuple[int, ...]


def relax(columns: Columns, constraints: Sequence[Constraint], among: Mask) -> Relaxed | None:
    """The group of conditions that costs most; where no single one helps, the costliest go together one by one."""
    kept, dropped = grouped(constraints), list[Constraint]()
    while kept:
        freed = [columns.fit(_flat(kept, but=place)).meets & among for place in range(len(kept))]
        place = int(np.argmax([mask.sum() for mask in freed]))
        if not freed[place].any():
            place = int(np.argmin([(columns.fit(group).meets & among).sum() for group in kept]))
        dropped += kept.pop(place)
        if freed[place].any():
            return Relaxed(tuple(dropped), _nearest(columns, dropped, np.flatnonzero(freed[place])))
    return None


def _flat(groups: list[list[Constraint]], but: int) -> list[Constraint]:
    return [constraint for place, group in enumerate(groups) if place != but for constraint in group]


def _nearest(columns: Columns, dropped: list[Constraint], rows: NDArray[np.int64]) -> tuple[int, ...]:
    """Rows ordered by how far they miss the first dropped number; words know no distance."""
    first = dropped[0]
    column: NDArray[Any] | None = None
    if isinstance(first.value, Money):
        column, goal = columns.prices.get(first.value.currency), float(first.value.minor)
    elif not isinstance(first.value, str):
        column, goal = columns.numbers.get(first.field), first.value
    if column is not None:
        rows = rows[np.argsort(np.abs(column[rows] - goal), kind="stable")]
    return tuple(int(row) for row in rows)
