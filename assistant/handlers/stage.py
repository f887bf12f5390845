"""The proof on stage as a card: what `assistant/stage.py` saw happen, in the reader's words, and what it proves."""

from collections.abc import Mapping
from typing import Any

from assistant.handlers import Context, Handler
from assistant.language.acts import Do
from assistant.reply import AnyCard, Reply, Tone, new_id
from assistant.stage import Proof, ProofStep, Show

TONES: dict[str, Tone] = {
    "charged": "warning", "killed": "error", "failed": "error", "missed": "warning", "settled": "success",
}  # fmt: skip


def prove(do: Do, context: Context) -> Reply:  # noqa: ARG001  every handler is called alike
    """Begin a show; its card fills while the page looks on."""
    show = context.rooms.stage.begin(context.user, new_id("proof"), context.language)
    return Reply(context.say("stage.begins"), (_card(show, context),), speak=context.say("stage.begins"))


def cards(ids: tuple[str, ...], context: Context) -> tuple[AnyCard, ...]:
    """The shows of this person among `ids`, as far as they have come."""
    shows = (context.rooms.stage.look(context.user, id) for id in ids)
    return tuple(_card(show, context) for show in shows if show)


def _card(show: Show, context: Context) -> Proof:
    steps = tuple(
        ProofStep(
            scene.at, context.say(f"stage.{scene.act}", **_told(scene.values, context)), TONES.get(scene.act, "info")
        )
        for scene in show.scenes
    )
    title, verdict = context.say("stage.title"), _verdict(show, context)
    return Proof(id=show.id, title=title, steps=steps, running=not show.over, verdict=verdict)


def _told(values: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """The values of a scene as its sentence says them: a receipt's status in words."""
    return {name: context.say(f"ui.status_{value}") if name == "status" else value for name, value in values.items()}


def _verdict(show: Show, context: Context) -> str:
    last = show.scenes[-1] if show.over and show.scenes else None
    if last is None or last.act != "settled":
        return context.say("stage.unproven") if show.over else ""
    once = last.values["charges"] == 1 and last.values["status"] == "succeeded"
    return context.say("stage.once" if once else "stage.broken", **_told(last.values, context))


GOALS: dict[str, Handler] = {"prove": prove}
