"""Places in the last results: "the second one", "two of the first", "the two cheapest", 第一个和第三个.

Knows how places are said; does not know what stands there.
"""

from assistant.language.lexicon import Words
from assistant.language.numbers import number

Ref = int | str  # a position, 0 first and -1 last; "cheapest"; or a fact and its best end, "noise least"
RUNS = {"first": 0, "cheapest": None, "last": -1}  # lists of the lexicon that count from one end


def reference(words: Words) -> tuple[Ref, int] | None:
    """ "two of the second one" -> (1, 2): a place in the last results, or "cheapest", and how many."""
    hits = words.find("ordinal")
    if not hits:
        return None
    placed = words.covered("ordinal")  # 第三个 counts nothing
    count = next((n for i in range(len(words)) if i not in placed and (n := _count(words, i))), 1)
    return _ref(hits[0][0]), count


def references(words: Words) -> tuple[Ref, ...]:
    """ "the first two", "1 and 3", 第一个和第三个, "the two cheapest": places in the last results, in their order."""
    found, index = list[Ref](), 0
    while index < len(words):
        runs = ((end, run) for name, end in RUNS.items() if (run := _several(words, index, name)))
        hit = number(words, index, words.language)
        if several := next(runs, None):
            end, (count, index) = several
            start = -count if end == -1 else 0
            found += ["cheapest"] * count if end is None else range(start, start + count)
        elif one := words.hit("ordinal", index):
            found, index = [*found, _ref(one[0])], one[1]
        elif hit and hit.form == "digits" and 0 < hit.values[0] < 100:
            found, index = [*found, int(hit.values[0]) - 1], hit.end
        else:
            index += 1
    return tuple(found)


def _ref(meaning: str) -> Ref:
    return int(meaning) if meaning.lstrip("-").isdigit() else meaning


def _several(words: Words, index: int, name: str) -> tuple[int, int] | None:
    """first two | deux premiers | 前两个 | cheapest two: how many, and the token after them."""
    marker = words.at(name, index)
    count = number(words, marker or index, words.language)
    if count is None or not 1 < count.values[0] < 100:
        return None
    end = count.end if marker else words.at(name, count.end)
    return (int(count.values[0]), end) if end else None


def _count(words: Words, index: int) -> int:
    """A whole number before "of" or a Chinese counter; "one" counts nothing."""
    hit = number(words, index, words.language)
    if hit is None or hit.end >= len(words) or hit.values[0] != int(hit.values[0]):
        return 0
    return int(hit.values[0]) if words.at("of_them", hit.end) and 1 < hit.values[0] < 100 else 0
