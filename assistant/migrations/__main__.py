"""Write the next migration: `python -m assistant.migrations "what changes"` compares the tables with the newest one.

Checks, unique columns, indexes and triggers stand in the migrations alone: add them by hand (`op.execute`). The test
`tests/test_migrations.py` fails until a migrated folder has the columns that the code names.
"""

import sys
import tempfile
from pathlib import Path

from assistant.store import Store, room_tables


def main(message: str) -> None:
    from alembic import command
    from alembic.script import ScriptDirectory

    from assistant.store import migration_config

    room_tables()
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "migration.db")
        store.upgrade()
        with store.engine.connect() as db:
            config = migration_config(db)
            newest = ScriptDirectory.from_config(config).get_current_head()
            command.revision(config, message, autogenerate=True, rev_id=f"{int(newest or 0) + 1:04}")


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]))
