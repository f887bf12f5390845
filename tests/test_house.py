"""The house keeps its shape: what each part may import, and where heavy libraries live."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = [
    {"assistant.settings", "assistant.errors", "assistant.clock", "assistant.money", "assistant.fx", "assistant"},
    {
        "assistant.store",
        "assistant.folder",
        "assistant.request",
        "assistant.redaction",
        "assistant.reply",
        "assistant.merchant",
        "assistant.acp",
        "assistant.charts",
        "assistant.pace",
    },
    {"models"},
    {
        "assistant.senses",
        "assistant.language",
        "assistant.payments",
        "assistant.wealth",
        "assistant.shop",
        "assistant.stage",
        "assistant.flash",
    },
    {"assistant.handlers", "assistant.demo", "assistant.conversation", "assistant.uploads"},
    {"assistant.core", "assistant.migrations"},
    {
        "assistant.protocols",
        "assistant.ui",
        "assistant.cli",
        "assistant.commands",
        "assistant.serve",
        "assistant.door",
        "assistant.tenants",
        "assistant.terminal",
        "assistant.doctor",
        "assistant.selftest",
    },
    {"app"},
]
OWNERS = {
    "torch": ("models",),
    "whisper": ("models",),
    "transformers": ("models",),
    "onnxruntime": ("models",),
    "gradio": ("assistant.ui", "app"),
    "stripe": ("assistant.payments.provider",),
}
HEAVY = {*OWNERS, "rapidocr", "cv2", "pocketsphinx", "tantivy", "faiss", "zxingcpp", "silero_vad"}
SOURCES = [p for folder in ("assistant", "models") for p in (ROOT / folder).rglob("*.py")] + [ROOT / "app.py"]


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    checking = {id(n) for b in ast.walk(tree) if isinstance(b, ast.If) and "TYPE_CHECKING" in ast.dump(b.test)
                for n in ast.walk(b)}  # fmt: skip
    for node in ast.walk(tree):
        if id(node) in checking:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def floor_of(module: str) -> int | None:
    best = [(len(name), floor) for floor, names in enumerate(FLOORS) for name in names
            if module == name or module.startswith(name + ".")]  # fmt: skip
    return max(best)[1] if best else None


@pytest.mark.parametrize("path", SOURCES, ids=module_of)
def test_imports_go_down_the_house(path: Path) -> None:
    mine = floor_of(module_of(path))
    assert mine is not None, f"{path} stands on no floor"
    for name in imports(path):
        if name.split(".")[0] in ("assistant", "models", "app"):
            below = floor_of(name)
            assert below is not None and below <= mine, f"{module_of(path)} may not import {name}"


@pytest.mark.parametrize("path", SOURCES, ids=module_of)
def test_rooms_do_not_know_each_other(path: Path) -> None:
    rooms = FLOORS[3]
    own = {room for room in rooms if module_of(path).startswith(room)}
    if own:
        strangers = rooms - own
        assert not {n for n in imports(path) if any(n == s or n.startswith(s + ".") for s in strangers)}


@pytest.mark.parametrize("path", SOURCES, ids=module_of)
def test_heavy_libraries_have_one_owner(path: Path) -> None:
    for name in imports(path):
        owners = OWNERS.get(name.split(".")[0])
        assert owners is None or module_of(path).startswith(owners), f"{module_of(path)} imports {name}"


@pytest.mark.parametrize("path", SOURCES, ids=module_of)
def test_nothing_heavy_is_imported_at_the_top(path: Path) -> None:
    top: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            top |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            top.add((node.module or "").split(".")[0])
    allowed = {"gradio"} if module_of(path).startswith(("assistant.ui", "app")) else set()
    assert not top & HEAVY - allowed
