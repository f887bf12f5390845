"""Understanding, measured: routes by folds and with the shipped head, amounts and payees, and the cost of a turn.

`routes` rows are folded here (five by text hash, and one source at a time); the recipe trains on own phrases plus the
other rows, the shipped head is judged only on rows whose hash is not in its list. Noise like a recogniser's is made by
`../tools/noise.py` beside DATA, where that script is; it is no part of the project.
"""

from __future__ import annotations

import hashlib
import json
import resource
import runpy
import time
import tomllib
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from assistant.language import amounts, periods, slots
from assistant.language.acts import World
from assistant.language.router import HEAD, Embed, Head, Router, Verdict, shipped
from assistant.language.rules import Rules
from assistant.language.sentence import Sentence
from bench.figures import Figure, figure
from workshop.router import Row, digest, fit, phrases, read, remembered

IN_SCOPE = ("payment", "wealth", "product", "other")
FOLDS = 5
LARGE = 150  # in-scope rows a source needs to be left out
PHRASES = Path(__file__).parent / "phrases"  # French and Chinese sentences that no pattern was made from
REFERENCE = date(2022, 3, 15)  # "today" of the annotated dates
PEER_FOLDS, PEER_LEFT_OUT = ("char+word TF-IDF and MiniLM", 0.983), ("char+word TF-IDF", 0.68)
BOOK = 12  # names of the contact book, first by SHA-256
Judged = tuple[Row, Verdict]


def measure(data: Path | None) -> list[Figure]:
    results = cost() + of_phrases()
    if data is None:
        return [*results, figure("routes, amounts, payees: no DATA given, not measured", None)]
    rows = read(data)
    embed = remembered(shipped().embed) if shipped().embed else None
    results += of_shipped(rows)
    results += folds(rows, embed, noise_beside(data))
    results += left_out(rows, embed)
    return results + of_amounts(data) + of_payees(data) + of_dates(data)


def noise_beside(data: Path) -> Callable[[str], str] | None:
    script = data.resolve().parent / "tools" / "noise.py"
    if not script.exists():
        return None
    noisy: Callable[[str, int], str] = runpy.run_path(str(script))["noisy"]
    return lambda text: noisy(text, int(hashlib.sha256(text.encode()).hexdigest()[:8], 16))


def of_phrases() -> list[Figure]:
    """Four routes, balanced, on own French and Chinese sentences; one that a pattern happens to make is left out."""
    made = {row.text for row in phrases()}
    results = []
    for language in ("fr", "zh"):
        table = tomllib.loads((PHRASES / f"{language}.toml").read_text(encoding="utf-8"))
        judged = {
            route: [
                best_in_scope(shipped().classify(text, language)) == route
                for text in lines.strip().splitlines()
                if text not in made
            ]
            for route, lines in table.items()
        }  # type: ignore[arg-type]
        share = float(np.mean([np.mean(hits) for hits in judged.values()]))
        count = sum(map(len, judged.values()))
        results.append(figure(f"shipped head, {count} own {language} phrases, balanced", share, "share", least=0.90))
    return results


def of_dates(data: Path) -> list[Figure]:
    """Days of NLU++ as annotated (a bare weekday or date is one to come): the sole day read is the right one."""
    right = total = 0
    for row in slot_rows(data, "nlupp_banking"):
        gold = row["slots"].get("date", {}).get("value")
        if isinstance(gold, dict):
            total += 1
            days = [found.value.start for found in periods.read(row["text"], "en", REFERENCE, ahead=True)]
            right += days == [date(gold["year"], gold["month"], gold["day"])]
    return [figure(f"dates ({total}), exact", right / total, "share", least=0.93)]


def judge(head: Head, embed: Embed | None, rows: Sequence[Row]) -> list[Judged]:
    router = Router(head, embed)
    return [(row, router.classify(row.text, row.language)) for row in rows]


def best_in_scope(found: Verdict) -> str:
    return max(IN_SCOPE, key=lambda route: found.routes.get(route, 0.0))


def accuracy(judged: Iterable[Judged]) -> float:
    """Share of in-scope rows whose likeliest of the four routes is right."""
    hits = [best_in_scope(found) == row.route for row, found in judged if row.route in IN_SCOPE]
    return float(np.mean(hits)) if hits else float("nan")


def false_payments(judged: Sequence[Judged]) -> float:
    others = [found.route == "payment" for row, found in judged if row.route != "payment"]
    return float(np.mean(others))


def auroc(judged: Sequence[Judged]) -> float:
    """Chance that an out-of-scope row has a higher outside score than an in-scope one (Mann-Whitney)."""
    scores = np.array([found.outside for _, found in judged])
    outside = np.array([row.route == "out_of_scope" for row, _ in judged])
    ranks = np.empty(len(scores))
    ranks[np.argsort(scores)] = np.arange(1, len(scores) + 1)
    n, m = outside.sum(), (~outside).sum()
    return float((ranks[outside].sum() - n * (n + 1) / 2) / (n * m))


def of_shipped(rows: Sequence[Row]) -> list[Figure]:
    known = set(HEAD.with_suffix(".seen.txt").read_text(encoding="utf-8").split())
    unseen = [row for row in rows if digest(row.text) not in known]
    judged = judge(shipped().head, shipped().embed, unseen)
    results = [
        figure("shipped head, unseen rows, four routes", accuracy(judged), "share", least=0.85),
        figure("shipped head, false payment route", false_payments(judged), "share", 0.002),
    ]
    for source in sorted({row.source for row in unseen}):
        ours = [pair for pair in judged if pair[0].source == source]
        results.append(figure(f"shipped head, {source} ({len(ours)} rows)", accuracy(ours), "share"))
    for language in ("fr", "zh"):
        ours = [pair for pair in judged if pair[0].language == language]
        results.append(figure(f"shipped head, {language} (product and other only)", accuracy(ours), "share"))
    return results


def folds(rows: Sequence[Row], embed: Embed | None, noise: Callable[[str], str] | None = None) -> list[Figure]:
    """Five folds by text hash: the recipe trained on own phrases and the other four."""
    place = [int(hashlib.sha256(row.text.encode()).hexdigest(), 16) % FOLDS for row in rows]
    judged: list[Judged] = []
    noisy: list[Judged] = []
    for fold in range(FOLDS):
        head = fit(phrases() + [row for row, at in zip(rows, place, strict=True) if at != fold], embed)
        held = [row for row, at in zip(rows, place, strict=True) if at == fold]
        judged += judge(head, embed, held)
        if noise:
            spoken = [
                Row(noise(r.text), r.label, r.fine, r.language, r.source, r.route) for r in held if r.language == "en"
            ]
            noisy += judge(head, embed, spoken)
    results = [
        figure("recipe, five folds, four routes", accuracy(judged), "share", least=0.97, peer=PEER_FOLDS),
        figure("recipe, five folds, out-of-scope AUROC", auroc(judged), "share", least=0.97),
        figure("recipe, five folds, false payment route", false_payments(judged), "share", 0.002),
    ]
    return results + (
        [figure("recipe, five folds, English with noise", accuracy(noisy), "share", least=0.95)] if noise else []
    )


def left_out(rows: Sequence[Row], embed: Embed | None) -> list[Figure]:
    """One source left out at a time, pooled over sources of 150 rows or more."""
    counts = {
        source: sum(row.source == source and row.route in IN_SCOPE for row in rows)
        for source in {r.source for r in rows}
    }
    pooled: list[Judged] = []
    results = []
    for source in sorted(name for name, count in counts.items() if count >= LARGE):
        head = fit(phrases() + [row for row in rows if row.source != source], embed)
        ours = judge(head, embed, [row for row in rows if row.source == source])
        results.append(figure(f"recipe, {source} left out", accuracy(ours), "share"))
        pooled += ours
    return [
        figure("recipe, one source left out, pooled", accuracy(pooled), "share", least=0.80, peer=PEER_LEFT_OUT),
        *results,
    ]


def slot_rows(data: Path, name: str) -> list[dict[str, Any]]:
    lines = (data / "slots" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def gold_amount(row: dict[str, Any]) -> Decimal | None:
    """The annotated value; SGD's words are read by our own grammar (that judges the place, not the value)."""
    noted = row["slots"].get("amount_of_money")
    if noted:
        value = noted.get("value", {}).get("amount")
        return None if value is None else Decimal(str(value))
    text = row["slots"].get("amount")
    if not text:
        return None
    digits = text.strip("$ ").replace(",", "").split()[0]
    if digits.replace(".", "").isdigit():
        return Decimal(digits)
    read_ = amounts.read(text, "en")
    return Decimal(read_[0].readings[0].value) if read_ else None


def of_amounts(data: Path) -> list[Figure]:
    """right, asked (several readings, the right one among them or not) or silently wrong, of the annotated amounts."""
    results = []
    for name, most in (("sgd_pay_bank", 0.10), ("nlupp_banking", 0.20)):
        right = asked = wrong = 0
        for row in slot_rows(data, name):
            gold = gold_amount(row)
            if gold is None:
                continue
            slot = slots.pay(Sentence(row["text"], "en", World(currencies=("USD",), today="2022-03-15"))).get("amount")
            if slot is None or slot.readings:
                asked += 1
            elif Decimal(slot.value.value) == gold:
                right += 1
            else:
                wrong += 1
        total = right + asked + wrong
        results.append(figure(f"amounts, {name} ({total}), silently wrong", wrong, "count", 0))
        results.append(figure(f"amounts, {name}, asked", asked / total, "share", most))
    return results


def of_payees(data: Path) -> list[Figure]:
    """Contact book of 12 names: a name in the book is found; any other is passed on as said, to be asked."""
    rows = [row for row in slot_rows(data, "sgd_pay_bank") if row["slots"].get("payee")]
    names = sorted(
        {row["slots"]["payee"].lower() for row in rows}, key=lambda n: hashlib.sha256(n.encode()).hexdigest()
    )
    world = World(payees=tuple(names[:BOOK]), currencies=("USD",))
    right = asked = 0
    for row in rows:
        slot = slots.payee(Sentence(row["text"], "en", world))
        known = bool(slot) and str(slot.value).lower() in world.payees and not slot.readings
        right += known and str(slot.value).lower() == row["slots"]["payee"].lower()
        asked += not known
    return [
        figure(f"payees ({len(rows)}), right or asked", (right + asked) / len(rows), "share", least=1.0),
        figure("payees, asked", asked / len(rows), "share", 0.70),
    ]


def cost() -> list[Figure]:
    """CPU time of a warm turn, and of the first."""
    began = time.process_time()
    rules = Rules()
    world = World(payees=("Alice Martin", "Alice", "Bob"), currencies=("EUR", "USD"), today="2026-03-15")
    said = [row for row in phrases() if row.language == "en"][::8]
    from assistant.language.acts import State
    from assistant.request import Evidence

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    rules.propose(said[0].text, Evidence(), State(), world)
    cold = time.process_time() - began
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    spent = []
    for row in said:
        start = time.process_time()
        rules.propose(row.text, Evidence(), State(), world)
        spent.append(1000 * (time.process_time() - start))
    return [
        figure("understanding, CPU per turn, median", float(np.median(spent)), "ms", 8),
        figure("understanding, CPU per turn, p95", float(np.percentile(spent, 95)), "ms"),
        figure("understanding, first turn, CPU", cold, "s", 1),
        figure("understanding, memory of head, lexicons and sentence model", memory, "MB"),
    ]
