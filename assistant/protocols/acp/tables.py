"""What the sample merchant keeps beside its engine's tables, in its own folder."""

import sqlalchemy as sa

from assistant.store import Instant

own = sa.MetaData()
sessions = sa.Table(
    "acp_sessions",
    own,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("quote_id", sa.String(64), nullable=False, index=True),  # the engine's quote as it stands; "" without
    sa.Column("request", sa.JSON, nullable=False),  # wanted, codes, way, currency, language, buyer, details
    sa.Column("state", sa.String(16), nullable=False),  # open, asked (the bank asks), canceled
    sa.Column("approved", sa.Boolean, nullable=False),  # by the person, on the shop's own page
    sa.Column("reason", sa.String(64), nullable=False),  # why the last try to pay was declined
    sa.Column("sold", sa.JSON),  # the session as it was when payment began: prices may change afterwards
    sa.Column("told", sa.Boolean, nullable=False),  # the agent has heard of the order
    sa.Column("created_at", Instant, nullable=False),
)
answers = sa.Table(
    "acp_answers",
    own,
    sa.Column("key", sa.String(64), primary_key=True),  # SHA-256 of path and idempotency key
    sa.Column("request", sa.String(64), nullable=False),  # SHA-256 of the canonical body
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
)
