"""What is documented is what is published: docs/json.md, the README's settings, the Space's front matter."""

import dataclasses
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from assistant import reply, stage
from assistant.flash import card
from assistant.settings import NAMES, Settings

ROOT = Path(__file__).parents[1]
PARTS = {
    "payee": reply.PayeeView,
    "sum_line": reply.SumLine,
    "link": reply.Link,
    "control": card.Control,
    "result": card.Result,
    "product": reply.ProductView,
    "chip": reply.Chip,
    "cart_part": reply.CartPart,
    "cart_line": reply.CartLine,
    "compare_row": reply.CompareRow,
    "choice": reply.Choice,
    "tile": reply.Tile,
    "choosable": reply.Choosable,
    "document_field": reply.DocumentField,
    "remembered": reply.Remembered,
    "proof_step": stage.ProofStep,
}
OF_EVERY_CARD = {"id", "actions"}


def documented() -> dict[str, set[str]]:
    """Name of each heading in backticks -> the fields of the table beneath it."""
    text = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    sections = re.split(r"^#+ `(\w+)`$", text, flags=re.MULTILINE)[1:]
    return {
        name: set(re.findall(r"^\| `(\w+)` \|", body.split("\n#")[0], re.MULTILINE))
        for name, body in zip(sections[::2], sections[1::2], strict=True)
    }


def published(kind: type[Any]) -> set[str]:
    return {item.name for item in dataclasses.fields(kind)} - reply.PRIVATE


@pytest.mark.parametrize("kind", reply.CARDS)
def test_every_card_is_documented_field_by_field(kind: str) -> None:
    assert documented()[kind] == published(reply.CARDS[kind]) - OF_EVERY_CARD


@pytest.mark.parametrize(("name", "kind"), [*PARTS.items(), ("action", reply.Action), ("reply", reply.Reply)])
def test_every_part_of_a_card_is_documented_field_by_field(name: str, kind: type[Any]) -> None:
    assert documented()[name] == published(kind)


def test_nothing_is_documented_that_is_not_published() -> None:
    assert set(documented()) == set(reply.CARDS) | set(PARTS) | {"action", "reply"}


@pytest.mark.parametrize("item", dataclasses.fields(Settings), ids=lambda item: item.name)
def test_every_setting_stands_in_the_readme_and_the_example_file(item: dataclasses.Field[Any]) -> None:
    name = NAMES.get(item.name, f"LUEUR_{item.name.upper()}")
    assert f"`{name}`" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"#{name}=" in (ROOT / ".env.example").read_text(encoding="utf-8")


def test_the_space_runs_the_gradio_that_is_pinned() -> None:
    front = (ROOT / "README.md").read_text(encoding="utf-8").split("---")[1]
    pins = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    shown = re.search(r"^sdk_version: (\S+)$", front, re.MULTILINE)
    assert shown
    assert f"gradio=={shown[1]}" in pins


def test_every_test_that_the_readme_names_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert named
    for path, function in named:
        source = (ROOT / path).read_text(encoding="utf-8")
        assert not function or f"def {function}(" in source, f"{path} has no {function}"


def test_the_readme_names_only_commands_that_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"`?make ([a-z-]+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert {"run", "test"} <= named <= targets


def test_every_decision_says_context_decision_consequence_and_what_was_measured() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert decisions
    for path in decisions:
        text = path.read_text(encoding="utf-8")
        for part in ("**Context.**", "**Decision.**", "**Consequence.**", "**Measured.**"):
            assert part in text, f"{path.name} lacks {part}"
