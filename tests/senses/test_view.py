"""Many frames, few cards: one camera's view of codes and print."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.money import Money
from assistant.request import Code, Field, Line, PictureKind, Place, Seen
from assistant.senses.view import View

LAMP, KETTLE = "9520000000011", "9520000000028"


def code(text: str = LAMP, form: str = "EAN13", box: tuple[int, int, int, int] = (100, 400, 300, 480)) -> Code:
    return Code(form, text, Place(0, box))


def coded(*codes: Code) -> Seen:
    return Seen("code", 0.9, codes=codes, size=(1280, 720), features=(0.1,))


def label(price: str, title: str = "Luma desk lamp", kind: PictureKind = "price_tag", sure: float = 0.9) -> Seen:
    place, below = Place(0, (100, 200, 700, 300)), Place(0, (100, 100, 600, 150))
    amount, name = ("price", "title") if kind == "price_tag" else ("total", "payee")
    fields = (Field(amount, Money.of(price, "EUR"), price, sure, place), Field(name, title, title, 0.8, below))
    lines = (Line(price, 0.9, place), Line(title, 0.9, below))
    return Seen(kind, 0.9, lines=lines, fields=fields, size=(1280, 720))


def prices(view: View, *read: str) -> list[str]:
    """The prices that became sightings while these were read, one a frame."""
    found = [each for frame, price in enumerate(read) for each in view.take(label(price), frame)]
    return [str(each.amount.decimal) for each in found if each.amount]


def test_a_checked_code_counts_at_once_and_only_once() -> None:
    view = View()
    assert [each.key for each in view.take(coded(code()), 0)] == ["0" + LAMP]
    assert view.take(coded(code()), 0) == ()
    assert view.take(coded(code(box=(5, 5, 90, 60))), 7) == ()


def test_a_gtin_is_one_thing_in_all_its_lengths() -> None:
    view = View()
    assert view.take(coded(code("0012345678905")), 0)
    assert view.take(coded(code("012345678905", "UPCA")), 1) == ()


def test_two_codes_at_once_are_two_things_each_alone() -> None:
    lamp, kettle = View().take(coded(code(LAMP), code(KETTLE)), 0)
    assert [c.text for c in lamp.seen.codes] == [LAMP]
    assert [c.text for c in kettle.seen.codes] == [KETTLE]


@pytest.mark.parametrize("form", ["ITF", "Codabar", "Code39"])
def test_a_code_without_a_check_digit_needs_a_second_frame(form: str) -> None:
    view, seen = View(), coded(code("12345678", form))
    assert view.take(seen, 0) == ()
    assert view.take(seen, 0) == ()
    assert view.take(seen, 1)


def test_a_price_counts_when_two_frames_agree_and_asks_for_the_second() -> None:
    view = View()
    assert view.take(label("4.20"), 0) == ()
    assert view.doubtful
    assert view.take(label("4.20"), 1)
    assert not view.doubtful


def test_a_flickering_misread_never_becomes_a_card() -> None:
    assert prices(View(), "4.20", "420.00", "4.20", "420.00", "4.20") == []
    assert prices(View(), "4.20", "1.20", "4.20", "4.20", "1.20", "4.20") == ["4.20"]


def test_the_same_label_is_one_thing_whatever_its_name_was_read_as() -> None:
    view = View()
    assert prices(view, "4.20", "4.20") == ["4.20"]
    assert view.take(label("4.20", "Lurna desk lamp"), 5) == ()
    assert not view.doubtful
    view.take(label("4.20", "Oat drink 1 l"), 6)
    assert view.take(label("4.20", "Oat drink 1 l"), 7)


def test_two_prices_of_one_size_say_nothing() -> None:
    view = View()
    for frame in range(3):
        assert view.take(label("4.20", sure=0.45), frame) == ()
    assert not view.doubtful


def test_a_label_with_its_code_says_more_of_the_same_thing() -> None:
    view = View()
    (first,) = view.take(coded(code()), 0)
    seen = replace(label("41.90"), codes=(code(box=(100, 310, 300, 370)),))
    view.take(seen, 1)
    (second,) = view.take(seen, 2)
    assert second.key == first.key
    assert second.seen.field("price")


def test_a_code_far_from_the_label_stays_its_own_thing() -> None:
    view, seen = View(), replace(label("41.90"), codes=(code(box=(1000, 620, 1200, 700)),))
    view.take(seen, 0)
    (only,) = view.take(seen, 1)
    assert only.key != "0" + LAMP
    assert only.seen.codes == ()


def test_a_payment_code_and_the_bill_around_it_are_one_thing() -> None:
    text = "BCD\n002\n1\nSCT\n\nVolta Energy SA\nFR7630006000011234567890189\nEUR184.20\n\n\nVE-2026-118342"
    view = View()
    (slip,) = view.take(coded(code(text, "QRCode")), 0)
    assert slip.seen.field("total")
    for frame in (1, 2, 3):
        assert view.take(label("184.20", "Volta Energy", "invoice"), frame) == ()


def test_nothing_of_a_frame_is_kept_but_its_sightings_and_they_are_bounded() -> None:
    view = View()
    for number in range(100):
        view.take(coded(code(f"text {number}", "QRCode")), number)
    assert len(view.found) == 40
    assert not any(each.seen.features for each in view.found.values())
