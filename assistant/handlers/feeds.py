"""A product feed that was handed in: what it would bring, then one button that loads it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from assistant.handlers import Context, Tap, notice
from assistant.handlers.goods import view
from assistant.reply import Action, AnyCard, Notice, Products, Reply
from assistant.request import Upload
from assistant.shop.intake import Preview
from assistant.shop.shelf import Hit


def preview(uploads: Sequence[Upload], context: Context) -> Reply:
    """Nothing is written before the button of a file is tapped. Raises `BadInput` for a feed that breaks off."""
    cards: list[AnyCard] = []
    for upload in uploads:
        found = context.rooms.shop.intake.preview(upload)
        cards += [_told(found, context), *_first(found, context)]
    text = " ".join(card.text for card in cards if isinstance(card, Notice))
    return Reply(text, tuple(cards), "product")


def _told(found: Preview, context: Context) -> Notice:
    said = [context.say("product.feed", name=found.name, new=found.new, known=found.known)]
    if found.wrong:
        said.append(context.say("product.feed_wrong", count=found.wrong))
    said += [
        context.say("product.feed_line", line=each.line, reason=context.say(f"product.feed_reason.{each.reason}"),
                    said=each.said)
        for each in found.problems
    ]  # fmt: skip
    label = context.say("product.feed_load", count=found.new + found.known)
    load = Action(label, "product.load", {"feed": found.key}, style="primary")
    fits = found.new + found.known
    return Notice(tone="warning" if found.wrong else "info", text="\n".join(said), actions=(load,) if fits else ())


def _first(found: Preview, context: Context) -> tuple[Products, ...]:
    shown = [Hit(product, product.offer.prices[0]) for product in found.first]
    views = tuple(replace(view(hit, hit.price.currency, context), actions=()) for hit in shown)
    return (Products(products=views, more=found.new + found.known - len(views)),) if views else ()


def load(target: Mapping[str, Any], values: Mapping[str, str], context: Context) -> Reply:  # noqa: ARG001
    count = context.rooms.shop.intake.bring_in(target["feed"])
    return notice(context.say("product.feed_loaded", count=count), "product", "success")


TAPS: dict[str, Tap] = {"product.load": load}
