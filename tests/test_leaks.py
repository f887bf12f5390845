"""The scan that the whole run ends with (tests/conftest.py) sees what it is for, and nothing in what is allowed."""

import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.leaks import PIECE, leaks

PLANTED = {
    "card number": ["4242 4242 4242 4242", "5555555555554444", "3782-822463-10005"],
    "secret key": ["sk_test_51Habcdefgh", "whsec_abcdefgh12345"],
    "secret of the folder": ["the-token-of-this-folder"],
    "IBAN": ["FR14 2004 1010 0505 0001 3M02 606"],
}
HARMLESS = ["0.4242424242424242", "pay_4242424242424242abcd", "2026-11-22T18:57:28.123456+00:00", "1234567890123456",
            "•••• 4242"]  # fmt: skip


@pytest.fixture
def folder() -> Iterator[Path]:
    """Gone after the test: what is planted in it is no leak of the run."""
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in PLANTED.items() for text in texts])
def test_a_secret_in_a_log_is_found(folder: Path, kind: str, text: str) -> None:
    (folder / "token").write_text("the-token-of-this-folder")
    (folder / "lueur.log").write_text(f"2026-11-22 WARNING something said {text} here\n")
    assert list(leaks(folder)) == [f"lueur.log: {kind}"]


@pytest.mark.parametrize("text", [text for kind, texts in PLANTED.items() if kind != "IBAN" for text in texts])
def test_a_secret_in_a_database_is_found(folder: Path, text: str) -> None:
    (folder / "token").write_text("the-token-of-this-folder")
    with sqlite3.connect(folder / "lueur.db") as db:
        db.execute("CREATE TABLE turns (said TEXT)")
        db.execute("INSERT INTO turns VALUES (?)", (f'{{"text": "pay with {text}"}}',))
    db.close()
    assert len(list(leaks(folder))) == 1


@pytest.mark.parametrize("before", range(PIECE - 24, PIECE + 1, 4))
def test_a_secret_across_two_pages_is_found_in_the_second_file_too(folder: Path, before: int) -> None:
    for name, said in (("a.log", "nothing"), ("b.log", "4242 4242 4242 4242")):
        (folder / name).write_text(" " * before + said + " " * PIECE * 2)
    assert list(leaks(folder)) == ["b.log: card number"]


def test_what_looks_alike_is_left_alone(folder: Path) -> None:
    (folder / "lueur.log").write_text("\n".join(HARMLESS))
    assert list(leaks(folder)) == []
