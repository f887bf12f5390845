"""What people say to Lueur, as a language model: sentence patterns filled with live names, things and numbers.

`arpa` writes a trigram with interpolated absolute discounting (Ney, Essen, Kneser 1994) over the sentences made here.
Knows nothing of sound, nor what a sentence means.
"""

import functools
import itertools
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()  # noqa: E501, SIM905
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()  # noqa: SIM905
NUMBERS = frozenset([*ONES, *TENS, "hundred", "thousand"])
# Numbers that one bad vowel or ending turns into each other.
NEAR = {
    "one": ("nine",), "two": ("ten", "eight"), "four": ("fourteen", "forty", "five"), "five": ("nine", "four"),
    "six": ("sixteen", "sixty"), "seven": ("seventeen", "eleven"), "eight": ("eighteen", "eighty"),
    "nine": ("five", "one", "ninety"), "ten": ("two", "twelve"), "eleven": ("seven",), "twelve": ("ten", "twenty"),
    "thirteen": ("thirty",), "fourteen": ("forty", "four"), "fifteen": ("fifty",), "sixteen": ("sixty",),
    "seventeen": ("seventy",), "eighteen": ("eighty",), "nineteen": ("ninety", "nine"),
    "twenty": ("ninety", "twelve", "thirty"), "thirty": ("thirteen", "forty", "fifty"), "forty": ("fourteen", "thirty"),
    "fifty": ("fifteen", "thirty"), "sixty": ("sixteen", "fifty"), "seventy": ("seventeen",), "eighty": ("eighteen",),
    "ninety": ("nineteen", "twenty", "nine"),
}  # fmt: skip

CLASSES: dict[str, tuple[str, ...]] = {
    "currency": ("euros", "euros", "euros", "dollars", "pounds", "yuan"),
    "colour": ("red", "blue", "black", "white", "green", "grey", "yellow", "pink", "brown", "silver", "small", "large",
               "cheap", "wireless", "wooden", "new", "good"),
    "bill": ("electricity", "water", "phone", "gas", "internet", "insurance", "rent"),
    "purpose": ("dinner", "lunch", "the rent", "the tickets", "the taxi", "coffee", "the gift", "the trip"),
    "category": ("groceries", "restaurants", "transport", "rent", "utilities", "insurance", "health", "travel",
                 "clothes", "entertainment", "subscriptions", "coffee", "gifts", "taxes", "electricity", "food", "fuel",
                 "eating out", "shopping", "education", "leisure", "my phone"),
    "period": ("last month", "this month", "last year", "this year", "last week", "this week", "yesterday", "today",
               "in january", "in february", "in march", "in april", "in may", "in june", "in july", "in august",
               "in september", "in october", "in november", "in december", "since january",
               "in the last three months", "in the last six months", "so far this year"),
    "holding": ("funds", "shares", "investments", "portfolio", "stocks"),
    "account": ("savings", "checking account", "savings account", "cash", "current account"),
    "group": ("category", "month", "currency", "account"),
    "place": ("first", "second", "third", "fourth", "last", "cheapest", "red", "black", "white", "blue"),
    "please": ("", "", "", "please", "can you", "could you", "i want to", "i would like to"),
    "find": ("find", "find me", "show me", "search for", "i need", "i want", "look for", "i am looking for"),
    "spend": ("how much did i spend", "what did i spend", "how much have i spent", "show what i spent"),
}  # fmt: skip
PATTERNS = """
10 {please} pay {name} {amount}
10 {please} send {name} {amount}
10 {please} send {amount} to {name}
6 {please} transfer {amount} to {name}
4 {please} pay {amount} to {name}
3 {please} give {name} {amount}
4 {please} pay {name} {amount} for {purpose}
3 {please} send {name} {amount} for {purpose}
3 {please} send {amount} to {name} for {purpose}
2 {please} pay {name}
2 {please} send money to {name}
2 i owe {name} {amount}
3 {please} pay my {bill} bill
2 {please} pay the {bill} bill
2 {please} pay the {name} bill
1 pay this
1 pay this bill
1 pay this invoice
1 pay it
2 pay {amount}
4 make it {amount}
4 change it to {amount}
3 no {amount}
3 yes {amount}
2 confirm {amount}
8 {amount}
6 {name}
1 cancel
1 cancel the payment
1 cancel it
1 stop the payment
1 undo
1 who did i pay {period}
2 what did i pay {name} {period}
1 did {name} get the money
2 refund the last payment
1 refund {name}
1 show my payments
1 show my last payments
1 stop all payments
12 {spend} on {category} {period}
5 {spend} {period}
3 {spend} on {category}
2 {spend} at {name} {period}
3 show my spending by {group}
3 show my spending by {group} {period}
2 what is my spending by {group}
2 what is my net worth
2 what's my net worth
1 show my net worth
1 how much am i worth
1 how much money do i have
2 how much do i have in {account}
1 how much cash do i have
1 what is my balance
2 what is the balance of my {account}
1 show my accounts
2 how did my {holding} do {period}
1 how are my {holding} doing
1 how much are my {holding} worth
1 show my subscriptions
1 what are my subscriptions
1 which subscriptions do i pay
2 how much did i earn {period}
2 how much did i save {period}
1 what is my savings rate
2 compare my spending {period} with {period}
1 can i afford it
1 can i afford this
1 can i afford {amount}
2 and {period}
2 what about {category}
2 what about {period}
1 how much do i owe
1 how long will my money last
6 {find} a {colour} {thing} under {amount}
5 {find} a {colour} {thing} {thing} under {amount}
5 {find} a {thing} under {amount}
5 {find} a {thing} {thing} under {amount}
3 {find} {thing} under {amount}
3 {find} {thing} below {amount}
2 {find} a {thing} for less than {amount}
2 {find} {thing} between {number} and {amount}
3 {find} a {colour} {thing}
2 {find} a {colour} {thing} {thing}
3 {find} a {thing}
3 {find} a {thing} {thing}
3 {find} {thing}
2 {find} {colour} {thing}
2 {find} {thing} in size {number}
2 {colour} {thing} under {amount}
3 {thing}
1 compare the first two
1 compare the first three
1 compare them
3 buy the {place} one
1 buy it
1 buy this
1 buy this one
2 buy a {thing}
1 add it to my cart
2 add the {place} one to my cart
2 the {place} one
2 show me the {place} one
1 show me cheaper ones
1 something cheaper
1 is it in stock
1 when will it arrive
1 what is this
1 how much is this
1 how much does it cost
1 scan this
1 show my cart
1 help
1 help me
1 what can you do
1 hello
1 hi
1 thanks
1 thank you
1 yes
1 no
1 okay
1 never mind
1 start over
1 yes please
1 no thanks
"""
ROUND = 60  # sentences of a pattern of weight 1
DISCOUNT = 0.6


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
    large = [number_words(n) for n in (*range(100, 1000, 25), *range(1000, 10_001, 500), 15_000, 20_000)]
    joined = [f"one hundred and {words}" for words in whole[::3]]
    forms = [*whole, *whole, *large, *joined]
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
    classes = CLASSES | {"name": names, "thing": things, "amount": amounts()}
    classes |= {"number": tuple(number_words(n) for n in range(1, 100))}
    wheels = {name: _wheel(words) for name, words in classes.items()}
    for line in PATTERNS.strip().splitlines():
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
    fixed = re.sub(r"[{][a-z]+[}]|[0-9]", " ", PATTERNS).split()
    return frozenset(
        [*fixed, *NUMBERS, *(word for words in CLASSES.values() for text in words for word in text.split())]
    )


Gram = tuple[str, ...]
Table = dict[Gram, float]


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
