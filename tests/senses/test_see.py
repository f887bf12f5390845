"""A picture becomes evidence: the samples, the order of partial answers, and what merely looks like a document."""

from __future__ import annotations

import base64
import io
import time
from datetime import date

import numpy as np
import pytest
from PIL import Image

from assistant.money import Money
from assistant.request import Field, Place, Seen, Upload
from assistant.senses import Senses, crops
from assistant.senses.crops import HEAD, checked
from tests.senses.conftest import looked, sample, upload


def jpeg(crop: str) -> bytes:
    return base64.b64decode(crop.removeprefix(HEAD))


def test_the_sample_invoice_says_who_how_much_until_when_and_where(senses: Senses) -> None:
    seen = looked(senses, sample("invoice.png"))
    found = {field.name: field.value for field in seen.fields}
    assert seen.kind == "invoice"
    assert found["payee"] == "Volta Energy"
    assert found["total"] == Money(18420, "EUR")
    assert found["due"] == date(2026, 11, 27)
    assert found["iban"] == "FR7630006000011234567890189"
    assert found["reference"] == "VE-2026-118342"


def test_every_field_shows_its_print_and_its_box(senses: Senses) -> None:
    seen = looked(senses, sample("invoice.png"))
    width, height = seen.size
    for field in seen.fields:
        assert field.text
        assert field.place.box
        x0, y0, x1, y1 = field.place.box
        assert 0 <= x0 < x1 <= width
        assert 0 <= y0 < y1 <= height
        assert 0 < field.confidence <= 1


def test_the_box_of_the_total_lies_over_the_total(senses: Senses) -> None:
    total = looked(senses, sample("invoice.png")).field("total")
    assert total
    assert total.place.box
    crop = Image.open(io.BytesIO(sample("invoice.png").data)).convert("RGB").crop(total.place.box)
    again = looked(senses, upload(crop.resize((crop.width * 2, crop.height * 2))))
    assert "184.20" in " ".join(line.text for line in again.lines)


def test_the_crop_of_a_field_is_small_and_readable(senses: Senses) -> None:
    seen = looked(senses, sample("invoice.png"))
    for field in seen.fields:
        assert checked(field.place.crop), field.name
        with Image.open(io.BytesIO(jpeg(field.place.crop))) as crop:
            assert crop.format == "JPEG"
            assert crop.width <= 420 and crop.height <= 90
    total = seen.field("total")
    assert total
    crop = Image.open(io.BytesIO(jpeg(total.place.crop)))
    again = looked(senses, upload(crop.resize((crop.width * 3, crop.height * 3))))
    assert "184.20" in " ".join(line.text for line in again.lines)


def test_only_fields_carry_a_crop(senses: Senses) -> None:
    seen = looked(senses, sample("invoice.png"))
    assert not any(line.place.crop for line in seen.lines)
    assert not any(code.place.crop for code in seen.codes)


def test_a_crop_of_noise_stays_within_its_size() -> None:
    noise = Image.fromarray(np.random.default_rng(7).integers(0, 256, (900, 1600, 3), "uint8"))
    field = Field("total", "x", "x", 1.0, Place(0, (100, 100, 900, 300)))
    ((box, url),) = crops.cut(noise, 1.0, Seen("invoice", 1.0, fields=(field,)))
    assert box == [100, 100, 900, 300]
    assert checked(url)
    assert len(url) <= 8192


def test_a_crop_is_cut_from_the_working_picture_and_never_beyond_its_edge() -> None:
    page = Image.new("RGB", (100, 50), "white")
    for box in ((180, 90, 300, 200), (0, 0, 4, 4)):
        ((_, url),) = crops.cut(page, 2.0, Seen("invoice", 1.0, fields=(Field("total", "x", "x", 1.0, Place(0, box)),)))
        with Image.open(io.BytesIO(jpeg(url))) as crop:
            assert crop.width <= 100 and crop.height <= 50


@pytest.mark.parametrize(
    "url",
    ["https://example.org/a.jpg", "data:image/svg+xml;base64,AAAA", "data:image/jpeg;base64,A\"", 7, None,
     "data:image/jpeg;base64," + "A" * 9000],
)  # fmt: skip
def test_what_a_worker_sends_as_a_crop_is_checked(url: object) -> None:
    field = Field("total", "x", "x", 1.0, Place(0, (1, 2, 3, 4)))
    placed = crops.placed(Seen("invoice", 1.0, fields=(field,)), [[[1, 2, 3, 4], url]])
    assert placed.fields == (field,)


def test_a_look_grows_codes_first_then_kind_then_text(senses: Senses) -> None:
    looks = list(senses.see(sample("invoice.png"), 0))
    assert [len(look.engines) for look in looks] == [1, 2, 3]
    assert not looks[0].features
    assert looks[1].features
    assert not looks[1].lines
    assert looks[2].lines
    assert looks[2].features == looks[1].features


def test_a_grocery_receipt_gives_merchant_date_and_total(senses: Senses) -> None:
    seen = looked(senses, sample("receipt.png"))
    found = {field.name: field.value for field in seen.fields}
    assert seen.kind == "receipt"
    assert found["payee"] == "HALLES SAINT-PAUL"
    assert found["total"] == Money(3284, "EUR")
    assert found["date"] == date(2026, 11, 20)


def test_a_price_tag_gives_title_and_price(senses: Senses) -> None:
    from workshop.papers import lamp

    seen = looked(senses, sample("price_tag.png"))
    found = {field.name: field.value for field in seen.fields}
    assert seen.kind == "price_tag"
    assert found["price"] == lamp().offer.prices[0]
    assert found["title"] == lamp().titles["en"]


def test_the_barcode_picture_is_the_lamp(senses: Senses) -> None:
    from workshop.papers import lamp

    seen = looked(senses, sample("barcode.png"))
    assert seen.kind == "code"
    assert [code.text for code in seen.codes] == [lamp().gtin[-13:]]


def test_a_payment_code_fills_the_same_fields_as_print(senses: Senses) -> None:
    seen = looked(senses, sample("qr.png"))
    found = {field.name: field.value for field in seen.fields}
    assert seen.kind == "code"
    assert (found["payee"], found["total"]) == ("Volta Energy", Money(18420, "EUR"))
    assert found["iban"] == "FR7630006000011234567890189"


def test_a_phone_photo_lying_on_its_side_by_its_exif_mark_is_read_upright(senses: Senses) -> None:
    photo = Image.open(io.BytesIO(sample("receipt.png").data)).convert("RGB")
    mark = Image.Exif()
    mark[0x0112] = 6  # to be shown turned by 90 degrees clockwise
    turned = photo.rotate(90, expand=True)
    seen = looked(senses, upload(turned, "JPEG", exif=mark, quality=92))
    assert seen.size == photo.size
    total = seen.field("total")
    assert total
    assert total.value == Money(3284, "EUR")


def test_a_blank_page_is_nothing_in_particular(senses: Senses) -> None:
    seen = looked(senses, upload(Image.new("RGB", (800, 600), "white")))
    assert seen.kind in ("other", "product")
    assert not seen.fields
    assert not seen.codes


@pytest.mark.parametrize("mode", ["CMYK", "I;16", "L", "1", "RGBA", "P"])
def test_any_mode_is_read(senses: Senses, mode: str) -> None:
    grey = Image.open(io.BytesIO(sample("qr.png").data)).convert("L").resize((500, 530))
    if mode == "I;16":
        picture = Image.fromarray(np.asarray(grey).astype("uint16") * 257)
        image = upload(picture)
    else:
        image = upload(grey.convert(mode), "TIFF" if mode == "CMYK" else "PNG")
    assert looked(senses, image).field("iban")


def test_the_first_frame_of_an_animation_is_looked_at(senses: Senses) -> None:
    code = Image.open(io.BytesIO(sample("qr.png").data)).convert("L")
    image = upload(code, "GIF", save_all=True, append_images=[Image.new("L", code.size, shade) for shade in (0, 255)])
    assert looked(senses, image).codes


def test_a_quick_code_does_not_wait_for_a_page_being_read(senses: Senses) -> None:
    looked(senses, sample("qr.png"))  # warm
    page = senses.see(sample("invoice.png"), 0)
    next(page), next(page)  # the text is being read now
    began = time.perf_counter()
    assert next(senses.watch(sample("barcode.png"))).codes
    quick = time.perf_counter() - began
    list(page)
    slow = time.perf_counter() - began
    assert quick < slow


def test_several_pictures_keep_their_numbers(senses: Senses) -> None:
    seen = list(senses.see(Upload("b.png", sample("barcode.png").data), 3))[-1]
    assert seen.codes[0].place.image == 3
