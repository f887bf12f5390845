"""A photo to a product by what both look like: marks of print that lie alike, else colours and the model's view.

Knows what `request.Seen` carries; opens no picture. Print decides where enough marks of a package fit one movement in
the plane; a thing without print (an apple) goes by its colours, and printed products stand back then. The numbers were
set on photos of groceries against one catalogue picture each, see bench.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

COLOURS = 1024  # float16 numbers at the head of `Seen.prints`
MARK = np.dtype([("place", "<f2", 2), ("row", "u1", 128)])
ALIKE = 0.8  # Lowe's ratio: nearest against second nearest
APART = 12.0  # pixels a mark may lie beside its place
SURE = 7  # marks that fit together before print decides
PRINTED = 450  # marks a picture of a printed thing has more of
SHORT = 100  # products whose marks are compared one by one
STAND_BACK, VIEW, TRACE = 0.15, 0.1, 0.02  # weights where print does not decide


@dataclass(frozen=True, slots=True)
class Match:
    """`how` the product was found; `said`: the code, the words on the package, or how many marks fit."""

    product: str
    how: Literal["code", "text", "print", "look"]
    said: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    colours: NDArray[np.float32]  # [1024], length 1
    places: NDArray[np.float32]  # [n, 2]
    rows: NDArray[np.float32]  # [n, 128], length 1
    view: NDArray[np.float32]  # the vision model's embedding

    @classmethod
    def of(cls, prints: bytes, features: tuple[float, ...]) -> Look:
        """Raises `ValueError` for bytes that are no prints."""
        colours = np.frombuffer(prints, "<f2", COLOURS).astype(np.float32)
        marks = np.frombuffer(prints, MARK, offset=2 * COLOURS)
        rows = marks["row"].astype(np.float32)
        rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
        return cls(colours, marks["place"].astype(np.float32), rows, np.array(features, np.float32))


class Pictures:
    """What the catalogue's pictures look like, one file per product in `folder`; read when first asked."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._looks: Looks | None = None

    def show(self, product: str, prints: bytes, features: tuple[float, ...]) -> None:
        """Keep the looks of a product's picture. Raises `ValueError` for bytes that are no prints."""
        Look.of(prints, features)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        np.savez(self._file(product), product=product, prints=np.frombuffer(prints, np.uint8), features=features)
        self._looks = None

    def has(self, product: str) -> bool:
        return self._file(product).exists()

    def like(self, prints: bytes, features: tuple[float, ...]) -> tuple[Match, ...]:
        if self._looks is None and (files := sorted(self._folder.glob("*.npz"))):
            self._looks = Looks(dict(map(_read, files)))
        return self._looks.match(Look.of(prints, features)) if self._looks and prints else ()

    def _file(self, product: str) -> Path:
        return self._folder / f"{hashlib.sha256(product.encode()).hexdigest()[:32]}.npz"


def _read(file: Path) -> tuple[str, Look]:
    with np.load(file) as kept:
        return str(kept["product"]), Look.of(kept["prints"].tobytes(), tuple(kept["features"]))


class Looks:
    """The catalogue's pictures, by product."""

    def __init__(self, looks: Mapping[str, Look]) -> None:
        self.products = tuple(looks)
        self._looks = tuple(looks.values())
        self._colours = np.stack([look.colours for look in self._looks])
        views = np.stack([look.view for look in self._looks])
        self._mean, self._spread = views.mean(0), views.std(0) + 1e-6
        self._views = self._standard(views)
        marks = np.array([max(1, len(look.rows)) for look in self._looks])
        self._printed = np.log(marks / PRINTED).clip(0)
        self._index = self._marks() if len(self._looks) > SHORT else None

    def match(self, look: Look, most: int = 5) -> tuple[Match, ...]:
        """The likest products first."""
        fits = np.zeros(len(self._looks))
        for place in self._short(look):
            fits[place] = fitting(look, self._looks[place])
        unlike = 1 - self._colours @ look.colours
        if fits.max() >= SURE:
            order = np.argsort(2 * unlike - fits, kind="stable")
        else:
            view = self._views @ self._standard(look.view[None])[0]
            order = np.argsort(
                unlike + STAND_BACK * self._printed - VIEW * view - TRACE * fits, kind="stable"
            )  # fmt: skip
        return tuple(
            Match(self.products[place], "print", str(int(fits[place]))) if fits[place] >= SURE
            else Match(self.products[place], "look")
            for place in order[:most]
        )  # fmt: skip

    def _standard(self, views: NDArray[np.float32]) -> NDArray[np.float32]:
        """Every number of the embedding in units of its spread over the catalogue, rows of length 1."""
        scaled = (views - self._mean) / self._spread
        unit: NDArray[np.float32] = scaled / np.maximum(np.linalg.norm(scaled, axis=1, keepdims=True), 1e-6)
        return unit

    def _marks(self) -> Any:
        import faiss

        rows = np.concatenate([look.rows for look in self._looks])
        index = faiss.index_factory(rows.shape[1], "SQ8", faiss.METRIC_INNER_PRODUCT)
        index.train(rows)
        index.add(rows)
        self._owner = np.repeat(np.arange(len(self._looks)), [len(look.rows) for look in self._looks])
        return index

    def _short(self, look: Look) -> NDArray[np.int64]:
        """Products worth a comparison mark by mark: those that own most of the likest marks."""
        if self._index is None or not len(look.rows):
            return np.arange(len(self._looks))
        _, found = self._index.search(look.rows, 5)
        votes = np.bincount(self._owner[found[found >= 0]], minlength=len(self._looks))
        return np.argsort(-votes, kind="stable")[:SHORT]


def fitting(photo: Look, picture: Look) -> int:
    """Marks of the picture that one turn, shift and stretch brings onto alike marks of the photo (RANSAC)."""
    import cv2

    if len(photo.rows) < 2 or len(picture.rows) < 2:
        return 0
    near = photo.rows @ picture.rows.T
    two = -np.partition(-near, 1, axis=1)[:, :2]
    apart = np.sqrt(np.maximum(2 - 2 * two, 0))
    good = apart[:, 0] < ALIKE * apart[:, 1]
    if good.sum() < 4:
        return 0
    mates = near.argmax(1)[good]
    _, inside = cv2.estimateAffinePartial2D(
        picture.places[mates], photo.places[good], ransacReprojThreshold=APART, maxIters=500
    )
    return 0 if inside is None else len(np.unique(mates[inside.ravel() > 0]))
