"""The SQL of this room, on top of `store.py`: what is sold, at what price, and what was ordered.

Catalogue rows belong to `HOUSE`; a quote and an order belong to the person who asked. Stock is counted per offer and
can never fall below zero (the schema says so, in `migrations/`); money is minor units and a currency in every row.
"""

import sqlalchemy as sa

from assistant.store import CURRENCY, ID, OWNER, Instant, a, key, perhaps, table, text

MERCHANT = text(40)
products = table(
    "products",
    id=ID, user_id=OWNER,
    gtin=perhaps(sa.String(14)),  # NULL: it has none, or nobody said
    category=text(64),
    family=text(64),  # shared by the variants of one product
    brand=text(120), model=text(64),
    titles=a(sa.JSON),  # language -> text
    descriptions=a(sa.JSON), image=text(200),
)  # fmt: skip
attributes = table(
    "product_attributes",
    product_id=key(sa.ForeignKey("products.id")), name=key(sa.String(40)), user_id=OWNER, text=perhaps(sa.String(120)),
    number=perhaps(sa.Float),  # in the canonical unit of its name: constraints.UNITS
    unit=text(8),
)  # fmt: skip
offers = table(
    "offers",
    product_id=key(sa.ForeignKey("products.id")), merchant=key(sa.String(40)), user_id=OWNER, stock=a(sa.Integer),
    delivery_days=a(sa.Integer), read_at=a(Instant),
)  # fmt: skip
prices = table(
    "prices",
    sa.ForeignKeyConstraint(["product_id", "merchant"], ["offers.product_id", "offers.merchant"]),
    product_id=ID, merchant=key(sa.String(40)), currency=key(sa.String(3)), user_id=OWNER, minor=a(sa.Integer),
)  # fmt: skip
price_history = table(
    "price_history",
    product_id=key(sa.ForeignKey("products.id")), merchant=key(sa.String(40)), currency=key(sa.String(3)),
    at=key(Instant), user_id=OWNER, minor=a(sa.Integer),
)  # fmt: skip
quotes = table(
    "quotes",
    id=ID, user_id=OWNER,
    root=text(64),  # the quote it was issued anew of
    merchant=MERCHANT,
    session=text(255),  # at a shop elsewhere: its checkout
    wanted=a(sa.JSON),  # [{product, quantity}]
    delivery=text(40), coupons=a(sa.JSON), language=text(8), currency=CURRENCY,
    total=a(sa.Integer), created_at=a(Instant), expires_at=a(Instant),
)  # fmt: skip
orders = table(
    "orders",
    id=ID, user_id=OWNER, quote_id=a(sa.ForeignKey("quotes.id")), merchant=MERCHANT, status=text(16),
    provider_ref=text(120), reason=text(200), created_at=a(Instant),
)  # fmt: skip
carts = table(
    "carts",
    user_id=ID,
    version=a(sa.Integer),  # one more at each change: a stale writer starts again
    lines=a(sa.JSON),  # [{product, quantity, minor, currency}]: the price it was put in at
    coupons=a(sa.JSON), delivery=text(40),
    budget=perhaps(sa.BigInteger),  # minor units of `currency`
    currency=CURRENCY,
    quotes=a(sa.JSON),  # ids of the quotes of its last review
)  # fmt: skip
watches = table(
    "price_watches",
    user_id=ID, product_id=ID, minor=a(sa.Integer), currency=CURRENCY, created_at=a(Instant),
)  # fmt: skip
