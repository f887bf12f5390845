"""Train the router's head: own phrases in three languages and, with DATA, sentences of CC BY sources.

    python -m workshop.router [--data DATA]

One seed, minutes on two cores; scikit-learn is needed here and nowhere else. Hashed features and rounded weights are
all that is shipped. Share-alike sources (SGD and others) never enter the shipped head; `bench` evaluates on them. Own
sentences come from the lexicons' patterns: `(a|b)` one of, `[x]` perhaps, `{slot}` a filler.

>>> expand("[please] pay {payee}", {"payee": ["bob"]}, random.Random(1), 2)
['please pay bob', 'pay bob']
"""

import argparse
import hashlib
import json
import random
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from assistant.language.features import WIDTH, hashed
from assistant.language.lexicon import lexicon
from assistant.language.router import BYTE, FLOOR, HEAD, Embed, Head, mixed
from assistant.request import LANGUAGES, Language

SHIPPABLE = ("clinc150", "banking77", "hwu64")  # CC BY 3.0, CC BY 4.0, CC BY
LABELS = {
    "pay": "Banks_1.TransferMoney Banks_2.TransferMoney Payment_1.MakePayment Payment_1.RequestPayment pay_bill pay_cc"
           " transfer transfer_money",
    "measure.balance": "Banks_1.CheckBalance Banks_2.CheckBalance balance check_balance",
    "measure.spending": "spending_history transactions search_transactions",
    "measure.income": "income check_earnings payday",
    "find": "webshop_goal risawoz.pc risawoz.car risawoz.电脑 risawoz.汽车",
    "buy": "order",
    "greet": "greeting goodbye greet general_greet",
    "thanks": "thank_you thankyou",
    "help": "what_can_i_ask_you are_you_a_bot what_is_your_name who_made_you who_do_you_work_for",
}  # fmt: skip
LABEL_OF = {intent: label for label, intents in LABELS.items() for intent in intents.split()}
REST = {"payment": "pay", "wealth": "wealth", "product": "product", "other": "service", "out_of_scope": "outside"}


OUTSIDE = "outside"
CENTRES = 6  # sentences that stand for a fine class
FOLDS = 5
LOST, WRONG = 0.04, 0.08  # shares of words
COPIES = 3  # of each sentence, as it may be misheard


@dataclass(frozen=True, slots=True)
class Row:
    """`fine`: the class of the meaning head; `label`: what the router answers."""

    text: str
    label: str
    fine: str
    language: Language
    source: str = "own"
    route: str = ""


def phrases() -> list[Row]:
    return [Row(text, label, label, language) for text, label, language in own()]  # type: ignore[arg-type]


def read(data: Path, sources: Sequence[str] | None = None) -> list[Row]:
    """The rows of `routes/routes.jsonl` under DATA, of these sources only."""
    rows = []
    for line in (data / "routes" / "routes.jsonl").read_text(encoding="utf-8").splitlines():
        row: dict[str, Any] = json.loads(line)
        if sources is None or row["source"] in sources:
            label = LABEL_OF.get(row["intent"], REST[row["route"]])
            fine = f"{row['source']}:{row['intent']}"
            rows.append(Row(row["text"], label, fine, row["lang"], row["source"], row["route"]))
    return rows


def misheard(text: str, chance: random.Random) -> str:
    """As a recogniser or a hurried thumb may give it: words that sound alike, a word lost, a letter wrong."""
    groups = [group.split() for group in lexicon("en")["list"]["alike"]]
    alike = {word: [other for other in group if other != word] for group in groups for word in group}
    out = []
    for word in text.lower().split():
        if chance.random() < LOST:
            continue
        if word in alike and chance.random() < 0.4:
            word = chance.choice(alike[word])
        elif len(word) > 3 and chance.random() < WRONG:
            place = chance.randrange(len(word))
            word = word[:place] + chance.choice("abcdeghilmnoprstu") + word[place + chance.randrange(2) :]
        out.append(word)
    return " ".join(out) or text


def _misheard(row: Row, copy: int) -> Row:
    return replace(row, text=misheard(row.text, random.Random(f"{SEED} {copy} {row.text}")))


def matrix(texts: Sequence[str]) -> Any:
    """Sparse counts [n, buckets]."""
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

    buckets = [hashed(text) for text in texts]
    pointers = np.cumsum([0, *(len(row) for row in buckets)])
    columns = np.fromiter((key for row in buckets for key in row), np.int64)
    values = np.fromiter((value for row in buckets for value in row.values()), np.float32)
    return csr_matrix((values, columns, pointers), shape=(len(texts), WIDTH))


def fit(rows: Sequence[Row], embed: Embed | None) -> Head:
    """Two logistic regressions; the one over meanings sees English only, and only where there is an `embed`."""
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
    from sklearn.preprocessing import normalize  # type: ignore[import-untyped]

    inside, strange = neighbours(rows, embed)
    rows = [*rows, *(_misheard(row, copy) for copy in range(COPIES) for row in rows if row.language != "zh")]
    labels = tuple(sorted({row.label for row in rows}))
    counts = matrix([row.text for row in rows])
    idf = (np.log((1 + len(rows)) / (1 + (counts > 0).sum(axis=0).A1)) + 1).astype(np.float32)
    linear = LogisticRegression(C=30, max_iter=80, tol=1e-3)
    linear.fit(normalize(counts.multiply(idf).tocsr()), [labels.index(row.label) for row in rows])
    dense, dense_bias, groups = np.zeros((0, 0), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int64)
    if embed:
        english = [row for row in rows if row.language == "en"]
        fine = sorted({row.fine for row in english})
        meaning = LogisticRegression(C=20, max_iter=80, tol=1e-3)
        meaning.fit(embed([row.text.lower() for row in english]), [fine.index(row.fine) for row in english])
        dense, dense_bias = meaning.coef_.T.astype(np.float32), meaning.intercept_.astype(np.float32)
        label_of = {row.fine: labels.index(row.label) for row in english}
        groups = np.array([label_of[name] for name in fine], np.int64)
    grams = linear.coef_.T.astype(np.float32)
    return Head(labels, grams, linear.intercept_.astype(np.float32), idf, dense, dense_bias, groups, inside, strange)


def neighbours(rows: Sequence[Row], embed: Embed | None) -> tuple[Any, Any]:
    """Unit vectors [n, 384] of English sentences inside, at most CENTRES a fine class (k-means), and of all outside."""
    from sklearn.cluster import KMeans  # type: ignore[import-untyped]

    by_class: dict[str, list[str]] = {}
    for row in rows:
        if embed and row.language == "en":
            by_class.setdefault(OUTSIDE if row.label == OUTSIDE else row.fine, []).append(row.text.lower())
    if embed is None or OUTSIDE not in by_class:
        return np.zeros((0, 0), np.float32), np.zeros((0, 0), np.float32)
    strange = embed(by_class.pop(OUTSIDE))
    found = []
    for _, texts in sorted(by_class.items()):
        vectors = embed(texts)
        if len(vectors) > CENTRES:
            vectors = KMeans(CENTRES, n_init=1, max_iter=20, random_state=SEED).fit(vectors).cluster_centers_
        found.append(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
    return np.concatenate(found).astype(np.float32), strange


def calibration(rows: Sequence[Row], embed: Embed) -> tuple[float, float, float]:
    """OWN, STRANGE and BIAS of the router: a logistic regression over English rows, each judged by four other folds."""
    from sklearn.linear_model import LogisticRegression

    place = [int(hashlib.sha256(f"choose{row.text}".encode()).hexdigest(), 16) % FOLDS for row in rows]
    told, outside = [], []
    for fold in range(FOLDS):
        head = fit(phrases() + [row for row, at in zip(rows, place, strict=True) if at != fold], embed)
        for row in (row for row, at in zip(rows, place, strict=True) if at == fold and row.language == "en"):
            vector = embed([row.text.lower()])
            shares = mixed(head.by_grams(row.text), head.by_meaning(vector)[0])
            share = np.clip(shares[head.labels.index(OUTSIDE)], FLOOR, 1 - FLOOR)
            told.append((np.log(share / (1 - share)), head.strangeness(vector[0])))
            outside.append(row.label == OUTSIDE)
    found = LogisticRegression(C=1e4).fit(told, outside)
    return float(found.coef_[0][0]), float(found.coef_[0][1]), float(found.intercept_[0])


def save(head: Head, path: Path = HEAD) -> None:
    """int8 per label for the n-grams, fp16 for the rest."""
    scale = np.abs(head.grams).max(axis=0) / 127
    path.parent.mkdir(exist_ok=True)
    np.savez_compressed(
        path, labels=np.array(head.labels), grams=np.round(head.grams / scale).astype(np.int8),
        scale=scale.astype(np.float32), bias=head.bias.astype(np.float16), idf=head.idf.astype(np.float16),
        dense=head.dense.astype(np.float16), dense_bias=head.dense_bias.astype(np.float16),
        groups=head.groups.astype(np.int16), inside=_bytes(head.inside), strange=_bytes(head.strange),
    )  # fmt: skip


def _bytes(vectors: Any) -> Any:
    return np.clip(np.round(vectors * BYTE), -127, 127).astype(np.int8)


def seen(rows: Sequence[Row]) -> list[str]:
    """First 12 hex digits of the SHA-256 of every borrowed training text: an evaluation leaves them out."""
    return sorted({digest(row.text) for row in rows if row.source != "own"})


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def main(arguments: Sequence[str] | None = None) -> None:
    from models import text

    parser = argparse.ArgumentParser(prog="python -m workshop.router", description=__doc__)
    parser.add_argument("--data", type=Path, help="a folder with routes/routes.jsonl")
    parser.add_argument("--calibrate", action="store_true", help="print OWN, STRANGE, BIAS of the router")
    given = parser.parse_args(arguments)
    data: Path | None = given.data
    if given.calibrate and data:
        found = calibration(read(data, SHIPPABLE), remembered(text.embed))
        sys.stdout.write(" ".join(f"{each:.3f}" for each in found) + "\n")
        return
    rows = phrases() + (read(data, SHIPPABLE) if data else [])
    save(fit(rows, text.embedder()))
    HEAD.with_suffix(".seen.txt").write_text("\n".join(seen(rows)) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(rows)} sentences -> {HEAD.name}, {HEAD.stat().st_size / 1e6:.2f} MB\n")


Fillers = Mapping[str, Sequence[str]]
INNERMOST = re.compile(r"\[([^\[\]()]*)\]|\(([^\[\]()]*)\)")
SEED = 952


def sentence(pattern: str, fillers: Fillers, chance: random.Random) -> str:
    """One way to say `pattern`."""
    while match := INNERMOST.search(pattern):
        options = (match[1] if match[1] is not None else match[2]).split("|")
        said = chance.choice(options) if match[2] is not None or chance.random() < 0.5 else ""
        pattern = pattern[: match.start()] + said + pattern[match.end() :]
    filled = re.sub(r"\{(\w+)\}", lambda slot: chance.choice(fillers[slot[1]]), pattern)
    return " ".join(filled.split()).replace(" ,", ",").replace(" -", "-")


def expand(pattern: str, fillers: Fillers, chance: random.Random, most: int) -> list[str]:
    """Up to `most` different sentences of a pattern."""
    found: dict[str, None] = {}
    for _ in range(3 * most):
        found.setdefault(sentence(pattern, fillers, chance))
        if len(found) == most:
            break
    return list(found)


def remembered(embed: Embed) -> Embed:
    """The same texts are embedded in every fold; keep their rows."""
    kept: dict[str, Any] = {}

    def look_up(texts: list[str]) -> Any:
        new = list(dict.fromkeys(text for text in texts if text not in kept))
        if new:
            kept.update(zip(new, embed(new), strict=True))
        return np.stack([kept[text] for text in texts])

    return look_up


def own(each: int = 6, seed: int = SEED) -> list[tuple[str, str, str]]:
    """(sentence, label, language) for every pattern of every lexicon; patterns of rare labels are said more often."""
    rows = []
    for language in LANGUAGES:
        chance = random.Random(f"{seed} {language}")
        words = lexicon(language)
        for label, patterns in words["phrases"].items():
            most = max(each, min(20, 120 // len(patterns)))
            for pattern in patterns:  # what is sold is endless: say those patterns more often
                times = 3 * each if "{product}" in pattern and label == "find" else most
                rows += [(said, label, language) for said in expand(pattern, words["fillers"], chance, times)]
    return list(dict.fromkeys(rows))


if __name__ == "__main__":
    main()
