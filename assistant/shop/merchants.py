"""Who sells: the embedded shop behind the `Merchant` seam. It quotes, keeps stock and charges with its till.

Knows nothing of drafts or gestures: a token is its only right to charge. Tokens are never kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assistant.clock import Clock
from assistant.errors import NotFound, Refused, Unavailable
from assistant.merchant import Quote, Sale, Till, Token, Wanted
from assistant.money import LOCALES, Money, total
from assistant.reply import SumLine, new_id
from assistant.shop import tables
from assistant.shop.catalogue import Catalogue, Product
from assistant.shop.glossary import glossary
from assistant.store import Store

QUOTE_MINUTES = 30
FREE_FROM = 3500  # minor units of items: delivery is free from here
DELIVERY = 390
MOST = 20  # of one product in one quote
VAT = {
    "coffee": 55,
    "tea": 55,
    "chocolate": 55,
    "olive_oil": 55,
    "pasta": 55,
    "plant": 100,
}  # per mille, French rates of 2026
VAT_STANDARD = 200


class Maison:
    """The house's own merchant. `till` is set by the payment room; without it nothing can be completed."""

    id = "maison"
    name = "Maison Lueur"

    def __init__(
        self, store: Store, clock: Clock, catalogue: Catalogue, currency: str, moved: Callable[[list[str]], None]
    ) -> None:
        self.store = store
        self.clock = clock
        self.catalogue = catalogue
        self.currency = currency
        self.moved = moved  # told which products' stock has changed
        self.till: Till | None = None

    def quote(
        self, user: str, lines: tuple[Wanted, ...], delivery: str = "", coupons: tuple[str, ...] = (),
        currency: str = "", language: str = "en",
    ) -> Quote:  # fmt: skip
        """Price, stock and delivery now, good for half an hour. Raises `Refused` or `NotFound`, naming the product."""
        if coupons:
            raise Refused("no_such_coupon", coupon=coupons[0][:40])
        wanted = [{"product": line.product, "quantity": line.quantity} for line in lines]
        told = {"delivery": delivery, "language": language, "currency": currency or self.currency}
        return self._issue({"user_id": user, "merchant": self.id, "wanted": wanted} | told)

    def _issue(self, asked: dict[str, Any]) -> Quote:
        """A quote of its own for what was asked."""
        now = self.clock.now()
        fresh = {"id": new_id("quote"), "created_at": now, "expires_at": now + timedelta(minutes=QUOTE_MINUTES)}
        quote = self._priced(asked | fresh)
        priced = {"currency": quote.total.currency, "total": quote.total.minor}
        with self.store.write() as db:
            db.execute(sa.insert(tables.quotes).values(**asked | fresh | priced))
        return quote

    def reread(self, quote: str) -> Quote:
        """The quote at today's price and stock; one that is over (too old, its card declined) is issued anew.

        Raises `NotFound` for an unknown id, `Refused` for what is gone.
        """
        with self.store.read() as db:
            row, order = _quote_row(db, quote), _order_row(db, quote)
        declined = order is not None and order["status"] == "declined"
        return self._issue(row) if declined or self.clock.now() >= row["expires_at"] else self._priced(row)

    def complete(self, quote: str, token: Token) -> Sale:
        """Reserve the stock, charge once, note the sale. Repeating it returns the first sale, or finishes it.

        An outcome the till could not tell (any error but `Refused`) leaves the order charging: ask again with the
        same token. Raises `Refused` for a token of another quote, merchant or amount, or one that is too late.
        """
        if self.till is None:
            raise Unavailable("no_till")
        with self.store.write() as db:
            row = _quote_row(db, quote)
            order = _order_row(db, quote)
            if order is None:
                self._check(row, token)
                order = self._reserve(db, row)
        self._tell(row)
        if order["status"] != "charging":
            return _sale(order)
        try:
            reference = self.till.redeem(token, f"{self.name} {order['id']}")
        except Refused as refusal:
            return self._settle(order, "declined", reason=str(refusal.values.get("reason") or refusal.key))
        return self._settle(order, "paid", reference=reference)

    def order_of(self, quote: str) -> Sale | None:
        """The settled sale of a quote; None while there is none: `complete` with the same token begins or ends it."""
        with self.store.read() as db:
            order = _order_row(db, quote)
        return _sale(order) if order and order["status"] != "charging" else None

    def _priced(self, row: dict[str, Any]) -> Quote:
        chosen = self._chosen(row)
        currency = chosen[0][0].offer.price(row["currency"]).currency
        language = row["language"]
        lines = tuple(SumLine(product.title(language), product.offer.price(currency), count)
                      for product, count in chosen)  # fmt: skip
        items = total((line.amount * line.quantity for line in lines), currency)
        fee = Money(0 if items.minor >= FREE_FROM else DELIVERY, currency)
        taxes = (_tax(product, line.amount * line.quantity) for (product, _), line in zip(chosen, lines, strict=True))
        tax = total(taxes, currency)
        words = glossary()
        totals = (
            SumLine(words.name("items", language).format(tax=tax.text(language)), items),
            SumLine(words.name("shipping", language), fee),
        )
        day = row["created_at"].date() + timedelta(days=max(product.offer.delivery_days for product, _ in chosen))
        arrives = words.name("arrives", language).format(day=_day(day, language))
        return Quote(row["id"], self.id, self.name, lines, totals, items + fee, arrives, row["expires_at"])

    def _chosen(self, row: dict[str, Any]) -> list[tuple[Product, int]]:
        """The products wanted with their counts, each known, buyable in this currency and in stock."""
        counts: dict[str, int] = {}
        for line in row["wanted"]:
            counts[line["product"]] = counts.get(line["product"], 0) + line["quantity"]
        found = {product.id: product for product in self.catalogue.by_ids(list(counts))}
        if not counts:
            raise Refused("nothing_to_buy")
        for name, count in counts.items():
            if name not in found:
                raise NotFound("unknown_product", product=name[:64])
            title = found[name].title(row["language"])
            if not 1 <= count <= MOST:
                raise Refused("bad_quantity", title=title, most=MOST)
            if found[name].offer.stock < count:
                raise Refused("out_of_stock", title=title, left=found[name].offer.stock)
        return [(found[name], count) for name, count in counts.items()]

    def _check(self, row: dict[str, Any], token: Token) -> None:
        now = self.clock.now()
        same = token.quote == row["id"] and token.merchant == self.id
        if not same or token.amount != Money(row["total"], row["currency"]):
            raise Refused("token_of_another_quote")
        if now >= token.expires_at or now >= row["expires_at"]:
            raise Refused("quote_expired")

    def _reserve(self, db: Connection, row: dict[str, Any]) -> dict[str, Any]:
        for product, count in self._chosen(row):
            if not self._take(db, product.id, count):
                raise Refused("out_of_stock", title=product.title(row["language"]), left=product.offer.stock)
        order = {
            "id": new_id("order"), "user_id": row["user_id"], "quote_id": row["id"], "merchant": self.id,
            "status": "charging", "provider_ref": "", "reason": "", "created_at": self.clock.now(),
        }  # fmt: skip
        db.execute(sa.insert(tables.orders).values(**order))
        return order

    def _tell(self, row: dict[str, Any]) -> None:
        self.moved([line["product"] for line in row["wanted"]])

    def _take(self, db: Connection, product: str, count: int) -> bool:
        """Move `count` out of stock (back in when negative); False when there are not so many."""
        stock = tables.offers.c.stock
        mine = (tables.offers.c.product_id == product) & (tables.offers.c.merchant == self.id) & (stock >= count)
        return db.execute(sa.update(tables.offers).where(mine).values(stock=stock - count)).rowcount == 1

    def _settle(self, order: dict[str, Any], status: str, reference: str = "", reason: str = "") -> Sale:
        """Note the outcome unless another call did; what was declined goes back into stock."""
        with self.store.write() as db:
            pending = (tables.orders.c.id == order["id"]) & (tables.orders.c.status == "charging")
            change = {"status": status, "provider_ref": reference, "reason": reason}
            changed = db.execute(sa.update(tables.orders).where(pending).values(**change)).rowcount
            if changed and status == "declined":
                for line in _quote_row(db, order["quote_id"])["wanted"]:
                    self._take(db, line["product"], -line["quantity"])
            row, settled = _quote_row(db, order["quote_id"]), _order_row(db, order["quote_id"])
        self._tell(row)
        return _sale(settled or order | change)


def _tax(product: Product, amount: Money) -> Money:
    """Tax inside a price that includes it: amount x rate / (1 + rate), half up to the minor unit."""
    rate = VAT.get(product.category, VAT_STANDARD)
    return replace(amount, minor=(2 * amount.minor * rate + 1000 + rate) // (2 * (1000 + rate)))


def _day(day: date, language: str) -> str:
    from babel.dates import format_date

    return str(format_date(day, "long", locale=LOCALES.get(language, "en")))


def _quote_row(db: Connection, quote: str) -> dict[str, Any]:
    row = db.execute(sa.select(tables.quotes).where(tables.quotes.c.id == quote)).mappings().first()
    if row is None:
        raise NotFound("unknown_quote")
    return dict(row)


def _order_row(db: Connection, quote: str) -> dict[str, Any] | None:
    row = db.execute(sa.select(tables.orders).where(tables.orders.c.quote_id == quote)).mappings().first()
    return dict(row) if row else None


def _sale(order: dict[str, Any]) -> Sale:
    return Sale(order["id"], order["quote_id"], order["status"], order["provider_ref"], order["reason"])
