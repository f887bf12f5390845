"""Everything that is no payment, product or figure: what a picture is, help, a greeting, a doubt, a refusal.

A picture alone drafts nothing: it is described, and its chips start what the person chooses. What it says is shown as
data with the crop it was read from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from assistant.errors import BadInput, LueurError
from assistant.handlers import Context, Handler, Tap, ask, cart, said, where
from assistant.handlers.figures import near
from assistant.handlers.labels import product_of, unsold
from assistant.language.acts import Act, Do, Goal, Query, Set, Slot, Start, World
from assistant.language.dialogue import TASKS
from assistant.language.flash import receipt
from assistant.language.injection import orders
from assistant.language.messages import say, shown
from assistant.language.pictures import details_of
from assistant.language.sentence import Sentence
from assistant.language.slots import find
from assistant.money import NO_CURRENCY, Money
from assistant.reply import Action, AnyCard, Document, DocumentField, Ignored, Notice, Products, Reply, new_id
from assistant.request import Field, Seen
from assistant.senses.read import PRINTED

LOOKS = 0.5  # score in 0..1 from which a product class is named
LONGEST_CODE = 120  # characters of a code's text that are shown
EXAMPLES: tuple[tuple[str, Goal, dict[str, str]], ...] = (
    ("pay", "pay", {}), ("net_worth", "measure", {"metric": "net_worth"}),
    ("spending", "measure", {"metric": "spending", "group": "category"}), ("payments", "payments", {}),
)  # fmt: skip


# ---- what a picture is ----


def describe(do: Do, context: Context) -> Reply:
    """A product by its code or its label, a document by its fields, else an honest sentence that names the engines."""
    index = int(do.slots["document"].value) if "document" in do.slots else 0
    if index >= len(context.evidence.seen):
        raise BadInput("no_picture")
    seen = context.evidence.seen[index]
    if known := product_of(seen, context):
        return known
    if seen.kind in PRINTED or seen.field("total"):
        return _paper(seen, context)
    if seen.codes:
        return unsold(seen, context) or _code(seen, context)
    return _thing(seen, context)


def scanned(replies: Sequence[Reply], context: Context) -> Reply:
    """All that an open camera found, as one answer: products on one shelf, papers, codes, the cart that took some."""
    found = [card for reply in replies for card in reply.cards]
    shelf = tuple(item for card in found if isinstance(card, Products) for item in card.products)
    others = tuple(card for card in found if not isinstance(card, Products))
    text = context.say("service.scanned", count=len(shelf) + len(others))
    results = tuple(item.id for item in shelf)
    basket = context.rooms.shop.carts.of(context.user, context.language)
    taken = (cart.card(basket, context),) if any(basket.line(id) for id in results) else ()
    cards = (*((Products(products=shelf),) if shelf else ()), *others, *taken)
    return Reply(text, cards, "product" if shelf else "other", results=results)


def _paper(seen: Seen, context: Context) -> Reply:
    """ "Invoice: Volta Energy, €184.20, due Friday" with Pay, File and Ignore where there is something to pay."""
    kind = context.say(f"ui.kind_{seen.kind}")
    facts = [_printed(field, context) for name in ("title", "payee", "total", "price") if (field := seen.field(name))]
    if (due := seen.field("due")) and isinstance(due.value, date):
        facts.append(context.say("service.due", day=near(due.value, context)))
    text = context.say("service.paper", kind=kind, facts=context.say("service.comma").join(facts)) if facts else (
        context.say("service.paper_unread", kind=kind)
    )  # fmt: skip
    card = new_id("card")
    fields = {field.name: _shown_field(field, context) for field in seen.fields if field.name != "item"}
    actions = _paper_actions(seen, card, text, fields, context)
    document = Document(id=card, kind=seen.kind, fields=fields, engines=seen.engines, actions=actions)
    spoken = text + " " + context.say("service.choose") if actions else text
    return Reply(text, (document,), speak=spoken, told=receipt(seen))


def _paper_actions(
    seen: Seen, card: str, text: str, fields: Mapping[str, DocumentField], context: Context
) -> tuple[Action, ...]:
    kept: dict[str, Any] = {"card": card, "kind": seen.kind, "text": text, "engines": list(seen.engines)}
    kept["fields"] = {
        name: {"value": f.value, "confidence": f.confidence, "place": f.place} for name, f in fields.items()
    }
    chips = [Action(context.say("service.file"), "service.file", kept, "chip"),
             Action(context.say("service.ignore"), "service.ignore", {"card": card}, "chip")]  # fmt: skip
    if seen.kind != "receipt" and seen.field("total"):
        chips.insert(0, said(context.say("service.pay"), "pay", details_of(seen)))
    title = seen.field("title")
    if seen.kind == "price_tag" and title:
        chips.insert(0, _search(str(title.value), context))
    return tuple(chips) if seen.fields else ()


def _search(words: str, context: Context) -> Action:
    return said(context.say("service.search", words=words), "find", {"query": Slot(words, words)})


def _printed(field: Field, context: Context) -> str:
    """A field for a reader; an amount whose currency is not printed stays bare."""
    if isinstance(field.value, Money):
        bare = field.value.currency in (NO_CURRENCY, "")
        return f"{field.value.decimal:f}" if bare else field.value.text(context.language)
    return str(shown(field.value, context.language))


def _shown_field(field: Field, context: Context) -> DocumentField:
    return DocumentField(_printed(field, context), field.confidence, where(field.place))


def _code(seen: Seen, context: Context) -> Reply:
    code = seen.codes[0]
    shown_text = code.text[:LONGEST_CODE]
    text = context.say("service.code", format=code.format, text=shown_text)
    field = DocumentField(shown_text, 1.0, where(code.place))
    return Reply(text, (Document(kind="code", fields={"code": field}, engines=seen.engines),))


def _thing(seen: Seen, context: Context) -> Reply:
    """A product class the vision model is sure of, or what was looked for and not found."""
    from assistant.shop.glossary import glossary

    engines = ", ".join(seen.engines) or context.say("service.no_engine")
    name, score = max(seen.labels, key=lambda label: label[1], default=("", 0.0))
    if seen.kind == "product" and score >= LOOKS and not seen.caption:
        named = glossary().name(name, context.language)
        text = context.say("service.looks_like", name=named, percent=round(100 * score), engines=engines)
        return Reply(
            text, (Document(kind="product", fields={}, engines=seen.engines, actions=(_search(named, context),)),)
        )
    words = seen.caption or " ".join(line.text for line in seen.lines)[:LONGEST_CODE]
    key = "service.caption" if seen.caption else "service.some_text" if words else "service.nothing_seen"
    text = context.say(key, words=words, engine=engines.rpartition(", ")[2], engines=engines)
    return Reply(text, (Document(kind=seen.kind, fields={}, engines=seen.engines),))


def ignored(context: Context) -> tuple[AnyCard, ...]:
    """What the pictures of this turn print as orders, struck through: nothing printed can act, and it is said."""
    lines = tuple(line for seen in context.evidence.seen for line in orders([line.text for line in seen.lines]))
    return (Ignored(lines=lines, reason=context.say("service.ignored_because")),) if lines else ()


# ---- talk ----


def help_(do: Do, context: Context) -> Reply:  # noqa: ARG001  every handler is called alike
    return replace(ask(context.say("service.help"), _examples(context)), speak=context.say("service.help_spoken"))


def _examples(context: Context) -> tuple[Action, ...]:
    return tuple(
        said(context.say(f"service.example.{name}"), goal, {key: Slot(value) for key, value in slots.items()})
        for name, goal, slots in EXAMPLES
    )


def greet(do: Do, context: Context) -> Reply:
    thanked = "topic" in do.slots and do.slots["topic"].value == "thanks"
    return Reply(context.say("service.welcome" if thanked else "service.greeting"))


def clarify(do: Do, context: Context) -> Reply:
    """Nothing waits, nothing was shown; or several wishes fit and the person chooses; or nothing was understood."""
    if "topic" in do.slots:
        return Reply(context.say(f"service.{do.slots['topic'].value}"))
    goals = tuple(do.slots["goals"].value) if "goals" in do.slots else ()
    if not goals:
        return ask(context.say("service.not_understood"), _examples(context))
    return ask(context.say("service.did_you_mean"), [_meant(goal, context) for goal in goals])


def _meant(goal: Goal, context: Context) -> Action:
    words = context.utterance.strip()
    world = World(currencies=(context.settings.currency,), **context.rooms.shop.lexicon())
    slots = find(Sentence(words, context.language, world)) if goal == "find" and words else {}
    return said(context.say(f"service.goal.{goal}"), goal, slots)


def outside(do: Do, context: Context) -> Reply:  # noqa: ARG001
    return Reply(context.say("service.outside"), route="out_of_scope")


def refused(error: LueurError, language: str) -> Reply:
    """The error's own sentence, or, for an error that has none, one that says what is safe. Never raises."""
    try:
        text = say(language, f"errors.{error.key}", **error.values)
    except (KeyError, ValueError, IndexError, TypeError):
        text = say(language, "service.refused", error=error.key)
    return Reply(text, (Notice(tone="error", text=text),), error=error.key)


# ---- taps ----


def tap_file(target: Mapping[str, Any], values: Mapping[str, str], context: Context) -> Reply:  # noqa: ARG001
    """The document stays in this conversation's record with its fields, without buttons."""
    text = context.say("service.filed", what=target["text"])
    fields = {name: DocumentField(f["value"], f["confidence"], f["place"]) for name, f in target["fields"].items()}
    kept = Document(id=target["card"], kind=target["kind"], fields=fields, engines=tuple(target["engines"]))
    return Reply(text, (kept,))


def tap_ignore(target: Mapping[str, Any], values: Mapping[str, str], context: Context) -> Reply:  # noqa: ARG001
    text = context.say("service.ignored")
    return Reply(text, (Notice(id=target["card"], tone="info", text=text),))


def tap_say(target: Mapping[str, Any], values: Mapping[str, str], context: Context) -> tuple[Act, ...]:  # noqa: ARG001
    """A chip that stands for a sentence."""
    goal: Goal = target["goal"]
    return (Start(goal, target["slots"]) if goal in TASKS else Query(goal, target["slots"]),)


def tap_set(target: Mapping[str, Any], values: Mapping[str, str], context: Context) -> tuple[Act, ...]:  # noqa: ARG001
    """A chip that stands for a detail that was asked for."""
    return (Set(target["slots"]),)


GOALS: dict[str, Handler] = {
    "describe": describe, "help": help_, "greet": greet, "clarify": clarify, "outside": outside,
}  # fmt: skip
TAPS: dict[str, Tap] = {
    "service.file": tap_file, "service.ignore": tap_ignore, "service.say": tap_say, "service.set": tap_set,
}  # fmt: skip
