"""The shop: one catalogue, found by words and by meaning inside hard conditions, sold by its merchants.

    words ─ spelling ─ glossary ─► English words, categories ─┐
    conditions ─ constraints ─► rows that may show ────────────┴─► index ─► guide ─► Shelf

Knows products, conditions and orders. Knows nothing of sentences, cards, models or payments: the embedder comes in as
a function and the till is set from outside.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from datetime import date
from typing import TypedDict

import numpy as np

from assistant import fx
from assistant.clock import Clock
from assistant.errors import BadInput, Refused
from assistant.merchant import Merchant
from assistant.money import Money
from assistant.request import Constraint, Seen
from assistant.settings import Settings
from assistant.shop import guide
from assistant.shop.cart import Carts
from assistant.shop.catalogue import Catalogue, Product
from assistant.shop.constraints import Columns, Conversion, canonical, relax
from assistant.shop.elsewhere import Known, Register, discover
from assistant.shop.facts import Facts
from assistant.shop.glossary import Entry, Reading, glossary, pieces
from assistant.shop.index import Index, Ranking
from assistant.shop.intake import Intake
from assistant.shop.match import Match, Pictures
from assistant.shop.meaning import Embed
from assistant.shop.merchants import House, terms
from assistant.shop.shelf import Hit, Nearest, Shelf
from assistant.shop.spelling import Pairs, Speller
from assistant.shop.view import Mask, View, matched_words
from assistant.shop.watches import Watches
from assistant.store import Store

NO_WORDS = Reading()
ANY: frozenset[int] = frozenset()
READ_WELL = 0.6  # confidence from which a line on a package counts
LABELLED, LABELLED_SHOWN = 50, 5  # products compared with the words on a package, and named


class Lexicon(TypedDict):
    brands: tuple[str, ...]
    colours: tuple[str, ...]
    products: tuple[str, ...]
    models: tuple[str, ...]
    sizes: tuple[str, ...]
    facts: tuple[tuple[str, str, str], ...]


class Shop:
    """`embed`: texts to vectors, None: words alone. `known`: whether a word is English, whoever sells it.

    `eye`: which vision model the looks of pictures are of.
    """

    def __init__(
        self, store: Store, settings: Settings, clock: Clock, embed: Embed | None = None,
        known: Callable[[str], bool] = "".__eq__, eye: str = "",
    ) -> None:  # fmt: skip
        self.settings = settings
        self.clock = clock
        self.catalogue = Catalogue(store)
        self.register = Register(settings.home)
        self.merchants: dict[str, Merchant] = {}
        self.open_shops()
        self.carts = Carts(store, clock, self.catalogue, self.merchants, settings.currency)
        self.intake = Intake(self.catalogue, settings, clock, self.load)
        self.watches = Watches(store, clock, self.catalogue)
        self.repriced: Callable[[], None] = lambda: None  # told that prices may have changed
        self.facts = Facts(settings.food_facts)
        self.pictures = Pictures(settings.home / "looks" / eye)
        self._embed, self._known = embed, known
        self._view: View | None = None
        self._opening = threading.Lock()
        self._started = False

    def open_shops(self) -> None:
        """The embedded shops, and in their place or beside them those that were added by URL."""
        catalogue, currency, fresh = self.catalogue, self.settings.currency, dict[str, Merchant]()
        known = self.register.all()
        for id, told in terms().items():
            if id not in known:
                fresh[id] = House(id, told, catalogue.store, self.clock, catalogue, currency, self._restock)
        for id, shop in known.items():
            from assistant.shop.acp import AcpMerchant

            fresh[id] = AcpMerchant(
                shop, catalogue.store, self.clock, catalogue, currency, self.settings.address, self.register.keep
            )
        self.merchants.update(fresh)
        for gone in self.merchants.keys() - fresh.keys():
            del self.merchants[gone]

    def add_shop(self, url: str, id: str, name: str, key: str, feed: bytes = b"") -> Known:
        """Trade with the shop at this address from now on; `feed`: its products. Raises like `discover`."""
        found = discover(url, id, name, key)
        self.register.keep(found)
        self.open_shops()
        if feed:
            self.intake.of_shop(feed, found.id)
        return found

    def remove_shop(self, id: str) -> None:
        """Trade with it no more; what only it sold is not sold here any more. Raises `NotFound`."""
        self.register.drop(id)
        self.open_shops()
        if id not in self.merchants:
            self.catalogue.forget(id)
            self.load(())

    def heard(self, body: bytes, signature: str) -> tuple[str, str]:
        """(event, quote) of an order webhook of one of these shops. Raises `Refused` unless it is genuine."""
        from assistant.acp.messages import OrderEvent
        from assistant.acp.signature import is_genuine, secret_of

        now = int(self.clock.now().timestamp())
        for id, shop in self.register.all().items():
            if is_genuine(secret_of(shop.key), body, signature, now):
                try:
                    told = OrderEvent.model_validate_json(body, extra="ignore")
                except ValueError:
                    break
                return hashlib.sha256(body).hexdigest(), self.carts.quote_of(id, told.data.checkout_session_id)
        raise Refused("webhook_not_genuine")

    def start(self) -> None:
        """Begin to learn meanings in the background; words answer at once."""
        self._started = True
        threading.Thread(target=self.learn, name="shop-learn", daemon=True).start()

    def learn(self) -> None:
        """Give the index its vectors now; nothing without an embedder or without products."""
        view = self._open()
        _ = view.speller.count
        if self._embed is not None and view.products:
            view.index.learn(self._embed)

    def load(self, products: Iterable[Product]) -> int:
        """Put products into the catalogue; the indexes follow at the next search."""
        count = self.catalogue.load(products)
        with self._opening:
            self._view = None
        if self._started:
            self.start()
        self.repriced()
        return count

    def is_empty(self) -> bool:
        return self.catalogue.is_empty()

    def product(self, product: str) -> Product | None:
        return self.catalogue.by_id(product)

    def by_gtin(self, code: str) -> Product | None:
        """The product of a code. Raises `BadInput` for digits that cannot be a GTIN."""
        return self.catalogue.by_gtin(code)

    def match(self, seen: Seen) -> tuple[Match, ...]:
        """Products a photo may show, likest first: by its code alone, else the words on the package, else its looks."""
        for code in seen.codes:
            with suppress(BadInput):
                if product := self.by_gtin(code.text):
                    return (Match(product.id, "code", code.text),)
        return self._labelled(seen) or self.pictures.like(seen.prints, seen.features)

    def _labelled(self, seen: Seen) -> tuple[Match, ...]:
        """Products whose brand and most of whose name stand on the package."""
        view = self._open()
        read = [piece for line in seen.lines if line.confidence >= READ_WELL for piece in pieces(line.text)]
        rows = view.index.rank(list(dict.fromkeys(read)), np.ones(len(view.products), bool)).rows if read else ()
        found = []
        for product in (view.products[row] for row in rows[:LABELLED]):
            name = set(pieces(product.title("en")))
            on = name & set(read)
            if set(pieces(product.brand)) <= on and len(on) > len(name) / 2 and len(on) > 1:
                found.append((len(on) / len(name), Match(product.id, "text", " ".join(sorted(on)))))
        return tuple(match for _, match in sorted(found, key=lambda each: -each[0])[:LABELLED_SHOWN])

    def lexicon(self) -> Lexicon:
        """Words a proposer may recognise in a sentence; colours and kinds of product in every language."""
        view = self._open()
        sizes = (product.attributes["size"].value for product in view.products if "size" in product.attributes)
        return {
            "brands": tuple(sorted({product.brand for product in view.products})),
            "colours": glossary().colours(),
            "products": glossary().types(view.kinds),
            "models": tuple(sorted({product.model for product in view.products if re.search(r"\d", product.model)})),
            "sizes": tuple(sorted({str(size) for size in sizes})),
            "facts": glossary().facts(),
        }

    def kinds(self, query: str, language: str) -> frozenset[str]:
        """The kinds of product sold here that the words name."""
        return glossary().read(query, self._open().kinds, language).categories

    def sizes(self, kind: str) -> tuple[str, ...]:
        """Sizes in which products of this kind are sold."""
        columns = self._open().columns.words
        if "size" not in columns:
            return ()
        mine = set(columns["size"].codes[columns["category"].among(kind)].tolist())
        return tuple(sorted(size.upper() for size, code in columns["size"].known.items() if code in mine))

    def stated(self, words: str) -> tuple[str, str] | None:
        """The fact (name, value) by which some product is what these words say: ("material", "leather")."""
        for field in ("material", "colour", "brand"):
            known = words.strip() if field == "brand" else glossary().value(field, words)
            if self._open().columns.hold(Constraint(field, "is", known)).meets.any():
                return field, known
        return None

    def words(self) -> tuple[str, ...]:
        """Product types, colours and brands in English, for the recogniser's vocabulary."""
        return glossary().spoken() + self.lexicon()["brands"]

    def describe(self) -> str:
        view = self._view
        return "words and meaning" if view is not None and view.index.semantic else "words alone"

    def currencies(self) -> tuple[str, ...]:
        """Currencies prices are named in, the person's own first."""
        offered = sorted(self._open().columns.prices)
        own = self.settings.currency
        return tuple(sorted(offered, key=lambda currency: currency != own))

    def compare(self, products: Sequence[str], currency: str = "") -> guide.Comparison:
        return guide.compare(self.catalogue.by_ids(products), currency or self.settings.currency)

    def search(
        self, query: str, constraints: Sequence[Constraint], language: str, limit: int = 3,
        asked: Collection[str] | None = None, order_by: str = "",
    ) -> Shelf:  # fmt: skip
        """The first `limit` of what fits. No product in it violates a condition; `nearest` is set when nothing fits.

        `language` is the reader's: the reasons name the words found in it. `asked`: facts the person was asked about
        already; None: no question is wanted. `order_by`: "price least" or another fact and its end. Raises `BadInput`
        for a price in a currency that cannot be converted.
        """
        view = self._open()
        reading, mended = self._read(view, query, language)
        limits, conversions = self._canonical(constraints)
        currency = self._currency(limits)
        fit, scope = view.columns.fit(limits), view.of_kind(reading)
        if query.strip() and reading == Reading() and not limits:
            scope = np.zeros_like(scope)  # words that say nothing are not everything
        if (exact := self._exact(view, reading)) is not None:
            reading, scope = Reading(), np.arange(len(view.products)) == exact
        ranking = view.found(reading, scope & fit.meets)
        left_out = len(view.found(reading, scope & fit.unstated).rows) if fit.unstated.any() else 0
        best = guide.extremes(view.columns, view.in_stock(ranking), currency)
        order = guide.picks(ranking, view.columns, currency, order_by)
        hits = self._hits(view, order[:limit], limits, currency, best, reading, language, ranking.matched)
        nearest = None if hits else self._nearest(view, reading, scope, limits, currency)
        ask = None
        if asked is not None:
            known = {*asked, *(each.field for each in limits)}
            ask = guide.question(view.products, view.columns, order, currency, known)
        return Shelf(
            hits, len(ranking.rows), left_out, limits, conversions, currency, nearest, ranking.semantic, mended,
            view.is_unnamed(reading), ask,
        )  # fmt: skip

    def among(self, products: Sequence[str], query: str, constraints: Sequence[Constraint] = ()) -> tuple[str, ...]:
        """Those of `products` that the words and conditions mean, in their order."""
        view = self._open()
        reading = glossary().read(query, view.kinds)
        rows = [view.rows[name] for name in products if name in view.rows]
        here = np.isin(np.arange(len(view.products)), rows)
        scope = here & view.of_kind(reading) & view.columns.fit(self._canonical(constraints)[0]).meets
        ranking = view.found(reading, scope)
        meant = set(ranking.rows if reading.categories or not reading.words else ranking.matched)
        return tuple(name for name in products if view.rows.get(name) in meant)

    def misses(self, product: Product, constraints: Sequence[Constraint]) -> tuple[Constraint, ...]:
        """The conditions, canonical, that this product does not meet or does not state."""
        limits, _ = self._canonical(constraints)
        return tuple(each for each in limits if not Columns((product,)).fit((each,)).meets[0])

    def alike(self, product: Product, constraints: Sequence[Constraint]) -> tuple[tuple[Product, tuple[str, ...]], ...]:
        """Others of its kind in stock that meet the conditions, most alike first, with the facts they share."""
        view = self._open()
        limits, _ = self._canonical(constraints)
        rows = np.flatnonzero(view.columns.fit(limits).meets & view.columns.words["category"].among(product.category))
        others = [view.products[row] for row in rows if view.products[row].family != product.family]
        fresh = [each for each in self.catalogue.by_ids([other.id for other in others]) if each.offer.stock]
        return guide.alike(product, fresh, self.settings.currency)

    def _open(self) -> View:
        with self._opening:
            if self._view is None:
                products = self.catalogue.all()
                index = Index(products, self.settings.home / "index")
                rows = {product.id: row for row, product in enumerate(products)}
                kinds = frozenset(product.category for product in products)
                speller = Speller(products, glossary().goods())
                self._view = View(products, rows, kinds, Columns(products), index, speller)
            return self._view

    def _restock(self, products: list[str]) -> None:
        """Stock has moved: the columns follow, so that counts and reasons stay true without reading all again."""
        with self._opening:
            if (view := self._view) is None:
                return
            for fresh in self.catalogue.by_ids(products):
                if (row := view.rows.get(fresh.id)) is not None:
                    view.columns.numbers["stock"][row] = fresh.offer.stock

    def ranking(self, query: str, language: str) -> Ranking:
        """Everything sold, as its words and meanings rank it: no conditions, and nothing picked to be shown first."""
        view = self._open()
        return view.found(self._read(view, query, language)[0], np.ones(len(view.products), bool))

    def _read(self, view: View, query: str, language: str) -> tuple[Reading, Pairs]:
        """The request in the catalogue's English, and the words mended on the way."""

        def known(word: str) -> bool:
            return self._known(word) or glossary().read(word, None, language).entries != (Entry((word,)),)

        def matches(text: str) -> int:
            return view.index.named(glossary().read(text, view.kinds, language).words)

        def says(word: str) -> bool:
            return bool(glossary().read(word, view.kinds, language).entries)

        text, mended = view.speller.mend(query, known, matches, says)
        return glossary().read(text, view.kinds, language), mended

    def _canonical(self, constraints: Sequence[Constraint]) -> tuple[tuple[Constraint, ...], tuple[Conversion, ...]]:
        today = self.clock.now().date()

        def convert(money: Money, currency: str) -> tuple[Money, date]:
            return fx.convert(money, currency, today)

        offered = self.currencies() or (self.settings.currency,)
        pairs = [canonical(each, glossary(), offered, convert, today) for each in constraints]
        return tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs if pair[1])

    def _currency(self, constraints: Sequence[Constraint]) -> str:
        bounds = [each.value.currency for each in constraints if isinstance(each.value, Money)]
        return [*bounds, *self.currencies(), self.settings.currency][0]

    def _exact(self, view: View, reading: Reading) -> int | None:
        """The one row a code or a model number in the words names."""
        for word in reading.words:
            try:
                product = self.by_gtin(word)
            except BadInput:
                continue
            if product is not None:
                return view.rows.get(product.id)
        return view.index.exact(reading.words)

    def _hits(
        self, view: View, rows: Sequence[int], asked: Sequence[Constraint], currency: str,
        best: guide.Extremes, reading: Reading = NO_WORDS, language: str = "en", matched: frozenset[int] = ANY,
    ) -> tuple[Hit, ...]:  # fmt: skip
        """Rows read again from SQL; one that no longer meets every condition is dropped."""
        fresh = self.catalogue.by_ids([view.products[row].id for row in rows])
        still = Columns(fresh).fit(asked).meets
        hits = []
        for row, product, meets in zip(rows, fresh, still, strict=True):
            words, alike = matched_words(product, reading, language), bool(reading.entries) and row not in matched
            if meets:
                why = guide.reasons(product, currency, best, words, alike)
                hits.append(Hit(product, product.offer.price(currency), why))
        return tuple(hits)

    def _nearest(
        self, view: View, reading: Reading, scope: Mask, asked: Sequence[Constraint], currency: str
    ) -> Nearest | None:
        among = np.zeros(len(view.products), bool)
        among[list(view.found(reading, scope).rows)] = True
        if not (among.any() and asked) or (freed := relax(view.columns, asked, among)) is None:
            return None
        kept = [each for each in asked if each not in freed.dropped]
        none = guide.Extremes(0, {})
        hits = self._hits(view, freed.rows[:1], kept, currency, none)
        return Nearest(freed.dropped, hits[0]) if hits else None
