"""Card numbers and secret keys are found however they are written; numbers that only look long are left alone."""

import pytest

from assistant.redaction import hide, hide_in_heard, hide_in_request, hide_in_seen
from assistant.request import Field, Heard, Line, Place, Request, Seen, Span, Upload

HERE = Place(0, (0, 0, 9, 9), crop="data:image/png;base64,AAAA")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("pay with 4242424242424242 now", "pay with •••• now", id="plain"),
        pytest.param("4242 4242 4242 4242", "••••", id="in groups"),
        pytest.param("5555-5555-5555-4444.", "••••.", id="with hyphens"),
        pytest.param("Amex 3782 822463 10005", "Amex ••••", id="fifteen digits"),
        pytest.param("3056 930902 5904", "••••", id="fourteen digits"),
        pytest.param("6205 5000 0000 0000 004", "••••", id="nineteen digits"),
        pytest.param("4\u200b2424242\u00a042424242", "••••", id="invisible characters between"),
        pytest.param("４２４２ ４２４２ ４２４２ ４２４２", "••••", id="full-width"),
        pytest.param("٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢", "••••", id="Arabic-Indic"),
        pytest.param("Pay Alice 50 4242 4242 4242 4242 01/34", "Pay Alice 50 •••• 01/34", id="behind an amount"),
        pytest.param("it is " + "four two " * 8, "it is •••• ", id="in English words"),
        pytest.param("c'est le " + "quatre deux " * 8, "c'est le •••• ", id="in French words"),
        pytest.param("卡号四二四二四二四二四二四二四二四二", "卡号••••", id="in Chinese"),
        pytest.param("4242424242424242 and 4000000000000002", "•••• and ••••", id="two of them"),
    ],
)
def test_a_card_number_is_hidden(text: str, shown: str) -> None:
    assert hide(text) == (shown, "card_number")


@pytest.mark.parametrize(
    "text",
    ["sk_live_51Habcdefgh", "sk_test_51Habcdefgh", "rk_live_51Habcdefgh", "rk_test_51Habc", "whsec_abc123/+=",
     "STRIPE_API_KEY=SK_LIVE_51HABCDEFGH"],
)  # fmt: skip
def test_a_secret_key_is_hidden(text: str) -> None:
    shown, found = hide(f"my key is {text}, use it")
    assert found == "secret_key" and text.split("_")[-1] not in shown and shown.endswith("••••, use it")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("4242424242424241", id="the check digit does not fit"),
        pytest.param("9520000000011", id="a product code"),
        pytest.param("4006381333931", id="a product code beginning like a card"),
        pytest.param("FR76 3000 6000 0112 3456 7890 189", id="an IBAN"),
        pytest.param("DE89370400440532013000", id="an IBAN without spaces"),
        pytest.param("21 00000 00003 13947 14300 09017", id="a Swiss payment reference"),
        pytest.param("+33 6 12 34 56 78 90 12 34 56", id="too long for a telephone, no issuer"),
        pytest.param("2026-11-22 09:00:00.000000", id="an instant"),
        pytest.param("one two three four five six seven eight nine", id="counting"),
        pytest.param("pay 1,200.50 and 3,400.25 and 99", id="amounts"),
        pytest.param("risk_tested_and_fine", id="a word that ends like a key"),
        pytest.param("pay_9f86d081884c7d659a2feaa0c55ad015", id="one of our ids"),
        pytest.param("一二三四五六七八九十", id="counting in Chinese"),
    ],
)
def test_what_only_looks_like_one_stays(text: str) -> None:
    assert hide(text) == (text, "")


def test_words_and_names_of_files_are_cleaned_and_their_bytes_are_not_touched() -> None:
    file = Upload("4242424242424242.csv", b"data")
    request, found = hide_in_request(Request("4242424242424242", images=(file,), files=(file,)))
    assert found == "card_number" and request.text == "••••"
    assert [each.name for each in (*request.images, *request.files)] == ["••••.csv"] * 2
    assert request.files[0].data == b"data"


def test_a_heard_number_leaves_no_span_and_no_alternative() -> None:
    parts = tuple(Span("4242", 0.9, (n, n + 1.0)) for n in range(4))
    heard = Heard("it is 4242 4242 4242 4242", 0.9, "whisper base", "en", 4.0, parts, ("4242 4242 4242 4242",))
    hidden, found = hide_in_heard(heard)
    assert (hidden.text, hidden.spans, hidden.alternatives, found) == ("it is ••••", (), (), "card_number")


@pytest.mark.parametrize("lines", [("VALID THRU 01/34", "4242 4242 4242 4242"), ("4242 4242", "4242 4242", "ADA")])
def test_a_seen_number_is_hidden_also_over_several_lines(lines: tuple[str, ...]) -> None:
    number = Field("reference", "4242424242424242", "4242 4242 4242 4242", 0.9, HERE)
    other = Field("payee", "Ada", "ADA", 0.9, HERE)
    seen = Seen("other", 0.9, lines=tuple(Line(text, 0.9, HERE) for text in lines), fields=(number, other))
    hidden, found = hide_in_seen(seen)
    assert found == "card_number" and "4242" not in str(hidden)
    assert hidden.fields[0].place.crop == "" and hidden.fields[1] == other
