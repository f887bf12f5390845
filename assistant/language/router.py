"""Which wish a sentence is: a small linear head over hashed n-grams, averaged with one over sentence embeddings.

The embeddings are English only, so French and Chinese are decided by the n-grams alone, and so is everything where the
sentence model is missing (`describe()` says so). Knows labels and routes; does not know slots.
"""

import functools
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.language.features import hashed
from assistant.reply import Route
from assistant.request import Language

Vector = NDArray[np.float32]
Embed = Callable[[list[str]], Any]  # texts -> float32 [n, 384]
# Log-odds of "outside" from the head's own and from how much nearer the sentence is to strange ones than to known ones:
# a logistic regression over five folds (`workshop.router --calibrate`, in the model card).
OWN, STRANGE, BIAS = 0.57, 12.8, 0.80
BYTE = 317  # a component of a unit vector as int8: up to 0.4
NEAREST = 3  # sentences of each side whose cosines are averaged
GRAMS, FLOOR = 0.4, np.float32(1e-4)  # weight of the n-grams beside the meaning; what "impossible" counts as
HEAD = Path(__file__).parent / "heads" / "router.npz"
# Labels that are no goal by themselves: money facts, goods and services that no handler knows yet.
ROUTE_OF: dict[str, Route] = {
    "pay": "payment", "refund": "payment", "payments": "payment", "stop_payments": "payment",
    "measure": "wealth", "wealth": "wealth", "import": "wealth", "advice": "wealth",
    "find": "product", "product": "product", "buy": "product", "compare": "product", "lookup": "product",
    "help": "other", "greet": "other", "thanks": "other", "service": "other", "outside": "out_of_scope",
}  # fmt: skip


def route_of(label: str) -> Route:
    return ROUTE_OF[label.partition(".")[0]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`labels`: likeliest first with probabilities; `routes` sums them; `outside`: probability of no route at all."""

    labels: tuple[tuple[str, float], ...]
    routes: dict[str, float]

    @property
    def outside(self) -> float:
        return self.routes.get("out_of_scope", 0.0)

    @property
    def route(self) -> str:
        return max(self.routes, key=lambda name: self.routes[name])


def softmax(scores: Vector) -> Vector:
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares: Vector = raised / raised.sum(axis=-1, keepdims=True)
    return shares


@dataclass(frozen=True, slots=True)
class Head:
    """The trained numbers. grams [buckets, labels], idf [buckets], dense [384, fine], groups [fine] -> label.

    inside [n, 384], strange [m, 384]: unit vectors of what Lueur answers and of what it does not.
    """

    labels: tuple[str, ...]
    grams: Vector
    bias: Vector
    idf: Vector
    dense: Vector
    dense_bias: Vector
    groups: NDArray[np.int64]
    inside: Vector
    strange: Vector

    def by_grams(self, text: str) -> Vector:
        """Probability of each label from the n-grams: tf-idf, unit length, linear, softmax."""
        counts = hashed(text)
        if not counts:
            return np.full(len(self.labels), 1 / len(self.labels), np.float32)
        buckets = np.fromiter(counts.keys(), np.int64)
        values: Vector = np.fromiter(counts.values(), np.float32) * self.idf[buckets]
        values /= max(float(np.sqrt((values**2).sum())), 1e-9)
        scores: Vector = values @ self.grams[buckets] + self.bias
        return softmax(scores)

    def by_meaning(self, rows: Vector) -> Vector:
        """[n, 384] -> [n, labels]: fine classes, summed to labels."""
        fine = softmax(rows @ self.dense + self.dense_bias)
        out = np.zeros((len(rows), len(self.labels)), np.float32)
        np.add.at(out.T, self.groups, fine.T)
        return out

    def strangeness(self, row: Vector) -> float:
        """[384]: how much nearer to strange sentences than to known ones, in cosines."""
        return _nearest(self.strange, row) - _nearest(self.inside, row)

    def weighed(self, shares: Vector, row: Vector) -> Vector:
        """`shares` [labels] of one sentence with another probability of "outside"; the rest keep their proportions."""
        at = self.labels.index("outside")
        before = float(np.clip(shares[at], FLOOR, 1 - FLOOR))
        odds = OWN * np.log(before / (1 - before)) + STRANGE * self.strangeness(row) + BIAS
        after = 1 / (1 + np.exp(-odds))
        out: Vector = shares * np.float32((1 - after) / (1 - before))
        out[at] = after
        return out


def _nearest(vectors: Vector, row: Vector) -> float:
    """Mean of the largest few cosines. Not by `@`: BLAS wakes a second thread for it, ten times the work."""
    cosines = np.einsum("nd,d->n", vectors, row)
    return float(np.partition(cosines, -NEAREST)[-NEAREST:].mean())


def mixed(grams: Vector, meaning: Vector) -> Vector:
    """The weighted geometric mean: a label that either of the two finds unlikely is unlikely."""
    raised = (grams + FLOOR) ** GRAMS * (meaning + FLOOR) ** (1 - GRAMS)
    shares: Vector = raised / raised.sum()
    return shares


def verdict(head: Head, shares: Vector) -> Verdict:
    order = np.argsort(-shares)
    labels = tuple((head.labels[i], float(shares[i])) for i in order)
    routes: dict[str, float] = {}
    for label, share in labels:
        routes[route_of(label)] = routes.get(route_of(label), 0.0) + share
    return Verdict(labels, routes)


class Router:
    """`embed` None: n-grams alone."""

    def __init__(self, head: Head, embed: Embed | None) -> None:
        self.head = head
        self.embed = embed

    def classify(self, text: str, language: Language) -> Verdict:
        shares = self.head.by_grams(text)
        if self.embed and language == "en" and len(self.head.dense):
            rows = self.embed([text.lower()])
            shares = self.head.weighed(mixed(shares, self.head.by_meaning(rows)[0]), rows[0])
        return verdict(self.head, shares)

    def describe(self) -> str:
        return "n-grams and all-MiniLM-L6-v2" if self.embed else "n-grams alone (no sentence model)"


def load(path: Path = HEAD) -> Head:
    """The shipped head: int8 columns with one scale per label are widened once."""
    with np.load(path, allow_pickle=False) as data:
        return Head(
            labels=tuple(str(label) for label in data["labels"]),
            grams=data["grams"].astype(np.float32) * data["scale"].astype(np.float32),
            bias=data["bias"].astype(np.float32),
            idf=data["idf"].astype(np.float32),
            dense=data["dense"].astype(np.float32),
            dense_bias=data["dense_bias"].astype(np.float32),
            groups=data["groups"].astype(np.int64),
            inside=data["inside"].astype(np.float32) / BYTE,
            strange=data["strange"].astype(np.float32) / BYTE,
        )


_loading = threading.Lock()


@functools.cache
def _shipped() -> Router:
    from models import text

    return Router(load(), text.embedder())


def shipped() -> Router:
    """The router of this installation, loaded once."""
    with _loading:
        return _shipped()
