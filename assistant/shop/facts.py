"""What a code is called elsewhere: Open Food Facts, asked only where its owner set an address for it.

Its answer is evidence with a source and a day, never a product: nothing of it is sold here and no price comes from it.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from assistant.errors import Unavailable
from assistant.shop.catalogue import gtin14

SECONDS = 5.0
LONGEST = 120  # characters of one fact
FIELDS = "product_name,product_name_{language},brands,quantity,last_modified_t"
AGENT = {"User-Agent": "Lueur/0.1 (personal assistant)"}


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    brand: str
    quantity: str
    source: str  # host that said it
    on: date | None  # day it was last changed there


class Facts:
    """`url` empty: switched off, and no call is ever made."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    def look_up(self, code: str, language: str) -> Fact | None:
        """What the code is called, None where it is not known or this is off. Raises `BadInput` for what is no code,
        `Unavailable` where the server does not answer as it should."""
        digits = gtin14(code).lstrip("0").zfill(13)
        if not self.url:
            return None
        answer = self._ask(digits, language)
        product = answer.get("product")
        if answer.get("status") != 1 or not isinstance(product, dict):
            return None
        name = _text(product.get(f"product_name_{language}")) or _text(product.get("product_name"))
        changed = product.get("last_modified_t")
        day = datetime.fromtimestamp(changed, UTC).date() if isinstance(changed, int) and 0 < changed < 2**33 else None
        brand, quantity = _text(product.get("brands")), _text(product.get("quantity"))
        return Fact(name, brand, quantity, self._host(), day) if name else None

    def _ask(self, digits: str, language: str) -> dict[str, Any]:
        import httpx

        wanted = {"fields": FIELDS.format(language=language)}
        try:
            answer = httpx.get(f"{self.url}/api/v2/product/{digits}", params=wanted, headers=AGENT, timeout=SECONDS)
            if answer.status_code == 404:
                return {}
            found = answer.raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            raise Unavailable("facts_silent", host=self._host()) from error
        return found if isinstance(found, dict) else {}

    def _host(self) -> str:
        import httpx

        return httpx.URL(self.url).host


def _text(value: Any) -> str:
    return " ".join(value.split())[:LONGEST] if isinstance(value, str) else ""
