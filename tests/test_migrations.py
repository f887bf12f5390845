"""A migrated folder has what the code names, and every trigger that a migration ever made."""

import re
from pathlib import Path

import sqlalchemy as sa

from assistant import migrations
from assistant.store import Store, room_tables

TRIGGER = re.compile(r"CREATE TRIGGER (?:IF NOT EXISTS )?(\w+)")
Columns = dict[str, dict[str, tuple[str, bool, int]]]


def columns(store: Store) -> Columns:
    """table -> column -> (type, whether it may be NULL, its place in the primary key)."""
    with store.read() as db:
        look = sa.inspect(db)
        return {
            name: {c["name"]: (str(c["type"]), c["nullable"], c["primary_key"]) for c in look.get_columns(name)}
            for name in look.get_table_names() if name != "alembic_version"
        }  # fmt: skip


def owned(store: Store) -> dict[str, set[tuple[str, ...]]]:
    """table -> the tables and columns its rows belong to: in this order a person is erased."""
    with store.read() as db:
        look = sa.inspect(db)
        found = {name: look.get_foreign_keys(name) for name in look.get_table_names()}
    return {
        name: {(k["referred_table"], *k["constrained_columns"]) for k in keys} for name, keys in found.items() if keys
    }


def schema(store: Store) -> dict[str, str]:
    return {row.name: row.sql for row in store.rows(sa.text("SELECT name, sql FROM sqlite_master"))}


def test_the_migrations_lead_to_the_columns_of_the_code(tmp_path: Path) -> None:
    migrated, made = Store(tmp_path / "migrated.db"), Store(tmp_path / "made.db")
    migrated.upgrade()
    room_tables().create_all(made.engine)
    assert columns(migrated) == columns(made)
    assert {name: of for name, of in owned(migrated).items() if of} == {
        name: of for name, of in owned(made).items() if of
    }


def test_no_later_migration_drops_a_trigger(tmp_path: Path) -> None:
    store = Store(tmp_path / "lueur.db")
    store.upgrade()
    files = (Path(migrations.__file__).parent / "versions").glob("*.sql")
    told = {name for file in files for name in TRIGGER.findall(file.read_text(encoding="utf-8"))}
    assert len(told) >= 20
    assert told <= schema(store).keys()


def test_an_upgraded_folder_stays_as_it_is(tmp_path: Path) -> None:
    store = Store(tmp_path / "lueur.db")
    store.upgrade()
    before = schema(store)
    store.upgrade()
    assert schema(store) == before
