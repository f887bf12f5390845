"""The shop's words in three languages: what a French or Chinese request asks for in the catalogue's English.

Knows product types, colours, materials and common words (`glossary.toml`), and the nouns of general goods in French and
Chinese (`nouns.toml`). Knows no grammar and no constraint.
"""

import functools
import re
import tomllib
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

LONGEST = 5  # words in one phrase
WORD = re.compile(r"[\u3400-\u9fff]+|[^\W_\u3400-\u9fff]+(?:[-.][^\W_\u3400-\u9fff]+)*")
PIECE = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+(?:[-.][a-z0-9]+)*")
ACCENTED = {"thé": "thé", "thés": "thé"}  # words that only their accent tells from an English one
CHINESE = re.compile(r"[\u3400-\u9fff]")
PLURAL = 4  # letters a word needs before its final s or x counts as a plural

Forms = dict[str, list[str]]  # language -> forms, the shown one first


@dataclass(frozen=True, slots=True)
class Entry:
    """What a phrase stands for: English words to search, its name in this glossary ("" = unknown), its category."""

    words: tuple[str, ...]
    name: str = ""
    category: str = ""
    english: bool = False  # the phrase was English already: it stands for itself where its category is not sold


@dataclass(frozen=True, slots=True)
class Reading:
    """A request in the catalogue's English, phrase by phrase."""

    entries: tuple[Entry, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(word for entry in self.entries for word in entry.words))

    @property
    def categories(self) -> frozenset[str]:
        return frozenset(entry.category for entry in self.entries if entry.category)


def plain(text: str) -> str:
    """Lower case without accents; ligatures and full-width forms opened: 'Élan' -> 'elan'."""
    if text.isascii():
        return text.lower()
    opened = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe"))
    return "".join(mark for mark in opened if not unicodedata.combining(mark))


def singular(word: str) -> str:
    return word[:-1] if len(word) >= PLURAL and word[-1] in "sx" and not word.endswith("ss") else word


def words_of(text: str) -> list[str]:
    """Words of `text` in plain form, as they are searched; a run of Chinese stays whole."""
    found: list[str] = []
    for word in WORD.findall(unicodedata.normalize("NFKC", text.casefold())):
        known = ACCENTED.get(word)
        found += [known] if known else PIECE.findall(plain(word))
    return found


def pieces(text: str) -> list[str]:
    """Words of `text` as phrases are compared: plain and singular."""
    return [word if CHINESE.match(word) else singular(word) for word in words_of(text)]


class Glossary:
    def __init__(self, data: dict[str, dict[str, Forms]], nouns: Mapping[str, str]) -> None:
        self._shown = {name: forms for section in data.values() for name, forms in section.items()
                       if isinstance(forms, dict)}  # fmt: skip
        self._types, self._colours = data["types"], data["colours"]
        self._told = {"material": data["materials"], "feature": data["features"]}
        self._values = {field: _by_form(forms) for field, forms in {"colour": data["colours"], **self._told}.items()}
        self.shown_by: dict[str, str] = data["shown_by"]  # type: ignore[assignment]  # feature -> the fact that tells it
        self.content: dict[str, str] = data["content"]  # type: ignore[assignment]  # category -> the fact that tells it
        self._stop = {piece for words in data["stop"].values() for word in words for piece in pieces(word)}
        self._nouns, (self._french, chinese) = tuple(nouns), _nouns(nouns)
        self._entries = chinese | _entries(data)
        self._longest_chinese = max(len(form) for form in self._entries if CHINESE.match(form))

    def read(self, text: str, kinds: Collection[str] | None = None, language: str = "") -> Reading:
        """Longest phrase first; what no entry knows stays as it is, what only connects is dropped.

        `kinds`: the categories sold here (None: all). The name of another kind is searched as words. `language` "en":
        French nouns are not looked for ("four" is a number, "pain" hurts).
        """
        found: list[Entry] = []
        words = words_of(text)
        place = 0
        while place < len(words):
            chinese = CHINESE.match(words[place])
            english = language == "en"
            entries, used = (self._chinese(words[place]), 1) if chinese else self._phrase(words[place:], english)
            said = words[place : place + used]
            for entry in entries:
                found += [entry] if kinds is None or entry.category in {"", *kinds} else _as_words(entry, said)
            place += used
        return Reading(tuple(dict.fromkeys(found)))

    def _phrase(self, words: list[str], english: bool) -> tuple[list[Entry], int]:
        run = [singular(word) for word in words[:LONGEST]]
        for length in range(len(run), 0, -1):
            key = " ".join(run[:length])
            if entry := self._entries.get(key) or (None if english else self._french.get(key)):
                return [entry], length
        return ([] if run[0] in self._stop else [Entry((words[0],))]), 1

    def _chinese(self, run: str) -> list[Entry]:
        found: list[Entry] = []
        place = 0
        while place < len(run):
            for length in range(min(self._longest_chinese, len(run) - place), 0, -1):
                if entry := self._entries.get(run[place : place + length]):
                    found.append(entry)
                    break
                if run[place : place + length] in self._stop:
                    break
            place += length
        return found

    def value(self, field: str, text: str) -> str:
        """The catalogue's id of a colour or material in any language; other words in plain form."""
        phrase = " ".join(pieces(text))
        return self._values.get(field, {}).get(phrase, phrase)

    def name(self, name: str, language: str) -> str:
        """How a category, colour, material or attribute is shown; a name it does not know is shown as it is."""
        forms = self._shown.get(name)
        return forms[language][0] if forms else name

    def colours(self) -> tuple[str, ...]:
        """Every form of every colour, in all three languages."""
        return _forms(self._colours)

    def facts(self) -> tuple[tuple[str, str, str], ...]:
        """(form, field, value) of every material and feature, in all three languages, with plurals."""
        said = ((form, field, value) for field, names in self._told.items()
                for value, forms in names.items() for form in _forms({value: forms}))  # fmt: skip
        return tuple(each for form, *rest in said for each in ((form, *rest), (f"{form}s", *rest)))  # type: ignore[misc]

    @functools.cache  # noqa: B019  # one glossary lives as long as the program
    def telling(self, field: str, value: str) -> re.Pattern[str]:
        """Where a text says that a product is of this material or has this feature, and not that it has not."""
        as_said = {"en": [value, " ".join(self.read(value).words) or value]}  # no feature known here: its own words
        forms = [re.escape(form.casefold()) for form in _forms({value: self._told[field].get(value, as_said)})]
        latin = [rf"(?<![\w-])(?<!not )(?<!non )(?:{form})(?:e?s)?(?!\w)" for form in forms if not CHINESE.match(form)]
        return re.compile("|".join([*latin, *(f"(?<![不非]){form}" for form in forms if CHINESE.match(form))]))

    def tells(self, field: str, value: str) -> bool:
        """Whether this is a material or a feature with forms of its own in every language."""
        return value in self._told[field]

    def types(self, kinds: Collection[str]) -> tuple[str, ...]:
        """Every form of these kinds of product, in all three languages."""
        return _forms({kind: forms for kind, forms in self._types.items() if kind in kinds})

    def kinds(self) -> list[str]:
        return list(self._types)

    def goods(self) -> tuple[str, ...]:
        """English names of goods of every kind, sold here or not."""
        return self._nouns + tuple(form for forms in self._types.values() for form in forms["en"])

    def spoken(self) -> tuple[str, ...]:
        """English type words and colours, for a recogniser's vocabulary."""
        return tuple(dict.fromkeys(f for e in (*self._types.values(), *self._colours.values()) for f in e["en"]))


def _as_words(entry: Entry, said: list[str]) -> list[Entry]:
    return [Entry((word,)) for word in (said if entry.english else entry.words)]


def _forms(section: dict[str, Forms]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(form for forms in section.values() for some in forms.values() for form in some))


def _key(form: str) -> str:
    return " ".join(pieces(form))


def _by_form(section: dict[str, Forms]) -> dict[str, str]:
    return {_key(form): name for name, forms in section.items() for some in forms.values() for form in some}


def _entries(data: dict[str, dict[str, Forms]]) -> dict[str, Entry]:
    """Phrase -> entry. Types come last, so that "tea" in a type's form wins over a common word.

    English words stand for themselves: replacing them by a synonym was measured to find less (nDCG@10 .679 for .712).
    """
    found: dict[str, Entry] = {}
    for section in ("materials", "features", "words", "colours"):
        for name, forms in data[section].items():
            english = tuple(pieces(forms["en"][0]))
            found |= {_key(form): Entry(english, name) for some in forms.values() for form in some}
            found |= {_key(form): Entry(tuple(pieces(form)), name) for form in forms["en"]}
    kept = {_key(form): str(word) for form, word in data["kept"].items()}
    for category, forms in data["types"].items():
        noun = tuple(pieces(forms["en"][0]))
        own = {_key(form) for form in forms["en"]}
        for key in {_key(form) for some in forms.values() for form in some}:
            words = (kept[key], *noun) if key in kept else noun
            found[key] = Entry(words, category, category, key in own)
    return found


def _nouns(nouns: Mapping[str, str]) -> tuple[dict[str, Entry], dict[str, Entry]]:
    """French and Chinese phrases of "French forms | Chinese forms"; the first noun that claims a form keeps it."""
    tables: tuple[dict[str, Entry], dict[str, Entry]] = ({}, {})
    for english, forms in nouns.items():
        for table, some in zip(tables, forms.split("|"), strict=True):
            for form in filter(None, map(str.strip, some.split(","))):
                table.setdefault(_key(form), Entry(tuple(pieces(english))))
    return tables


@functools.cache
def glossary() -> Glossary:
    here = Path(__file__)
    data, nouns = (tomllib.loads(here.with_name(f"{name}.toml").read_text("utf-8")) for name in ("glossary", "nouns"))
    return Glossary(data, nouns["nouns"])
