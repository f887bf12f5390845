"""The controls of a flash card, read off its calculation: what its fields say of themselves, in the reader's words."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any, get_type_hints

from assistant import fx
from assistant.flash.budget import Line
from assistant.flash.card import Control
from assistant.flash.inputs import Input
from assistant.flash.split import Item, Person
from assistant.flash.unit_price import UNITS
from assistant.handlers import Context
from assistant.language.periods import unit_period
from assistant.money import LOCALES, Money
from assistant.reply import Choice


def controls(value: Any, context: Context) -> tuple[Control, ...]:
    return tuple(_controls(value, value, "", "", context))


def _controls(whole: Any, part: Any, path: str, group: str, context: Context) -> Iterator[Control]:
    """One a field that is asked for, then those of the parts, whose names are paths ("people.0.paid")."""
    hints = get_type_hints(type(part), include_extras=True)
    for each in fields(part):
        given, name = getattr(part, each.name), f"{path}{each.name}"
        asks = [m for m in getattr(hints[each.name], "__metadata__", ()) if isinstance(m, Input)]
        if asks:
            yield _control(whole, part, each.name, path, group, asks[-1], context)
        elif each.name == "shared":
            for at, takes in enumerate(given):
                yield Control(f"{name}.{at}", named(whole, at, context), "toggle", str(takes).lower(), group=group)
        elif isinstance(given, tuple):
            for at, inner in enumerate(given):
                yield from _controls(whole, inner, f"{name}.{at}.", _heading(whole, at, inner, context), context)


def _control(whole: Any, part: Any, name: str, path: str, group: str, ask: Input, context: Context) -> Control:
    shown = getattr(part, "both", {})
    value = shown.get(name, getattr(part, name))
    unit = whole.currency if ask.unit == "currency" else ask.unit
    unit = month(context.now.date(), int(value), context.language) if unit == "month" else unit
    most = context.now.date().isoformat() if ask.kind == "date" else ""
    if ask.kind == "range":
        end = Decimal(ask.most) if ask.most.isdigit() else rounded_up(shown.get(ask.most, value))
        most = str(max(end, value))
    choices = tuple(CHOICES[name](whole, context)) if ask.kind == "choice" else ()
    # A line has one control, which is called by its category.
    label, group = (group, "") if isinstance(part, Line) else (context.say(f"flash.field.{ask.label or name}"), group)
    text = f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
    least = ask.least if ask.kind in ("number", "range") else ""
    return Control(path + name, label, ask.kind, text, unit, least, most, ask.step, choices, group)


def _heading(whole: Any, at: int, part: Any, context: Context) -> str:
    if isinstance(part, Person):
        return named(whole, at, context)
    if isinstance(part, Item):
        cost = Money.of(part.amount, whole.currency).text(context.language)
        return f"{part.label or context.say('flash.part')} · {cost}"
    if isinstance(part, Line):
        return context.say(f"wealth.category.{part.category}")
    return context.say("flash.pack", number=at + 1)


def named(bill: Any, index: int, context: Context) -> str:
    """What a person of a bill is called."""
    person = bill.people[index]
    return context.say("flash.me") if person.me else person.name or context.say("flash.person", number=index + 1)


def month(now: date, months: int, language: str) -> str:
    """The month `months` from now, as a reader writes it."""
    from babel.dates import format_skeleton

    return str(format_skeleton("yMMM", unit_period("month", months, now).start, locale=LOCALES[language]))


def rounded_up(amount: Decimal) -> Decimal:
    """A round end for a slider, at least twice the amount: 1, 2 or 5 times a power of ten."""
    scale = 10 ** max(amount.adjusted(), 1)
    return next(Decimal(step * scale) for step in (2, 5, 10, 20) if step * scale >= 2 * amount)


def _payers(bill: Any, context: Context) -> Iterable[Choice]:
    names = [context.say("flash.nobody"), *(named(bill, i, context) for i in range(len(bill.people)))]
    return [Choice(str(at), name) for at, name in enumerate(names, -1)]


def _currencies(swap: Any, context: Context) -> Iterable[Choice]:  # noqa: ARG001  choices are made alike
    return [Choice(code, code) for code in sorted(fx.currencies())]


def _units(shelf: Any, context: Context) -> Iterable[Choice]:
    return [Choice(u, context.say(f"flash.unit.{u}")) for u, (base, _) in UNITS.items() if base == shelf.unit]


CHOICES: dict[str, Callable[[Any, Context], Iterable[Choice]]] = {
    "payer": _payers, "currency": _currencies, "into": _currencies, "unit": _units,
}  # fmt: skip
