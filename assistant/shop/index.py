"""Finding by words and by meaning: two rebuildable caches of the catalogue, fused by reciprocal rank.

Knows titles, brands, models and descriptions. Knows no constraint: a mask says which products may be found, in both
legs. The recipe (AND first, then OR; stems; boosts; weights 1 : 0.5 at k = 20) was chosen on judged queries, see bench.
"""

import hashlib
import json
import shutil
import threading
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.shop.catalogue import Product
from assistant.shop.meaning import Embed, Meaning
from assistant.store import plain_errors

Mask = NDArray[np.bool_]
Rows = NDArray[np.int64]

SHAPE = "2"  # raise it when the fields below change: caches of another shape are not read
BOOSTS = {"title": 3.0, "brand": 2.0, "model": 2.0, "description": 1.0, "facts": 0.3}
FUSION_K = 20
DENSE_WEIGHT = 0.5
NAMES = ["title", "brand", "model"]
DEPTH = 1000  # hits read from the words' leg before the mask; widened while too few pass
NOBODY: Rows = np.empty(0, np.int64)
HEAP = 64_000_000  # bytes for the one writer thread


@dataclass(frozen=True, slots=True)
class Ranking:
    """Rows of the catalogue, best first, with their fused scores. `strict` = every word stands in each of them."""

    rows: tuple[int, ...]
    scores: tuple[float, ...]
    matched: frozenset[int]  # rows that hold at least one of the words
    strict: bool
    semantic: bool  # whether meaning took part


def fingerprint(products: Sequence[Product]) -> str:
    """Hash of everything the indexes hold: the same catalogue finds its caches again."""
    digest = hashlib.sha256(SHAPE.encode())
    for product in products:
        digest.update(json.dumps([product.id, *_fields(product).values()], ensure_ascii=False).encode())
    return digest.hexdigest()[:24]


def _fields(product: Product) -> dict[str, str]:
    words = [f"{name} {fact.value}" for name, fact in product.attributes.items() if isinstance(fact.value, str)]
    fields = {
        "title": product.title("en"),
        "brand": product.brand,
        "model": product.model,
        "description": product.description("en"),
        "facts": " ".join([product.category.replace("_", " "), *words]),
    }
    return {name: _unaccented(text) for name, text in fields.items()}  # as requests are read: "foulee" finds Foulée


def _unaccented(text: str) -> str:
    """Signs stay: Core™ is no "coretm"."""
    if text.isascii():
        return text
    opened = unicodedata.normalize("NFD", text.replace("œ", "oe"))
    return "".join(mark for mark in opened if not unicodedata.combining(mark))


class Index:
    """One catalogue's caches under `folder`. Words answer at once; meaning joins when `learn` has been called."""

    def __init__(self, products: Sequence[Product], folder: Path) -> None:
        self.products = products
        self.folder = folder
        self.name = fingerprint(products)
        self._words = _open(products, folder / f"words-{self.name}")
        self._models = {product.model.casefold(): row for row, product in enumerate(products) if product.model}
        self._meaning: Meaning | None = None
        self._learning = threading.Lock()

    @property
    def semantic(self) -> bool:
        return self._meaning is not None

    def exact(self, words: Sequence[str]) -> int | None:
        """The row whose model number is one of the words."""
        return next((self._models[word] for word in words if word in self._models), None)

    def named(self, words: Sequence[str]) -> int:
        """How many products hold every word in their name."""
        if not words:
            return 0
        query = self._words.parse_query(_quoted(words), NAMES, conjunction_by_default=True)
        count: int = self._words.searcher().search(query, limit=1).count
        return count

    def learn(self, embed: Embed) -> None:
        """Let meaning join, embedding only texts not seen before. Safe from a thread."""
        with self._learning:
            if self._meaning is None:
                self._meaning = Meaning(self.products, embed, self.folder)

    def rank(self, words: Sequence[str], mask: Mask) -> Ranking:
        """Rows allowed by `mask` (bool [n]), fused. No words: every allowed row, in catalogue order."""
        if not words:
            rows = tuple(int(row) for row in np.flatnonzero(mask))
            return Ranking(rows, (0.0,) * len(rows), frozenset(), strict=True, semantic=False)
        meaning = self._meaning
        asked = meaning.ask(" ".join(words)) if meaning else None
        lexical, strict = self.lexical(words, mask)
        dense = meaning.near(asked.result(), mask, DEPTH, lexical) if meaning and asked else NOBODY
        every = np.concatenate([lexical, dense])
        weights = np.concatenate([_reciprocal(len(lexical)), DENSE_WEIGHT * _reciprocal(len(dense))])
        each, places = np.unique(every, return_inverse=True)
        scores = np.bincount(places, weights)
        order = np.argsort(-scores, kind="stable")
        found, fused = tuple(each[order].tolist()), tuple(scores[order].tolist())
        return Ranking(found, fused, frozenset(lexical.tolist()), strict, self.semantic)

    def lexical(self, words: Sequence[str], mask: Mask) -> tuple[Rows, bool]:
        """Rows holding every word; where none is allowed, rows holding any of them, not only a number or a unit."""
        for every in (True, False):
            if len(rows := self._hits(words, mask, every)):
                return rows, every
        return NOBODY, False

    def _hits(self, words: Sequence[str], mask: Mask, every: bool) -> Rows:
        said = _quoted(words)
        if not every and (nouns := [word for word in words if len(word) > 2 and not word.isdigit()]):
            said = f"+({_quoted(nouns)}) {said}"
        query = self._words.parse_query(said, list(BOOSTS), field_boosts=BOOSTS, conjunction_by_default=every)
        searcher, depth = self._words.searcher(), DEPTH
        while True:
            found = searcher.search(query, limit=depth)
            rows = np.array(searcher.fast_field_values("row", [address for _, address in found.hits]), np.int64)
            allowed = rows[mask[rows]]
            if len(allowed) or len(rows) < depth:
                return allowed
            depth *= 8


def _reciprocal(count: int) -> NDArray[np.float64]:
    """What each place of a ranking is worth (Cormack, Clarke and Büttcher 2009)."""
    return 1.0 / (FUSION_K + np.arange(1, count + 1))


def _quoted(words: Sequence[str]) -> str:
    return " ".join(f'"{word}"' for word in words)


def _open(products: Sequence[Product], folder: Path) -> Any:
    """The tantivy index in `folder`, written first if it is not there. Written beside and moved: never half there."""
    import tantivy

    if not (folder.exists() and tantivy.Index.exists(str(folder))):
        part = folder.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        with plain_errors():
            part.mkdir(parents=True)
            _write(products, tantivy.Index(_schema(), path=str(part)))
        for old in set(folder.parent.glob("words-*")) - {part}:
            shutil.rmtree(old, ignore_errors=True)
        part.replace(folder)
    return tantivy.Index.open(str(folder))


def _schema() -> Any:
    import tantivy

    builder = tantivy.SchemaBuilder()
    for name in BOOSTS:
        builder.add_text_field(name, tokenizer_name="en_stem")
    builder.add_integer_field("row", fast=True, indexed=False)
    return builder.build()


def _write(products: Sequence[Product], index: Any) -> None:
    import tantivy

    writer = index.writer(heap_size=HEAP, num_threads=1)
    for row, product in enumerate(products):
        document = tantivy.Document()
        document.add_integer("row", row)
        for name, text in _fields(product).items():
            document.add_text(name, text)
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
