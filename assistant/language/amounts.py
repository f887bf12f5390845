"""Amounts of money in a sentence: every reading, and no number left over.

Knows currencies' names and how prices are said. Does not choose between readings: more than one means that the person
is asked. A number that is neither money nor claimed by another detail comes back as an amount without a currency, so
it becomes a question as well.

>>> [found.readings[0].value for found in read("pay alice twelve euros fifty", "en")]
['12.50']
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from assistant.language.acts import Amount
from assistant.language.lexicon import lexicon, phrases
from assistant.language.numbers import Number, number
from assistant.language.tokens import Token, tokens
from assistant.request import Language

Spans = Sequence[tuple[int, int]]
HUNDREDTHS: dict[Language, tuple[str, ...]] = {"en": (), "fr": ("cents",), "zh": ()}
NEAR = 6  # tokens before a number that may say what it is
GLUE = set("+=/*:#-^×")  # around digits they make something that is no amount: 3/4, 12:15, #5


@dataclass(frozen=True, slots=True)
class Found:
    """An amount as said: `readings` likeliest first; `certain` when a currency or a cent word was said with it;
    `vague` when only about so much was said."""

    readings: tuple[Amount, ...]
    span: tuple[int, int]
    certain: bool
    first: int = 0  # tokens
    last: int = 0
    vague: bool = False


def read(text: str, language: Language, taken: Spans = ()) -> tuple[Found, ...]:
    """Every amount of `text`, corrections applied ("twenty, no, fifty" is fifty). `taken`: spans of other details."""
    words = tokens(text)
    found: list[Found] = []
    for hit in every(words, language):
        if not any(start < hit.span[1] and hit.span[0] < end for start, end in taken):
            found = _corrected(words, found, hit, language)
    return tuple(found)


def every(words: Sequence[Token], language: Language) -> Iterator[Found]:
    """Every amount as it was said, none taken back."""
    index = 0
    while index < len(words):
        hit = amount_at(words, index, language)
        if hit:
            yield hit
        index = hit.last if hit else max(_measured(words, index, language), index + 1)


def _corrected(words: Sequence[Token], found: list[Found], new: Found, language: Language) -> list[Found]:
    """A word like "no" or "plutôt" between two amounts, or before the only one, drops what was said before it."""
    if not found:
        return [new]
    between = words[found[-1].last : new.first]
    if any(last == len(between) for *_, last in phrases("list.denied", language).scan(between)):
        return found  # "12.50, not 125"
    if not phrases("list.correction", language).scan(between):
        return [*found, new]
    old = found[-1].readings[0]
    kept = tuple(
        replace(r, currency=old.currency, candidates=old.candidates) if not (r.currency or r.candidates) else r
        for r in new.readings
    )
    return [*found[:-1], replace(new, readings=kept, certain=new.certain or found[-1].certain)]


def amount_at(words: Sequence[Token], index: int, language: Language) -> Found | None:
    """[currency] [share of] number [currency [rest]] at token `index`; None when the number counts something else."""
    start, sign = index, ""
    minus = words[index].text == "-" or phrases("list.minus", language).at(words, index)
    if minus and index + 1 < len(words) and (words[index].text != "-" or words[index + 1].kind == "digits"):
        sign, index = "-", index + 1
    before = phrases("currency", language).at(words, index)
    at = before[1] if before and _symbolic(words[index]) else index
    share, at = _share(words, at, language)
    slang = phrases("number.slang", language).at(words, at)
    hit = Number((Decimal(slang[0]),), at, slang[1], "words") if slang else number(words, at, language)
    if hit is None or _uncounted(words, hit, language):
        return None
    if slang is None and before is None and share == 1 and _measured(words, at, language) > at:
        return None
    hit, vague = _vague(words, hit, language)
    values, end, currency = _with_currency(words, hit, language, currency_of(before[0]) if before else None)
    if currency is None and share == 1 and _is_no_amount(words, hit, language):
        return None
    if language == "zh" and (half := phrases("number.halved", language).at(words, end)):
        share, end = share / 2, half[1]
    elif language == "zh" and (part := _part(words, end)):
        share, end = share * part[0], part[1]
    kind = currency or Amount("0")
    values = tuple(dict.fromkeys(_rounded(value * share, share) for value in values))
    span = (words[start].start, words[end - 1].end)
    vague = vague or _about(words, start, end, language)
    readings = tuple(replace(kind, value=sign + printed(value)) for value in values)
    return Found(readings, span, currency is not None, start, end, vague)


def _share(words: Sequence[Token], at: int, language: Language) -> tuple[Decimal, int]:
    """half of | trois quarts de | 20% of; "half a million" is a number of its own."""
    fraction = None if phrases("number.slang", language).at(words, at) else phrases("fraction", language).at(words, at)
    share, at = (Decimal(fraction[0]), fraction[1]) if fraction else (Decimal(1), at)
    hit = number(words, at, language)
    sign = phrases("list.percent", language).at(words, hit.end) if hit else None
    of = phrases("list.percent_of", language).at(words, sign[1]) if sign else None
    return (share * hit.values[0] / 100, of[1]) if hit and of else (share, at)


def _part(words: Sequence[Token], at: int) -> tuple[Decimal, int] | None:
    """200的15%, 200的百分之十五: the share, and the token after it."""
    if "".join(word.text for word in words[at : at + 1]) != "的":
        return None
    ahead = "".join(word.text for word in words[at + 1 : at + 4]) == "百分之"
    hit = number(words, at + (4 if ahead else 1), "zh")
    sign = phrases("list.percent", "zh").at(words, hit.end) if hit and not ahead else None
    return (hit.values[0] / 100, sign[1] if sign else hit.end) if hit and (ahead or sign) else None


def _uncounted(words: Sequence[Token], hit: Number, language: Language) -> bool:
    """几十块, "a few hundred", 0x10, 1e3, 2⁵: no number that anybody has said."""
    if any(end == hit.start for _, _, end in phrases("list.uncounted", language).scan(words[: hit.start])):
        return True
    if hit.form != "digits":
        return False
    before, after = words[hit.start - 1] if hit.start else None, words[hit.end] if hit.end < len(words) else None
    known = any(phrases(name, language).at(words, hit.end) for name in ("cents", "unit", "list.suffix"))
    known = known or _currency_at(words, hit.end, language) is not None
    return bool(
        (before and before.end == words[hit.start].start and before.kind == "word" and not _is_code(before, language))
        or (
            after
            and after.start == words[hit.end - 1].end
            and (after.kind == "word" or after.text == "^")
            and not known
        )
    )


def _is_code(token: Token, language: Language) -> bool:
    return phrases("currency", language).at((token,), 0) is not None


def _vague(words: Sequence[Token], hit: Number, language: Language) -> tuple[Number, bool]:
    """四十来块, forty-odd euros: about so much."""
    odd = phrases("list.vague", language).at(words, hit.end)
    fits = odd and phrases("currency", language).at(words, odd[1])
    return (replace(hit, end=odd[1]), True) if odd and fits else (hit, False)


def _about(words: Sequence[Token], first: int, last: int, language: Language) -> bool:
    """Whether "around", "or so" or a bound ("at least") stands beside the amount."""
    before = phrases("bound", language).scan(words[max(0, first - 4) : first])
    after = phrases("bound_after", language).at(words, last)
    return bool(
        (before and before[-1][0] != "is" and before[-1][2] == min(first, 4)) or (after and after[0] == "about")
    )


def _rounded(value: Decimal, share: Decimal) -> Decimal:
    return value if share == 1 else value.quantize(Decimal("0.01")).normalize()


def printed(value: Decimal) -> str:
    """Decimal text without an exponent; cents have two digits: '12.50', '40'."""
    text = f"{value:f}"
    whole, _, cents = text.partition(".")
    return f"{whole}.{cents.ljust(2, '0')}" if cents else whole


def _symbolic(token: Token) -> bool:
    """Whether a currency may stand before its number: a sign, a code, or Chinese 人民币."""
    return token.kind in ("mark", "han") or len(token.text) <= 3 or token.text == "euro"


def currency_of(code: str) -> Amount:
    """A currency's lexicon entry: one ISO code, or several candidates ("USD CAD AUD") for a bare sign or word."""
    codes = tuple(code.split())
    return Amount("0", codes[0]) if len(codes) == 1 else Amount("0", None, codes)


def _with_currency(
    words: Sequence[Token], hit: Number, language: Language, before: Amount | None
) -> tuple[tuple[Decimal, ...], int, Amount | None]:
    """The values with what follows: a currency, then cents; "99 cents"; 十二块五; "twelve fifty"."""
    cents = phrases("cents", language).at(words, hit.end)
    if hit.form == "digits" and words[hit.end : hit.end + 1] and words[hit.end].text in HUNDREDTHS[language]:
        cents = ("0.01", hit.end + 1)  # 15 cents in French; in words it may be fifteen hundred
    if cents:
        return tuple(v * Decimal(cents[0]) for v in hit.values), cents[1], before or Amount("0")
    after = _currency_at(words, hit.end, language)
    if not (after or before) and words[hit.end - 1].text in HUNDREDTHS[language] and hit.values[0] > 1000:
        return (hit.values[0] / 10**4, hit.values[0]), hit.end, None  # quinze cents
    if after and before and after[1] < len(words) and words[after[1]].start == words[after[1] - 1].end:
        after = None if words[after[1]].kind == "digits" else after  # €20-€30: the second sign is the next amount's
    if after is None:
        pair = _pair(words, hit, language)
        return (pair[0], pair[1], before) if pair else (hit.values, hit.end, before)
    currency, end = currency_of(after[0]), after[1]
    if before and before.currency:
        currency = before
    half = phrases("number.half", language).at(words, end)
    if half and not phrases("fraction", language).at(words, end):  # douze euros et demi, 三块半
        return tuple(v + Decimal("0.5") for v in hit.values), half[1], currency
    rest = _rest(words, end, language)
    return (tuple(v + rest[0] for v in hit.values), rest[1], currency) if rest else (hit.values, end, currency)


def _currency_at(words: Sequence[Token], at: int, language: Language) -> tuple[str, int] | None:
    """The currency that follows a number. 15e, 15 balles; "le 15e" and "15e étage" count, and so does 1e3."""
    after = phrases("currency", language).at(words, at)
    if after or not (0 < at < len(words) and words[at].text == "e" and words[at].start == words[at - 1].end):
        return after
    ranked = phrases("list.ranked", language)
    glued = at + 1 < len(words) and words[at + 1].start == words[at].end and words[at + 1].kind in ("digits", "word")
    goes_on = glued or ranked.at(words, at + 1) is not None
    near = words[max(0, at - 1 - NEAR) : at - 1]
    follows = any(end == len(near) for _, _, end in ranked.scan(near))
    return None if words[at - 1].kind != "digits" or goes_on or follows else ("EUR", at + 1)


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


def _measured(words: Sequence[Token], index: int, language: Language) -> int:
    """Past a number that counts something ("24 inch", "3 days", "二十四寸", "第二"), else `index`."""
    ordinal = phrases("ordinal", language).at(words, index)
    if ordinal and not (words[ordinal[1] - 1].text == "e" and _bounded(words, index, language)):
        return ordinal[1]
    hit = number(words, index, language)
    if hit is None:
        return index
    if hit.end < len(words):
        after = words[hit.end].text
        glued = words[hit.end].start == words[hit.end - 1].end
        unit = phrases("unit", language).at(words, hit.end) or phrases("list.percent", language).at(words, hit.end)
        money = _currency_at(words, hit.end, language)
        if money and words[hit.end].text == "e":
            return index  # 15e
        if money and unit and money[1] > unit[1]:
            return index  # 日元 is no day
        if unit or (after in lexicon(language)["list"]["counter"] and not _of_mine(words, hit.end)):
            return unit[1] if unit else hit.end + 1
        if glued and after in (*lexicon(language)["list"]["suffix"], '"', "%"):
            return hit.end + 1
        if glued and after in GLUE and hit.end + 1 < len(words) and words[hit.end + 1].kind == "digits":
            return _measured(words, hit.end + 1, language) if after == "-" else hit.end + 1
    before = words[index - 1].text if index and words[index - 1].end == words[index].start else ""
    summed = before == "+" and index > 1 and words[index - 2].kind == "digits"  # 20+5
    if summed or before in GLUE - {"-", "+", "="}:
        return hit.end
    return index


def _of_mine(words: Sequence[Token], at: int) -> bool:
    """ "5000 of my loan", "20 of the 50" count no things."""
    after = words[at + 1].text if words[at].text == "of" and at + 1 < len(words) else ""
    return after in ("my", "our") or (after == "the" and number(words, at + 2, "en") is not None)


def _bounded(words: Sequence[Token], index: int, language: Language) -> bool:
    """ "Moins de 5e" is no fifth."""
    near = words[max(0, index - NEAR) : index]
    return any(end == len(near) for _, _, end in phrases("bound", language).scan(near))


def _is_no_amount(words: Sequence[Token], hit: Number, language: Language) -> bool:
    """A bare one, an article, or a digit inside a word never is an amount by itself."""
    text = words[hit.start].text
    alone = hit.end - hit.start == 1
    return alone and (text in lexicon(language)["number"]["pronoun"] or (text == "半" and language == "zh"))
