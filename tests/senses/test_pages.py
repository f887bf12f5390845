"""PDFs: their pages are looked at like pictures, in the limited worker; what cannot be opened gets its sentence."""

import io
import zlib

import pytest
from PIL import Image

from assistant.errors import BadInput
from assistant.language.messages import say
from assistant.money import Money
from assistant.request import LANGUAGES, Upload
from assistant.senses import Senses
from tests.senses.conftest import looked, sample


def printed(*names: str) -> bytes:
    """Our sample pictures as the pages of one PDF."""
    first, *rest = (Image.open(io.BytesIO(sample(name).data)).convert("RGB") for name in names)
    out = io.BytesIO()
    first.save(out, "PDF", save_all=True, append_images=rest, resolution=150)
    return out.getvalue()


def written(*objects: bytes, trailer: bytes = b"") -> bytes:
    """A PDF of these objects, the first of them its catalogue."""
    body = b"%PDF-1.4\n"
    for number, each in enumerate(objects, 1):
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    return body + b"trailer << /Root 1 0 R /Size %d %s >>\n" % (len(objects) + 1, trailer)


def blank(box: bytes = b"0 0 300 300", count: int = 1, content: bytes = b"") -> tuple[bytes, ...]:
    kids = b" ".join(b"%d 0 R" % (3 + page) for page in range(count))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] %s >>" % (box, content)
    tree = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, count)
    return b"<< /Type /Catalog /Pages 2 0 R >>", tree, *[page] * count


def bomb() -> bytes:
    """A page that shows a picture of 60,000 x 60,000 pixels, packed into a few megabytes."""
    pack = zlib.compressobj(9, wbits=-15)
    part = pack.compress(bytes(60_000_000)) + pack.flush(zlib.Z_FULL_FLUSH)
    data = b"\x78\xda" + part * 60 + b"\x03\x00"
    shown = b"q 300 0 0 300 0 0 cm /A Do Q"
    content = b"/Contents 4 0 R /Resources << /XObject << /A 5 0 R >> >>"
    return written(
        *blank(content=content),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(shown), shown),
        b"<< /Type /XObject /Subtype /Image /Width 60000 /Height 60000 /ColorSpace /DeviceGray /BitsPerComponent 8 "
        b"/Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(data), data),
    )


LOCK = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >> /ID [<00><00>]" % (b"41" * 32, b"42" * 32)
BAD = {
    "a password": (written(*blank(), trailer=LOCK), "pdf_locked"),
    "cut off": (printed("invoice.png")[:2000], "pdf_broken"),
    "only a name": (b"%PDF-1.7\n" + b"lorem ipsum " * 90, "pdf_broken"),
    "no page": (written(*blank(count=0)), "pdf_broken"),
    "forty pages": (written(*blank(count=40)), "pdf_too_long"),
    "more than 20 MB": (b"%PDF-1.7\n" + bytes(21 << 20), "picture_file_too_large"),
}


@pytest.mark.parametrize("name", BAD)
def test_it_is_refused_with_a_sentence(senses: Senses, name: str) -> None:
    data, key = BAD[name]
    with pytest.raises(BadInput) as refused:
        senses.pages(Upload("bill.pdf", data))
    assert refused.value.key == key
    for language in LANGUAGES:
        assert "bill.pdf" in say(language, f"errors.{key}", **refused.value.values)


def test_every_page_is_a_picture_that_is_read(senses: Senses) -> None:
    first, second = senses.pages(Upload("papers.pdf", printed("invoice.png", "barcode.png")))
    assert (first.name, second.name) == ("papers.pdf (1)", "papers.pdf (2)")
    total = looked(senses, first).field("total")
    assert total and total.value == Money.of("184.20", "EUR")
    assert looked(senses, second).codes


def test_a_picture_is_its_own_page(senses: Senses) -> None:
    image = sample("qr.png")
    assert senses.pages(image) == (image,)


def test_a_page_as_large_as_a_field_is_drawn_small(senses: Senses) -> None:
    (page,) = senses.pages(Upload("map.pdf", written(*blank(b"0 0 14000 14000"))))
    assert Image.open(io.BytesIO(page.data)).width * Image.open(io.BytesIO(page.data)).height <= 8_100_000


def test_a_bomb_is_drawn_small_and_the_next_file_is_read(senses: Senses) -> None:
    (page,) = senses.pages(Upload("bomb.pdf", bomb()))
    assert len(page.data) < 1 << 20
    assert senses.pages(Upload("ok.pdf", printed("qr.png")))
