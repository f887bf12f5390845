"""Google Merchant XML, RSS 2.0 and Atom: a stream of items, names in the `g:` namespace or without one.

A document that declares entities is refused before any is opened.
"""

from collections.abc import Iterator
from typing import IO
from xml.parsers import expat

from assistant.errors import BadInput
from assistant.shop.feeds.row import Row, named

ITEMS = ("item", "entry")
PART = 65_536  # characters read at once


def matches(beginning: str) -> bool:
    start = beginning[:2000].lower()
    return start.startswith("<") and ("<rss" in start or "<feed" in start)


class Items:
    """expat's events put together: the fields of the item that is open, and the rows that are done."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.EntityDeclHandler = self._entity
        self.parser.buffer_text = True
        self.done: list[Row] = []
        self._path: list[str] = []
        self._values: dict[str, str] = {}
        self._said: list[str] = []
        self._line = 0

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._path.append(tag.lower())
        self._said = []
        if tag.lower() in ITEMS:
            self._values, self._line = {}, self.parser.CurrentLineNumber
        elif tag.lower() == "link" and "href" in attributes:  # Atom
            self._said = [attributes["href"]]

    def _text(self, said: str) -> None:
        self._said.append(said)

    def _end(self, tag: str) -> None:
        self._path.pop()
        if tag.lower() in ITEMS:
            self.done.append(Row(self._line, self._values))
        elif self._path and self._path[-1] in ITEMS and (said := "".join(self._said).strip()):
            name = named(tag)
            if tag.lower().startswith("g:"):
                self._values[name] = said
            else:
                self._values.setdefault(name, said)
        self._said = []

    def _entity(self, *_: object) -> None:
        raise BadInput("feed_broken", line=self.parser.CurrentLineNumber)


def rows(file: IO[str]) -> Iterator[Row]:
    """Raises `BadInput("feed_broken")` at the line where it is no XML."""
    items = Items()
    try:
        while part := file.read(PART):
            items.parser.Parse(part)
            yield from items.done
            items.done.clear()
        items.parser.Parse("", True)
    except expat.ExpatError:
        raise BadInput("feed_broken", line=items.parser.CurrentLineNumber) from None
    yield from items.done
