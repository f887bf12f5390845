"""A language model beside the rules: it may settle what they leave open, add a detail, or raise a question.

It sees the acts as tools and quotes the person: a payee or an amount must stand in the person's own words, where our
grammar reads it, so no model types a number; what was invented is left out and asked for. Yes, no, a repeated amount,
pictures and files never reach it, and it has no tool that confirms. Where it and the rules disagree, the person is
asked. One repair round, then the rules answer alone and the trace says so.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.errors import LueurError
from assistant.language import measures, pictures, slots
from assistant.language.acts import (
    Act,
    Chat,
    Choose,
    Goal,
    Proposal,
    Proposer,
    Query,
    Set,
    Slot,
    Slots,
    Start,
    State,
    Unknown,
    World,
)
from assistant.language.dialogue import OWN, TASKS
from assistant.language.heard import careful
from assistant.language.lexicon import names
from assistant.language.rules import Rules, refusal
from assistant.language.tokens import extent, folded, tokens
from assistant.language.utterance import Utterance, utter
from assistant.request import Evidence
from assistant.settings import Settings
from models import chat

MOST = 3  # acts of one sentence
ASKED = (
    "Turn the person's sentence into calls of these tools, one call for each wish. Copy words exactly as they stand in "
    "the sentence; never invent, translate or complete a name or a number; leave out what was not said."
)
Quote = Annotated[str, Field(max_length=200, description="copied from the sentence")]


class _Tool(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class StartCall(_Tool):
    """A payment, a refund or a purchase that the person asks for. It is only drafted."""

    goal: Literal["pay", "refund", "buy"]
    payee: Quote = ""
    amount: Quote = ""
    purpose: Quote = ""
    query: Quote = ""


class QueryCall(_Tool):
    """A question about the person's money or payments, or a search for a product."""

    goal: Literal["measure", "find", "compare", "payments", "advice", "import"]
    metric: Literal["", *measures.METRICS] = ""  # type: ignore[valid-type]  # the metrics are a tuple of texts
    query: Quote = ""


class SetCall(_Tool):
    """Details said anew for what is open."""

    payee: Quote = ""
    amount: Quote = ""
    purpose: Quote = ""


class ChooseCall(_Tool):
    """The product of the shown list whose place the person says."""


class ChatCall(_Tool):
    """A greeting, thanks, or a wish to know what can be done here."""

    topic: Literal["help", "greet", "thanks"]


class UnknownCall(_Tool):
    """None of the other tools fits."""


TOOLS: dict[str, type[_Tool]] = {
    "start": StartCall, "query": QueryCall, "set": SetCall, "choose": ChooseCall, "chat": ChatCall,
    "unknown": UnknownCall,
}  # fmt: skip


def chosen(settings: Settings) -> Proposer:
    """The rules, and beside them the language model that the person configured."""
    model = chat.configured(settings.llm_url, settings.llm_key, settings.llm_model, float(settings.llm_seconds))
    return Guided(Rules(), model) if model else Rules()


class Guided:
    """Rules with a model beside them."""

    def __init__(self, rules: Rules, model: chat.Chat) -> None:
        self.rules, self.model = rules, model

    def describe(self) -> str:
        return f"{self.rules.describe()}, and {self.model.describe()}"

    def propose(self, utterance: str, evidence: Evidence, state: State, world: World) -> Proposal:
        said = utter(utterance, state, world)
        if short := self.rules.short(said, evidence):
            return Proposal(short, "rules")
        ours = self.rules.wishes(said, evidence)
        try:
            theirs, by = self._asked(said), f"rules and {self.model.describe()}"
        except LueurError:
            return Proposal(ours, f"rules ({self.model.describe()} did not answer)")
        except ValueError:
            return Proposal(ours, f"rules ({self.model.describe()} gave nothing usable, twice)")
        return _settled(ours, theirs, by, evidence, state)

    def _asked(self, said: Utterance) -> tuple[Act, ...]:
        """Raises `Unavailable` when the model does not answer and `ValueError` when it is wrong again after repair."""
        top, shown = said.top, len(said.state.results)
        beside = {"open": top.goal if top else "", "asked": top.asked if top else "", "shown": shown}
        sentence = json.dumps({"sentence": said.text, **beside}, ensure_ascii=False)
        messages = [{"role": "system", "content": ASKED}, {"role": "user", "content": sentence}]
        calls = self.model.ask(messages, tools())
        try:
            return acts_of(calls, said)
        except ValueError as fault:
            called = json.dumps(calls, ensure_ascii=False)[:2000]
            repair = f"That cannot be used: {_reason(fault)}. Answer with calls of the tools alone."
            again = [*messages, {"role": "assistant", "content": called}, {"role": "user", "content": repair}]
            return acts_of(self.model.ask(again, tools()), said)


class Beside:
    """Rules with a proposer of any make beside them, which may obey whatever it has read.

    Its acts are read again as calls of the same tools, so that they too can only quote the person.
    """

    def __init__(self, rules: Rules, other: Proposer) -> None:
        self.rules, self.other = rules, other

    def propose(self, utterance: str, evidence: Evidence, state: State, world: World) -> Proposal:
        said = utter(utterance, state, world)
        if short := self.rules.short(said, evidence):
            return Proposal(short, "rules")
        found = self.other.propose(utterance, evidence, state, world)
        theirs: list[Act] = []
        for call in filter(None, map(_call, found)):
            with suppress(ValueError):
                theirs.append(_act(*call, said))
        ours = self.rules.wishes(said, evidence)
        same = {_goal(act): act for act in ours if not (isinstance(act, Start) and act.goal == "pay")}
        theirs = [same.get(_goal(act), act) for act in theirs]  # only a payment's details may have a second reading
        return _settled(ours, theirs, f"rules and {found.by}", evidence, state)


def _call(act: Act) -> tuple[str, dict[str, Any]] | None:
    """The tool that this act would have been; none for one that no tool can do."""
    match act:
        case Start(goal, slots):
            return "start", {"goal": goal} | _quotes(slots, "payee", "amount", "purpose", "query")
        case Query(goal, slots):
            return "query", {"goal": goal} | _quotes(slots, "metric", "query")
        case Set(slots):
            return "set", _quotes(slots, "payee", "amount", "purpose")
        case Choose():
            return "choose", {}
        case Chat(topic):
            return "chat", {"topic": topic}
        case _:
            return None


def _quotes(told: Slots, *names: str) -> dict[str, str]:
    return {name: told[name].text or str(told[name].value) for name in names if name in told}


def _settled(ours: Sequence[Act], theirs: Sequence[Act], by: str, evidence: Evidence, state: State) -> Proposal:
    agreed = tuple(pictures.fill(act, evidence) for act in _agreed(ours, theirs))
    return Proposal(careful(agreed, evidence, state.language), by)


def tools() -> list[dict[str, Any]]:
    """Name, purpose and JSON schema of every tool."""
    return [
        {"name": name, "description": tool.__doc__ or "", "parameters": tool.model_json_schema()}
        for name, tool in TOOLS.items()
    ]


def _reason(fault: ValueError) -> str:
    if not isinstance(fault, ValidationError):
        return str(fault)
    first = fault.errors()[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"


def acts_of(calls: Sequence[tuple[str, Any]], said: Utterance) -> tuple[Act, ...]:
    """The acts of these calls. Raises `ValueError` for none, too many, an unknown tool, or wrong arguments."""
    if not 1 <= len(calls) <= MOST:
        raise ValueError(f"{len(calls)} calls; 1 to {MOST} are expected")
    return tuple(_act(name, data, said) for name, data in calls)


def _act(name: str, data: Any, said: Utterance) -> Act:
    if name not in TOOLS:
        raise ValueError(f"no tool is called {name[:40]!r}")
    match TOOLS[name].model_validate(data):
        case StartCall() as call if call.goal == "buy":
            return Start("buy", _found(call.query, said))
        case StartCall() as call:
            told = _paid(call, said)
            return (refusal(said) if call.goal == "pay" else None) or Start(call.goal, told)
        case QueryCall() as call:
            return _query(call, said)
        case SetCall() as call:
            return Set(_paid(call, said))
        case ChooseCall():
            return Choose(said.place[0], "buy") if said.place else Unknown(("buy",))
        case ChatCall() as call:
            return Chat(call.topic)
        case _:
            return Unknown()


def _query(call: QueryCall, said: Utterance) -> Act:
    if call.goal == "find":
        return Query("find", _found(call.query, said))
    if call.goal != "measure":
        return Query(call.goal)
    told = said.measured
    metric = {"metric": Slot(call.metric, confidence=0.7)} if call.metric and "metric" not in told else {}
    return Query("measure", told | metric) if told.get("metric") or metric else Unknown(("measure",))


def _found(query: str, said: Utterance) -> dict[str, Slot]:
    """Conditions as our grammar reads them; the words to search as the model quotes them, if it quotes."""
    quoted = bool(query) and all(word.text in said.words for word in tokens(query))
    return said.wish | ({"query": Slot(query, query)} if quoted else {})


def _paid(call: StartCall | SetCall, said: Utterance) -> dict[str, Slot]:
    """What our grammar reads, and beside it what the model quotes: another payee or amount is another reading."""
    told = dict(said.payment)
    for name, quote in (("payee", call.payee), ("amount", call.amount), ("purpose", call.purpose)):
        span = _place(quote, said)
        if span is None:
            continue  # not in the person's words: left out, and asked for
        words = said.text[slice(*span)]
        read = slots.amount(words, said.language) if name == "amount" else Slot(_in_book(words, said.world))
        if read:
            new = replace(read, text=words, span=span, confidence=0.6)
            told[name] = _beside(told[name], new) if name in told else new
    return told


def _place(quote: str, said: Utterance) -> tuple[int, int] | None:
    hits = names((quote,)).scan(said.tokens) if tokens(quote) else []
    return extent(said.tokens, *hits[0][1:]) if hits else None


def _in_book(name: str, world: World) -> str:
    return next((known for known in world.payees if folded(known.lower()) == folded(name.lower())), name)


def _beside(ours: Slot, theirs: Slot) -> Slot:
    """One slot; two values are two readings, unless both were read from the same words."""
    if ours.value == theirs.value or not (ours.span and theirs.span):
        return ours
    if ours.span[0] < theirs.span[1] and theirs.span[0] < ours.span[1]:
        return ours
    others = dict.fromkeys((*ours.readings, theirs.value, *theirs.readings))
    return replace(ours, readings=tuple(other for other in others if other != ours.value))


def _agreed(ours: Sequence[Act], theirs: Sequence[Act]) -> tuple[Act, ...]:
    """Theirs where the rules are not sure or want the same; a payment that only they see is asked about."""
    clear = [act for act in ours if not isinstance(act, Unknown)]
    theirs = [act for at, act in enumerate(theirs) if act not in theirs[:at]]
    theirs = [act for act in theirs if _goal(act) in map(_goal, clear) or _stands(act, bool(clear))]
    outside = any(isinstance(act, Unknown) and act.outside for act in ours)
    if not theirs:
        return tuple(ours)
    new = list(theirs)
    for goal in map(_goal, clear):
        if goal in map(_goal, new):
            new.pop([_goal(act) for act in new].index(goal))
    wanted = tuple(goal for act in (*clear, *new) if (goal := _goal(act)) in OWN)
    added = any(_goal(act) in TASKS for act in new)
    if len(theirs) - len(new) < len(clear) or (added and (clear or outside)):
        return (Unknown(tuple(dict.fromkeys(wanted))),)
    return tuple(theirs)


def _stands(act: Act, beside: bool) -> bool:
    """Whether an act that only they see rests on the person's words, `beside` one that the rules see clearly or alone.

    A payment needs its payee and its amount there; nothing else is added to what is clear, for it may have been read
    anywhere.
    """
    told = act.slots if isinstance(act, (Start, Set)) else {}
    if isinstance(act, Start) and act.goal == "pay":
        return {"payee", "amount"} <= set(told) or (bool(told) and not beside)
    return not beside and not isinstance(act, Unknown) and (bool(told) or not isinstance(act, (Start, Set)))


def _goal(act: Act) -> Goal:
    return getattr(act, "goal", None) or getattr(act, "topic", None) or "clarify"
