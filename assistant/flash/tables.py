"""The SQL of the flash cards: what was asked, as plain data, and the rows last shown, which is what a file exports."""

import sqlalchemy as sa

from assistant.store import ID, OWNER, Instant, a, table, text

cards = table(
    "flash_cards",
    id=ID, user_id=OWNER, kind=text(16), title=text(80), given=a(sa.JSON), rows=a(sa.JSON), kept=a(sa.Boolean),
    changed_at=a(Instant),
)  # fmt: skip
