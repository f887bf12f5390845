"""Handlers are thin: an effect of the dialogue comes in, a domain room is called, a Reply of cards goes out.

`GOALS` names the function for each goal, `TAPS` the function for each action's verb. A tap may answer with a Reply, or
with acts that go through the dialogue as if they had been said (choosing a payee fills a slot).
"""

from __future__ import annotations

import functools
import hashlib
import importlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import ModuleType
from typing import TYPE_CHECKING, Any

from assistant.language.acts import Act, Aloud, Do, Drop, Effect, Goal, Resume, Slot, State
from assistant.language.messages import say
from assistant.reply import Action, Choice, Notice, Question, Reply, Route, Style, Tone
from assistant.request import Evidence, Language, Place
from assistant.settings import Settings
from assistant.stage import Stage

if TYPE_CHECKING:
    from assistant.conversation import Preferences
    from assistant.flash import Flash
    from assistant.payments import Payments
    from assistant.shop import Shop
    from assistant.wealth import Wealth


@dataclass(frozen=True, slots=True)
class Rooms:
    payments: Payments
    wealth: Wealth
    shop: Shop
    flash: Flash
    stage: Stage = field(default_factory=Stage)


@dataclass(frozen=True, slots=True)
class Context:
    """One turn as a handler sees it. `utterance` are the person's own words; `evidence` may only fill fields."""

    user: str
    session: str
    language: Language
    now: datetime
    rooms: Rooms
    settings: Settings
    state: State = State()  # noqa: RUF009  frozen value
    utterance: str = ""
    spoken: bool = False  # the words came through this session's microphone
    evidence: Evidence = Evidence()  # noqa: RUF009
    preferences: Preferences | None = None  # of a person of this folder

    def avoided(self) -> tuple[tuple[str, str], ...]:
        """Facts (name, value) that no product shown to this person may have, unless they ask for it."""
        kept = self.preferences.get("avoid") if self.preferences else None
        return tuple((name, value) for name, value in kept or ())

    def sizes(self) -> dict[str, str]:
        """The size this person wears, by kind of product."""
        return (self.preferences.get("sizes") if self.preferences else None) or {}

    def say(self, key: str, **values: object) -> str:
        return say(self.language, key, **values)

    def join(self, sentences: Iterable[str]) -> str:
        """One text; Chinese sentences follow each other without a space."""
        return ("" if self.language == "zh" else " ").join(filter(None, sentences))


Handler = Callable[[Do, Context], Reply]
Tap = Callable[[Mapping[str, Any], Mapping[str, str], Context], "Reply | tuple[Act, ...]"]


def notice(text: str, route: Route, tone: Tone = "info", actions: tuple[Action, ...] = ()) -> Reply:
    """One sentence, as a card too."""
    return Reply(text, (Notice(tone=tone, text=text, actions=actions),), route)


def ask(text: str, actions: Sequence[Action], route: Route = "other", asks: str = "") -> Reply:
    """A question that each of these taps answers; `asks`: the slot that words may fill instead."""
    choices = tuple(Choice(action.id, action.label) for action in actions)
    card = Question(text=text, choices=choices, actions=tuple(actions))
    return Reply(text, (card,) if actions else (), route, asks=asks)


def said(label: str, goal: Goal, slots: Mapping[str, Slot], style: Style = "chip") -> Action:
    """A button that stands for a sentence."""
    return Action(label, "service.say", {"goal": goal, "slots": slots}, style)


def fills(label: str, name: str, value: Any, text: str) -> Action:
    """A button that answers with one detail."""
    return Action(label, "service.set", {"slots": {name: Slot(value, text)}}, "chip")


def stable(kind: str, *parts: object) -> str:
    """An id that is the same whenever the same thing is shown."""
    named_by = "\n".join(map(str, parts))
    return f"{kind}_{hashlib.sha256(named_by.encode()).hexdigest()[:32]}"


def where(place: Place) -> dict[str, Any]:
    """A spot in a picture as a card publishes it: its image, and box and crop where it has them."""
    box = {"box": list(place.box)} if place.box else {}
    return {"image": place.image} | box | ({"crop": place.crop} if place.crop else {})


def rooms() -> tuple[ModuleType, ...]:
    """Every module with `GOALS` or `TAPS` of its own."""
    names = "afford cart compare explain feeds flash mandates memory orders payment product service stage wallet wealth"
    return tuple(importlib.import_module(f"assistant.handlers.{name}") for name in names.split())


def _merged(table: str) -> dict[str, Any]:
    return {name: handle for room in rooms() for name, handle in getattr(room, table, {}).items()}


@functools.cache
def goals() -> dict[str, Handler]:
    return _merged("GOALS")


@functools.cache
def taps() -> dict[str, Tap]:
    return _merged("TAPS")


def carry_out(effect: Effect, context: Context) -> Reply:
    """Do what the dialogue decided. Everything but a `Do` concerns a waiting pay sheet."""
    from assistant.handlers import payment

    match effect:
        case Do(goal=goal):
            return goals()[goal](effect, context)
        case Aloud():
            return payment.aloud(effect, context)
        case Drop():
            return payment.withdraw(effect, context)
        case Resume():
            return payment.show(effect, context)
