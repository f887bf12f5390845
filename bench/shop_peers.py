"""What the shop's ranking is measured against: four search engines over the same fields of the same products.

Each takes the products and gives a search: a query to rows, best first. One that is not installed raises `ImportError`.
"""

import re
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.shop.catalogue import Product
from models.text import embed

FOUND = 10  # ranks that count
Search = Callable[[str], Sequence[int]]  # query -> rows, best first


def texts(product: Product) -> list[str]:
    facts = " ".join(f"{name} {fact.value}" for name, fact in product.attributes.items())
    return [product.title("en"), product.brand, product.model, product.description("en"), facts]


FIELDS = ("title", "brand", "model", "description", "facts")


def tantivy_default(goods: list[Product]) -> Search:
    import tantivy

    schema = tantivy.SchemaBuilder()
    for name in FIELDS:
        schema.add_text_field(name, tokenizer_name="en_stem")
    schema.add_integer_field("row", fast=True)
    index = tantivy.Index(schema.build())
    writer = index.writer(num_threads=1)
    for place, product in enumerate(goods):
        document = tantivy.Document()
        document.add_integer("row", place)
        for name, text in zip(FIELDS, texts(product), strict=True):
            document.add_text(name, text)
        writer.add_document(document)
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def search(query: str) -> Sequence[int]:
        parsed, _ = index.parse_query_lenient(query, list(FIELDS))
        hits = searcher.search(parsed, limit=FOUND).hits
        rows: list[int] = searcher.fast_field_values("row", [address for _, address in hits])
        return rows

    return search


def fts5(goods: list[Product]) -> Search:
    db = sqlite3.connect(":memory:")
    db.execute(f"CREATE VIRTUAL TABLE goods USING fts5({','.join(FIELDS)}, tokenize='porter')")
    db.executemany("INSERT INTO goods(rowid,title,brand,model,description,facts) VALUES (?,?,?,?,?,?)",
                   ([place, *texts(product)] for place, product in enumerate(goods)))  # fmt: skip

    def search(query: str) -> Sequence[int]:
        said = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", query))
        found = db.execute("SELECT rowid FROM goods WHERE goods MATCH ? ORDER BY rank LIMIT 10", [said])
        return [place for (place,) in found]

    return search


def okapi(goods: list[Product]) -> Search:
    import bm25s
    import Stemmer

    stemmer = Stemmer.Stemmer("english")
    engine = bm25s.BM25()
    engine.index(bm25s.tokenize([" ".join(texts(one)) for one in goods], stemmer=stemmer, show_progress=False),
                 show_progress=False)  # fmt: skip

    def search(query: str) -> Sequence[int]:
        words = bm25s.tokenize([query], stemmer=stemmer, show_progress=False)
        rows: list[int] = engine.retrieve(words, k=FOUND, show_progress=False)[0][0].tolist()
        return rows

    return search


def lance(goods: list[Product], vectors: NDArray[np.float16], folder: Path) -> Search:
    import lancedb
    from lancedb.rerankers import RRFReranker

    table = lancedb.connect(folder / "lance").create_table(
        "goods",
        [{"row": place, "text": " ".join(texts(one)), "vector": vector}
         for place, (one, vector) in enumerate(zip(goods, vectors.astype(np.float32), strict=True))],
    )  # fmt: skip
    table.create_fts_index("text", replace=True)

    def search(query: str) -> Sequence[int]:
        asked = table.search(query_type="hybrid").vector(embed([query])[0]).text(query)
        return [found["row"] for found in asked.rerank(RRFReranker()).limit(FOUND).to_list()]

    return search
