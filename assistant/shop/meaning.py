"""Likeness of meaning: one vector per product, kept by the hash of its text, searched by faiss under a mask.

Knows titles and descriptions (attribute text was measured to make matching worse). Eight bits a number lose nothing
that is measured (nDCG@10 equal); above `LARGE` products the vectors are searched by neighbourhoods.
"""

import functools
import hashlib
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.shop.catalogue import Product

Embed = Callable[[list[str]], NDArray[np.float32]]  # n texts -> [n, width], rows of length 1

FILE = "meaning.npz"  # keys uint64 [n], rows float16 [n, width]
PART, SLICE = 512, 20_000  # texts embedded, and vectors indexed, at once
SAVE_EVERY = 60.0  # seconds: what a stopped program must do again
LARGE = 100_000  # products; recall@10 of the neighbourhoods against all of it was measured at .95
CELLS, PROBED, TRAINED = 1024, 48, 100_000
LAST = 4  # requests whose vectors are at hand: one search ranks several times, and a limit changes no word
ENOUGH = 100  # rows that hold the words of a request
SIMILAR = 0.42  # least cosine at which meaning alone may bring a product in


class Meaning:
    """Ready when made: texts not seen before have been embedded, the others come from `folder`."""

    def __init__(self, products: Sequence[Product], embed: Embed, folder: Path) -> None:
        self._beside = ThreadPoolExecutor(1, "shop-meaning")
        self._asked = functools.lru_cache(LAST)(lambda text: embed([text]))
        self._index = _index(learned(products, embed, folder / FILE))

    def ask(self, text: str) -> Future[NDArray[np.float32]]:
        """The vector of a request, [1, width], made beside what the caller does meanwhile."""
        return self._beside.submit(self._asked, text)

    def near(
        self, asked: NDArray[np.float32], mask: NDArray[np.bool_], most: int, among: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """At most so many rows allowed by `mask` whose meaning is like that of `asked`, likest first.

        Where the words found `ENOUGH` already, the first of `among` alone: judged queries miss nothing in what is left
        out (nDCG@10 .744 for .739), and looking at a million rows costs more than everything else.
        """
        import faiss

        faiss.omp_set_num_threads(1)  # of this thread: a second one would spin for longer than the search takes
        if len(among) >= ENOUGH:
            among = among[:ENOUGH]
            likeness = self._index.reconstruct_batch(among) @ asked[0]
            order = np.argsort(-likeness, kind="stable")[: int((likeness >= SIMILAR).sum())]
            return among[order]
        chosen = None if mask.all() else faiss.IDSelectorBitmap(np.packbits(mask, bitorder="little"))
        cells = isinstance(self._index, faiss.IndexIVF)
        how = faiss.SearchParametersIVF(sel=chosen, nprobe=PROBED) if cells else faiss.SearchParameters(sel=chosen)
        likeness, rows = self._index.search(asked, min(most, len(mask)), params=how)
        found: NDArray[np.int64] = rows[0][(rows[0] >= 0) & (likeness[0] >= SIMILAR)]
        return found


def _index(rows: NDArray[np.float16]) -> Any:
    import faiss

    faiss.omp_set_num_threads(1)
    kind = "SQ8" if len(rows) < LARGE else f"IVF{CELLS},SQ8"
    index = faiss.index_factory(rows.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
    index.train(rows[:: max(1, len(rows) // TRAINED)].astype(np.float32))
    for start in range(0, len(rows), SLICE):
        index.add(rows[start : start + SLICE].astype(np.float32))
    if len(rows) >= LARGE:
        index.make_direct_map()
    return index


def learned(products: Sequence[Product], embed: Embed, file: Path) -> NDArray[np.float16]:
    """[n, width] in the order of `products`; what is embedded for it is kept in `file`."""
    wanted = np.array([_key(product) for product in products], np.uint64)
    _, first, place = np.unique(wanted, return_index=True, return_inverse=True)
    keys, kept = _kept(file)
    rows = np.empty((len(wanted), kept.shape[1]), np.float16)
    known, order = np.isin(wanted, keys), np.argsort(keys)
    rows[known] = kept[order[np.searchsorted(keys, wanted[known], sorter=order)]]
    fresh, saved = np.sort(first[~known[first]]), time.monotonic()
    for start in range(0, len(fresh), PART):
        part = fresh[start : start + PART]
        made = embed([_text(products[row]) for row in part])
        if not rows.shape[1]:  # nothing was kept that tells the width
            rows = np.empty((len(wanted), made.shape[1]), np.float16)
        rows[part], known[part] = made, True
        if time.monotonic() - saved > SAVE_EVERY:
            _save(file, wanted[known], rows[known])
            saved = time.monotonic()
    again = np.flatnonzero(~known)  # the same text as an earlier product
    rows[again] = rows[first[place[again]]]
    if len(fresh):
        _save(file, wanted, rows)
    return rows


def _text(product: Product) -> str:
    return f"{product.title('en')}. {product.description('en')}"


def _key(product: Product) -> int:
    return int.from_bytes(hashlib.blake2b(_text(product).encode(), digest_size=8).digest())


def _kept(file: Path) -> tuple[NDArray[np.uint64], NDArray[np.float16]]:
    if not file.exists():
        return np.empty(0, np.uint64), np.empty((0, 0), np.float16)
    with np.load(file) as kept:
        return kept["keys"], kept["rows"]


def _save(file: Path, keys: NDArray[np.uint64], rows: NDArray[np.float16]) -> None:
    """Written beside and moved: never half there."""
    part = file.with_suffix(".part.npz")
    np.savez(part, keys=keys, rows=rows)
    part.replace(file)
