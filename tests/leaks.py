"""What must stand in no log and no database: card numbers, secret keys, the folder's own secrets, IBANs in a log.

The payee book holds IBANs, because it is what it is for; a log has no reason to. The sandbox plays the provider: its
own database holds the secret that it signs its notices with, made for this folder and good for nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from assistant.redaction import IBAN, ISSUED, _iban, _luhn

NUMBER = re.compile(rb"(?<![\w.-])\d(?:[ -]?\d){13,18}(?![\w-])")  # no part of a UUID
SECRET = re.compile(rb"(?:[sr]k_(?:live|test)_|whsec_)\w{6,}")
LOGS, DATABASES = (".log", ".log.1", ".out"), (".db", ".db-wal", ".sqlite")
NOTICES = re.compile(rb"whsec_\w{6,}")


def leaks(folder: Path) -> Iterator[str]:
    """One line for each file and kind of secret."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.name.endswith(LOGS + DATABASES):
            data = path.read_bytes()
            kinds = [kind for kind, found in _found(data, path).items() if found]
            yield from (f"{path.relative_to(folder)}: {kind}" for kind in kinds)


def _found(data: bytes, path: Path) -> dict[str, bool]:
    own = [file.read_bytes() for file in (*path.parent.glob("*.key"), *path.parent.glob("*token")) if file.is_file()]
    sandbox = path.name.startswith("sandbox.db")
    log = path.name.endswith(LOGS)
    return {
        "card number": any(map(_card, NUMBER.findall(data))),
        "secret key": any(not (sandbox and NOTICES.fullmatch(found)) for found in SECRET.findall(data)),
        "secret of the folder": any(secret and secret in data for secret in own),
        "IBAN": log and any(_iban(found[0]) for found in IBAN.finditer(data.decode("latin-1"))),
    }


def _card(number: bytes) -> bool:
    digits = re.sub(rb"\D", b"", number).decode()
    return bool(ISSUED.fullmatch(digits)) and _luhn(digits)
