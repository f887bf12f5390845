"""Speech to text: which engine listens, and what it is given. Every engine answers with `Heard` and says its name.

Order: the endpoint the person configured, Whisper where its weights are, else the offline recogniser. An engine that
is there and fails is an error, not a reason to use another one quietly.
"""

import functools
import hashlib
import json
import threading
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

from assistant.errors import BadInput, Unavailable
from assistant.folder import write_private
from assistant.request import Heard, Language
from assistant.settings import Settings
from models import vad, weights
from models.pocket import Offline
from models.remote import Endpoint
from models.sound import Samples
from models.whisper import Comparison, Whisper, compared

VERDICT = "whisper.json"  # in the folder: whether the quick way may be used
MOST_OVERHEARD = 8
_hearing = threading.Lock()
_overheard: dict[bytes, Heard] = {}  # by the sound's hash; each is taken once


class Engine(Protocol):
    name: str
    quick: bool  # enough to hear what was said before a pause, which may not be all

    def ready(self) -> bool:
        """Whether it could answer now, without a download."""
        ...

    def describe(self) -> str:
        """What the person is told: 'whisper base', 'offline recogniser (English)'."""
        ...

    def speaks(self, language: Language) -> bool: ...

    def prepare(self, hints: tuple[str, ...]) -> object:
        """Load what `hear` needs, where anything is to be loaded."""
        ...

    def hear(self, samples: Samples, hints: tuple[str, ...], language: Language) -> Heard:
        """`samples` (n,) at 16 kHz, trimmed to speech; `hints`: names and things that may be said, names capitalised.

        Raises `BadInput` when it heard no words, `Unavailable` when it cannot work."""
        ...


def engines(settings: Settings) -> tuple[Engine, ...]:
    """The engines of this machine, best first."""
    found: list[Engine] = []
    if settings.speech_url:
        found.append(_endpoint(settings.speech_url, settings.speech_key))
    if local := weights.whisper(settings.whisper):
        known = verdict(local, settings.home)
        found.append(_whisper(local, bool(known and known.alike)))
    return (*found, _offline())


def hear(samples: Samples, hints: tuple[str, ...], language: Language, settings: Settings) -> Heard:
    """What was said in `samples`. Raises `BadInput("heard_nothing")`, or `Unavailable` when no engine here speaks
    `language`."""
    spoken, chosen = _spoken(samples), engine(settings, language)
    with _hearing:  # what is just being overheard is not heard a second time
        return _overheard.pop(_mark(chosen, spoken, hints), None) or chosen.hear(spoken, hints, language)


def overhear(samples: Samples, hints: tuple[str, ...], language: Language, settings: Settings) -> None:
    """Hear `samples` before anybody asked, where that is quick, so that `hear` of a sound with the same speech has the
    answer at once. Raises as `hear`."""
    spoken, chosen = _spoken(samples), engine(settings, language)
    if chosen.quick:
        with _hearing:
            _overheard[_mark(chosen, spoken, hints)] = chosen.hear(spoken, hints, language)
            for old in list(_overheard)[:-MOST_OVERHEARD]:
                del _overheard[old]


def _spoken(samples: Samples) -> Samples:
    span = vad.speech_span(samples)
    if span is None:
        raise BadInput("heard_nothing")
    return samples[slice(*span)]


def _mark(chosen: Engine, spoken: Samples, hints: tuple[str, ...]) -> bytes:
    return hashlib.sha256(spoken.tobytes() + repr((chosen.describe(), hints)).encode()).digest()


def engine(settings: Settings, language: Language) -> Engine:
    """The best engine that can answer now. Raises `Unavailable` when none here speaks `language`."""
    found = next((each for each in engines(settings) if each.ready() and each.speaks(language)), None)
    if found is None:
        raise Unavailable("voice_needs_weights", language=language)
    return found


@functools.lru_cache(maxsize=2)
def _endpoint(url: str, key: str) -> Endpoint:
    return Endpoint(url, key)


def verdict(found: weights.Weights, home: Path) -> Comparison | None:
    """How these weights came out when the quick way was compared with stock's; None before that."""
    try:
        kept = json.loads((home / VERDICT).read_text(encoding="utf-8"))
        return Comparison(**kept["of"]) if kept["file"] == _marks(found) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def compare(settings: Settings, clips: Iterable[tuple[Samples, Language]]) -> Comparison | None:
    """Compare once for each set of weights, and keep how it came out. Raises `Unavailable` for broken weights."""
    found = weights.whisper(settings.whisper)
    if found is None or (known := verdict(found, settings.home)):
        return known if found else None
    made = compared(found, clips)
    write_private(settings.home / VERDICT, json.dumps({"file": _marks(found), "of": asdict(made)}))
    return made


def _marks(found: weights.Weights) -> list[str | int]:
    stat = found.file.stat()
    return [str(found.file), stat.st_size, stat.st_mtime_ns]


@functools.lru_cache(maxsize=1)
def _whisper(found: weights.Weights, fast: bool) -> Whisper:
    return Whisper(found, fast)


@functools.cache
def _offline() -> Offline:
    return Offline()
