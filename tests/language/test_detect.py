"""The language of a sentence; a text that gives no hint stays where the conversation is."""

import pytest

from assistant.language import detect
from assistant.request import LANGUAGES, Language

CLEAR: list[tuple[str, Language]] = [
    ("Pay Alice 12.50", "en"), ("a red desk lamp under 40 euros", "en"), ("no, make it 5", "en"),
    ("and last year?", "en"),
    ("Paie 12,50 € à Alice", "fr"), ("une lampe de bureau rouge à moins de 40 euros", "fr"), ("oui", "fr"),
    ("annule", "fr"),
    ("et l'année dernière ?", "fr"), ("Montre la courbe", "fr"),
    ("给Alice转12.50欧元", "zh"), ("台灯", "zh"), ("取消", "zh"),
    ("transfer ¥500 to 李雷", "en"), ("pay 韩梅梅 please", "en"), ("envoie 20 euros à 李雷", "fr"),
    ("我想买iPhone的case", "zh"),
    ("支付宝和WeChat Pay分别花了多少", "zh"), ("find 绿茶 under 20", "en"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "language"), CLEAR)
@pytest.mark.parametrize("before", LANGUAGES)
def test_a_clear_sentence_is_recognised_whatever_came_before(text: str, language: Language, before: Language) -> None:
    assert detect(text, before) == language


@pytest.mark.parametrize("text", ["12.50", "ok", "", "Alice", "💸", "9521234567899"])
@pytest.mark.parametrize("before", LANGUAGES)
def test_a_neutral_text_keeps_the_language(text: str, before: Language) -> None:
    assert detect(text, before) == before
