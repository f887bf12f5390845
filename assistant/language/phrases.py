"""Own sentences from the lexicons' patterns: `(a|b)` one of, `[x]` perhaps, `{slot}` a filler. Seeded, so repeatable.

>>> expand("[please] pay {payee}", {"payee": ["bob"]}, random.Random(1), 2)
['please pay bob', 'pay bob']
"""

import random
import re
from collections.abc import Mapping, Sequence

from assistant.language.lexicon import lexicon
from assistant.request import LANGUAGES

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
