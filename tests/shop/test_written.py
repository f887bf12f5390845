"""Wishes written by hand, with those of `tests/language/test_limits.py`: read exactly, 97 in a hundred."""

import re
from decimal import Decimal
from pathlib import Path
from typing import get_args

from assistant.language import constraints
from assistant.language.acts import World
from assistant.language.sentence import Sentence
from assistant.money import Money
from assistant.request import Constraint, Language
from assistant.shop import Shop
from tests.language.test_limits import CASES, WORLD

OPS = {"<=": "at_most", ">=": "at_least", "<": "less", ">": "more", "=": "is", "!": "not"}
LIMIT = re.compile(r"([a-z]+)(<=|>=|<|>|=|!)(\S+?)(EUR|USD|GBP|JPY|CNY)?")
LINES = (Path(__file__).parent / "wishes.tsv").read_text(encoding="utf-8").splitlines()


def limit(text: str) -> tuple[str, str, object]:
    field, op, value, currency = LIMIT.fullmatch(text).groups()  # type: ignore[union-attr]
    if currency:
        return field, OPS[op], Money.of(Decimal(value), currency)
    number = re.fullmatch(r"[\d.]+", value)
    return field, OPS[op], float(value) if number else value


def told(limits: tuple[Constraint, ...]) -> set[tuple[str, str, object]]:
    return {(each.field, each.op, each.value) for each in limits}


def test_of_three_hundred_written_wishes_97_in_a_hundred_are_read_exactly(stocked: Shop) -> None:
    world = World(currencies=("EUR", "USD"), today="2026-11-22", **stocked.lexicon())
    wrong = []
    for line in LINES:
        language, text, limits = line.split("\t")
        assert language in get_args(Language)
        wanted = constraints.read(Sentence(text, language, world))
        if wanted.doubts or told(wanted.constraints) != {limit(each) for each in limits.split(";") if each}:
            wrong.append((text, wanted))
    wrong += [
        (text, read)
        for language, text, limits in CASES
        if (read := constraints.read(Sentence(text, language, WORLD))).doubts or told(read.constraints) != limits
    ]
    texts = [line.split("\t")[1] for line in LINES] + [text for _, text, _ in CASES]
    assert len(texts) == len(set(texts)) >= 300
    assert len(wrong) <= 0.03 * len(texts), "\n".join(map(str, wrong))
