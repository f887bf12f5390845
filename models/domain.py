"""What people say to Lueur, as a language model: the patterns of `domain.toml` filled with live names and numbers.

`arpa` writes a trigram with interpolated absolute discounting (Ney, Essen, Kneser 1994) over the sentences made here.
Knows nothing of sound, nor what a sentence means.
"""

import functools
import itertools
import math
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()  # noqa: E501, SIM905
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()  # noqa: SIM905
NUMBERS = frozenset([*ONES, *TENS, "hundred", "thousand"])
Gram = tuple[str, ...]
Table = dict[Gram, float]
ROUND = 60  # sentences of a pattern of weight 1
DISCOUNT = 0.6


@functools.cache
def spoken() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def number_words(n: int) -> str:
    """0..999,999 in words, as they are spoken: 'one hundred twenty five'."""
    if n >= 1000:
        return f"{number_words(n // 1000)} thousand {number_words(n % 1000) if n % 1000 else ''}".strip()
    if n >= 100:
        return f"{ONES[n // 100]} hundred {number_words(n % 100) if n % 100 else ''}".strip()
    return ONES[n] if n < 20 else f"{TENS[n // 10 - 2]} {ONES[n % 10] if n % 10 else ''}".strip()


def amounts() -> tuple[str, ...]:
    """Spoken amounts, every two-digit number in every place it can take."""
    whole = [number_words(n) for n in range(1, 100)]
    large = [number_words(n) for n in (*range(100, 1000, 25), *range(1000, 10_001, 100), 15_000, 20_000)]
    joined = [f"{ONES[1 + n % 9]} hundred and {words}" for n, words in enumerate(whole[::2])]
    forms = [*whole * 4, *large, *joined]
    said = [f"{words} {{currency}}" for words in forms]
    said += [f"{euros} {{currency}} {cents}" for euros, cents in zip(whole, reversed(whole), strict=True)]
    said += [
        f"{euros} {{currency}} {number_words(c)}" for euros in whole for c in (20, 25, 30, 40, 50, 60, 75, 80, 90, 99)
    ]
    said += [
        f"{euros} {{currency}} and {cents} cents" for euros, cents in zip(whole, whole[7:] + whole[:7], strict=True)
    ]
    said += [f"{euros} {number_words(c)}" for euros in whole[::2] for c in (50, 25, 99)]
    said += [
        f"{euros} point {ONES[i % 10]} {'zero' if i % 2 else 'five'} {{currency}}" for i, euros in enumerate(whole)
    ]
    return (*said, *(f"{cents} cents" for cents in whole[4::5]))


def sentences(hints: Sequence[str]) -> Iterator[str]:
    """The corpus for `hints` in plain letters; one with a capital is a name (`sorted_hints`)."""
    names, things = sorted_hints(hints)
    classes = spoken()["classes"] | {"name": names, "thing": things, "amount": amounts()}
    whole = [
        f"{number_words(n)} {{currency}}" for n in (*range(10, 100, 5), *range(10, 100, 10), *range(100, 1000, 50))
    ]
    classes["limit"] = classes["amount"] + tuple(whole * 30)  # people name round limits
    classes["things"] = [thing if thing.endswith("s") else f"{thing}s" for thing in things]
    classes |= {"number": tuple(number_words(n) for n in range(1, 100))}
    wheels = {name: _wheel(words) for name, words in classes.items()}
    for line in spoken()["patterns"].splitlines():
        weight, pattern = line.split(" ", 1)
        for _ in range(int(weight) * ROUND if "{" in pattern else 10 * int(weight)):
            yield " ".join(_fill(pattern, wheels).split())


def _wheel(words: Sequence[str]) -> Iterator[str]:
    """The words round and round by a stride that meets each once a round, so that two classes never march in step."""
    size = len(words)
    stride = next(s for s in itertools.count(max(1, round(size * 0.382))) if math.gcd(s, size) == 1)
    return (words[index * stride % size] for index in itertools.count())


def _fill(pattern: str, wheels: Mapping[str, Iterator[str]]) -> str:
    while "{" in pattern:
        before, rest = pattern.split("{", 1)
        name, after = rest.split("}", 1)
        pattern = before + next(wheels[name]) + after
    return pattern


def sorted_hints(hints: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(names, things) in lower case: a hint with a capital is a name and may also be called by its first word."""
    names = [hint for hint in hints if hint[:1].isupper()]
    names += [name.split()[0] for name in names for _ in range(2)]
    things = [hint for hint in hints if not hint[:1].isupper()]
    return tuple(map(str.lower, names)) or ("mom",), tuple(map(str.lower, things)) or ("thing",)


def orders(words: Sequence[str]) -> Iterator[Gram]:
    """Each three neighbours of a sentence, any number standing for all numbers, any name or thing for all of those."""
    ordinary = ordinary_words()
    kinds = ("#" if word in NUMBERS else word if word in ordinary else "@" for word in words)
    sentence = ["<s>", *kinds, "</s>"]
    return zip(sentence, sentence[1:], sentence[2:], strict=False)


def arpa(corpus: Iterable[str]) -> str:
    """A trigram over the sentences of `corpus` in ARPA form, to be read by any speech decoder."""
    grams = _counts(corpus)
    total = sum(count for (word,), count in grams[0].items() if word != "<s>")
    one = {gram: count / total for gram, count in grams[0].items()} | {("<s>",): 1e-99}
    two, weight_of_one = _discounted(grams[1], one)
    three, weight_of_two = _discounted(grams[2], two)
    return _written([(one, weight_of_one), (two, weight_of_two), (three, {})])


@functools.cache
def ordinary_words() -> frozenset[str]:
    """Every word of the domain that no hint brought in."""
    fixed = re.sub(r"[{][a-z]+[}]|[0-9]", " ", spoken()["patterns"]).split()
    filled = (word for words in spoken()["classes"].values() for text in words for word in text.split())
    return frozenset([*fixed, *NUMBERS, *filled])


def _counts(corpus: Iterable[str]) -> list[Counter[Gram]]:
    grams: list[Counter[Gram]] = [Counter(), Counter(), Counter()]
    for sentence in corpus:
        words = ("<s>", *sentence.split(), "</s>")
        for size, counter in enumerate(grams, 1):
            counter.update(words[start : start + size] for start in range(len(words) - size + 1))
    return grams


def _discounted(counts: Counter[Gram], lower: Table) -> tuple[Table, Table]:
    """(probability of each gram, back-off weight of each history): what is discounted goes to the shorter model."""
    follow: defaultdict[Gram, list[Gram]] = defaultdict(list)
    for gram in counts:
        follow[gram[:-1]].append(gram)
    chance: Table = {}
    weight: Table = {}
    for history, grams in follow.items():
        total = sum(counts[gram] for gram in grams)
        weight[history] = DISCOUNT * len(grams) / total
        for gram in grams:
            chance[gram] = (counts[gram] - DISCOUNT) / total + weight[history] * lower.get(gram[1:], 0)
    return chance, weight


def _written(models: Sequence[tuple[Table, Table]]) -> str:
    lines = ["\\data\\", *(f"ngram {size}={len(table)}" for size, (table, _) in enumerate(models, 1))]
    for size, (table, weight) in enumerate(models, 1):
        lines += ["", f"\\{size}-grams:"]
        for gram, chance in table.items():
            backoff = f"\t{math.log10(weight[gram]):.4f}" if gram in weight else ""
            lines.append(f"{math.log10(chance):.4f}\t{' '.join(gram)}{backoff}")
    return "\n".join([*lines, "", "\\end\\", ""])
