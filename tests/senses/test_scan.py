"""Codes are read however they lie."""

from random import Random

import numpy as np
import pytest
import zxingcpp
from PIL import Image, ImageFilter

from assistant.request import Code, Place
from assistant.senses import scan
from bench.codes import KINDS, promised, read, scene

FORMATS = {"QRCode": "LUEUR 12.50", "DataMatrix": "LUEUR 12.50", "EAN13": "9520000000011", "EAN8": "95200002",
           "UPCA": "0012345678905",
           "Code128": "LUEUR-1250"}  # fmt: skip


def drawn(form: str, module: int = 4) -> Image.Image:
    text = FORMATS[form][1:] if form == "UPCA" else FORMATS[form]  # read back as the 13 digits of a GTIN
    made = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, form))
    bars = Image.fromarray(np.asarray(zxingcpp.write_barcode_to_image(made, scale=module)))
    if form in ("EAN13", "EAN8", "UPCA", "Code128"):
        bars = bars.resize((bars.width, max(bars.height, bars.width // 3)), Image.Resampling.NEAREST)
    ground = Image.new("RGB", (1100, 900), (214, 204, 190))
    ground.paste(bars.convert("RGB"), ((1100 - bars.width) // 2, (900 - bars.height) // 2))
    return ground


def texts(picture: Image.Image) -> list[str]:
    return [text for _, text, _ in scan.codes(picture)]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("angle", [0, 10, 30, 45, 60, 90, 135, 200])
def test_at_any_angle(form: str, angle: int) -> None:
    assert texts(drawn(form).rotate(angle, Image.Resampling.BICUBIC, fillcolor=(214, 204, 190))) == [FORMATS[form]]


@pytest.mark.parametrize("form", FORMATS)
def test_blurred_by_a_third_of_a_module(form: str) -> None:
    assert texts(drawn(form).filter(ImageFilter.GaussianBlur(4 / 3))) == [FORMATS[form]]


@pytest.mark.parametrize("form", FORMATS)
def test_at_a_fifth_of_the_contrast(form: str) -> None:
    assert texts(drawn(form).point(lambda v: 128 + (v - 128) * 0.2)) == [FORMATS[form]]


def test_a_box_lies_around_its_code_also_when_it_was_found_turned() -> None:
    turned = drawn("EAN13").rotate(45, Image.Resampling.BICUBIC, fillcolor=(214, 204, 190))
    ((_, _, (x0, y0, x1, y1)),) = scan.codes(turned)
    dark = np.argwhere(np.asarray(turned.convert("L")) < 60)
    (top, left), (bottom, right) = dark.min(0), dark.max(0)
    assert abs(x0 - left) < 40
    assert abs(y0 - top) < 40
    assert abs(x1 - right) < 40
    assert abs(y1 - bottom) < 40


def test_no_code_in_noise() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (400, 400), "uint8")
    assert texts(Image.fromarray(noise)) == []


def test_a_code_that_is_no_payment_states_no_field() -> None:
    assert scan.payment([Code("QRCode", "https://example.org/pay?amount=5", Place())]) == ()
    assert scan.payment([Code("QRCode", "BCD\n002", Place())]) == ()


def test_a_slice_through_a_code_that_lies_askew_is_not_taken_for_a_short_one() -> None:
    rng = Random("codes EAN13 18")  # upright, zxing-cpp finds a UPC-E in this one
    picture, text = scene(rng, **promised(rng, "EAN13"))
    import zxingcpp

    assert [code.format.name for code in zxingcpp.read_barcodes(picture.convert("L"))] == ["UPCE"]
    assert [code[:2] for code in scan.codes(picture)] == [["EAN13", text]]


@pytest.mark.parametrize(("kind", "number"), [("UPCE", 10), ("UPCE", 57), ("EAN13", 0), ("EAN13", 12)])
def test_what_a_part_of_a_code_seems_to_say_is_not_told_beside_it(kind: str, number: int) -> None:
    rng = Random(f"look {kind} {number}")  # zxing-cpp reads a wrong code within each of these, or a low slice of one
    picture, text = scene(rng, **promised(rng, kind))
    assert [code[:2] for code in scan.codes(picture)] == [[kind, text]]


@pytest.mark.parametrize(("kind", "number"), [("EAN13", 9), ("EAN13", 50), ("UPCE", 34)])
def test_a_code_is_read_on_a_ground_that_is_lighter_and_darker_than_it(kind: str, number: int) -> None:
    rng = Random(f"look {kind} {number}")  # zxing-cpp reads none of these at any angle as they are
    picture, text = scene(rng, **promised(rng, kind))
    assert [code[:2] for code in scan.codes(picture)] == [[kind, text]]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_read_pale_askew_and_small(kind: str) -> None:
    rng = Random(f"pale {kind}")
    picture, text = scene(rng, kind, module=3, angle=rng.uniform(20, 70), tilt=0.04, blur=1 / 3, contrast=0.25)
    assert read(picture, text)
