"""Language: from a sentence to acts, and from acts to effects. `detect` says in which language a sentence is.

English and French by their small words, letters and endings, Chinese by the characters its sentences are built with
(the lexicons' `detect`): a name in another script says little. A text that gives no hint ("12,50", "ok", a name) stays
in the conversation's language.
"""

import functools

from assistant.language.lexicon import lexicon
from assistant.language.tokens import Token, tokens
from assistant.request import Language

MARGIN = 0.5  # by how much one language must lead before the conversation follows it
SPOKEN = ("list", "metric", "category", "colour", "bound", "bound_after", "period", "group", "unit", "ordinal", "cart")
TOPIC, SHARED = 0.6, 0.3  # weights of a word of a topic, and of one that both languages have
SMALL = 3  # letters: a word of a topic has more
NAMED = 0.4  # what a Chinese character says that may be part of a name
LATIN: tuple[Language, ...] = ("en", "fr")


@functools.cache
def _words(language: Language) -> dict[str, float]:
    """Weight of each word the lexicon knows, the common ones and numbers most; one of both languages says little."""
    others = [other for other in LATIN if other != language]
    rare, common = (
        {word: SHARED if any(word in of(other) for other in others) else weight for word in of(language)}
        for of, weight in ((known, TOPIC), (_common, 1.0))
    )
    return {word: weight for word, weight in rare.items() if len(word) > SMALL} | common


@functools.cache
def _common(language: Language) -> frozenset[str]:
    table = lexicon(language)
    numbers = " ".join((*table["number"]["ones"], *table["number"]["tens"]))
    return frozenset(token.text for token in tokens(f"{table['detect'].get('words', '')} {numbers}"))


@functools.cache
def known(language: Language) -> frozenset[str]:
    """Every word of the tables and lists that sentences are read with."""
    found, waiting = set(_common(language)), [lexicon(language)[section] for section in SPOKEN]
    while waiting:
        entry = waiting.pop()
        if isinstance(entry, str):
            found |= {token.text for token in tokens(entry) if token.kind == "word"}
        else:
            waiting += entry.values() if isinstance(entry, dict) else entry
    return frozenset(found)


def _speaks_for(language: Language, word: Token, said: str) -> float:
    marks = lexicon(language)["detect"]
    letters = 0.3 if language == "en" else 0.8  # an accent says more than a w
    return (
        _words(language).get(word.text, 0.0)
        + letters * any(letter in marks["letters"] for letter in said)
        + 0.2 * said.endswith(tuple(marks["endings"]))
    )


def detect(text: str, default: Language) -> Language:
    """The language of `text`; `default` where nothing speaks for another."""
    found = tokens(text)
    built = lexicon("zh")["detect"]["characters"]
    han = [1.0 if token.text in built else NAMED for token in found if token.kind == "han"]
    words = [token for token in found if token.kind == "word"]
    scores = {each: sum(_speaks_for(each, w, text[w.start : w.end].lower()) for w in words) for each in LATIN}
    if han and sum(han) >= max(scores.values()):
        return "zh"
    if default == "zh":  # words in Latin letters are no Chinese sentence unless they are few
        default = "zh" if len(words) < 3 and max(scores.values()) < 1 else "en"
    if abs(scores["en"] - scores["fr"]) < MARGIN:
        return default
    return max(LATIN, key=lambda each: scores[each])
