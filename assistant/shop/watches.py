"""Prices a person waits for: noted per product, checked whenever the catalogue changes, told once.

A watch buys nothing and reserves nothing; it is met when an offer costs no more than what was asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from assistant.clock import Clock
from assistant.money import Money
from assistant.shop import tables
from assistant.shop.catalogue import Catalogue, Product
from assistant.store import Store


@dataclass(frozen=True, slots=True)
class Watch:
    product: Product
    limit: Money
    price: Money  # today's


class Watches:
    def __init__(self, store: Store, clock: Clock, catalogue: Catalogue) -> None:
        self.store = store
        self.clock = clock
        self.catalogue = catalogue

    def note(self, user: str, product: str, limit: Money) -> None:
        """Wait for this product at this price; a new limit takes the place of the old one."""
        row = {"minor": limit.minor, "currency": limit.currency, "created_at": self.clock.now(), "met_at": None}
        mine = (tables.watches.c.user_id == user) & (tables.watches.c.product_id == product)
        with self.store.write() as db:
            if not db.execute(sa.update(tables.watches).where(mine).values(**row)).rowcount:
                db.execute(sa.insert(tables.watches).values(user_id=user, product_id=product, **row))

    def check(self) -> None:
        """Mark what is met at today's prices."""
        now = self.clock.now()
        rows = self.store.rows(sa.select(tables.watches).where(tables.watches.c.met_at.is_(None)))
        found = {product.id: product for product in self.catalogue.by_ids([row.product_id for row in rows])}
        met = [row for row in rows if row.product_id in found and _met(found[row.product_id], row)]
        with self.store.write() as db:
            for row in met:
                this = (tables.watches.c.user_id == row.user_id) & (tables.watches.c.product_id == row.product_id)
                db.execute(sa.update(tables.watches).where(this).values(met_at=now))

    def tell(self, user: str) -> tuple[Watch, ...]:
        """What is met and was not told yet; telling ends it. One that is dear again by now goes on waiting."""
        mine = (tables.watches.c.user_id == user) & tables.watches.c.met_at.is_not(None)
        with self.store.write() as db:
            rows = db.execute(sa.select(tables.watches).where(mine)).all()
            found = {product.id: product for product in self.catalogue.by_ids([row.product_id for row in rows])}
            told = [row for row in rows if row.product_id in found and _met(found[row.product_id], row)]
            for row in told:
                db.execute(sa.delete(tables.watches).where(mine, tables.watches.c.product_id == row.product_id))
            if len(told) < len(rows):
                db.execute(sa.update(tables.watches).where(mine).values(met_at=None))
        return tuple(
            Watch(
                found[row.product_id], Money(row.minor, row.currency), found[row.product_id].offer.price(row.currency)
            )
            for row in told
        )


def _met(product: Product, row: sa.Row[Any]) -> bool:
    price = product.offer.price(row.currency)
    return bool(price.currency == row.currency and price.minor <= row.minor)
