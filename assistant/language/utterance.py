"""One sentence beside the conversation it is said in. It is read once: every detail when it is first asked for.

Whoever proposes an act (`answers`, `corrections`, `basket`, `asides`, `rules`) is given this and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Self

from assistant.language import constraints, measures, pointing, slots
from assistant.language.acts import Frame, Slot, State, World
from assistant.language.constraints import Wanted
from assistant.language.lexicon import Words
from assistant.language.sentence import Sentence

SIGNS = "$€£¥-"  # marks that belong to an amount
SMALL = ("payee_before", "purpose", "polite", "change", "ellipsis", "in_currency")  # words that introduce details


def utter(text: str, state: State, world: World) -> "Utterance":
    return Utterance(text, state.language, world, state=state)


@dataclass(frozen=True)
class Utterance(Sentence):
    state: State = field(default_factory=State)

    # ---- the conversation ----

    @property
    def top(self) -> Frame | None:
        """The open task that was spoken of last."""
        return self.state.frames[-1] if self.state.frames else None

    @property
    def waiting(self) -> Slot | None:
        """The amount of the open payment."""
        return self.top.slots.get("amount") if self.top and self.top.goal == "pay" else None

    @property
    def search(self) -> Frame | None:
        """The list of products that was shown last, when nothing was asked since."""
        return self.state.last if self.state.last and self.state.last.goal == "find" else None

    # ---- the words ----

    @cached_property
    def core(self) -> Words:
        """Without marks and polite words at both ends; a currency sign or a minus stays."""
        return trimmed(self.tokens)

    @cached_property
    def content(self) -> Words:
        return self.core.content

    def is_whole(self, name: str) -> bool:
        return self.tokens.are(name) or self.core.are(name)

    def only(self, spans: Sequence[tuple[int, int] | None], words: Words | None = None, *more: str) -> bool:
        """Nothing is said but these details and the small words that introduce them."""
        return not self.besides(spans, words, *more)

    def besides(self, spans: Sequence[tuple[int, int] | None], words: Words | None = None, *more: str) -> int:
        """How many words are said besides these details and small words."""
        words = self.core if words is None else words
        small = words.covered(*SMALL, *more)
        known = [span for span in spans if span]
        return sum(
            not (i in small or word.kind == "mark" or any(start <= word.start < end for start, end in known))
            for i, word in enumerate(words)
        )

    @property
    def is_changed(self) -> bool:
        """Whether a word of correction stands at either end."""
        return any(first == 0 or last == len(self.core) for _, first, last in self.core.find("change"))

    @property
    def asks(self) -> bool:
        return self.text.rstrip().endswith(("?", "？"))

    # ---- the details ----

    @cached_property
    def payment(self) -> dict[str, Slot]:
        return slots.pay(self)

    @cached_property
    def measured(self) -> dict[str, Slot]:
        return measures.read(self)

    @cached_property
    def wish(self) -> dict[str, Slot]:
        return slots.find(self)

    @cached_property
    def limits(self) -> Wanted:
        return constraints.read(self)

    @cached_property
    def place(self) -> tuple[pointing.Ref, int] | None:
        return pointing.reference(self.tokens)

    @cached_property
    def places(self) -> tuple[pointing.Ref, ...]:
        return pointing.references(self.tokens)

    @property
    def goods(self) -> dict[str, Slot]:
        """A product by words that name one that is sold; "it" and "this" name none."""
        kept = ("query", "constraints", "quantity")
        return {name: slot for name, slot in self.wish.items() if name in kept} if self.sold else {}

    def knows(self, payee: Slot | None) -> bool:
        return payee is not None and payee.value in self.world.payees

    def of(self, text: str) -> Self:
        """Other words in the same place of the conversation."""
        return replace(self, text=text)


def trimmed(words: Words) -> Words:
    small = words.covered("polite")
    small |= {index for index, word in enumerate(words) if word.kind == "mark" and word.text not in SIGNS}
    kept = [index for index in range(len(words)) if index not in small]
    return words.cut(kept[0], kept[-1] + 1) if kept else words.cut(0, 0)
