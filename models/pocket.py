"""The offline recogniser: PocketSphinx with a language model made for this person's names and things. English only.

It needs no download and says what it is. Inside its domain it is good; on other speech it would still answer with
domain words, so its posterior, less what words in no known order cost, becomes a confidence that falls below 0.5
there (measured in models/cards/offline-recogniser.md). Numbers and currencies that a second witness hears too stand
(`witness.py`); else its reading, and those of the lattice that fit about as well, are alternatives.
"""

import difflib
import functools
import itertools
import math
import re
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from assistant.errors import BadInput
from assistant.request import Heard, Language, Span
from models import domain, witness
from models.phones import accents, plain, pronunciation
from models.sound import RATE, Samples, as_pcm

LEVEL, NOISE, SILENCE = 0.3, 0.003, 0.4  # peak of the speech, deviation of the noise laid under it, seconds around it
COLOUR = 0.6 * 0.8 ** np.arange(24)  # of the noise, as an impulse response of power 1
DOUBT = -3.7  # log10 of the posterior at which confidence is 0.5
STRANGE = 1.5  # what three words in an order that no pattern has cost of that (see card)
# Chances, by the second witness, at which money stands that is not of the recogniser's best reading, that both heard;
# and at which it is an alternative.
CERTAIN, SURE, LIKELY = 0.95, 0.6, 0.3
RIVAL = 10**0.1  # a reading with other numbers is named when the best is not better by more than this factor
READINGS, MOST_RIVALS = 100, 3  # of the lattice that are looked at, and the most alternatives
MOST_HINTS = 800
CONFUSABLE = 0.75  # share of equal sounds from which a product's name may not compete with a word of money

Segment = tuple[str, float, int, int]  # word, posterior, first and last frame of 10 ms
Reading = tuple[str, float]  # words, score

_lock = threading.Lock()


class Decoder(NamedTuple):
    engine: Any
    folder: tempfile.TemporaryDirectory[str]  # where it leaves the scores of the sounds it heard (`witness.scores`)


class Offline:
    name = "offline recogniser"
    quick = True

    def ready(self) -> bool:
        return True

    def describe(self) -> str:
        return "offline recogniser (English)"

    def speaks(self, language: Language) -> bool:
        return language == "en"

    def prepare(self, hints: tuple[str, ...]) -> object:
        with _lock:
            return _recogniser(hints[:MOST_HINTS]), witness.weights()

    def hear(self, samples: Samples, hints: tuple[str, ...], language: Language) -> Heard:
        """Raises `BadInput` when nothing in the sound can be words."""
        with _lock:
            decoder, known = _recogniser(hints[:MOST_HINTS])
            best, segments, scores = decoded(decoder, samples)
            readings = list(_readings(decoder.engine)) if segments else []
        words = _words(segments)
        if not words:
            raise BadInput("heard_nothing")
        words, rivals = settled(words, readings, witness.listened(scores))
        spelling = _spelling(hints)
        spans = tuple(_spans(words, segments, spelling))
        strange = sum(order not in known for order in domain.orders(words))
        return Heard(
            text=" ".join(span.text for span in spans),
            confidence=round(_confidence(best, strange), 3),
            engine=self.describe(),
            language=language,
            seconds=round(len(samples) / RATE, 2),
            spans=spans,
            alternatives=tuple(" ".join(spelling.get(word, word) for word in text.split()) for text in rivals),
        )


def decoded(decoder: Decoder, samples: Samples) -> tuple[float, list[Segment], witness.Floats]:
    """(posterior of the sentence, its words, scores of its sounds), whatever was heard before."""
    engine = decoder.engine
    engine.reinit_feat()  # else the noise estimate of the last speaker stays
    engine.start_utt()
    engine.process_raw(as_pcm(_prepared(samples)), full_utt=True)
    engine.end_utt()
    best, scores = engine.hyp(), witness.scores(Path(decoder.folder.name))
    if best is None:
        return 0.0, [], scores
    return best.prob, [(each.word, each.prob, each.start_frame, each.end_frame) for each in engine.seg()], scores


def _readings(engine: Any) -> Iterator[Reading]:
    """The best ways through the lattice of the last decoding, best first."""
    found = itertools.islice(engine.nbest() or (), READINGS)
    for reading in filter(None, found):
        yield re.sub(r"\(\d+\)", "", reading.hypstr), reading.score


def _prepared(samples: Samples) -> Samples:
    """At a known level with quiet noise under it and around it: the models never met digital silence.

    The noise falls off as that of rooms does; white noise hides the consonants that tell "six" from "fifty".
    """
    peak = max(float(np.abs(samples).max(initial=0)), 1e-6)
    sound = np.pad(samples * (LEVEL / peak), int(SILENCE * RATE))
    white = np.random.default_rng(len(samples)).normal(0, NOISE, len(sound))
    return (sound + np.convolve(white, COLOUR, "same")).astype(np.float32)


def _confidence(posterior: float, strange: int) -> float:
    return 1 / (1 + 10 ** (DOUBT - math.log10(max(posterior, 1e-12)) + STRANGE * strange))


def _words(segments: Sequence[Segment]) -> list[str]:
    """The words as spoken, without silences and numbers of pronunciations."""
    return [re.sub(r"\(\d+\)$", "", word) for word, *_ in segments if not word.startswith(("<", "["))]


def _spans(words: Sequence[str], segments: Sequence[Segment], spelling: Mapping[str, str]) -> Iterator[Span]:
    """The words as they are written, in seconds of the sound without the silence put around it; where numbers were
    settled otherwise, the whole stretch that they stand for."""
    spoken = [segment for segment in segments if not segment[0].startswith(("<", "["))]
    matcher = difflib.SequenceMatcher(None, _words(segments), words, autojunk=False)
    for _, low, high, first, last in matcher.get_opcodes():
        for place, word in enumerate(words[first:last]):
            alike = high - low == last - first
            part = spoken[low + place : low + place + 1] if alike else spoken[low:high] or spoken[max(0, low - 1) :][:1]
            start, end = part[0][2] / 100 - SILENCE, (part[-1][3] + 1) / 100 - SILENCE
            seconds = (round(max(0.0, start), 2), round(max(0.0, end), 2))
            yield Span(spelling.get(word, word), round(min(1.0, min(each[1] for each in part)), 3), seconds)


def settled(
    words: list[str], readings: Sequence[Reading], heard: Sequence[witness.Floats]
) -> tuple[list[str], list[str]]:
    """(words, alternatives). Money stands that the second witness is sure of, and money that another reading of the
    lattice with the same other words has, or it alone hears, if it is certain of it; else what it hears, and what the
    lattice has beside it, are alternatives. Where it hears less money than was said it abstains: to a voice unlike
    those it knows, it is deaf."""
    texts = {witness.money(text): text.split() for text, _ in reversed(readings)}
    texts[witness.money(" ".join(words))] = words
    sure, best = max(zip(witness.chances(list(texts), heard), texts, strict=True))
    said = witness.money(" ".join(words))
    if best and sure >= (SURE if best == said else CERTAIN) and _others(texts[best]) == _others(words):
        return texts[best], []
    own = witness.reading(heard, said)
    hears = witness.chances([own], heard)[0] if said and own != said and len(own) >= len(said) else 0.0
    mended = witness.spliced(words, own)
    if hears >= CERTAIN and _others(mended.split()) == _others(words):
        return mended.split(), []
    named = [mended] if hears >= LIKELY else []
    named += [text for text in _rivals(" ".join(words), readings) if not named or witness.money(text) != own]
    return words, named[:MOST_RIVALS]


def _others(words: Sequence[str]) -> list[str]:
    return [word for word in words if not witness.money(word)]


def _rivals(heard: str, readings: Sequence[Reading]) -> Iterator[str]:
    """Readings of the same sound with other numbers and about as good a score, each choice of numbers once."""
    best = max((score for text, score in readings if _numbers(text) == _numbers(heard)), default=0.0)
    seen = {_numbers(heard)}
    for text, score in readings:
        if _numbers(text) not in seen and score * RIVAL > best:
            seen.add(_numbers(text))
            yield text


def _numbers(text: str) -> tuple[str, ...]:
    return tuple(word for word in text.split() if word in domain.NUMBERS)


def _spoken(hint: str) -> str:
    """A hint as words of letters: "Zoé Lefèvre (home)" -> "Zoe Lefevre home"; empty when it cannot be spoken here."""
    words = re.findall(r"[^\W\d_]+(?:'[a-z]+)?", hint)
    speakable = [word for word in words if pronunciation(plain(word).replace("'", ""), dictionary())]
    if len(speakable) < len(words) or (not hint[:1].isupper() and any(map(_like_money, words))):
        return ""
    text = " ".join(map(plain, words))
    return text.capitalize() if hint[:1].isupper() else text


def _like_money(word: str) -> bool:
    """Whether the name of a thing could be taken for a currency or a number: "bureau" is one sound from "euro"."""
    from rapidfuzz.distance import Levenshtein

    money = ("euro", "euros", "dollar", "dollars", "pound", "pounds", "cent", "cents", *domain.NUMBERS)
    return plain(word) not in money and any(
        Levenshtein.normalized_similarity(sounds.split(), other.split()) >= CONFUSABLE
        for sounds in dictionary().get(plain(word)) or [pronunciation(plain(word), dictionary()) or ""]
        for known in money
        for other in dictionary()[known]
    )


def _spelling(hints: Sequence[str]) -> dict[str, str]:
    """How names are written: "zoe" -> "Zoé"; words that are also ordinary words of the domain stay as they are."""
    written = {plain(word): word for hint in hints if hint[:1].isupper() for word in re.findall(r"[^\W\d_]+", hint)}
    ordinary = domain.ordinary_words()
    return {spoken: word for spoken, word in written.items() if spoken not in ordinary}


@functools.lru_cache(maxsize=4)
def _recogniser(hints: tuple[str, ...]) -> tuple[Decoder, frozenset[domain.Gram]]:
    """A decoder for these hints and the orders of words its patterns have, built in about half a second and kept.

    Hints that cannot be spoken are left out."""
    corpus = list(domain.sentences([text for text in map(_spoken, hints) if text]))
    return decoder_of(corpus), frozenset(order for line in corpus for order in domain.orders(line.split()))


def decoder_of(corpus: Sequence[str], **settings: Any) -> Decoder:
    """For speech like these sentences. `settings`: PocketSphinx's own."""
    import pocketsphinx

    folder = tempfile.TemporaryDirectory(prefix="lueur-")
    model, words = Path(folder.name, "domain.lm"), Path(folder.name, "domain.dict")
    model.write_text(domain.arpa(corpus), encoding="utf-8")
    words.write_text(_cut({word for sentence in corpus for word in sentence.split()}), encoding="utf-8")
    files = {"hmm": pocketsphinx.get_model_path("en-us/en-us"), "lm": str(model), "dict": str(words)}
    settings |= {"cmn": "batch", "loglevel": "FATAL", "senlogdir": folder.name}
    made = Decoder(pocketsphinx.Decoder(**files, **settings), folder)
    model.unlink()  # they hold names
    words.unlink()
    return made


def _cut(vocabulary: set[str]) -> str:
    """The dictionary of these words alone, in PocketSphinx's form: one line a pronunciation."""
    known = dictionary()
    lines = []
    for word in sorted(vocabulary):
        said = known.get(word) or [pronunciation(word.replace("'", ""), known) or ""]
        every = dict.fromkeys(sounds for each in said for sounds in accents(each))
        for number, sounds in enumerate(every, 1):
            lines.append(f"{word}{f'({number})' if number > 1 else ''} {sounds}\n")
    return "".join(lines)


@functools.cache
def dictionary() -> dict[str, list[str]]:
    """CMUdict as PocketSphinx brings it: word -> pronunciations in ARPAbet."""
    import pocketsphinx

    found: dict[str, list[str]] = {}
    with Path(pocketsphinx.get_model_path("en-us/cmudict-en-us.dict")).open(encoding="utf-8") as lines:
        for line in lines:
            word, sounds = line.rstrip().split(" ", 1)
            found.setdefault(re.sub(r"\(\d+\)$", "", word), []).append(sounds.strip())
    return found
