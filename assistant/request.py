"""What came in: the person's own words (`utterance`) and evidence (what was heard, seen or read).

The two never mix. Words may ask for something; evidence may only fill a field, and says where it was found.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from assistant.money import Money

Language = Literal["en", "fr", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "fr", "zh")
PictureKind = Literal["invoice", "receipt", "price_tag", "statement", "code", "product", "other"]
Op = Literal["is", "not", "avoid", "at_most", "at_least", "less", "more"]  # avoid: not, and it may be unstated


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was handed in; nothing about it has been believed yet."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Request:
    """One turn's input. Only `microphone` audio, not a recording that was handed in, may ever confirm aloud."""

    text: str = ""
    audio: Upload | None = None
    images: tuple[Upload, ...] = ()
    files: tuple[Upload, ...] = ()  # bank files and the like
    language: Language | None = None  # None: follow the words
    microphone: bool = False  # the audio came from this session's own microphone


@dataclass(frozen=True, slots=True)
class Place:
    """Where a piece of evidence stands: a box in image `image` (x0, y0, x1, y1 in its pixels) or seconds of audio.

    `crop` is the cut-out of that box as a data URL (senses/crops.py); only the places of fields carry one.
    """

    image: int = 0
    box: tuple[int, int, int, int] | None = None
    seconds: tuple[float, float] | None = None
    crop: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of heard words with the recogniser's confidence in 0..1."""

    text: str
    confidence: float
    seconds: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Heard:
    text: str
    confidence: float
    engine: str  # "whisper base", "offline recogniser", ...: shown to the person
    language: Language
    seconds: float
    spans: tuple[Span, ...] = ()
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Code:
    """A decoded barcode or QR code; `format` in zxing's names ("EAN13", "QRCode")."""

    format: str
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    confidence: float
    place: Place


@dataclass(frozen=True, slots=True)
class Field:
    """One fact read from a document: `value` is typed, `text` is what stands printed at `place`."""

    name: str  # payee, total, due, reference, iban, date, currency, price, title
    value: Money | date | str
    text: str
    confidence: float
    place: Place


@dataclass(frozen=True, slots=True)
class Seen:
    """What one picture holds. `features` is the vision model's embedding (length of the engine's choosing)."""

    kind: PictureKind
    confidence: float
    codes: tuple[Code, ...] = ()
    lines: tuple[Line, ...] = ()
    fields: tuple[Field, ...] = ()
    labels: tuple[tuple[str, float], ...] = ()  # coarse product classes with scores in 0..1
    features: tuple[float, ...] = ()
    prints: bytes = b""  # marks of print and colours, packed as models/prints.py says
    caption: str = ""  # a vision-language model's sentence about it: for a person to read, taken for nothing
    engines: tuple[str, ...] = ()
    size: tuple[int, int] = (0, 0)  # width, height in pixels after EXIF rotation

    def field(self, name: str) -> Field | None:
        return next((item for item in self.fields if item.name == name), None)


@dataclass(frozen=True, slots=True)
class Evidence:
    heard: Heard | None = None
    seen: tuple[Seen, ...] = ()
    files: tuple[Upload, ...] = ()
    quoted: tuple[str, ...] = ()  # somebody else's words inside the person's


@dataclass(frozen=True, slots=True)
class Constraint:
    """A hard condition on a product: `price at_most Money`, `colour is "red"`; `span`: the characters that said it."""

    field: str
    op: Op
    value: Money | str | float
    span: tuple[int, int] | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A number of a wish that can mean several things: each option is the conditions it would be, () none at all."""

    text: str
    options: tuple[tuple[Constraint, ...], ...]
