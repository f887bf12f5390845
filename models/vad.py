"""Where speech begins and ends: silero-vad's network (bundled with its package) on onnxruntime, without torch.

Knows speech from silence and noise. Does not know whose speech, nor what was said.
"""

from __future__ import annotations

import functools
import threading
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.sound import RATE, Samples

FRAME, CONTEXT = 512, 64  # samples of one frame (32 ms), and of the one before that the network sees with it
SPEECH = 0.5  # probability above which a frame is speech
SHORTEST = 5  # frames of speech (160 ms) below which nothing was said
MARGIN = int(0.2 * RATE)  # samples kept around the speech
FRAMES_AT_ONCE = 512

_lock = threading.Lock()


def speech_span(samples: Samples) -> tuple[int, int] | None:
    """(start, end) in samples around all speech in `samples` (n,) at 16 kHz; None when nobody speaks."""
    spoken = np.flatnonzero(probabilities(samples) > SPEECH)
    if len(spoken) < SHORTEST:
        return None
    start, end = spoken[0] * FRAME - MARGIN, (spoken[-1] + 1) * FRAME + MARGIN
    return max(0, int(start)), min(len(samples), int(end))


def probabilities(samples: Samples) -> NDArray[np.float32]:
    """(ceil(n / 512),) chance of speech per frame, each frame seen with the 64 samples before it."""
    count = -(-len(samples) // FRAME)
    whole = np.pad(samples, (CONTEXT, count * FRAME - len(samples)))
    frames = np.lib.stride_tricks.sliding_window_view(whole, CONTEXT + FRAME)[::FRAME] if count else whole[:0]
    state = {"h": np.zeros((1, 1, 128), np.float32), "c": np.zeros((1, 1, 128), np.float32)}
    heard: list[NDArray[np.float32]] = [np.zeros(0, np.float32)]
    for first in range(0, count, FRAMES_AT_ONCE):
        block = np.ascontiguousarray(frames[first : first + FRAMES_AT_ONCE], np.float32)
        values, state["h"], state["c"] = _network().run(["speech_probs", "hn", "cn"], {"input": block, **state})
        heard.append(values.reshape(-1))
    return np.concatenate(heard)


def _network() -> Any:
    with _lock:
        return _loaded()


@functools.cache
def _loaded() -> Any:
    import importlib.util

    import onnxruntime

    package = importlib.util.find_spec("silero_vad")  # found, not imported: importing it would import torch
    assert package and package.origin
    options = onnxruntime.SessionOptions()
    options.inter_op_num_threads = options.intra_op_num_threads = 1
    path = Path(package.origin).parent / "data" / "silero_vad_16k_sequence.onnx"
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
