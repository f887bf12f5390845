"""Who owns `LUEUR_HOME`: one process at a time holds its lock, and a server leaves its port and a token beside it.

Knows files and locks; it does not know what is in the database. A command that finds a server talks to it over
loopback with the token; when none runs it takes the lock itself, for as long as the command lasts.
"""

import fcntl
import logging
import logging.handlers
import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from assistant.errors import NO_ROOM, BadInput, OutOfRoom, Unavailable

LOCK, TOKEN, SESSION, LOG = "lueur.lock", "token", "session", "lueur.log"
STARTING = "starting"  # a server that holds the lock and has no port yet
PATIENCE = 20.0  # seconds another command, or a server on its way up, is waited for


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A server that holds this folder, and what it takes to talk to it."""

    port: int
    token: str


class Held:
    """The lock, until `release`. The kernel lets go of it when the process ends, however it ends."""

    def __init__(self, home: Path, file: IO[str]) -> None:
        self.home = home
        self.file = file

    def announce(self, port: int) -> str:
        """Tell commands where to find this server; the token they must show."""
        token = secrets.token_urlsafe(32)
        write_private(self.home / TOKEN, token)
        _note(self.file, str(port))
        return token

    def release(self) -> None:
        _note(self.file, "")
        (self.home / TOKEN).unlink(missing_ok=True)
        self.file.close()


def prepare(home: Path) -> Path:
    """The folder, made if it is missing, for its owner's eyes only. Raises `BadInput` when it cannot be."""
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        (home / LOCK).touch(mode=0o600)
    except OSError as error:
        if error.errno in NO_ROOM:
            raise OutOfRoom("disk_full") from error
        raise BadInput("home_unusable", home=str(home)) from error
    return home


def hold(home: Path) -> Held:
    """Take the folder for a server. Raises `Unavailable` naming the port of the server that has it."""
    taken = hold_or_find(home, STARTING)
    if isinstance(taken, Neighbour):
        raise Unavailable("already_running", port=taken.port)
    return taken


def hold_or_find(home: Path, note: str = "") -> Held | Neighbour:
    """The lock, or the server that has it. Another command is waited for, up to `PATIENCE` seconds."""
    prepare(home)
    until = time.monotonic() + PATIENCE
    while True:
        if held := _try(home, note):
            return held
        if neighbour := server_of(home):
            return neighbour
        if time.monotonic() > until:
            raise Unavailable("folder_busy")
        time.sleep(0.05)


def _try(home: Path, note: str) -> Held | None:
    file = (home / LOCK).open("r+", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    _note(file, note)
    return Held(home, file)


def server_of(home: Path) -> Neighbour | None:
    """The server that announced itself in this folder, if one did. It may have died since; only the lock tells."""
    port = (home / LOCK).read_text(encoding="ascii").strip()
    token = home / TOKEN
    return Neighbour(int(port), token.read_text(encoding="ascii")) if port.isdigit() and token.exists() else None


def _note(file: IO[str], text: str) -> None:
    file.seek(0)
    file.truncate()
    file.write(text)
    file.flush()


def write_private(path: Path, text: str) -> None:
    """Write a file only its owner can read (0600), in one step."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        if error.errno in NO_ROOM:
            raise OutOfRoom("disk_full") from error
        raise BadInput("home_unusable", home=str(path.parent)) from error


def keep_log(home: Path) -> logging.Logger:
    """The log `lueur`, written to the folder's log file (two of 1 MB, for the owner's eyes)."""
    logging.raiseExceptions = False  # a log that cannot be written must not speak over the answer
    log = logging.getLogger("lueur")
    for other in list(log.handlers):
        log.removeHandler(other)
        other.close()
    (home / LOG).touch(mode=0o600)
    handler = logging.handlers.RotatingFileHandler(home / LOG, maxBytes=2**20, backupCount=1, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    log.addHandler(handler)
    log.propagate = False
    return log


def secret(path: Path) -> str:
    """A random secret kept in the folder, made on first use."""
    if not path.exists():
        write_private(path, secrets.token_urlsafe(32))
    return path.read_text(encoding="utf-8")
