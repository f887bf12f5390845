"""Whisper through the openai-whisper runtime, from a stock checkpoint or from the hub's safetensors with renamed keys.

Two ways for a sound. Stock `transcribe` over 30 s windows, greedy, with one retry at temperature 0.4 when the result
repeats itself or is unlikely; and, where `compared` found both alike on this machine, the quick one (`quick.py`) first.
Downloads nothing.
"""

import math
import re
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import BadInput, Unavailable
from assistant.request import Heard, Language, Span
from models import quick, weights
from models.sound import RATE, Samples

PROMPT_WORDS = 60
HEAD = 64  # numbers of one attention head, in every Whisper
REST = 900.0  # seconds without a word after which the weights are given back
# A prompt in simplified characters keeps Whisper from writing traditional ones.
OPENING: dict[Language, str] = {"en": "", "fr": "", "zh": "以下是普通话的句子。"}
RENAMED = (
    (r"^model\.", ""),
    (r"\.layers\.", ".blocks."),
    (r"self_attn_layer_norm", "attn_ln"),
    (r"encoder_attn_layer_norm", "cross_attn_ln"),
    (r"final_layer_norm", "mlp_ln"),
    (r"encoder\.layer_norm", "encoder.ln_post"),
    (r"decoder\.layer_norm", "decoder.ln"),
    (r"self_attn\.", "attn."),
    (r"encoder_attn\.", "cross_attn."),
    (r"\.q_proj", ".query"),
    (r"\.k_proj", ".key"),
    (r"\.v_proj", ".value"),
    (r"\.out_proj", ".out"),
    (r"\.fc1", ".mlp.0"),
    (r"\.fc2", ".mlp.2"),
    (r"embed_tokens", "token_embedding"),
    (r"embed_positions\.weight", "positional_embedding"),
)


class Whisper:
    """The engine for one set of weights; loads them at the first `hear`, once. `fast`: `compared` allowed it."""

    name = "whisper"
    quick = False

    def __init__(self, found: weights.Weights, fast: bool = False) -> None:
        self.found = found
        self.fast = fast
        self._lock = threading.Lock()
        self._model: Any = None
        self._rest: threading.Timer | None = None

    def ready(self) -> bool:
        return self.found.path.exists()

    def describe(self) -> str:
        return f"whisper {self.found.name}"

    def speaks(self, language: Language) -> bool:
        return language == "en" or not self.found.name.endswith(".en")

    def prepare(self, hints: tuple[str, ...]) -> object:  # noqa: ARG002  they are no part of it
        with self._lock:
            return self._loaded()

    def hear(self, samples: Samples, hints: tuple[str, ...], language: Language) -> Heard:
        """Raises `BadInput` when nothing was said, `Unavailable` when the weights cannot be read."""
        with self._lock:
            text, spans = transcribed(self._loaded(), samples, language, _prompt(hints, language))
        if not text:
            raise BadInput("heard_nothing")
        long = [(span.confidence, span.seconds[1] - span.seconds[0] + 0.01) for span in spans]
        sure = sum(chance * seconds for chance, seconds in long) / sum(seconds for _, seconds in long)
        return Heard(text, round(sure, 3), self.describe(), language, round(len(samples) / RATE, 2), spans)

    def _loaded(self) -> Any:
        """The network; it is dropped after a long rest."""
        if self._rest:
            self._rest.cancel()
        self._rest = threading.Timer(REST, self._drop)
        self._rest.daemon = True
        self._rest.start()
        if self._model is None:
            model = load(self.found.path)
            self._model = quick.quickened(model) if self.fast and model.device.type == "cpu" else model
        return self._model

    def _drop(self) -> None:
        with self._lock:
            self._model = None


def transcribed(model: Any, samples: Samples, language: Language, prompt: str | None) -> tuple[str, tuple[Span, ...]]:
    """The words and their spans: the quick way where the model is quickened and nothing looks odd, else stock's."""
    samples = samples.copy()  # torch wants its own
    if hasattr(model.decoder, "head") and (result := quick.decode(model, samples, language=language, prompt=prompt)):
        chance = round(math.exp(min(0.0, result.avg_logprob)), 3)
        return result.text, (Span(result.text, chance, (0.0, round(len(samples) / RATE, 2))),)
    told = model.transcribe(
        samples, language=language, initial_prompt=prompt, temperature=(0.0, 0.4), condition_on_previous_text=False,
        fp16=model.device.type == "cuda", verbose=None,
    )  # fmt: skip
    return told["text"].strip(), tuple(map(_span, told["segments"]))


@dataclass(frozen=True, slots=True)
class Comparison:
    """Bundled clips heard both ways with one set of weights on one machine; `unlike` holds what came out different."""

    clips: int
    unlike: tuple[tuple[str, str], ...]  # stock's words, the quick way's
    gain: float  # how many times as fast

    @property
    def alike(self) -> bool:
        return self.clips > 0 and not self.unlike


def compared(found: weights.Weights, clips: Iterable[tuple[Samples, Language]]) -> Comparison:
    """Hear the clips the stock way, then the quick way. On a GPU there is nothing to gain: no clips."""
    model, sounds = load(found.path), [clip for clip in clips if Whisper(found).speaks(clip[1])]
    if model.device.type != "cpu":
        return Comparison(0, (), 1.0)
    stock, slow = _timed(model, sounds)
    fast, quickly = _timed(quick.quickened(model), sounds)
    pairs = zip(stock, fast, strict=True)
    return Comparison(len(sounds), tuple((a, b) for a, b in pairs if _bare(a) != _bare(b)), round(slow / quickly, 1))


def _timed(model: Any, sounds: Iterable[tuple[Samples, Language]]) -> tuple[list[str], float]:
    began = time.perf_counter()
    return [transcribed(model, *sound, None)[0] for sound in sounds], time.perf_counter() - began


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _prompt(hints: tuple[str, ...], language: Language) -> str | None:
    return (OPENING[language] + ", ".join(hints[:PROMPT_WORDS])) or None


def _span(segment: Mapping[str, Any]) -> Span:
    chance = math.exp(min(0.0, segment["avg_logprob"]))
    return Span(segment["text"].strip(), round(chance, 3), (float(segment["start"]), float(segment["end"])))


def load(path: Path) -> Any:
    """A `whisper.model.Whisper` from `path` (see `weights.Weights`), every tensor accounted for."""
    from pickle import UnpicklingError

    import torch
    from safetensors import SafetensorError
    from whisper.model import ModelDimensions
    from whisper.model import Whisper as Network

    try:
        found = weights.tensors(path)
        dimensions, state = _from_hub(found) if path.is_dir() else (found["dims"], found["model_state_dict"])
        model = Network(ModelDimensions(**dimensions))
        model.load_state_dict(state, strict=True)
    except (OSError, KeyError, RuntimeError, ValueError, TypeError, UnpicklingError, SafetensorError) as fault:
        raise Unavailable("whisper_unreadable", path=path.name) from fault
    return model.to("cuda" if torch.cuda.is_available() else "cpu").eval()


def _from_hub(tensors: Mapping[str, Any]) -> tuple[dict[str, int], dict[str, Any]]:
    """Stock's dimensions, told from the shapes, and its names."""
    state = {_renamed(key): value for key, value in tensors.items() if key != "proj_out.weight"}
    sounds, width = state["encoder.positional_embedding"].shape
    layers = {side: len([key for key in state if re.fullmatch(rf"{side}\.blocks\.\d+\.attn_ln\.bias", key)])
              for side in ("encoder", "decoder")}  # fmt: skip
    dimensions = {
        "n_mels": state["encoder.conv1.weight"].shape[1], "n_vocab": len(state["decoder.token_embedding.weight"]),
        "n_audio_ctx": sounds, "n_audio_state": width, "n_audio_head": width // HEAD,
        "n_audio_layer": layers["encoder"], "n_text_ctx": len(state["decoder.positional_embedding"]),
        "n_text_state": width, "n_text_head": width // HEAD, "n_text_layer": layers["decoder"],
    }  # fmt: skip
    return dimensions, state


def _renamed(key: str) -> str:
    for old, new in RENAMED:
        key = re.sub(old, new, key)
    return key
