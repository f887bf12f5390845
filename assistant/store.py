"""The folder's one database: SQLAlchemy Core on SQLite (WAL, synchronous FULL), brought up to date by Alembic.

Knows the tables of the conversation (users, sessions, turns, actions); each room adds its own in its `tables.py` on
the same `metadata`: the columns that code names. What a row may hold (checks, unique columns, indexes, triggers) stands
in `migrations/` alone. Every row carries `user_id`. Nothing here that PostgreSQL cannot do.

>>> with store.write() as db: db.execute(users.insert().values(...))     # BEGIN IMMEDIATE ... COMMIT
"""

from __future__ import annotations

import importlib
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect

from assistant.errors import NO_ROOM, OutOfRoom, Unavailable

if TYPE_CHECKING:
    from alembic.config import Config

HOUSE = "house"  # owner of rows that belong to nobody in particular: the demo catalogue
BUSY_SECONDS = 10

metadata = sa.MetaData()


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware UTC instant, kept as ISO 8601 text with microseconds so that it sorts."""

    impl = sa.String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else datetime.fromisoformat(value)


Made = Callable[[str], sa.Column[Any]]  # a column still without its name


def a(kind: Any, *more: Any, **options: Any) -> Made:
    """A column of this type that is never NULL; `more` may be a foreign key."""
    return lambda name: sa.Column(name, kind, *more, **{"nullable": False} | options)


def text(length: int, **options: Any) -> Made:
    return a(sa.String(length), **options)


def key(kind: Any) -> Made:
    """A part of the primary key."""
    return a(kind, primary_key=True)


def perhaps(kind: Any, **options: Any) -> Made:
    return a(kind, nullable=True, **options)


def table(name: str, /, *rules: sa.schema.SchemaItem, **columns: Made) -> sa.Table:
    return sa.Table(name, metadata, *(made(column) for column, made in columns.items()), *rules)


ID, OWNER, CURRENCY = key(sa.String(64)), text(64), text(3)
users = table("users", user_id=ID, created_at=a(Instant), seen_at=a(Instant), preferences=a(sa.JSON))
sessions = table("sessions", id=ID, user_id=OWNER, created_at=a(Instant), language=text(8), state=a(sa.JSON))
turns = table("turns", id=ID, user_id=OWNER, session_id=text(64), at=a(Instant), request=a(sa.JSON), reply=a(sa.JSON))
actions = table(
    "actions",
    id=ID, user_id=OWNER, session_id=text(64), turn_id=text(64), verb=text(64), target=a(sa.JSON),
    created_at=a(Instant),
)  # fmt: skip
erasures = table("erasures", user_id=ID)  # a row stands only inside the transaction that erases a person


_thread = threading.local()  # .writing: whether this thread holds the write lock of a folder


def apart() -> None:
    """Raises `RuntimeError` inside `Store.write`: nobody waits for a network while a transaction is open."""
    if getattr(_thread, "writing", False):
        raise RuntimeError("a call to the network inside a transaction")


class Store:
    """One SQLite file. `read` sees a consistent snapshot; `write` holds the one write lock until it commits.

    What a thread reads or writes while it is inside `write` is part of that transaction: steps that belong together
    are committed once, by whoever began. An inner `write` that raises takes back what was done in it, and only that.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.engine = sa.create_engine(
            f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}
        )
        sa.event.listen(self.engine, "connect", _configure)
        self._here = threading.local()  # .db: the connection on which this thread is writing

    def upgrade(self) -> None:
        """Bring the schema to the newest migration; all of it or none of it."""
        from alembic import command

        with plain_errors(), self.engine.connect() as db:
            db.exec_driver_sql("BEGIN IMMEDIATE")
            command.upgrade(migration_config(db), "head")
            db.commit()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        if (writing := getattr(self._here, "db", None)) is not None:
            yield writing
            return
        with plain_errors(), self.engine.connect() as db:
            db.exec_driver_sql("BEGIN")
            yield db
            db.rollback()

    def rows(self, query: sa.Executable) -> Sequence[Any]:
        """All rows of one query; a read of its own, as `first` and `value` are."""
        with self.read() as db:
            return db.execute(query).all()

    def first(self, query: sa.Executable) -> Any:
        """The first row, or None."""
        with self.read() as db:
            return db.execute(query).first()

    def value(self, query: sa.Executable) -> Any:
        """The first column of the first row, or None."""
        with self.read() as db:
            return db.execute(query).scalar()

    def run(self, statement: sa.Executable) -> int:
        """One change in a transaction of its own; how many rows it met."""
        with self.write() as db:
            return db.execute(statement).rowcount

    @contextmanager
    def write(self) -> Iterator[Connection]:
        if (writing := getattr(self._here, "db", None)) is not None:
            with writing.begin_nested():
                yield writing
            return
        with plain_errors(), self.engine.connect() as db:
            db.exec_driver_sql("BEGIN IMMEDIATE")
            self._here.db, _thread.writing = db, True
            try:
                yield db
            except BaseException:
                db.rollback()
                raise
            finally:
                self._here.db, _thread.writing = None, False
            db.commit()

    def close(self) -> None:
        self.engine.dispose()


def migration_config(db: Connection) -> Config:
    """Alembic's configuration for an open connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["connection"] = db
    return config


def room_tables() -> sa.MetaData:
    """`metadata` with the tables of every room on it."""
    for room in ("payments", "shop", "wealth", "flash"):
        importlib.import_module(f"assistant.{room}.tables")
    return metadata


def _configure(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = None  # this module says BEGIN itself
    kept = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")
    for pragma in (*kept, f"busy_timeout={BUSY_SECONDS * 1000}"):
        connection.execute(f"PRAGMA {pragma}")


@contextmanager
def plain_errors() -> Iterator[None]:
    """A full disk or a folder held by another program becomes our own error; nothing of the transaction remains."""
    try:
        yield
    except sa.exc.OperationalError as error:
        text = str(error.orig)
        if "full" in text or "disk I/O" in text:
            raise OutOfRoom("disk_full") from error
        if "locked" in text or "busy" in text:
            raise Unavailable("folder_busy") from error
        raise
    except (OSError, ValueError) as error:
        if getattr(error, "errno", None) in NO_ROOM or "No space left" in str(error):  # tantivy raises ValueError
            raise OutOfRoom("disk_full") from error
        raise
