"""The conversation as a pure function: acts in, a new state and effects out. Calls nothing, pays nothing.

A task that needs a sheet (pay, buy, refund) is a frame on a stack and stays open beneath a question about something
else. A changed detail always makes a new draft that names the one it replaces; a cancelled task withdraws its draft.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.language.acts import (
    Act,
    Affirm,
    Aloud,
    Amount,
    Cancel,
    Chat,
    Choose,
    Deny,
    Do,
    Drop,
    Effect,
    Frame,
    Goal,
    Query,
    Resume,
    Set,
    Slot,
    Start,
    State,
    Unknown,
    Unset,
)  # fmt: skip
from assistant.reply import Reply

TASKS = ("pay", "buy", "refund", "checkout")  # goals that end in a person's gesture
DEPTH = 8  # open tasks kept; an older one is forgotten, its sheet stays on the page until it expires
OWN: dict[str, frozenset[str]] = {
    "pay": frozenset({"payee", "amount", "purpose", "day", "often", "repeat"}),
    "buy": frozenset({"ref", "quantity"}),
    "checkout": frozenset(),
    "cart": frozenset({"focus"}),
    "afford": frozenset({"amount"}),
    "refund": frozenset({"payee", "amount"}),
    "measure": frozenset({
        "metric", "period", "versus", "category", "account", "group", "currency", "also", "held", "payee", "holding",
        "asset_class", "over", "least", "under", "most", "extra", "worst", "about",
    }),
    "find": frozenset({"query", "constraints", "doubts", "than", "by", "asked", "shown", "quantity", "best"}),
    "flash": frozenset({"kind", "given", "said"}),
}  # fmt: skip
Step = tuple[State, tuple[Effect, ...]]


def reduce(state: State, acts: Sequence[Act]) -> Step:
    """Every act in order. At least one effect always comes back; a waiting sheet comes last, once, after a question."""
    effects: tuple[Effect, ...] = ()
    for act in acts or (Unknown(),):
        state, new = _step(state, act)
        effects += new
    return state, effects + _resumed(state, acts, effects)


def _step(state: State, act: Act) -> Step:
    match act:
        case Start(goal, slots):
            return _start(state, goal, slots)
        case Query(goal, slots):
            return _ask(state, goal, slots)
        case Set(slots, payee):
            meant = _paying(state, payee)
            others = tuple(frame for frame in state.frames if frame is not meant)
            return _change(replace(state, frames=(*others, meant)) if meant else state, slots)
        case Unset(names):
            return _change(state, {}, frozenset(names))
        case Affirm(amount, sole):
            top = _top(state)
            if top and top.asked and top.offered:
                return _change(state, {top.asked: Slot(top.offered)})
            waiting = top is not None and top.sheet
            return state, ((Aloud(top.sheet, amount, sole),) if top and waiting else _remark("nothing_waits"))
        case Deny():
            return _drop(state)
        case Cancel(payee):
            return _drop(state, payee)
        case Choose(ref, goal):
            if not state.results:
                return state, _remark("no_results")
            return _start(state, goal or "buy", {"ref": Slot(ref)})
        case Chat(topic):
            return state, (Do("help") if topic == "help" else Do("greet", {"topic": Slot(topic)}),)
        case Unknown(candidates, outside):
            if outside:
                return state, (Do("outside"),)
            return state, (Do("clarify", {"goals": Slot(tuple(candidates))}),)


def _remark(topic: str) -> tuple[Effect, ...]:
    return (Do("clarify", {"topic": Slot(topic)}),)


def _top(state: State) -> Frame | None:
    return state.frames[-1] if state.frames else None


def _start(state: State, goal: Goal, slots: Mapping[str, Slot]) -> Step:
    """A task opens a frame; one that never reached a sheet gives way. Anything else is done at once."""
    if goal not in TASKS:
        return _ask(state, goal, slots)
    top, last = _top(state), state.last
    if goal == "buy" and last and last.goal == "find" and not {"query", "quantity"} & set(slots):
        slots = {**slots, **{name: slot for name, slot in last.slots.items() if name == "quantity"}}  # of the 3 mugs
    if goal in ("buy", "checkout") and top and top.goal == goal and top.sheet:  # chosen anew: one checkout
        return replace(state, frames=(*state.frames[:-1], Frame(goal, slots))), (Do(goal, slots, top.sheet),)
    kept = tuple(frame for frame in state.frames if not frame.asked)[1 - DEPTH :]
    return replace(state, frames=(*kept, Frame(goal, slots))), (Do(goal, slots),)


def _ask(state: State, goal: Goal, slots: Mapping[str, Slot]) -> Step:
    if goal == "cart":
        return _about_cart(state, slots)
    kept = goal in OWN and (goal != "afford" or "amount" in slots)  # "can I afford it?" leaves the list where it is
    last = Frame(goal, slots) if kept else state.last
    return replace(state, last=last), (Do(goal, slots),)


def _about_cart(state: State, slots: Mapping[str, Slot]) -> Step:
    """A cart that changes while its review waits is reviewed anew: another sheet takes the place of that one."""
    op = slots["op"].value if "op" in slots else "show"
    waiting = next((frame for frame in state.frames if frame.goal == "checkout" and frame.sheet), None)
    asked: tuple[Effect, ...] = (Do("cart", slots),)
    if waiting and op != "show":
        state = replace(state, frames=tuple(Frame("checkout") if f is waiting else f for f in state.frames))
        asked += (Do("checkout", {}, waiting.sheet),)
    return replace(state, last=Frame("cart", {})), asked


def _change(state: State, slots: Mapping[str, Slot], dropped: frozenset[str] = frozenset()) -> Step:
    """To the open task if the details are its own, else to the last question or the last finished task."""
    names = frozenset(slots) | dropped
    top = _top(state)
    if top and names <= OWN[top.goal]:
        if not names:
            return state, ((Resume(top.goal, top.sheet),) if top.sheet else (Do(top.goal, top.slots),))
        changed = Frame(top.goal, _merged(top, slots, dropped))
        return replace(state, frames=(*state.frames[:-1], changed)), (Do(top.goal, changed.slots, top.sheet),)
    last = state.last
    if names and last and names <= OWN.get(last.goal, frozenset()):
        return _start(state, last.goal, _merged(last, slots, dropped))
    return state, _remark("nothing_open")


def _merged(frame: Frame, slots: Mapping[str, Slot], dropped: frozenset[str]) -> dict[str, Slot]:
    kept = {name: slot for name, slot in frame.slots.items() if name not in dropped}
    return kept | {name: _continued(kept.get(name), slot) for name, slot in slots.items()}


def _continued(old: Slot | None, new: Slot) -> Slot:
    """A number said anew keeps the currency that was said with the old one: "20 dollars ... make it 30"."""
    was, now = (old.value if old else None), new.value
    if not isinstance(was, Amount) or not isinstance(now, Amount) or now.currency or now.candidates:
        return new
    return replace(new, value=replace(now, currency=was.currency, candidates=was.candidates))


def _drop(state: State, payee: str = "") -> Step:
    """The last task, or the one that pays this payee."""
    gone = _paying(state, payee) if payee else _top(state)
    if gone is None:
        return state, (Do("undo", {"op": Slot("cancel")}),)
    return replace(state, frames=tuple(f for f in state.frames if f is not gone)), (Drop(gone.goal, gone.sheet),)


def _paying(state: State, payee: str) -> Frame | None:
    return next((frame for frame in reversed(state.frames) if payee and frame.told("payee") == payee), None)


def _resumed(state: State, acts: Sequence[Act], effects: Sequence[Effect]) -> tuple[Effect, ...]:
    """After a digression the sheet that still waits is shown again."""
    top = _top(state)
    asked = any(isinstance(act, (Query, Set, Unset, Choose, Start)) for act in acts)
    touched = any(isinstance(e, (Drop, Aloud, Resume)) or (isinstance(e, Do) and e.goal in TASKS) for e in effects)
    return (Resume(top.goal, top.sheet),) if top and top.sheet and asked and not touched else ()


def remember(state: State, effect: Effect, reply: Reply) -> State:
    """What the reply left behind: the slot it asked for, its sheet, results, and what a follow-up builds on."""
    if reply.results or reply.focus:
        state = replace(state, results=reply.results or state.results, focus=reply.focus)
    if isinstance(effect, Do) and effect.goal in TASKS:
        state = _settled(state, effect, reply)
        if effect.goal == "buy" and reply.told:  # a shelf to choose from: what is said next may narrow it
            state = replace(state, last=_told("find", reply))
    elif isinstance(effect, (Aloud, Resume)) and reply.sheet:
        frames = (replace(f, sheet=reply.sheet) if f.sheet == effect.sheet else f for f in state.frames)
        state = replace(state, frames=tuple(frames))
    elif isinstance(effect, Do) and reply.told and effect.goal == "describe":
        state = replace(state, paper=Frame("describe", dict(reply.told)))
    elif isinstance(effect, Do) and reply.told and effect.goal in OWN:
        state = replace(state, last=_told(effect.goal, reply))
    return close(state, reply.closes) if reply.closes else state


def _told(goal: Goal, reply: Reply) -> Frame:
    return Frame(goal, {name: Slot(_frozen(value)) for name, value in reply.told.items() if name in OWN[goal]})


def _frozen(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _settled(state: State, effect: Do, reply: Reply) -> State:
    """The frame of this effect with its sheet or question; a reply with neither ended the task."""
    place = next((i for i in reversed(range(len(state.frames))) if _is_of(state.frames[i], effect)), None)
    if place is None:
        return state
    frame = replace(state.frames[place], asked=reply.asks, sheet=reply.sheet, offered=reply.offers)
    still = (frame,) if frame.asked or frame.sheet else ()
    return replace(state, frames=(*state.frames[:place], *still, *state.frames[place + 1 :]))


def _is_of(frame: Frame, effect: Do) -> bool:
    return frame.goal == effect.goal and frame.slots == effect.slots and not frame.sheet


def tapped(state: State, reply: Reply) -> State:
    """What a tap left behind: a task that is over, or a sheet that words must reach from now on."""
    if reply.results:
        state = replace(state, results=reply.results, focus=reply.focus)
    if reply.sheet and reply.closes:
        frames = (replace(f, sheet=reply.sheet) if f.sheet == reply.closes else f for f in state.frames)
        state = replace(state, frames=tuple(frames))
    elif reply.closes:
        state = close(state, reply.closes)
    if not reply.sheet or any(frame.sheet == reply.sheet for frame in state.frames):
        return state
    kept = tuple(frame for frame in state.frames if not frame.asked)[1 - DEPTH :]
    goal: Goal = "pay" if reply.route == "payment" else "buy"
    return replace(state, frames=(*kept, Frame(goal, sheet=reply.sheet)))


def close(state: State, draft: str) -> State:
    """The task of this draft is over; "and the same for Bob" may still build on it."""
    over = [frame for frame in state.frames if frame.sheet == draft]
    left = tuple(frame for frame in state.frames if frame.sheet != draft)
    last = Frame(over[0].goal, over[0].slots) if over and over[0].slots else state.last
    return replace(state, frames=left, last=last)


def joined(replies: Sequence[Reply]) -> Reply:
    """One reply for one turn: texts in order, all cards, the route of the first that did something."""
    if len(replies) == 1:
        return replies[0]
    leading = next((reply for reply in replies if reply.route != "other"), replies[0])

    def last(name: str) -> str:
        return next((value for reply in reversed(replies) if (value := str(getattr(reply, name)))), "")

    return replace(
        leading,
        text=" ".join(reply.text for reply in replies if reply.text),
        speak=" ".join(reply.speak or reply.text for reply in replies),
        cards=tuple({card.id: card for reply in replies for card in reply.cards}.values()),
        trace=tuple(step for reply in replies for step in reply.trace),
        asks=last("asks"), offers=last("offers"), sheet=last("sheet"), closes=last("closes"), error=last("error"),
        results=next((reply.results for reply in reversed(replies) if reply.results), ()),
    )  # fmt: skip
