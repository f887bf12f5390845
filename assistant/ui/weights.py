"""The recogniser in the settings: what listens now, and what can be fetched, with its progress and its buttons."""

from collections.abc import Iterable

from assistant.language.messages import say
from assistant.request import Language
from assistant.ui.markup import Html, el, join
from assistant.ui.turns import listener
from models.fetch import Fetch, State
from models.whisper import Comparison

MEGA = 1_000_000
VERBS: dict[State, tuple[str, ...]] = {
    "offered": ("get",), "fetching": ("pause", "cancel"), "paused": ("on", "cancel"), "interrupted": ("on", "cancel"),
    "unreachable": ("again",), "refused": ("again",), "full": ("again",),
}  # fmt: skip


def shelf(language: Language, engine: str, fetches: Iterable[Fetch], seen: Comparison | None) -> Html:
    """`engine`: who listens now; without `fetches` nothing is offered; `seen`: how the quick way came out."""
    rows = [row(language, fetch) for fetch in fetches]
    now = say(language, "senses.weights_now", engine=listener(language, engine))
    return join([
        el("legend", say(language, "senses.weights_title")),
        el("p", now, " ", verdict(language, seen) if seen else ""),
        el("p", say(language, "senses.weights_why"), cls="muted fine") if rows else "",
        *rows,
    ])  # fmt: skip


def verdict(language: Language, seen: Comparison) -> str:
    key = "quick" if seen.alike else "slow"
    return say(language, f"senses.weights_{key}", clips=seen.clips, gain=seen.gain, unlike=len(seen.unlike))


def row(language: Language, fetch: Fetch) -> Html:
    """One file: its name, its state in words, a bar while it comes, and the buttons of that state."""
    state, size = fetch.state, fetch.wanted.bytes
    bar = el("progress", value=fetch.done, max=size, aria_label=stated(language, fetch)) if fetch.done < size else ""
    words = {verb: say(language, f"senses.weights_{verb}", size=size // MEGA) for verb in VERBS.get(state, ())}
    buttons = [el("button", text, cls="button secondary", type="button", data_weights=f"{fetch.wanted.name}/{verb}")
               for verb, text in words.items()]  # fmt: skip
    return el("div",
        el("b", f"Whisper {fetch.wanted.name}"), *buttons,
        el("span", "" if state == "offered" else stated(language, fetch), role="status"),
        bar if state in ("fetching", "paused", "interrupted") else "",
        cls="weights", data_state=state,
    )  # fmt: skip


def stated(language: Language, fetch: Fetch) -> str:
    """Its state as one sentence, for the page and the command line."""
    return say(language, f"senses.weights_{fetch.state}", done=fetch.done // MEGA, size=fetch.wanted.bytes // MEGA,
               speed=f"{fetch.speed / MEGA:.1f}")  # fmt: skip
