"""Pictures to train the small vision model on: every one is drawn here, none is taken from anywhere.

Knows what kinds of pictures a person hands in and what they look like from afar (128 pixels). Does not know words in a
real language: at that size print is a texture. `scene(seed, index)` is deterministic for one Pillow version.

>>> picture, kind, product = scene(7, 0)     # RGB, one of KINDS, one of PRODUCTS or ""
"""

from random import Random

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

from workshop.goods import GOODS, product, shelf
from workshop.scenery import SIDE, backdrop, clutter, other
from workshop.sheets import SHEETS

KINDS = ("invoice", "receipt", "price_tag", "statement", "code", "product", "other")
PRODUCTS = tuple(GOODS)


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
