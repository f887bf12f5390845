"""Every card in every language, drawn from the JSON that is published."""

import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

from assistant.reply import CARDS, Action, to_json
from assistant.request import LANGUAGES
from assistant.ui.cards import DRAWERS, Drawer
from tests.ui import samples
from tests.ui.samples import HOSTILE, NOW

CROP = "data:image/jpeg;base64,/9j/4AAQSkZJRg=="
HOSTILE_CROPS = [
    "https://evil.example/track.png", "data:image/svg+xml;base64,evil", "data:text/html;base64,evil",
    'data:image/jpeg;base64,AAAA" onerror="evil()', "data:image/jpeg;base64,evil\n", "DATA:image/jpeg;base64,evil",
    " data:image/jpeg;base64,evil", "data:image/jpeg;base64,", "data:image/jpeg;base64," + "evil" * 3000,
    "javascript:evil()", {"evil": 1}, None,
]  # fmt: skip


class Seen(HTMLParser):
    """The tags, attributes and text of a piece of HTML as a browser reads them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.words += data


def drawn(card: Any, language: str = "en") -> str:
    return Drawer(language, NOW).card(to_json(card, language))


def test_every_published_card_has_a_drawing() -> None:
    assert DRAWERS.keys() == CARDS.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hostile_text_is_shown_as_it_is_on_every_card(language: str) -> None:
    for card in samples.cards(HOSTILE).cards:
        html = drawn(card, language)
        assert "${" not in html
        assert "{{" not in html
        seen = Seen(html)
        assert HOSTILE in seen.words, card.type
        assert "onerror" not in dict(seen.attributes)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_button_carries_its_actions_id_and_nothing_of_what_it_does(language: str) -> None:
    html = drawn(samples.sheet("Alice"), language)
    assert len(re.findall(r'data-id="act_[0-9a-f]{32}"', html)) == 2
    assert "payment." not in html
    assert "verb" not in html


def test_the_pay_sheet_keeps_its_order() -> None:
    words = Seen(drawn(samples.sheet("Alice Martin"))).words
    order = ["Test mode", "€12.50", "EUR assumed", "Alice Martin", "matches your contacts", "Visa", "pay Alice",
             "Edit", "Fee", "Total", "Cancel", "Pay €12.50"]  # fmt: skip
    places = [words.index(part) for part in order[:-1]] + [words.rindex(order[-1])]
    assert places == sorted(places)


def test_the_words_that_filled_a_field_are_underlined() -> None:
    assert re.findall(r"<mark>(.*?)</mark>", drawn(samples.sheet("x"))) == ["Alice", "12.50"]


def test_an_uncertain_field_must_be_looked_at_before_the_button_pays() -> None:
    html = drawn(samples.sheet("Alice", ("amount",)))
    assert 'data-check="Check amount"' in html
    assert "doubt" in html
    assert "data-check" not in drawn(samples.sheet("Alice"))


def test_a_scheduled_receipt_counts_down_and_a_finished_one_does_not() -> None:
    moving = drawn(samples.receipt("Alice", "scheduled", left=8))
    assert 'data-left="8.0"' in moving
    assert 'data-payment="pay_9f2"' in moving
    done = drawn(samples.receipt("Alice"))
    assert "data-left" not in done
    assert "data-payment" not in done
    assert "Paid" in Seen(done).words


@pytest.mark.parametrize("status", ["sent", "failed", "requires_action", "unknown", "refunded", "prepared", "canceled"])
def test_only_a_payment_that_succeeded_is_called_paid(status: Any) -> None:
    shown = Seen(drawn(samples.receipt("Alice", status))).words
    assert "Paid" not in shown


def test_a_sheet_that_is_over_says_how_many_seconds_are_left() -> None:
    late = Drawer("en", NOW + timedelta(hours=1))
    assert 'data-expires="0.0"' in late.card(to_json(samples.sheet("Alice")))


def test_a_field_stands_beside_the_cut_out_it_was_read_from() -> None:
    cut = {"image": 0, "box": [1, 2, 3, 4], "crop": CROP}
    sheet = replace(samples.sheet("Alice"), provenance={"amount": cut, "payee": {"image": 0, "box": [9, 9, 10, 10]}})
    paper = samples.document("Volta", place=cut)
    for card in (sheet, samples.receipt("Alice", provenance={"amount": cut}), paper):
        seen = Seen(drawn(card))
        assert seen.tags.count("img") == 1, card.type
        assert ("src", CROP) in seen.attributes
    assert ("alt", "Cut-out of the picture, amount: €12.50") in Seen(drawn(sheet)).attributes
    assert "From the picture" in Seen(drawn(sheet)).words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("crop", HOSTILE_CROPS)
def test_a_crop_that_is_no_small_jpeg_is_dropped(crop: Any, language: str) -> None:
    cut = {"image": 0, "box": [1, 2, 3, 4], "crop": crop}
    for card in (replace(samples.sheet("Alice"), provenance={"amount": cut}), samples.document("Volta", place=cut)):
        html = drawn(card, language)
        assert "<img" not in html
        assert "evil" not in html


def test_fields_of_one_line_show_its_cut_out_once_beside_the_total() -> None:
    html = drawn(samples.document("Volta", place={"image": 0, "crop": CROP}, total={"image": 0, "crop": CROP}))
    assert html.count("<img") == 1
    assert ("alt", "Cut-out of the picture, total: 184.20") in Seen(html).attributes


def test_a_receipt_says_when_in_which_zone_to_whom_and_from_which_words() -> None:
    html = drawn(samples.receipt("Alice"))
    assert 'data-zone=""' in html or " data-zone>" in html
    words = Seen(html).words
    for fact in ("account ••4242", "Visa ••4242", "pay_9f2", "pi_3Nabc", "lunch", "pay Alice 12.50"):
        assert fact in words
    assert "<mark>12.50</mark>" in html


@pytest.mark.parametrize(
    ("kind", "words"),
    [("contact", "matches your contacts"), ("biller", "matches your billers"), ("shop", "sells what you chose")],
)
def test_a_biller_is_not_called_a_contact(kind: Any, words: str) -> None:
    sheet = samples.sheet("Volta")
    assert words in Seen(drawn(replace(sheet, payee=replace(sheet.payee, kind=kind)))).words


def test_a_picture_from_another_address_is_not_fetched() -> None:
    safe, foreign = samples.product("a", "1"), samples.product("a", "1", "https://example.org/track.png")
    html = [drawn(samples.Products(products=(item,))) for item in (safe, foreign)]
    assert "/pictures/lamp.svg" in html[0]
    assert "<img" not in html[1]


def test_rows_behind_a_figure_are_folded_and_counted() -> None:
    html = drawn(samples.figure("food"))
    assert "2 of 24 rows" in html
    assert "<details>" in html
    assert "-€42.10" in html


def test_a_change_is_coloured_by_the_sign_it_already_carries() -> None:
    assert "change down" in drawn(samples.figure("food"))


def test_a_field_that_was_read_badly_says_so() -> None:
    words = Seen(drawn(samples.document("Volta"))).words
    assert words.count("not sure") == 1


def test_the_primary_action_stands_last() -> None:
    card = samples.Notice(tone="info", text="", actions=(Action("Go", style="primary"), Action("Stay")))
    assert Seen(drawn(card)).words.rstrip().endswith("StayGo")


def test_an_action_that_a_chip_stands_for_is_not_shown_twice() -> None:
    action = Action("at most 40 €", "product.remove", style="chip")
    card = samples.Products(
        products=(), constraints=(samples.Chip("at most 40 €", True, action.id),), actions=(action,)
    )
    assert drawn(card).count(action.id) == 1
