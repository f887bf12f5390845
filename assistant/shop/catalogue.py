"""What is sold: products, their typed attributes, offers and past prices. SQL is the truth; indexes are caches of it.

Knows GTINs. Does not rank, filter or translate.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assistant.errors import BadInput
from assistant.money import Money
from assistant.shop import tables
from assistant.store import HOUSE, Store

BATCH = 500  # ids in one IN (...) list


@dataclass(frozen=True, slots=True)
class Attribute:
    """A stated fact: a word ("red") or a number in the canonical unit of its name (capacity 1700 ml)."""

    value: str | float
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """One merchant's terms, as read at `read_at`; `prices` by currency, taxes included."""

    merchant: str
    prices: tuple[Money, ...]
    stock: int
    delivery_days: int
    read_at: datetime

    def price(self, currency: str) -> Money:
        """The price in `currency` where the merchant names one, else its first."""
        return next((money for money in self.prices if money.currency == currency), self.prices[0])


@dataclass(frozen=True, slots=True)
class Past:
    at: datetime
    price: Money


@dataclass(frozen=True, slots=True)
class Product:
    id: str
    gtin: str  # 14 digits, or empty: it has none
    category: str
    family: str  # shared by variants of one product: its colours and sizes
    brand: str
    model: str
    titles: Mapping[str, str]
    descriptions: Mapping[str, str]
    attributes: Mapping[str, Attribute]
    offer: Offer
    history: tuple[Past, ...] = ()
    image: str = ""

    def title(self, language: str) -> str:
        return self.titles.get(language) or self.titles["en"]

    def description(self, language: str) -> str:
        return self.descriptions.get(language) or self.descriptions["en"]


def gtin14(code: str) -> str:
    """Fourteen digits of a GTIN-8, -12, -13 or -14. Raises `BadInput` when it is none or its check digit is wrong."""
    from stdnum import ean
    from stdnum.exceptions import InvalidChecksum, ValidationError

    digits = "".join(code.split())
    try:
        return str(ean.validate(digits if digits.isascii() else "")).zfill(14)
    except InvalidChecksum:
        raise BadInput("gtin_misread", code=code[:40]) from None
    except ValidationError:
        raise BadInput("not_a_gtin", code=code[:40]) from None


class Catalogue:
    """The rows of `HOUSE`; a folder of more owners than one reads the same way."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def is_empty(self) -> bool:
        return self.store.first(sa.select(tables.products.c.id).limit(1)) is None

    def load(self, products: Iterable[Product]) -> int:
        """Put products in, in one transaction, in place of those with the same id; how many. All or nothing."""
        count, coming = 0, iter(products)
        with self.store.write() as db:
            while batch := tuple(itertools.islice(coming, BATCH)):
                for product in batch:
                    if product.gtin and gtin14(product.gtin) != product.gtin:
                        raise BadInput("not_a_gtin", code=product.gtin)
                ids = [product.id for product in batch]
                before = {product.id: product for product in self._read(db, ids)}
                batch = tuple(_with_past(product, before.get(product.id)) for product in batch)
                db.execute(sa.delete(tables.products).where(tables.products.c.id.in_(ids)))
                for table, rows in _rows(batch).items():
                    db.execute(sa.insert(table), rows)
                count += len(batch)
        return count

    def forget(self, merchant: str) -> None:
        """Its offers and prices; a product nobody else offers is not sold any more."""
        self.store.run(sa.delete(tables.offers).where(tables.offers.c.merchant == merchant))

    def ids(self) -> frozenset[str]:
        return frozenset(row.id for row in self.store.rows(sa.select(tables.products.c.id)))

    def codes(self) -> dict[str, str]:
        """Product by GTIN, of those that have one."""
        found = sa.select(tables.products.c.gtin, tables.products.c.id).where(tables.products.c.gtin.is_not(None))
        return {row.gtin: row.id for row in self.store.rows(found)}

    def all(self) -> tuple[Product, ...]:
        """Every product, by id, without past prices."""
        with self.store.read() as db:
            return self._read(db, None)

    def by_ids(self, ids: Sequence[str]) -> tuple[Product, ...]:
        """Those that exist, in the order asked."""
        with self.store.read() as db:
            found = {product.id: product for product in self._read(db, ids)}
        return tuple(found[name] for name in ids if name in found)

    def by_id(self, product: str) -> Product | None:
        return next(iter(self.by_ids([product])), None)

    def by_gtin(self, code: str) -> Product | None:
        """The product of a code of any GTIN length. Raises `BadInput` for a code that cannot be one."""
        name = self.store.value(sa.select(tables.products.c.id).where(tables.products.c.gtin == gtin14(code)))
        return self.by_id(name) if name else None

    def _read(self, db: Connection, ids: Sequence[str] | None) -> tuple[Product, ...]:
        """Products with everything of theirs, in one snapshot; `ids` None: all of them by id, without past prices."""

        def rows(table: sa.Table, *order: str) -> Sequence[Any]:
            own = table.c.id if table is tables.products else table.c.product_id
            query = sa.select(table).where(table.c.user_id == HOUSE).order_by(own, *(table.c[name] for name in order))
            return db.execute(query if ids is None else query.where(own.in_(ids))).all()

        facts: dict[str, dict[str, Attribute]] = defaultdict(dict)
        for row in rows(tables.attributes):
            facts[row.product_id][row.name] = Attribute(row.number if row.text is None else row.text, row.unit)
        prices: dict[str, list[Money]] = defaultdict(list)
        for row in rows(tables.prices, "currency"):
            prices[row.product_id].append(Money(row.minor, row.currency))
        history: dict[str, list[Past]] = defaultdict(list)
        for row in rows(tables.price_history, "at") if ids is not None else ():
            history[row.product_id].append(Past(row.at, Money(row.minor, row.currency)))
        offers = {
            row.product_id: Offer(
                row.merchant, tuple(prices[row.product_id]), row.stock, row.delivery_days, row.read_at
            )
            for row in rows(tables.offers)
        }
        return tuple(
            Product(
                row.id, row.gtin or "", row.category, row.family, row.brand, row.model, row.titles, row.descriptions,
                facts[row.id], offers[row.id], tuple(history[row.id]), row.image,
            )
            for row in rows(tables.products)
            if row.id in offers
        )  # fmt: skip


def _with_past(product: Product, before: Product | None) -> Product:
    """Past prices that are known stay known; a price that has changed joins them with its day, and the new one too."""
    if before is None:
        return product
    changed = [price for price in product.offer.prices if before.offer.price(price.currency) != price]
    old = [Past(before.offer.read_at, before.offer.price(price.currency)) for price in changed]
    new = [Past(product.offer.read_at, price) for price in changed]
    past = {(each.at, each.price.currency): each for each in (*before.history, *old, *new, *product.history)}
    return replace(product, history=tuple(sorted(past.values(), key=lambda each: each.at)))


def _rows(batch: Sequence[Product]) -> dict[sa.Table, list[dict[str, Any]]]:
    rows: dict[sa.Table, list[dict[str, Any]]] = defaultdict(list)  # parents come first
    for product in batch:
        offer, owner = product.offer, {"user_id": HOUSE, "product_id": product.id}
        terms = owner | {"merchant": offer.merchant}
        rows[tables.products].append(
            {"user_id": HOUSE, "titles": dict(product.titles), "descriptions": dict(product.descriptions)}
            | {name: getattr(product, name) for name in ("id", "category", "family", "brand", "model", "image")}
            | {"gtin": product.gtin or None}
        )
        rows[tables.offers].append(terms | {n: getattr(offer, n) for n in ("stock", "delivery_days", "read_at")})
        for name, fact in product.attributes.items():
            rows[tables.attributes].append(owner | _attribute_row(name, fact))
        for price in offer.prices:
            rows[tables.prices].append(terms | {"currency": price.currency, "minor": price.minor})
        for past in product.history:
            was = {"at": past.at, "currency": past.price.currency, "minor": past.price.minor}
            rows[tables.price_history].append(terms | was)
    return rows


def _attribute_row(name: str, fact: Attribute) -> dict[str, Any]:
    word = isinstance(fact.value, str)
    return {
        "name": name,
        "text": fact.value if word else None,
        "number": None if word else fact.value,
        "unit": fact.unit,
    }
