"""Draws the sample pictures in `assistant/demo/files/`: made-up papers, photographed on made-up tables.

What stands on each sheet, and how it lies, is in `papers.toml`. Run `python -m workshop.papers`; tests and the bench
lay its sheets on desks of their own. Only what Pillow, numpy and segno bring is used (the face that Pillow ships has
neither a euro sign nor Chinese), so the files can be drawn again on any machine. Dates are absolute: the invoice is due
on Friday 27 November 2026.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from assistant.demo.people import PEOPLE
from assistant.money import Money
from workshop.scenes import perspective

FILES = Path(__file__).parents[1] / "assistant" / "demo" / "files"
BILLER = next(person for person in PEOPLE if person.name == "Volta Energy")
TOTAL = Money(18420, "EUR")
REFERENCE = "VE-2026-118342"
IBAN = " ".join(BILLER.iban[start : start + 4] for start in range(0, len(BILLER.iban), 4))
Ink = str | tuple[int, int, int]
Draw = ImageDraw.ImageDraw


@functools.cache
def layouts() -> dict[str, dict[str, Any]]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def put(
    draw: Draw, at: tuple[float, float], text: str, size: int, fill: Ink = "#1a1d24", bold: bool = False,
    anchor: str = "la",
) -> None:  # fmt: skip
    face = ImageFont.load_default(size)
    draw.text(at, text, fill=fill, font=face, anchor=anchor, stroke_width=size / 34 if bold else 0)


def volta_mark(draw: Draw, x: int, y: int, side: int, volt: str) -> None:
    draw.ellipse((x, y, x + side, y + side), fill="#f7b52c")
    bolt = ((0.56, 0.14), (0.26, 0.56), (0.47, 0.56), (0.40, 0.87), (0.74, 0.42), (0.52, 0.42))
    draw.polygon([(x + a * side, y + b * side) for a, b in bolt], fill=volt)


def sheet(name: str, **words: str) -> Image.Image:
    """A flat paper of the layouts; `words` fill its braces."""
    told = layouts()[name]
    made = Image.new("RGB", tuple(told["size"]), told["paper"])
    mark(made, name, **words)
    return made


def mark(made: Image.Image, name: str, **words: str) -> None:
    """Draw what a layout says onto a sheet."""
    inks, draw = layouts()["inks"], ImageDraw.Draw(made)
    words = {"payee": BILLER.name, "iban": IBAN, "total": printed(TOTAL), "reference": REFERENCE} | words
    for kind, x, y, *more in layouts()[name]["marks"]:
        match kind:
            case "box":
                right, bottom, ink, radius = more
                draw.rounded_rectangle((x, y, right, bottom), radius, fill=inks.get(ink, ink))
            case "line":
                right, bottom, ink, width = more
                draw.line((x, y, right, bottom), fill=inks[ink], width=width)
            case "volta":
                volta_mark(draw, x, y, more[0], inks["volt"])
            case _:
                text, size, ink, anchor = more
                put(draw, (x, y), text.format_map(words), size, inks.get(ink, ink), kind == "bold", anchor)


def printed(money: Money) -> str:
    return f"{money.decimal:,.2f}"


def invoice_sheet() -> Image.Image:
    return sheet("invoice")


def poisoned_sheet() -> Image.Image:
    made = invoice_sheet()
    mark(made, "poison")
    return made


def receipt_sheet() -> Image.Image:
    made = sheet("receipt")
    made.paste(linear("9520000044176", 520, 96), (60, 1030))
    return made


def linear(gtin: str, width: int, height: int) -> Image.Image:
    """EAN-13 bars without print, in whole pixels per module."""
    import zxingcpp

    code = zxingcpp.create_barcode(gtin, zxingcpp.BarcodeFormat.EAN13)
    bars = np.asarray(zxingcpp.write_barcode_to_image(code, scale=1, add_quiet_zones=True))
    row = Image.fromarray(bars[bars.shape[0] // 2][None, :])
    return row.resize((max(width // row.width, 1) * row.width, height), Image.Resampling.NEAREST).convert("RGB")


def tag_sheet(title: str, price: Money, gtin: str) -> Image.Image:
    made = sheet("price_tag", title=title, price=printed(price), gtin=gtin)
    made.paste(linear(gtin, 250, 84), (34, 402))
    return made


LAMP = ("Desk lamp with adjustable arm", "LED 8 W  2700 K  640 lm  Class E", "Cable 1.5 m  230 V  50 Hz")


def barcode_sheet(title: str, gtin: str, small: Sequence[str] = LAMP) -> Image.Image:
    """The back of a box, with up to three lines of small print."""
    lines = dict(zip(("first", "second", "third"), (*small, "", ""), strict=False))
    made = sheet("barcode", title=title, spelled=f"{gtin[0]}  {gtin[1:7]}  {gtin[7:]}", **lines)
    bars = linear(gtin, 540, 270)
    made.paste(bars, ((1000 - bars.width) // 2, 340))
    return made


def qr_sheet() -> Image.Image:
    """A payment slip with the EPC code (EPC069-12) of the same invoice."""
    import segno
    from segno import helpers

    code: segno.QRCode = helpers.make_epc_qr(BILLER.name, BILLER.iban, TOTAL.decimal, text=REFERENCE)
    cells = np.array([[bool(cell) for cell in row] for row in code.matrix_iter(border=3)])
    dark = Image.fromarray(np.where(cells, 12, 255).astype("uint8"))
    dark = dark.resize((cells.shape[1] * 10,) * 2, Image.Resampling.NEAREST)
    made = sheet("qr")
    made.paste(dark.convert("RGB"), ((860 - dark.width) // 2, 150))
    return made


def wood(width: int, height: int, base: tuple[int, int, int], seed: int) -> Image.Image:
    """Planks with grain that runs across the picture."""
    grain = np.random.default_rng(seed)
    field = np.zeros((height, width))
    third = height // 3
    for rough, weight in (((height // 40, 3), 0.05), ((third, width // 120), 0.05), ((third, width // 420), 0.035)):
        cells = Image.fromarray(grain.normal(0, 1, rough).astype("float32"))
        field += weight * np.asarray(cells.resize((width, height), Image.Resampling.BICUBIC))
    plank = height // 4
    for row in range(0, height, plank):
        field[row : row + plank] += grain.normal(0, 0.035)
        field[row : row + 3] -= 0.25
    return Image.fromarray((np.array(base) * (1 + field)[..., None]).clip(0, 255).astype("uint8")).filter(
        ImageFilter.GaussianBlur(0.8)
    )


def plain(width: int, height: int, base: tuple[int, int, int], seed: int) -> Image.Image:
    """A painted shelf or desk."""
    grain = np.random.default_rng(seed).normal(0, 1, (height // 8, width // 8)).astype("float32")
    field = np.asarray(Image.fromarray(grain).resize((width, height), Image.Resampling.BICUBIC))
    return Image.fromarray((np.array(base) * (1 + 0.012 * field)[..., None]).clip(0, 255).astype("uint8"))


def pen(ground: Image.Image, start: tuple[int, int], end: tuple[int, int]) -> None:
    """A ball pen: a dark barrel with a light edge, a steel tip at the start, a clip."""
    shade = Image.new("L", ground.size, 0)
    ImageDraw.Draw(shade).line((start[0] + 8, start[1] + 12, end[0] + 8, end[1] + 12), fill=150, width=24)
    ground.paste((0, 0, 0), (0, 0), shade.filter(ImageFilter.GaussianBlur(8)))
    draw = ImageDraw.Draw(ground)

    def at(share: float, aside: int = 0) -> tuple[float, float]:
        return start[0] + (end[0] - start[0]) * share + aside, start[1] + (end[1] - start[1]) * share

    draw.polygon([at(-0.07), at(0.02, -9), at(0.02, 9)], fill=(190, 193, 198))
    draw.line((*at(0.02), *at(1.0)), fill=(28, 34, 52), width=22)
    draw.line((*at(0.02, -5), *at(1.0, -5)), fill=(92, 104, 132), width=4)
    draw.line((*at(0.26), *at(0.3)), fill=(190, 193, 198), width=22)
    draw.line((*at(0.72, 6), *at(0.99, 6)), fill=(205, 208, 214), width=7)


def cup(ground: Image.Image, x: int, y: int, r: int) -> None:
    """A cup of coffee from above."""
    shade = Image.new("L", ground.size, 0)
    ImageDraw.Draw(shade).ellipse((x - r + 14, y - r + 24, x + r + 30, y + r + 34), fill=130)
    ground.paste((0, 0, 0), (0, 0), shade.filter(ImageFilter.GaussianBlur(18)))
    draw = ImageDraw.Draw(ground)
    rings = ((1.0, "#e2e2de"), (0.96, "#f6f5f2"), (0.84, "#ceccc6"), (0.8, "#482c1c"), (0.74, "#583723"))
    for share, fill in rings:
        draw.ellipse((x - r * share, y - r * share, x + r * share, y + r * share), fill=fill)
    draw.arc((x - r * 0.7, y - r * 0.7, x + r * 0.7, y + r * 0.7), 200, 250, fill=(140, 100, 72), width=6)


def folded(sheet: Image.Image, folds: int) -> Image.Image:
    """Paper that lay in an envelope: each part catches the light a little differently."""
    rows = np.linspace(0, folds + 1, sheet.height)
    wave = 1 - 0.05 * np.abs(np.sin(np.pi * rows)) ** 0.6 * np.where(rows.astype(int) % 2, 1, -0.15)
    wave -= 0.07 * np.exp(-(((rows - rows.round()) * 55) ** 2)) * ((rows > 0.5) & (rows < folds + 0.5))
    across = np.linspace(1.0, 0.975, sheet.width)
    return Image.fromarray(
        (np.asarray(sheet, float) * wave[:, None, None] * across[None, :, None]).clip(0, 255).astype("uint8")
    )


def photograph(
    sheet: Image.Image, ground: Image.Image, corners: Sequence[Sequence[int]], lift: int = 10
) -> Image.Image:
    """The sheet laid on the ground with its corners at the given places, its shadow, and light from the upper left."""
    warp = perspective(np.array(corners, float), sheet.size)
    mask = Image.new("L", sheet.size, 255).transform(ground.size, Image.Transform.PERSPECTIVE, warp)
    laid = sheet.transform(ground.size, Image.Transform.PERSPECTIVE, warp, Image.Resampling.BICUBIC)
    ground.paste((12, 8, 4), (lift // 2, lift), mask.filter(ImageFilter.GaussianBlur(lift)).point(lambda v: v * 0.55))
    ground.paste(laid, (0, 0), mask.filter(ImageFilter.GaussianBlur(0.7)))
    rows, columns = np.mgrid[0 : ground.height, 0 : ground.width]
    light = 1.05 - 0.2 * (rows / ground.height * 0.6 + columns / ground.width * 0.4)
    lit = np.asarray(ground, float) * light[..., None] * np.array([1.0, 0.985, 0.955])
    return Image.fromarray(lit.clip(0, 255).astype("uint8"))


def shelf(width: int, height: int, base: tuple[int, int, int], seed: int) -> Image.Image:
    """A shelf's edge with packs above it, out of focus."""
    made = plain(width, height, base, seed)
    draw = ImageDraw.Draw(made)
    draw.rectangle((0, 0, 1100, 96), fill=(64, 60, 58))
    draw.rectangle((0, 640, 1100, 760), fill=(158, 154, 148))
    rng = Random(4)
    for x in range(-20, 1100, 190):
        shade = rng.choice(((178, 42, 46), (54, 84, 120), (222, 186, 92), (72, 72, 76)))
        draw.rounded_rectangle((x, -40, x + 160, 84), 10, fill=shade)
    return made.filter(ImageFilter.GaussianBlur(3))


GROUNDS: dict[str, Callable[..., Image.Image]] = {"wood": wood, "plain": plain, "shelf": shelf}


def photo(name: str, flat: Image.Image) -> Image.Image:
    """The sheet as its layout lays it; beside an invoice a cup and a pen."""
    told, how = layouts()[name]["ground"], layouts()[name]["photo"]
    ground = GROUNDS[told["of"]](*told["size"], tuple(told["base"]), told["seed"])
    if name == "invoice":
        cup(ground, 1120, 110, 150)
    flat = folded(flat, how["folds"]) if how["folds"] else flat
    made = photograph(flat, ground, how["corners"], how["lift"])
    if name == "invoice":
        pen(made, (70, 1190), (36, 760))
    return made


def kept(picture: Image.Image, path: Path) -> None:
    """A palette of 256 keeps a photograph-like PNG small."""
    picture.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.FLOYDSTEINBERG).save(path, optimize=True)


def lamp() -> Any:
    """The demo catalogue's product whose label and code are photographed."""
    from assistant.demo.catalogue import products

    return next(product for product in products() if product.id == "lamp-luma-red")


def main() -> None:
    FILES.mkdir(exist_ok=True)
    shown = lamp()
    title, price, gtin = shown.titles["en"], shown.offer.prices[0], shown.gtin[-13:]
    drawings = {
        "invoice": photo("invoice", invoice_sheet()), "poisoned": photo("invoice", poisoned_sheet()),
        "receipt": photo("receipt", receipt_sheet()), "price_tag": photo("price_tag", tag_sheet(title, price, gtin)),
        "barcode": photo("barcode", barcode_sheet(title, gtin)), "qr": photo("qr", qr_sheet()),
    }  # fmt: skip
    for name, picture in drawings.items():
        kept(picture, FILES / f"{name}.png")


if __name__ == "__main__":
    main()
