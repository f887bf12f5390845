"""What a clarifying question is worth: simulated shoppers who look for one product that was rated 3 and answer truly.

Candidates are the words' own ranking. Three ways to ask are compared: not at all, price then brand then colour, and the
fact that tells most (`shop/guide.question`). A shopper who cannot answer has no preference.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

import numpy as np

from assistant.shop.catalogue import Product
from assistant.shop.constraints import Columns
from assistant.shop.glossary import glossary
from assistant.shop.guide import CANDIDATES, SHOWN, Ask, question
from assistant.shop.index import Index
from bench.figures import Figure, figure
from bench.shop import judged, products

SHOPPERS = 400
QUESTIONS = 2
FIXED = ("price", "brand", "colour")
Policy = Callable[[Sequence[int], Collection[str]], Ask | None]


def measure(data: Path | None) -> Iterator[Figure]:
    if data is None:
        yield figure("questions: no DATA given, not measured", None)
        return
    goods = products(data / "catalogue" / "products.jsonl.gz")
    columns = Columns(goods)
    currency = goods[0].offer.prices[0].currency
    names = {"price", *columns.numbers, *columns.words}
    spent: list[float] = []

    def telling(rows: Sequence[int], known: Collection[str]) -> Ask | None:
        began = time.thread_time()
        ask = question(goods, columns, rows, currency, known)
        spent.append(1000 * (time.thread_time() - began))
        return ask

    def fixed(rows: Sequence[int], known: Collection[str]) -> Ask | None:
        following = (name for name in FIXED if name not in known)
        asks = (question(goods, columns, rows, currency, names - {name}) for name in following)
        return next((ask for ask in asks if ask), None)

    with tempfile.TemporaryDirectory() as folder:
        wishes = shoppers(Index(goods, Path(folder)), goods, data)
    share = {name: hits(policy, wishes, columns) for name, policy in (("fixed", fixed), ("telling", telling))}
    yield figure("questions: target among three without a question", hits(lambda *_: None, wishes, columns), "share")
    yield figure("questions: target among three after two, by what tells most", share["telling"], "share", least=1.15,
                 against=("price, brand, colour", share["fixed"]), shoppers=len(wishes))  # fmt: skip
    yield figure("questions: choosing one, p95", statistics.quantiles(spent, n=20)[18], "ms CPU")


def shoppers(index: Index, goods: Sequence[Product], data: Path) -> list[tuple[tuple[int, ...], int]]:
    """(candidates best first, the row that is looked for), the same ones each time."""
    dice, everything = random.Random(952), np.ones(len(goods), bool)
    place = {product.id: at for at, product in enumerate(goods)}
    found = []
    for query, ratings in sorted(judged(data / "catalogue" / "ratings.csv").items()):
        rows = index.rank(glossary().read(query).words, everything).rows[:CANDIDATES]
        found += [(rows, place[id]) for id, rated in ratings.items() if rated == 3 and place.get(id) in rows]
    return dice.sample(found, min(SHOPPERS, len(found)))


def hits(policy: Policy, wishes: Sequence[tuple[tuple[int, ...], int]], columns: Columns) -> float:
    """Share of shoppers who see what they look for among the first three after the questions."""
    seen = 0
    for candidates, target in wishes:
        rows, known = candidates, set[str]()
        for _ in range(QUESTIONS):
            if (ask := policy(rows, known)) is None:
                break
            known.add(ask.name)
            meant = next((o for o in ask.options if columns.fit(o).meets[target]), None)
            if meant:
                meets = columns.fit(meant).meets
                rows = tuple(at for at in rows if meets[at])
        seen += target in rows[:SHOWN]
    return seen / len(wishes)
