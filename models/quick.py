"""Whisper made quick on a CPU without other weights: int8 products, a short encoder, and a guard that falls back.

Measured before it was built (models/cards/whisper.md): openai-whisper's own linear layers are invisible to torch's
quantisation, and the product with the whole vocabulary is half a small model's work per word. Used only once the
bundled clips came out alike both ways with the weights at hand (`models/whisper.py`).
"""

import contextlib
import ctypes
import gc
import re
import warnings
from types import MethodType
from typing import Any

from models.sound import RATE, Samples

FRAMES = 100  # of the log-mel spectrogram a second
LEAST, MARGIN, WINDOW = 10 * FRAMES, 250, 30 * FRAMES  # frames the encoder sees at least, past the end, and at most
LONGEST = (WINDOW - MARGIN) // FRAMES  # seconds of sound that may be shortened
REPEATED, UNLIKELY = 2.4, -1.0  # stock's own limits of compression ratio and mean log probability
STUTTER = re.compile(r"(.{4,})\1\1")  # the same letters three times over: what a short encoder may fall into


def quickened(model: Any) -> Any:
    """`model` (whisper.model.Whisper, float32, CPU), changed in place: about a third of its memory."""
    import torch
    from torch.ao.quantization import per_channel_dynamic_qconfig, quantize_dynamic

    decoder, encoder = model.decoder, model.encoder
    words, width = decoder.token_embedding.weight.shape
    decoder.head = torch.nn.Linear(width, words, bias=False)
    decoder.head.weight = decoder.token_embedding.weight
    for parent in list(model.modules()):
        for name, child in parent.named_children():
            if isinstance(child, torch.nn.Linear):
                setattr(parent, name, _plain(child))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch wants this elsewhere one day; its version is pinned
        quantize_dynamic(model, {torch.nn.Linear: per_channel_dynamic_qconfig}, inplace=True)  # type: ignore[no-untyped-call]
    decoder.token_embedding.weight = torch.nn.Parameter(decoder.token_embedding.weight.half(), requires_grad=False)
    decoder.start = 50258 if model.is_multilingual else 50257  # <|startoftranscript|>
    decoder.forward = MethodType(_decoded, decoder)
    encoder.forward = MethodType(encoded, encoder)
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):  # glibc would keep what the float weights took
        ctypes.CDLL(None).malloc_trim(0)
    return model


def _plain(layer: Any) -> Any:
    """The same numbers in torch's own class, which its quantisation recognises."""
    import torch

    plain = torch.nn.Linear(layer.in_features, layer.out_features, bias=layer.bias is not None)
    plain.weight, plain.bias = layer.weight, layer.bias
    return plain


def encoded(encoder: Any, mel: Any) -> Any:
    """`AudioEncoder.forward` for any (1, n_mels, frames) of at most 30 s."""
    from torch.nn.functional import gelu

    x = gelu(encoder.conv2(gelu(encoder.conv1(mel)))).permute(0, 2, 1)
    x = x + encoder.positional_embedding[: x.shape[1]]
    for block in encoder.blocks:
        x = block(x)
    return encoder.ln_post(x)


def _decoded(decoder: Any, tokens: Any, sound: Any, kv_cache: Any = None) -> Any:
    """`TextDecoder.forward`: (1, tokens, vocabulary), true only where `decode` looks, at the start and at the end."""
    before = next(iter(kv_cache.values())).shape[1] if kv_cache else 0
    x = decoder.token_embedding(tokens).float() + decoder.positional_embedding[before : before + tokens.shape[1]]
    for block in decoder.blocks:
        x = block(x, sound, mask=decoder.mask, kv_cache=kv_cache)
    x = decoder.ln(x)
    looked = tokens[0] == decoder.start
    looked[-1] = True
    logits = x.new_empty(*tokens.shape, decoder.head.out_features)
    logits[:, looked] = decoder.head(x[:, looked])
    return logits


def spectrogram(samples: Samples, bands: int) -> Any:
    """(bands, frames): the sound and a margin, at least ten seconds, filled up with the floor that silence has."""
    import torch
    from whisper.audio import log_mel_spectrogram

    mel = log_mel_spectrogram(samples, n_mels=bands)
    frames = min(WINDOW, max(LEAST, mel.shape[1] + MARGIN) // 2 * 2)
    return torch.nn.functional.pad(mel, (0, frames - mel.shape[1]), value=float(mel.max() - 2.0))


def decode(model: Any, samples: Samples, **options: Any) -> Any:
    """A `whisper.DecodingResult` of at most 27 s of sound; None when it stutters or is unlikely: hear it in full."""
    from whisper import DecodingOptions
    from whisper import decode as stock

    if len(samples) > LONGEST * RATE:
        return None
    asked = DecodingOptions(temperature=0.0, without_timestamps=True, fp16=False, **options)
    result = stock(model, spectrogram(samples, model.dims.n_mels), asked)
    odd = result.compression_ratio > REPEATED or result.avg_logprob < UNLIKELY or STUTTER.search(result.text)
    return None if odd else result
