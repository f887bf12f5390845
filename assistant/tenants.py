"""Whose rows are whose: everything of one person, as an export or erased; on a shared page, a tenant per visitor.

A visitor is known by a signed cookie and nothing else; the signing secret stays in the folder. The cookie names the
tenant, so a session id chosen by a browser opens nothing.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from assistant.conversation import OWNER
from assistant.errors import Refused
from assistant.folder import secret
from assistant.reply import new_id, to_json
from assistant.store import HOUSE, Store, erasures, metadata, users

if TYPE_CHECKING:
    from assistant.core import Assistant

MOST = 1000  # tenants at a time, each with a household of about 1.5 MB
COOKIE = "lueur"  # over https "__Host-lueur": no neighbouring host can set that one


class Tenants:
    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        self.key = secret(assistant.settings.home / "cookie.key").encode()

    def admit(self) -> tuple[str, str]:
        """A new visitor: the tenant's user id and the cookie value that proves it."""
        user = new_id("usr")
        return user, f"{user}.{self._signature(user)}"

    def cookie(self, headers: Mapping[str, str]) -> str:
        """The Set-Cookie of a new visitor. A Space stands in another site's frame: there it is partitioned."""
        where = "SameSite=None; Secure; Partitioned" if _secure(headers) else "SameSite=Lax"
        return f"{_named(headers)}={self.admit()[1]}; Path=/; HttpOnly; {where}"

    def known(self, headers: Mapping[str, str]) -> str | None:
        """The tenant that the cookie of a call proves, or None."""
        try:
            found = SimpleCookie(headers.get("cookie", "")).get(_named(headers))
        except CookieError:
            return None
        user, _, signature = (found.value if found else "").partition(".")
        return user if user and hmac.compare_digest(signature.encode(), self._signature(user).encode()) else None

    def full(self) -> bool:
        """Whether as many tenants are here as the folder may hold at a time."""
        return bool(self.assistant.store.value(sa.select(sa.func.count()).select_from(users)) > MOST)

    def _signature(self, user: str) -> str:
        return hmac.new(self.key, user.encode(), hashlib.sha256).hexdigest()

    def sweep(self) -> list[str]:
        """Erase tenants who have not been here for `tenant_hours`; their user ids."""
        since = self.assistant.clock.now() - timedelta(hours=self.assistant.settings.tenant_hours)
        idle = sa.select(users.c.user_id).where(users.c.seen_at < since, users.c.user_id.not_in([OWNER, HOUSE]))
        return [row.user_id for row in self.assistant.store.rows(idle) if self._erase(row.user_id)]

    def _erase(self, user: str) -> bool:
        """A tenant whose payment is still open is left for the next sweep."""
        try:
            return erase(self.assistant, user) > 0
        except Refused:
            return False


def _secure(headers: Mapping[str, str]) -> bool:
    """Whether the browser's side of the proxy speaks https."""
    return headers.get("x-forwarded-proto", "").startswith("https")


def _named(headers: Mapping[str, str]) -> str:
    return f"__Host-{COOKIE}" if _secure(headers) else COOKIE


def belongings(store: Store, user: str) -> dict[str, Any]:
    """Every row of `user` in every table: table -> list of rows as JSON data."""
    with store.read() as db:
        shown = [table for table in _tables() if not table.info.get("secret")]
        found = {table.name: db.execute(sa.select(table).where(table.c.user_id == user)) for table in shown}
        return {name: [to_json(dict(row)) for row in rows.mappings()] for name, rows in found.items()}


def erase(assistant: Assistant, user: str) -> int:
    """Remove every row of `user`, children before parents, in one transaction, and their files; how many rows went.

    Raises `Refused` while the outcome of a payment is still open.
    """
    store = assistant.store
    with store.write() as db:
        assistant.rooms.payments.forget(db, user)
        db.execute(sa.insert(erasures).values(user_id=user))
        gone = sum(
            db.execute(sa.delete(table).where(table.c.user_id == user)).rowcount for table in reversed(_tables())
        )
    with store.engine.connect() as db:
        db.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assistant.uploads.forget(user)
    return gone


def _tables() -> list[sa.Table]:
    """Parents before children. `erasures` is made first of all, so that it is erased last."""
    return [erasures, *(table for table in metadata.sorted_tables if table is not erasures)]
