"""Rows once read, kept in memory until something is written: a page of many figures reads each row once.

One process owns a folder (`folder.py`), so its own writes are the only ones; that a person was erased by another door
is seen by the ledger's `span`. What is kept is handed out as it is and must not be changed by who gets it.
"""

import functools
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assistant.store import Store

P = ParamSpec("P")
T = TypeVar("T")
MOST = 2_000  # answers of readers kept at a time


class Keeping:
    def __init__(self, store: Store) -> None:
        self.store = store
        self.memory: dict[Hashable, Any] = {}
        self.writes = 0

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        try:
            with self.store.write() as db:
                yield db
        finally:
            self.forget()

    def run(self, statement: sa.Executable) -> None:
        with self.writing() as db:
            db.execute(statement)

    def forget(self) -> None:
        self.writes += 1
        self.memory.clear()


S = TypeVar("S", bound=Keeping)


def kept(read: Callable[Concatenate[S, P], T]) -> Callable[Concatenate[S, P], T]:
    """A reader whose answers are kept by its arguments; one that a write overtook is not."""

    @functools.wraps(read)
    def reader(self: S, /, *args: P.args, **named: P.kwargs) -> T:
        key = (read.__name__, *(tuple(each) if isinstance(each, list) else each for each in args), *named.items())
        if key in self.memory:
            found: T = self.memory[key]
            return found
        begun = self.writes
        found = read(self, *args, **named)
        if begun == self.writes:
            if len(self.memory) >= MOST:
                self.memory.clear()
            self.memory[key] = found
        return found

    return reader
