"""The demo catalogue: some 480 made-up products from `catalogue.toml`, the same on every machine.

Stock, delivery, rating and past prices follow from a hash of the product's id. GTINs carry 952, GS1's prefix for
demonstrations and examples.
"""

from __future__ import annotations

import functools
import itertools
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stdnum.ean import calc_check_digit

from assistant.money import Money
from assistant.shop.catalogue import Attribute, Offer, Past, Product
from assistant.shop.constraints import UNITS
from assistant.shop.glossary import glossary, plain

if TYPE_CHECKING:
    from assistant.shop import Shop

LANGUAGES = ("en", "fr", "zh")
NAMED_BY_NOUN = ("pasta", "dinner", "train_ticket")  # a brand has several of one kind
MADE = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
HISTORY_WEEKS = (26, 18, 11, 5, 2)
DOLLARS = 112  # a dollar price is about 1.12 times the euro price, rounded up to the next .95
SIZE_WORTH = 0.9  # a pack of twice the size costs 1.8 times as much
ALWAYS_HERE = {"lamp-luma-red"}  # the story products: never sold out


@dataclass(frozen=True, slots=True)
class Variant:
    """One product to be: `line` of `category` in a colour ("" = none) and a size ("" = none)."""

    category: str
    line: Mapping[str, Any]
    colour: str
    size: str
    family: str
    key: str

    def roll(self, what: str, sides: int) -> int:
        """A number below `sides` that is always the same for this product."""
        return int.from_bytes(sha256(f"{self.key}/{what}".encode()).digest()[:4]) % sides


@functools.cache
def variants() -> tuple[Variant, ...]:
    return tuple(_variants(tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))))


def _variants(data: Mapping[str, Any]) -> Iterator[Variant]:
    for category, kind in data.items():
        shared = {"about_texts": kind["about"], "sizes": kind.get("sizes", [""])}
        shared |= {name: kind[name] for name in ("seller", "days") if name in kind}
        for line in kind["lines"]:
            for colour, size in itertools.product(kind.get("colours", [""]), shared["sizes"]):
                noun = line.get("noun", [""])[0] if category in NAMED_BY_NOUN else ""
                family = _key([kind["key"], line["brand"], line.get("series", ""), noun])
                yield Variant(category, line | shared, colour, size, family, _key([family, colour, size]))


def _key(words: list[str]) -> str:
    return re.sub(r"[^a-z0-9]+", "-", plain(" ".join(word for word in words if word))).strip("-")


@functools.lru_cache(maxsize=2)
def products(at: datetime = MADE) -> tuple[Product, ...]:
    """The whole catalogue with offers read at `at`. Pure: the same `at` gives equal products."""
    return tuple(_product(variant, serial, at) for serial, variant in enumerate(variants(), 1))


def stock(shop: Shop) -> None:
    """Put the demo catalogue into an empty shop; one that has products is left as it is."""
    if shop.is_empty():
        shop.load(products(shop.clock.now()))


def _product(variant: Variant, serial: int, at: datetime) -> Product:
    body = f"952{serial:09d}"
    brand = variant.line["brand"]
    code = f"{brand[0]}{variant.category[0]}".upper()
    return Product(
        id=variant.key,
        gtin=f"0{body}{calc_check_digit(body)}",
        category=variant.category,
        family=variant.family,
        brand=brand,
        model=f"{plain(code).upper()}-{100 + serial}",
        titles={language: _title(variant, place, language) for place, language in enumerate(LANGUAGES)},
        descriptions={language: _description(variant, place) for place, language in enumerate(LANGUAGES)},
        attributes=_attributes(variant),
        offer=_offer(variant, at),
        history=tuple(_history(variant, at)),
        image=f"/pictures/{variant.key}.svg",
    )


def _title(variant: Variant, place: int, language: str) -> str:
    line = variant.line
    noun = line["noun"][place] if "noun" in line else glossary().name(variant.category, language)
    name = f"{line['brand']} {line['series']}" if "series" in line else line["brand"]
    kind = [glossary().name(variant.colour, language)] if variant.colour else []
    kind += [_size_text(variant, language)] if variant.size else []
    if language == "zh":
        return f"{name} {noun}（{'，'.join(kind)}）" if kind else f"{name} {noun}"
    if language == "fr":
        return " – ".join(filter(None, (f"{noun[0].upper()}{noun[1:]} {name}", ", ".join(kind))))
    return ", ".join((f"{name} {noun}", *kind))


def _size_text(variant: Variant, language: str) -> str:
    shoe = {"en": "size {}", "fr": "taille {}", "zh": "{} 码"}
    return shoe[language].format(variant.size) if variant.size.isdigit() else variant.size


def _description(variant: Variant, place: int) -> str:
    texts = variant.line["about_texts"]
    return ("" if place == 2 else " ").join(texts[name][place] for name in variant.line["about"])


def _attributes(variant: Variant) -> dict[str, Attribute]:
    facts = {
        name: Attribute(value) if isinstance(value, str) else Attribute(float(value[0]), value[1])
        for name, value in variant.line.get("facts", {}).items()
    }
    if variant.colour:
        facts["colour"] = Attribute(variant.colour)
    if variant.size.isdigit():
        facts["size"] = Attribute(variant.size)
    elif variant.size:
        amount, unit = variant.size.split()
        name, factor, canonical = UNITS[unit]
        facts[name] = Attribute(float(amount) * factor, canonical)
    if "rating" not in facts and variant.roll("rated", 12):
        facts["rating"] = Attribute(round(3.6 + variant.roll("rating", 14) / 10, 1))
    return facts


def _euros(variant: Variant) -> int:
    """Cents. A bigger pack costs a little less by weight and ends in a nine or a zero."""
    price, sizes = int(variant.line["price"]), variant.line["sizes"]
    if not variant.size or variant.size.isdigit():
        return price
    times = float(variant.size.split()[0]) / float(sizes[0].split()[0])
    return price if times == 1 else round(price * (1 + (times - 1) * SIZE_WORTH) / 10) * 10


def _dollars(euros: int) -> int:
    return -(-euros * DOLLARS // 10_000) * 100 - 5


def _offer(variant: Variant, at: datetime) -> Offer:
    euros = _euros(variant)
    left = 0 if variant.roll("stock", 11) == 0 and variant.key not in ALWAYS_HERE else 2 + variant.roll("left", 38)
    prices = (Money(euros, "EUR"), Money(_dollars(euros), "USD"))
    days = variant.line.get("days", 1 + variant.roll("days", 5))
    return Offer(variant.line.get("seller", "maison"), prices, left, days, at)


def _history(variant: Variant, at: datetime) -> Iterator[Past]:
    """Euro prices of the last half year: up to 12 % around today's, rounded to 10 cents, then today's."""
    euros = _euros(variant)
    for weeks in HISTORY_WEEKS:
        drift = variant.roll(f"week {weeks}", 25) - 12
        yield Past(at - timedelta(weeks=weeks), Money(max(10, round(euros * (100 + drift) / 1000) * 10), "EUR"))
    yield Past(at, Money(euros, "EUR"))
