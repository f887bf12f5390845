"""The SQL of this room, on top of `store.py`: what is sold, at what price, and what was ordered.

Catalogue rows belong to `HOUSE`; a quote and an order belong to the person who asked. Stock is counted per offer and
can never fall below zero; money is minor units and a currency in every row.
"""

from __future__ import annotations

import sqlalchemy as sa

from assistant.store import Instant, metadata

products = sa.Table(
    "products",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("user_id", sa.String(64), nullable=False, index=True),
    sa.Column("gtin", sa.String(14), unique=True),  # NULL: it has none, or nobody said
    sa.Column("category", sa.String(64), nullable=False),
    sa.Column("family", sa.String(64), nullable=False),  # shared by the variants of one product
    sa.Column("brand", sa.String(120), nullable=False),
    sa.Column("model", sa.String(64), nullable=False, index=True),
    sa.Column("titles", sa.JSON, nullable=False),  # language -> text
    sa.Column("descriptions", sa.JSON, nullable=False),
    sa.Column("image", sa.String(200), nullable=False),
)
attributes = sa.Table(
    "product_attributes",
    metadata,
    sa.Column("product_id", sa.ForeignKey("products.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("user_id", sa.String(64), nullable=False),
    sa.Column("text", sa.String(120)),
    sa.Column("number", sa.Float),  # in the canonical unit of its name: constraints.UNITS
    sa.Column("unit", sa.String(8), nullable=False),
    sa.CheckConstraint("(text IS NULL) <> (number IS NULL)", name="typed"),
)
offers = sa.Table(
    "offers",
    metadata,
    sa.Column("product_id", sa.ForeignKey("products.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("merchant", sa.String(40), primary_key=True),
    sa.Column("user_id", sa.String(64), nullable=False),
    sa.Column("stock", sa.Integer, nullable=False),
    sa.Column("delivery_days", sa.Integer, nullable=False),
    sa.Column("read_at", Instant, nullable=False),
    sa.CheckConstraint("stock >= 0", name="stock"),
    sa.CheckConstraint("delivery_days >= 0", name="delivery_days"),
)
prices = sa.Table(
    "prices",
    metadata,
    sa.Column("product_id", sa.String(64), primary_key=True),
    sa.Column("merchant", sa.String(40), primary_key=True),
    sa.Column("currency", sa.String(3), primary_key=True),
    sa.Column("user_id", sa.String(64), nullable=False),
    sa.Column("minor", sa.Integer, nullable=False),
    sa.ForeignKeyConstraint(
        ["product_id", "merchant"], ["offers.product_id", "offers.merchant"], ondelete="CASCADE"
    ),
    sa.CheckConstraint("minor > 0", name="minor"),
)  # fmt: skip
price_history = sa.Table(
    "price_history",
    metadata,
    sa.Column("product_id", sa.ForeignKey("products.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("merchant", sa.String(40), primary_key=True),
    sa.Column("currency", sa.String(3), primary_key=True),
    sa.Column("at", Instant, primary_key=True),
    sa.Column("user_id", sa.String(64), nullable=False),
    sa.Column("minor", sa.Integer, nullable=False),
)
quotes = sa.Table(
    "quotes",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("user_id", sa.String(64), nullable=False, index=True),
    sa.Column("root", sa.String(64), nullable=False, index=True, server_default=""),  # the quote it was issued anew of
    sa.Column("merchant", sa.String(40), nullable=False),
    sa.Column("wanted", sa.JSON, nullable=False),  # [{product, quantity}]
    sa.Column("delivery", sa.String(40), nullable=False),
    sa.Column("coupons", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
)
orders = sa.Table(
    "orders",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("user_id", sa.String(64), nullable=False, index=True),
    sa.Column("quote_id", sa.ForeignKey("quotes.id"), nullable=False, unique=True),
    sa.Column("merchant", sa.String(40), nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("provider_ref", sa.String(120), nullable=False),
    sa.Column("reason", sa.String(200), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.CheckConstraint("status IN ('charging', 'paid', 'declined', 'canceled')", name="status"),
    sa.CheckConstraint("status <> 'paid' OR provider_ref <> ''", name="paid_has_proof"),
)
carts = sa.Table(
    "carts",
    metadata,
    sa.Column("user_id", sa.String(64), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),  # one more at each change: a stale writer starts again
    sa.Column("lines", sa.JSON, nullable=False),  # [{product, quantity, minor, currency}]: the price it was put in at
    sa.Column("coupons", sa.JSON, nullable=False),
    sa.Column("delivery", sa.String(40), nullable=False),
    sa.Column("budget", sa.BigInteger),  # minor units of `currency`
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("quotes", sa.JSON, nullable=False),  # ids of the quotes of its last review
)
watches = sa.Table(
    "price_watches",
    metadata,
    sa.Column("user_id", sa.String(64), primary_key=True),
    sa.Column("product_id", sa.String(64), primary_key=True),
    sa.Column("minor", sa.Integer, nullable=False),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("met_at", Instant),  # null: still waited for
)
