"""A photo to a product: drawn packages, turned and shrunk, against one picture each; then codes and words."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from assistant.request import Code, Line, Place, Seen
from assistant.shop import Shop
from assistant.shop.match import Look, Looks, Pictures
from models.prints import prints

VIEW = tuple(np.linspace(0.1, 1, 96))


def package(seed: int, colour: str) -> Image.Image:
    """A printed carton: bars, dots and words in places drawn by `seed`."""
    dice = np.random.default_rng(seed)
    picture = Image.new("RGB", (300, 400), colour)
    pen = ImageDraw.Draw(picture)
    for _ in range(60):
        x, y, side = (int(part) for part in dice.integers((0, 0, 5), (280, 380, 40)))
        ink = tuple(int(part) for part in dice.integers(0, 255, 3))
        (pen.rectangle if dice.random() < 0.5 else pen.ellipse)((x, y, x + side, y + side), fill=ink)
    pen.text((60, 180), f"SORT {seed * 7919}", fill="black", font=ImageFont.load_default(40))
    return picture


def photographed(picture: Image.Image) -> Image.Image:
    """Turned by some degrees, smaller, on a brown table."""
    table = Image.new("RGB", (500, 500), "#7a5a3a")
    turned = picture.convert("RGBA").rotate(17, Image.Resampling.BICUBIC, expand=True)
    turned.thumbnail((330, 330))
    table.paste(turned, (90, 80), turned)
    return table


def look(picture: Image.Image) -> Look:
    return Look.of(prints(picture), VIEW)


@pytest.mark.parametrize("seed", [1, 4, 6])
def test_a_package_is_found_by_its_print_though_it_lies_askew(seed: int) -> None:
    looks = Looks({f"carton-{number}": look(package(number, "white")) for number in range(8)})
    first = looks.match(look(photographed(package(seed, "white"))))[0]
    assert (first.product, first.how) == (f"carton-{seed}", "print")
    assert int(first.said) >= 7


def fruit(colour: str) -> Image.Image:
    picture = Image.new("RGB", (200, 200), "white")
    ImageDraw.Draw(picture).ellipse((30, 30, 170, 170), fill=colour)
    return picture


def test_a_thing_without_print_goes_by_its_colours_and_is_said_to_be_a_guess() -> None:
    pictures = {name: look(fruit(name)) for name in ("red", "green", "orange", "purple")}
    looks = Looks(pictures | {"carton": look(package(3, "green"))})
    heap = Image.new("RGB", (300, 300), "#1f7a1f")
    for x in range(0, 300, 60):
        ImageDraw.Draw(heap).ellipse((x, x, x + 70, x + 70), fill="green")
    first = looks.match(look(heap))[0]
    assert (first.product, first.how) == ("green", "look")


def test_looks_are_kept_by_product(tmp_path) -> None:
    pictures = Pictures(tmp_path / "looks")
    assert pictures.like(prints(fruit("red")), VIEW) == ()
    pictures.show("apple/../1", prints(fruit("red")), VIEW)
    pictures.show("pear", prints(fruit("green")), VIEW)
    assert pictures.has("apple/../1")
    again = Pictures(tmp_path / "looks")
    assert [match.product for match in again.like(prints(fruit("red")), VIEW)] == ["apple/../1", "pear"]
    with pytest.raises(ValueError, match="buffer"):
        pictures.show("odd", b"short", VIEW)


def test_a_code_decides_before_anything_else(stocked: Shop) -> None:
    lamp = stocked.product("lamp-luma-red")
    assert lamp is not None
    seen = Seen("product", 0.9, codes=(Code("EAN13", "123", Place()), Code("EAN13", lamp.gtin[1:], Place())))
    assert [(match.product, match.how) for match in stocked.match(seen)] == [(lamp.id, "code")]


def lines(*texts: str, sure: float = 0.9) -> tuple[Line, ...]:
    return tuple(Line(text, sure, Place()) for text in texts)


def test_words_on_the_package_name_the_product_with_its_brand(stocked: Shop) -> None:
    decided = stocked.match(Seen("product", 0.9, lines=lines("GARRIGUE", "Olive oil", "750 ml", "best before 2027")))
    assert decided[0].how == "text"
    assert decided[0].product == "oil-garrigue-750-ml"
    assert stocked.match(Seen("product", 0.9, lines=lines("olive oil"))) == ()
    assert stocked.match(Seen("product", 0.9, lines=lines("GARRIGUE Olive oil", sure=0.3))) == ()
