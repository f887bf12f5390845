"""Whisper's quick way against stock openai-whisper and against the engine of faster-whisper, on random weights.

The dimensions are those of tiny and base, so time and memory are real and words are not: every way is made to write the
same 20 tokens about the same 4 s clip. Each way has a process of its own. The peer is CTranslate2 in int8 over 30 s as
faster-whisper calls it, without faster-whisper's own Python and without its spectrogram, which it is given.
"""

import gc
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.figures import Figure, figure

DIMENSIONS = {"tiny": (384, 4, 6), "base": (512, 6, 8)}  # width, layers, heads
SECONDS, TOKENS, ROUNDS = 4, 20, 9
START, END, SOT = 50258, 50257, [50258, 50259, 50359, 50363]  # of the multilingual vocabulary
CLIP = Path(__file__).parents[1] / "assistant/demo/files/groceries.wav"
WAYS = ("stock", "quick", "peer")


def measure(data: Path | None) -> list[Figure]:  # noqa: ARG001
    rows: list[Figure] = []
    for size in DIMENSIONS:
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.executable, "-m", "bench.whisper", "make", size, folder], check=True)
            rows += _rows(size, _in_turn(folder))
    return rows


def _in_turn(folder: str) -> dict[str, dict[str, float]]:
    """Every way in a process of its own, asked round by round, so that what else the machine does meets them alike."""
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    ways = {way: subprocess.Popen([sys.executable, "-m", "bench.whisper", way, folder], **pipes) for way in WAYS}
    found: dict[str, list[float]] = {way: [_answer(child)] for way, child in ways.items()}
    for _ in range(ROUNDS):
        for way, child in ways.items():
            assert child.stdin
            child.stdin.write("\n")
            child.stdin.flush()
            found[way].append(_answer(child))
    for child in ways.values():
        child.communicate()
    return {way: {"MB": mb, "ms": round(statistics.median(spent), 1)} for way, (mb, _, *spent) in found.items()}


def _answer(child: subprocess.Popen[str]) -> float:
    assert child.stdout
    return float(child.stdout.readline())


def _rows(size: str, ways: dict[str, dict[str, float]]) -> list[Figure]:
    stock, quick, peer = (ways[way] for way in ("stock", "quick", "peer"))
    load = f"load {os.getloadavg()[0]:.1f}"
    return [
        figure(f"whisper {size}: {name} ({load})", quick[unit], unit, most, against=(by, other[unit]))
        for name, unit, by, other, most in (
            (f"{TOKENS} tokens of 4 s, quick", "ms", "stock", stock, 1 / 4),
            ("the same against int8 peer", "ms", "CTranslate2", peer, 1.0),
            ("memory above the imports", "MB", "stock", stock, 0.7),
        )
    ]  # fmt: skip


def make(size: str, folder: Path) -> None:
    """Random weights as the hub would hold them, and the same converted for CTranslate2."""
    import torch
    from ctranslate2.converters.transformers import WhisperLoader
    from transformers import WhisperConfig, WhisperForConditionalGeneration

    width, layers, heads = DIMENSIONS[size]
    torch.manual_seed(7)
    shape = {f"{side}_{part}": count for side in ("encoder", "decoder")
             for part, count in (("layers", layers), ("attention_heads", heads), ("ffn_dim", 4 * width))}  # fmt: skip
    model = WhisperForConditionalGeneration(WhisperConfig(d_model=width, vocab_size=51865, **shape)).eval()
    model.save_pretrained(folder, safe_serialization=True)
    loader = WhisperLoader()
    spec = loader.get_model_spec(model)
    spec.config.suppress_ids, spec.config.suppress_ids_begin = [END], []
    spec.config.lang_ids, spec.config.alignment_heads = [50259], [[layers - 1, 0]]
    named = {END: "<|endoftext|>", START: "<|startoftranscript|>", 50259: "<|en|>", 50363: "<|notimestamps|>"}
    spec.register_vocabulary([named.get(token, f"t{token}") for token in range(51865)])
    spec.validate()
    spec.optimize("int8")
    (folder / "peer").mkdir()
    spec.save(str(folder / "peer"))


def stock(folder: Path) -> tuple[Any, Callable[[Any], int]]:
    from models.whisper import load

    def run(sound: Any) -> int:
        told = model.transcribe(
            sound, language="en", temperature=0.0, sample_len=TOKENS, suppress_tokens=f"-1,{END}", fp16=False,
            without_timestamps=True, condition_on_previous_text=False, no_speech_threshold=None,
            logprob_threshold=None, compression_ratio_threshold=None, verbose=None,
        )  # fmt: skip
        return sum(len(segment["tokens"]) for segment in told["segments"])

    model = load(folder)
    return model, run


def quick(folder: Path) -> tuple[Any, Callable[[Any], int]]:
    import whisper

    from models.quick import quickened, spectrogram
    from models.whisper import load

    asked = whisper.DecodingOptions(
        language="en", temperature=0.0, without_timestamps=True, fp16=False, sample_len=TOKENS,
        suppress_tokens=f"-1,{END}",
    )  # fmt: skip
    model = quickened(load(folder))
    return model, lambda sound: len(whisper.decode(model, spectrogram(sound, 80), asked).tokens)


def peer(folder: Path) -> tuple[Any, Callable[[Any], int]]:
    import ctranslate2
    import numpy as np

    model = ctranslate2.models.Whisper(str(folder / "peer"), compute_type="int8", intra_threads=os.cpu_count() or 1)
    mel = np.random.default_rng(1).normal(size=(1, 80, 3000)).astype(np.float32)
    features = ctranslate2.StorageView.from_array(mel)

    def run(_: Any) -> int:
        made = model.generate(features, [SOT], beam_size=1, max_length=2 * TOKENS, suppress_tokens=[END])
        return len(made[0].sequences_ids[0])

    return model, run


def main(way: str, folder: Path) -> None:
    """Say the megabytes of the loaded model above the imports, then for every line the milliseconds of a hearing."""
    import ctranslate2  # noqa: F401
    import numpy as np
    import whisper  # noqa: F401

    from assistant.senses.hear import decode
    from models.sound import RATE

    sound = np.resize(decode(CLIP.read_bytes()), SECONDS * RATE)
    gc.collect()
    before = _resident()
    model, run = {"stock": stock, "quick": quick, "peer": peer}[way](folder)
    gc.collect()
    print(round(_resident() - before, 1), flush=True)
    for _ in sys.stdin:
        began = time.perf_counter()
        count = run(sound)
        print(round(1000 * (time.perf_counter() - began), 1), flush=True)
        assert count == TOKENS, f"{way} wrote {count} tokens"
    del model


def _resident() -> float:
    return int(Path("/proc/self/status").read_text().split("VmRSS:")[1].split()[0]) / 1024


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(sys.argv[2], Path(sys.argv[3]))
    else:
        main(sys.argv[1], Path(sys.argv[2]))
