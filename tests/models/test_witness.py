"""The second witness for numbers: its network, its probabilities, and what becomes of two witnesses that differ."""

from pathlib import Path

import numpy as np
import pytest

from assistant.senses.hear import decode
from models import pocket, witness
from models.pocket import Offline, settled
from models.sound import Samples
from workshop.voices import HELD_OUT, present, speak

FILES = Path(__file__).parents[2] / "assistant/demo/files"
HEARD = ["pay", "Alice", "sixty", "euros"]
READINGS = [("pay Alice sixty euros", 0.06), ("pay Alice sixteen euros", 0.059), ("pay Bob ten euros", 0.04)]


def heard(sound: Samples) -> list[witness.Floats]:
    *_, scores = pocket.decoded(pocket._recogniser(())[0], sound)
    return witness.listened(scores)


def saying(*words: str, surely: float = 0.999) -> list[witness.Floats]:
    """What a network would say about these words: each for a frame, quiet between them."""
    frames = [witness.BLANK] + [each for word in words for each in (witness.WORDS.index(word), witness.BLANK)]
    chances = np.full((len(frames), witness.BLANK + 1), (1 - surely) / witness.BLANK)
    chances[np.arange(len(frames)), frames] = surely
    return [np.log(chances).astype(np.float32)]


@pytest.mark.parametrize(
    ("name", "money"),
    [
        ("pay_alice", ("twelve", "euros", "fifty")),
        ("red_lamp", ("forty", "euros")),
        ("net_worth", ()),
        ("groceries", ()),
    ],
)
def test_it_hears_the_money_of_our_clips_and_nothing_else(name: str, money: tuple[str, ...]) -> None:
    says = heard(decode((FILES / f"{name}.wav").read_bytes()))
    assert witness.reading(says) == money
    assert witness.chances([money], says)[0] > pocket.SURE


def test_its_chances_are_those_of_connectionist_temporal_classification() -> None:
    import torch

    said: list[tuple[str, ...]] = [(), ("one",), ("twenty", "two", "euros"), ("nine", "nine"), ("five",) * 6]
    scores = np.random.default_rng(3).normal(size=(40, len(witness.WORDS) + 1))
    heard = torch.from_numpy(scores).log_softmax(1)
    labels = [torch.tensor([witness.WORDS.index(word) for word in words], dtype=torch.long) for words in said]
    losses = [
        torch.nn.functional.ctc_loss(
            heard[:, None], label, torch.tensor([40]), torch.tensor([len(label)]), blank=witness.BLANK, reduction="sum"
        )
        for label in labels
    ]
    assert np.log(witness.chances(said, [heard.numpy()])) == pytest.approx([-float(loss) for loss in losses], rel=1e-5)


def test_the_shipped_numbers_are_those_of_the_network_that_was_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    from workshop.witness import network, save

    torch.manual_seed(1)
    model = network()
    with torch.no_grad():
        model(torch.randn(4, witness.SOUNDS, 60))  # its normalisations have seen something
    save({1: model.eval()}, tmp_path / "witness.safetensors")
    monkeypatch.setattr(witness, "__file__", str(tmp_path / "witness.py"))
    monkeypatch.setattr(witness, "weights", witness.weights.__wrapped__)
    scores = np.random.default_rng(2).integers(0, 255, (61, witness.SOUNDS)).astype(np.float32)
    level = torch.from_numpy(witness.levelled(scores).T[None].copy())
    assert witness.listened(scores)[0] == pytest.approx(
        model(level).detach().numpy()[0], abs=0.02
    )  # halves, not floats


@pytest.mark.skipif(not present(), reason="needs the espeak-ng program")
def test_a_voice_it_was_not_trained_on_keeps_teens_and_tens_apart() -> None:
    for number in ("sixteen", "sixty", "fourteen", "forty"):
        assert witness.reading(heard(speak(f"send {number} euros to bob", HELD_OUT[2]))) == (number, "euros")


def test_an_amount_that_both_hear_stands_whatever_else_the_lattice_has() -> None:
    assert settled(HEARD, READINGS, saying("sixty", "euros")) == (HEARD, [])


def test_a_reading_of_the_first_that_the_second_is_sure_of_takes_its_place_with_the_same_payee() -> None:
    words, others = settled(HEARD, READINGS, saying("sixteen", "euros"))
    assert (" ".join(words), others) == ("pay Alice sixteen euros", [])


def test_money_that_it_alone_is_certain_of_takes_the_place_and_no_other_word_changes() -> None:
    assert settled(HEARD, READINGS, saying("ten", "euros")) == (["pay", "Alice", "ten", "euros"], [])
    assert settled(HEARD, READINGS[:1], saying("ten", "euros", "fifty")) == (
        ["pay", "Alice", "ten", "euros", "fifty"],
        [],
    )


def test_where_they_differ_what_each_hears_is_named() -> None:
    assert settled(HEARD, READINGS, saying("ninety", "euros", surely=0.95)) == (
        HEARD, ["pay Alice ninety euros", "pay Alice sixteen euros"]
    )  # fmt: skip


def test_an_unsure_second_witness_leaves_the_readings_of_the_first() -> None:
    assert settled(HEARD, READINGS, saying("sixty", "euros", surely=0.8)) == (HEARD, ["pay Alice sixteen euros"])


def test_networks_that_are_sure_of_different_money_are_sure_of_none() -> None:
    split = saying("sixty", "euros") + saying("ninety", "euros", surely=0.99)
    assert settled(HEARD, READINGS[:1], split) == (HEARD, ["pay Alice ninety euros"])
    assert settled(HEARD, READINGS[:1], split[:1]) == (HEARD, [])


def test_a_second_witness_that_hears_less_abstains() -> None:
    assert settled(HEARD, READINGS[:1], saying()) == (HEARD, [])
    assert settled(HEARD, READINGS, saying("euros")) == (HEARD, ["pay Alice sixteen euros"])


def test_a_currency_is_settled_like_a_number() -> None:
    words, _ = settled(HEARD, [*READINGS, ("pay Alice sixty dollars", 0.05)], saying("sixty", "dollars"))
    assert words[-1] == "dollars"
    assert settled(HEARD, READINGS, saying("sixty", "pounds", surely=0.95))[1][0] == "pay Alice sixty pounds"


@pytest.mark.parametrize(
    ("words", "own", "sentence"),
    [("pay alice sixty euros fifty", ("sixteen", "euros", "fifty"), "pay alice sixteen euros fifty"),
     ("pay bob twenty for lunch", ("twenty", "nine", "euros"), "pay bob twenty nine euros for lunch"),
     ("pay bob", ("ten", "euros"), "pay bob ten euros"),
     ("i want to three", (), "i want to")],
)  # fmt: skip
def test_its_words_take_the_places_of_the_numbers_in_a_sentence(
    words: str, own: tuple[str, ...], sentence: str
) -> None:
    assert witness.spliced(words.split(), own) == sentence


@pytest.mark.skipif(not present(), reason="needs the espeak-ng program")
def test_the_words_of_a_settled_sentence_keep_their_seconds() -> None:
    heard = Offline().hear(speak("send sixteen euros to bob", "en-gb"), ("Bob", "Alice"), "en")
    assert [span.text for span in heard.spans] == heard.text.split()
    assert all(
        first.seconds[0] <= second.seconds[0] for first, second in zip(heard.spans, heard.spans[1:], strict=False)
    )
