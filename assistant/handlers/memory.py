"""What Lueur remembers of a person, on one card: each line can be forgotten by a tap, all of it taken away or erased.

Knows who keeps what; the rooms keep it.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from assistant.handlers import Context, Handler, Tap, habits, notice, said
from assistant.handlers.wallet import LIMITS
from assistant.language.acts import Do
from assistant.reply import Action, Link, Memory, Remembered, Reply
from assistant.shop.glossary import glossary

EXPORTS = ("json", "csv", "beancount")


def show(do: Do, context: Context) -> Reply:
    if "avoid" in do.slots:
        return _avoid(str(do.slots["avoid"].value), context)
    card = _card(context)
    count = sum(bool(row.action) for row in card.rows)
    text = context.say("memory.shown", count=count) if count else context.say("memory.empty")
    return Reply(text, (card,))


def _avoid(words: str, context: Context) -> Reply:
    """From now on no product that states this is shown, unless it is asked for; every shelf says why."""
    found = context.rooms.shop.stated(words)
    if found is None or context.preferences is None:
        return notice(context.say("memory.not_stated", what=words), "product")
    context.preferences.keep("avoid", [*(pair for pair in context.avoided() if pair != found), found])
    text = context.say("memory.avoids", what=glossary().name(found[1], context.language))
    return Reply(text, (_card(context),))


def _card(context: Context) -> Memory:
    found = [(*each, _forgets(*each[:3], context)) for each in _kept(context)]
    rows = [Remembered(context.say(f"memory.group.{group}"), label, note, drop.id)
            for group, _, label, note, drop in found]  # fmt: skip
    change = said(context.say("memory.change_limits"), "limits", {}, "secondary")
    links = tuple(Link(context.say(f"memory.export_{form}"), f"/export/{form}") for form in EXPORTS)
    return Memory(
        id=f"memory_{context.session}", rows=(*rows, *_limits(context)), links=links,
        actions=(*(each[-1] for each in found), *_other_sizes(context), change),
    )  # fmt: skip


def _kept(context: Context) -> Iterator[tuple[str, str, str, str]]:
    """(group, key, label, note) of everything that can be forgotten."""
    user, rooms = context.user, context.rooms

    def name(word: str) -> str:
        return glossary().name(word, context.language)

    yield from (("avoid", what, name(what), name(field)) for field, what in context.avoided())
    yield from (("sizes", kind, size, name(kind)) for kind, size in context.sizes().items())
    yield from (("payees", each.id, each.name, f"••{each.tail}") for each in rooms.payments.payees.of(user))
    for words, category in rooms.wealth.ledger.rules(user).items():
        yield "corrections", words, words, context.say(f"wealth.category.{category}")
    for each in rooms.shop.watches.of(user):
        note = context.say("memory.watch", limit=each.limit, price=each.price)
        yield "watches", each.product.id, each.product.title(context.language), note
    yield from (("cards", each.id, each.title, "") for each in rooms.flash.kept(user))


def _forgets(group: str, key: str, label: str, context: Context) -> Action:
    return Action(context.say("memory.forget", what=label), "memory.drop", {"group": group, "key": key})


def _other_sizes(context: Context) -> Iterator[Action]:
    for kind in context.sizes():
        label = context.say("memory.change_size", kind=glossary().name(kind, context.language))
        yield Action(label, "memory.size", {"kind": kind}, "chip")


def _limits(context: Context) -> Iterator[Remembered]:
    wallet = context.rooms.payments.wallet(context.user)
    group = context.say("memory.group.limits")
    for name in LIMITS:
        value = getattr(wallet, name)
        shown = str(value) if isinstance(value, int) else value.text(context.language)
        yield Remembered(group, context.say(f"ui.field_{name}"), shown)
    yield Remembered(group, context.say("ui.field_card"), context.rooms.payments.card(wallet.method))


def _unavoid(context: Context, key: str) -> None:
    if context.preferences:
        context.preferences.keep("avoid", [pair for pair in context.avoided() if pair[1] != key])


def _unsize(context: Context, key: str) -> None:
    if context.preferences:
        context.preferences.keep("sizes", {kind: size for kind, size in context.sizes().items() if kind != key})


DROPS: dict[str, Callable[[Context, str], Any]] = {
    "avoid": _unavoid,
    "sizes": _unsize,
    "payees": lambda context, key: context.rooms.payments.payees.remove(context.user, key),
    "corrections": lambda context, key: context.rooms.wealth.unlearn(context.user, key),
    "watches": lambda context, key: context.rooms.shop.watches.drop(context.user, key),
    "cards": lambda context, key: context.rooms.flash.note(context.user, key, kept=False),
}


def drop(target: Mapping[str, Any], values: Mapping[str, str], context: Context) -> Reply:  # noqa: ARG001
    DROPS[target["group"]](context, target["key"])
    return Reply("", (_card(context),), revises=True)


GOALS: dict[str, Handler] = {"memory": show}
TAPS: dict[str, Tap] = {"memory.drop": drop, "memory.size": habits.change}
