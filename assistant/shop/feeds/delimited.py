"""Tables of products: Google Merchant TSV, OpenAI CSV, Shopify CSV with its old and new headers.

In Shopify's tables a row without a title is a further variant, or only a further picture, of the product above it.
"""

import csv
from collections.abc import Iterator
from itertools import chain
from typing import IO

from assistant.errors import BadInput
from assistant.shop.feeds.row import Row, named, names

OPTIONS = (1, 2, 3)
DEFAULT = "Default Title"  # Shopify's only option of a product that has none
HIDDEN = {"false", "draft", "archived"}
OF_THE_PRODUCT = ("title", "description", "body_html", "vendor", "type", "product_category", "tags", "published",
                  "published_on_online_store", "status", "product_image_url", "image_src",
                  *(f"option{number}_name" for number in OPTIONS))  # fmt: skip


def matches(beginning: str) -> bool:
    """A head line that names a product, its title and its price."""
    if beginning[:1] in ("<", "{", "["):
        return False
    head = {named(name) for name in next(csv.reader([_line(beginning)], delimiter=_mark(beginning)), [])}
    return all(head & set(names()[field]) for field in ("id", "title", "price"))


def _line(beginning: str) -> str:
    """The first line, however it ends: a lone carriage return too."""
    return next(iter(beginning.splitlines()), "")


def _mark(beginning: str) -> str:
    return max("\t,;|", key=_line(beginning).count)


def rows(file: IO[str]) -> Iterator[Row]:
    """Raises `BadInput("feed_broken")` where a line has other columns than the head or a quotation never ends."""
    first = file.readline()
    lines = csv.reader(chain([first], file), delimiter=_mark(first), strict=True)
    try:
        head = [named(name) for name in next(lines)]
        shopify = any(name in ("handle", "url_handle") for name in head)
        parent: dict[str, str] = {}
        begins = lines.line_num + 1
        for cells in lines:
            line, begins = begins, lines.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > len(head) or (len(cells) < len(head) and "\t" not in first):
                raise BadInput("feed_broken", line=line)
            values: dict[str, str] = {}
            for name, cell in zip(head, cells, strict=False):
                if cell.strip():
                    values.setdefault(name, cell)
            if not shopify:
                yield Row(line, values)
            elif made := _variant(values, parent, line):
                yield made
    except csv.Error:
        raise BadInput("feed_broken", line=lines.line_num) from None


def _variant(values: dict[str, str], parent: dict[str, str], line: int) -> Row | None:
    """One variant; what only the first row of a product says is remembered in `parent`."""
    handle = values.get("url_handle") or values.get("handle", "")
    if values.get("title"):
        parent.clear()
        parent |= {name: values[name] for name in (*OF_THE_PRODUCT, "handle", "url_handle") if name in values}
    elif handle == (parent.get("url_handle") or parent.get("handle", "")):
        values = parent | values
    if {values.get(name, "").lower() for name in ("published", "published_on_online_store", "status")} & HIDDEN:
        return None
    if not any(name in values for name in ("price", "sku", "option1_value")):
        return None  # a further picture
    options = {
        values.get(f"option{number}_name", f"option {number}"): values[f"option{number}_value"]
        for number in OPTIONS
        if values.get(f"option{number}_value", DEFAULT) != DEFAULT
    }
    chosen = " / ".join(options.values())
    title = values.get("title", "")
    title = f"{title} - {chosen}" if title and chosen else title
    own = values.get("sku", "").lstrip("'") or " ".join([handle, chosen]).strip()
    return Row(line, values | {"sku": own, "item_id": own, "title": title, "item_group_id": handle}, options)
