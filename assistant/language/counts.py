"""What a number counts, beside a product: three lamps, 两块香皂; or the name it is a part of (mp3, LU-104)."""

from assistant.language.lexicon import lexicon
from assistant.language.numbers import Number
from assistant.language.sentence import Sentence

COUNTED = 4  # tokens from a number to the product it counts: "two small red mugs"


def counted(said: Sentence, hit: Number, kept: bool) -> tuple[int, int] | None:
    """三个台灯, "3 bottles of oil": how many are wanted (0: one), and the token after the counter."""
    at, count = hit.end, hit.values[0]
    if pieces(said, at + 1):
        return (int(count) if count > 1 else 0), at + 1
    counter = at < len(said.words) and said.words[at] in lexicon(said.language)["list"]["counter"]
    if kept or not counter or is_no_counter(said, at) or not 1 < count < 100 or count != int(count):
        return None
    alone = said.language == "zh" and at + 1 == len(said.words)  # 改成两个
    return (int(count), at + 1) if names_soon(said, at) or alone else None


def pieces(said: Sentence, at: int) -> bool:
    """两块香皂: 块 before what is counted by the piece is no money."""
    return at < len(said.words) and said.words[at - 1] == "块" and said.says("by_piece", at, at + COUNTED)


def is_no_counter(said: Sentence, at: int) -> bool:
    """台 in 台灯."""
    return any(first == at for first, _ in said.sold)


def names_soon(said: Sentence, at: int) -> bool:
    """Whether what is sold is named soon after token `at`, before any mark."""
    stop = next((i for i in range(at, len(said.tokens)) if said.tokens[i].kind == "mark"), len(said.tokens))
    return any(at <= first < min(at + COUNTED, stop) for first, _ in said.sold)


def is_part(said: Sentence, first: int, last: int) -> bool:
    """Of a word it is written into or of a phrase of asking."""
    start, end = said.tokens[first].start, said.tokens[last - 1].end
    before, after = said.text[:start].rstrip("-_/"), said.text[end:].lstrip("-_/")
    glued = (before[-1:].isascii() and before[-1:].isalpha()) or (after[:1].isascii() and after[:1].isalpha())
    return bool(glued or said.at("search", first))
