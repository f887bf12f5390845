"""A language model beside the rules: it may settle what they leave open, add a detail, or raise a question.

It sees the acts as tools and quotes the person: a payee or an amount must stand in the person's own words, where our
grammar reads it, so no model types a number; what was invented is left out and asked for. Yes, no, a repeated amount,
pictures and files never reach it, and it has no tool that confirms. Where it and the rules disagree, the person is
asked. One repair round, then the rules answer alone and the trace says so.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Annotated, Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.errors import LueurError
from assistant.language import measures, pictures, pointing, slots
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
from assistant.language.rules import Rules, refusal
from assistant.language.tokens import Phrases, folded, tokens
from assistant.request import Evidence
from assistant.settings import Settings

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


class Model(Protocol):
    """A chat model, `models/chat.py`."""

    def describe(self) -> str: ...

    def ask(
        self, messages: Sequence[Mapping[str, str]], tools: Sequence[Mapping[str, Any]]
    ) -> list[tuple[str, Any]]: ...


def chosen(settings: Settings) -> Proposer:
    """The rules, and beside them the language model that the person configured."""
    from models.chat import configured

    model = configured(settings.llm_url, settings.llm_key, settings.llm_model, float(settings.llm_seconds))
    return Guided(Rules(), model) if model else Rules()


class Guided:
    """Rules with a model beside them."""

    def __init__(self, rules: Rules, model: Model) -> None:
        self.rules, self.model = rules, model

    def describe(self) -> str:
        return f"{self.rules.describe()}, and {self.model.describe()}"

    def propose(self, utterance: str, evidence: Evidence, state: State, world: World) -> Proposal:
        if short := self.rules.short(utterance, evidence, state, world):
            return Proposal(short, "rules")
        ours = self.rules.wishes(utterance, evidence, state, world)
        try:
            theirs, by = self._asked(utterance, state, world), f"rules and {self.model.describe()}"
        except LueurError:
            return Proposal(ours, f"rules ({self.model.describe()} did not answer)")
        except ValueError:
            return Proposal(ours, f"rules ({self.model.describe()} gave nothing usable, twice)")
        return _settled(ours, theirs, by, evidence, state)

    def _asked(self, text: str, state: State, world: World) -> tuple[Act, ...]:
        """Raises `Unavailable` when the model does not answer and `ValueError` when it is wrong again after repair."""
        top = state.frames[-1] if state.frames else None
        beside = {"open": top.goal if top else "", "asked": top.asked if top else "", "shown": len(state.results)}
        sentence = json.dumps({"sentence": text, **beside}, ensure_ascii=False)
        messages = [{"role": "system", "content": ASKED}, {"role": "user", "content": sentence}]
        calls = self.model.ask(messages, tools())
        try:
            return acts_of(calls, text, state, world)
        except ValueError as fault:
            said = json.dumps(calls, ensure_ascii=False)[:2000]
            repair = f"That cannot be used: {_reason(fault)}. Answer with calls of the tools alone."
            again = [*messages, {"role": "assistant", "content": said}, {"role": "user", "content": repair}]
            return acts_of(self.model.ask(again, tools()), text, state, world)


class Beside:
    """Rules with a proposer of any make beside them, which may obey whatever it has read.

    Its acts are read again as calls of the same tools, so that they too can only quote the person.
    """

    def __init__(self, rules: Rules, other: Proposer) -> None:
        self.rules, self.other = rules, other

    def propose(self, utterance: str, evidence: Evidence, state: State, world: World) -> Proposal:
        if short := self.rules.short(utterance, evidence, state, world):
            return Proposal(short, "rules")
        found = self.other.propose(utterance, evidence, state, world)
        theirs: list[Act] = []
        for call in filter(None, map(_call, found)):
            with suppress(ValueError):
                theirs.append(_act(*call, utterance, state, world))
        ours = self.rules.wishes(utterance, evidence, state, world)
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


def acts_of(calls: Sequence[tuple[str, Any]], text: str, state: State, world: World) -> tuple[Act, ...]:
    """The acts of these calls. Raises `ValueError` for none, too many, an unknown tool, or wrong arguments."""
    if not 1 <= len(calls) <= MOST:
        raise ValueError(f"{len(calls)} calls; 1 to {MOST} are expected")
    return tuple(_act(name, data, text, state, world) for name, data in calls)


def _act(name: str, data: Any, text: str, state: State, world: World) -> Act:
    if name not in TOOLS:
        raise ValueError(f"no tool is called {name[:40]!r}")
    match TOOLS[name].model_validate(data):
        case StartCall() as call if call.goal == "buy":
            return Start("buy", _found(call.query, text, state, world))
        case StartCall() as call:
            told = _paid(call, text, state, world)
            return (refusal(text, state, world) if call.goal == "pay" else None) or Start(call.goal, told)
        case QueryCall() as call:
            return _query(call, text, state, world)
        case SetCall() as call:
            return Set(_paid(call, text, state, world))
        case ChooseCall():
            said = pointing.reference(text, state.language)
            return Choose(said[0], "buy") if said else Unknown(("buy",))
        case ChatCall() as call:
            return Chat(call.topic)
        case _:
            return Unknown()


def _query(call: QueryCall, text: str, state: State, world: World) -> Act:
    if call.goal == "find":
        return Query("find", _found(call.query, text, state, world))
    if call.goal != "measure":
        return Query(call.goal)
    told = measures.read(text, state.language, world)
    metric = {"metric": Slot(call.metric, confidence=0.7)} if call.metric and "metric" not in told else {}
    return Query("measure", told | metric) if told.get("metric") or metric else Unknown(("measure",))


def _found(query: str, text: str, state: State, world: World) -> dict[str, Slot]:
    """Conditions as our grammar reads them; the words to search as the model quotes them, if it quotes."""
    told = slots.find(text, state.language, world)
    said = {word.text for word in tokens(text)}
    quoted = bool(query) and all(word.text in said for word in tokens(query))
    return told | ({"query": Slot(query, query)} if quoted else {})


def _paid(call: StartCall | SetCall, text: str, state: State, world: World) -> dict[str, Slot]:
    """What our grammar reads, and beside it what the model quotes: another payee or amount is another reading."""
    told = slots.pay(text, state.language, world)
    for name, quote in (("payee", call.payee), ("amount", call.amount), ("purpose", call.purpose)):
        span = _place(quote, text)
        if span is None:
            continue  # not in the person's words: left out, and asked for
        said = text[slice(*span)]
        read = slots.amount(said, state.language) if name == "amount" else Slot(_in_book(said, world))
        if read:
            new = replace(read, text=said, span=span, confidence=0.6)
            told[name] = _beside(told[name], new) if name in told else new
    return told


def _place(quote: str, text: str) -> tuple[int, int] | None:
    words = tokens(text)
    hits = Phrases([(quote, quote)]).scan(words) if tokens(quote) else []
    return (words[hits[0][1]].start, words[hits[0][2] - 1].end) if hits else None


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
