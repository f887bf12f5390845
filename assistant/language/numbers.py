"""Numbers as written and as said, in English, French and Chinese. Knows values; does not know what is counted.

>>> [str(value) for value in number(tokens("1.234"), 0, "en").values]
['1234', '1.234']
"""

import functools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from assistant.language.lexicon import lexicon, phrases
from assistant.language.tokens import Phrases, Token
from assistant.request import Language

Form = Literal["digits", "words", "han"]
HAN_DIGITS = {char: index % 10 for index, char in enumerate("零一二三四五六七八九〇壹贰叁肆伍陆柒捌玖")}
HAN_DIGITS |= {"两": 2, "兩": 2, "俩": 2, "貳": 2, "參": 3, "陸": 6}
HAN_SCALES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
HAN_MYRIADS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{2,3})*[.,]\d{3}")  # lakhs too
LONGEST = 24  # digits: more are no sum of money, and more than a Decimal holds
SIZES = HAN_SCALES | HAN_MYRIADS


@dataclass(frozen=True, slots=True)
class Number:
    """`values`: what it can mean, likeliest first. `end`: index of the token after it."""

    values: tuple[Decimal, ...]
    start: int
    end: int
    form: Form


def number(words: Sequence[Token], index: int, language: Language) -> Number | None:
    """The number that begins at token `index`, with its scale ("1.5k", "3万") and half ("two and a half")."""
    if index >= len(words) or len(words[index].text) > LONGEST:
        return None
    token = words[index]
    if token.kind == "digits":
        values = written(token.text, language)
        return _scaled(words, Number(values, index, index + 1, "digits"), language) if values else None
    if token.text in HAN_DIGITS or token.text in HAN_SCALES or token.text in ("半", "廿"):
        return _han(words, index)
    return _said(words, index, language) or (_said(words, index, "en") if language == "zh" else None)


def numbers(words: Sequence[Token], language: Language) -> Iterator[Number]:
    """Every number in order, none of them inside another: "twenty five" is one."""
    index = 0
    while index < len(words):
        hit = number(words, index, language)
        if hit:
            yield hit
        index = hit.end if hit else index + 1


def written(text: str, language: Language) -> tuple[Decimal, ...]:
    """The values digits with separators can mean. "1.234" has two, whatever the language; "1,234" two in French;
    "15.00.00" has none."""
    plain = text.replace("’", "'").replace(" ", "").replace("'", "")
    marks = re.findall(r"[.,]", plain)
    if not marks:
        return (Decimal(plain),)
    last = marks[-1]
    head, _, tail = plain.rpartition(last)
    whole = Decimal(re.sub(r"[.,]", "", plain))
    if len(set(marks)) == 2:
        return (Decimal(re.sub(r"[.,]", "", head) + "." + tail),)
    if len(marks) > 1:
        return (whole,) if GROUPED.fullmatch(plain) else ()
    fraction = Decimal(f"{head}.{tail}")
    if len(tail) != 3 or head.startswith("0") or len(head) > 3:
        return (fraction,)
    return (whole,) if last == "," and language != "fr" else (whole, fraction)


def _scaled(words: Sequence[Token], found: Number, language: Language) -> Number:
    """A scale after digits multiplies: 1.5k, 3 thousand, 1.2万, 1亿2000万, 3万5; "10 and a half" adds."""
    values, end = found.values, found.end
    while end < len(words) and (size := _size(words[end], language)):
        values, end = tuple(value * size for value in values), end + 1
        rest = number(words, end, language) if size >= 10**4 and _touches(words, end) else None
        if rest and rest.values[0] < size:
            single = rest.end == end + 1 and rest.values[0] < 10
            values = tuple(value + rest.values[0] * (size // 10 if single else 1) for value in values)
            end = rest.end
    if language != "zh":
        values, end = _halved(words, values, end, language)
    return Number(tuple(_plain(value) for value in values), found.start, end, found.form)


def _size(word: Token, language: Language) -> int:
    if word.kind == "han":
        return SIZES.get(word.text, 0)
    return int(lexicon(language)["number"]["scale"].get(word.text, 0))


def _touches(words: Sequence[Token], at: int) -> bool:
    """Whether digits follow without a space."""
    return at < len(words) and words[at].kind == "digits" and words[at].start == words[at - 1].end


def _halved(
    words: Sequence[Token], values: tuple[Decimal, ...], end: int, language: str
) -> tuple[tuple[Decimal, ...], int]:
    """two [and a half [thousand]]"""
    half = phrases("number.half", language).at(words, end)
    if half is None or phrases("fraction", language).at(words, end):
        return values, end
    end = half[1]
    size = int(lexicon(language)["number"]["scale"].get(words[end].text, 1)) if end < len(words) else 1
    return tuple((value + Decimal("0.5")) * size for value in values), end + (size > 1)


def _plain(value: Decimal) -> Decimal:
    return Decimal(int(value)) if value == int(value) else value.normalize()


# ---- words: English and French ----


@functools.cache
def small_numbers(language: str) -> Phrases[int]:
    """0 to 99 in words, every regional form ("septante", "quatre-vingt-dix"), as phrases."""
    table = lexicon(language)["number"]
    ones = {word: int(value) for word, value in table["ones"].items()}
    said = list(ones.items())
    for tens, base in table["tens"].items():
        said.append((tens, int(base)))
        top = 19 if tens in table.get("vigesimal", ()) else 9
        for word, value in ones.items():
            if 1 <= value <= top:
                said += [(f"{tens} {word}", base + value), (f"{tens} {table['joiner']} {word}", base + value)]
    if language == "en":  # "twenty and five" is two numbers
        said = [(phrase, value) for phrase, value in said if f" {table['joiner']} " not in phrase]
    return Phrases(said)


def _said(words: Sequence[Token], index: int, language: str) -> Number | None:
    """whole [point digits] | half a million | two and a half [thousand]"""
    table = lexicon(language)["number"]
    if not table["ones"]:
        return None
    hit = _whole(words, index, language)
    if hit is None:
        return None
    value, end = Decimal(hit[0]), hit[1]
    if end < len(words) and words[end].text in table["point"]:
        value, end = _decimals(words, end, value, language)
    last = words[end - 1].text
    size = 100 if last in table["hundred"] else int(table["scale"].get(last, 1))
    halved, after = _halved(words, (value,), end, language)
    if after > end and size > 1:
        halved = (value + size // 2, *halved)  # "two hundred and a half"
    return Number(tuple(map(_plain, halved)), index, after, "words")


def _whole(words: Sequence[Token], index: int, language: str) -> tuple[int, int] | None:
    """Thousands and millions in falling order: 'one thousand seven hundred and fifty'."""
    scales = lexicon(language)["number"]["scale"]
    total, limit, at = 0, 10**15, index
    while True:
        start = _joined(words, at, language) if at > index else at
        part = _below_thousand(words, start, language)
        text = words[start].text if start < len(words) else ""
        if part is None and text in lexicon(language)["number"]["alone"] and scales[text] < limit:
            part = (1, start)  # mille; "a thousand" comes as a + thousand
        if part is None:
            break
        value, end = part
        size = int(scales.get(words[end].text, 0)) if end < len(words) else 0
        if not size or size >= limit:
            if value < limit and not (total and value >= limit):
                total, at = total + value, end
            break
        total, limit, at = total + value * size, size, end + 1
    return (total, at) if at > index else None


def _joined(words: Sequence[Token], at: int, language: str) -> int:
    joiner = lexicon(language)["number"]["joiner"]
    return at + 1 if at < len(words) and words[at].text == joiner else at


def _below_thousand(words: Sequence[Token], index: int, language: str) -> tuple[int, int] | None:
    """[1..99] hundred [and] [1..99] | 0..99. An article counts as one only before hundred or a scale."""
    table = lexicon(language)["number"]
    names = small_numbers(language)
    first = names.at(words, index)
    end = first[1] if first else index
    value = first[0] if first else 0
    follows = words[end].text if end < len(words) else ""
    if first is None and index < len(words) and words[index].text in table["article"]:
        after = words[index + 1].text if index + 1 < len(words) else ""
        if after not in table["hundred"] and after not in table["scale"]:
            return None
        value, end, follows = 1, index + 1, after
    if follows not in table["hundred"]:
        return (value, end) if end > index else None
    value, end = (value or 1) * 100, end + 1
    rest = names.at(words, _joined(words, end, language))
    return (value + rest[0], rest[1]) if rest and rest[0] else (value, end)


def _decimals(words: Sequence[Token], at: int, value: Decimal, language: str) -> tuple[Decimal, int]:
    """Digits said after 'point'/'virgule': "twelve point five", "douze virgule cinquante"."""
    said, end = "", at + 1
    while hit := small_numbers(language).at(words, end):
        said, end = said + str(hit[0]), hit[1]
    return (value + Decimal(f"0.{said}"), end) if said else (value, at)


# ---- Chinese ----

BETWEEN = re.compile("(.*[^一二两三四五六七八九]|)([一二两三四五六七八九])([一二两三四五六七八九])([十百千万].*)")


def _han(words: Sequence[Token], index: int) -> Number | None:
    """一千二百三十四, 三万五 (35,000), 十二点五, 壹仟贰佰, 两万五千, 三百五 (350), 二零二五."""
    end = index
    allowed = HAN_DIGITS.keys() | SIZES.keys() | {"点", "廿"}
    last = min(len(words), index + LONGEST + 2)
    while end < last and words[end].text in allowed and (end == index or words[end].start == words[end - 1].end):
        end += 1
    said = "".join(word.text for word in words[index:end]).removesuffix("点")
    end = index + len(said)
    if len(said) > LONGEST:
        return None
    if not said:
        return Number((Decimal("0.5"),), index, index + 1, "han") if words[index].text == "半" else None
    if between := BETWEEN.fullmatch(said):
        start, low, high, rest = between.groups()  # 二三十: twenty or thirty
        return Number(tuple(Decimal(_han_whole(start + each + rest)) for each in (low, high)), index, end, "han")
    whole, _, fraction = said.partition("点")
    value = Decimal(_han_whole(whole))
    digits = "".join(str(HAN_DIGITS[char]) for char in fraction if char in HAN_DIGITS)
    value = (value + Decimal(f"0.{digits or 0}")) * math.prod(SIZES.get(char, 1) for char in fraction)  # 十二点五万
    return Number((_plain(value),), index, end, "han")


def _han_whole(said: str) -> int:
    if all(char in HAN_DIGITS for char in said):
        return int("".join(str(HAN_DIGITS[char]) for char in said) or 0)
    total = section = digit = 0
    unit = 1  # of the last scale: a digit that ends the number counts tenths of it
    for char in said:
        if char in HAN_MYRIADS:
            unit = HAN_MYRIADS[char]
            large, small = (0, total + section + digit) if unit > 10**4 else (total, section + digit)  # 一亿两千万
            total, section, digit = large + small * unit, 0, 0
        elif char in HAN_SCALES or char == "廿":
            unit = HAN_SCALES.get(char, 10)
            section, digit = section + (digit or (2 if char == "廿" else 1)) * unit, 0
        else:
            digit = HAN_DIGITS[char]
            unit = 1 if char in "零〇" else unit
    return total + section + (digit * unit // 10 if unit > 10 else digit)
