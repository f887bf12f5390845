"""Conversations of several turns, the same in three languages, through the whole assistant with its real rooms.

A script in `scripts/*.txt` is a title, then turns. A turn is said in `en`, `fr` and `zh`; `>` are the acts it must be
read as, `=` the open tasks left behind (oldest first, the last question or finished task after `~`), `:` the cards. All
three languages must come to the same. `[tap]` taps the newest sheet's button; `[aloud]` before the words says them into
the session's microphone, `[file]` hands them in as a recording; after `|` is what the ear thinks possible too.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from assistant.clock import MovableClock
from assistant.core import Assistant
from assistant.language.acts import (
    Act,
    Affirm,
    Amount,
    Chat,
    Choose,
    Frame,
    Proposal,
    Slot,
    State,
    Unknown,
    Unset,
    World,
)
from assistant.language.rules import Rules
from assistant.money import Money
from assistant.reply import Card, PaySheet, Period, Question, Receipt, Reply
from assistant.request import LANGUAGES, Constraint, Evidence, Heard, Language, Request, Upload
from assistant.settings import Settings

SCRIPTS = sorted((Path(__file__).parent / "scripts").glob("*.txt"))
SIGNS = {"at_most": "<=", "at_least": ">=", "less": "<", "more": ">", "is": "=", "not": "!="}
OPAQUE = {"query", "doubts", "purpose", "often", "topic", "said", "label", "title"}  # in words of the language


@dataclass
class Turn:
    said: dict[str, str] = field(default_factory=dict)
    expected: dict[str, str] = field(default_factory=lambda: dict.fromkeys(">=:", ""))


def scripts(path: Path) -> Iterator[tuple[str, list[Turn]]]:
    title, turns = "", list[Turn]()
    for line in [*path.read_text(encoding="utf-8").splitlines(), "# end"]:
        mark, _, rest = line.partition(" ")
        if mark == "#":
            if turns:
                yield title, turns
            title, turns = rest, []
        elif mark == "en:" or line == "[tap]":
            turns.append(Turn({"en": rest} if mark == "en:" else dict.fromkeys(LANGUAGES, "[tap]")))
        elif mark in ("fr:", "zh:"):
            turns[-1].said[mark[:2]] = rest
        elif mark in (">", "=", ":"):
            turns[-1].expected[mark] = rest


def value(item: object) -> str:
    if isinstance(item, Amount):
        return item.value + (f" {item.currency}" if item.currency else "")
    if isinstance(item, Money):
        return item.text("en")
    if isinstance(item, Period):
        return f"{item.start}..{item.end}"
    if isinstance(item, Constraint):
        return f"{item.field}{SIGNS[item.op]}{value(item.value)}{item.unit}"
    if isinstance(item, dict):
        return "{" + " ".join(f"{name}:{value(item[name])}" for name in sorted(item) if name not in OPAQUE) + "}"
    return ",".join(map(value, item)) if isinstance(item, (tuple, list)) else str(item)


def slot(name: str, said: Slot, world: Sequence[str]) -> str:
    if name in OPAQUE:
        return name if said.value else ""
    if name == "payee" and said.value not in world:
        return "payee=?"
    told = "|".join(value(each) for each in (said.value, *said.readings))
    return f"{name}={told}{'~' if name == 'amount' and said.confidence < 1 else ''}" if told else ""


def slots(told: object, world: Sequence[str]) -> str:
    assert isinstance(told, dict)
    return "".join(f" {text}" for name in sorted(told) if (text := slot(name, told[name], world)))


def act(proposed: Act, world: Sequence[str]) -> str:
    name, goal = type(proposed).__name__.lower(), getattr(proposed, "goal", None) or ""
    rest = slots(dict(getattr(proposed, "slots", {})), world)
    if isinstance(proposed, Affirm):
        rest = f" {value(proposed.amount)}{' sole' if proposed.sole else ''}" if proposed.amount else ""
    elif isinstance(proposed, Choose):
        rest = f" {proposed.ref}"
    elif isinstance(proposed, Unset):
        rest = " " + " ".join(proposed.names)
    elif isinstance(proposed, Chat):
        rest = proposed.topic
    elif isinstance(proposed, Unknown):
        rest = "outside" if proposed.outside else " ".join(proposed.candidates)
    return " ".join(f"{name} {goal}{'' if rest.startswith(' ') else ' '}{rest}".split())


def stack(state: State, world: Sequence[str]) -> str:
    def told(frame: Frame) -> str:
        state = "sheet" if frame.sheet else f"{frame.asked}?"
        return f"{frame.goal}({state}{slots(dict(frame.slots), world)})"

    last = f" ~ {state.last.goal}{slots(dict(state.last.slots), world)}" if state.last else ""
    return (" ".join(told(frame) for frame in state.frames) + last).strip()


def shown(card: Card) -> str:
    if isinstance(card, PaySheet):
        return f"pay_sheet {card.payee.name}, {card.amount.text('en')}{', uncertain' if card.uncertain else ''}"
    if isinstance(card, Receipt):
        return f"receipt {card.status}"
    if isinstance(card, Question):
        return f"question {len(card.choices)}"
    return f"{card.type} {getattr(card, 'metric', '')}".strip()


class Recorder:
    """The default proposer, which remembers what it proposed last and for which world."""

    def __init__(self) -> None:
        self.rules, self.acts, self.world = Rules(), tuple[Act, ...](), World()

    def propose(self, utterance: str, evidence: Evidence, state: State, world: World) -> Proposal:
        found = self.rules.propose(utterance, evidence, state, world)
        self.acts, self.world = found, world
        return found


class Talk:
    """One conversation: a session of its own. All scripts of a file in one language are one person's."""

    def __init__(self, assistant: Assistant, recorder: Recorder, file: str, language: Language) -> None:
        self.assistant, self.recorder, self.language = assistant, recorder, language
        self.who = assistant.open(f"{file} {language}", None, language)
        self.button = ""

    def say(self, said: str) -> dict[str, str]:
        reply = self._tapped() if said == "[tap]" else self._answered(said)
        sheets = [card for card in reply.cards if isinstance(card, PaySheet)]
        self.button = next((a.id for a in sheets[-1].actions if a.style == "primary"), "") if sheets else self.button
        names = self.recorder.world.payees
        return {
            ">": "; ".join(act(each, names) for each in self.recorder.acts),
            "=": stack(self.assistant.conversations.state(self.who), names),
            ":": "; ".join(map(shown, reply.cards)),
        }

    def _tapped(self) -> Reply:
        self.recorder.acts = ()
        return self.assistant.act(self.who, self.button)

    def _answered(self, said: str) -> Reply:
        found = re.fullmatch(r"(?:\[(aloud|file)\] )?(.*?)(?: \| (.*))?", said)
        assert found
        where, words, others = found.groups()
        request = Request(words, language=self.language)
        if where:
            heard = Heard(words, 0.97, "a scripted ear", self.language, 1.0, alternatives=(others,) if others else ())
            self.assistant.senses.hear = lambda *_: heard  # type: ignore[method-assign]  # words without their sound
            request = Request(audio=Upload("a.wav", b"RIFF"), language=self.language, microphone=where == "aloud")
        *_, reply = self.assistant.answer(self.who, request)
        assert isinstance(reply, Reply)
        return reply


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Assistant, Recorder]]:
    recorder = Recorder()
    settings = Settings(home=tmp_path_factory.mktemp("home"), undo_seconds=0, offline=True)
    assistant = Assistant(settings, MovableClock())
    assistant.proposer = recorder  # the rules themselves, with nobody beside them
    yield assistant, recorder
    assistant.close()


CASES = [(path.stem, title, turns) for path in SCRIPTS for title, turns in scripts(path)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("file", "title", "turns"), CASES, ids=[f"{case[0]}: {case[1]}" for case in CASES])
def test_a_conversation_goes_as_written(
    opened: tuple[Assistant, Recorder], file: str, title: str, turns: list[Turn], language: Language
) -> None:
    talk = Talk(*opened, file, language)
    for turn in turns:
        assert talk.say(turn.said[language]) == turn.expected, f"{file}: {title}: {turn.said[language]}"


def test_sixty_things_are_spoken_about_and_none_twice() -> None:
    titles = [title for _, title, _ in CASES]
    assert len(titles) >= 60
    assert len(set(titles)) == len(titles)
