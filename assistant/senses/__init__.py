"""The senses: bytes of a microphone or a camera become evidence with confidence, engine and place.

`Senses.hear` and `Senses.see` open nothing themselves: media of strangers are parsed in one limited process
(`worker.py`, `inside.py`). What comes back may fill a field; it never chooses an action.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.errors import BadInput, LueurError
from assistant.redaction import hide
from assistant.request import Heard, Language, Seen, Upload
from assistant.senses import crops
from assistant.senses import see as pictures
from assistant.senses.worker import Frame, Worker
from assistant.settings import Settings
from models import siglip, vision, vlm
from models.fetch import Fetch
from models.weights import checkpoint, pinned, stamp

log = logging.getLogger(__name__)
CLIPS: Mapping[str, Language] = {"pay_alice": "en", "groceries": "en", "red_lamp": "en", "net_worth": "en",
                                 "payer_alice": "fr", "pay_alice_zh": "zh"}  # fmt: skip
LARGEST_SOUND = 30 << 20  # bytes


class Senses:
    def __init__(self, settings: Settings, worker: Worker | None = None) -> None:
        self.settings = settings
        self._eye, self._teller = checkpoint(siglip.REPO, settings.siglip), checkpoint(vlm.REPO, settings.vlm)
        self.worker = worker or Worker(eye=self._eye)
        self.fetches = {name: Fetch(pin, settings.offline, self.compare) for name, pin in pinned().items()}

    def start(self) -> None:
        """Warm the worker up, if it shall be, and try new weights; in the background."""
        if self.settings.warm:
            self.worker.start()
        threading.Thread(target=self.compare, name="weights", daemon=True).start()

    def compare(self) -> None:
        """Hear our own clips both ways with weights that are new here, so that the quick way may be used."""
        from assistant.senses.hear import decode
        from models import speech

        files = Path(__file__).parents[1] / "demo" / "files"
        try:
            speech.compare(self.settings, ((decode((files / f"{name}.wav").read_bytes()), tongue)
                                           for name, tongue in CLIPS.items()))  # fmt: skip
        except (LueurError, OSError) as error:
            log.warning("the new weights were not compared: %s", error)

    def expect(self, hints: tuple[str, ...], language: Language) -> None:
        """Load what `hear` needs. Raises `Unavailable` without an engine."""
        from models import speech

        self.worker.start()
        speech.engine(self.settings, language).prepare(hints)

    def overhear(self, sound: Any, hints: tuple[str, ...], language: Language) -> None:
        """Hear samples of an open microphone, in case nothing more is said. Raises as `hear`."""
        from models import speech

        speech.overhear(sound, hints, language, self.settings)

    def hear(self, audio: Upload, hints: tuple[str, ...], language: Language) -> Heard:
        """The words of a recording. Raises `BadInput` for unusable sound, `Unavailable` without an engine."""
        import numpy as np

        from models import speech

        if not audio.data:
            raise BadInput("sound_empty")
        if len(audio.data) > LARGEST_SOUND:
            raise BadInput("sound_file_too_large", limit=LARGEST_SOUND >> 20)
        samples = np.frombuffer(self._sound(audio), "<f4")
        return speech.hear(samples, hints, language, self.settings)

    def _sound(self, audio: Upload) -> bytes:
        try:
            return self.worker.run("decode", audio.data, "sound_too_heavy")[1]
        except BadInput as error:
            raise BadInput(error.key, **{"name": audio.name, **error.values}) from None

    def see(self, image: Upload, index: int, read: bool = True) -> Iterator[Seen]:
        """What a picture holds, each time more complete: codes, then its kind, then its text and fields.

        Without `read` no text is read, and its looks are always there. Raises `BadInput` for a file that is no picture,
        is broken, or is too large or too heavy to open.
        """
        yield from self._looks("see", image, index, read=read)

    def pages(self, image: Upload) -> tuple[Upload, ...]:
        """The pages of a PDF as pictures; a picture is its own page. Raises `BadInput` where none can be drawn."""
        if not pictures.is_pdf(image.data):
            return (image,)
        pictures.check(image)
        drawn = [blob for head, blob in self._frames("pages", image, {}) if "page" in head]
        return tuple(Upload(f"{image.name} ({page})", blob) for page, blob in enumerate(drawn, 1))

    def watch(self, image: Upload, read: bool = True) -> Iterator[Seen]:
        """As `see`, for a camera's frame: codes in some ten milliseconds, and with `read` the largest print."""
        yield from self._looks("watch", image, 0, read=read)

    def told(self, seen: Seen, image: Upload) -> Seen:
        """`seen` with a sentence of the model for open questions, where its weights are and the picture shows neither
        paper nor code. Raises as `see`, and `Unavailable` for a checkpoint that cannot be used."""
        if self._teller is None or seen.codes or seen.field("total") or seen.kind not in ("product", "other"):
            return seen
        from PIL import Image

        head, rows = list(self._frames("small", image, {"side": vlm.SIDE}))[-1]
        across, down = head["size"]
        caption = vlm.tell(Image.frombytes("RGB", (int(across), int(down)), rows), self._teller)
        return replace(seen, caption=hide(caption)[0], engines=(*seen.engines, vlm.name(self._teller)))

    @property
    def mark(self) -> str:
        """Which vision model looks: features of another one are not compared with its own."""
        return stamp(self._eye) if self._eye else vision.mark()

    def _looks(self, verb: str, image: Upload, index: int, **how: Any) -> Iterator[Seen]:
        pictures.check(image)
        seen, kinds = Seen("other", 0.0), dict[str, float]()
        for part, _ in self._frames(verb, image, how):
            seen = pictures.fold(seen, part, index)
            kinds |= {str(kind): float(score) for kind, score in part.get("kinds", {}).items()}
            slope = float(part["slope"]) if "lines" in part else None
            seen = pictures.judged(seen, kinds, slope)
            yield crops.placed(seen, part.get("crops", ()))

    def _frames(self, verb: str, image: Upload, how: Mapping[str, Any]) -> Iterator[Frame]:
        """The worker's answers about a picture; its refusals gain the picture's name."""
        try:
            yield from self.worker.stream(verb, image.data, "picture_too_heavy", **how)
        except BadInput as error:
            raise BadInput(error.key, **{**error.values, "name": image.name}) from None

    def describe(self) -> dict[str, str]:
        """Engine and state per sense, for the page and for `lueur doctor`."""
        from models import speech

        eye = siglip.Siglip.NAME if self._eye else vision.NAME
        teller = f", {vlm.name(self._teller)} for open questions" if self._teller else ""
        return {
            "hear": speech.engine(self.settings, "en").describe(),
            "see": f"{eye}{teller}, {self.worker.state}",
            "read": f"{pictures.READER}, {self.worker.state}",
            "scan": f"{pictures.SCANNER}, {self.worker.state}",
        }

    def close(self) -> None:
        self.worker.close()
