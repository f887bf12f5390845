"""Files of the page: each its sender's own, read once, then gone."""

import os
import time
from pathlib import Path

import pytest

from assistant.errors import BadInput
from assistant.uploads import LARGEST, Uploads, sample


@pytest.fixture
def uploads(tmp_path: Path) -> Uploads:
    return Uploads(tmp_path / "in")


def left(uploads: Uploads) -> list[str]:
    return sorted(path.name for path in uploads.root.rglob("*") if path.is_file())


def test_a_file_is_deleted_once_it_is_read(uploads: Uploads) -> None:
    handle = uploads.put("ana", "a.png", b"data")
    assert uploads.take("ana", handle).data == b"data"
    assert left(uploads) == []
    with pytest.raises(BadInput, match="upload_gone"):
        uploads.take("ana", handle)


def test_a_handle_opens_nothing_for_anybody_else(uploads: Uploads) -> None:
    handle = uploads.put("ana", "a.png", b"data")
    for person in ("ben", "", ".", "ana/.."):
        with pytest.raises(BadInput):
            uploads.find(person, f"../ana/{handle}" if person == "ben" else handle.replace("a", "b", 1))
    assert uploads.find("ana", handle).read_bytes() == b"data"


def test_a_path_is_no_handle_and_is_left_alone(uploads: Uploads) -> None:
    token, _, _ = uploads.put("ana", "a.png", b"data").partition("/")
    secret = uploads.root.parent / "secret.txt"
    secret.write_text("mine")
    (uploads.root / "ana" / token / "link.png").symlink_to(secret)
    for path in (
        str(secret),
        "../secret.txt",
        f"{token}/../../../secret.txt",
        f"{token}/link.png",
        f"{token}/..",
        token,
    ):
        with pytest.raises(BadInput):
            uploads.take("ana", path)
    assert secret.read_text() == "mine"


def test_what_is_too_large_or_too_much_is_refused_and_not_kept(uploads: Uploads) -> None:
    with pytest.raises(BadInput, match="upload_too_large"):
        uploads.put("ana", "a.csv", bytes(LARGEST + 1))
    assert left(uploads) == []


def test_forgetting_a_person_deletes_their_files_and_no_others(uploads: Uploads) -> None:
    uploads.put("ana", "a.png", b"data")
    kept = uploads.put("ben", "b.png", b"data")
    uploads.forget("ana")
    assert left(uploads) == ["b.png"]
    assert uploads.find("ben", kept)


def test_a_file_no_request_came_for_is_swept_away_and_a_fresh_one_stays(uploads: Uploads) -> None:
    old = uploads.find("ana", uploads.put("ana", "old.png", b"data"))
    hour_ago = time.time() - 3700
    os.utime(old, (hour_ago, hour_ago))
    uploads.put("ana", "new.png", b"data")
    uploads.sweep()
    assert left(uploads) == ["new.png"]
    uploads.sweep(kept=-1)
    assert list(uploads.root.rglob("*")) == []


def test_files_are_told_apart_by_their_names(uploads: Uploads) -> None:
    handles = [uploads.put("ana", name, b"data") for name in ("a.PNG", "b.wav", "c.csv", "d.jpeg")]
    pictures, sounds, others = uploads.take_all("ana", handles)
    names = [[item.name for item in group] for group in (pictures, sounds, others)]
    assert names == [["a.PNG", "d.jpeg"], ["b.wav"], ["c.csv"]]


def test_only_the_projects_own_samples_can_be_named() -> None:
    assert sample("../../app.py") is None
    photo = sample("photo")
    assert photo is not None
    assert photo.data.startswith(b"\x89PNG")
