"""Who sells: the embedded shops behind the `Merchant` seam. Each quotes, keeps stock and charges with its till.

Their names, deliveries and coupons stand in `merchants.toml`. Knows nothing of drafts or gestures: a token is its only
right to charge. Tokens are never kept.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa

from assistant.clock import Clock
from assistant.errors import NotFound, Refused, Unavailable
from assistant.merchant import Basket, Quote, Sale, Shipping, Till, Token, Wanted
from assistant.money import LOCALES, Money, total
from assistant.reply import SumLine, new_id
from assistant.shop import tables
from assistant.shop.catalogue import Catalogue, Product
from assistant.store import Store

QUOTE_MINUTES = 30
MOST = 20  # of one product in one quote


@dataclass(frozen=True, slots=True)
class Way:
    """One delivery: its fee in minor units, free from `free_from` of items; within `days`, or `later` than usual."""

    fee: int
    free_from: int | None = None
    days: int | None = None
    later: int = 0
    kind: Literal["shipping", "digital", "pickup", "local_delivery"] = "shipping"


@dataclass(frozen=True, slots=True)
class Coupon:
    """What it takes off the items once they reach `least`: a share of them, or a sum, in minor units."""

    least: int
    percent: int = 0
    off: int = 0

    def discount(self, items: int) -> int:
        """Half up, never more than the items."""
        return 0 if items < self.least else min(items, self.off + (2 * items * self.percent + 100) // 200)


@dataclass(frozen=True, slots=True)
class Terms:
    name: str
    delivery: Mapping[str, Way]  # the first is the usual one
    coupons: Mapping[str, Coupon] = field(default_factory=dict)
    place: Mapping[str, str] = field(default_factory=dict)  # where it can be collected: ACP's address
    asks_from: int | None = None  # a total from which the shop wants to see the person itself


@functools.cache
def _file() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def terms() -> dict[str, Terms]:
    """The terms of every embedded shop by its id."""
    return {
        id: Terms(
            shop["name"],
            {name: Way(**way) for name, way in shop["delivery"].items()},
            {code: Coupon(**told) for code, told in shop.get("coupons", {}).items()},
            shop.get("place", {}),
            shop.get("asks_from"),
        )
        for id, shop in _file()["shops"].items()
    }


def word(name: str, language: str, **values: object) -> str:
    said = _file()["words"][name]
    return str(said.get(language, said["en"])).format_map(values)


@dataclass(eq=False)
class House:
    """One embedded merchant. `till` is set by the payment room; without it nothing can be completed."""

    id: str
    terms: Terms
    store: Store
    clock: Clock
    catalogue: Catalogue
    currency: str
    moved: Callable[[list[str]], None]  # told which products' stock has changed
    till: Till | None = None

    def __post_init__(self) -> None:
        self.name = self.terms.name

    def takes(self, coupon: str, lines: tuple[Wanted, ...] = ()) -> bool:  # noqa: ARG002
        return coupon in self.terms.coupons

    def estimate(self, asked: Basket, anyway: bool = False) -> Quote:
        """`anyway`: priced although there are not so many."""
        return self._priced(self._dated(self._asked("", asked)) | {"anyway": anyway})

    def stage(self, quote: str) -> str:
        """How far the order of a quote is: 'charging', 'paid', 'declined', 'canceled'; empty: there is none."""
        order = self._order(quote)
        return str(order["status"]) if order else ""

    def quote(self, user: str, asked: Basket) -> Quote:
        """Price, stock and delivery now, good for half an hour. Raises `Refused` or `NotFound`, naming the product."""
        return self._issue(self._asked(user, asked))

    def _asked(self, user: str, asked: Basket) -> dict[str, Any]:
        for code in asked.coupons:
            if not self.takes(code):
                raise Refused("no_such_coupon", coupon=code[:40])
        way = asked.delivery if asked.delivery in self.terms.delivery else next(iter(self.terms.delivery))
        asked = replace(asked, delivery=way, currency=asked.currency or self.currency)
        return asked.row() | {"user_id": user, "merchant": self.id}

    def _dated(self, asked: dict[str, Any]) -> dict[str, Any]:
        now = self.clock.now()
        fresh = {"id": new_id("quote"), "created_at": now, "expires_at": now + timedelta(minutes=QUOTE_MINUTES)}
        return {"root": fresh["id"]} | asked | fresh

    def _issue(self, asked: dict[str, Any]) -> Quote:
        """A quote of its own for what was asked."""
        row = self._dated(asked)
        quote = self._priced(row)
        priced = {"currency": quote.total.currency, "total": quote.total.minor}
        self.store.run(sa.insert(tables.quotes).values(**row | priced))
        return quote

    def reread(self, quote: str) -> Quote:
        """The quote at today's price and stock; one that is over (another price, too old, declined) is issued anew.

        Raises `NotFound` for an unknown id, `Refused` for what is gone.
        """
        row = quote_row(self.store, quote)
        if self.stage(quote) == "declined" or self.clock.now() >= row["expires_at"]:
            return self._issue(row)
        today = self._priced(row)
        return today if today.total == Money(row["total"], row["currency"]) else self._issue(row)

    def complete(self, quote: str, token: Token) -> Sale:
        """Reserve the stock, charge once, note the sale. Repeating it returns the first sale, or finishes it.

        An outcome the till could not tell (any error but `Refused`) leaves the order charging: ask again with the
        same token. Raises `Refused` for a token of another quote, merchant or amount, or one that is too late.
        """
        if self.till is None:
            raise Unavailable("no_till")
        row, order = self.begin(quote, token)
        self._tell(row)
        if order["status"] != "charging":
            return self._sale(order)
        try:
            reference = self.till.redeem(token, f"{self.name} {order['id']}")
        except Refused as refusal:
            return self._settle(order, "declined", reason=str(refusal.values.get("reason") or refusal.key))
        return self._settle(order, "paid", reference=reference)

    def begin(self, quote: str, token: Token) -> tuple[dict[str, Any], dict[str, Any]]:
        """A quote and its order; made, and its goods set aside, if there is none. Raises `Refused` like `complete`."""
        with self.store.write():
            row, order = quote_row(self.store, quote), self._order(quote)
            if order is None:
                self._check(row, token)
                order = self._reserve(row)
        return row, order

    def end(self, quote: str, reference: str) -> Sale:
        """An order nobody asks about any more: paid when there is a charge, else its goods are for sale again."""
        order = self._order(quote)
        if order is None:
            raise NotFound("unknown_quote")
        status, reason = ("paid", "") if reference else ("declined", "not_charged")
        return self._settle(order, status, reference, reason)

    def order_of(self, quote: str) -> Sale | None:
        """The settled sale of a quote; None while there is none: `complete` with the same token begins or ends it."""
        order = self._order(quote)
        return self._sale(order) if order and order["status"] != "charging" else None

    def _order(self, quote: str) -> dict[str, Any] | None:
        row = self.store.first(sa.select(tables.orders).where(tables.orders.c.quote_id == quote))
        return row._asdict() if row else None

    def _sale(self, order: dict[str, Any]) -> Sale:
        """The order with the day it was promised for, as its products stand; none for what is not sold any more."""
        row = quote_row(self.store, order["quote_id"])
        days = [each.offer.delivery_days for each in self.catalogue.by_ids([line["product"] for line in row["wanted"]])]
        promised = timedelta(days=self._days(row["delivery"], max(days, default=0)))
        arrives = order["created_at"].date() + promised if days else None
        sale = Sale(order["id"], order["quote_id"], order["status"], order["provider_ref"], order["reason"])
        return replace(sale, arrives=arrives)

    def _days(self, delivery: str, usual: int) -> int:
        way = self.terms.delivery.get(delivery, Way(0))
        return usual + way.later if way.days is None else min(way.days, usual)

    def _priced(self, row: dict[str, Any]) -> Quote:
        chosen, language = self._chosen(row), row["language"]
        currency = chosen[0][0].offer.price(row["currency"]).currency
        lines = tuple(SumLine(product.title(language), product.offer.price(currency), count)
                      for product, count in chosen)  # fmt: skip
        items = total((line.amount * line.quantity for line in lines), currency)
        taken = {code: self.terms.coupons[code].discount(items.minor) for code in row["coupons"]}
        paid = items - Money(min(items.minor, sum(taken.values())), currency)
        sums = ((product, line.amount * line.quantity) for (product, _), line in zip(chosen, lines, strict=True))
        tax = total((_tax(product, amount) for product, amount in sums), currency)
        ways = tuple(self._shipping(name, paid, row, chosen) for name in self.terms.delivery)
        way = next(each for each in ways if each.id == row["delivery"])
        totals = (
            SumLine(word("items", language, tax=_share(tax, paid, items).text(language)), items),
            *(self._deducted(code, off, currency, language) for code, off in taken.items()),
            SumLine(way.arrives, way.fee),
        )
        wanted = tuple(Wanted(product.id, count) for product, count in chosen)
        return Quote(row["id"], self.id, self.name, lines, totals, paid + way.fee, way.arrives, row["expires_at"],
                     way.id, ways, _share(tax, paid, items), wanted)  # fmt: skip

    def _deducted(self, code: str, off: int, currency: str, language: str) -> SumLine:
        least = Money(self.terms.coupons[code].least, currency).text(language)
        label = word("coupon" if off else "coupon_from", language, code=code, least=least)
        return SumLine(label, Money(-off, currency))

    def _shipping(self, name: str, items: Money, row: dict[str, Any], chosen: list[tuple[Product, int]]) -> Shipping:
        way, language = self.terms.delivery[name], row["language"]
        free = way.free_from is not None and items.minor >= way.free_from
        usual = max(product.offer.delivery_days for product, _ in chosen)
        days = self._days(name, usual)
        label = word(name, language)
        on = row["created_at"].date() + timedelta(days=days)
        fee = Money(0 if free else way.fee, items.currency)
        return Shipping(name, label, fee, word("arrives", language, way=label, day=dated(on, language)), on)

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
            if found[name].offer.stock < count and not row.get("anyway"):
                raise Refused("out_of_stock", title=title, left=found[name].offer.stock)
        return [(found[name], count) for name, count in counts.items()]

    def _check(self, row: dict[str, Any], token: Token) -> None:
        now = self.clock.now()
        same = token.quote == row["id"] and token.merchant == self.id
        if not same or token.amount != Money(row["total"], row["currency"]):
            raise Refused("token_of_another_quote")
        if now >= token.expires_at or now >= row["expires_at"]:
            raise Refused("quote_expired")

    def _reserve(self, row: dict[str, Any]) -> dict[str, Any]:
        for product, count in self._chosen(row):
            if not self._take(product.id, count):
                raise Refused("out_of_stock", title=product.title(row["language"]), left=product.offer.stock)
        order = {
            "id": new_id("order"), "user_id": row["user_id"], "quote_id": row["id"], "merchant": self.id,
            "status": "charging", "provider_ref": "", "reason": "", "created_at": self.clock.now(),
        }  # fmt: skip
        self.store.run(sa.insert(tables.orders).values(**order))
        return order

    def _tell(self, row: dict[str, Any]) -> None:
        self.moved([line["product"] for line in row["wanted"]])

    def _take(self, product: str, count: int) -> bool:
        """Move `count` out of stock (back in when negative); False when there are not so many."""
        stock = tables.offers.c.stock
        mine = (tables.offers.c.product_id == product) & (tables.offers.c.merchant == self.id) & (stock >= count)
        return self.store.run(sa.update(tables.offers).where(mine).values(stock=stock - count)) == 1

    def _settle(self, order: dict[str, Any], status: str, reference: str = "", reason: str = "") -> Sale:
        """Note the outcome unless another call did; what was declined goes back into stock."""
        row, change = quote_row(self.store, order["quote_id"]), {"provider_ref": reference, "reason": reason}
        with self.store.write():
            pending = (tables.orders.c.id == order["id"]) & (tables.orders.c.status == "charging")
            changed = self.store.run(sa.update(tables.orders).where(pending).values(status=status, **change))
            for line in row["wanted"] if changed and status == "declined" else ():
                self._take(line["product"], -line["quantity"])
        self._tell(row)
        return self._sale(self._order(row["id"]) or order)


def _tax(product: Product, amount: Money) -> Money:
    """Tax inside a price that includes it: amount x rate / (1 + rate), half up to the minor unit."""
    rates = _file()["vat"]
    rate = rates.get(product.category, rates["standard"])
    return replace(amount, minor=(2 * amount.minor * rate + 1000 + rate) // (2 * (1000 + rate)))


def _share(tax: Money, paid: Money, items: Money) -> Money:
    """The tax of what is left to pay once a coupon has taken its part of every line, half up."""
    return replace(tax, minor=(2 * tax.minor * paid.minor + items.minor) // (2 * items.minor))


def dated(day: date, language: str) -> str:
    from babel.dates import format_date

    return str(format_date(day, "long", locale=LOCALES.get(language, "en")))


def quote_row(store: Store, quote: str) -> dict[str, Any]:
    """What was asked and answered. Raises `NotFound`."""
    row = store.first(sa.select(tables.quotes).where(tables.quotes.c.id == quote))
    if row is None:
        raise NotFound("unknown_quote")
    return dict(row._mapping)
