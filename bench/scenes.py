"""A second, independent generator of pictures, only for measuring: other layouts, faces, grounds and goods.

Shares no drawing code with `workshop/`. Codes are real ones, papers are set in serif or typewriter faces where
the machine has them (`faces()` says which were found), goods are lit solids, scenery is fractal.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

SIDE = 420
FACES = (
    "DejaVuSerif.ttf",
    "DejaVuSansMono.ttf",
    "LiberationSerif-Regular.ttf",
    "LiberationMono-Regular.ttf",
    "NotoSansCJK-Regular.ttc",
)
SYLLABLES = ["ka", "lo", "mi", "tan", "ver", "do", "ri", "sel", "qua", "zen", "pol", "ur", "bi", "cho", "fra", "gen"]


@functools.cache
def faces() -> tuple[str, ...]:
    """Those of FACES that this machine has; the face Pillow ships stands in when there are none."""
    found = []
    for name in FACES:
        try:
            ImageFont.truetype(name, 12)
        except OSError:
            continue
        found.append(name)
    return tuple(found)


def face(rng: Random, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.truetype(rng.choice(faces()), size) if faces() else ImageFont.load_default(size)


def phrase(rng: Random, count: int) -> str:
    return " ".join("".join(rng.choices(SYLLABLES, k=rng.randint(1, 4))).capitalize() for _ in range(count))


def price(rng: Random, high: int = 999) -> str:
    return f"{rng.randint(1, high):,}.{rng.randint(0, 99):02d}"


def plasma(rng: Random, side: int = SIDE) -> np.ndarray:
    """Fractal clouds in 0..1, (side, side)."""
    noise = np.random.default_rng(rng.getrandbits(32))
    field = np.zeros((side, side))
    for octave in range(1, 6):
        cells = noise.normal(0, 1, (2**octave, 2**octave)).astype("float32")
        field += np.asarray(Image.fromarray(cells).resize((side, side), Image.Resampling.BICUBIC)) / octave
    return (field - field.min()) / (np.ptp(field) + 1e-9)


def tinted(rng: Random, field: np.ndarray) -> Image.Image:
    low, high = (np.array([rng.randint(0, 255) for _ in range(3)]) for _ in range(2))
    return Image.fromarray((low + (high - low) * field[..., None]).clip(0, 255).astype("uint8"))


def ground(rng: Random) -> Image.Image:
    """Marble, carpet or a checked tablecloth."""
    field = plasma(rng)
    style = rng.choice(("marble", "carpet", "checks"))
    if style == "checks":
        rows, columns = np.mgrid[0:SIDE, 0:SIDE] // rng.randint(20, 60)
        field = 0.7 * ((rows + columns) % 2) + 0.3 * field
    elif style == "carpet":
        field = field * 0.4 + np.random.default_rng(rng.getrandbits(32)).random((SIDE, SIDE)) * 0.6
    return tinted(rng, field)


def on_ground(rng: Random, sheet: Image.Image) -> Image.Image:
    """Laid flat and turned, or held up so that it fills the frame."""
    below = ground(rng)
    fill = rng.uniform(0.7, 1.0)
    sheet = sheet.resize(
        (max(1, round(sheet.width * (k := SIDE * fill / max(sheet.size)))), max(1, round(sheet.height * k)))
    )
    mask = Image.new("L", sheet.size, 255)
    angle = rng.uniform(-14, 14)
    sheet, mask = (part.rotate(angle, Image.Resampling.BICUBIC, expand=True) for part in (sheet, mask))
    below.paste(sheet, ((SIDE - sheet.width) // 2, (SIDE - sheet.height) // 2), mask)
    return below.filter(ImageFilter.GaussianBlur(rng.uniform(0, 1.2)))


def rows_of(rng: Random, draw: ImageDraw.ImageDraw, x: int, y: int, width: int, count: int, size: int) -> int:
    for _ in range(count):
        draw.text((x, y), phrase(rng, rng.randint(1, 3))[: width // size], fill=(30, 30, 40), font=face(rng, size))
        draw.text((x + width, y), price(rng), fill=(20, 20, 30), font=face(rng, size), anchor="ra")
        y += size + 5
    return y


def invoice(rng: Random) -> Image.Image:
    """A coloured side panel with the parties; body with boxed table, total and a tear-off slip."""
    sheet = Image.new("RGB", (500, 700), (252, 252, 250))
    draw = ImageDraw.Draw(sheet)
    left = rng.random() < 0.5
    panel = tuple(rng.randint(30, 220) for _ in range(3))
    if left:
        draw.rectangle((0, 0, 130, 700), fill=panel)
    else:
        draw.rectangle((0, 0, 500, 90), fill=panel)
    x = 150 if left else 30
    draw.text((x, 30), phrase(rng, 2), fill=(15, 20, 40), font=face(rng, 26))
    for row in range(4):
        draw.text((12 if left else 30, 110 + 16 * row), phrase(rng, 2)[:16], fill=(60, 60, 70), font=face(rng, 11))
    draw.text((x, 190), rng.choice(("Invoice", "Facture", "Rechnung", "Bill")), fill=(15, 20, 40), font=face(rng, 30))
    draw.rectangle((x, 250, 480, 270), fill=(210, 214, 222))
    end = rows_of(rng, draw, x + 4, 275, 470 - x, rng.randint(2, 7), 13)
    draw.rectangle((x, 250, 480, end + 4), outline=(90, 90, 100))
    draw.text((476, end + 16), price(rng), fill=(10, 10, 20), font=face(rng, 24), anchor="ra")
    draw.text((x + 90, end + 20), "Total", fill=(10, 10, 20), font=face(rng, 18))
    for y in range(0, 500, 10):
        draw.line((y, 590, y + 5, 590), fill=(120, 120, 120))
    for row in range(4):
        draw.text((30 if not left else 150, 604 + 18 * row), phrase(rng, 4)[:44], fill=(50, 50, 60), font=face(rng, 12))
    return on_ground(rng, sheet)


def receipt(rng: Random) -> Image.Image:
    """A till roll set in one face, with a torn end."""
    count = rng.randint(8, 26)
    width = rng.randint(220, 300)
    sheet = Image.new("RGB", (width, 240 + 19 * count), (246, 246, 242))
    draw = ImageDraw.Draw(sheet)
    for row in range(4):
        draw.text(
            (width // 2, 12 + 20 * row),
            phrase(rng, 2),
            fill=(40, 40, 44),
            font=face(rng, 20 if row == 0 else 13),
            anchor="ma",
        )
    y = rows_of(rng, draw, 14, 110, width - 28, count, 14)
    draw.text((14, y + 8), "TOTAL", fill=(20, 20, 24), font=face(rng, 24))
    draw.text((width - 14, y + 8), price(rng, 200), fill=(20, 20, 24), font=face(rng, 24), anchor="ra")
    draw.text((width // 2, y + 54), phrase(rng, 3), fill=(40, 40, 44), font=face(rng, 13), anchor="ma")
    return on_ground(rng, sheet)


def price_tag(rng: Random) -> Image.Image:
    """Round stickers, hanging tags, or a chalk board."""
    style = rng.choice(("round", "hanging", "chalk"))
    if style == "round":
        sheet = ground(rng).resize((320, 320))
        ImageDraw.Draw(sheet).ellipse(
            (4, 4, 316, 316), fill=rng.choice(((255, 220, 0), (230, 40, 40), (250, 250, 250)))
        )
    elif style == "hanging":
        sheet = Image.new("RGB", (220, 340), (238, 226, 200))
        ImageDraw.Draw(sheet).ellipse((98, 14, 122, 38), fill=(60, 50, 40))
    else:
        sheet = Image.new("RGB", (360, 240), (38, 42, 40))
    draw = ImageDraw.Draw(sheet)
    ink = (240, 240, 235) if style == "chalk" else (20, 20, 20)
    middle = sheet.width // 2
    draw.text((middle, sheet.height // 4), phrase(rng, 1)[:12], fill=ink, font=face(rng, 28), anchor="mm")
    draw.text(
        (middle, sheet.height * 0.58),
        f"{rng.randint(1, 99)}.{rng.randint(0, 99):02d}",
        fill=ink,
        font=face(rng, 88),
        anchor="mm",
    )
    return on_ground(rng, sheet)


def statement(rng: Random) -> Image.Image:
    """A bank's page with three money columns, or an app's list on a screen."""
    if rng.random() < 0.3:
        sheet = Image.new("RGB", (330, 640), (250, 250, 252))
        draw = ImageDraw.Draw(sheet)
        draw.rectangle((0, 0, 330, 90), fill=tuple(rng.randint(0, 160) for _ in range(3)))
        draw.text((20, 36), price(rng, 9999), fill=(255, 255, 255), font=face(rng, 30))
        rows_of(rng, draw, 16, 104, 298, 22, 17)
        return on_ground(rng, sheet)
    sheet = Image.new("RGB", (520, 690), (253, 253, 253))
    draw = ImageDraw.Draw(sheet)
    draw.text((30, 24), phrase(rng, 2), fill=(20, 30, 70), font=face(rng, 24))
    for row in range(3):
        draw.text((330, 26 + 16 * row), phrase(rng, 2)[:20], fill=(70, 70, 80), font=face(rng, 11))
    y = 120
    while y < 660:
        draw.text((30, y), f"{rng.randint(1, 28):02d}.{rng.randint(1, 12):02d}.", fill=(50, 50, 60), font=face(rng, 11))
        draw.text((86, y), phrase(rng, 3)[:28], fill=(50, 50, 60), font=face(rng, 11))
        draw.text((rng.choice((340, 420)), y), price(rng), fill=(30, 30, 40), font=face(rng, 11), anchor="ra")
        draw.text((500, y), price(rng, 9999), fill=(30, 30, 40), font=face(rng, 11), anchor="ra")
        y += 15
    return on_ground(rng, sheet)


def code(rng: Random) -> Image.Image:
    """A real QR, DataMatrix, EAN-13 or Code 128 on a plain label."""
    import zxingcpp

    kind = rng.choice(("QRCode", "DataMatrix", "EAN13", "Code128"))
    text = f"{rng.randint(10**11, 10**12 - 1)}" if kind == "EAN13" else phrase(rng, 3)
    made = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind))
    picture = Image.fromarray(np.asarray(zxingcpp.write_barcode_to_image(made, scale=4))).convert("RGB")
    if kind in ("EAN13", "Code128"):
        picture = picture.resize((picture.width, max(picture.height, picture.width // 3)), Image.Resampling.NEAREST)
    return on_ground(rng, picture)


def solid(rng: Random) -> Image.Image:
    """One lit ball, can or box with a wrapped pattern in the middle of the frame, standing on the ground."""
    picture = np.asarray(ground(rng).filter(ImageFilter.GaussianBlur(4)), float) * 0.8
    rows, columns = np.mgrid[0:SIDE, 0:SIDE]
    r, x, y = rng.randint(90, 160), SIDE / 2 + rng.randint(-40, 40), SIDE / 2 + rng.randint(-20, 30)
    u, v = (columns - x) / r, (rows - y) / r
    shape = rng.choice(("ball", "can", "box"))
    inside = {"ball": u**2 + v**2 < 1, "can": (abs(u) < 0.55) & (abs(v) < 1.1), "box": (abs(u) < 0.8) & (abs(v) < 1.0)}[
        shape
    ]
    bend = {"ball": np.sqrt(np.clip(1 - u**2 - v**2, 0, 1)), "can": np.sqrt(np.clip(1 - (u / 0.55) ** 2, 0, 1)),
            "box": np.where(u > 0.45, 0.55, 1.0)}[shape]  # fmt: skip
    skin = np.asarray(tinted(rng, (plasma(rng) > rng.uniform(0.3, 0.7)).astype(float)), float)
    lit = skin * (0.3 + 0.8 * np.clip(bend * 0.8 - 0.25 * u - 0.2 * v, 0, 1.1))[..., None]
    return Image.fromarray(np.where(inside[..., None], lit, picture).clip(0, 255).astype("uint8"))


def other(rng: Random) -> Image.Image:
    """Clouds, a fractal shore, window light, or nothing at all."""
    style = rng.choice(("clouds", "shore", "light", "blank"))
    field = plasma(rng)
    if style == "shore":
        level = np.linspace(0, 1, SIDE)[:, None] + 0.35 * field
        return tinted(rng, np.where(level > 0.8, 0.1 + 0.3 * field, level * 0.8))
    if style == "light":
        rows, columns = np.mgrid[0:SIDE, 0:SIDE] / SIDE
        return tinted(rng, np.exp(-((rows - rng.random()) ** 2 + (columns - rng.random()) ** 2) * rng.uniform(2, 12)))
    return tinted(rng, field if style == "clouds" else field * 0.04)


DRAWN: dict[str, Callable[[Random], Image.Image]] = {
    "invoice": invoice, "receipt": receipt, "price_tag": price_tag, "statement": statement, "code": code,
    "product": solid, "other": other,
}  # fmt: skip


def held_out(kind: str, index: int) -> Image.Image:
    return DRAWN[kind](Random(f"held out {kind} {index}"))
