"""Pictures to train the small vision model on: every one is drawn here, none is taken from anywhere.

Knows what kinds of pictures a person hands in and what they look like from afar (128 pixels). Does not know words in a
real language: at that size print is a texture. `scene(seed, index)` is deterministic for one Pillow version.

>>> picture, kind, product = scene(7, 0)     # RGB, one of KINDS, one of PRODUCTS or ""
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont

from models.training.goods import GOODS, product, shelf

KINDS = ("invoice", "receipt", "price_tag", "statement", "code", "product", "other")
PRODUCTS = tuple(GOODS)
SIDE = 160  # pixels of a finished scene; the model sees 128 after a random crop

Colour = tuple[int, int, int]
INKS: tuple[Colour, ...] = ((20, 20, 24), (45, 45, 52), (70, 70, 78), (25, 35, 80), (90, 40, 40))
ACCENTS: tuple[Colour, ...] = (
    (18, 78, 160), (190, 30, 45), (10, 120, 90), (230, 120, 20), (90, 50, 140), (30, 30, 34), (0, 140, 190), (240, 200, 30),
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


def backdrop(rng: Random, side: int = SIDE) -> Image.Image:
    """A table, cloth, shelf or wall: colour, slow light, grain, planks."""
    base = np.array(rng.choice(((168, 128, 90), (210, 190, 160), (90, 70, 55), (225, 225, 222), (120, 124, 130),
                                (50, 52, 58), (150, 170, 180), (190, 200, 170), (240, 238, 232), (110, 60, 50))), float)  # fmt: skip
    grain = np.random.default_rng(rng.getrandbits(32))
    rows, columns = np.mgrid[0:side, 0:side] / side
    light = 1 + rng.uniform(-0.35, 0.35) * (rows - 0.5) + rng.uniform(-0.35, 0.35) * (columns - 0.5)
    field = np.ones((side, side)) * light
    style = rng.choice(("plain", "wood", "cloth", "speckle", "tiles"))
    if style == "wood":
        coarse = grain.normal(0, 1, (side // rng.choice((2, 4)), rng.choice((2, 4))))
        wood = np.asarray(Image.fromarray(coarse.astype("float32")).resize((side, side)))
        field *= 1 + 0.09 * (wood.T if rng.random() < 0.5 else wood)
    elif style == "cloth":
        field *= 1 + 0.06 * np.sin(rows * rng.uniform(40, 160)) * np.sin(columns * rng.uniform(40, 160))
    elif style == "speckle":
        field *= 1 + grain.normal(0, 0.12, field.shape)
    elif style == "tiles":
        field *= np.where((rows * rng.randint(2, 7) % 1 < 0.04) | (columns * rng.randint(2, 7) % 1 < 0.04), 0.75, 1.0)
    return Image.fromarray((base * field[..., None]).clip(0, 255).astype("uint8"))


def clutter(rng: Random, ground: Image.Image) -> None:
    """Things that lie around the subject: pens, cups, cards, edges of packs."""
    draw, side = ImageDraw.Draw(ground), ground.width
    for _ in range(rng.randint(0, 4)):
        x, y, w = rng.randint(-20, side), rng.randint(-20, side), rng.randint(8, 60)
        colour = tuple(rng.randint(20, 240) for _ in range(3))
        shape = rng.choice((draw.ellipse, draw.rectangle))
        shape((x, y, x + w, y + rng.randint(6, 60)), fill=colour)
        if rng.random() < 0.4:
            draw.line((x, y, x + rng.randint(-90, 90), y + rng.randint(-90, 90)), fill=colour, width=rng.randint(2, 6))


def lay(rng: Random, sheet: Image.Image, ground: Image.Image, fill: float, tilt: float) -> Image.Image:
    """The sheet on the ground in perspective, with a soft shadow; `fill` = share of the side it takes."""
    side = ground.width
    scale = side * fill / max(sheet.size)
    w, h = sheet.width * scale / 2, sheet.height * scale / 2
    angle = np.deg2rad(rng.gauss(0, tilt))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corners = np.array([(-w, -h), (w, -h), (w, h), (-w, h)]) @ turn.T
    corners += np.array([[rng.gauss(0, side * 0.018) for _ in range(2)] for _ in range(4)]) + side / 2
    drift = side * max(0.04, 0.3 * (1 - fill))
    corners += np.array([rng.gauss(0, drift * 0.6), rng.gauss(0, drift)])
    small = sheet.resize((max(int(2 * w), 8), max(int(2 * h), 8)), Image.Resampling.BOX)
    warp = perspective(corners, small.size)
    mask = Image.new("L", small.size, 255).transform((side, side), Image.Transform.PERSPECTIVE, warp)
    laid = small.transform((side, side), Image.Transform.PERSPECTIVE, warp, Image.Resampling.BILINEAR)
    shadow = mask.filter(ImageFilter.GaussianBlur(4)).point(lambda v: v * rng.uniform(0.2, 0.5))
    ground.paste((0, 0, 0), (rng.randint(-4, 4), rng.randint(0, 5)), shadow)
    ground.paste(laid, (0, 0), mask)
    return ground


def perspective(corners: np.ndarray, size: tuple[int, int]) -> tuple[float, ...]:
    """Pillow's eight coefficients that map output pixels at `corners` (4x2) back onto an image of `size`."""
    rows: list[list[float]] = []
    wanted: list[float] = []
    for (x, y), (u, v) in zip(corners, ((0, 0), (size[0], 0), size, (0, size[1])), strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        wanted += [u, v]
    return tuple(np.linalg.solve(np.array(rows), np.array(wanted)))


def other(rng: Random) -> Image.Image:
    """What is none of the kinds: landscapes, rooms, skylines, faces, chats, sketches, charts, blank or noisy frames."""
    side = SIDE
    grain = np.random.default_rng(rng.getrandbits(32))
    style = rng.choice(("land", "land", "room", "city", "person", "chat", "sketch", "chart", "blank", "noise"))
    if style == "noise":
        cells = grain.integers(0, 255, (rng.choice((8, 20, 40, side)),) * 2 + (3,), "uint8")
        return Image.fromarray(cells).resize(
            (side, side), rng.choice((Image.Resampling.NEAREST, Image.Resampling.BICUBIC))
        )
    picture = backdrop(rng)
    draw = ImageDraw.Draw(picture)
    shade = lambda low, high: tuple(rng.randint(low, high) for _ in range(3))  # noqa: E731
    if style == "land":
        sky = np.linspace(rng.randint(90, 200), rng.randint(180, 250), side)
        band = np.stack([sky * rng.uniform(0.5, 1), sky * rng.uniform(0.7, 1), sky], -1)[:, None].repeat(side, 1)
        picture = Image.fromarray(band.clip(0, 255).astype("uint8"))
        draw = ImageDraw.Draw(picture)
        draw.ellipse((x := rng.randint(0, 130), 10, x + 24, 34), fill=(255, 240, 190))
        for layer in range(rng.randint(1, 4)):
            ridge = [(p, 70 + 22 * layer + rng.randint(-18, 18)) for p in range(0, side + 20, 20)]
            draw.polygon(
                [*ridge, (side, side), (0, side)],
                fill=(rng.randint(20, 90), rng.randint(60, 150), rng.randint(20, 110)),
            )
    elif style == "room":
        draw.polygon([(0, 110), (40, 90), (120, 90), (160, 110), (160, 160), (0, 160)], fill=shade(60, 190))
        draw.rectangle(
            (rng.randint(10, 60), 15, rng.randint(70, 110), 70), fill=shade(170, 255), outline=shade(30, 120), width=4
        )
    elif style == "city":
        for x in range(0, side, rng.randint(14, 30)):
            top = rng.randint(20, 120)
            draw.rectangle((x, top, x + rng.randint(12, 26), side), fill=shade(40, 140))
            for y in range(top + 4, side, 9):
                draw.line((x + 3, y, x + 11, y), fill=shade(160, 250), width=3)
    elif style == "person":
        skin = rng.choice(((240, 205, 180), (200, 150, 115), (140, 95, 65), (90, 60, 45)))
        x, r = rng.randint(50, 110), rng.randint(20, 36)
        draw.ellipse((x - 2 * r, 70 + r, x + 2 * r, 240), fill=shade(20, 230))
        draw.ellipse((x - r - 4, 64 - r, x + r + 4, 70 + r), fill=shade(10, 90))
        draw.ellipse((x - r, 70 - r, x + r, 76 + r), fill=skin)
        for eye in (-r // 2, r // 3):
            draw.ellipse((x + eye, 66, x + eye + 5, 70), fill=(30, 25, 25))
    elif style == "chat":
        picture.paste(shade(225, 255), (0, 0, side, side))
        for y in range(8, side, rng.randint(22, 36)):
            x = rng.choice((6, 60))
            draw.rounded_rectangle(
                (x, y, x + rng.randint(50, 94), y + 18),
                7,
                fill=rng.choice(((220, 235, 255), (150, 220, 130), (228, 228, 232))),
            )
            draw.text((x + 6, y + 4), words(rng, 2)[:14], fill=INKS[1], font=font(8))
    elif style == "sketch":
        picture.paste(shade(235, 255), (0, 0, side, side))
        for _ in range(rng.randint(4, 30)):
            points = [(rng.randint(0, side), rng.randint(0, side)) for _ in range(rng.randint(2, 5))]
            draw.line(points, fill=shade(0, 120), width=rng.randint(1, 3), joint="curve")
    elif style == "chart":
        picture.paste((252, 252, 252), (0, 0, side, side))
        for x in range(16, side - 14, rng.randint(12, 26)):
            draw.rectangle((x, rng.randint(20, 130), x + 9, 140), fill=rng.choice(ACCENTS))
        draw.line((12, 12, 12, 140, side - 8, 140), fill=(60, 60, 60), width=2)
    return picture


SHEETS: dict[str, Callable[[Random], Image.Image]] = {
    "invoice": invoice, "receipt": receipt, "price_tag": price_tag, "statement": statement, "code": code,
}  # fmt: skip


def camera(rng: Random, picture: Image.Image) -> Image.Image:
    """What a phone adds: light, colour cast, blur, sensor noise, a shadow across."""
    picture = ImageEnhance.Brightness(picture).enhance(rng.uniform(0.6, 1.25))
    picture = ImageEnhance.Contrast(picture).enhance(rng.uniform(0.65, 1.25))
    picture = ImageEnhance.Color(picture).enhance(rng.uniform(0.3, 1.4))
    if rng.random() < 0.35:
        picture = picture.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 1.6)))
    pixels = np.asarray(picture, float) * np.array(
        [rng.uniform(0.88, 1.08), rng.uniform(0.94, 1.04), rng.uniform(0.85, 1.08)]
    )
    if rng.random() < 0.3:
        rows, columns = np.mgrid[0 : picture.height, 0 : picture.width]
        edge = np.cos(a := rng.uniform(0, 6.28)) * columns + np.sin(a) * rows
        pixels = pixels * np.where(edge > rng.uniform(0, 120), rng.uniform(0.6, 0.9), 1.0)[..., None]
    pixels += np.random.default_rng(rng.getrandbits(32)).normal(0, rng.uniform(0, 9), pixels.shape)
    return Image.fromarray(pixels.clip(0, 255).astype("uint8"))


def scene(seed: int, index: int) -> tuple[Image.Image, str, str]:
    """One picture of SIDE x SIDE with its kind and coarse product class (empty unless the kind is product)."""
    rng = Random(f"{seed}:{index}")
    kind, label = KINDS[index % len(KINDS)], ""
    if kind == "product":
        label = rng.choice(PRODUCTS)
        picture = product(rng, label, shelf(rng, backdrop(rng)) if rng.random() < 0.35 else backdrop(rng))
    elif kind == "other":
        picture = other(rng)
        if rng.random() < 0.25:
            clutter(rng, picture)
    else:
        sheet, scanned = SHEETS[kind](rng), rng.random() < 0.35
        ground = Image.new("RGB", (SIDE, SIDE), (250, 250, 250)) if scanned else backdrop(rng)
        fill = rng.uniform(0.9, 1.05) if scanned else rng.uniform(0.62, 1.2)
        if not scanned:
            clutter(rng, ground)
        elif kind == "receipt" and rng.random() < 0.5:  # a small slip on a large scanned page
            fill = rng.uniform(0.3, 0.8)
        picture = lay(rng, sheet, ground, fill, 1.5 if scanned else 9)
        if rng.random() < 0.08:
            picture = picture.rotate(rng.choice((90, 180, 270)))
    return camera(rng, picture), kind, label
