"""SigLIP 2 (Tschannen et al. 2025), where its weights are: the same look as the shipped model's, by words.

Every kind and class is a sentence; what the text tower makes of them is computed once for a checkpoint and kept, so
that only the image tower stays in memory. Runs inside the senses' worker.
"""

from __future__ import annotations

import contextlib
import functools
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import Unavailable
from models import vision
from models.weights import stamp

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

REPO = "google/siglip2-base-patch16-224"
KINDS = {
    "invoice": "an invoice or a bill on a page", "receipt": "a receipt of a shop on a narrow slip",
    "price_tag": "a price tag on a shelf", "statement": "a bank statement with dated rows",
    "code": "a barcode or a QR code", "product": "a product for sale", "other": "a place, a person or a landscape",
}  # fmt: skip
GOODS = {"drink": "a bottle or a can", "carton": "a box of food", "produce": "fruit or vegetables", "shoe": "shoes"}


class Siglip:
    """`folder`: a checkpoint as its hub has it, of `SiglipModel`, with its tokenizer and image processor."""

    NAME = "SigLIP 2"

    def __init__(self, folder: Path, cache: Path = vision.CACHE) -> None:
        self._folder = folder
        self._words = cache / f"siglip-{stamp(folder)}.npy"
        self._one = threading.Lock()

    def load(self) -> None:
        """Load it now; later calls return at once. Raises `Unavailable` for what is no such checkpoint."""
        try:
            with self._one:
                _ = self._parts
        except (OSError, ValueError, RuntimeError, KeyError, ImportError) as fault:
            raise Unavailable("eye_unusable", path=str(self._folder)) from fault

    @functools.cached_property
    def _parts(self) -> tuple[Any, Any, NDArray[np.float32]]:
        import torch
        import transformers

        known: Any = transformers
        torch.set_num_threads(1)
        model, told = known.SiglipVisionModel.from_pretrained(
            self._folder, local_files_only=True, dtype=torch.float32, output_loading_info=True
        )
        if told["missing_keys"] or told["mismatched_keys"]:
            raise ValueError("weights of another model")
        prepare = known.AutoImageProcessor.from_pretrained(self._folder, local_files_only=True)
        return prepare, model.eval(), self._sentences()

    def _sentences(self) -> NDArray[np.float32]:
        """[labels, width]: each label's sentence at length 1, times the model's own scale."""
        import numpy as np

        if not self._words.exists():
            made = self._told()
            with contextlib.suppress(OSError):  # a folder that cannot be written: told anew at each start
                self._words.parent.mkdir(exist_ok=True)
                np.save(self._words, made)
            return made
        kept: NDArray[np.float32] = np.load(self._words)
        return kept

    def _told(self) -> NDArray[np.float32]:
        """SigLIP learned from sentences in small letters, filled up to the longest, without a mask."""
        import torch
        import transformers

        known: Any = transformers
        whole = known.SiglipModel.from_pretrained(self._folder, local_files_only=True, dtype=torch.float32).eval()
        words = known.AutoTokenizer.from_pretrained(self._folder, local_files_only=True)
        longest = whole.config.text_config.max_position_embeddings
        texts = [f"this is a photo of {KINDS.get(name) or GOODS.get(name) or name}." for name in vision.names()]
        ids = words(texts, padding="max_length", max_length=longest, truncation=True, return_tensors="pt").input_ids
        with torch.inference_mode():
            rows = torch.nn.functional.normalize(whole.get_text_features(input_ids=ids).pooler_output)
            made: NDArray[np.float32] = (rows * whole.logit_scale.exp()).numpy()
        return made

    def look(self, picture: Image) -> vision.Look:
        """One pass of the image tower; `features` is its embedding at length 1."""
        import torch

        self.load()
        prepare, model, sentences = self._parts
        with self._one, torch.inference_mode():
            seen = prepare(images=picture.convert("RGB"), return_tensors="pt")
            row = torch.nn.functional.normalize(model(**seen).pooler_output)[0].numpy()
        return vision.looked(sentences @ row, row)
