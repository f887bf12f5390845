"""The quick way of Whisper against stock's: same words from the micro checkpoint, same numbers from random weights."""

from typing import Any

import numpy as np
import pytest

from models import quick
from models.sound import RATE


def network(seed: int = 3) -> Any:
    """A multilingual Whisper of two small layers with random weights."""
    import torch
    from whisper.model import ModelDimensions, Whisper

    torch.manual_seed(seed)
    model = Whisper(ModelDimensions(80, 1500, 128, 2, 2, 51865, 448, 128, 2, 2)).eval()
    for parameter in (model.decoder.positional_embedding, model.decoder.token_embedding.weight):
        torch.nn.init.normal_(parameter, std=0.1)
    return model


def test_every_product_becomes_int8_and_the_memory_shrinks() -> None:
    import torch

    model = quick.quickened(network())
    products = [m for m in model.modules() if type(m).__name__ == "Linear"]
    assert len(products) == 2 * 6 + 2 * 10 + 1  # a layer of the encoder, of the decoder, the vocabulary
    assert all(type(m).__module__.startswith("torch.ao.nn.quantized") for m in products)
    assert model.decoder.token_embedding.weight.dtype == torch.float16


def test_the_quick_networks_numbers_are_stocks_within_what_int8_costs() -> None:
    import torch

    mel, tokens = torch.randn(1, 80, 3000), torch.tensor([[50258, 50259, 50359, 50363, 400, 500]])
    with torch.no_grad():
        wanted = network()(mel, tokens)[0]
        found = quick.quickened(network())(mel, tokens)[0]
    for place in (0, -1):  # where a decoder looks
        likeness = torch.nn.functional.cosine_similarity(wanted[place], found[place], dim=0)
        assert float(likeness) > 0.99


def test_a_short_sound_is_heard_in_ten_seconds_and_a_long_one_in_its_length() -> None:
    second = np.zeros(RATE, np.float32)
    assert quick.spectrogram(np.tile(second, 3), 80).shape == (80, 1000)
    assert quick.spectrogram(np.tile(second, 12), 80).shape == (80, 1450)
    assert quick.decode(network(), np.tile(second, 28), language="en") is None


@pytest.mark.parametrize(
    ("text", "stutter"),
    [("pay alice pay alice pay alice now", True), ("付给爱丽丝付给爱丽丝付给爱丽丝", True),
     ("pay alice twelve euros fifty", False), ("no, not fifteen, fifty", False)],
)  # fmt: skip
def test_a_stutter_is_told_from_speech(text: str, stutter: bool) -> None:
    assert bool(quick.STUTTER.search(text)) == stutter
