"""The catalogue as the indexes last read it. Stock and prices on a card are read again from SQL."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from assistant.shop.catalogue import Product
from assistant.shop.constraints import Columns
from assistant.shop.glossary import Reading, glossary, pieces
from assistant.shop.index import Index, Ranking
from assistant.shop.spelling import Speller

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class View:
    products: tuple[Product, ...]
    rows: dict[str, int]  # by product id
    kinds: frozenset[str]  # categories sold
    columns: Columns
    index: Index
    speller: Speller

    def of_kind(self, reading: Reading) -> Mask:
        """Rows of the kinds that were named, and of kinds the glossary has no name for: those go by their words."""
        kinds = self.columns.words.get("category")
        if not reading.categories or kinds is None:
            return np.ones(len(self.products), bool)
        return kinds.among(*reading.categories) | ~kinds.among(*glossary().kinds())

    def found(self, reading: Reading, mask: Mask) -> Ranking:
        """Allowed rows for the words. Where a kind of product is named: those with every word, else all of the kind."""
        ranking = self.index.rank(reading.words, mask)
        if not reading.categories:
            return ranking
        if ranking.strict and ranking.matched:
            kept = [place for place, row in enumerate(ranking.rows) if row in ranking.matched]
            rows, scores = tuple(ranking.rows[p] for p in kept), tuple(ranking.scores[p] for p in kept)
            return replace(ranking, rows=rows, scores=scores)
        named = self.columns.words["category"].among(*reading.categories)
        rest = tuple(np.setdiff1d(np.flatnonzero(mask & named), ranking.rows).tolist())
        return replace(ranking, rows=ranking.rows + rest, scores=ranking.scores + (0.0,) * len(rest))

    def is_unnamed(self, reading: Reading) -> bool:
        """Whether no kind is named and no product is called by any of the words."""
        named = reading.categories or any(self.index.named(entry.words) for entry in reading.entries)
        return bool(reading.entries) and not named

    def in_stock(self, ranking: Ranking) -> NDArray[np.int64]:
        rows = np.array(ranking.rows, np.int64)
        return rows[self.columns.numbers["stock"][rows] >= 1] if len(rows) else rows


def matched_words(product: Product, reading: Reading, language: str) -> list[str]:
    """Words of the request that this product's own text holds, as the reader writes them, its kind left out."""
    facts = [fact.value for fact in product.attributes.values() if isinstance(fact.value, str)]
    held = set(pieces(" ".join([product.title("en"), product.description("en"), product.brand, *facts])))
    words = [
        entry for entry in reading.entries if not entry.category and held.issuperset(pieces(" ".join(entry.words)))
    ]
    return [glossary().name(entry.name, language) if entry.name else " ".join(entry.words) for entry in words]
