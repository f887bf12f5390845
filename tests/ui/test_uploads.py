"""Files of the page: believed only inside Gradio's folder, read once, then gone."""

from pathlib import Path

import pytest

from assistant.errors import BadInput
from assistant.ui import uploads


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "in"))
    (tmp_path / "in" / "hash").mkdir(parents=True)
    return tmp_path / "in"


def put(folder: Path, name: str) -> str:
    (folder / "hash" / name).write_bytes(b"data")
    return str(folder / "hash" / name)


def test_a_file_is_deleted_once_it_is_read(folder: Path) -> None:
    path = put(folder, "a.png")
    assert uploads.take(path).data == b"data"
    assert not Path(path).parent.exists()


def test_a_path_from_anywhere_else_is_refused_and_left_alone(folder: Path) -> None:
    secret = folder.parent / "secret.txt"
    secret.write_text("mine")
    for path in (str(secret), str(folder / "hash" / ".." / ".." / "secret.txt"), "/etc/hostname", str(folder)):
        with pytest.raises(BadInput):
            uploads.take(path)
    assert secret.read_text() == "mine"


def test_a_link_out_of_the_folder_is_refused(folder: Path) -> None:
    secret = folder.parent / "secret.txt"
    secret.write_text("mine")
    (folder / "hash" / "link.png").symlink_to(secret)
    with pytest.raises(BadInput):
        uploads.take(str(folder / "hash" / "link.png"))


def test_files_are_told_apart_by_their_names(folder: Path) -> None:
    paths = [put(folder, name) for name in ("a.PNG", "b.wav", "c.csv", "d.jpeg")]
    pictures, sounds, others = uploads.take_all(paths)
    names = [[item.name for item in group] for group in (pictures, sounds, others)]
    assert names == [["a.PNG", "d.jpeg"], ["b.wav"], ["c.csv"]]


def test_only_the_projects_own_samples_can_be_named() -> None:
    assert uploads.sample("../../app.py") is None
    photo = uploads.sample("photo")
    assert photo is not None
    assert photo.data.startswith(b"\x89PNG")
