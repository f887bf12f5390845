"""Hearing, measured: word errors of the offline recogniser, and what it does with speech that is no command.

Phrases are spoken by espeak-ng and were written after the language model's patterns, by the same hand: the figure for
UNHEARD voices is fair about voices, not about phrases. DEVELOPED voices chose the noise floor.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.errors import BadInput
from assistant.senses.hear import decode
from models import domain, vad
from models.pocket import Offline
from models.sound import RATE, Samples
from models.training.voices import HELD_OUT, present, speak

DEVELOPED, UNHEARD = ("en-us", "en-gb", "en-us+m3"), HELD_OUT
HINTS = ("Alice Martin", "Alice", "Bob Chen", "Bob", "Mom", "Zoé Lefèvre", "李雷", "Li Lei", "Emma Brown", "Emma",
         "Volta Energy", "Aqua Claire", "Northwind Telecom", "desk lamp", "lamp", "kettle", "headphones", "laptop",
         "wireless headphones", "backpack", "running shoes", "shoes", "coffee", "green tea", "helmet", "keyboard",
         "mug", "plant", "notebook", "olive oil", "speaker", "vacuum cleaner")  # fmt: skip
PHRASES = """
pay alice twelve euros fifty
send bob twenty euros
send thirty five euros to emma
transfer one hundred and twenty euros to alice martin
please pay bob chen fifteen euros
can you send mom fifty euros for dinner
pay volta energy eighty four dollars
send alice nine euros ninety nine
give emma five euros for coffee
i owe bob forty euros
pay my electricity bill
change it to fourteen euros
make it sixty euros
cancel the payment
who did i pay yesterday
refund the last payment
how much did i spend on groceries last month
how much did i spend on restaurants this year
what did i spend on transport in october
show my spending by category
what is my net worth
how much cash do i have
what is the balance of my savings account
how did my funds do this year
show my subscriptions
how much did i earn last month
can i afford this
what about travel
compare my spending this month with last month
how long will my money last
find a red desk lamp under forty euros
show me running shoes in size forty two
i am looking for wireless headphones below ninety euros
find a laptop for less than eight hundred dollars
search for a black backpack
i need a kettle under thirty pounds
compare the first two
buy the second one
add the cheapest one to my cart
is it in stock
""".strip().splitlines()
ELSEWHERE = """
the weather will be sunny with a light breeze from the west
my grandmother used to tell us stories about the old castle
please remember to water the plants before you leave
the committee decided to postpone the meeting until further notice
he walked slowly along the river and thought about his childhood
who won the football game between liverpool and arsenal
play some jazz music in the kitchen
set an alarm for seven thirty tomorrow morning
turn off the lights in the living room
what is the capital of australia
tell me a joke about elephants
she sells sea shells by the sea shore
open the garage door and lock the windows
call the doctor and ask for an appointment
the quick brown fox jumps over the lazy dog
how do i bake a chocolate cake without eggs
""".strip().splitlines()


def figure(name: str, value: float, unit: str, target: float | None = None) -> dict[str, Any]:
    """One line of results; for all of these, less is better."""
    holds = None if target is None else value <= target
    return {"name": name, "value": round(value, 4), "unit": unit, "peer": "", "peer_value": None, "ratio": None,
            "target": target, "holds": holds}  # fmt: skip


def measure(data: Path | None) -> list[dict[str, Any]]:
    if not present():
        return [figure("hearing: espeak-ng is not installed, not measured", 0, "")]
    results = commands("developed voices", DEVELOPED, None) + commands("unheard voices", UNHEARD, 0.1) + others()
    return results + (humans(data / "speech") if data else [figure("human speech: no DATA given, not measured", 0, "")])


def commands(label: str, voices: Sequence[str], target: float | None) -> list[dict[str, Any]]:
    """Word error rate, real-time factor, and how amounts came out, over every phrase by every voice."""
    engine = Offline()
    errors = words = refused = amounts = asked = wrong = 0
    spent = sound = 0.0
    for phrase in PHRASES:
        for voice in voices:
            samples = speak(phrase, voice)
            began = time.process_time()
            heard = engine.hear(samples, HINTS, "en")
            spent, sound = spent + time.process_time() - began, sound + len(samples) / RATE
            said = phrase.split()
            errors, words = errors + distance(said, heard.text.lower().split()), words + len(said)
            refused += heard.confidence < 0.5
            if numbers(phrase):
                amounts += 1
                doubtful = heard.confidence < 0.5 or bool(heard.alternatives)
                asked += doubtful
                wrong += numbers(heard.text) != numbers(phrase) and not doubtful
    return [
        figure(f"offline recogniser, {label}: word error rate", errors / words, "share", target),
        figure(f"offline recogniser, {label}: commands doubted", refused / len(PHRASES) / len(voices), "share"),
        figure(f"offline recogniser, {label}: amounts with a doubt", asked / amounts, "share"),
        figure(f"offline recogniser, {label}: amounts wrong without a doubt", wrong / amounts, "share"),
        figure(f"offline recogniser, {label}: real-time factor (CPU)", spent / sound, "ratio", 0.1),
    ]


def others() -> list[dict[str, Any]]:
    engine = Offline()
    heard = [engine.hear(speak(text, voice), HINTS, "en") for text in ELSEWHERE for voice in UNHEARD]
    taken = sum(each.confidence >= 0.5 for each in heard) / len(heard)
    return [figure("offline recogniser: other speech taken for a command (synthetic)", taken, "share", 0.05)]


def humans(folder: Path) -> list[dict[str, Any]]:
    """Clips of people, if the folder has them (clips.json: file, text, kind "digit" or other)."""
    if not (folder / "clips.json").is_file():
        return [figure("human speech: no clips.json in DATA, not measured", 0, "")]
    clips = json.loads((folder / "clips.json").read_text(encoding="utf-8"))
    digits = [clip for clip in clips if clip["kind"] == "digit"]
    answers = [(clip["text"], *answer((folder / clip["file"]).read_bytes())) for clip in digits]
    wrong = sum(confidence >= 0.5 and text != truth for truth, text, confidence in answers)
    parts = [part for clip in clips if clip["kind"] != "digit" for part in pieces(folder / clip["file"])]
    taken = sum(confidence >= 0.5 for _, confidence in map(listened, parts))
    return [
        figure(
            "offline recogniser: human single digits taken for something else", wrong / max(1, len(digits)), "share"
        ),
        figure("offline recogniser: human reading taken for a command", taken / max(1, len(parts)), "share", 0.05),
    ]


def pieces(path: Path, seconds: float = 3.5) -> list[Samples]:
    samples, size = decode(path.read_bytes()), int(seconds * RATE)
    return [samples[start : start + size] for start in range(0, max(1, len(samples) - size // 2), size)]


def answer(data: bytes) -> tuple[str, float]:
    return listened(decode(data))


def listened(samples: Samples) -> tuple[str, float]:
    """What the offline engine answers to the speech in a clip, and how surely; where nobody speaks, nothing."""
    span = vad.speech_span(samples)
    if span is None:
        return "", 0.0
    try:
        heard = Offline().hear(samples[span[0] : span[1]], HINTS, "en")
    except BadInput:
        return "", 0.0
    return heard.text.lower(), heard.confidence


def numbers(text: str) -> list[str]:
    return [word for word in text.lower().split() if word in domain.NUMBERS]


def distance(said: Sequence[str], heard: Sequence[str]) -> int:
    """Words to insert, delete or replace (Levenshtein)."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(said, 1):
        corner, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (word != other))
    return row[-1]
