"""Sound files of strangers: what can be read is read alike, what cannot is one clear error, memory is bounded."""

import io
import subprocess
import tracemalloc
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile

from assistant.errors import BadInput, LueurError, Unavailable
from assistant.language.messages import say
from assistant.request import Language
from assistant.senses.hear import decode
from assistant.settings import Settings
from models.sound import RATE, Samples
from models.speech import engine, hear

CLIPS = Path(__file__).parents[2] / "assistant/demo/files"
HINTS = ("Alice Martin", "Bob Chen", "Mom", "Zoé Lefèvre", "李雷", "Volta Energy", "desk", "lamp", "shoes", "laptop")


@pytest.fixture(autouse=True)
def no_weights(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without Whisper's weights, whatever lies in the caches of the one that runs this."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("HF_HOME", str(tmp_path))


def clip(name: str) -> bytes:
    return (CLIPS / f"{name}.wav").read_bytes()


def as_file(samples: Samples, rate: int = RATE, container: str = "WAV", subtype: str | None = None) -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, rate, format=container, subtype=subtype)
    return buffer.getvalue()


def through_ffmpeg(data: bytes, tmp_path: Path, name: str, *options: str) -> bytes:
    (tmp_path / "in.wav").write_bytes(data)
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-i", str(tmp_path / "in.wav"), *options]
    subprocess.run([*command, str(tmp_path / name)], check=True)
    return (tmp_path / name).read_bytes()


def refusal(data: bytes) -> str:
    with pytest.raises(BadInput) as caught:
        decode(data)
    return caught.value.key


def test_a_wav_file_comes_out_as_it_was_recorded() -> None:
    samples = decode(clip("pay_alice"))
    assert samples.dtype == np.float32 and samples.ndim == 1
    assert np.array_equal(samples, soundfile.read(io.BytesIO(clip("pay_alice")), dtype="float32")[0])


@pytest.mark.parametrize(
    ("name", "options"),
    [("a.mp3", ()), ("a.ogg", ()), ("a.flac", ()), ("a.m4a", ()), ("a.webm", ("-c:a", "libopus")),
     ("a.wav", ("-ar", "8000")), ("a.wav", ("-ar", "44100", "-ac", "2")), ("a.wav", ("-c:a", "pcm_u8")),
     ("a.wav", ("-c:a", "pcm_f32le", "-ar", "48000"))],
)  # fmt: skip
def test_every_container_and_rate_carries_the_same_words(
    name: str, options: tuple[str, ...], tmp_path: Path, settings: Settings
) -> None:
    samples = decode(through_ffmpeg(clip("net_worth"), tmp_path, name, *options))
    assert abs(len(samples) / RATE - len(decode(clip("net_worth"))) / RATE) < 0.15
    assert hear(samples, HINTS, "en", settings).text == "what is my net worth"


def test_channels_are_mixed() -> None:
    tone = np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE).astype(np.float32)
    left_only = decode(as_file(np.stack([tone, 0 * tone], axis=1), subtype="FLOAT"))
    assert np.allclose(left_only, tone / 2, atol=1e-6)


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "audio_empty"),
        (b"Dear bank, please find attached", "audio_unreadable"),
        (b"\x89PNG\r\n\x1a\n" + bytes(2000), "audio_unreadable"),
        (b"RIFF" + bytes(40), "audio_unreadable"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "audio_unreadable"),
    ],
)
def test_what_is_no_sound_is_refused(data: bytes, key: str) -> None:
    assert refusal(data) == key


def test_a_header_without_sound_is_empty() -> None:
    assert refusal(clip("pay_alice")[:44]) == "audio_empty"


def test_a_cut_recording_gives_the_part_that_is_there() -> None:
    whole = clip("pay_alice")
    assert 0.4 < len(decode(whole[: len(whole) // 2])) / len(decode(whole)) < 0.6


def test_a_cut_m4a_has_lost_its_index_and_is_refused(tmp_path: Path) -> None:
    whole = through_ffmpeg(clip("pay_alice"), tmp_path, "a.m4a")
    assert refusal(whole[: len(whole) // 2]) == "audio_unreadable"


def test_ten_minutes_are_refused_in_bounded_memory(tmp_path: Path) -> None:
    long = as_file(np.zeros(600 * RATE, np.float32))
    tracemalloc.start()
    assert refusal(long) == "audio_too_long"
    assert tracemalloc.get_traced_memory()[1] < 40 << 20
    tracemalloc.stop()
    assert refusal(through_ffmpeg(long, tmp_path, "a.mp3", "-b:a", "32k")) == "audio_too_long"


def test_a_minute_is_not_too_long() -> None:
    assert len(decode(as_file(np.zeros(60 * RATE, np.float32)))) == 60 * RATE


@pytest.mark.parametrize(
    "sound",
    [
        np.zeros(3 * RATE, np.float32),
        np.random.default_rng(2).normal(0, 0.1, 3 * RATE).astype(np.float32),
        np.sin(2 * np.pi * 440 * np.arange(3 * RATE) / RATE).astype(np.float32),
    ],
    ids=["silence", "noise", "a tone"],
)
def test_where_nobody_speaks_nothing_is_heard(sound: Samples, settings: Settings) -> None:
    with pytest.raises(BadInput, match="heard_nothing"):
        hear(sound, HINTS, "en", settings)


@pytest.mark.parametrize(("name", "language"), [("payer_alice", "fr"), ("pay_alice_zh", "zh")])
def test_a_language_the_offline_recogniser_lacks_is_said_in_that_language(
    name: str, language: Language, settings: Settings
) -> None:
    with pytest.raises(Unavailable, match="voice_needs_weights"):
        hear(decode(clip(name)), HINTS, language, settings)
    assert "Whisper" in say(language, "errors.voice_needs_weights")


def test_without_weights_the_offline_recogniser_says_its_name(settings: Settings) -> None:
    assert engine(settings, "en").describe() == "offline recogniser (English)"


def test_a_path_to_nowhere_is_a_clear_error(settings: Settings, tmp_path: Path) -> None:
    lost = Settings(home=tmp_path, whisper=str(tmp_path / "none.pt"))
    with pytest.raises(LueurError, match="whisper_not_found"):
        hear(decode(clip("pay_alice")), HINTS, "en", lost)
