"""Spoken samples for the page, the selftest and the tests: made by the espeak-ng program, kept as 16 kHz WAV files.

`python -m workshop.clips` writes them again. A synthetic voice shows that the path works, not how well it hears.
"""

from __future__ import annotations

from pathlib import Path

from models.remote import as_wav
from workshop.voices import speak

FOLDER = Path(__file__).parents[1] / "assistant" / "demo" / "files"
SPEED = 140  # words a minute
CLIPS = {  # name -> (voice, words)
    "pay_alice": ("en-us", "Pay Alice twelve euros fifty"),
    "groceries": ("en-us", "How much did I spend on groceries last month"),
    "red_lamp": ("en-us", "Find a red desk lamp under forty euros"),
    "net_worth": ("en-us", "What is my net worth"),
    "payer_alice": ("fr-fr", "Paie douze euros cinquante à Alice"),
    "pay_alice_zh": ("cmn", "给爱丽丝付十二欧元五十"),
}


def make(folder: Path = FOLDER) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, (voice, words) in CLIPS.items():
        (folder / f"{name}.wav").write_bytes(as_wav(speak(words, voice, SPEED)))


if __name__ == "__main__":
    make()
