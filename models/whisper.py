"""Whisper through the openai-whisper runtime, from a stock checkpoint or from the hub's safetensors with renamed keys.

One path for every sound: stock `transcribe`, greedy, with one retry at temperature 0.4 when the result repeats itself
or is unlikely. Downloads nothing.
"""

from __future__ import annotations

import json
import math
import re
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assistant.errors import BadInput, Unavailable
from assistant.request import Heard, Language, Span
from models import weights
from models.sound import RATE, Samples

PROMPT_WORDS = 60
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
    """The engine for one set of weights; loads them at the first `hear`, once."""

    name = "whisper"

    def __init__(self, found: weights.Weights) -> None:
        self.found = found
        self._lock = threading.Lock()
        self._model: Any = None

    def ready(self) -> bool:
        return self.found.path.exists()

    def describe(self) -> str:
        return f"whisper {self.found.name}"

    def speaks(self, language: Language) -> bool:
        return language == "en" or not self.found.name.endswith(".en")

    def hear(self, samples: Samples, hints: tuple[str, ...], language: Language) -> Heard:
        """Raises `BadInput` when nothing was said, `Unavailable` when the weights cannot be read."""
        with self._lock:
            self._model = self._model or load(self.found.path)
            result = self._model.transcribe(
                samples, language=language, initial_prompt=_prompt(hints, language), temperature=(0.0, 0.4),
                condition_on_previous_text=False, fp16=self._model.device.type == "cuda", verbose=None,
            )  # fmt: skip
        spans = tuple(map(_span, result["segments"]))
        text = result["text"].strip()
        if not text:
            raise BadInput("heard_nothing")
        long = [(span.confidence, span.seconds[1] - span.seconds[0] + 0.01) for span in spans]
        sure = sum(chance * seconds for chance, seconds in long) / sum(seconds for _, seconds in long)
        return Heard(text, round(sure, 3), self.describe(), language, round(len(samples) / RATE, 2), spans)


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
        dimensions, state = _from_hub(path, found) if path.is_dir() else (found["dims"], found["model_state_dict"])
        model = Network(ModelDimensions(**dimensions))
        model.load_state_dict(state, strict=True)
    except (OSError, KeyError, RuntimeError, ValueError, TypeError, UnpicklingError, SafetensorError) as fault:
        raise Unavailable("whisper_unreadable", path=path.name) from fault
    return model.to("cuda" if torch.cuda.is_available() else "cpu").eval()


def _from_hub(folder: Path, tensors: Mapping[str, Any]) -> tuple[dict[str, int], dict[str, Any]]:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    state = {_renamed(key): value for key, value in tensors.items() if key != "proj_out.weight"}
    dimensions = {
        "n_mels": config["num_mel_bins"], "n_vocab": config["vocab_size"],
        "n_audio_ctx": config["max_source_positions"], "n_audio_state": config["d_model"],
        "n_audio_head": config["encoder_attention_heads"], "n_audio_layer": config["encoder_layers"],
        "n_text_ctx": config["max_target_positions"], "n_text_state": config["d_model"],
        "n_text_head": config["decoder_attention_heads"], "n_text_layer": config["decoder_layers"],
    }  # fmt: skip
    return dimensions, state


def _renamed(key: str) -> str:
    for old, new in RENAMED:
        key = re.sub(old, new, key)
    return key
