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
FADED = 0.35  # probability below which a frame is quiet; between the two it counts as neither
QUIET = 15  # frames of quiet (480 ms) after speech that end it
PAUSE = -(-MARGIN // FRAME)  # frames of quiet after which all of `speech_span` has been heard, should that be the end

_lock = threading.Lock()


class Stream:
    """The network on sound that comes in pieces of any size; where they are cut makes no difference."""

    def __init__(self) -> None:
        self._waiting = np.zeros(CONTEXT, np.float32)
        self._state = {"h": np.zeros((1, 1, 128), np.float32), "c": np.zeros((1, 1, 128), np.float32)}

    def push(self, samples: Samples) -> NDArray[np.float32]:
        """The chance of speech in each frame that is now whole; the rest waits for the next piece."""
        sound = np.concatenate([self._waiting, samples])
        count = (len(sound) - CONTEXT) // FRAME
        self._waiting = sound[count * FRAME :]
        windows = np.lib.stride_tricks.sliding_window_view(np.pad(sound, (0, CONTEXT + FRAME)), CONTEXT + FRAME)
        frames = windows[: count * FRAME : FRAME]
        heard: list[NDArray[np.float32]] = [np.zeros(0, np.float32)]
        for first in range(0, count, FRAMES_AT_ONCE):
            block = np.ascontiguousarray(frames[first : first + FRAMES_AT_ONCE], np.float32)
            values, h, c = _network().run(["speech_probs", "hn", "cn"], {"input": block, **self._state})
            self._state = {"h": h, "c": c}
            heard.append(values.reshape(-1))
        return np.concatenate(heard)


class Endpoint:
    """Follows a person who speaks: whether they have begun, and whether they have been quiet long enough since."""

    def __init__(self) -> None:
        self._stream = Stream()
        self._spoken = self._quiet = 0

    def push(self, samples: Samples) -> None:
        for chance in self._stream.push(samples):
            self._spoken += bool(chance > SPEECH)
            self._quiet = 0 if chance > SPEECH else self._quiet + bool(chance < FADED)

    @property
    def began(self) -> bool:
        return self._spoken >= SHORTEST

    @property
    def paused(self) -> bool:
        return self.began and self._quiet > PAUSE

    @property
    def ended(self) -> bool:
        return self.began and self._quiet >= QUIET


def speech_span(samples: Samples) -> tuple[int, int] | None:
    """(start, end) in samples around all speech in `samples` (n,) at 16 kHz; None when nobody speaks."""
    spoken = np.flatnonzero(probabilities(samples) > SPEECH)
    if len(spoken) < SHORTEST:
        return None
    start, end = spoken[0] * FRAME - MARGIN, (spoken[-1] + 1) * FRAME + MARGIN
    return max(0, int(start)), min(len(samples), int(end))


def probabilities(samples: Samples) -> NDArray[np.float32]:
    """(ceil(n / 512),) chance of speech per frame, each frame seen with the 64 samples before it."""
    return Stream().push(np.pad(samples, (0, -len(samples) % FRAME)))


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
