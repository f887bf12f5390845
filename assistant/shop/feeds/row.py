"""One row of any feed, and the one table of field names: old and new ones of OpenAI, Google, Shopify, ACP, schema.org.

Prices are exact: more digits than the currency has, no currency, or nothing to pay is a problem, never rounded away.
Pictures are not kept: the page asks no other machine for anything.
"""

import functools
import hashlib
import html
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from assistant.errors import BadInput
from assistant.money import Money, digits
from assistant.shop.catalogue import Attribute, Offer, Product, gtin14
from assistant.shop.constraints import UNITS
from assistant.shop.glossary import glossary, plain

SELLER = "maison"  # the house that whoever imports a feed runs
DELIVERY_DAYS = 5  # the house's own promise: no feed's delivery is kept
UNCOUNTED = 20  # in stock, no number given: as many as one order may hold
LONGEST = 4_000  # characters of a description
DEAREST = 10**12  # minor units
MEASURES = ("weight", "length", "height", "capacity", "power")
PRICE = re.compile(r"(?:(?P<before>[A-Z]{3})\s*)?(?P<amount>\d+(?:[.,]\d+)?)(?:\s*(?P<after>[A-Z]{3}))?")


@functools.cache
def names(table: str = "fields") -> dict[str, list[str]]:
    """The spellings of every field, or of what there is ("availability")."""
    listed: dict[str, dict[str, list[str]]] = tomllib.loads(
        Path(__file__).with_name("names.toml").read_text(encoding="utf-8")
    )
    return listed[table]


@dataclass(frozen=True, slots=True)
class Row:
    """`values` by normalised name (`named`); `options` are what tells this variant from its sisters, as said."""

    line: int
    values: Mapping[str, str]
    options: Mapping[str, str] = field(default_factory=dict)
    minor: int | None = None  # the price, where the format gives minor units


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that is no product: its line, the key of the reason, and what stands there."""

    line: int
    reason: str
    said: str = ""


class Wrong(Exception):
    """(reason, said) of a row, inside this module."""


def named(name: str) -> str:
    """'g:image_link', 'Image Link', 'Variant Price', 'Weight value (grams)' -> 'image_link', 'price', ..."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower().removeprefix("g:")).strip("_").removeprefix("variant_")


def text_of(markup: str) -> str:
    """Plain text of what may be HTML."""
    return " ".join(html.unescape(re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", markup, flags=re.S | re.I)).split())


def product(row: Row, currency: str, at: datetime) -> Product | Problem:
    try:
        return _product(row, currency, at)
    except Wrong as wrong:
        reason, said = wrong.args
        return Problem(row.line, reason, said[:80])


def _product(row: Row, currency: str, at: datetime) -> Product:
    said = {name: next((v for alias in aliases if (v := row.values.get(alias, "").strip())), "")
            for name, aliases in names().items()}  # fmt: skip
    said |= {own: value for name, value in row.options.items() if (own := _option(name)) in names()}
    if not said["id"]:
        raise Wrong("no_id", said["title"])
    if not said["title"]:
        raise Wrong("no_title", said["id"])
    offer = Offer(SELLER, (_price(row, said, currency, at),), _stock(said), DELIVERY_DAYS, at)
    name, leaf = text_of(said["title"]), re.split(r"\s*[>/]\s*", text_of(said["category"]))[-1]
    return Product(
        id=_id(said["id"]), gtin=_gtin(said["gtin"]), category=_kind(leaf, name),
        family=_id(said["group"] or said["id"]), brand=text_of(said["brand"])[:120], model=said["model"][:64],
        titles={"en": name}, descriptions={"en": text_of(said["description"])[:LONGEST]},
        attributes=_attributes(said, row.options), offer=offer,
    )  # fmt: skip


def _option(name: str) -> str:
    key = named(name)
    return next((own for own, aliases in names().items() if key in aliases), key)


def _id(said: str) -> str:
    """As the feed says it; a long or strange one by its hash."""
    return said if re.fullmatch(r"[\w.:-]{1,64}", said, re.ASCII) else hashlib.sha256(said.encode()).hexdigest()[:32]


def _gtin(said: str) -> str:
    """Fourteen digits. Numbers that shops give out themselves (prefixes 02, 04, 2) name nothing outside of them."""
    if not said:
        return ""
    try:
        code = gtin14(said.lstrip("'"))
    except BadInput as bad:
        raise Wrong(bad.key, said) from None
    return "" if code[1] == "2" or code[1:3] in ("02", "04") else code


def _price(row: Row, said: Mapping[str, str], assumed: str, at: datetime) -> Money:
    price = said["sale"] if said["sale"] and _on_sale(said["sale_dates"], at) else said["price"]
    given = said["currency"].upper()
    if row.minor is not None:
        money = Money(row.minor, given)
    else:
        match = PRICE.fullmatch(price.strip().upper())
        if not match:
            raise Wrong("bad_price" if price else "no_price", price or said["title"])
        money = _exact(match["amount"], match["before"] or match["after"] or given or assumed)
    if money.currency not in _currencies() or not 0 < money.minor < DEAREST:
        raise Wrong("bad_price", price or f"{row.minor} {given}")
    return money


def _exact(amount: str, currency: str) -> Money:
    """A comma before one or two digits is a decimal comma. Before three it may stand for thousands, and so may a point
    where the currency has not so many digits: refused.
    """
    part = amount.replace(",", ".").partition(".")[2]
    if len(part) == 3 and ("," in amount or digits(currency) < 3):
        raise Wrong("bad_price", f"{amount} {currency}")
    value = Decimal(amount.replace(",", "."))
    if value.scaleb(digits(currency)) % 1:
        raise Wrong("bad_price", f"{amount} {currency}")
    return Money.of(value, currency)


@functools.cache
def _currencies() -> frozenset[str]:
    from babel.numbers import list_currencies

    return frozenset(list_currencies())


def _on_sale(dates: str, at: datetime) -> bool:
    """Google's ISO 8601 interval 'begin/end'; a sale without dates is on."""
    try:
        begin, end = (datetime.fromisoformat(day.strip()) for day in dates.split("/")) if dates else (at, at)
        return begin <= at <= end
    except (ValueError, TypeError):  # an interval nobody can read is no sale
        return False


def _stock(said: Mapping[str, str]) -> int:
    state = re.sub(r"[^a-z]", "", said["availability"].lower().rsplit("/", 1)[-1])
    known = names("availability")
    if state in known["absent"]:
        return 0
    if state and state not in known["there"]:
        raise Wrong("bad_availability", said["availability"])
    if re.fullmatch(r"-?\d{1,9}", said["stock"]):
        return max(0, int(said["stock"]))
    return UNCOUNTED


def _kind(leaf: str, title: str) -> str:
    """Our own kind where the merchant's category, or without one the title, names it; else that category's words."""
    found = glossary().read(leaf or title).categories
    if len(found) == 1:
        return next(iter(found))
    return re.sub(r"[^a-z0-9]+", "_", plain(leaf)).strip("_")[:64] or "other"


def _attributes(said: Mapping[str, str], options: Mapping[str, str]) -> dict[str, Attribute]:
    facts: dict[str, Attribute] = {}
    for name in ("colour", "material"):
        if said[name]:
            facts[name] = Attribute(glossary().value(name, text_of(said[name]))[:120])
    for name, value in {"size": said["size"], "seller": said["seller"]}.items():
        if value:
            facts[name] = Attribute(text_of(value)[:120])
    for option, value in options.items():
        if (own := _option(option)) not in names() and value:
            facts[own[:40]] = Attribute(text_of(value)[:120])
    for name in MEASURES:
        facts |= _measure(said[name])
    if re.fullmatch(r"\d{1,9}(\.\d+)?", said["grams"]) and float(said["grams"]):
        facts["weight"] = Attribute(float(said["grams"]), "g")
    if re.fullmatch(r"[0-5](\.\d+)?", said["rating"]):
        facts["rating"] = Attribute(float(said["rating"]))
    return facts


def _measure(said: str) -> dict[str, Attribute]:
    """'1.2 kg' -> weight 1200 g; what has no unit of ours says nothing."""
    match = re.fullmatch(r"(\d{1,9}(?:\.\d+)?)\s*([^\W\d]+)", said)
    unit = UNITS.get(plain(match[2])) if match else None
    return {unit[0]: Attribute(float(match[1]) * unit[1], unit[2])} if match and unit else {}
