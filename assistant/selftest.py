"""The seven main paths, walked through the owner's desk in a folder of its own: what `lueur selftest` prints.

Uses the demo data and the sample pictures, the sandbox and no network. Touches nothing of the person's own folder.
"""

import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from assistant.protocols.local import Here
from assistant.request import LANGUAGES, Language, Request, Upload
from assistant.settings import Settings

FILES = Path(__file__).parent / "demo" / "files"
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    path: str
    milliseconds: int
    wrong: str = ""  # what was expected and did not come; empty: the path passed


class Unexpected(Exception):
    """A path did not end where it should; the text says what was missing."""


class Walker:
    """One session at the desk."""

    def __init__(self, desk: Here) -> None:
        self.desk = desk
        self.session = ""
        self.words = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))

    def ask(self, what: str = "", picture: str = "", language: Language | None = None, clip: str = "") -> Json:
        images = (_sample(picture),) if picture else ()
        text = self.words[what][language or "en"] if what else ""
        request = Request(text, _sample(clip) if clip else None, images, language=language)
        reply = self.desk.ask(self.session or None, request)
        self.session = reply["session"]
        return reply

    def pay(self, sheet: Json, minor: int, payee: str) -> None:
        """Tap the sheet's main button, once the sheet says what was asked for."""
        _expect(sheet["amount"]["minor"] == minor, f"the sheet says {sheet['amount']['text']}")
        _expect(sheet["payee"]["name"] == payee, f"the sheet pays {sheet['payee']['name']}")
        tap = next(action["id"] for action in sheet["actions"] if action["style"] == "primary")
        receipt = _card(self.desk.act(self.session, tap, {}), "receipt")
        _expect(receipt["status"] == "succeeded", f"the payment is {receipt['status']}: {receipt['note']}")


def _sample(name: str) -> Upload:
    return Upload(name, (FILES / name).read_bytes())


def walk(settings: Settings) -> Iterator[Outcome]:
    """Every path, in order, with how long it took."""
    from assistant.core import Assistant

    with tempfile.TemporaryDirectory(prefix="lueur-selftest-") as home:
        apart = replace(settings, home=Path(home), stripe_key="", mode="personal", demo_data=True)
        assistant = Assistant(apart)
        try:
            walker = Walker(Here(assistant))
            for name, path in _paths(walker):
                yield _timed(name, path)
        finally:
            assistant.close()


def _timed(name: str, path: Callable[[], None]) -> Outcome:
    began = time.perf_counter()
    try:
        path()
        wrong = ""
    except Unexpected as unexpected:
        wrong = str(unexpected)
    except Exception as error:  # reported as this path's outcome, so that the others are still walked
        wrong = f"{type(error).__name__}: {error}"
    return Outcome(name, round(1000 * (time.perf_counter() - began)), wrong)


def _paths(w: Walker) -> Iterator[tuple[str, Callable[[], None]]]:
    for language in LANGUAGES:
        yield f"pay a contact and tap ({language})", partial(_contact, w, language)
    yield "pay a contact, spoken (en)", partial(_spoken, w)
    yield "pay a biller's invoice photo", partial(_invoice, w)
    yield "the same photo without words", partial(_silent_photo, w)
    for language in LANGUAGES:
        yield f"groceries last month ({language})", partial(_groceries, w, language)
        yield f"net worth with its chart ({language})", partial(_worth, w, language)
        yield f"a red desk lamp under 40 ({language})", partial(_lamp, w, language)
    yield "a barcode to its product", partial(_barcode, w)


def _contact(w: Walker, language: Language) -> None:
    w.pay(_card(w.ask("pay", language=language), "pay_sheet"), 1250, "Alice Martin")


def _spoken(w: Walker) -> None:
    w.pay(_card(w.ask(clip="pay_alice.wav", language="en"), "pay_sheet"), 1250, "Alice Martin")


def _invoice(w: Walker) -> None:
    w.pay(_card(w.ask("invoice", "invoice.png"), "pay_sheet"), 18420, "Volta Energy")


def _silent_photo(w: Walker) -> None:
    reply = w.ask(picture="invoice.png")
    _expect(len(_card(reply, "document")["actions"]) == 3, "the picture has not its three buttons")
    _expect(all(card["type"] != "pay_sheet" for card in reply["cards"]), "a picture alone drafted a payment")


def _groceries(w: Walker, language: Language) -> None:
    figure = _card(w.ask("groceries", language=language), "figure")
    _expect(figure["value"]["minor"] > 0 and figure["row_count"] > 0, "the figure has no rows")


def _worth(w: Walker, language: Language) -> None:
    reply = w.ask("worth", language=language)
    _expect(_card(reply, "figure")["metric"] == "net_worth", "the figure is not net worth")
    _expect(len(_card(reply, "chart")["table"]) > 2, "the chart has no table")


def _lamp(w: Walker, language: Language) -> None:
    shelf = _card(w.ask("lamp", language=language), "products")["products"]
    dear = [product["title"] for product in shelf if product["price"]["minor"] > 4000]
    _expect(bool(shelf) and not dear, f"above the budget: {dear}" if dear else "nothing was found")


def _barcode(w: Walker) -> None:
    shelf = _card(w.ask(picture="barcode.png"), "products")["products"]
    _expect([product["id"] for product in shelf] == ["lamp-luma-red"], f"found {[p['title'] for p in shelf]}")


def _card(reply: Json, kind: str) -> Json:
    """The one card of this kind; its absence says what came instead."""
    found: list[Json] = [card for card in reply["cards"] if card["type"] == kind]
    _expect(len(found) == 1, f"expected one {kind}, got {[c['type'] for c in reply['cards']]}: {reply['text'][:120]}")
    return found[0]


def _expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Unexpected(otherwise)
