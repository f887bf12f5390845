"""The SQL of the wealth room: a double-entry ledger, securities with their prices, and where entries came from.

The postings of an entry sum to zero in every currency. A posting belongs either to an account of the person or to a
`flow` (the other side of the world): income, expense, transfer, exchange or opening. A trade moves its value between
the cash and the security of an account, so lots need no table. Money is in minor units, prices and quantities are
integers times 10^-8.
"""

from __future__ import annotations

import sqlalchemy as sa

from assistant.store import Instant, metadata


def _owner() -> sa.Column[str]:
    return sa.Column("user_id", sa.String(64), nullable=False)


accounts = sa.Table(
    "wealth_accounts",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    _owner(),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("aliases", sa.JSON, nullable=False),
    sa.Column("note", sa.String(200), nullable=False),
    sa.UniqueConstraint("user_id", "name"),
)
securities = sa.Table(
    "wealth_securities",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    _owner(),
    sa.Column("symbol", sa.String(32), nullable=False),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.UniqueConstraint("user_id", "symbol"),
)
prices = sa.Table(
    "wealth_prices",
    metadata,
    sa.Column("security_id", sa.ForeignKey("wealth_securities.id"), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    _owner(),
    sa.Column("price", sa.BigInteger, nullable=False),
)
batches = sa.Table(
    "wealth_batches",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    _owner(),
    sa.Column("source", sa.String(200), nullable=False),
    sa.Column("note", sa.String(200), nullable=False),
    sa.Column("at", Instant, nullable=False),
)
entries = sa.Table(
    "wealth_entries",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    _owner(),
    sa.Column("batch_id", sa.ForeignKey("wealth_batches.id"), nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("payee", sa.Text, nullable=False),
    sa.Column("memo", sa.Text, nullable=False),
    sa.Column("identity", sa.String(64), nullable=False),
    sa.UniqueConstraint("user_id", "identity"),
    sa.Index("ix_wealth_entries_user_day", "user_id", "day"),
)
postings = sa.Table(
    "wealth_postings",
    metadata,
    sa.Column("entry_id", sa.ForeignKey("wealth_entries.id"), primary_key=True),
    sa.Column("line", sa.Integer, primary_key=True),
    _owner(),
    sa.Column("account_id", sa.ForeignKey("wealth_accounts.id"), nullable=True),
    sa.Column("flow", sa.String(16), nullable=False),
    sa.Column("category", sa.String(32), nullable=False),
    sa.Column("minor", sa.BigInteger, nullable=False),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("security_id", sa.ForeignKey("wealth_securities.id"), nullable=True),
    sa.Column("quantity", sa.BigInteger, nullable=False),
    sa.CheckConstraint("(account_id IS NULL) <> (flow = '')", name="one_side"),
    sa.Index("ix_wealth_postings_user_account", "user_id", "account_id"),
)
rules = sa.Table(
    "wealth_rules",
    metadata,
    sa.Column("user_id", sa.String(64), primary_key=True),
    sa.Column("words", sa.String(200), primary_key=True),
    sa.Column("category", sa.String(32), nullable=False),
)
uploads = sa.Table(
    "wealth_uploads",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    _owner(),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("data", sa.LargeBinary, nullable=False),
    sa.Column("at", Instant, nullable=False),
)
