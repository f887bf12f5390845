"""Numbers and money in words, to be read back aloud: 'twelve euros and fifty cents', 'douze euros et cinquante
centimes', '十二欧元五十欧分'. Writes words; reading them is `amounts.py`. Currencies' names stand in the lexicons.

English as in Britain (one hundred and five) and French as in France (soixante-dix) come from num2words; it has no
Chinese, which is written here, in simplified characters.
"""

from assistant.language.lexicon import lexicon
from assistant.money import LOCALES, Money, digits

ZH_DIGITS = "零一二三四五六七八九"
ZH_PLACES = ((10**12, "万亿"), (10**8, "亿"), (10**4, "万"), (1000, "千"), (100, "百"), (10, "十"))


def amount_in_words(money: Money, language: str) -> str:
    """`money` as it is said in `language`; a currency without a name in the lexicon is named by CLDR, with decimals."""
    table = lexicon(language)["money"]
    major, minor = divmod(abs(money.minor), 10 ** digits(money.currency))
    sign = number_in_words(-1, language).removesuffix(number_in_words(1, language)) if money.minor < 0 else ""
    names = table["names"].get(money.currency)
    if names is None:
        return sign + _decimal(major, minor, money.currency, language)
    parts = [_counted(major, names[0], names[1], language)] if major or not minor else []
    if minor and language == "zh" and money.currency == "CNY":
        parts.append(_jiao(minor, bool(major)))
    elif minor:
        parts.append(_counted(minor, names[2], names[3], language))
    return sign + str(table["and"]).join(parts)


def number_in_words(n: int, language: str) -> str:
    """The whole number `n` in words; |n| below 10^16."""
    if language == "zh":
        words = _chinese(abs(n))
        return ("负" if n < 0 else "") + (words[1:] if words.startswith("一十") else words)
    from num2words import num2words

    return str(num2words(n, lang=language)).replace(",", "")


def _counted(n: int, one: str, many: str, language: str) -> str:
    """A number with its unit: une livre, deux millions d'euros, 两元."""
    words = number_in_words(n, language)
    if language == "zh":
        return ("两" if n == 2 else words) + one
    name = one if n == 1 or (language == "fr" and n == 0) else many
    if name.split()[0] in lexicon(language)["money"].get("feminine", ()) and words.endswith("un"):
        words += "e"
    of_millions = language == "fr" and n and n % 10**6 == 0
    link = ("d'" if name[0] in "aeiou" else "de ") if of_millions else ""
    return f"{words} {link}{name}"


def _jiao(minor: int, after_yuan: bool) -> str:
    tens, ones = divmod(minor, 10)
    said = (f"{ZH_DIGITS[tens]}角" if tens else "零" * after_yuan) + (f"{ZH_DIGITS[ones]}分" if ones else "")
    return said.replace("二角", "两角") if not after_yuan else said


def _decimal(major: int, minor: int, currency: str, language: str) -> str:
    from babel.numbers import get_currency_name

    name = get_currency_name(currency, 2 if minor else major, locale=LOCALES[language])
    space = "" if language == "zh" else " "
    places = [number_in_words(int(digit), language) for digit in f"{minor:0{digits(currency)}d}"] if minor else []
    point = str(lexicon(language)["money"]["point"]) * bool(places)
    return number_in_words(major, language) + point + space.join(places) + space + name


def _chinese(n: int) -> str:
    """Every place said, one 零 for any run of empty places between two that count."""
    if n < 10:
        return ZH_DIGITS[n]
    size, name = next(place for place in ZH_PLACES if n >= place[0])
    rest = n % size
    gap = "零" if 0 < rest < size // 10 else ""
    return _chinese(n // size) + name + (gap + _chinese(rest) if rest else "")
