"""Write the next migration: `python -m assistant.migrations "what changes"` compares the tables with the newest one.

Triggers are not compared: add or replace them by hand in the new file (`op.execute`), as the first migration does. The
test `tests/test_migrations.py` fails until tables and triggers of a migrated folder equal those of the code.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from assistant.store import Store, room_tables


def main(message: str) -> None:
    from alembic import command

    from assistant.store import migration_config

    room_tables()
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "migration.db")
        store.upgrade()
        with store.engine.connect() as db:
            config = migration_config(db)
            number = len(list(Path(__file__).with_name("versions").glob("0*.py"))) + 1
            command.revision(config, message, autogenerate=True, rev_id=f"{number:04}")


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]))
