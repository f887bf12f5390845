"""Amounts of money in a sentence: every reading, and no number left over.

Knows currencies' names and how prices are said. Does not choose between readings: more than one means that the person
is asked. A number that is neither money nor claimed by another detail comes back as an amount without a currency, so
it becomes a question as well.

>>> [found.readings[0].value for found in read("pay alice twelve euros fifty", "en")]
['12.50']
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from assistant.language.acts import Amount
from assistant.language.lexicon import lexicon, phrases
from assistant.language.numbers import Number, number
from assistant.language.tokens import Token, tokens
from assistant.request import Language

Spans = Sequence[tuple[int, int]]
GLUE = {"+", "=", "/", "*", ":", "#", "-"}  # around digits they make something that is not an amount: 3/4, 12:15, #5


@dataclass(frozen=True, slots=True)
class Found:
    """An amount as said: `readings` likeliest first; `certain` when a currency or a cent word was said with it."""

    readings: tuple[Amount, ...]
    span: tuple[int, int]
    certain: bool
    first: int = 0  # tokens
    last: int = 0


def read(text: str, language: Language, taken: Spans = ()) -> tuple[Found, ...]:
    """Every amount of `text`, corrections applied ("twenty, no, fifty" is fifty). `taken`: spans of other details."""
    words = tokens(text)
    found: list[Found] = []
    index = 0
    while index < len(words):
        hit = amount_at(words, index, language)
        if hit is None:
            index = max(_measured(words, index, language), index + 1)
        else:
            index = hit.last
            if not any(start < hit.span[1] and hit.span[0] < end for start, end in taken):
                found = _corrected(words, found, hit, language)
    return tuple(found)


def _corrected(words: Sequence[Token], found: list[Found], new: Found, language: Language) -> list[Found]:
    """A word like "no" or "plutôt" between two amounts, or before the only one, drops what was said before it."""
    if not found:
        return [new]
    between = words[found[-1].last : new.first]
    if not phrases("list.correction", language).scan(between):
        return [*found, new]
    old = found[-1].readings[0]
    kept = tuple(
        replace(r, currency=old.currency, candidates=old.candidates) if not (r.currency or r.candidates) else r
        for r in new.readings
    )
    return [*found[:-1], replace(new, readings=kept, certain=new.certain or found[-1].certain)]


def amount_at(words: Sequence[Token], index: int, language: Language) -> Found | None:
    """[currency] number [currency [rest]] at token `index`, or None when the number counts something else."""
    start, sign = index, ""
    if words[index].text == "-" and index + 1 < len(words) and words[index + 1].kind == "digits":
        sign, index = "-", index + 1
    before = phrases("currency", language).at(words, index)
    at = before[1] if before and _symbolic(words[index]) else index
    fraction = phrases("fraction", language).at(words, at)
    share = Decimal(fraction[0]) if fraction else Decimal(1)
    at = fraction[1] if fraction else at
    percent = _percent_of(words, at, language)
    share, at = (share * percent[0], percent[1]) if percent else (share, at)
    slang = phrases("number.slang", language).at(words, at)
    hit = Number((Decimal(slang[0]),), at, slang[1], "words") if slang else number(words, at, language)
    if hit is None:
        return None
    if slang is None and before is None and share == 1 and _measured(words, at, language) > at:
        return None
    values, end, currency = _with_currency(words, hit, language, _currency_of(before[0]) if before else None)
    if currency is None and share == 1 and _is_no_amount(words, hit, language):
        return None
    if language == "zh" and end < len(words) - 1 and (words[end].text, words[end + 1].text) == ("一", "半"):
        share, end = share / 2, end + 2  # 80元一半; 80元的一半 is reached below
    if language == "zh" and "".join(w.text for w in words[end : end + 3]) == "的一半":
        share, end = share / 2, end + 3
    return _found(words, start, end, tuple(_rounded(value * share, share) for value in values), currency, sign)


def _rounded(value: Decimal, share: Decimal) -> Decimal:
    return value if share == 1 else value.quantize(Decimal("0.01")).normalize()


def _found(
    words: Sequence[Token], first: int, last: int, values: tuple[Decimal, ...], currency: Amount | None, sign: str
) -> Found:
    kind = currency or Amount("0")
    readings = tuple(replace(kind, value=sign + printed(value)) for value in dict.fromkeys(values))
    return Found(readings, (words[first].start, words[last - 1].end), currency is not None, first, last)


def printed(value: Decimal) -> str:
    """Decimal text without an exponent; cents have two digits: '12.50', '40'."""
    text = f"{value:f}"
    whole, _, cents = text.partition(".")
    return f"{whole}.{cents.ljust(2, '0')}" if cents else whole


def _symbolic(token: Token) -> bool:
    """Whether a currency may stand before its number: a sign, a code, or Chinese 人民币."""
    return token.kind in ("mark", "han") or len(token.text) <= 3 or token.text == "euro"


def _currency_of(code: str) -> Amount:
    """A currency's lexicon entry: one ISO code, or several candidates ("USD CAD AUD") for a bare sign or word."""
    codes = tuple(code.split())
    return Amount("0", codes[0]) if len(codes) == 1 else Amount("0", None, codes)


def _with_currency(
    words: Sequence[Token], hit: Number, language: Language, before: Amount | None
) -> tuple[tuple[Decimal, ...], int, Amount | None]:
    """The values with what follows: a currency, then cents; "99 cents"; 十二块五; "twelve fifty"."""
    cents = phrases("cents", language).at(words, hit.end)
    if cents:
        return tuple(v * Decimal(cents[0]) for v in hit.values), cents[1], before or Amount("0")
    after = phrases("currency", language).at(words, hit.end)
    if after and before and after[1] < len(words) and words[after[1]].start == words[after[1] - 1].end:
        after = None if words[after[1]].kind == "digits" else after  # €20-€30: the second sign is the next amount's
    if after is None:
        pair = _pair(words, hit, language)
        return (pair[0], pair[1], before) if pair else (hit.values, hit.end, before)
    currency, end = _currency_of(after[0]), after[1]
    if before and before.currency:
        currency = before
    half = phrases("number.half", language).at(words, end)
    if half and not phrases("fraction", language).at(words, end):  # douze euros et demi, 三块半
        return tuple(v + Decimal("0.5") for v in hit.values), half[1], currency
    rest = _rest(words, end, language)
    return (tuple(v + rest[0] for v in hit.values), rest[1], currency) if rest else (hit.values, end, currency)


def _rest(words: Sequence[Token], at: int, language: Language) -> tuple[Decimal, int] | None:
    """What follows the currency: [and] fifty [cents] | 五 (tenths) | 五毛 | 五毛五 | 零五分."""
    joiner = lexicon(language)["number"]["joiner"]
    start = at + 1 if at < len(words) and words[at].text in (joiner, "零") else at
    hit = number(words, start, language)
    if hit is None or len(hit.values) > 1 or hit.values[0] >= 100 or hit.values[0] != hit.values[0].to_integral_value():
        return None
    unit = phrases("cents", language).at(words, hit.end)
    if unit:
        value = hit.values[0] * Decimal(unit[0])
        more = _rest(words, unit[1], language) if unit[0] == "0.1" else None
        return (value + more[0], more[1]) if more and more[0] < Decimal("0.1") else (value, unit[1])
    if (start > at and words[at].text == joiner) or _measured(words, start, language) > start:
        return None  # "10 euros and 20 ..." is two numbers until cents are said
    return _bare_rest(words, hit, language, tenths=at > 1 and words[at - 1].text in ("角", "毛"))


def _bare_rest(words: Sequence[Token], hit: Number, language: Language, tenths: bool) -> tuple[Decimal, int] | None:
    """Fifty after "twelve euros" are cents; 五 after 十二块 are tenths, after 毛 hundredths."""
    value = hit.values[0]
    if phrases("currency", language).at(words, hit.end):
        return None
    if hit.form == "han" or (language == "zh" and value < 10):
        single = hit.end - hit.start == 1 and value < 10
        return (value / (100 if tenths else 10), hit.end) if single else (value / 100, hit.end)
    said_short = (hit.form == "words" and value < 10) or (hit.form == "digits" and len(words[hit.start].text) != 2)
    return None if said_short else (value / 100, hit.end)


def _pair(words: Sequence[Token], hit: Number, language: Language) -> tuple[tuple[Decimal, ...], int] | None:
    """ "twelve fifty": 12.50 or 1,250; both are readings. "nine oh five" likewise."""
    if hit.form != "words" or len(hit.values) > 1 or not 0 < hit.values[0] < 100:
        return None
    second = number(words, hit.end, language)
    if second is None or second.form != "words" or not 10 <= second.values[0] < 100:
        return None
    if phrases("cents", language).at(words, second.end):
        return None
    first, rest = hit.values[0], second.values[0]
    return (first + rest / 100, first * 100 + rest), second.end


def _percent_of(words: Sequence[Token], at: int, language: Language) -> tuple[Decimal, int] | None:
    hit = number(words, at, language)
    sign = phrases("list.percent", language).at(words, hit.end) if hit else None
    if hit is None or sign is None or sign[1] >= len(words) or words[sign[1]].text not in ("of", "de", "des"):
        return None
    return hit.values[0] / 100, sign[1] + 1


def _measured(words: Sequence[Token], index: int, language: Language) -> int:
    """Past a number that counts something ("24 inch", "3 days", "二十四寸", "第二"), else `index`."""
    ordinal = phrases("ordinal", language).at(words, index)
    if ordinal:
        return ordinal[1]
    hit = number(words, index, language)
    if hit is None:
        return index
    if hit.end < len(words):
        after = words[hit.end].text
        glued = words[hit.end].start == words[hit.end - 1].end
        unit = phrases("unit", language).at(words, hit.end) or phrases("list.percent", language).at(words, hit.end)
        if unit or after in lexicon(language)["list"]["counter"]:
            return unit[1] if unit else hit.end + 1
        if glued and after in (*lexicon(language)["list"]["suffix"], '"', "%"):
            return hit.end + 1
        if glued and after in GLUE and hit.end + 1 < len(words) and words[hit.end + 1].kind == "digits":
            return _measured(words, hit.end + 1, language) if after == "-" else hit.end + 1
    if index and words[index - 1].text in GLUE - {"-", "+", "="} and words[index - 1].end == words[index].start:
        return hit.end
    return index


def _is_no_amount(words: Sequence[Token], hit: Number, language: Language) -> bool:
    """A bare one, an article, or a digit inside a word never is an amount by itself."""
    text = words[hit.start].text
    alone = hit.end - hit.start == 1
    return alone and (text in lexicon(language)["number"]["pronoun"] or (text == "半" and language == "zh"))
