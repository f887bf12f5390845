"""What the senses see: receipts, kinds of pictures, codes, and what the worker weighs.

`measure(data)` reads `data/receipts` (JPEG + JSON with company, date, total) and `data/groceries/photos`; what is
absent says so with a row of value None.
"""

from __future__ import annotations

import io
import json
import os
import re
import statistics
import tempfile
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from assistant.request import Seen, Upload
from assistant.senses import Senses, printed
from assistant.settings import Settings
from bench.figures import Figure, figure, seconds
from bench.layouts import LAYOUTS, paper
from bench.scenes import DRAWN, held_out

PER_KIND = 28
PHOTOGRAPHED = ("receipts: kind is receipt", "kind: product, groceries")
TESSERACT_PRESENT, TESSERACT_EXTRACTED = 0.82, 0.63  # 60 receipts of the same set, measured before this project


def measure(data: Path | None) -> list[Figure]:
    senses = Senses(Settings(offline=True))
    senses.start()
    try:
        while senses.worker.state == "warming up":
            time.sleep(0.1)
        rows = [*_receipts(senses, data), *_kinds(data), *_judged(senses, data)]
        photos = [each["value"] for each in rows if each["name"] in PHOTOGRAPHED]
        mean = statistics.fmean(photos) if len(photos) == len(PHOTOGRAPHED) else None
        rows.append(figure("kind: mean over kinds, receipts and groceries", mean, "recall", least=0.95))
        return [*rows, *_layouts(senses), *_speed(senses), *_live(senses)]
    finally:
        senses.close()


def _receipts(senses: Senses, data: Path | None) -> Iterator[Figure]:
    papers = sorted((data / "receipts").glob("*.jpg")) if data else []
    names = (
        "receipts: total present",
        "receipts: total extracted",
        "receipts: date extracted",
        "receipts: kind is receipt",
    )
    if not papers:
        yield from (figure(f"{name} (no data)", None, "share") for name in names)
        return
    hits = [
        _receipt(
            list(senses.see(Upload(p.name, p.read_bytes()), 0))[-1], json.loads(p.with_suffix(".json").read_text())
        )
        for p in papers
    ]
    shares = [statistics.fmean(part) for part in zip(*hits, strict=True)]
    yield figure(names[0], shares[0], "share", least=0.97, peer=("tesseract", TESSERACT_PRESENT))
    yield figure(names[1], shares[1], "share", least=0.88, peer=("tesseract, earlier rules", TESSERACT_EXTRACTED))
    yield figure(names[2], shares[2], "share")
    yield figure(names[3], shares[3], "share", least=0.95)
    yield figure("worker: peak private memory after the receipts", _peak(senses), "MB", 1024)


def _receipt(seen: Seen, truth: dict[str, str]) -> tuple[bool, bool, bool, bool]:
    wanted = Decimal(re.sub(r"[^\d.]", "", truth["total"]))
    present = any(amount == wanted for line in seen.lines for amount, _ in printed.amounts(line.text))
    total, day, days = seen.field("total"), seen.field("date"), printed.dates(truth["date"])
    right = total is not None and not isinstance(total.value, str) and getattr(total.value, "decimal", None) == wanted
    return present, right, bool(day and days and day.value == days[0][0]), seen.kind == "receipt"


def _peak(senses: Senses) -> int:
    status = Path(f"/proc/{senses.worker.pid}/status").read_text()
    return round(int(status.split("VmHWM:")[1].split()[0]) / 1024)


def _kinds(data: Path | None) -> Iterator[Figure]:
    """The vision model alone, without codes or text: recall averaged over kinds."""
    from PIL import Image

    from models import vision

    def named(picture: Image.Image) -> str:
        kinds = vision.look(picture).kinds
        return max(kinds, key=lambda kind: kinds[kind])

    recalls = {kind: statistics.fmean(named(held_out(kind, n)) == kind for n in range(PER_KIND)) for kind in DRAWN}
    for kind, recall in recalls.items():
        yield figure(f"ViT alone: {kind}, second generator", recall, "recall")
    mean = statistics.fmean(recalls.values())
    yield figure("ViT alone: mean over kinds, second generator", mean, "recall", least=0.90)
    for folder, kind in (("receipts", "receipt"), ("groceries/photos", "product")):
        photos = sorted((data / folder).rglob("*.jpg"))[::2] if data else []
        share = statistics.fmean(named(Image.open(photo)) == kind for photo in photos) if photos else None
        yield figure(f"ViT alone: {kind}, {folder}" + ("" if photos else " (no data)"), share, "recall", least=0.95)
    picture = held_out("product", 0)
    yield figure("ViT: one look", _median(lambda: vision.look(picture), 20), "ms", 30)


def _judged(senses: Senses, data: Path | None) -> Iterator[Figure]:
    """The kind that the product names, with codes and print beside the model. Every fourth photo of a thing was looked
    at while its rules were made; these are others."""

    def named(data: bytes) -> str:
        return list(senses.see(Upload("picture.jpg", data), 0))[-1].kind

    recalls = {
        kind: statistics.fmean(named(_jpeg(held_out(kind, n))) == kind for n in range(PER_KIND)) for kind in DRAWN
    }
    for kind, recall in recalls.items():
        yield figure(f"kind: {kind}, second generator", recall, "recall")
    yield figure("kind: mean over kinds, second generator", statistics.fmean(recalls.values()), "recall", least=0.90)
    photos = sorted((data / "groceries/photos").rglob("*.jpg"))[2::4] if data else []
    things = statistics.fmean(named(photo.read_bytes()) == "product" for photo in photos) if photos else None
    yield figure("kind: product, groceries" + ("" if photos else " (no data)"), things, "recall", least=0.95)


def _layouts(senses: Senses) -> Iterator[Figure]:
    """Totals of papers in ten layouts that the rules never saw, ten papers of each."""
    shares = []
    for layout in LAYOUTS:
        papers = [paper(layout, index) for index in range(10)]
        totals = [list(senses.see(Upload("paper.jpg", data), 0))[-1].field("total") for data, _ in papers]
        right = [getattr(found and found.value, "decimal", None) == wanted
                 for found, (_, wanted) in zip(totals, papers, strict=True)]  # fmt: skip
        shares.append(statistics.fmean(right))
        yield figure(f"papers: total extracted, layout {layout}", shares[-1], "share")
    yield figure("papers: total extracted, 100 papers of ten layouts", statistics.fmean(shares), "share", least=0.83)


def _jpeg(picture: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90)
    return out.getvalue()


def _median(job: Any, times: int) -> float:
    return round(1000 * statistics.median(seconds(job) for _ in range(times)), 1)


def _speed(senses: Senses) -> Iterator[Figure]:
    files = Path(__file__).parents[1] / "assistant" / "demo" / "files"
    code = Upload("barcode.png", (files / "barcode.png").read_bytes())
    codes = _median(lambda: list(senses.watch(code, read=False)), 15)
    yield figure("codes: a photographed barcode", codes, "ms", 50)
    page = Upload("receipt.png", (files / "receipt.png").read_bytes())
    yield figure("read: the sample receipt, all lines and fields", _median(lambda: list(senses.see(page, 0)), 3), "ms")


def _live(senses: Senses) -> Iterator[Figure]:
    """The open camera on the server's side: from a frame's bytes to its drawn card. A price needs two frames."""
    from assistant.core import Assistant
    from assistant.money import Money
    from assistant.protocols import live
    from workshop import papers

    with tempfile.TemporaryDirectory() as home:
        assistant = Assistant(Settings(home=Path(home), offline=True))
        assistant.senses.close()
        assistant.senses = senses
        who, gtin = assistant.open("owner"), "9520000000011"
        desk = live.Desk(assistant, live.Cameras())
        sheets = {
            "code": (1, papers.barcode_sheet("Luma desk lamp, red", gtin), "Luma"),
            "price tag": (2, papers.tag_sheet("Luma desk lamp, red", Money.of("41.88", "EUR"), gtin), "this shelf"),
        }
        for name, (frames, sheet, words) in sheets.items():
            waited, worked = zip(*(_seen(desk, who, _frame(sheet), frames, words) for _ in range(9)), strict=True)
            yield figure(f"live scan: {name}, first frame to card", round(statistics.median(waited)), "ms",
                      300 if frames == 1 else 700)  # fmt: skip
            yield figure(
                f"live scan: {name}, work of its {frames} frames", round(statistics.median(worked)), "ms of CPU"
            )
        assistant.close()


def _frame(sheet: Any) -> bytes:
    """A camera's frame of 1280 x 720 with the sheet on a desk."""
    from workshop import papers

    desk, out = papers.wood(1280, 720, (118, 86, 62), 9), io.BytesIO()
    wide = round(600 * sheet.width / sheet.height)
    corners = [(640 - wide // 2, 62), (640 + wide // 2, 50), (650 + wide // 2, 664), (634 - wide // 2, 672)]
    papers.photograph(sheet, desk, corners).save(out, "JPEG", quality=85)
    return out.getvalue()


def _seen(desk: Any, who: Any, picture: bytes, frames: int, words: str) -> tuple[float, float]:
    """Milliseconds until a card says `words`, the page's pause between frames included, and CPU of both processes."""
    desk.cameras.close(who.id)
    began, spent, found = time.perf_counter(), _spent(desk), 0.0
    for number in range(frames):
        time.sleep(max(0.0, began + 0.25 * number - time.perf_counter()))
        for line in desk.frame(who, picture):
            found = found or (words in line) * (time.perf_counter() - began)
    assert found, f"no card said {words!r}"
    return 1000 * found, 1000 * (_spent(desk) - spent)


def _spent(desk: Any) -> float:
    """Seconds of CPU of this process and of the worker (proc(5): fields 14 and 15, in clock ticks)."""
    fields = Path(f"/proc/{desk.assistant.senses.worker.pid}/stat").read_text().rpartition(")")[2].split()
    return time.process_time() + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
