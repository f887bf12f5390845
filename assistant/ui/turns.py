"""Turns as HTML: what was said, what was heard and seen, the answer and its cards. `feed.js` puts them in their place.

A piece sent to the page is one or more elements. A turn replaces the one with its id, or the question it answers
(`data-for`); a card replaces the card with its id, wherever it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from assistant.language.messages import say
from assistant.reply import Notice, Reply, to_json
from assistant.ui.cards import Drawer
from assistant.ui.markup import Html, el, icon, join

if TYPE_CHECKING:
    from assistant.core import Progress
    from assistant.request import Heard

Json = Mapping[str, Any]


def turn(draw: Drawer, reply: Json, request: Json | None = None, question: str = "") -> Html:
    """One finished turn. `question` is the page's own number for what was asked; without it the turn stands alone."""
    repeated = any(card.get("text") == reply["text"] or card["type"] == "flash" for card in reply["cards"])
    return el(
        "article",
        said(draw, request, reply["evidence"]) if request else "",
        el("div", el("p", reply["text"], cls="text") if reply["text"] and not repeated else "",
           *(draw.card(card) for card in reply["cards"]), trace(draw, reply), cls="answer"),
        cls="turn", id=reply["turn"] or None, lang=draw.language, data_for=question or None,
        data_speak=reply["speak"] or reply["text"], data_spoken=bool(request and request["spoken"]),
    )  # fmt: skip


def said(draw: Drawer, request: Json, evidence: Iterable[Json]) -> Html | str:
    """The person's side: words, names of what was attached, and which engine heard them."""
    heard = next((item for item in evidence if item["sense"] == "hear"), None)
    names = [el("span", icon("photo"), name, cls="attached") for name in request["images"]]
    names += [el("span", icon("file"), name, cls="attached") for name in request["files"]]
    if request["spoken"] and not request["text"]:
        names.append(el("span", icon("mic"), draw.word("recording"), cls="attached"))
    if not (request["text"] or names or heard):
        return ""
    bubble = el("div", *names, el("p", request["text"]) if request["text"] else "", cls="bubble")
    return el("div", bubble, heard_by(draw, heard) if heard else "", cls="me")


def heard_by(draw: Drawer, heard: Json) -> Html:
    engine = draw.word("heard_by", engine=listener(draw.language, heard["engine"]))
    return el("span", icon("mic"), f"{engine} · {round(100 * heard['confidence'])} %", cls="by")


def listener(language: str, engine: str) -> str:
    """An engine that listens, in the reader's words; a model's own name stays."""
    return say(language, "senses.offline") if engine.startswith("offline recogniser") else engine


def trace(draw: Drawer, reply: Json) -> Html:
    """Which part worked, with which engine and for how long; folded until somebody asks."""
    steps = [el("li", el("b", step["part"]), " ", step["detail"], el("span", f"{step['milliseconds']} ms", cls="muted"))
             for step in reply["trace"]]  # fmt: skip
    for item in reply["evidence"]:
        if item["sense"] == "see" and item["engines"]:
            steps.append(el("li", el("b", "see"), " ", ", ".join(item["engines"])))
    return el("details", el("summary", draw.word("trace")), el("ol", *steps), cls="trace") if steps else Html("")


def progress(draw: Drawer, step: Progress, question: str) -> Html:
    """A turn that is still at work: the words as soon as they are heard, the picture as soon as it is known."""
    heard = _words(step.heard) if step.heard and step.heard.text else ""
    note = draw.word("waiting", count=step.before) if step.stage == "waiting" else draw.word("working")
    if step.seen:
        note = f"{draw.named('kind', step.seen.kind)} · {draw.word('working')}"
    return el("article", heard, el("p", note, cls="note"), cls="progress", data_for=question)


def noticed(draw: Drawer, card: Json) -> Html:
    """What the empty page opens with, each line a tap."""
    lines = [el("button", icon("spark"), el("span", choice["label"]), cls="noticed-line", type="button",
                data_id=choice["id"]) for choice in card["choices"]]  # fmt: skip
    return el("div", el("h3", card["text"]), *lines, cls="noticed", lang=draw.language)


def _words(heard: Heard) -> Html:
    """The words heard, each with the second at which it begins where the recogniser says so."""
    timed = [el("span", span.text, data_at=span.seconds[0]) for span in heard.spans]
    return el("p", join(timed, " ") if timed else heard.text, cls="heard-words")


def as_json(reply: Reply) -> dict[str, Any]:
    data: dict[str, Any] = to_json(reply, reply.language)
    return data


def request_of(reply: Reply, text: str, images: Iterable[str], files: Iterable[str], spoken: bool) -> dict[str, Any]:
    """The request as `Conversations` stores it, so that a fresh turn and one read back look alike."""
    heard = next((item["text"] for item in reply.evidence if item["sense"] == "hear"), None)
    said_now = text if heard is None else heard
    return {"text": said_now, "spoken": spoken, "images": list(images), "files": list(files)}


def history(turns: Iterable[Json], now: datetime, undo: int) -> Html:
    return join(turn(Drawer(item["reply"]["language"], now, undo), item["reply"], item["request"]) for item in turns)


def refusal(language: str, key: str, sentence: str) -> dict[str, Any]:
    """A refusal from before there is a session to keep it in."""
    return as_json(Reply(sentence, (Notice(tone="error", text=sentence),), language=language, error=key))
