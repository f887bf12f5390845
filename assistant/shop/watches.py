"""Prices a person waits for: noted per product, held against today's offers, told once.

A watch buys nothing and reserves nothing; it is met when an offer costs no more than what was asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

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
    price: Money  # today's, in the limit's currency where the offer has one

    @property
    def met(self) -> bool:
        return self.price.currency == self.limit.currency and self.price.minor <= self.limit.minor


class Watches:
    def __init__(self, store: Store, clock: Clock, catalogue: Catalogue) -> None:
        self.store = store
        self.clock = clock
        self.catalogue = catalogue

    def note(self, user: str, product: str, limit: Money) -> None:
        """Wait for this product at this price; a new limit takes the place of the old one."""
        row = {"minor": limit.minor, "currency": limit.currency, "created_at": self.clock.now()}
        mine = (tables.watches.c.user_id == user) & (tables.watches.c.product_id == product)
        with self.store.write() as db:
            if not db.execute(sa.update(tables.watches).where(mine).values(**row)).rowcount:
                db.execute(sa.insert(tables.watches).values(user_id=user, product_id=product, **row))

    def of(self, user: str) -> tuple[Watch, ...]:
        """What this person waits for and the catalogue still has, at today's prices."""
        rows = self.store.rows(sa.select(tables.watches).where(tables.watches.c.user_id == user))
        found = {product.id: product for product in self.catalogue.by_ids([row.product_id for row in rows])}
        return tuple(
            Watch(product, Money(row.minor, row.currency), product.offer.price(row.currency))
            for row in rows
            if (product := found.get(row.product_id))
        )

    def drop(self, user: str, product: str) -> None:
        mine = (tables.watches.c.user_id == user) & (tables.watches.c.product_id == product)
        self.store.run(sa.delete(tables.watches).where(mine))

    def waiting(self) -> tuple[str, ...]:
        """Who waits for a price that has come."""
        users = self.store.rows(sa.select(tables.watches.c.user_id).distinct())
        return tuple(row.user_id for row in users if any(each.met for each in self.of(row.user_id)))

    def tell(self, user: str) -> tuple[Watch, ...]:
        """What is met; telling ends it."""
        told = tuple(each for each in self.of(user) if each.met)
        for each in told:
            self.drop(user, each.product.id)
        return told
