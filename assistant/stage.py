"""Pull the plug: a second Lueur, in a folder of its own, is killed in the middle of a payment and started again.

Nothing is played. The three acts are three processes of the ordinary command line (`lueur ask`, `lueur act`,
`lueur ask`); the second dies by SIGKILL in the moment its provider has written the charge down and its own books have
not. What is told afterwards was read from the two databases it left behind. One show at a time.
"""

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from assistant.errors import Refused
from assistant.reply import Card, Tone

Act = Literal["drafted", "confirmed", "charged", "killed", "missed", "restarted", "settled", "failed"]
LONGEST = 60.0  # seconds one process may take
GLANCE = 0.0005  # seconds between two looks at the provider's books
WORDS = {"en": "pay Alice 12.50", "fr": "paye 12,50 à Alice", "zh": "付给 Alice 12.50 欧元"}
CHARGES = "SELECT count(*) FROM objects WHERE kind = 'charge'"
STATE = "SELECT state FROM payments WHERE confirmed_at IS NOT NULL"


@dataclass(frozen=True, slots=True)
class ProofStep:
    at: float  # seconds since it began
    text: str
    tone: Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof(Card):
    title: str
    steps: tuple[ProofStep, ...] = ()
    running: bool = False  # more steps are to come
    verdict: str = ""  # what it proved, once it is over


@dataclass(frozen=True, slots=True)
class Scene:
    """One thing that happened. `at`: seconds since the curtain; `values`: pid, state, charges, ..."""

    act: Act
    at: float
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Show:
    id: str
    language: str
    scenes: tuple[Scene, ...] = ()
    over: bool = False


class Stage:
    """The shows of this server by (person, id), in memory; the newest of each person is kept."""

    def __init__(self) -> None:
        self._shows: dict[str, Show] = {}
        self._taken = threading.Lock()

    def begin(self, user: str, id: str, language: str) -> Show:
        """Raise the curtain in the background. Raises `Refused` while another show runs."""
        if not self._taken.acquire(blocking=False):
            raise Refused("stage_taken")
        self._shows[user] = Show(id, language)
        threading.Thread(target=self._play, args=(user, language), name="stage", daemon=True).start()
        return self._shows[user]

    def look(self, user: str, id: str) -> Show | None:
        """How far the person's show has come; None when there is no such show of theirs."""
        show = self._shows.get(user)
        return show if show and show.id == id else None

    def _play(self, user: str, language: str) -> None:
        began, home = time.monotonic(), Path(tempfile.mkdtemp(prefix="lueur-stage-"))
        try:
            for act, values in _acts(home, language):
                self._note(user, Scene(act, round(time.monotonic() - began, 2), values))
        except (OSError, ValueError, LookupError, sqlite3.Error, subprocess.SubprocessError) as error:
            self._note(user, Scene("failed", round(time.monotonic() - began, 2), {"why": type(error).__name__}))
        finally:
            self._shows[user] = replace(self._shows[user], over=True)
            self._taken.release()
            shutil.rmtree(home, ignore_errors=True)

    def _note(self, user: str, scene: Scene) -> None:
        show = self._shows[user]
        self._shows[user] = replace(show, scenes=(*show.scenes, scene))


def _acts(home: Path, language: str) -> Iterator[tuple[Act, dict[str, Any]]]:
    sheet = _said(_lueur(home, "ask", WORDS[language], "--lang", language))["cards"][0]
    yield "drafted", {"amount": sheet["amount"]["text"], "payee": sheet["payee"]["name"]}
    tap = next(action["id"] for action in sheet["actions"] if action["style"] == "primary")
    paying = _lueur(home, "act", tap)
    os.setpriority(os.PRIO_PROCESS, paying.pid, 5)  # its murderer is to be the quicker one
    yield "confirmed", {"pid": paying.pid}
    charged = _kill_once(paying, lambda: _count(home / "sandbox.db", CHARGES))
    yield "charged", {"charges": charged}
    status, state = paying.wait(LONGEST), _value(home / "lueur.db", STATE)
    in_time = status == -signal.SIGKILL and state == "submitted"  # else its own books knew already
    yield ("killed", {"pid": paying.pid, "state": state}) if in_time else ("missed", {"pid": paying.pid})
    again = _lueur(home, "ask", "show my payments", "--lang", language)
    yield "restarted", {"pid": again.pid}
    receipt = _said(again)["cards"][0]
    charges = _count(home / "sandbox.db", CHARGES)
    yield "settled", {"status": receipt["status"], "charges": charges, "amount": receipt["amount"]["text"]}


def _lueur(home: Path, *words: str) -> subprocess.Popen[bytes]:
    """A process of the command line on the stage's own folder: no key, no network, no setting of this server."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LUEUR_", "STRIPE_"))}
    return subprocess.Popen(
        [sys.executable, "-m", "assistant.cli", *words, "--json"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, cwd=Path(__file__).parents[1],
        env=kept | {"LUEUR_HOME": str(home), "HF_HUB_OFFLINE": "1"},
    )  # fmt: skip


def _said(running: subprocess.Popen[bytes]) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads(running.communicate(timeout=LONGEST)[0])
    finally:
        running.kill()
    return told


def _kill_once(running: subprocess.Popen[bytes], charges: Callable[[], int]) -> int:
    """Watch the provider's books and kill the process the moment a charge stands in them; how many stand there."""
    until = time.monotonic() + LONGEST
    while running.poll() is None and time.monotonic() < until:
        if found := charges():
            running.kill()
            return found
        time.sleep(GLANCE)
    running.kill()
    return charges()


def _count(path: Path, query: str) -> int:
    return int(_value(path, query) or 0)


def _value(path: Path, query: str) -> Any:
    """One value of a database somebody else writes; None while it is not there or busy."""
    with contextlib.suppress(sqlite3.OperationalError):
        db = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=1)
        with contextlib.closing(db):
            row = db.execute(query).fetchone()
            return row[0] if row else None
    return None
