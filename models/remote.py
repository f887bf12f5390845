"""A transcription endpoint in OpenAI's form (`LUEUR_SPEECH_URL`), for people who run or rent one."""

import io
import math
import wave
from typing import Any

from assistant.errors import BadInput, Unavailable
from assistant.request import Heard, Language, Span
from models.sound import RATE, Samples, as_pcm

CONNECT, WAIT = 3.0, 60.0  # seconds


class Endpoint:
    """`url` up to and with /v1, or the whole address of `audio/transcriptions`; `key` goes into the header only."""

    name = "endpoint"
    quick = False

    def __init__(self, url: str, key: str = "") -> None:
        path = "/audio/transcriptions"
        self.url = url if url.endswith(path) else url.rstrip("/") + path
        self.key = key

    def ready(self) -> bool:
        return True

    def describe(self) -> str:
        import httpx

        return f"speech endpoint {httpx.URL(self.url).host}"

    def speaks(self, language: Language) -> bool:  # noqa: ARG002  whether it does, only its answer shows
        return True

    def prepare(self, hints: tuple[str, ...]) -> object: ...

    def hear(self, samples: Samples, hints: tuple[str, ...], language: Language) -> Heard:
        """Raises `Unavailable` when the endpoint does not answer as it should, `BadInput` when it heard nothing."""
        answer = self._ask(samples, hints, language)
        text = str(answer.get("text", "")).strip()
        if not text:
            raise BadInput("heard_nothing")
        spans = tuple(_span(each) for each in answer.get("segments") or ())
        sure = min((span.confidence for span in spans), default=1.0)
        return Heard(text, sure, self.describe(), language, round(len(samples) / RATE, 2), spans)

    def _ask(self, samples: Samples, hints: tuple[str, ...], language: Language) -> dict[str, Any]:
        import httpx

        form = {"model": "whisper-1", "language": language, "prompt": ", ".join(hints[:60]),
                "response_format": "verbose_json", "temperature": "0"}  # fmt: skip
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        try:
            with httpx.Client(timeout=httpx.Timeout(WAIT, connect=CONNECT), trust_env=False) as client:
                files = {"file": ("speech.wav", as_wav(samples), "audio/wav")}
                response = client.post(self.url, data=form, files=files, headers=headers)
            answer = response.raise_for_status().json()
        except (httpx.HTTPError, ValueError) as fault:
            raise Unavailable("speech_endpoint", host=httpx.URL(self.url).host) from fault
        if not isinstance(answer, dict):
            raise Unavailable("speech_endpoint", host=httpx.URL(self.url).host)
        return answer


def _span(segment: dict[str, Any]) -> Span:
    chance = math.exp(min(0.0, float(segment.get("avg_logprob", 0.0))))
    seconds = (float(segment.get("start", 0.0)), float(segment.get("end", 0.0)))
    return Span(str(segment.get("text", "")).strip(), round(chance, 3), seconds)


def as_wav(samples: Samples) -> bytes:
    """A 16 kHz mono 16-bit WAV file."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(as_pcm(samples))
    return buffer.getvalue()
