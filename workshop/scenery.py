"""What surrounds or replaces a subject: tables and walls, things that lie around, and pictures of nothing for sale."""

from collections.abc import Callable
from random import Random

import numpy as np
from PIL import Image, ImageDraw

from workshop.sheets import ACCENTS, INKS, Colour, font, words

SIDE = 160  # pixels of a finished scene; the model sees 128 after a random crop
GROUNDS: tuple[Colour, ...] = (
    (168, 128, 90), (210, 190, 160), (90, 70, 55), (225, 225, 222), (120, 124, 130), (50, 52, 58), (150, 170, 180),
    (190, 200, 170), (240, 238, 232), (110, 60, 50),
)  # fmt: skip


def backdrop(rng: Random, side: int = SIDE) -> Image.Image:
    """A table, cloth, shelf or wall: colour, slow light, grain, planks."""
    base = np.array(rng.choice(GROUNDS), float)
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


def shade(rng: Random, low: int, high: int) -> Colour:
    return rng.randint(low, high), rng.randint(low, high), rng.randint(low, high)


def land(rng: Random, picture: Image.Image) -> None:
    sky = np.linspace(rng.randint(90, 200), rng.randint(180, 250), SIDE)
    band = np.stack([sky * rng.uniform(0.5, 1), sky * rng.uniform(0.7, 1), sky], -1)[:, None].repeat(SIDE, 1)
    picture.paste(Image.fromarray(band.clip(0, 255).astype("uint8")))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((x := rng.randint(0, 130), 10, x + 24, 34), fill=(255, 240, 190))
    for layer in range(rng.randint(1, 4)):
        ridge = [(p, 70 + 22 * layer + rng.randint(-18, 18)) for p in range(0, SIDE + 20, 20)]
        green = (rng.randint(20, 90), rng.randint(60, 150), rng.randint(20, 110))
        draw.polygon([*ridge, (SIDE, SIDE), (0, SIDE)], fill=green)


def room(rng: Random, picture: Image.Image) -> None:
    draw = ImageDraw.Draw(picture)
    draw.polygon([(0, 110), (40, 90), (120, 90), (160, 110), (160, 160), (0, 160)], fill=shade(rng, 60, 190))
    window = (rng.randint(10, 60), 15, rng.randint(70, 110), 70)
    draw.rectangle(window, fill=shade(rng, 170, 255), outline=shade(rng, 30, 120), width=4)


def city(rng: Random, picture: Image.Image) -> None:
    draw = ImageDraw.Draw(picture)
    for x in range(0, SIDE, rng.randint(14, 30)):
        top = rng.randint(20, 120)
        draw.rectangle((x, top, x + rng.randint(12, 26), SIDE), fill=shade(rng, 40, 140))
        for y in range(top + 4, SIDE, 9):
            draw.line((x + 3, y, x + 11, y), fill=shade(rng, 160, 250), width=3)


def person(rng: Random, picture: Image.Image) -> None:
    draw = ImageDraw.Draw(picture)
    skin = rng.choice(((240, 205, 180), (200, 150, 115), (140, 95, 65), (90, 60, 45)))
    x, r = rng.randint(50, 110), rng.randint(20, 36)
    draw.ellipse((x - 2 * r, 70 + r, x + 2 * r, 240), fill=shade(rng, 20, 230))
    draw.ellipse((x - r - 4, 64 - r, x + r + 4, 70 + r), fill=shade(rng, 10, 90))
    draw.ellipse((x - r, 70 - r, x + r, 76 + r), fill=skin)
    for eye in (-r // 2, r // 3):
        draw.ellipse((x + eye, 66, x + eye + 5, 70), fill=(30, 25, 25))


def chat(rng: Random, picture: Image.Image) -> None:
    draw = ImageDraw.Draw(picture)
    picture.paste(shade(rng, 225, 255), (0, 0, SIDE, SIDE))
    for y in range(8, SIDE, rng.randint(22, 36)):
        x = rng.choice((6, 60))
        box = (x, y, x + rng.randint(50, 94), y + 18)
        draw.rounded_rectangle(box, 7, fill=rng.choice(((220, 235, 255), (150, 220, 130), (228, 228, 232))))
        draw.text((x + 6, y + 4), words(rng, 2)[:14], fill=INKS[1], font=font(8))


def sketch(rng: Random, picture: Image.Image) -> None:
    draw = ImageDraw.Draw(picture)
    picture.paste(shade(rng, 235, 255), (0, 0, SIDE, SIDE))
    for _ in range(rng.randint(4, 30)):
        points = [(rng.randint(0, SIDE), rng.randint(0, SIDE)) for _ in range(rng.randint(2, 5))]
        draw.line(points, fill=shade(rng, 0, 120), width=rng.randint(1, 3), joint="curve")


def chart(rng: Random, picture: Image.Image) -> None:
    draw = ImageDraw.Draw(picture)
    picture.paste((252, 252, 252), (0, 0, SIDE, SIDE))
    for x in range(16, SIDE - 14, rng.randint(12, 26)):
        draw.rectangle((x, rng.randint(20, 130), x + 9, 140), fill=rng.choice(ACCENTS))
    draw.line((12, 12, 12, 140, SIDE - 8, 140), fill=(60, 60, 60), width=2)


def blank(rng: Random, picture: Image.Image) -> None:
    """The bare backdrop."""


VIEWS: dict[str, Callable[[Random, Image.Image], None]] = {
    "land": land, "room": room, "city": city, "person": person, "chat": chat, "sketch": sketch, "chart": chart,
    "blank": blank,
}  # fmt: skip


def other(rng: Random) -> Image.Image:
    """What is none of the kinds: landscapes, rooms, skylines, faces, chats, sketches, charts, blank or noisy frames."""
    grain = np.random.default_rng(rng.getrandbits(32))
    style = rng.choice(("land", "land", "room", "city", "person", "chat", "sketch", "chart", "blank", "noise"))
    if style == "noise":
        cells = Image.fromarray(grain.integers(0, 255, (rng.choice((8, 20, 40, SIDE)),) * 2 + (3,), "uint8"))
        return cells.resize((SIDE, SIDE), rng.choice((Image.Resampling.NEAREST, Image.Resampling.BICUBIC)))
    picture = backdrop(rng)
    VIEWS[style](rng, picture)
    return picture
