"""One picture: opened inside the worker, and put together from what each engine said outside of it.

Knows which files are pictures, how large they may be, and how the vision model, the codes and the text agree on a kind.
"""

from __future__ import annotations

import base64
import io
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assistant.errors import BadInput
from assistant.request import Code, Line, PictureKind, Place, Seen, Upload
from assistant.senses import read, scan
from assistant.senses.layout import Page
from models import prints

if TYPE_CHECKING:
    from PIL.Image import Image

LARGEST_FILE = 20 << 20  # bytes
LARGEST_PICTURE = 40_000_000  # pixels
LARGEST_FRAME = 4_000_000  # pixels of a camera's frame
MOST_PAGES = 10  # of a PDF
PAGE_DPI, PAGE_PIXELS = 200, 8_000_000  # how finely a page is drawn, and the most of it
WORKING_PICTURE = 12_000_000  # pixels; more is scaled down before anything looks at it
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "AVIF")
GRAIN = 0.9  # share of the look of a code that cannot be decoded, which speaks for a product
TEXTURED, THING = 600, 0.5  # local marks above which a picture shows things, and what that takes from scenery
BARE = 6  # marks below which it shows no thing: a sky, a wall
KINDS: tuple[PictureKind, ...] = ("invoice", "receipt", "price_tag", "statement", "code", "product", "other")
SCANNER, READER = "zxing-cpp", "PP-OCRv6 (rapidocr)"


def check(image: Upload) -> None:
    """Refuse before any decoder runs: empty files, and files over 20 MB."""
    if not image.data:
        raise BadInput("picture_empty", name=image.name)
    if len(image.data) > LARGEST_FILE:
        raise BadInput(
            "picture_file_too_large", name=image.name, megabytes=len(image.data) >> 20, limit=LARGEST_FILE >> 20
        )


def opened(data: bytes, most: int = LARGEST_PICTURE) -> tuple[Image, float]:
    """The first frame, upright by its EXIF mark, as RGB of at most 12 megapixels, and the factor back to full size.

    Raises `BadInput`: not_a_picture, picture_too_large (over `most` pixels, told from the header), picture_broken.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # the limit below is stricter and has a sentence
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError:
        raise BadInput("not_a_picture") from None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise BadInput("picture_broken") from None
    width, height = picture.size
    if width * height > most:
        raise BadInput("picture_too_large", megapixels=width * height // 1_000_000, limit=most // 1_000_000)
    try:
        picture.draft("RGB", _within(width, height))  # a JPEG is decoded smaller, for less memory
        upright = ImageOps.exif_transpose(picture)
        full = max(width, height) / max(upright.size)
        working = _as_rgb(upright)
    except (OSError, ValueError, SyntaxError, EOFError, IndexError):
        raise BadInput("picture_broken") from None
    before = max(working.size)
    working.thumbnail(_within(*working.size))
    return working, full * before / max(working.size)


def is_pdf(data: bytes) -> bool:
    """Whether it says so in its first kilobyte, where readers look."""
    return b"%PDF-" in data[:1024]


def pages(data: bytes) -> Iterator[bytes]:
    """A PDF's pages as JPEGs: what a person would see, so hidden text in the file says nothing.

    Raises `BadInput`: pdf_locked (a password), pdf_broken, pdf_too_long.
    """
    import pypdfium2

    try:
        paper = pypdfium2.PdfDocument(data)
        count = len(paper)
    except pypdfium2.PdfiumError as error:
        raise BadInput("pdf_locked" if "password" in str(error).lower() else "pdf_broken") from None
    if not 0 < count <= MOST_PAGES:
        raise BadInput("pdf_too_long", pages=count, limit=MOST_PAGES) if count else BadInput("pdf_broken")
    for number in range(count):
        try:
            page = paper[number]
            across, down = page.get_size()  # points
            scale = min(PAGE_DPI / 72, (PAGE_PIXELS / max(across * down, 1)) ** 0.5)
            drawn = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
        except (pypdfium2.PdfiumError, ValueError):
            raise BadInput("pdf_broken") from None
        out = io.BytesIO()
        drawn.save(out, "JPEG", quality=92)
        yield out.getvalue()


def _within(width: int, height: int) -> tuple[int, int]:
    shrink = min(1.0, (WORKING_PICTURE / (width * height)) ** 0.5)
    return max(1, round(width * shrink)), max(1, round(height * shrink))


def _as_rgb(picture: Image) -> Image:
    """RGB from any mode: 16-bit is brought to 8, transparency laid on white."""
    from PIL import Image

    if picture.mode.startswith(("I", "F")):
        low, high = picture.getextrema()
        span = max(float(high) - float(low), 1.0)  # type: ignore[arg-type]
        return picture.convert("F").point(lambda v: (v - float(low)) * 255 / span).convert("RGB")  # type: ignore[arg-type]
    if "A" in picture.getbands() or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear).convert("RGB")
    return picture.convert("RGB")


def fold(seen: Seen, part: Mapping[str, Any], index: int) -> Seen:
    """`seen` with one more part of the worker's answer: codes, then the model's scores, then lines.

    Everything is taken apart by type; a malformed part raises `ValueError` or `TypeError`.
    """
    if "size" in part:
        seen = replace(seen, size=(int(part["size"][0]), int(part["size"][1])))
    if "codes" in part:
        codes = tuple(Code(str(form), str(text), _place(box, index)) for form, text, box in part["codes"])
        seen = replace(seen, codes=codes, engines=_with(seen, SCANNER))
    if "kinds" in part:
        labels = sorted(((str(k), float(v)) for k, v in part["products"].items()), key=lambda item: -item[1])[:3]
        features = tuple(float(value) for value in part["features"])
        seen = replace(seen, labels=tuple(labels), features=features, engines=_with(seen, str(part["model"])))
    if "prints" in part:
        seen = replace(seen, prints=base64.b64decode(str(part["prints"]), validate=True))
    if "lines" in part:
        lines = tuple(Line(str(text), float(sure), _place(box, index)) for text, sure, box in part["lines"])
        seen = replace(seen, lines=lines, engines=_with(seen, READER))
    return seen


def _with(seen: Seen, engine: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*seen.engines, engine)))


def _place(box: Iterable[Any], index: int) -> Place:
    x0, y0, x1, y1 = (int(side) for side in box)
    return Place(image=index, box=(x0, y0, x1, y1))


def judged(seen: Seen, kinds: Mapping[str, float], slope: float | None) -> Seen:
    """`seen` with its kind, confidence and, once text was read (`slope` given), its fields.

    The model's opinion is weighed by what was decoded and read: words of the trade outweigh a look (an IBAN and "amount
    due" make an invoice of anything), and a picture without print cannot be a document. It knows only drawn goods, so
    grain and print that are no code and no scenery count as goods (measured in models/cards/vit.md).
    """
    if not kinds:  # nobody has looked yet
        return replace(seen, kind="code" if seen.codes else "other", confidence=0.0, fields=scan.payment(seen.codes))
    scores = {kind: max(float(kinds.get(kind, 0.0)), 0.01) for kind in KINDS}
    if seen.codes:
        scores["code"] *= 12 if _covers(seen) else 2.5
        scores["other"] *= 0.2
    else:  # dense like a code and not to be decoded: the print or the grain of a thing
        scores["product"] += GRAIN * scores["code"]
        scores["code"] *= 1 - GRAIN
    if prints.marks(seen.prints) > TEXTURED:
        scores["product"] += THING * scores["other"]
        scores["other"] *= 1 - THING
    elif seen.prints and prints.marks(seen.prints) < BARE:
        scores["product"] *= 0.1
    page = Page(seen.lines, seen.size, slope or 0.0)
    if slope is not None:
        scores = {kind: score * read.evidence(kind, page) for kind, score in scores.items()}
    kind = max(KINDS, key=lambda name: scores[name])
    confidence = round(scores[kind] / sum(scores.values()), 3)
    printed = read.fields(kind, page) if slope is not None else ()
    coded = [field for field in scan.payment(seen.codes) if field.name not in {other.name for other in printed}]
    return replace(seen, kind=kind, confidence=confidence, fields=(*printed, *coded))


def _covers(seen: Seen) -> bool:
    """Do the codes take up a good part of the picture (in any direction)?"""
    area = seen.size[0] * seen.size[1] or 1
    boxes = [code.place.box for code in seen.codes if code.place.box]
    return any((x1 - x0) * (y1 - y0) > 0.08 * area or (x1 - x0) > 0.4 * seen.size[0] for x0, y0, x1, y1 in boxes)
