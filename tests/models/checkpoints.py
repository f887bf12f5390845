"""Tiny checkpoints with random weights, saved as the hub's are: model, tokenizer, processor and chat template."""

from pathlib import Path
from typing import Any

PIECES = ["<pad>", "<unk>", "<eos>", "<image>", "<fake_token_around_image>", "<end_of_utterance>", "<global-img>"]
WORDS = [
    "what",
    "is",
    "this",
    "answer",
    "in",
    "one",
    "sentence",
    "user",
    "assistant",
    "a",
    "red",
    "blue",
    "lamp",
    "shoe",
]
TEMPLATE = (
    "{% for m in messages %}{{ m['role'] }} {% for part in m['content'] %}"
    "{{ '<image>' if part['type'] == 'image' else part['text'] }} {% endfor %}<end_of_utterance> {% endfor %}assistant"
)


def siglip(folder: Path, seed: int = 0) -> Path:
    """The layout of google/siglip2-base-patch16-224, 32 numbers wide."""
    import torch
    from transformers import GemmaTokenizer, SiglipConfig, SiglipModel, SiglipProcessor
    from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil

    small = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    vocabulary = {piece: at for at, piece in enumerate(["<pad>", "<eos>", "<bos>", "<unk>", *map(chr, range(33, 127))])}
    words = GemmaTokenizer(vocab=vocabulary | {"▁": len(vocabulary)}, merges=[])
    config = SiglipConfig(
        text_config={**small, "vocab_size": len(words), "max_position_embeddings": 64, "projection_size": 32},
        vision_config={**small, "image_size": 32, "patch_size": 8},
    )
    torch.manual_seed(seed)
    SiglipModel(config).save_pretrained(folder)
    SiglipProcessor(SiglipImageProcessorPil(size={"height": 32, "width": 32}), words).save_pretrained(folder)
    return folder


def smolvlm(folder: Path) -> Path:
    """The layout of HuggingFaceTB/SmolVLM-256M-Instruct: Idefics3, one tile of 32 pixels, 4 tokens of it."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import (
        Idefics3Config,
        Idefics3ForConditionalGeneration,
        Idefics3Processor,
        PreTrainedTokenizerFast,
    )
    from transformers.models.idefics3.image_processing_pil_idefics3 import Idefics3ImageProcessorPil

    vocabulary = {piece: at for at, piece in enumerate([*PIECES, *WORDS])}
    pieces = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    pieces.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=pieces, unk_token="<unk>", pad_token="<pad>", eos_token="<end_of_utterance>",
        additional_special_tokens=PIECES[3:],
    )  # fmt: skip
    small: dict[str, Any] = {
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
    }
    config = Idefics3Config(
        text_config={**small, "model_type": "llama", "vocab_size": len(vocabulary), "num_key_value_heads": 2,
                     "pad_token_id": 0, "eos_token_id": PIECES.index("<end_of_utterance>"), "bos_token_id": 1},
        vision_config={**small, "image_size": 32, "patch_size": 8},
        image_token_id=PIECES.index("<image>"), scale_factor=2, pad_token_id=0,
    )  # fmt: skip
    torch.manual_seed(1)
    Idefics3ForConditionalGeneration(config).save_pretrained(folder)
    tiles = Idefics3ImageProcessorPil(size={"longest_edge": 64}, max_image_size={"longest_edge": 32})
    Idefics3Processor(tiles, tokenizer, image_seq_len=4, chat_template=TEMPLATE).save_pretrained(folder)
    return folder
