"""Numbers and money in words, to be read back aloud: 'twelve euros and fifty cents', 'douze euros et cinquante
centimes', '十二欧元五十欧分'. Writes words; reading them is `amounts.py`.

English as in Britain (one hundred and five), French as in France (soixante-dix, the spelling before 1990), Chinese in
simplified characters and groups of four digits.
"""

from __future__ import annotations

from assistant.money import LOCALES, Money, digits

# Currency -> per language (one, many, one minor, many minor); Chinese has no plural and counts yuan in 角 and 分.
NAMES: dict[str, dict[str, tuple[str, str, str, str]]] = {
    "en": {
        "EUR": ("euro", "euros", "cent", "cents"), "USD": ("dollar", "dollars", "cent", "cents"),
        "GBP": ("pound", "pounds", "penny", "pence"), "CHF": ("Swiss franc", "Swiss francs", "centime", "centimes"),
        "CNY": ("yuan", "yuan", "fen", "fen"), "JPY": ("yen", "yen", "", ""),
        "CAD": ("Canadian dollar", "Canadian dollars", "cent", "cents"), "KRW": ("won", "won", "", ""),
        "AUD": ("Australian dollar", "Australian dollars", "cent", "cents"),
        "HKD": ("Hong Kong dollar", "Hong Kong dollars", "cent", "cents"),
        "INR": ("rupee", "rupees", "paisa", "paise"), "SEK": ("Swedish krona", "Swedish kronor", "öre", "öre"),
    },
    "fr": {
        "EUR": ("euro", "euros", "centime", "centimes"), "USD": ("dollar", "dollars", "cent", "cents"),
        "GBP": ("livre sterling", "livres sterling", "penny", "pence"),
        "CHF": ("franc suisse", "francs suisses", "centime", "centimes"),
        "CNY": ("yuan", "yuans", "fen", "fen"), "JPY": ("yen", "yens", "", ""),
        "CAD": ("dollar canadien", "dollars canadiens", "cent", "cents"), "KRW": ("won", "wons", "", ""),
        "AUD": ("dollar australien", "dollars australiens", "cent", "cents"),
        "HKD": ("dollar de Hong Kong", "dollars de Hong Kong", "cent", "cents"),
        "INR": ("roupie", "roupies", "paisa", "paisas"),
        "SEK": ("couronne suédoise", "couronnes suédoises", "öre", "öre"),
    },
    "zh": {code: (major, major, minor, minor) for code, major, minor in (
        ("EUR", "欧元", "欧分"), ("USD", "美元", "美分"), ("GBP", "英镑", "便士"), ("CHF", "瑞士法郎", "生丁"),
        ("CNY", "元", "分"), ("JPY", "日元", ""), ("CAD", "加元", "加分"), ("KRW", "韩元", ""), ("AUD", "澳元", "澳分"),
        ("HKD", "港元", "港仙"), ("INR", "卢比", "派士"), ("SEK", "瑞典克朗", "欧尔"),
    )},
}  # fmt: skip
FEMININE = {"livre sterling", "livres sterling", "roupie", "roupies", "couronne suédoise", "couronnes suédoises"}
POINT = {"en": " point ", "fr": " virgule ", "zh": "点"}
MINUS = {"en": "minus ", "fr": "moins ", "zh": "负"}

EN_ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()  # noqa: E501, SIM905
EN_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()  # noqa: SIM905
EN_GROUPS = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand"))
FR_ONES = "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize".split()  # noqa: SIM905
FR_TENS = {2: "vingt", 3: "trente", 4: "quarante", 5: "cinquante", 6: "soixante"}
FR_GROUPS = ((10**12, "billion"), (10**9, "milliard"), (10**6, "million"))
ZH_DIGITS = "零一二三四五六七八九"
ZH_GROUPS = ((10**12, "万亿"), (10**8, "亿"), (10**4, "万"))
ZH_PLACES = ((1000, "千"), (100, "百"), (10, "十"))


def amount_in_words(money: Money, language: str) -> str:
    """`money` as it is said in `language`; a currency without a name here is named by CLDR, with decimals."""
    major, minor = divmod(abs(money.minor), 10 ** digits(money.currency))
    sign = MINUS[language] if money.minor < 0 else ""
    names = NAMES[language].get(money.currency)
    if names is None:
        return sign + _decimal(major, minor, money.currency, language)
    parts = [_counted(major, names[0], names[1], language)] if major or not minor else []
    if minor and language == "zh" and money.currency == "CNY":
        parts.append(_jiao(minor, bool(major)))
    elif minor:
        parts.append(_counted(minor, names[2], names[3], language))
    return sign + {"en": " and ", "fr": " et ", "zh": ""}[language].join(parts)


def number_in_words(n: int, language: str) -> str:
    """The whole number `n` in words; |n| below a quadrillion (10^15) in English and French, 10^16 in Chinese."""
    if n < 0:
        return MINUS[language] + number_in_words(-n, language)
    return {"en": _english, "fr": _french, "zh": _chinese}[language](n)


def _counted(n: int, one: str, many: str, language: str) -> str:
    words = number_in_words(n, language)
    if language == "zh":
        return ("两" if n == 2 else words) + one
    if language == "fr":
        if one in FEMININE and n % 10 == 1 and n % 100 not in (11, 71, 91):
            words += "e"
        name = one if n < 2 else many
        link = ("d'" if name[0] in "aeiou" else "de ") if n and n % 10**6 == 0 else ""
        return f"{words} {link}{name}"
    return f"{words} {one if n == 1 else many}"


def _jiao(minor: int, after_yuan: bool) -> str:
    tens, ones = divmod(minor, 10)
    said = (f"{ZH_DIGITS[tens]}角" if tens else "零" * after_yuan) + (f"{ZH_DIGITS[ones]}分" if ones else "")
    return said.replace("二角", "两角") if not after_yuan else said


def _decimal(major: int, minor: int, currency: str, language: str) -> str:
    from babel.numbers import get_currency_name

    name = get_currency_name(currency, 2 if minor else major, locale=LOCALES[language])
    space = "" if language == "zh" else " "
    places = [number_in_words(int(digit), language) for digit in f"{minor:0{digits(currency)}d}"] if minor else []
    return number_in_words(major, language) + POINT[language] * bool(places) + space.join(places) + space + name


def _english(n: int) -> str:
    if n < 20:
        return EN_ONES[n]
    if n < 100:
        return EN_TENS[n // 10 - 2] + (f"-{EN_ONES[n % 10]}" if n % 10 else "")
    if n < 1000:
        return f"{EN_ONES[n // 100]} hundred" + (f" and {_english(n % 100)}" if n % 100 else "")
    size, name = next(group for group in EN_GROUPS if n >= group[0])
    rest = n % size
    link = " and " if 0 < rest < 100 else " "
    return f"{_english(n // size)} {name}" + (link + _english(rest) if rest else "")


def _french(n: int) -> str:
    if n < 1000:
        return _french_hundreds(n)
    if n < 10**6:
        thousands = "" if n < 2000 else _unmarked(_french_hundreds(n // 1000)) + " "
        return f"{thousands}mille" + (f" {_french_hundreds(n % 1000)}" if n % 1000 else "")
    size, name = next(group for group in FR_GROUPS if n >= group[0])
    plural = "s" if n // size > 1 else ""
    return f"{_french(n // size)} {name}{plural}" + (f" {_french(n % size)}" if n % size else "")


def _unmarked(words: str) -> str:
    """Before mille, cents and quatre-vingts lose their s."""
    return words[:-1] if words.endswith(("cents", "vingts")) else words


def _french_hundreds(n: int) -> str:
    if n < 100:
        return _french_tens(n)
    hundreds = "cent" if n < 200 else f"{FR_ONES[n // 100]} cent"
    return f"{hundreds} {_french_tens(n % 100)}" if n % 100 else hundreds + ("s" if n >= 200 else "")


def _french_tens(n: int) -> str:
    if n < 17:
        return FR_ONES[n]
    if n < 20:
        return f"dix-{FR_ONES[n - 10]}"
    if n >= 80:
        return "quatre-vingts" if n == 80 else f"quatre-vingt-{_french_tens(n - 80)}"
    tens = min(n // 10, 6)
    rest = n - 10 * tens
    if rest in (1, 11):
        return f"{FR_TENS[tens]} et {_french_tens(rest)}"
    return FR_TENS[tens] + (f"-{_french_tens(rest)}" if rest else "")


def _chinese(n: int) -> str:
    words = _chinese_from(n)
    return words[1:] if words.startswith("一十") else words


def _chinese_from(n: int) -> str:
    """Every place said, one 零 for any run of empty places between two that count."""
    if n < 10:
        return ZH_DIGITS[n]
    size, name = next(group for group in (*ZH_GROUPS, *ZH_PLACES) if n >= group[0])
    rest = n % size
    gap = "零" if 0 < rest < size // 10 else ""
    return _chinese_from(n // size) + name + (gap + _chinese_from(rest) if rest else "")
