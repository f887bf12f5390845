"""Shops elsewhere, by their URL: which ones this folder trades with. Their keys lie in a file of the owner alone.

A shop is added by hand and by nothing else. Its discovery document says whether it speaks our version; the account it
is paid on is learned from its first session and never changes silently afterwards.
"""

import functools
import json
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from assistant.acp import VERSION
from assistant.errors import BadInput, NotFound, Unavailable
from assistant.folder import write_private
from assistant.store import apart

LARGEST = 1_000_000  # bytes of an answer
LONGEST_NAME = 60
CONNECT_SECONDS, ANSWER_SECONDS = 3.0, 20.0
DISCOVERY = "/.well-known/acp.json"


@dataclass(frozen=True, slots=True)
class Known:
    """`url`: where the five endpoints are; `key`: what the shop gave us; `account`: where it is paid, once known."""

    id: str
    name: str
    url: str
    key: str = field(repr=False)
    account: str = ""


class Register:
    """The file `shops.json` of the folder."""

    def __init__(self, home: Path) -> None:
        self.file = home / "shops.json"

    def all(self) -> dict[str, Known]:
        try:
            rows = json.loads(self.file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        return {row["id"]: Known(**row) for row in rows}

    def keep(self, shop: Known) -> None:
        self._write(self.all() | {shop.id: shop})

    def drop(self, id: str) -> None:
        known = self.all()
        if id not in known:
            raise NotFound("unknown_shop", shop=id[:LONGEST_NAME], shops=", ".join(known))
        self._write({name: shop for name, shop in known.items() if name != id})

    def _write(self, shops: dict[str, Known]) -> None:
        write_private(self.file, json.dumps([asdict(shop) for shop in shops.values()], indent=1))


def discover(url: str, id: str, name: str, key: str) -> Known:
    """Ask a shop what it speaks. Raises `BadInput` for an address that will not do, `Unavailable` for silence."""
    from assistant.acp.messages import Discovery

    there = checked(url)
    text = fetch(there, "GET", there.rstrip("/") + DISCOVERY)[1]
    try:
        told = Discovery.model_validate_json(text, extra="ignore")
    except ValueError:
        raise BadInput("not_an_acp_shop", url=url[:80]) from None
    speaks = VERSION in told.protocol.supported_versions and "rest" in told.transports
    if not speaks or "checkout" not in told.capabilities.services:
        raise BadInput("not_an_acp_shop", url=url[:80])
    host = urlsplit(there).netloc
    id = re.sub(r"[^a-z0-9]+", "-", (id or host).lower()).strip("-")[:40]
    return Known(id, " ".join((name or host).split())[:LONGEST_NAME], checked(told.api_base_url).rstrip("/"), key)


def checked(url: str) -> str:
    """The address, when a key may be sent there: https, or this machine."""
    parts = urlsplit(url)
    near = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if not parts.hostname or (parts.scheme != "https" and not (near and parts.scheme == "http")):
        raise BadInput("not_an_acp_shop", url=url[:80])
    return url


def fetch(shop: str, method: str, url: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
    """(status, body) of one request. Raises `Unavailable` when nobody knows what became of it."""
    apart()
    import httpx

    waits = httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
    near = urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")
    text = b""
    try:
        with _client(near).stream(method, url, content=body, headers=headers, timeout=waits) as answer:
            for block in answer.iter_bytes():
                text += block
                if len(text) > LARGEST:
                    raise Unavailable("shop_silent", shop=shop)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unavailable("shop_silent", shop=shop) from error
    if answer.status_code >= 500 or answer.status_code in (401, 403, 409, 429):
        raise Unavailable("shop_silent", shop=shop)
    return answer.status_code, text


@functools.cache
def _client(near: bool) -> Any:
    """One pool of connections; on this machine no proxy stands between."""
    import httpx

    return httpx.Client(trust_env=not near, follow_redirects=False)
