"""Pronunciations for words that the dictionary lacks: names of payees, makers, products. ARPAbet, lower effort than a
trained model and honest about it: two known words joined ("northwind"), else spelling rules. Latin letters only.
"""

import re
import unicodedata
from collections.abc import Mapping

# Longest spelling first at each place; "" is silent. English habits, with the commonest French endings of names.
RULES = """
tion SH AH N|sion ZH AH N|ture CH ER|eau OW|ough OW|augh AO|igh AY|tch CH|dge JH|sch SH|chr K R|que K|gue G|ois W AA
ch CH|sh SH|th TH|ph F|wh W|ck K|ng NG|qu K W|kn N|wr R|gn N|ps S|rh R|gh G|ts T S|zz Z
ee IY|ea IY|oo UW|ou AW|ow OW|oa OW|oi OY|oy OY|ai EY|ay EY|ei EY|ey EY|ie IY|au AO|aw AO|ue UW|ui UW|eu Y UW|ia IY AH
er ER|ir ER|ur ER|or AO R|ar AA R|yr IH R|ll L|ss S|tt T|pp P|ff F|mm M|nn N|rr R|bb B|dd D|gg G|cc K
ce S EH|ci S IH|cy S IY|ge JH EH|gi JH IH|x K S|a AE|b B|c K|d D|e EH|f F|g G|h HH|i IH|j JH|k K|l L|m M|n N|o AA|p P
q K|r R|s S|t T|u AH|v V|w W|y IY|z Z
"""
SOUNDS = dict(rule.split(" ", 1) for line in RULES.strip().splitlines() for rule in line.split("|"))
SPELLINGS = re.compile("|".join(sorted(SOUNDS, key=len, reverse=True)))
LONG = {"a": "EY", "i": "AY", "o": "OW", "u": "UW", "e": "IY"}  # before one consonant and a final silent e
# How British voices differ from CMUdict's American: no R before a consonant or the end, and the vowels of lot and bath.
BRITISH = (
    (r"\bAA\b(?! R\b)", "AO"), (r"\b(AO|AA|IH|EH|UH) R\b(?! [AEIOU])", r"\1"), (r"([AEIOU].*) ER( Z)?$", r"\1 AH\2"),
    (r"\bAE(?= (S [TKP]|F|TH|N [ST])\b)", "AA"), (r"\bN UW", "N Y UW"), (r"\bY UW R", "Y UH R"),
)  # fmt: skip
ENDINGS = {"a": "AH", "o": "OW", "i": "IY", "y": "IY", "e": "", "es": "Z", "u": "UW"}


def plain(text: str) -> str:
    """Lower case without accents: 'Zoé Lefèvre' -> 'zoe lefevre'."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).lower()


def pronunciation(word: str, known: Mapping[str, list[str]]) -> str | None:
    """One pronunciation of `word` in ARPAbet ("N AO R TH W IH N D"), None when it has letters without a rule."""
    if not re.fullmatch(r"[a-z]+", word):
        return None
    for cut in range(len(word) - 3, 2, -1):
        if word[:cut] in known and word[cut:] in known:
            return f"{known[word[:cut]][0]} {known[word[cut:]][0]}"
    return _spelled(word)


def accents(sounds: str) -> list[str]:
    """A pronunciation and its British variant, where they differ: "F AO R T IY" also as "F AO T IY"."""
    british = sounds
    for pattern, said in BRITISH:
        british = re.sub(pattern, said, british)
    return list(dict.fromkeys((sounds, british)))


def _spelled(word: str) -> str:
    stem, last = word, ""
    if magic := re.fullmatch(r"(.*)([aeiou])([^aeioux])e", word):
        return " ".join(filter(None, [_sounds(magic[1]), LONG[magic[2]], _sounds(magic[3])]))
    for ending, sound in ENDINGS.items():
        if word.endswith(ending) and re.search(r"[aeiouy]", word[: -len(ending)]) and len(word) > 2:
            stem, last = word[: -len(ending)], sound
    return " ".join(filter(None, [_sounds(stem), last]))


def _sounds(letters: str) -> str:
    return " ".join(SOUNDS[part] for part in SPELLINGS.findall(letters))
