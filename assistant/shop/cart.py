"""What a person has put aside to buy, kept in SQL: products, how many, coupons, delivery, and a budget for all of it.

Prices and stock are today's whenever the cart is read; a line remembers the price it was put in at. The merchants
price it, each its own part. What was bought leaves the cart only when its payment says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import sqlalchemy as sa

from assistant import fx
from assistant.clock import Clock
from assistant.errors import NotFound, Refused, Unavailable
from assistant.merchant import Basket, Merchant, Quote, Wanted
from assistant.money import Money, total
from assistant.shop import tables
from assistant.shop.catalogue import Catalogue, Product
from assistant.shop.merchants import MOST
from assistant.store import Store

LINES = 30  # different products in one cart
TRIES = 5  # of a change that others overtake

Standing = Literal["open", "leaving", "paid"]  # the payment of a quote: none yet, on its way, done


@dataclass(frozen=True, slots=True)
class Line:
    product: Product
    quantity: int
    added: Money  # what one cost when it was put in

    @property
    def price(self) -> Money:
        return self.product.offer.price(self.added.currency)

    @property
    def counted(self) -> int:
        """As many as are in stock."""
        return min(self.quantity, self.product.offer.stock)


@dataclass(frozen=True, slots=True)
class Cart:
    """`parts`: today's terms of each merchant for what it has in stock, in the order of their first lines."""

    currency: str
    lines: tuple[Line, ...] = ()
    coupons: tuple[str, ...] = ()
    delivery: str = ""
    budget: Money | None = None
    parts: tuple[Quote, ...] = ()
    worth: Money | None = None  # all parts in the currency of the budget, else of the cart

    @property
    def left(self) -> Money | None:
        """What the budget still allows; below zero when it does not hold."""
        return self.budget - self.worth if self.budget and self.worth else None

    def line(self, product: str) -> Line | None:
        return next((each for each in self.lines if each.product.id == product), None)


@dataclass(frozen=True, slots=True)
class Saved:
    """The row as it stands: lines are product -> (quantity, price when added)."""

    version: int
    currency: str
    lines: Mapping[str, tuple[int, Money]]
    coupons: tuple[str, ...] = ()
    delivery: str = ""
    budget: Money | None = None
    quotes: tuple[str, ...] = ()


@dataclass(eq=False)
class Carts:
    """One cart a person. `standing` is set by whoever knows payments; until then nothing counts as bought."""

    store: Store
    clock: Clock
    catalogue: Catalogue
    merchants: Mapping[str, Merchant]
    currency: str
    standing: Callable[[str, str], Standing] = lambda user, quote: "open"  # noqa: ARG005

    def of(self, user: str, language: str = "en") -> Cart:
        """The cart at today's prices, without what is on its way to be paid."""
        return self._read(self._settled(user), language)

    def add(self, user: str, product: str, count: int = 1, language: str = "en") -> None:
        """`count` more of a product. Raises like `put`."""

        def change(saved: Saved) -> Saved:
            return self._with(
                saved, product, (saved.lines[product][0] if product in saved.lines else 0) + count, language
            )

        self._change(user, change)

    def fits(self, user: str, product: str, count: int = 1) -> bool:
        """Whether so many more could be added now."""
        before = self._settled(user)
        here = before.lines[product][0] if product in before.lines else 0
        try:
            self._within(self._read(self._with(before, product, here + count, "en"), "en"), before)
        except (Refused, NotFound):
            return False
        return True

    def put(self, user: str, product: str, quantity: int, language: str = "en") -> None:
        """Exactly so many of a product; none takes it out. Repeating it changes nothing.

        Raises `NotFound`, or `Refused`: not so many in stock or in one cart, or more than the budget (`over_budget`).
        """
        self._change(user, lambda saved: self._with(saved, product, quantity, language))

    def take_out(self, user: str, products: Sequence[str]) -> None:
        self._change(user, lambda saved: _without(saved, products))

    def empty(self, user: str) -> None:
        self._change(user, lambda saved: replace(saved, lines={}, coupons=()))

    def limit(self, user: str, budget: Money | None) -> None:
        """What the whole cart may cost, delivery included; None: whatever it does. One that is exceeded says so."""
        self._change(user, lambda saved: replace(saved, budget=budget), check=False)

    def deliver(self, user: str, way: str) -> None:
        self._change(user, lambda saved: replace(saved, delivery=way))

    def redeem(self, user: str, coupon: str) -> None:
        """Use a coupon that one of the merchants of this cart knows; an empty one takes all back. Raises `Refused`."""
        code = coupon.strip().upper()

        def change(saved: Saved) -> Saved:
            cart = self._read(saved, "en")
            if code and not any(self._own(part.merchant, (code,), cart) for part in cart.parts):
                raise Refused("no_such_coupon", coupon=code[:40])
            return replace(saved, coupons=(*(c for c in saved.coupons if c != code), code) if code else ())

        self._change(user, change)

    def review(self, user: str, language: str) -> tuple[Cart, tuple[Quote, ...]]:
        """The cart and a binding quote of each merchant. Raises `Refused`: empty, gone, over budget, two currencies."""
        saved = self._settled(user)
        cart = self._read(saved, language)
        if not cart.parts:
            raise Refused("cart_empty" if not cart.lines else "cart_sold_out")
        self._within(cart)
        if len({part.total.currency for part in cart.parts}) > 1:
            raise Refused("cart_two_currencies")
        asked = ((part.merchant, self._part(cart, part.merchant, language)) for part in cart.parts)
        quotes = tuple(self._merchant(seller).quote(user, basket) for seller, basket in asked)
        self._within(replace(cart, parts=quotes, worth=self._worth(quotes, saved)))
        self._change(user, lambda now: replace(now, quotes=tuple(quote.id for quote in quotes)), check=False)
        return cart, quotes

    # -- the row -------------------------------------------------------------------------------------------------

    def _load(self, user: str) -> Saved:
        row = self.store.first(sa.select(tables.carts).where(tables.carts.c.user_id == user))
        if row is None:
            return Saved(0, self.currency, {})
        lines = {each["product"]: (each["quantity"], Money(each["minor"], each["currency"])) for each in row.lines}
        budget = None if row.budget is None else Money(row.budget, row.currency)
        return Saved(row.version, row.currency, lines, tuple(row.coupons), row.delivery, budget, tuple(row.quotes))

    def _save(self, user: str, saved: Saved) -> bool:
        """Write it as the next version; False when another change came first."""
        row: dict[str, Any] = {
            "version": saved.version + 1, "coupons": list(saved.coupons), "delivery": saved.delivery,
            "budget": saved.budget.minor if saved.budget else None, "quotes": list(saved.quotes),
            "currency": saved.budget.currency if saved.budget else saved.currency,
            "lines": [{"product": name, "quantity": count, "minor": price.minor, "currency": price.currency}
                      for name, (count, price) in saved.lines.items()],
        }  # fmt: skip
        mine = tables.carts.c.user_id == user
        with self.store.write() as db:
            version = db.execute(sa.select(tables.carts.c.version).where(mine)).scalar() or 0
            if version != saved.version:
                return False
            if version:
                db.execute(sa.update(tables.carts).where(mine).values(**row))
            else:
                db.execute(sa.insert(tables.carts).values(user_id=user, **row))
        return True

    def _change(self, user: str, change: Callable[[Saved], Saved], check: bool = True) -> None:
        """`change` on the row as it stands. With `check` nothing may grow beyond the budget (`over_budget`)."""
        for _ in range(TRIES):
            before = self._settled(user)
            saved = change(before)
            if check:
                self._within(self._read(saved, "en"), before)
            if self._save(user, saved):
                return
        raise Unavailable("cart_busy")

    def _within(self, cart: Cart, before: Saved | None = None) -> None:
        over = cart.left is not None and cart.left.minor < 0
        if over and not (before and cart.worth and (self._read(before, "en").worth or cart.worth) >= cart.worth):
            raise Refused("over_budget", total=cart.worth, budget=cart.budget, over=-cart.left)  # type: ignore[operator]

    def _settled(self, user: str) -> Saved:
        """The row without what was bought or is on its way; if that is not paid after all it stands here again."""
        saved = self._load(user)
        issued = {row.id: row for row in self._issued(saved.quotes)}
        left = [row for id, row in issued.items() if self.standing(user, id) != "open"]
        if not left:
            return saved
        bought = {line["product"]: line["quantity"] for row in left for line in row.wanted}
        roots = {row.root for row in left}
        return replace(_minus(saved, bought), quotes=tuple(quote for quote in saved.quotes if quote not in roots))

    def bought(self, quote: str) -> tuple[str, ...]:
        """The products of a quote, in the order of its lines."""
        wanted = self.store.value(sa.select(tables.quotes.c.wanted).where(tables.quotes.c.id == quote))
        return tuple(dict.fromkeys(line["product"] for line in wanted or ()))

    def quote_of(self, merchant: str, session: str) -> str:
        """The newest quote of a checkout session at this shop; empty: none is known here."""
        its = (tables.quotes.c.merchant == merchant) & (tables.quotes.c.session == session)
        newest = sa.select(tables.quotes.c.id).where(its).order_by(tables.quotes.c.created_at.desc())
        return str(self.store.value(newest) or "")

    def _issued(self, quotes: Sequence[str]) -> Sequence[Any]:
        """These quotes and those that were issued anew in their place."""
        return self.store.rows(sa.select(tables.quotes).where(tables.quotes.c.root.in_(quotes))) if quotes else ()

    # -- what stands in it ---------------------------------------------------------------------------------------

    def _with(self, saved: Saved, product: str, quantity: int, language: str) -> Saved:
        if quantity <= 0:
            return _without(saved, [product])
        found = self.catalogue.by_id(product)
        if found is None:
            raise NotFound("unknown_product", product=product[:64])
        title = found.title(language)
        self._merchant(found.offer.merchant)
        if quantity > MOST or (product not in saved.lines and len(saved.lines) >= LINES):
            raise Refused("bad_quantity", title=title, most=MOST)
        if quantity > found.offer.stock:
            raise Refused("out_of_stock", title=title, left=found.offer.stock)
        _, added = saved.lines.get(product, (0, found.offer.price(saved.currency)))
        return replace(saved, lines={**saved.lines, product: (quantity, added)})

    def _read(self, saved: Saved, language: str) -> Cart:
        """Lines of products that are no longer sold at all are left out."""
        found = {product.id: product for product in self.catalogue.by_ids(list(saved.lines))}
        lines = tuple(Line(found[name], *rest) for name, rest in saved.lines.items() if name in found)
        cart = Cart(saved.currency, lines, saved.coupons, saved.delivery, saved.budget)
        sellers = dict.fromkeys(line.product.offer.merchant for line in lines if line.counted)
        parts = tuple(self._merchant(seller).estimate(self._part(cart, seller, language)) for seller in sellers)
        return replace(cart, parts=parts, worth=self._worth(parts, saved))

    def _worth(self, parts: Sequence[Quote], saved: Saved) -> Money:
        currency, today = saved.budget.currency if saved.budget else saved.currency, self.clock.now().date()
        return total((_in(part.total, currency, today) for part in parts), currency)

    def _merchant(self, id: str) -> Merchant:
        if id not in self.merchants:
            raise Refused("unknown_merchant", merchant=id)
        return self.merchants[id]

    def _part(self, cart: Cart, merchant: str, language: str) -> Basket:
        """What this merchant sells of a cart."""
        coupons = self._own(merchant, cart.coupons, cart)
        return Basket(_wanted(cart, merchant), cart.delivery, coupons, cart.currency, language)

    def _own(self, merchant: str, coupons: Sequence[str], cart: Cart) -> tuple[str, ...]:
        lines = _wanted(cart, merchant)
        return tuple(code for code in coupons if self._merchant(merchant).takes(code, lines))


def _in(money: Money, currency: str, today: date) -> Money:
    return money if money.currency == currency else fx.convert(money, currency, today)[0]


def _wanted(cart: Cart, merchant: str) -> tuple[Wanted, ...]:
    return tuple(
        Wanted(line.product.id, line.counted)
        for line in cart.lines
        if line.product.offer.merchant == merchant and line.counted
    )


def _without(saved: Saved, products: Sequence[str]) -> Saved:
    return replace(saved, lines={name: line for name, line in saved.lines.items() if name not in products})


def _minus(saved: Saved, bought: Mapping[str, int]) -> Saved:
    lines = {name: (count - bought.get(name, 0), price) for name, (count, price) in saved.lines.items()}
    return replace(saved, lines={name: line for name, line in lines.items() if line[0] > 0})
