"""Finding products, measured: judged queries against four peers, typos, French and Chinese, and speed.

`data/catalogue` holds products (JSON lines), ratings 0-3 of (query, product) pairs and each query's translations.
Peers run in the same process on the same fields and, where they use vectors, on the same vectors; one that is not
installed (`make bench` installs the extra `bench`) is said. `BENCH_MILLION=1` adds a million variants of the
products (some ten minutes).
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import random
import resource
import shutil
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from assistant.clock import SystemClock
from assistant.demo import catalogue as demo
from assistant.language import constraints
from assistant.language.acts import World
from assistant.language.sentence import Sentence
from assistant.money import Money
from assistant.request import Constraint
from assistant.settings import Settings
from assistant.shop import Shop
from assistant.shop.catalogue import Attribute, Offer, Product
from assistant.shop.glossary import glossary
from assistant.shop.index import Index
from assistant.shop.match import Look, Looks
from assistant.shop.meaning import FILE, learned
from assistant.store import Store
from bench.figures import Figure, figure
from bench.shop_peers import FOUND, Search, fts5, lance, okapi, tantivy_default
from bench.wishes import wishes
from models import vision
from models.prints import prints
from models.text import embed, ready, vocabulary

KEPT = Path(__file__).parents[1] / "artefacts" / "bench-shop" / FILE  # vectors of the last run: embedding takes minutes
DRAWS = 10_000
TYPED = 10  # times every query is mistyped
WISHES = 10_000
MANY = 1_000_000
COLOURS = ("black", "white", "red", "blue", "green", "grey", "silver", "pink", "yellow", "brown", "orange", "purple")
ASKED = 4  # times every query is timed
Ratings = dict[str, dict[str, int]]


def measure(data: Path | None) -> Iterator[Figure]:
    yield from promises()
    if data:
        yield from photos(data / "groceries")
    if data is None:
        yield figure("catalogue: no DATA given, not measured", None)
        return
    goods = products(data / "catalogue" / "products.jsonl.gz")
    ratings = judged(data / "catalogue" / "ratings.csv")
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as shop:
        shop.load(goods)
        goods = list(shop.catalogue.all())
        began = time.perf_counter()
        index = Index(goods, Path(folder) / "timed")
        yield figure(f"{len(goods)} products: index without vectors", time.perf_counter() - began, "s", 5)
        words = scores(ranked(index), goods, ratings)
        yield figure(f"words alone, {len(words)} judged queries", mean(words), "nDCG@10")
        if not ready():
            yield figure("no sentence embeddings (make install): hybrid not measured", None)
            return
        began = time.process_time()
        shop.learn()
        yield figure("learning the meanings in the background", time.process_time() - began, "CPU s")
        mine = scores(asked(shop, "en"), goods, ratings)
        yield from against(mine, goods, ratings, Path(folder))
        yield from typos(shop, goods, ratings, mine)
        yield from languages(data, shop, goods, ratings, mine)
        yield from speed(shop, ratings)
        if os.environ.get("BENCH_MILLION"):
            yield from million(goods, learned(goods, embed, Path(folder) / "index" / FILE), ratings)


@contextmanager
def opened(folder: Path) -> Iterator[Shop]:
    """An empty shop; the vectors it learns are kept for the next run, embedding takes minutes."""
    kept = folder / "index" / KEPT.name
    kept.parent.mkdir()
    if KEPT.exists():
        shutil.copy(KEPT, kept)
    store = Store(folder / "lueur.db")
    store.upgrade()
    yield Shop(store, Settings(home=folder), SystemClock(), embed, lambda word: word in vocabulary())
    store.close()
    if kept.exists():
        KEPT.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(kept, KEPT)


# -- the data ---------------------------------------------------------------------------------------------------------


def products(path: Path) -> list[Product]:
    """The catalogue with its text attributes; prices are cents, one offer each."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [_product(json.loads(line), at) for line in lines]


def _product(raw: dict[str, Any], at: datetime) -> Product:
    facts = {name[7:]: Attribute(str(value)) for name, value in raw.items() if name.startswith("attr_t_")}
    price = Money(max(1, raw.get("price") or 1), "USD")
    return Product(
        raw["id"], "", "", raw["id"], raw.get("supplier") or "", raw.get("name") or "", {"en": raw["title"]},
        {"en": raw.get("short_description") or ""}, facts, Offer("maison", (price,), 1, 1, at),
    )  # fmt: skip


def judged(path: Path) -> Ratings:
    ratings: Ratings = defaultdict(dict)
    with path.open(encoding="utf-8") as file:
        for line in csv.DictReader(file):
            ratings[line["query"]][line["docid"]] = int(line["rating"])
    return {query: given for query, given in ratings.items() if any(given.values())}


# -- scoring ----------------------------------------------------------------------------------------------------------


def gain(ratings: Sequence[int]) -> float:
    """DCG with gain 2^r - 1 (Burges et al. 2005), cut at ten."""
    return sum((2**rating - 1) / np.log2(place + 2) for place, rating in enumerate(ratings[:FOUND]))


def scores(search: Search, goods: Sequence[Product], ratings: Ratings, said: dict[str, str] | None = None) -> Any:
    """nDCG@10 of every judged query, asked in the words of `said` where given; what nobody judged counts nothing."""
    found = []
    for query, given in ratings.items():
        rows = search((said or {}).get(query, query))
        ideal = gain(sorted(given.values(), reverse=True))
        found.append(gain([given.get(goods[place].id, 0) for place in rows[:FOUND]]) / ideal)
    return np.array(found)


def mean(values: NDArray[np.float64]) -> float:
    return round(float(values.mean()), 4)


def interval(mine: NDArray[np.float64], theirs: NDArray[np.float64]) -> tuple[float, float]:
    """95 % of the ratio of means over queries drawn again in pairs (Efron's percentile bootstrap)."""
    drawn = np.random.default_rng(7).integers(0, len(mine), (DRAWS, len(mine)))
    low, high = np.percentile(mine[drawn].mean(1) / theirs[drawn].mean(1), [2.5, 97.5])
    return round(float(low), 3), round(float(high), 3)


def ranked(index: Index) -> Search:
    everything = np.ones(len(index.products), bool)
    return lambda query: index.rank(glossary().read(query, (), "en").words, everything).rows


def asked(shop: Shop, language: str) -> Search:
    """The shop's own ranking of a request as it is written, before the guide picks what to show first."""
    return lambda query: shop.ranking(query, language).rows


# -- peers ------------------------------------------------------------------------------------------------------------


def against(mine: NDArray[np.float64], goods: list[Product], ratings: Ratings, folder: Path) -> Iterator[Figure]:
    peers: dict[str, Callable[[], Search]] = {
        "tantivy, default": lambda: tantivy_default(goods),
        "SQLite FTS5": lambda: fts5(goods),
        "bm25s": lambda: okapi(goods),
        "LanceDB hybrid": lambda: lance(goods, learned(goods, embed, folder / "index" / FILE), folder),
    }
    for name, opened in peers.items():
        try:
            theirs = scores(opened(), goods, ratings)
        except ImportError as missing:
            yield figure(f"hybrid against {name}: not installed ({missing.name})", mean(mine), "nDCG@10")
            continue
        low, high = interval(mine, theirs)
        named = f"hybrid against {name}, ratio 95 % [{low}, {high}]"
        one = figure(named, mean(mine), "nDCG@10", least=1.0, against=(name, mean(theirs)), interval=[low, high])
        yield one | {"holds": one["holds"] and (low > 1 or name != "tantivy, default")}


# -- typos, languages, speed ------------------------------------------------------------------------------------------


def slipped(query: str, dice: random.Random) -> str:
    """One random edit inside one word of five letters or more; a query without such a word stays."""
    words = query.split()
    places = [place for place, word in enumerate(words) if len(word) > 4 and word.isalpha()]
    if not places:
        return query
    place = dice.choice(places)
    word, letter = words[place], dice.choice("abcdefghijklmnopqrstuvwxyz")
    at = dice.randrange(len(word) - 1)
    words[place] = dice.choice([
        word[:at] + word[at + 1 :], word[:at] + letter + word[at:], word[:at] + letter + word[at + 1 :],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    ])  # fmt: skip
    return " ".join(words)


def typos(shop: Shop, goods: list[Product], ratings: Ratings, mine: NDArray[np.float64]) -> Iterator[Figure]:
    mended = scores(asked(shop, "en"), goods, ratings)
    clean = mean(mine)
    yield figure("clean queries with the speller on", mean(mended), "nDCG@10", least=1.0, against=("without", clean))
    typed = [{query: slipped(query, random.Random(f"{seed} {query}")) for query in ratings} for seed in range(TYPED)]
    runs = np.array([scores(asked(shop, "en"), goods, ratings, said) for said in typed])
    yield figure(f"one typo, mean of {TYPED} draws", mean(runs), "nDCG@10", least=0.97, against=("clean", clean))


def languages(
    data: Path, shop: Shop, goods: list[Product], ratings: Ratings, mine: NDArray[np.float64]
) -> Iterator[Figure]:
    with (data / "catalogue" / "translations.csv").open(encoding="utf-8") as file:
        lines = {line["query"]: line for line in csv.DictReader(file)}
    for language, name in (("fr", "French"), ("zh", "Chinese")):
        said = {query: line[language] for query, line in lines.items()}
        found = scores(asked(shop, language), goods, ratings, said)
        yield figure(f"{name} translations", mean(found), "nDCG@10", least=0.6, against=("English", mean(mine)))


def speed(shop: Shop, ratings: Ratings) -> Iterator[Figure]:
    """Whole searches as a turn makes them: spelling, words, meaning, a price limit, the rows read again from SQL."""
    limits = (Constraint("price", "at_most", Money(20_000, "USD")),)
    for name, asked_for in (("", ()), (" under a price", limits)):
        wall, work = [], []
        for query in [*ratings] * ASKED:
            began, worked = time.perf_counter(), time.process_time()
            shop.search(query, asked_for, "en")
            wall.append(1000 * (time.perf_counter() - began))
            work.append(1000 * (time.process_time() - worked))
        yield figure(f"hybrid search{name}, p50", statistics.median(wall), "ms")
        yield figure(f"hybrid search{name}, p95", float(np.percentile(wall, 95)), "ms", 30)
        yield figure(f"hybrid search{name}, p95 of its CPU time", float(np.percentile(work, 95)), "ms")


# -- wishes -----------------------------------------------------------------------------------------------------------


def promises() -> Iterator[Figure]:
    """Generated wishes over the demo catalogue, read and searched as a turn does, judged by the generator's intent."""
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as shop:
        demo.stock(shop)
        goods = shop.catalogue.all()
        world = World(currencies=("EUR", "USD"), today="2026-11-22", **shop.lexicon())
        broken = possible = shown = 0
        for wish in wishes(goods, WISHES, seed=1):
            wanted = constraints.read(Sentence(wish.text, wish.language, world))
            hits = () if wanted.doubts else shop.search(wanted.query, wanted.constraints, wish.language, FOUND).hits
            broken += any(not wish.met_by(hit.product) for hit in hits)
            able = any(wish.met_by(product) for product in goods)
            possible, shown = possible + able, shown + (able and bool(hits))
    yield figure(f"{WISHES} generated wishes: with a card that breaks one", broken, "wishes", 0)
    yield figure(f"{possible} that can be met: with a card", shown / possible, "share", least=0.99)


# -- photos -----------------------------------------------------------------------------------------------------------


def photos(data: Path) -> Iterator[Figure]:
    """Photos of groceries against one catalogue picture each, by looks alone: no code and no text is used."""
    pictures, taken = sorted((data / "catalogue").rglob("*.jpg")), sorted((data / "photos").rglob("*.jpg"))
    if not pictures:
        yield figure("groceries (no data)", None, "share")
        return
    looks = Looks({path.parent.name: seen(path) for path in pictures})
    found = [(path, [match.product for match in looks.match(seen(path))]) for path in taken]
    packed = [(path, named) for path, named in found if "Packages" in path.parts]
    for name, some, first, five in (("all", found, 0.40, 0.60), ("packaged", packed, 0.75, None)):
        top = statistics.fmean(named[0] == path.parent.name for path, named in some)
        yield figure(f"{len(some)} photos ({name}): product first", top, "share", least=first)
        within = statistics.fmean(path.parent.name in named for path, named in some)
        yield figure(f"{len(some)} photos ({name}): product in five", within, "share", least=five)


def seen(path: Path) -> Look:
    picture = Image.open(path)
    return Look.of(prints(picture), vision.look(picture).features)


# -- a million --------------------------------------------------------------------------------------------------------


class Variants(Sequence[Product]):
    """`count` variants of real products, made when they are looked at: another colour, model and number each."""

    def __init__(self, goods: list[Product], count: int) -> None:
        self.goods, self.count = goods, count

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, row: Any) -> Any:
        if row >= self.count:
            raise IndexError(row)
        one = self.goods[row % len(self.goods)]
        mark = f"{COLOURS[row // len(self.goods) % len(COLOURS)]} v{row}"
        about = f"{one.description('en')} #{row}"
        return replace(
            one, id=f"{one.id}-{row}", model=f"{one.model}-{row}", titles={"en": f"{one.title('en')} {mark}"},
            descriptions={"en": about}, attributes=dict(list(one.attributes.items())[:8]),
        )  # fmt: skip


def million(goods: list[Product], vectors: NDArray[np.float16], ratings: Ratings) -> Iterator[Figure]:
    """Vectors are the real products' with noise, so that variants lie close together, as they do in a shop."""
    dice = np.random.default_rng(11)

    def near(texts: list[str]) -> NDArray[np.float32]:
        if len(texts) == 1:
            return embed(texts)
        rows = [int(text.rsplit("#", 1)[1]) % len(goods) for text in texts]
        noisy = vectors[rows] + 0.02 * dice.standard_normal((len(rows), vectors.shape[1]), np.float32)
        return np.asarray(noisy / np.linalg.norm(noisy, axis=1, keepdims=True), np.float32)

    many = Variants(goods, MANY)
    with tempfile.TemporaryDirectory() as folder:
        began = time.process_time()
        index = Index(many, Path(folder))
        yield figure(f"{MANY} variants: index of words", time.process_time() - began, "CPU s")
        began = time.process_time()
        index.learn(near)
        yield figure(f"{MANY} variants: index of meanings, embedding left out", time.process_time() - began, "CPU s")
        everything = np.ones(MANY, bool)
        asked_for = [glossary().read(query, (), "en").words for query in ratings]
        index.rank(asked_for[0], everything)
        acts = (lambda w: index.lexical(w, everything), lambda w: index.rank(w, everything))
        rounds = [[[_milliseconds(act, w) for act in acts] for w in asked_for] for _ in range(ASKED)]
        spent = np.array(rounds)  # [round, query, leg, by the clock | of CPU]: both legs in turn, under one load
        best = spent.min(0)  # the quickest of a query's rounds: what other processes took is in the others
        load = os.getloadavg()[0]
        quiet = load <= (os.cpu_count() or 1)  # two threads take turns: waiting for a busy core is not theirs
        whats = (f"p50 (load {load:.1f})", 3.5 if quiet else None), ("p50 of its CPU time", 3.5)
        for place, (what, most) in enumerate(whats):
            words, both = np.median(best[:, :, place], axis=0).tolist()
            alone = ("tantivy alone", words)
            yield figure(f"{MANY} variants: hybrid, {what}, ratio", both, "ms", most, against=alone)
        yield figure(f"{MANY} variants: hybrid, p95", float(np.percentile(spent[:, :, 1, 0], 95)), "ms")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        yield figure(f"{MANY} variants: peak memory of the process, building included", peak, "GiB")


def _milliseconds(act: Callable[[Any], Any], asked: Any) -> tuple[float, float]:
    """(by the clock, of CPU in all threads)."""
    began, worked = time.perf_counter(), time.process_time()
    act(asked)
    return 1000 * (time.perf_counter() - began), 1000 * (time.process_time() - worked)
