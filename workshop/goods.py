"""Goods as simple shaded shapes, one drawing per coarse product class, alone or in heaps."""

from collections.abc import Callable
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Colour = tuple[int, int, int]
Draw = ImageDraw.ImageDraw


def colour(rng: Random) -> Colour:
    """A colour of merchandise: saturated, pastel or grey."""
    import colorsys

    red, green, blue = colorsys.hsv_to_rgb(rng.random(), rng.choice((0.05, 0.35, 0.7, 0.85)), rng.uniform(0.3, 1.0))
    return round(255 * red), round(255 * green), round(255 * blue)


def tone(shade: Colour, factor: float) -> Colour:
    red, green, blue = (min(255, max(0, round(part * factor))) for part in shade)
    return red, green, blue


def ball(draw: Draw, x: float, y: float, r: float, shade: Colour, squash: float = 1.0) -> None:
    """A sphere lit from the upper left: seven shrinking discs."""
    for step in range(7):
        k = 1 - step / 7
        dx = -r * 0.28 * (1 - k)
        draw.ellipse((x + dx - r * k, y + dx - r * k * squash, x + dx + r * k, y + dx + r * k * squash),
                     fill=tone(shade, 0.62 + 0.11 * step))  # fmt: skip


def label(rng: Random, draw: Draw, box: tuple[float, float, float, float]) -> None:
    """Printed packaging: a brand, a picture, small print."""
    x0, y0, x1, y1 = box
    for _ in range(rng.randint(1, 4)):
        a, b = rng.uniform(x0, x1), rng.uniform(y0, y1)
        w, h = (x1 - a) * rng.uniform(0.3, 1), (y1 - b) * rng.uniform(0.3, 1)
        rng.choice((draw.rectangle, draw.ellipse))((a, b, a + w, b + h), fill=colour(rng))
    size = max(int((x1 - x0) / 4), 6)
    brand = "".join(rng.choices("AEIOULMNRSTVKZ", k=rng.randint(3, 6)))
    draw.text(
        (x0 + 3, y0 + (y1 - y0) * rng.uniform(0.05, 0.4)), brand, fill=colour(rng), font=ImageFont.load_default(size)
    )
    for row in range(rng.randint(1, 4)):
        y = y1 - 5 - 4 * row
        draw.line((x0 + 4, y, x0 + (x1 - x0) * rng.uniform(0.4, 0.9), y), fill=colour(rng))


def lamp(rng: Random, draw: Draw) -> None:
    shade, x = colour(rng), 80
    if rng.random() < 0.5:
        draw.polygon([(x - 22, 30), (x + 22, 30), (x + 42, 78), (x - 42, 78)], fill=shade)
        draw.polygon([(x - 22, 30), (x - 4, 30), (x - 10, 78), (x - 42, 78)], fill=tone(shade, 1.25))
        draw.line((x, 78, x, 134), fill=tone(shade, 0.5), width=6)
    else:  # a desk lamp with an arm
        draw.line((x + 20, 134, x - 22, 88, x + 14, 46), fill=tone(shade, 0.6), width=6, joint="curve")
        draw.polygon([(x + 4, 30), (x + 26, 44), (x + 40, 76), (x - 8, 50)], fill=shade)
    draw.ellipse((x - 30, 128, x + 34, 142), fill=tone(shade, 0.55))


def furniture(rng: Random, draw: Draw) -> None:
    shade = rng.choice((colour(rng), (150, 105, 65), (205, 175, 135)))
    legs = tone(shade, 0.55)
    style = rng.choice(("chair", "table", "sofa", "shelf"))
    if style == "chair":
        draw.rounded_rectangle((50, 24, 108, 86), 8, fill=tone(shade, 1.1))
        draw.polygon([(44, 86), (112, 86), (122, 100), (36, 100)], fill=shade)
        for x in (42, 58, 102, 116):
            draw.line((x, 98, x + rng.randint(-4, 4), 146), fill=legs, width=5)
    elif style == "table":
        draw.polygon([(30, 60), (130, 60), (150, 78), (10, 78)], fill=shade)
        draw.rectangle((10, 78, 150, 86), fill=tone(shade, 0.7))
        for x in (18, 138):
            draw.line((x, 84, x, 146), fill=legs, width=7)
    elif style == "sofa":
        draw.rounded_rectangle((20, 52, 140, 100), 14, fill=tone(shade, 1.1))
        draw.rounded_rectangle((12, 74, 148, 124), 12, fill=shade)
        draw.line((80, 76, 80, 120), fill=legs, width=2)
        draw.rectangle((24, 124, 32, 136), fill=legs)
        draw.rectangle((128, 124, 136, 136), fill=legs)
    else:
        for y in range(22, 140, rng.choice((28, 38))):
            draw.rectangle((34, y, 126, y + 6), fill=shade)
        draw.rectangle((30, 18, 36, 144), fill=legs)
        draw.rectangle((124, 18, 130, 144), fill=legs)


def drink(rng: Random, draw: Draw) -> None:
    for x in range(80 - 38 * (n := rng.choice((0, 0, 1))), 82 + 38 * n, 38):
        glass, w = colour(rng), rng.randint(14, 19)
        if rng.random() < 0.7:
            draw.rounded_rectangle((x - 6, 18, x + 6, 50), 3, fill=tone(glass, 0.9))
            draw.polygon([(x - 6, 44), (x + 6, 44), (x + w, 66), (x - w, 66)], fill=glass)
            draw.rectangle((x - 7, 14, x + 7, 23), fill=colour(rng))
            draw.rounded_rectangle((x - w, 62, x + w, 146), 6, fill=glass)
        else:  # a can
            draw.rounded_rectangle((x - w, 40, x + w, 140), 8, fill=glass)
            draw.ellipse((x - w + 3, 36, x + w - 3, 46), fill=(200, 200, 205))
        label(rng, draw, (x - w + 1, 78, x + w - 1, 118))
        draw.line((x - w + 4, 66, x - w + 4, 140), fill=tone(glass, 1.5), width=3)


def carton(rng: Random, draw: Draw) -> None:
    count = rng.choice((1, 1, 2, 3))
    w = 84 // count + rng.randint(0, 14)
    for k in range(count):
        x, top, shade = 78 - count * w // 2 + k * (w + 2), rng.randint(16, 50), colour(rng)
        draw.polygon([(x + w, top), (x + w + 14, top - 10), (x + w + 14, 128), (x + w, 142)], fill=tone(shade, 0.6))
        draw.polygon([(x, top), (x + 14, top - 10), (x + w + 14, top - 10), (x + w, top)], fill=tone(shade, 1.2))
        draw.rectangle((x, top, x + w, 142), fill=shade)
        label(rng, draw, (x + 2, top + 6, x + w - 2, 138))


def produce(rng: Random, draw: Draw) -> None:
    """A heap that may fill the frame: apples, citrus, roots, leaves."""
    base = rng.choice(((200, 40, 35), (235, 140, 30), (240, 215, 60), (120, 170, 50), (60, 110, 45), (190, 150, 90),
                       (110, 40, 80), (225, 120, 100)))  # fmt: skip
    r, squash = rng.uniform(9, 46), rng.choice((1.0, 1.0, 0.7, 0.45, 1.5))
    count = 1 if r > 40 else rng.randint(5, 60)
    if count > 20:  # a crate full of it, dark between
        draw.rectangle((-20, -20, 180, 180), fill=tone(base, rng.uniform(0.2, 0.5)))
        count = int(9000 / r**2) + 30
    for _ in range(count):
        x, y = (80, 84) if count == 1 else (rng.randint(-5, 165), rng.randint(-5, 165))
        ball(draw, x, y, r * rng.uniform(0.85, 1.1), tone(base, rng.uniform(0.75, 1.15)), squash)
        if rng.random() < 0.5:
            draw.line((x, y - r * 0.7, x + r * 0.15, y - r), fill=(70, 50, 25), width=2)


def clothing(rng: Random, draw: Draw) -> None:
    shade = colour(rng)
    if rng.random() < 0.65:
        draw.polygon([(56, 30), (104, 30), (146, 58), (130, 84), (112, 72), (112, 142), (48, 142), (48, 72), (30, 84),
                      (14, 58)], fill=shade)  # fmt: skip
        draw.ellipse((66, 20, 94, 42), fill=tone(shade, 0.6))
        if rng.random() < 0.4:
            for y in range(60, 140, rng.randint(8, 18)):
                draw.line((50, y, 110, y), fill=tone(shade, 1.4), width=4)
    else:  # trousers
        draw.polygon([(52, 18), (108, 18), (118, 146), (88, 146), (80, 60), (70, 146), (42, 146)], fill=shade)
        draw.line((52, 26, 108, 26), fill=tone(shade, 0.6), width=4)


def shoe(rng: Random, draw: Draw) -> None:
    shade, sole = colour(rng), rng.choice(((245, 245, 240), (60, 50, 45), (20, 20, 22)))
    for dx, dy in ((0, 0), (16, 28))[: rng.choice((1, 2))]:
        outline = ((20, 54), (48, 50), (74, 76), (122, 88), (138, 106), (18, 108))
        draw.polygon([(x + dx, y + dy) for x, y in outline], fill=tone(shade, 1 - dx / 80))
        draw.rounded_rectangle((16 + dx, 104 + dy, 140 + dx, 116 + dy), 5, fill=sole)
        for k in range(4):
            draw.line((60 + dx + 8 * k, 66 + dy + 5 * k, 68 + dx + 8 * k, 60 + dy + 5 * k), fill=sole, width=3)


def electronics(rng: Random, draw: Draw) -> None:
    body = rng.choice(((25, 26, 30), (210, 212, 216), colour(rng)))
    screen = rng.choice(((15, 18, 28), (40, 90, 170), colour(rng)))
    style = rng.choice(("phone", "laptop", "display", "speaker"))
    if style == "phone":
        draw.rounded_rectangle((52, 16, 108, 146), 10, fill=body)
        draw.rounded_rectangle((56, 22, 104, 140), 6, fill=screen)
        for k in range(rng.randint(0, 12)):
            draw.rounded_rectangle(
                (60 + k % 3 * 14, 32 + k // 3 * 16, 70 + k % 3 * 14, 42 + k // 3 * 16), 2, fill=colour(rng)
            )
    elif style == "laptop":
        draw.rounded_rectangle((30, 34, 130, 104), 4, fill=body)
        draw.rectangle((35, 39, 125, 99), fill=screen)
        draw.polygon([(30, 104), (130, 104), (150, 130), (10, 130)], fill=tone(body, 0.8))
        for k in range(4):
            draw.line((30 - k * 3, 109 + 4 * k, 130 + k * 3, 109 + 4 * k), fill=tone(body, 0.5), width=2)
    elif style == "display":
        draw.rectangle((14, 26, 146, 106), fill=body)
        draw.rectangle((19, 31, 141, 101), fill=screen)
        draw.polygon([(70, 106), (90, 106), (104, 134), (56, 134)], fill=tone(body, 0.7))
    else:
        draw.rounded_rectangle((50, 22, 112, 146), 8, fill=body)
        ball(draw, 81, 56, 18, tone(body, 0.6))
        ball(draw, 81, 108, 26, tone(body, 0.5))


def headphones(rng: Random, draw: Draw) -> None:
    shade = colour(rng)
    draw.arc((36, 20, 124, 130), 180, 360, fill=tone(shade, 0.7), width=rng.randint(7, 13))
    for x in (36, 124):
        draw.rounded_rectangle((x - 15, 70, x + 15, 124), 13, fill=shade)
        draw.rounded_rectangle((x - 6, 78, x + 8, 116), 7, fill=tone(shade, 0.5))


def bag(rng: Random, draw: Draw) -> None:
    shade = colour(rng)
    draw.arc((54, 14, 106, 88), 180, 360, fill=tone(shade, 0.55), width=7)
    draw.rounded_rectangle((34, 50, 126, 142), rng.randint(4, 26), fill=shade)
    draw.rounded_rectangle((44, 92, 116, 134), 6, fill=tone(shade, 0.8), outline=tone(shade, 0.5))
    draw.line((36, 74, 124, 74), fill=tone(shade, 0.5), width=3)


def book(rng: Random, draw: Draw) -> None:
    shade = colour(rng)
    draw.polygon([(44, 18), (118, 18), (128, 26), (128, 146), (118, 140), (44, 140)], fill=(238, 232, 215))
    draw.rectangle((38, 16, 116, 140), fill=shade)
    draw.rectangle((38, 16, 46, 140), fill=tone(shade, 0.6))
    label(rng, draw, (52, 26, 110, 130))


def kitchen(rng: Random, draw: Draw) -> None:
    shade = colour(rng)
    if rng.random() < 0.6:  # a cup
        draw.arc((96, 56, 140, 116), 270, 90, fill=tone(shade, 0.75), width=9)
        draw.rounded_rectangle((40, 40, 114, 132), 14, fill=shade)
        draw.ellipse((40, 30, 114, 54), fill=tone(shade, 0.6))
        draw.line((50, 58, 50, 118), fill=tone(shade, 1.35), width=5)
    else:  # a pan
        draw.line((110, 84, 158, 66), fill=(30, 30, 32), width=10)
        ball(draw, 70, 88, 50, tone(shade, 0.7), 0.6)
        draw.ellipse((28, 62, 112, 106), fill=tone(shade, 0.45))


GOODS: dict[str, Callable[[Random, Draw], None]] = {
    "lamp": lamp, "furniture": furniture, "drink": drink, "carton": carton, "produce": produce, "clothing": clothing,
    "shoe": shoe, "electronics": electronics, "headphones": headphones, "bag": bag, "book": book, "kitchen": kitchen,
}  # fmt: skip


def shelf(rng: Random, ground: Image.Image) -> Image.Image:
    """Rows of packs behind the subject, out of focus, sometimes with price strips."""
    draw, side = ImageDraw.Draw(ground), ground.width
    step = rng.randint(26, 60)
    for y in range(rng.randint(-20, 10), side, step):
        shade, wide = colour(rng), rng.randint(8, 26)
        for x in range(-5, side, wide + 2):
            shade = colour(rng) if rng.random() < 0.2 else shade
            rng.choice((draw.rectangle, draw.ellipse))(
                (x, y, x + wide, y + step - 8), fill=tone(shade, rng.uniform(0.6, 1))
            )
        draw.rectangle(
            (0, y + step - 8, side, y + step), fill=rng.choice(((230, 230, 226), (70, 66, 62), (150, 110, 80)))
        )
    return ground.rotate(rng.gauss(0, 12), Image.Resampling.BILINEAR).filter(
        ImageFilter.GaussianBlur(rng.uniform(0.4, 3))
    )


def hand(rng: Random, draw: Draw) -> None:
    """Fingers that hold the goods from below or from a side."""
    skin = rng.choice(((235, 195, 170), (200, 150, 120), (150, 105, 75), (95, 65, 50)))
    x, y = rng.choice(((20, 120), (110, 120), (80, 140)))
    for k in range(4):
        draw.line((x, y + 30, x + rng.randint(-8, 50), y - 16 + 12 * k), fill=tone(skin, 0.85 + 0.05 * k), width=11)
    draw.ellipse((x - 26, y - 8, x + 24, y + 60), fill=skin)


def product(rng: Random, name: str, ground: Image.Image) -> Image.Image:
    """`ground` with one kind of goods on it, turned, scaled and shadowed."""
    side = ground.width
    if rng.random() < 0.25:
        ground.paste(tone((250, 250, 250), rng.uniform(0.9, 1)), (0, 0, side, side))
    layer = Image.new("RGB", (side, side), (1, 2, 3))
    draw = ImageDraw.Draw(layer)
    GOODS[name](rng, draw)
    if rng.random() < 0.2:
        hand(rng, draw)
    covered = np.any(np.asarray(layer) != (1, 2, 3), axis=-1)
    mask = Image.fromarray((covered * 255).astype("uint8"))
    angle, scale = rng.gauss(0, 10), rng.uniform(0.7, 1.35)
    about = (side / 2 * (1 - scale) + rng.gauss(0, 7), side / 2 * (1 - scale) + rng.gauss(0, 7))
    small = (round(side * scale), round(side * scale))
    layer, mask = (part.rotate(angle, Image.Resampling.BILINEAR).resize(small) for part in (layer, mask))
    place = (round(about[0]), round(about[1]))
    shadow = mask.filter(ImageFilter.GaussianBlur(6)).point(lambda v: v * 0.4)
    ground.paste((0, 0, 0), (place[0] + rng.randint(-6, 8), place[1] + rng.randint(2, 9)), shadow)
    ground.paste(layer, place, mask)
    return ground
