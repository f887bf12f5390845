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


def test_events_of_the_first_release_are_chained(tmp_path: Path) -> None:
    from alembic import command

    from assistant.payments.audit import broken
    from assistant.store import migration_config

    store = Store(tmp_path / "old.db")
    with store.engine.connect() as db:
        db.exec_driver_sql("BEGIN IMMEDIATE")
        command.upgrade(migration_config(db), "0001")
        for at in ("09", "10"):
            db.exec_driver_sql(
                "INSERT INTO payment_events (user_id, payment_id, event, detail, at) "
                f"VALUES ('ada', 'pay_1', 'note', '', '2026-11-22T{at}:00:00.000000+00:00')"
            )
        db.commit()
    store.upgrade()
    with store.read() as db:
        assert broken(db) == (2, "")


def test_a_catalogue_of_the_first_release_is_kept(tmp_path: Path) -> None:
    from alembic import command

    from assistant.store import migration_config

    store = Store(tmp_path / "old.db")
    with store.engine.connect() as db:
        db.exec_driver_sql("BEGIN IMMEDIATE")
        command.upgrade(migration_config(db), "0002")
        db.exec_driver_sql(
            "INSERT INTO products VALUES ('p', 'house', '09520000000011', '', '', '', '', '{}', '{}', '')"
        )
        db.exec_driver_sql("INSERT INTO offers VALUES ('p', 'maison', 'house', 3, 1, '2026-11-22')")
        db.commit()
    store.upgrade()
    with store.read() as db:
        kept = db.exec_driver_sql("SELECT p.gtin, o.stock FROM products p JOIN offers o ON o.product_id = p.id").all()
    assert kept == [("09520000000011", 3)]
