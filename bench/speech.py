"""Hearing, measured: word errors of the offline recogniser, and what it does with speech that is no command.

Phrases are spoken by espeak-ng and were written after the language model's patterns, by the same hand: the figure for
UNHEARD voices is fair about voices, not about phrases. DEVELOPED voices chose the noise floor. Where the flite program
is installed, one of its voices, made from recordings of a person, speaks them too.
"""

from __future__ import annotations

import itertools
import json
import statistics
import tempfile
import time
import tomllib
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from rapidfuzz.distance import Levenshtein

from assistant.core import Assistant
from assistant.errors import BadInput
from assistant.protocols import listen
from assistant.reply import PaySheet, Reply
from assistant.request import Request, Upload
from assistant.senses.hear import decode
from assistant.settings import Settings
from bench.figures import Figure, figure
from models import domain, vad
from models.pocket import Offline, _spoken
from models.remote import as_wav
from models.sound import RATE, Samples, as_pcm
from workshop.voices import HELD_OUT, HELD_OUT_PEOPLE, present, speak

LOUD, LULL, BLOCK, PIECE = 0.03, RATE // 5, 128, 1664  # of talk.js: level, quiet samples, a worklet's block, a piece
DEVELOPED, UNHEARD = ("en-us", "en-gb", "en-us+m3"), HELD_OUT
SAID = tomllib.loads((Path(__file__).parent / "phrases" / "spoken.toml").read_text(encoding="utf-8"))
HINTS, SHEETS = tuple(SAID["hints"]), SAID["sheets"]
PHRASES, ELSEWHERE = (SAID[name].strip().splitlines() for name in ("phrases", "elsewhere"))


def measure(data: Path | None) -> list[Figure]:
    if not present():
        return [figure("hearing: espeak-ng is not installed, not measured", None)]
    results = commands("developed voices", DEVELOPED, None) + commands("unheard voices", UNHEARD, 0.1) + others()
    absent = figure("recorded voice: flite is not installed, not measured", None)
    results += commands("recorded voice", HELD_OUT_PEOPLE, None) if present("flite") else [absent]
    results += [each for noise in (0.0, 0.1) for each in endings(noise)]
    with ProcessPoolExecutor(1, get_context("spawn")) as fresh:  # nothing is loaded there yet
        results += fresh.submit(sheets).result()
    return results + (humans(data / "speech") if data else [figure("human speech: no DATA given, not measured", None)])


def commands(label: str, voices: Sequence[str], target: float | None) -> list[Figure]:
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
            errors, words = errors + Levenshtein.distance(said, heard.text.lower().split()), words + len(said)
            refused += heard.confidence < 0.5
            if numbers(phrase):
                amounts += 1
                doubtful = heard.confidence < 0.5 or bool(heard.alternatives)
                asked += doubtful
                wrong += numbers(heard.text) != numbers(phrase) and not doubtful
    known = set(domain.sentences([text for text in map(_spoken, HINTS) if text]))
    unheard = sum(phrase not in known for phrase in PHRASES) / len(PHRASES)
    return [
        figure(f"offline recogniser, {label}: phrases that are not in its corpus", unheard, "share"),
        figure(f"offline recogniser, {label}: word error rate", errors / words, "share", target),
        figure(f"offline recogniser, {label}: commands doubted", refused / len(PHRASES) / len(voices), "share"),
        figure(f"offline recogniser, {label}: amounts with a doubt", asked / amounts, "share", target and 0.25),
        figure(f"offline recogniser, {label}: amounts wrong without a doubt", wrong / amounts, "share", target and 0.0),
        figure(f"offline recogniser, {label}: real-time factor (CPU)", spent / sound, "ratio", 0.1),
    ]


def others() -> list[Figure]:
    engine = Offline()
    heard = [engine.hear(speak(text, voice), HINTS, "en") for text in ELSEWHERE for voice in UNHEARD]
    taken = sum(each.confidence >= 0.5 for each in heard) / len(heard)
    return [figure("offline recogniser: other speech taken for a command (synthetic)", taken, "share", 0.05)]


def endings(noise: float) -> list[Figure]:
    """When a phrase is taken for finished, as the page does it: pieces to the server's ear, and the level agreeing.

    `noise`: its share of the speech's root mean square (0.1 is 20 dB below it).
    """
    waits = [ending(phrase, voice, noise) for phrase in PHRASES for voice in UNHEARD]
    late = [wait for wait in waits if wait >= 0]
    name = f"end of speech{', noise 20 dB below' if noise else ''}"
    return [
        figure(f"{name}: median wait after it", 1000 * statistics.median(late), "ms", 650),
        figure(f"{name}: 95 of 100 within", 1000 * sorted(late)[int(0.95 * len(late))], "ms"),
        figure(f"{name}: phrases cut", 1 - len(late) / len(waits), "share", 0.01),
    ]


def ending(phrase: str, voice: str, noise: float) -> float:
    """Seconds from the last sound of the phrase to its end being noticed; negative when it was cut."""
    clean = np.concatenate([np.zeros(RATE // 2, np.float32), speak(phrase, voice), np.zeros(3 * RATE, np.float32)])
    over = int(np.flatnonzero(np.abs(clean) > 0.02 * np.abs(clean).max())[-1])
    level = noise * float(np.sqrt(np.mean(clean[RATE // 2 : over] ** 2)))
    sound = (clean + np.random.default_rng(len(clean)).normal(0, level, len(clean))).astype(np.float32)
    ear, top, last = vad.Endpoint(), 0.0, 0
    for at in range(0, len(sound), BLOCK):
        peak = float(np.abs(sound[at : at + BLOCK]).max())
        top = max(top, peak)
        last = at if peak > max(LOUD, top / 5) else last
        if at % PIECE == 0:
            ear.push(sound[at - PIECE : at] if at else sound[:0])
        if ear.ended and at - last > LULL:
            return (at - over) / RATE
    return -1.0


def sheets() -> list[Figure]:
    """From the last sound of a payment said into a microphone to its sheet, as the page does it and as long as it takes
    to say. Painting is not counted."""
    with tempfile.TemporaryDirectory() as home:
        desk = Assistant(Settings(home=Path(home), offline=True))
        desk.open("visitor")
        desk.start()
        while desk.senses.worker.state == "warming up":
            time.sleep(0.1)
        turns = [spoken(desk, *turn) for turn in itertools.product(SHEETS, DEVELOPED)]
        desk.close()
    (first, work, _), *later = turns
    name = "end of speech to the reply with its sheet"
    return [
        figure(f"{name}: first of a process", 1000 * first, "ms", 1000),
        figure(f"{name}: first of a process, work", 1000 * work, "ms of CPU"),
        figure(f"{name}: later ones, median", 1000 * statistics.median(turn[0] for turn in later), "ms", 1000),
        figure(f"{name}: later ones, work", 1000 * statistics.median(turn[1] for turn in later), "ms of CPU"),
        figure(f"{name}: a question came instead", sum(not turn[2] for turn in turns) / len(turns), "share"),
    ]


def spoken(desk: Assistant, phrase: str, voice: str) -> tuple[float, float, bool]:
    """Seconds from the last sound of `phrase` to the reply, and of CPU of this process while it was said and answered;
    whether the reply has a sheet."""
    sound, noticed = speak(phrase, voice), ending(phrase, voice, 0.0)
    said = np.concatenate([sound, np.zeros(int(noticed * RATE), np.float32)])
    ears, began, worked = listen.Ears(desk.expect), time.perf_counter(), time.process_time()
    for at in range(0, len(said), PIECE):
        ears.hear("visitor", phrase + voice, as_pcm(said[at : at + PIECE]))
        time.sleep(max(0.0, began + min(at + PIECE, len(said)) / RATE - time.perf_counter()))
    asked = Request(audio=Upload("speech.wav", as_wav(said)), microphone=True)
    *_, reply = desk.answer(desk.open("visitor"), asked)
    spent, waited = time.process_time() - worked, time.perf_counter() - began - len(sound) / RATE
    return waited, spent, any(isinstance(card, PaySheet) for card in reply.cards) if isinstance(reply, Reply) else False


def humans(folder: Path) -> list[Figure]:
    """Clips of people, if the folder has them (clips.json: file, text, kind "digit" or other)."""
    if not (folder / "clips.json").is_file():
        return [figure("human speech: no clips.json in DATA, not measured", None)]
    clips = json.loads((folder / "clips.json").read_text(encoding="utf-8"))
    digits = [clip for clip in clips if clip["kind"] == "digit"]
    reading = [clip for clip in clips if clip["kind"] != "digit"]
    heard = {clip["file"]: answer((folder / clip["file"]).read_bytes()) for clip in clips}
    wrong = sum(heard[clip["file"]][1] >= 0.5 and heard[clip["file"]][0] != clip["text"] for clip in digits)
    taken = [confidence >= 0.5 for clip in reading for _, confidence in map(listened, pieces(folder / clip["file"]))]
    name = "offline recogniser: human"
    return [
        figure(
            "assistant: human clips that end in a drafted payment",
            drafts([folder / each for each in heard]),
            "clips",
            0,
        ),
        figure(f"{name} single digits, word error rate", error_rate(digits, heard), "share"),
        figure(f"{name} reading outside its domain, word error rate", error_rate(reading, heard), "share"),
        figure(f"{name} single digits taken for something else", wrong / max(1, len(digits)), "share"),
        figure(f"{name} reading taken for a command", sum(taken) / max(1, len(taken)), "share", 0.05),
    ]


def error_rate(clips: Sequence[Mapping[str, str]], heard: Mapping[str, tuple[str, float]]) -> float:
    """Words to mend for each word said, over the clips whose words are known."""
    pairs = [(clip["text"].split(), heard[clip["file"]][0].split()) for clip in clips if clip["text"]]
    return sum(Levenshtein.distance(*pair) for pair in pairs) / max(1, sum(len(said) for said, _ in pairs))


def drafts(clips: Sequence[Path]) -> int:
    """Clips said into the microphone of a fresh conversation, by the whole assistant, that end in a sheet to tap."""
    with tempfile.TemporaryDirectory() as home:
        desk = Assistant(Settings(home=Path(home), offline=True))
        asked = (Request(audio=Upload(clip.name, clip.read_bytes()), microphone=True) for clip in clips)
        answers = [list(desk.answer(desk.open("visitor"), each))[-1] for each in asked]
        desk.close()
    return sum(isinstance(card, PaySheet) for each in answers if isinstance(each, Reply) for card in each.cards)


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
