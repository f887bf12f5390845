"""`lueur`: every refusal is one sentence and exit code 2, nothing is lost, and two processes share one folder."""

import io
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from assistant import __version__, cli, folder
from assistant.errors import Unavailable

FILES = Path(cli.__file__).parent / "demo" / "files"
HEAVY = ("gradio", "torch", "sqlalchemy", "numpy", "babel", "pydantic", "stripe")
HELP = """
import sys
from assistant import cli
try:
    cli.main(["ask", "--help"])
except SystemExit:
    sys.exit(any(name in sys.modules for name in sys.argv[1:]))
"""
HOLD = """
import pathlib, sys
from assistant import folder
held = folder.hold_or_find(pathlib.Path(sys.argv[1]))
if sys.argv[2]:
    held.announce(int(sys.argv[2]))
print("held", flush=True)
sys.stdin.readline()
"""
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [n for n in os.environ if n.startswith(("LUEUR_", "STRIPE_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LUEUR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    return tmp_path / "home"


@pytest.fixture
def lueur(home: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*words: str) -> tuple[int, str, str]:
        try:
            code = cli.main(words)
        except SystemExit as left:
            code = int(left.code or 0)
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return run


def one_sentence(text: str) -> bool:
    return bool(text.strip()) and "\n" not in text.strip() and "Traceback" not in text


def test_help_is_answered_before_anything_heavy_is_imported() -> None:
    assert subprocess.run([sys.executable, "-c", HELP, *HEAVY], stdout=subprocess.DEVNULL).returncode == 0


def test_the_version_is_the_packages(lueur: Run) -> None:
    assert lueur("--version") == (0, f"lueur {__version__}\n", "")


@pytest.mark.parametrize("words", [[], ["sing"], ["ask", "--lang", "de", "hallo"], ["act"], ["serve", "--port", "x"]])
def test_a_command_that_does_not_exist_is_one_line(lueur: Run, words: list[str]) -> None:
    code, out, err = lueur(*words)
    assert (code, out) == (2, "")
    assert one_sentence(err)


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    whole = (FILES / "invoice.png").read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 3])
    (tmp_path / "text.png").write_text("this is no picture", encoding="utf-8")
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "noise.wav").write_bytes(b"RIFF\x00\x00\x00\x00WAVEjunk")
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        ["ask"],
        ["ask", "   "],
        ["ask", "--image", "text.png"],
        ["ask", "--image", "empty.png"],
        ["ask", "--image", "cut.png", "pay this"],
        ["ask", "--image", "absent.png"],
        ["ask", "--image", "."],
        ["ask", "--audio", "noise.wav"],
        ["ask", "--file", "absent.csv"],
        ["ask", "hello", "--session", "ses_of_nobody"],
        ["act", "act_" + "0" * 32, "--session", "ses_of_nobody"],
        ["act", "act_" + "0" * 32],
        ["act", "act_x", "--set", "amount"],
        ["forget"],
    ],
    ids=" ".join,
)
def test_bad_input_is_one_sentence_and_exit_code_2(
    lueur: Run, broken: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.chdir(broken)
    monkeypatch.setenv("LUEUR_DEMO_DATA", "0")
    code, out, err = lueur(*words)
    assert (code, out) == (2, "")
    assert one_sentence(err)
    if words[0] != "forget":
        code, out, err = lueur(*words, "--json")
        assert code == 2
        assert json.loads(out)["error"]
        assert json.loads(out)["text"] == err.strip()


def test_a_megabyte_of_text_is_refused(lueur: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUEUR_DEMO_DATA", "0")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"pay alice 1 " * 87_382)))
    code, out, err = lueur("ask", "-", "--json")
    assert code == 2
    assert json.loads(out)["error"] == "text_too_long"
    assert one_sentence(err)


@pytest.mark.parametrize(
    ("name", "value"),
    [("STRIPE_API_KEY", "sk_" + "live_abc"), ("LUEUR_PORT", "many"), ("LUEUR_MODE", "open"), ("LUEUR_HOME", "/proc/x")],
)
def test_a_setting_that_cannot_be_is_refused(
    lueur: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    code, _, err = lueur("ask", "hello")
    assert code == 2
    assert one_sentence(err)
    assert "live_abc" not in err


@pytest.mark.parametrize(("language", "word"), [("en", "no words"), ("fr", "ni mots"), ("zh", "没有文字")])
def test_a_refusal_is_said_in_the_language_asked_for(
    lueur: Run, monkeypatch: pytest.MonkeyPatch, language: str, word: str
) -> None:
    monkeypatch.setenv("LUEUR_DEMO_DATA", "0")
    assert word in lueur("ask", "--lang", language)[2]


def test_a_fault_of_ours_has_a_number_and_its_details_only_in_the_log(lueur: Run, home: Path) -> None:
    home.mkdir(mode=0o700)
    (home / "lueur.db").write_bytes(b"this is not a database, " * 400)
    code, out, err = lueur("ask", "hello")
    assert (code, out) == (1, "")
    assert one_sentence(err)
    number = err.partition("fault ")[2][:8]
    assert f"fault {number}" in (home / folder.LOG).read_text(encoding="utf-8")


def test_a_payment_is_drafted_in_text_and_made_by_the_printed_command(lueur: Run) -> None:
    code, out, _ = lueur("ask", "Pay Alice 12.50")
    assert code == 0
    assert "Alice Martin" in out
    tap = next(line.rpartition("lueur ")[2].split() for line in out.splitlines() if "[Pay " in line)
    code, out, _ = lueur(*tap)
    assert code == 0
    assert "✓" in out
    assert "succeeded" in out


def test_commands_continue_the_last_session_unless_told_otherwise(lueur: Run) -> None:
    def session(*words: str) -> str:
        return str(json.loads(lueur("ask", "hello", "--json", *words)[1])["session"])

    first = session()
    assert session() == first
    fresh = session("--session", "new")
    assert fresh != first
    assert session() == fresh
    assert session("--session", first) == first


def test_a_product_feed_is_previewed_and_with_yes_loaded(lueur: Run, tmp_path: Path) -> None:
    feed = tmp_path / "feed.csv"
    feed.write_text("id,title,price\nz-1,Copper kettle,49.90 EUR\nz-2,Tin kettle,1.005 EUR\n", encoding="utf-8")
    _, out, _ = lueur("import", str(feed), "--json")
    assert "line 3" in json.loads(out)["text"]
    assert "Copper kettle" not in lueur("ask", "find a copper kettle")[1]
    code, out, _ = lueur("import", str(feed), "--yes")
    assert code == 0
    assert "Loaded into the catalogue: 1" in out
    assert "Copper kettle" in lueur("ask", "find a copper kettle")[1]


def test_export_gives_every_row_and_forget_erases_them(lueur: Run) -> None:
    lueur("ask", "Pay Alice 12.50")
    before = json.loads(lueur("export", "--json")[1])
    assert before["turns"]
    assert before["payees"]
    assert lueur("forget", "--yes")[0] == 0
    assert not any(json.loads(lueur("export", "--json")[1]).values())
    assert lueur("ask", "hello", "--json")[0] == 0


def test_settings_are_printed_without_secrets(lueur: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_API_KEY", "sk_test_abcdef")
    code, out, _ = lueur("settings", "--json")
    assert code == 0
    assert json.loads(out)["stripe_key"] == "set"
    assert "abcdef" not in out


def test_the_weights_that_can_be_fetched_are_listed_and_offline_fetches_nothing(
    lueur: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    code, out, _ = lueur("weights", "list", "--json")
    rows = json.loads(out)
    assert code == 0
    assert {row["name"]: row["state"] for row in rows}["base"] == "offline"
    code, out, _ = lueur("weights", "get", "base")
    assert code == 2 and "HF_HUB_OFFLINE" in out
    assert lueur("weights", "get", "huge")[0] == 2


def test_the_doctor_says_what_is_missing_and_how_to_mend_it(lueur: Run) -> None:
    findings = json.loads(lueur("doctor", "--json")[1])
    assert {finding["part"] for finding in findings} >= {"python", "folder", "payments"}
    assert all(finding["fix"] for finding in findings if not finding["found"])


# -- one folder, two processes --------------------------------------------------------------------------------------


@contextmanager
def another_process(home: Path, note: str = "") -> Iterator[None]:
    """Another process that holds the folder until it is told to let go."""
    script = (
        "import sys, pathlib\nfrom assistant import folder\nheld = folder.hold_or_find(pathlib.Path(sys.argv[1]))\n\
if sys.argv[2]: held.announce(int(sys.argv[2]))\nprint('held', flush=True)\nsys.stdin.readline()"
    )
    command = [sys.executable, "-c", script, str(home), note]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        try:
            yield
        finally:
            process.kill()


def test_a_folder_held_by_another_command_is_waited_for(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "PATIENCE", 0.2)
    with another_process(home), pytest.raises(Unavailable, match="folder_busy"):
        folder.hold_or_find(home)
    folder.hold_or_find(home).release()


def test_a_killed_server_leaves_no_lock_behind(home: Path) -> None:
    with another_process(home, "7999"):
        assert folder.hold_or_find(home) == folder.Neighbour(7999, (home / "token").read_text(encoding="ascii"))
        with pytest.raises(Unavailable, match="already_running"):
            folder.hold(home)
    held = folder.hold(home)
    held.release()


def test_a_server_that_does_not_answer_is_one_sentence(lueur: Run, home: Path) -> None:
    with another_process(home, "1"):
        code, _, err = lueur("ask", "hello")
    assert code == 2
    assert one_sentence(err)


# -- a full disk ----------------------------------------------------------------------------------------------------


@contextmanager
def full_disk() -> Iterator[None]:
    """Every database opened meanwhile may not grow by a page: SQLite answers as on a full disk."""

    def no_room(connection: sqlite3.Connection, _: Any) -> None:
        connection.execute("PRAGMA max_page_count=1")

    sa.event.listen(sa.Engine, "connect", no_room)
    try:
        yield
    finally:
        sa.event.remove(sa.Engine, "connect", no_room)


def test_a_full_disk_is_one_sentence_and_loses_nothing(lueur: Run) -> None:
    first = json.loads(lueur("ask", "Pay Alice 12.50", "--json")[1])
    tap = next(action["id"] for action in first["cards"][0]["actions"] if action["style"] == "primary")
    with full_disk():
        code, out, err = lueur("ask", "hello " * 600, "--json")
    assert code == 2
    assert one_sentence(err)
    assert json.loads(out)["error"] == "disk_full"
    paid = json.loads(lueur("act", tap, "--json")[1])
    assert [card["status"] for card in paid["cards"] if card["type"] == "receipt"] == ["succeeded"]


@pytest.mark.parametrize("megabytes", [3, 5])
def test_a_disk_that_is_really_full_is_one_sentence_too(lueur: Run, home: Path, megabytes: int) -> None:
    """3 MB are full before there is a shop, 5 MB before there is a sheet: the folder stays usable either way."""
    home.mkdir()
    size = f"size={megabytes}m"
    if subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(home)], capture_output=True).returncode:
        pytest.skip("mounting a small disk needs root")
    try:
        for _ in range(2):
            code, out, err = lueur("ask", "pay Alice 3 euros", "--json")
            assert (code, json.loads(out)["error"]) == (2, "disk_full")
            assert "Traceback" not in err
    finally:
        subprocess.run(["umount", "--lazy", str(home)], check=True)
    assert lueur("ask", "pay Alice 3 euros")[0] == 0


def test_the_log_of_payments_is_checked_and_an_edit_is_found(lueur: Run, home: Path) -> None:
    sheet = json.loads(lueur("ask", "pay Alice 12.50", "--json")[1])
    lueur("act", sheet["cards"][0]["actions"][1]["id"], "--json")
    code, out, _ = lueur("audit", "verify")
    assert code == 0 and "whole" in out
    with sqlite3.connect(home / "lueur.db") as db:
        db.execute("DROP TRIGGER payment_events_is_append_only_1")
        db.execute("UPDATE payment_events SET detail = detail || ' ' WHERE event = 'succeeded'")
    code, out, _ = lueur("audit", "verify")
    assert code == 2 and "event 5" in out


def test_the_sandbox_runs_alone(home: Path) -> None:
    import re
    import socket
    import urllib.request

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    program = [sys.executable, "-m", "assistant.cli", "sandbox", "--port", str(port)]
    with subprocess.Popen(program, env=os.environ, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout
            told = running.stdout.readline()
            key = re.search(r"sk_test_\w+", told)
            assert "no real money" in told and key
            call = urllib.request.Request(
                f"http://127.0.0.1:{port}/v1/balance", headers={"Authorization": f"Bearer {key[0]}"}
            )
            assert json.load(urllib.request.urlopen(call, timeout=10))["object"] == "balance"
        finally:
            running.terminate()
