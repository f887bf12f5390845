"""A folder that was migrated is a folder that the code would make: tables, checks, indexes and triggers."""

import re
import sqlite3
from pathlib import Path

from assistant.store import Store, room_tables


def schema(path: Path) -> dict[str, str]:
    """name -> SQL, white space and quotes folded, the constraints of a table in any order."""
    rows = sqlite3.connect(path).execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {name: folded(sql) for name, sql in rows if name != "alembic_version"}


def folded(sql: str) -> str:
    """A table's columns and constraints may stand in any order; a trigger's words may not."""
    words = re.findall(r"[^\s,()\"]+", sql)
    return " ".join(words if "TRIGGER" in words else sorted(words))


def test_the_migrations_lead_to_the_tables_of_the_code(tmp_path: Path) -> None:
    migrated, made = Store(tmp_path / "migrated.db"), Store(tmp_path / "made.db")
    migrated.upgrade()
    room_tables().create_all(made.engine)
    assert schema(migrated.path) == schema(made.path)


def test_an_upgraded_folder_stays_as_it_is(tmp_path: Path) -> None:
    store = Store(tmp_path / "lueur.db")
    store.upgrade()
    before = schema(store.path)
    store.upgrade()
    assert schema(store.path) == before
