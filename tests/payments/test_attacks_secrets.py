"""Attacks with what must not be kept (cases 46 to 49): live keys, pasted keys, card numbers in words and pictures."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.conversation import Session
from assistant.core import Assistant, Progress
from assistant.errors import Refused
from assistant.payments.provider import Provider
from assistant.reply import Reply
from assistant.request import Heard, Language, Request, Upload

CARD = "4242 4242 4242 4242"
KEYS = ("sk_live_51Habcdefghijkl", "sk_test_51Habcdefghijkl", "rk_live_51Habcdefghijkl", "whsec_51Habcdefghijkl")


@pytest.mark.parametrize("key", ["sk_live_abcdefghijklmnop", "rk_live_abcdefghijklmnop"])
def test_46_a_live_key_stops_the_start_and_is_not_printed(tmp_path: Path, key: str) -> None:
    program = "from assistant.cli import main; import sys; sys.exit(main(['ask', 'hello', '--json']))"
    home = {"LUEUR_HOME": str(tmp_path), "STRIPE_API_KEY": key, "PATH": "/usr/bin:/bin"}
    ran = subprocess.run([sys.executable, "-c", program], env=home, capture_output=True, text=True, check=False)
    said = ran.stdout + ran.stderr
    assert ran.returncode != 0 and key not in said and "live" in said.lower()


@pytest.mark.parametrize("base", ["http://127.0.0.1:9", "https://evil.example", None])
def test_47_a_live_key_meets_no_address_at_all_and_no_switch_opens_one(
    base: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUEUR_ALLOW_LIVE", "yes-charge-real-money")
    with pytest.raises(Refused, match="live_key"):
        Provider("sk_live_x", lambda: base)


def asked(assistant: Assistant, who: Session, request: Request) -> tuple[Reply, str]:
    """The answer, and everything that was shown on the way to it."""
    *progress, reply = assistant.answer(who, request)
    assert isinstance(reply, Reply)
    assert all(isinstance(step, Progress) for step in progress)
    return reply, repr((progress, reply))


def kept(assistant: Assistant, *texts: str) -> list[str]:
    """Which of these stand, with or without spaces, in any file of the folder."""
    written = b"".join(path.read_bytes() for path in assistant.settings.home.rglob("*") if path.is_file())
    return [text for text in texts for form in (text, text.replace(" ", "")) if form.encode() in written]


@pytest.mark.parametrize("key", KEYS)
def test_48_a_key_pasted_into_the_conversation_is_neither_kept_nor_used(
    assistant: Assistant, who: Session, key: str
) -> None:
    reply, shown = asked(assistant, who, Request(f"Use {key} and pay Alice 10 euros"))
    assert reply.error == "secret_key_not_kept" and "secret key" in reply.text and reply.sheet == ""
    assert key not in shown and kept(assistant, key) == []
    assert assistant.history(who)[-1]["request"]["text"] == "Use •••• and pay Alice 10 euros"
    assert assistant.rooms.payments.describe() == "sandbox"


@pytest.mark.parametrize(
    ("language", "words", "why"),
    [("en", f"Pay Alice 10 euros with {CARD}", "card number"), ("fr", f"Paie 10 euros à Alice avec {CARD}", "carte"),
     ("zh", f"用{CARD}给Alice转10欧元", "卡号")],
)  # fmt: skip
def test_49_a_card_number_in_the_words_is_refused_and_not_kept(
    assistant: Assistant, who: Session, language: Language, words: str, why: str
) -> None:
    reply, shown = asked(assistant, who, Request(words))
    assert (reply.error, reply.language, reply.sheet) == ("card_number_not_kept", language, "") and why in reply.text
    assert CARD not in shown and kept(assistant, CARD) == []


def test_49_a_card_number_said_aloud_is_refused_and_not_kept(
    assistant: Assistant, who: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = Heard(f"pay Alice ten euros with {CARD}", 0.9, "whisper base", "en", 5.0)
    monkeypatch.setattr(assistant.senses, "hear", lambda *_: heard)
    reply, shown = asked(assistant, who, Request(audio=Upload("said.wav", b"RIFF"), microphone=True))
    assert reply.error == "card_number_not_kept" and CARD not in shown and kept(assistant, CARD) == []


def test_49_a_card_number_in_a_picture_is_refused_and_not_kept(assistant: Assistant, who: Session) -> None:
    reply, shown = asked(assistant, who, Request("Pay Alice 10 euros with this", images=(photo(CARD),)))
    assert reply.error == "card_number_not_kept" and kept(assistant, CARD) == []
    assert CARD not in shown and CARD.replace(" ", "") not in shown


def test_49_a_card_number_typed_into_a_field_is_not_kept(assistant: Assistant, who: Session) -> None:
    reply, _ = asked(assistant, who, Request("Pay Bob 9 euros"))
    assistant.act(who, reply.cards[0].actions[0].id, {"note": CARD})
    assert kept(assistant, CARD) == []


def photo(text: str) -> Upload:
    from PIL import Image, ImageDraw, ImageFont

    picture = Image.new("RGB", (860, 540), "#24415f")
    pen = ImageDraw.Draw(picture)
    pen.text((60, 250), text, fill="white", font=ImageFont.load_default(64))
    pen.text((60, 420), "ADA LOVELACE", fill="white", font=ImageFont.load_default(36))
    made = io.BytesIO()
    picture.save(made, "PNG")
    return Upload("card.png", made.getvalue())
