"""The engines of hearing: the offline recogniser on our clips, the Whisper path on a micro checkpoint, an endpoint."""

import gzip
import json
import os
import threading
from collections.abc import Iterator
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import cycle
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from assistant.errors import BadInput, Unavailable
from assistant.senses.hear import decode
from assistant.settings import Settings
from models import domain, pocket, speech, vad, weights
from models.phones import accents, plain, pronunciation
from models.pocket import Offline, dictionary
from models.sound import RATE, Samples, resampled
from models.whisper import Comparison, Whisper
from workshop.micro_whisper import PHRASES
from workshop.voices import HELD_OUT, present, speak

ROOT = Path(__file__).parents[2]
MICRO = ROOT / "tests/data/micro_whisper.pt.gz"
HINTS = ("Alice Martin", "Alice", "Bob Chen", "Bob", "Mom", "Zoé Lefèvre", "Zoé", "李雷", "Li Lei", "Volta Energy",
         "Northwind Telecom", "desk lamp", "lamp", "kettle", "running shoes", "laptop", "coffee")  # fmt: skip


def clip(name: str) -> Samples:
    return decode((ROOT / f"assistant/demo/files/{name}.wav").read_bytes())


@pytest.fixture(scope="module")
def micro(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The micro Whisper as a file that stock code opens. It knows 24 phrases: a test of wiring, not of hearing."""
    path = tmp_path_factory.mktemp("weights") / "micro.en.pt"
    path.write_bytes(gzip.decompress(MICRO.read_bytes()))
    return path


# The offline recogniser


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("pay_alice", "pay alice twelve euros fifty"),
        ("groceries", "how much did i spend on groceries last month"),
        ("red_lamp", "find a red desk lamp under forty euros"),
        ("net_worth", "what is my net worth"),
    ],
)
def test_our_clips_keep_their_payee_amount_and_intent(name: str, words: str, settings: Settings) -> None:
    heard = speech._offline().hear(clip(name), HINTS, "en")
    assert heard.text.lower() == words
    assert heard.confidence > 0.5
    assert heard.engine == "offline recogniser (English)"
    assert [span.text for span in heard.spans] == heard.text.split()
    assert all(0 <= span.seconds[0] < span.seconds[1] <= heard.seconds + 0.5 for span in heard.spans)


def test_a_name_comes_back_as_it_is_written() -> None:
    assert "Alice" in speech._offline().hear(clip("pay_alice"), HINTS, "en").text


def test_the_same_sound_is_always_heard_alike() -> None:
    engine = Offline()
    first = engine.hear(clip("red_lamp"), HINTS, "en")
    engine.hear(clip("pay_alice"), HINTS, "en")
    assert engine.hear(clip("red_lamp"), HINTS, "en") == first


@pytest.mark.skipif(not present(), reason="needs the espeak-ng program")
def test_speech_from_elsewhere_gets_little_confidence() -> None:
    for text in ("the committee decided to postpone the meeting until further notice",
                 "he walked slowly along the river and thought about his childhood"):  # fmt: skip
        assert Offline().hear(speak(text), HINTS, "en").confidence < 0.5


@pytest.mark.skipif(not present(), reason="needs the espeak-ng program")
def test_a_new_name_is_understood_as_soon_as_it_is_a_hint() -> None:
    sound = speak("pay Fitzgerald forty euros")
    assert "Fitzgerald" not in Offline().hear(sound, HINTS, "en").text
    assert Offline().hear(sound, (*HINTS, "Fitzgerald"), "en").text == "pay Fitzgerald forty euros"


def test_no_name_and_no_sound_stays_on_the_disk() -> None:
    decoder, _ = pocket._recogniser(HINTS)
    Offline().hear(clip("red_lamp"), HINTS, "en")
    assert list(Path(decoder.folder.name).iterdir()) == []


def test_a_number_that_a_second_witness_confirms_has_no_rival() -> None:
    assert Offline().hear(clip("red_lamp"), HINTS, "en").alternatives == ()


def test_a_sentence_with_one_clear_number_has_no_rival() -> None:
    assert Offline().hear(clip("net_worth"), HINTS, "en").alternatives == ()


def test_an_order_of_words_is_known_by_its_kinds_of_words() -> None:
    orders = list(domain.orders(["pay", "fitzgerald", "forty", "euros"]))
    assert orders == list(domain.orders(["pay", "lefevre", "nine", "euros"]))
    assert orders[0] == ("<s>", "pay", "@") and orders[-1] == ("#", "euros", "</s>")


def test_the_language_model_is_a_probability() -> None:
    lines = domain.arpa(["pay alice ten", "pay bob ten euros", "pay alice"]).splitlines()
    start = lines.index("\\1-grams:") + 1
    unigrams = [line.split("\t") for line in lines[start : lines.index("", start)]]
    assert sum(10 ** float(entry[0]) for entry in unigrams) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(
    ("word", "sounds"), [("northwind", "N AO R TH W"), ("volta", "V"), ("zyx", "Z"), ("lefevre", "L")]
)
def test_words_out_of_the_dictionary_get_a_pronunciation(word: str, sounds: str) -> None:
    assert (pronunciation(word, dictionary()) or "").startswith(sounds)


@pytest.mark.parametrize(
    ("american", "british"),
    [("F AO R T IY", "F AO T IY"), ("D AA L ER Z", "D AO L AH Z"), ("N OW V EH M B ER", "N OW V EH M B AH"),
     ("L AE S T", "L AA S T"), ("Y UW R OW Z", "Y UH R OW Z"), ("S EH V AH N", "S EH V AH N"), ("TH ER D", "TH ER D")],
)  # fmt: skip
def test_a_word_is_also_expected_in_its_british_sounds(american: str, british: str) -> None:
    assert accents(american) == list(dict.fromkeys((american, british)))


def test_words_that_cannot_be_spelled_in_sounds_are_left_out() -> None:
    assert pronunciation("李雷", dictionary()) is None
    assert plain("Zoé Lefèvre") == "zoe lefevre"


# Whisper


@pytest.mark.skipif(not MICRO.exists() or not present(), reason="needs the micro checkpoint and espeak-ng")
def test_the_micro_whisper_is_read_alike_by_stock_code_and_by_the_product(micro: Path) -> None:
    import whisper

    stock = whisper.load_model(str(micro))
    product = Whisper(weights.Weights(micro, "micro.en"))
    right = {"stock": 0, "product": 0, "product with a prompt": 0}
    sounds = [(phrase, speak(phrase, voice)) for phrase, voice in zip(PHRASES, cycle(HELD_OUT), strict=False)]
    for phrase, sound in sounds:
        said = stock.transcribe(sound, language="en", temperature=0.0, fp16=False)["text"].strip()
        right["stock"] += said == phrase
        right["product"] += product.hear(sound, (), "en").text == phrase
        right["product with a prompt"] += product.hear(sound, ("Alice Martin", "Bob Chen"), "en").text == phrase
    assert min(right.values()) >= 0.95 * len(sounds), right


def test_hub_weights_by_renamed_keys_give_the_same_logits(tmp_path: Path) -> None:
    import torch
    from transformers import WhisperConfig, WhisperForConditionalGeneration

    from models.whisper import load

    torch.manual_seed(1)
    small = {"d_model": 128, "encoder_layers": 2, "decoder_layers": 2, "encoder_attention_heads": 2,
             "decoder_attention_heads": 2, "encoder_ffn_dim": 512, "decoder_ffn_dim": 512}  # fmt: skip
    theirs = WhisperForConditionalGeneration(WhisperConfig(**small)).eval()
    theirs.save_pretrained(tmp_path, safe_serialization=True)
    ours = load(tmp_path)
    mel, tokens = torch.randn(1, 80, 3000), torch.tensor([[50258, 50259, 50359, 50363]])
    with torch.no_grad():
        difference = ours(mel, tokens) - theirs(input_features=mel, decoder_input_ids=tokens).logits
    assert float(difference.abs().max()) < 1e-4


def test_a_broken_checkpoint_is_refused_and_never_run(tmp_path: Path) -> None:
    path = tmp_path / "evil.pt"
    path.write_bytes(b"cos\nsystem\n(S'touch " + str(tmp_path / "run").encode() + b"'\ntR.")
    with pytest.raises(Unavailable, match="whisper_unreadable"):
        Whisper(weights.Weights(path, "evil")).hear(clip("net_worth"), (), "en")
    assert not (tmp_path / "run").exists()


def test_a_folder_with_a_damaged_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"\xff" * 100)
    with pytest.raises(Unavailable, match="whisper_unreadable"):
        Whisper(weights.Weights(tmp_path, "broken")).hear(clip("net_worth"), (), "en")


def test_weights_are_found_where_they_lie_and_nowhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HF_HOME", "HF_HUB_CACHE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert weights.whisper() is None
    tiny = tmp_path / "whisper/tiny.pt"
    tiny.parent.mkdir()
    tiny.touch()
    assert weights.whisper() == weights.Weights(tiny, "tiny")
    hub = tmp_path / "huggingface/hub/models--openai--whisper-base/snapshots/abc"
    hub.mkdir(parents=True)
    (hub / "model.safetensors").touch()
    os.utime(tiny, (1, 1))
    assert weights.whisper() == weights.Weights(hub, "base")  # the one that came last
    english = tmp_path / "whisper/small.en.pt"
    english.touch()
    os.utime(hub / "model.safetensors", (2, 2))
    assert weights.whisper() == weights.Weights(hub, "base")  # one that knows one language comes after all others
    assert weights.whisper(str(tiny)) == weights.Weights(tiny, "tiny")
    with pytest.raises(BadInput, match="whisper_not_found"):
        weights.whisper(str(tmp_path / "none.pt"))


@pytest.mark.skipif(not MICRO.exists() or not present(), reason="needs the micro checkpoint and espeak-ng")
def test_the_quick_way_is_used_only_after_clips_came_out_alike(micro: Path, settings: Settings) -> None:
    chosen = Settings(home=settings.home, whisper=str(micro))
    settings.home.mkdir(parents=True, exist_ok=True)

    def quick_on() -> bool:
        engine = speech.engines(chosen)[0]
        assert isinstance(engine, Whisper)
        return engine.fast

    assert not quick_on()
    clips = [(speak(phrase, HELD_OUT[1]), "en") for phrase in PHRASES[::6]]
    seen = speech.compare(chosen, clips)  # type: ignore[arg-type]
    assert seen and seen.alike and seen.clips == len(clips)
    assert quick_on()
    right = [
        speech.engines(chosen)[0].hear(speak(phrase, HELD_OUT[0]), (), "en").text == phrase for phrase in PHRASES[::2]
    ]
    assert sum(right) >= 0.95 * len(right)
    micro.touch()  # other weights: compared again
    assert not quick_on()


@pytest.mark.skipif(not MICRO.exists(), reason="needs the micro checkpoint")
def test_clips_that_come_out_different_keep_the_stock_way(micro: Path, settings: Settings) -> None:
    unlike = Comparison(4, (("pay alice fifty", "pay alice fifteen"),), 5.0)
    chosen = Settings(home=settings.home, whisper=str(micro))
    settings.home.mkdir(parents=True, exist_ok=True)
    found = weights.whisper(str(micro))
    assert found
    kept = {"file": speech._marks(found), "of": asdict(unlike)}
    (settings.home / speech.VERDICT).write_text(json.dumps(kept))
    assert not unlike.alike and not getattr(speech.engines(chosen)[0], "fast", True)


def test_an_english_whisper_does_not_claim_french(tmp_path: Path) -> None:
    assert not Whisper(weights.Weights(tmp_path, "base.en")).speaks("fr")
    assert Whisper(weights.Weights(tmp_path, "base")).speaks("zh")


# An endpoint


class Transcriber(BaseHTTPRequestHandler):
    """A local server in the shape of OpenAI's transcription API; answers what the test put into `reply`."""

    reply: ClassVar[tuple[int, Any]] = (200, {})
    asked: ClassVar[list[tuple[str, str, bytes]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append((self.path, self.headers.get("Authorization", ""), body))
        status, answer = self.reply
        data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def endpoint(settings: Settings) -> Iterator[Settings]:
    server = HTTPServer(("127.0.0.1", 0), Transcriber)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    Transcriber.asked.clear()
    yield Settings(home=settings.home, speech_url=f"http://127.0.0.1:{server.server_port}/v1", speech_key="secret")
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_endpoint_is_asked_in_openais_form_and_named(endpoint: Settings) -> None:
    Transcriber.reply = (200, {"text": " Paie Alice douze euros ", "segments": [
        {"text": " Paie Alice douze euros", "start": 0.0, "end": 1.9, "avg_logprob": -0.105}]})  # fmt: skip
    heard = speech.hear(clip("payer_alice"), ("Alice Martin",), "fr", endpoint)
    assert (heard.text, heard.language, heard.engine) == ("Paie Alice douze euros", "fr", "speech endpoint 127.0.0.1")
    assert heard.confidence == pytest.approx(0.9, abs=0.01)
    [(path, key, body)] = Transcriber.asked
    assert path == "/v1/audio/transcriptions" and key == "Bearer secret"
    for part in (b'name="language"\r\n\r\nfr', b'name="prompt"\r\n\r\nAlice Martin', b"RIFF", b'name="model"'):
        assert part in body


@pytest.mark.parametrize("reply", [(500, {}), (200, b"<html>"), (200, [1]), (401, {"error": "no"})])
def test_an_endpoint_that_fails_is_an_error_and_no_other_engine_steps_in(endpoint: Settings, reply: Any) -> None:
    Transcriber.reply = reply
    with pytest.raises(Unavailable, match="speech_endpoint"):
        speech.hear(clip("net_worth"), (), "en", endpoint)


def test_an_endpoint_that_heard_nothing_says_so(endpoint: Settings) -> None:
    Transcriber.reply = (200, {"text": "  "})
    with pytest.raises(BadInput, match="heard_nothing"):
        speech.hear(clip("net_worth"), (), "en", endpoint)


# Voice activity and sound


def test_the_span_of_speech_leaves_out_the_silence_around_it() -> None:
    sound = clip("net_worth")
    quiet = np.zeros(2 * RATE, np.float32)
    start, end = vad.speech_span(np.concatenate([quiet, sound, quiet])) or (0, 0)
    assert 1.5 * RATE < start < 2.3 * RATE
    assert abs((end - start) - len(sound)) < 0.6 * RATE


def test_voice_activity_does_not_depend_on_where_blocks_are_cut() -> None:
    sound = np.tile(clip("net_worth"), 14)
    at_once = vad.probabilities(sound)
    assert len(at_once) > vad.FRAMES_AT_ONCE
    assert np.allclose(at_once[:200], vad.probabilities(sound[: 200 * vad.FRAME]), atol=1e-5)


def test_no_sound_is_no_speech() -> None:
    assert vad.speech_span(np.zeros(0, np.float32)) is None


@pytest.mark.parametrize("rate", [8000, 11025, 22050, 44100, 48000])
def test_resampling_keeps_a_tone(rate: int) -> None:
    tone = np.sin(2 * np.pi * 440 * np.arange(3 * rate) / rate).astype(np.float32)
    ours = resampled(tone, rate)
    ideal = np.sin(2 * np.pi * 440 * np.arange(3 * RATE) / RATE)
    assert len(ours) == 3 * RATE
    assert float(np.abs(ours - ideal)[1000:-1000].max()) < 1e-3
