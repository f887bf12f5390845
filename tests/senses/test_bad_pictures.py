"""Files that are broken, false or meant to harm: one clear refusal each, and the worker lives on."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from assistant.errors import BadInput, Unavailable
from assistant.language.messages import say
from assistant.request import LANGUAGES, Upload
from assistant.senses import Senses
from assistant.senses.worker import Worker
from assistant.settings import Settings
from tests.senses.conftest import looked, sample, upload


def png(width: int, height: int, rows: int) -> bytes:
    """A tiny file that claims `width` x `height` grey pixels and holds `rows` rows of zeros."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pack = zlib.compressobj(9)
    body = b"".join(pack.compress(bytes(width + 1)) for _ in range(rows)) + pack.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def photo() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((900, 700), 60).convert("RGB").save(out, "JPEG")
    return out.getvalue()


BAD = {
    "a text file named .png": (b"Total due: 184.20 EUR\n" * 40, "not_a_picture"),
    "an svg": (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "not_a_picture"),
    "a postscript file": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not_a_picture"),
    "an empty file": (b"", "picture_empty"),
    "a hundred megapixels": (png(10_000, 10_000, 1), "picture_too_large"),
    "a bomb": (png(60_000, 60_000, 1000), "picture_too_large"),
    "cut off": (photo()[:4000], "picture_broken"),
    "a png cut off": (png(2000, 2000, 2000)[:500], "picture_broken"),
    "more than 20 MB": (b"\xff\xd8" + bytes(21 << 20), "picture_file_too_large"),
}


@pytest.mark.parametrize("name", BAD)
def test_it_is_refused_with_a_sentence_and_the_worker_lives_on(senses: Senses, name: str) -> None:
    data, key = BAD[name]
    before = senses.worker.start().pid
    with pytest.raises(BadInput) as refused:
        looked(senses, Upload("x.png", data))
    assert refused.value.key == key
    for language in LANGUAGES:
        assert "x.png" in say(language, f"errors.{key}", **refused.value.values)
    assert senses.worker.pid == before
    assert next(senses.watch(sample("barcode.png"))).codes


def test_forty_megapixels_stay_within_the_memory_of_the_worker(senses: Senses) -> None:
    image = upload(Image.new("CMYK", (6300, 6300), (10, 0, 40, 20)), "JPEG")
    assert looked(senses, image).size == (6300, 6300)
    status = Path(f"/proc/{senses.worker.pid}/status").read_text()
    peak = int(status.split("VmHWM:")[1].split()[0])
    assert peak < 1024 * 1024  # kB


def test_a_job_over_its_memory_is_refused_and_the_next_one_works(settings: Settings) -> None:
    worker = Worker(memory=300 << 20)  # less than any engine needs
    senses = Senses(settings, worker)
    try:
        with pytest.raises(BadInput) as refused:
            looked(senses, upload(Image.new("CMYK", (6000, 6000)), "TIFF"))
        assert refused.value.key in ("picture_too_heavy", "picture_file_too_large")
        assert next(senses.watch(sample("barcode.png"))).codes
    finally:
        senses.close()


def test_a_job_over_its_time_is_stopped_and_the_next_one_gets_a_fresh_worker(settings: Settings) -> None:
    worker = Worker(seconds=0.2)
    senses = Senses(settings, worker)
    try:
        before = worker.start().pid
        with pytest.raises(BadInput) as refused:
            looked(senses, sample("invoice.png"))
        assert refused.value.key == "picture_too_heavy"
        assert worker.start().pid != before
    finally:
        senses.close()


def test_a_worker_that_dies_is_replaced_and_the_job_beside_it_is_asked_again(settings: Settings) -> None:
    senses = Senses(settings)
    try:
        first, second = senses.see(sample("invoice.png"), 0), senses.see(sample("qr.png"), 1)
        next(first), next(second)
        process = senses.worker.start()
        process.kill()
        assert list(second)[-1].codes
        assert list(first)[-1].field("total")
        assert senses.worker.pid != process.pid
    finally:
        senses.close()


def test_a_worn_worker_is_replaced(settings: Settings) -> None:
    senses = Senses(settings, Worker(jobs=2))
    try:
        pids = set()
        for _ in range(3):
            list(senses.watch(sample("barcode.png"), read=False))
            pids.add(senses.worker.pid)
        assert len(pids) == 2
    finally:
        senses.close()


def test_closed_senses_refuse(settings: Settings) -> None:
    senses = Senses(settings)
    senses.close()
    with pytest.raises(Unavailable):
        looked(senses, sample("qr.png"))


def test_no_secret_reaches_the_worker(senses: Senses, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_API_KEY", "sk_test_1")
    fresh = Worker()
    try:
        environment = Path(f"/proc/{fresh.start().pid}/environ").read_bytes()
        assert b"sk_test_1" not in environment
        assert b"STRIPE" not in environment
    finally:
        fresh.close()
