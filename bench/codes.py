"""Codes in drawn scenes: every kind, in every position and light that the product promises, and what lies beyond.

Promised: modules of 3 pixels or more, any rotation, blur up to a third of a module, perspective, low contrast, all at
once. A scene is 1280 x 960 with a label on marble, carpet or a tablecloth.
"""

import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from PIL import Image, ImageFilter

from assistant.senses import scan
from bench.figures import Figure, figure
from bench.scenes import ground, phrase
from workshop.scenes import perspective

KINDS = ("QRCode", "DataMatrix", "EAN13", "EAN8", "UPCA", "UPCE", "Code128")
SQUARE = ("QRCode", "DataMatrix")
EACH = 24  # scenes of a kind
SIZE, FINE = (1280, 960), 2  # pixels; the label is drawn so many times larger and made smaller, as a lens does


def text_of(rng: Random, kind: str) -> str:
    digits = {"EAN13": 12, "EAN8": 7, "UPCA": 11}.get(kind)
    if kind == "UPCE":
        return f"0{rng.randint(1000, 9999)}{rng.randint(1, 9)}{rng.randint(5, 9)}"  # what any five digits may become
    return str(rng.randint(10 ** (digits - 1), 10**digits - 1)) if digits else phrase(rng, 3 if kind in SQUARE else 1)


def label(rng: Random, kind: str, module: float) -> tuple[Image.Image, str]:
    """A label with one code, its modules `FINE` times `module` pixels wide, and what the code says."""
    import zxingcpp

    made = zxingcpp.create_barcode(text_of(rng, kind), getattr(zxingcpp.BarcodeFormat, kind))
    dots = Image.fromarray(np.asarray(zxingcpp.write_barcode_to_image(made, scale=1, add_quiet_zones=True)))
    wide = round(dots.width * module * FINE)
    high = wide if dots.height > dots.width / 2 else max(round(0.4 * wide), round(60 * module))
    return dots.resize((wide, high), Image.Resampling.NEAREST).convert("RGB"), made.text


def scene(rng: Random, kind: str, module: float, angle: float, tilt: float, blur: float, contrast: float) -> Any:
    """`tilt`: how far corners leave their places, in labels; `blur`: sigma in modules; `contrast`: 0..1."""
    sheet, text = label(rng, kind, module)
    below = ground(rng).resize(SIZE)
    w, h = sheet.width / FINE / 2, sheet.height / FINE / 2
    turn = np.deg2rad(angle)
    corners = np.array([(-w, -h), (w, -h), (w, h), (-w, h)])
    corners += np.array([[rng.uniform(-tilt, tilt) * 2 * w, rng.uniform(-tilt, tilt) * 2 * h] for _ in range(4)])
    corners = corners @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) + np.array(SIZE) / 2
    whole = (SIZE[0] * FINE, SIZE[1] * FINE)
    warp = perspective(corners * FINE, sheet.size)
    shade = np.asarray(sheet, float) / 255 * contrast * 255 + (1 - contrast) * 127
    bend = (whole, Image.Transform.PERSPECTIVE, warp)
    laid = Image.fromarray(shade.astype("uint8")).transform(*bend, Image.Resampling.BILINEAR)
    mask = Image.new("L", sheet.size, 255).transform(*bend)
    below.paste(laid.resize(SIZE, Image.Resampling.BOX), (0, 0), mask.resize(SIZE, Image.Resampling.BOX))
    pixels = np.asarray(below.filter(ImageFilter.GaussianBlur(blur * module)), float)
    noise = np.random.default_rng(rng.getrandbits(32)).normal(0, 3, pixels.shape)
    return Image.fromarray((pixels + noise).clip(0, 255).astype("uint8")), text


def read(picture: Image.Image, text: str) -> bool:
    return any(found.lstrip("0") == text.lstrip("0") for _, found, _ in scan.codes(picture))


def promised(rng: Random, kind: str) -> dict[str, Any]:
    """Everything at once, each anywhere within its limit."""
    return {"kind": kind, "module": rng.uniform(3, 6 if kind in (*SQUARE, "EAN8", "UPCE") else 4.5),
            "angle": rng.uniform(0, 360), "tilt": rng.uniform(0, 0.06), "blur": rng.uniform(0, 1 / 3),
            "contrast": rng.uniform(0.25, 1)}  # fmt: skip


PLAIN: dict[str, Any] = {"module": 4, "angle": 0, "tilt": 0, "blur": 0, "contrast": 1}
BEYOND: dict[str, dict[str, Any]] = {
    "modules of 2 pixels": {"module": 2},
    "blur of half a module": {"blur": 0.5},
    "contrast of a tenth": {"contrast": 0.1},
    "corners off by a sixth": {"tilt": 0.16},
}


def measure(data: Path | None) -> Iterator[Figure]:  # noqa: ARG001
    everything = []
    for kind in KINDS:
        hits, spent = [], []
        for number in range(EACH):
            rng = Random(f"codes {kind} {number}")
            picture, text = scene(rng, **promised(rng, kind))
            began = time.perf_counter()
            hits.append(read(picture, text))
            spent.append(1000 * (time.perf_counter() - began))
        everything += hits
        yield figure(f"codes: {kind}, {EACH} scenes within the limits", statistics.fmean(hits), "share", least=1.0)
        yield figure(f"codes: {kind}, time to read a scene", statistics.median(spent), "ms")
    yield figure(f"codes: all {len(everything)} scenes within the limits", statistics.fmean(everything), "share",
                 least=1.0)  # fmt: skip
    for name, far in BEYOND.items():
        rngs = [(Random(f"beyond {kind} {number}"), kind) for kind in KINDS for number in range(6)]
        hits = [read(*scene(rng, kind, **PLAIN | far)) for rng, kind in rngs]
        yield figure(f"codes beyond the limits: {name}", statistics.fmean(hits), "share")
