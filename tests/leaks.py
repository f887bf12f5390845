"""What must stand in no log and no database: card numbers, secret keys, the folder's own secrets, IBANs in a log.

The payee book holds IBANs, because it is what it is for; a log has no reason to. The sandbox plays the provider: its
own database holds the secret that it signs its notices with, made for this folder and good for nothing else.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from stdnum import luhn

from assistant.redaction import IBAN, ISSUED, _iban

NUMBER = re.compile(rb"(?<![\w.-])\d(?:[ -]?\d){13,18}(?![\w-])")  # no part of a UUID
SECRET = re.compile(rb"(?:[sr]k_(?:live|test)_|whsec_)\w{6,}")
LOGS, DATABASES = (".log", ".log.1", ".out"), (".db", ".db-wal", ".sqlite")
NOTICES = re.compile(rb"whsec_\w{6,}")
PIECE, EDGE = 4096, 64  # bytes: a page of a database, and more than any secret is long


def leaks(folder: Path) -> Iterator[str]:
    """One line for each file and kind of secret."""
    seen = set[bytes]()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.name.endswith(LOGS + DATABASES):
            data = path.read_bytes()
            suspect = any(any(_printed(piece, path).values()) for piece in _new(data, path, seen))
            kinds = (_printed(data, path) if suspect else {}) | {"secret of the folder": _own(data, path)}
            yield from (f"{path.relative_to(folder)}: {kind}" for kind, found in kinds.items() if found)


def _new(data: bytes, path: Path, seen: set[bytes]) -> Iterator[bytes]:
    """Pages with their edges that no file before held: most databases of a run began as copies of one."""
    kind = b"log" if path.name.endswith(LOGS) else b"sandbox" if path.name.startswith("sandbox.db") else b"own"
    for start in range(0, len(data), PIECE):
        piece = data[max(0, start - EDGE) : start + PIECE + EDGE]
        known = hashlib.blake2b(piece, digest_size=16, person=kind).digest()
        if known not in seen:
            seen.add(known)
            yield piece


def _own(data: bytes, path: Path) -> bool:
    own = [file.read_bytes() for file in (*path.parent.glob("*.key"), *path.parent.glob("*token")) if file.is_file()]
    return any(secret and secret in data for secret in own)


def _printed(data: bytes, path: Path) -> dict[str, bool]:
    sandbox = path.name.startswith("sandbox.db")
    log = path.name.endswith(LOGS)
    return {
        "card number": any(map(_card, NUMBER.findall(data))),
        "secret key": any(not (sandbox and NOTICES.fullmatch(found)) for found in SECRET.findall(data)),
        "IBAN": log and any(_iban(found[0]) for found in IBAN.finditer(data.decode("latin-1"))),
    }


def _card(number: bytes) -> bool:
    digits = re.sub(rb"\D", b"", number).decode()
    return bool(ISSUED.fullmatch(digits)) and luhn.is_valid(digits)
