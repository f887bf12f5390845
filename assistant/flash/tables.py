"""The SQL of the flash cards: what was asked, as plain data, and the rows last shown, which is what a file exports."""

from __future__ import annotations

import sqlalchemy as sa

from assistant.store import Instant, metadata

cards = sa.Table(
    "flash_cards",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("user_id", sa.String(64), nullable=False, index=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("title", sa.String(80), nullable=False),
    sa.Column("given", sa.JSON, nullable=False),
    sa.Column("rows", sa.JSON, nullable=False),
    sa.Column("kept", sa.Boolean, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
)
