"""JSON feeds: ACP products and OpenAI's flat ones, one object per line or in one document; schema.org's JSON-LD, also
inside a page. Numbers are read as decimals, so that a price stays what was written.
"""

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import IO, Any

from assistant.errors import BadInput
from assistant.shop.feeds.row import Row, named

SCRIPT = re.compile(r"<script[^>]*application/ld\+json[^>]*>(.*?)</script>", re.S | re.I)
Thing = dict[str, Any]


def matches(beginning: str) -> bool:
    start = beginning[:1]
    return start in ("{", "[") or (start == "<" and "<html" in beginning[:2000].lower())


def rows(file: IO[str]) -> Iterator[Row]:
    """Raises `BadInput("feed_broken")` at the line that is no JSON."""
    first = file.readline()
    if (head := _whole(first)) is not None:
        yield from _things(head, 1)
        for number, line in enumerate(file, 2):
            if line.strip():
                yield from _things(_parsed(line, number), number)
        return
    text = first + file.read()
    blocks = [(match[1], match.start(1)) for match in SCRIPT.finditer(text)] if text.lstrip()[0] == "<" else [(text, 0)]
    for block, offset in blocks:
        yield from _document(_parsed(block, text.count("\n", 0, offset) + 1), text, offset)


def _whole(line: str) -> Any:
    """The value of a line that is JSON by itself, else None."""
    try:
        return _loads(line)
    except ValueError:
        return None


def _parsed(text: str, line: int) -> Any:
    try:
        return _loads(text)
    except ValueError as error:
        raise BadInput("feed_broken", line=line + getattr(error, "lineno", 1) - 1) from None
    except RecursionError:
        raise BadInput("feed_broken", line=line) from None


def _loads(text: str) -> Any:
    return json.loads(text, parse_float=Decimal)


def _document(value: Any, text: str, start: int) -> Iterator[Row]:
    """The products of a document; each one's line is where its id or name stands next."""
    place = start
    for row in _things(value, 0):
        said = row.values.get("item_id") or row.values.get("id") or row.values.get("title", "")
        found = text.find(json.dumps(said, ensure_ascii=False), place)
        place = found if found >= 0 else place
        yield Row(text.count("\n", 0, place) + 1, row.values, row.options, row.minor)


def _things(value: Any, line: int) -> Iterator[Row]:
    """Products anywhere in a value: a list of them, ACP's `products`, a `@graph`, examples under names."""
    if isinstance(value, list):
        for each in value:
            yield from _things(each, line)
    elif isinstance(value, dict):
        if "@graph" in value or "@type" in value:
            yield from _linked(value, line)
        elif isinstance(value.get("variants"), list):
            for variant in value["variants"]:
                if isinstance(variant, dict):
                    yield _acp(value, variant, line)
        elif "title" in value or "item_id" in value:
            yield Row(line, {named(name): _said(each) for name, each in value.items()})
        else:
            for each in value.values():
                yield from _things(each, line)


def _said(value: Any) -> str:
    """The text of a JSON value: the first of a list, the name, value or address of an object."""
    if isinstance(value, list):
        return _said(value[0]) if value else ""
    if isinstance(value, Mapping):
        return next((_said(value[key]) for key in ("name", "value", "url", "plain", "html", "@id") if key in value), "")
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _acp(parent: Thing, variant: Thing, line: int) -> Row:
    """One variant of ACP's schema.feed: prices are minor units, what it does not say its product says."""
    whole = parent | {name: value for name, value in variant.items() if value}
    price = _thing(variant.get("price"))
    measured = _thing(_thing(variant.get("unit_price")).get("measure"))
    values = {named(name): _said(value) for name, value in whole.items() if name not in ("variants", "price")}
    values |= {
        "item_group_id": _said(parent.get("id")), "category": _said(whole.get("categories")),
        "gtin": _said(whole.get("barcodes")),
        "currency": _said(price.get("currency")),
        "weight": f"{_said(measured.get('value'))} {_said(measured.get('unit'))}".strip(),
        "availability": _state(_thing(variant.get("availability"))),
    }  # fmt: skip
    options = {_said(each.get("name")): _said(each.get("value")) for each in variant.get("variant_options") or ()
               if isinstance(each, dict)}  # fmt: skip
    minor = price.get("amount")
    return Row(line, values, options, minor if isinstance(minor, int) and not isinstance(minor, bool) else None)


def _thing(value: Any) -> Thing:
    return value if isinstance(value, dict) else {}


def _state(availability: Thing) -> str:
    """What may be bought now is there, whatever its status is called."""
    if isinstance(availability.get("available"), bool):
        return str(availability["available"]).lower()
    return _said(availability.get("status"))


# -- schema.org -------------------------------------------------------------------------------------------------------


def _linked(value: Thing, line: int) -> Iterator[Row]:
    nodes = [node for node in _list(value.get("@graph", value)) if isinstance(node, dict)]
    known = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str)}
    members = {_said(each) for node in nodes for each in _list(node.get("hasVariant"))}
    for node in nodes:
        kinds = _list(node.get("@type"))
        if "ProductGroup" in kinds:
            for variant in _list(node.get("hasVariant")):
                if isinstance(variant, dict):
                    yield _sold(known.get(variant.get("@id", ""), variant), node, line)
        elif "Product" in kinds and node.get("@id") not in members:
            yield _sold(node, {}, line)
        elif "ItemList" in kinds:
            for each in _list(node.get("itemListElement")):
                yield from _things(_thing(each).get("item", each), line) if isinstance(each, dict) else ()


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _sold(node: Thing, group: Thing, line: int) -> Row:
    """A Product with its first Offer that names a price; a range of prices (AggregateOffer) names none."""
    whole = {name: value for name, value in group.items() if name not in ("@id", "url", "offers")} | node
    offers = [_thing(each) for each in _list(whole.get("offers"))]
    offers += [_thing(inner) for each in offers for inner in _list(each.get("offers"))]
    offer = next((each for each in offers if "price" in each or "priceSpecification" in each), {})
    priced = offer if "price" in offer else _thing(next(iter(_list(offer.get("priceSpecification"))), {}))
    own = next((_said(whole[name]) for name in ("sku", "productID", "gtin13", "gtin", "mpn", "@id", "url", "name")
                if _said(whole.get(name))), "")  # fmt: skip
    values = {named(name): _said(value) for name, value in whole.items() if name[:1] != "@"}
    values |= {
        "item_id": own, "item_group_id": _said(group.get("productGroupID")), "price": _said(priced.get("price")),
        "currency": _said(priced.get("priceCurrency")), "availability": _said(offer.get("availability")),
        "rating": _said(_thing(whole.get("aggregateRating")).get("ratingValue")),
        "seller": _said(offer.get("seller")), "weight": _weight(whole.get("weight")),
    }  # fmt: skip
    return Row(line, values)


def _weight(value: Any) -> str:
    """A QuantitativeValue by its unit text or UN/CEFACT code, or words."""
    if not isinstance(value, dict):
        return _said(value)
    unit = _said(value.get("unitText")) or {"KGM": "kg", "GRM": "g", "LBR": "lb", "ONZ": "oz"}.get(
        _said(value.get("unitCode")), ""
    )
    return f"{_said(value.get('value'))} {unit}".strip()
