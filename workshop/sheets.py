"""Papers, labels and codes as flat sheets, before any camera: layouts at random, print without meaning."""

from collections.abc import Callable
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]
INKS: tuple[Colour, ...] = ((20, 20, 24), (45, 45, 52), (70, 70, 78), (25, 35, 80), (90, 40, 40))
ACCENTS: tuple[Colour, ...] = (
    (18, 78, 160), (190, 30, 45), (10, 120, 90), (230, 120, 20), (90, 50, 140), (30, 30, 34),
    (0, 140, 190), (240, 200, 30),
)  # fmt: skip


def font(size: int) -> ImageFont.FreeTypeFont:
    """The face that Pillow ships, so that a scene is the same on every machine."""
    face = ImageFont.load_default(max(size, 4))
    assert isinstance(face, ImageFont.FreeTypeFont)
    return face


def word(rng: Random, low: int = 2, high: int = 9) -> str:
    return "".join(rng.choices("aeioutnrslmdcpbgfvh", k=rng.randint(low, high)))


def words(rng: Random, count: int) -> str:
    return " ".join(word(rng).capitalize() if rng.random() < 0.4 else word(rng) for _ in range(count))


def number(rng: Random, high: int = 900) -> str:
    return f"{rng.randint(1, high)}{rng.choice('.,')}{rng.randint(0, 99):02d}"


def paper(rng: Random, width: int, height: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    tint = rng.randint(232, 255)
    sheet = Image.new("RGB", (width, height), (tint, tint - rng.randint(0, 6), tint - rng.randint(0, 14)))
    return sheet, ImageDraw.Draw(sheet)


def letterhead(rng: Random, draw: ImageDraw.ImageDraw, width: int, accent: Colour) -> None:
    side = rng.choice((0, 1))
    x = 24 if side == 0 else width - 24 - rng.randint(70, 130)
    if rng.random() < 0.3:
        draw.rectangle((0, 0, width, rng.randint(20, 60)), fill=accent)
    if rng.random() < 0.6:
        size = rng.randint(22, 44)
        rng.choice((draw.ellipse, draw.rectangle))((x, 22, x + size, 22 + size), fill=accent)
        x += size + 8 if side == 0 else -size - 30
    draw.text((x, 24), words(rng, 2), fill=rng.choice((accent, INKS[0])), font=font(rng.randint(16, 28)))
    for row in range(rng.randint(2, 4)):
        draw.text((24, 78 + 11 * row), words(rng, 3), fill=INKS[2], font=font(9))


def table(rng: Random, draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], step: int, columns: int) -> None:
    """Rows of left-set words and right-set numbers with a head band; rules or zebra stripes at random."""
    x0, y0, x1, y1 = box
    accent, style, size = rng.choice(ACCENTS), rng.choice(("rules", "zebra", "bare")), max(step - 4, 6)
    draw.rectangle((x0, y0, x1, y0 + step), fill=rng.choice((accent, (225, 226, 230), (245, 245, 247))))
    for y in range(y0 + step, y1, step):
        if style == "zebra" and (y - y0) // step % 2:
            draw.rectangle((x0, y, x1, y + step), fill=(238, 240, 244))
        if style == "rules":
            draw.line((x0, y + step, x1, y + step), fill=(205, 205, 210))
        draw.text((x0 + 3, y + 1), words(rng, rng.randint(1, 3)), fill=INKS[1], font=font(size))
        for column in range(columns):
            if rng.random() < 0.85:
                draw.text((x1 - 3 - 52 * column, y + 1), number(rng), fill=INKS[0], font=font(size), anchor="ra")


def invoice(rng: Random) -> Image.Image:
    sheet, draw = paper(rng, 400, 566)
    accent = rng.choice(ACCENTS)
    letterhead(rng, draw, 400, accent)
    title = rng.choice(("INVOICE", "FACTURE", "Rechnung", "Invoice", "BILL", "Facture"))
    place = rng.choice(((24, 140), (230, 84), (24, 130), (200, 130)))
    draw.text(place, title, fill=rng.choice((accent, INKS[0])), font=font(rng.randint(20, 34)))
    for row in range(rng.randint(3, 5)):
        draw.text((250, 126 + 12 * row), f"{words(rng, 1)}  {rng.randint(1000, 99999)}", fill=INKS[1], font=font(9))
    top, rows, step = rng.randint(185, 225), rng.randint(1, 8), rng.randint(14, 24)
    end = top + step * (rows + 1)
    table(rng, draw, (24, top, 376, end), step, rng.randint(1, 3))
    for row in range(rng.randint(1, 3)):
        draw.text((376, end + 10 + 13 * row), number(rng), fill=INKS[1], font=font(10), anchor="ra")
        draw.text((250, end + 10 + 13 * row), words(rng, 1), fill=INKS[1], font=font(10))
    if rng.random() < 0.6:
        draw.rectangle((230, end + 46, 376, end + 74), fill=rng.choice((accent, (228, 230, 235))))
    draw.text((370, end + 49), number(rng), fill=rng.choice((INKS[0], (255, 255, 255))), font=font(18), anchor="ra")
    draw.line((24, 505, 376, 505), fill=(190, 190, 195))
    for row in range(rng.randint(2, 4)):
        draw.text((24, 510 + 11 * row), words(rng, rng.randint(4, 8)), fill=INKS[2], font=font(8))
    if rng.random() < 0.25:
        sheet.paste(matrix(rng, rng.randint(50, 80)), (24, 410))
    return sheet


def receipt(rng: Random) -> Image.Image:
    width, rows = rng.randint(190, 300), rng.randint(8, 34)
    size = rng.randint(9, 13)
    step = size + rng.randint(2, 6)
    sheet, draw = paper(rng, width, 150 + rows * step + rng.randint(60, 220))
    ink, margin, y = rng.choice(INKS[:4]), rng.randint(6, 24), rng.randint(10, 34)
    if rng.random() < 0.25:
        draw.ellipse((width // 2 - 28, y, width // 2 + 28, y + 40), fill=ink)
        y += 46
    for row in range(rng.randint(3, 6)):
        big = rng.randint(14, 24) if row == 0 else size
        draw.text((width // 2, y), words(rng, rng.randint(1, 4)), fill=ink, font=font(big), anchor="ma")
        y += big + 3
    for row in range(rows):
        if row in (0, rows - 3) or rng.random() < 0.06:
            draw.text((width // 2, y), rng.choice("-=*_") * (width // 6), fill=ink, font=font(size), anchor="ma")
        else:
            text = rng.choice((words(rng, 2).upper(), words(rng, 2), f"{rng.randint(1, 9)} x {words(rng, 1)}"))
            draw.text((margin, y), text, fill=ink, font=font(size))
            if rng.random() < 0.8:
                draw.text((width - margin, y), number(rng, 99), fill=ink, font=font(size), anchor="ra")
        y += step
    draw.text((margin, y + 4), "TOTAL", fill=ink, font=font(size + 8))
    draw.text((width - margin, y + 4), number(rng, 300), fill=ink, font=font(size + 8), anchor="ra")
    if rng.random() < 0.5:
        sheet.paste(bars(rng, width - 60, 34), (30, y + 40))
    if rng.random() < 0.25:  # ringed by hand
        x, y = rng.randint(20, width - 50), sheet.height - rng.randint(60, 140)
        draw.ellipse((x, y, x + 60, y + 36), outline=rng.choice(((60, 60, 170), (40, 40, 44))), width=2)
    return sheet


def statement(rng: Random) -> Image.Image:
    sheet, draw = paper(rng, 400, rng.choice((566, 566, 480, 300)))
    letterhead(rng, draw, 400, rng.choice(ACCENTS))
    top = rng.randint(125, 175)
    if rng.random() < 0.5:
        for part in range(3):
            draw.rectangle((24 + 120 * part, top - 34, 130 + 120 * part, top - 8), outline=(180, 184, 190))
            draw.text((30 + 120 * part, top - 28), number(rng), fill=INKS[0], font=font(11))
    step = rng.randint(9, 14)
    table(rng, draw, (18, top, 382, sheet.height - rng.randint(14, 44)), step, rng.randint(2, 3))
    if rng.random() < 0.7:
        for y in range(top + step, sheet.height - 30, step):
            draw.text(
                (150, y + 1), f"{rng.randint(1, 28):02d}/{rng.randint(1, 12):02d}", fill=INKS[1], font=font(step - 4)
            )
    return sheet


def price_tag(rng: Random) -> Image.Image:
    width, height = rng.choice(((360, 200), (340, 240), (400, 170), (240, 320), (300, 300)))
    ground = rng.choice(
        ((255, 255, 255), (255, 232, 60), (255, 246, 200), (214, 30, 38), (250, 250, 246), (28, 30, 34))
    )
    ink = (255, 255, 255) if sum(ground) < 330 else rng.choice(((15, 15, 18), (200, 20, 30), (15, 15, 18)))
    sheet = Image.new("RGB", (width, height), ground)
    draw = ImageDraw.Draw(sheet)
    if rng.random() < 0.4:
        draw.rectangle((0, 0, width, height // 4), fill=rng.choice(ACCENTS))
    draw.text((14, 12), words(rng, rng.randint(1, 3)), fill=ink, font=font(rng.randint(16, 30)))
    draw.text((14, 48), words(rng, 3), fill=ink, font=font(12))
    euros, cents, size = str(rng.randint(0, 299)), f"{rng.randint(0, 99):02d}", int(height * rng.uniform(0.34, 0.55))
    x, y = rng.randint(16, width // 3), height - size - rng.randint(12, 40)
    if rng.random() < 0.5:
        draw.text((x, y), euros, fill=ink, font=font(size))
        draw.text((x + draw.textlength(euros, font(size)) + 4, y), cents, fill=ink, font=font(size // 2))
    else:
        draw.text((x, y), f"{rng.choice(('', '', '$'))}{euros}.{cents}", fill=ink, font=font(int(size * 0.8)))
    if rng.random() < 0.45:
        sheet.paste(bars(rng, width // 3, 30), (14, height - 40))
    if rng.random() < 0.25:
        draw.ellipse((width - 34, 10, width - 14, 30), fill=(90, 80, 70))
    return sheet


def bars(rng: Random, width: int, height: int) -> Image.Image:
    """A linear code's stripes (not decodable)."""
    modules = np.array([rng.random() < 0.5 for _ in range(rng.choice((67, 95, 120)))])
    modules[:3] = modules[-3:] = (True, False, True)
    stripe = Image.fromarray(np.where(modules, 15, 250).astype("uint8")[None, :])
    return stripe.resize((max(width, 20), max(height, 10)), Image.Resampling.NEAREST).convert("RGB")


def matrix(rng: Random, side: int) -> Image.Image:
    """A matrix code's pattern: three finders, or the solid edges of a DataMatrix (not decodable)."""
    count = rng.choice((21, 25, 29, 33, 41))
    cells = np.array([[rng.random() < 0.5 for _ in range(count)] for _ in range(count)])
    if rng.random() < 0.8:
        ring = np.zeros((8, 8), bool)
        ring[:7, :7] = True
        ring[1:6, 1:6] = False
        ring[2:5, 2:5] = True
        cells[:8, :8], cells[:8, -8:], cells[-8:, :8] = ring, ring[:, ::-1], ring[::-1]
    else:
        cells[:, 0] = cells[-1] = True
        cells[0, ::2] = cells[::2, -1] = True
    quiet = np.pad(cells, rng.randint(2, 4))
    dark = rng.choice(((10, 10, 12), (10, 10, 12), (20, 30, 90)))
    shown = np.where(quiet[..., None], np.array(dark), np.array((252, 252, 250))).astype("uint8")
    return Image.fromarray(shown).resize((side, side), Image.Resampling.NEAREST)


def code(rng: Random) -> Image.Image:
    """A code that fills most of a label, a pack's back, a screen or a sheet."""
    width, height = rng.randint(220, 340), rng.randint(190, 340)
    sheet = Image.new("RGB", (width, height), rng.choice(((255, 255, 255), (250, 250, 250), *ACCENTS)))
    draw = ImageDraw.Draw(sheet)
    if rng.random() < 0.5:
        side = int(min(width, height) * rng.uniform(0.6, 0.95))
        sheet.paste(matrix(rng, side), ((width - side) // 2, (height - side) // 2))
    else:
        wide, high = int(width * rng.uniform(0.7, 0.95)), int(height * rng.uniform(0.35, 0.75))
        x, y = (width - wide) // 2, (height - high) // 3
        draw.rectangle((x - 8, y - 8, x + wide + 8, y + high + 26), fill=(255, 255, 255))
        sheet.paste(bars(rng, wide, high), (x, y))
        draw.text(
            (width // 2, y + high + 2), str(rng.randint(10**11, 10**12)), fill=(0, 0, 0), font=font(18), anchor="ma"
        )
    if rng.random() < 0.5:
        draw.text((width // 2, height - 16), words(rng, 2), fill=INKS[1], font=font(13), anchor="ma")
    return sheet


SHEETS: dict[str, Callable[[Random], Image.Image]] = {
    "invoice": invoice, "receipt": receipt, "price_tag": price_tag, "statement": statement, "code": code,
}  # fmt: skip
