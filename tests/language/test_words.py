"""Money read back in words: what is written is read by our own reader of amounts as the same money."""

import random

import pytest

from assistant.language.amounts import read
from assistant.language.words import amount_in_words, number_in_words
from assistant.money import Money
from assistant.request import Language

RANDOM = random.Random(4)
NUMBERS = [*range(1200), *(RANDOM.randrange(10**size) for size in range(4, 13) for _ in range(40))]
SMALL = [n for n in NUMBERS[1::3] if n < 10**9]


@pytest.mark.parametrize("language", ["en", "fr", "zh"])
def test_what_is_read_aloud_is_understood_as_the_same_amount(language: Language) -> None:
    for minor in SMALL:
        money = Money(minor, "EUR")
        [found] = read(amount_in_words(money, language), language)
        assert found.readings[0].in_("EUR") == money


@pytest.mark.parametrize(
    ("n", "words"),
    [(0, "零"), (10, "十"), (12, "十二"), (105, "一百零五"), (110, "一百一十"), (1050, "一千零五十"),
     (10_001, "一万零一"), (100_500, "十万零五百"), (20_300_000, "二千零三十万")],
)  # fmt: skip
def test_chinese_numbers_are_written_as_schools_teach(n: int, words: str) -> None:
    assert number_in_words(n, "zh") == words


@pytest.mark.parametrize(
    ("money", "en", "fr", "zh"),
    [
        (Money(1250, "EUR"), "twelve euros and fifty cents", "douze euros et cinquante centimes", "十二欧元五十欧分"),
        (Money(101, "EUR"), "one euro and one cent", "un euro et un centime", "一欧元一欧分"),
        (Money(5, "USD"), "five cents", "cinq cents", "五美分"),
        (Money(0, "EUR"), "zero euros", "zéro euro", "零欧元"),
        (Money(2101, "GBP"), "twenty-one pounds and one penny", "vingt et une livres sterling et un penny",
         "二十一英镑一便士"),
        (Money(1200, "JPY"), "one thousand two hundred yen", "mille deux cents yens", "一千二百日元"),
        (Money(1205, "CNY"), "twelve yuan and five fen", "douze yuans et cinq fen", "十二元零五分"),
        (Money(1250, "CNY"), "twelve yuan and fifty fen", "douze yuans et cinquante fen", "十二元五角"),
        (Money(200, "EUR"), "two euros", "deux euros", "两欧元"),
        (Money(10**8, "EUR"), "one million euros", "un million d'euros", "一百万欧元"),
        (Money(-350, "USD"), "minus three dollars and fifty cents", "moins trois dollars et cinquante cents",
         "负三美元五十美分"),
        (Money(7150, "PLN"), "seventy-one point five zero Polish zlotys",
         "soixante et onze virgule cinq zéro zlotys polonais", "七十一点五零波兰兹罗提"),
    ],
)  # fmt: skip
def test_money_is_said_as_people_say_it(money: Money, en: str, fr: str, zh: str) -> None:
    assert [amount_in_words(money, language) for language in ("en", "fr", "zh")] == [en, fr, zh]
