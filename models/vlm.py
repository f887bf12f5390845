"""A small vision-language model that says what a picture shows: SmolVLM-256M, or a larger one by its folder.

Its sentence is evidence for a person to read: nothing is taken from it. It is given pixels, never a file.
"""

from __future__ import annotations

import functools
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import Unavailable

if TYPE_CHECKING:
    from PIL.Image import Image

REPO = "HuggingFaceTB/SmolVLM-256M-Instruct"
QUESTION = "What is this? Answer in one sentence."
TOKENS, LONGEST = 60, 300  # of an answer; characters of it that are kept
SIDE = 1024  # pixels of the longer side that are looked at
SECONDS = 20.0  # that an answer may take

_one = threading.Lock()


def name(folder: Path) -> str:
    """What the checkpoint calls itself: its folder, or its repository in the hub's cache."""
    cached = folder.parent.name == "snapshots"
    return folder.parent.parent.name.rpartition("--")[2] if cached else folder.name


@functools.lru_cache(maxsize=1)
def _loaded(folder: Path) -> tuple[Any, Any]:
    import torch
    import transformers

    known: Any = transformers
    graphics = torch.cuda.is_available()
    model = known.AutoModelForImageTextToText.from_pretrained(
        folder, local_files_only=True, dtype=torch.bfloat16 if graphics else torch.float32
    )
    processor = known.AutoProcessor.from_pretrained(folder, local_files_only=True)
    processor.image_processor.do_image_splitting = graphics  # seventeen tiles take a processor half a minute
    return processor, model.to("cuda" if graphics else "cpu").eval()


def tell(picture: Image, folder: Path) -> str:
    """One greedy sentence about `picture` (RGB); may be empty. Raises `Unavailable` for an unusable checkpoint."""
    import torch

    talk = [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": QUESTION}]}]
    try:
        with _one, torch.inference_mode():
            processor, model = _loaded(folder)
            words = processor.apply_chat_template(talk, add_generation_prompt=True)
            given = processor(text=words, images=[picture], return_tensors="pt").to(model.device, model.dtype)
            made = model.generate(**given, max_new_tokens=TOKENS, do_sample=False, max_time=SECONDS)
            said = processor.decode(made[0][given["input_ids"].shape[1] :], skip_special_tokens=True)
    except (OSError, ValueError, RuntimeError, KeyError, ImportError) as fault:
        raise Unavailable("eye_unusable", path=str(folder)) from fault
    return " ".join(said.split())[:LONGEST]
