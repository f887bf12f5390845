"""Amounts as they are said and written: one case or two per phenomenon, and what cannot be certain is asked."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from num2words import num2words

from assistant.language import amounts
from assistant.language.acts import Amount
from assistant.language.numbers import number
from assistant.language.tokens import tokens
from assistant.request import Language

SOLE: list[tuple[str, Language, str, str | None]] = [
    ("12.50", "en", "12.50", None),
    ("€12.50", "en", "12.50", "EUR"),
    ("1.234,56 €", "en", "1234.56", "EUR"),
    ("1 234,56 €", "fr", "1234.56", "EUR"),
    ("1'234.50 chf", "en", "1234.50", "CHF"),
    ("₹1,00,000", "en", "100000", "INR"),
    ("1,234 euros", "en", "1234", "EUR"),
    ("1.5k usd", "en", "1500", "USD"),
    ("3 thousand euros", "en", "3000", "EUR"),
    ("99 cents", "en", "0.99", None),
    ("twelve euros fifty", "en", "12.50", "EUR"),
    ("fifty-five euros and twenty cents", "en", "55.20", "EUR"),
    ("one thousand seven hundred and fifty euros", "en", "1750", "EUR"),
    ("two and a half thousand euros", "en", "2500", "EUR"),
    ("a grand", "en", "1000", None),
    ("half of 80 euros", "en", "40", "EUR"),
    ("three quarters of 80 euros", "en", "60", "EUR"),
    ("20% of 50 euros", "en", "10", "EUR"),
    ("twelve point five euros", "en", "12.5", "EUR"),
    ("douze euros cinquante", "fr", "12.50", "EUR"),
    ("12€50", "fr", "12.50", "EUR"),
    ("douze euros et demi", "fr", "12.50", "EUR"),
    ("soixante et onze euros et dix centimes", "fr", "71.10", "EUR"),
    ("septante et un euros", "fr", "71", "EUR"),
    ("quatre-vingt-dix-sept euros", "fr", "97", "EUR"),
    ("mille deux cents euros", "fr", "1200", "EUR"),
    ("la moitié de 80 euros", "fr", "40", "EUR"),
    ("une vingtaine d'euros", "fr", "20", "EUR"),
    ("十二欧元五", "zh", "12.50", "EUR"),
    ("一千二百三十四元五角", "zh", "1234.50", "CNY"),
    ("十二元零五分", "zh", "12.05", "CNY"),
    ("八毛钱", "zh", "0.80", None),
    ("三万五", "zh", "35000", None),
    ("一百五", "zh", "150", None),
    ("1.2万元", "zh", "12000", "CNY"),
    ("壹仟贰佰圆整", "zh", "1200", "CNY"),
    ("80元的一半", "zh", "40", "CNY"),
    ("１２．５０ euros", "en", "12.50", "EUR"),  # full width
    ("٢٠ euros", "en", "20", "EUR"),  # Arabic-Indic digits
    ("twenty, no, fifty euros", "en", "50", "EUR"),
    ("five hundred... I mean fifty euros", "en", "50", "EUR"),
    ("vingt euros, non, plutôt trente", "fr", "30", "EUR"),
    ("二十欧元，不对，五十", "zh", "50", "EUR"),
    ("forty-odd euros", "en", "40", "EUR"),
    ("ten and a half euros", "en", "10.50", "EUR"),
    ("10 and a half euros", "en", "10.50", "EUR"),
    ("half a million yen", "en", "500000", "JPY"),
    ("15 cents", "fr", "0.15", None),
    ("quinze cents euros", "fr", "1500", "EUR"),
    ("一亿两千万元", "zh", "120000000", "CNY"),
    ("1亿2000万日元", "zh", "120000000", "JPY"),
    ("十二点五万元", "zh", "125000", "CNY"),
    ("廿五元", "zh", "25", "CNY"),
    ("3000日元", "zh", "3000", "JPY"),
    ("五分", "zh", "0.05", None),
    ("half a grand", "en", "500", None),
    ("moins cinq euros", "fr", "-5", "EUR"),
    ("-5 euros", "en", "-5", "EUR"),  # refused by the payment room, never turned positive
]


@pytest.mark.parametrize(("text", "language", "value", "currency"), SOLE)
def test_an_amount_has_one_reading(text: str, language: Language, value: str, currency: str | None) -> None:
    (found,) = amounts.read(text, language)
    (reading,) = found.readings
    assert (Decimal(reading.value), reading.currency) == (Decimal(value), currency)
    assert text[slice(*found.span)] in text


ASKED: list[tuple[str, Language, set[str]]] = [
    ("send 1.234 euros", "en", {"1234", "1.234"}),
    ("envoie 1,234 euros", "fr", {"1234", "1.234"}),
    ("twelve fifty", "en", {"12.50", "1250"}),
    ("three fifty", "en", {"3.50", "350"}),
    ("between 10 and 20 euros", "en", {"10", "20"}),
    ("pay 5-10", "en", {"5", "10"}),
    ("quinze cents", "fr", {"0.15", "1500"}),
    ("20 euros at 5", "en", {"20", "5"}),
    ("20 of the 50", "en", {"20", "50"}),
    ("two hundred and a half", "en", {"200.50", "250"}),
    ("二三十块", "zh", {"20", "30"}),
    ("20还是30", "zh", {"20", "30"}),
]


@pytest.mark.parametrize(("text", "language", "values"), ASKED)
def test_what_can_mean_two_things_keeps_both(text: str, language: Language, values: set[str]) -> None:
    found = amounts.read(text, language)
    assert {reading.value for item in found for reading in item.readings} == values


@pytest.mark.parametrize(
    ("text", "language", "candidate", "rival"),
    [
        ("$50", "en", "USD", "CAD"),
        ("50 pounds", "en", "GBP", "EGP"),
        ("¥50", "en", "CNY", "JPY"),
        ("十块", "zh", "CNY", "EUR"),
    ],
)
def test_a_bare_sign_only_proposes_currencies(text: str, language: Language, candidate: str, rival: str) -> None:
    (reading,) = amounts.read(text, language)[0].readings
    assert reading.currency is None
    assert {candidate, rival} <= set(reading.candidates)


@pytest.mark.parametrize(
    ("text", "language"),
    [("around 20 euros", "en"), ("a hundred euros or so", "en"), ("environ 20 euros", "fr"), ("四十来块", "zh"),
     ("二十多欧元", "zh"), ("大概二十块", "zh"), ("二十块左右", "zh"), ("at least 20 euros", "en")],
)  # fmt: skip
def test_about_so_much_is_said_to_be_vague(text: str, language: Language) -> None:
    (found,) = amounts.read(text, language)
    assert found.vague


NOT_MONEY: list[tuple[str, Language]] = [
    ("a 24 inch screen", "en"), ("in 3 days", "en"), ("the 2nd one", "en"), ("at 12:15", "en"), ("on 3/4/2022", "en"),
    ("one moment", "en"), ("5 stars", "en"), ("dans 3 jours", "fr"), ("le 2e", "fr"), ("24 pouces", "fr"),
    ("a few hundred euros", "en"), ("quelques dizaines d'euros", "fr"), ("几十块", "zh"), ("好几百欧元", "zh"),
    ("15.00.00 euros", "en"), ("15..5", "en"), ("20+5 euros", "en"), ("six figures", "en"),
    ("1e3", "en"), ("0x10 euros", "en"), ("10^30", "en"), ("2⁵ euros", "en"), ("mp3", "en"),
    ("帮我查一下", "zh"), ("第二个", "zh"), ("三天内", "zh"), ("24英寸", "zh"), ("100%", "en"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "language"), NOT_MONEY)
def test_a_number_that_counts_something_is_no_amount(text: str, language: Language) -> None:
    assert amounts.read(text, language) == ()


@pytest.mark.parametrize(
    ("said", "own", "meant"),
    [(Amount("9", None, ("USD", "CAD")), ("CAD", "USD"), "CAD"), (Amount("9", None, ("USD", "CAD")), ("EUR",), "USD"),
     (Amount("9"), ("CHF", "EUR"), "CHF"), (Amount("9", None, ("SEK", "NOK")), ("EUR",), "SEK")],
)  # fmt: skip
def test_a_bare_sign_is_ones_own_currency_first(said: Amount, own: tuple[str, ...], meant: str) -> None:
    assert said.likely(*own) == meant


def test_a_span_another_detail_has_taken_is_left_alone() -> None:
    text = "20 euros for 2 pizzas"
    assert len(amounts.read(text, "en")) == 2
    assert [f.readings for f in amounts.read(text, "en", taken=[(13, 21)])] == [(Amount("20", "EUR"),)]


@settings(deadline=None)  # the first call reads the lexicons
@given(st.integers(0, 999_999))
def test_every_whole_number_in_english_words_is_read_back(value: int) -> None:
    said = tokens(num2words(value).replace(",", ""))
    found = number(said, 0, "en")
    assert found is not None
    assert (found.values, found.end) == ((Decimal(value),), len(said))


@settings(deadline=None)  # the first call reads the lexicons
@given(st.integers(0, 999_999))
def test_every_whole_number_in_french_words_is_read_back(value: int) -> None:
    said = tokens(num2words(value, lang="fr"))
    found = number(said, 0, "fr")
    assert found is not None
    assert (found.values, found.end) == ((Decimal(value),), len(said))


@settings(deadline=None)  # the first call reads the lexicons
@given(st.text(max_size=60), st.sampled_from(["en", "fr", "zh"]))
def test_no_text_breaks_the_grammar_and_spans_stay_inside(text: str, language: Language) -> None:
    for found in amounts.read(text, language):
        assert 0 <= found.span[0] < found.span[1] <= len(text)
        assert all(Decimal(reading.value).is_finite() for reading in found.readings)
