"""What this machine has for Lueur: each part, found or missing, and what to do about it. Starts and changes nothing."""

from __future__ import annotations

import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec

from assistant.errors import LueurError
from assistant.settings import Settings

ROOM = 2**30  # bytes that should be free beside the folder
LIBRARIES = {
    "page": "gradio",
    "codes": "zxingcpp",
    "reading": "rapidocr",
    "search": "tantivy",
    "payments library": "stripe",
    "offline recogniser": "pocketsphinx",
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True, slots=True)
class Finding:
    part: str
    found: bool
    detail: str
    fix: str = ""
    optional: bool = False  # Lueur works without it, and says so where it matters


def examine(settings: Settings) -> list[Finding]:
    return [
        _python(),
        _folder(settings),
        *(_library(part, name) for part, name in LIBRARIES.items()),
        *_engines(settings),
        _text_model(),
        _provider(settings),
        *_tools(),
    ]


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    new = sys.version_info >= (3, 11)
    return Finding("python", new, version, "" if new else "install Python 3.11 or newer, then: make PYTHON=python3.12")


def _folder(settings: Settings) -> Finding:
    """The data folder: usable, roomy, and who holds it now."""
    from assistant.folder import prepare, server_of

    try:
        home = prepare(settings.home)
    except LueurError:
        return Finding("folder", False, str(settings.home), "make it writable, or set LUEUR_HOME to another folder")
    free = shutil.disk_usage(home).free
    server = server_of(home)
    detail = f"{home}, {free / 2**30:.1f} GiB free"
    if server and _listens(server.port):
        detail += f", served on port {server.port}"
    return Finding("folder", free > ROOM, detail, "" if free > ROOM else "free some space on that disk")


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _library(part: str, name: str) -> Finding:
    found = find_spec(name) is not None
    return Finding(part, found, name, "" if found else "make install")


def _engines(settings: Settings) -> Iterator[Finding]:
    """Which engine each sense would answer with."""
    from assistant.senses import Senses

    for sense, engine in Senses(settings).describe().items():
        yield Finding(f"sense: {sense}", True, engine)
    yield _weights(settings)


def _weights(settings: Settings) -> Finding:
    """Whisper's file, and whether the quick way may be used with it."""
    from models import speech, weights

    try:
        found = weights.whisper(settings.whisper)
    except LueurError:
        return Finding("whisper weights", False, settings.whisper, "let LUEUR_WHISPER name a checkpoint, or unset it")
    if found is None:
        fix = "lueur weights get base (290 MB): French, Chinese and better English need it"
        return Finding("whisper weights", False, "none in LUEUR_WHISPER or the caches", fix, optional=True)
    seen = speech.verdict(found, settings.home)
    quick = "the quick way is compared when the page starts" if seen is None else (
        f"quick way on: {seen.clips} clips alike, {seen.gain} x" if seen.alike
        else f"quick way off: {len(seen.unlike)} of {seen.clips} clips came out different")  # fmt: skip
    return Finding("whisper weights", True, f"{found.file}; {quick}")


def _text_model() -> Finding:
    from models import text

    return Finding("sentence embeddings", text.ready(), text.describe(), "" if text.ready() else "make install")


def _provider(settings: Settings) -> Finding:
    """Which money it is, by which library, and how news of it comes back."""
    sdk = f"stripe-python {version('stripe')}" if find_spec("stripe") else "no stripe-python"
    if not settings.stripe_key:
        return Finding("payments", True, f"the sandbox inside Lueur through {sdk}; no real money, no network")
    heard = "webhooks and polling" if settings.webhook_secret else "polling alone (STRIPE_WEBHOOK_SECRET is not set)"
    told = f"Stripe test mode, key {settings.stripe_key[:8]}…, through {sdk}; no real money; outcomes by {heard}"
    return Finding("payments", True, f"{told}; make stripe-contract checks this account")


def _tools() -> Iterator[Finding]:
    """Only the tests need these."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    yield Finding("chromium (tests)", bool(browser), browser or "", "" if browser else "apt-get install chromium", True)
    voice = shutil.which("espeak-ng")
    yield Finding("espeak-ng (tests)", bool(voice), voice or "", "" if voice else "apt-get install espeak-ng", True)
