"""Flash cards: a sentence becomes a card, a control changes it in place, a tap keeps, reopens, asks or pays.

Paying from a card goes through the ordinary sheet; nobody can be charged from here, so asking writes a message.
"""

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, cast

from assistant.errors import LueurError, NotFound, Refused
from assistant.flash import Kept, Kind
from assistant.flash.card import Flash, Result
from assistant.flash.split import Bill
from assistant.handlers import Context, Handler, Tap, notice, stable
from assistant.handlers import ask as question
from assistant.handlers.calculations import controls, face, named
from assistant.handlers.figures import shown_number
from assistant.language.acts import Act, Amount, Do, Slot, Start
from assistant.language.messages import shown
from assistant.language.numbers import written
from assistant.language.tokens import tokens
from assistant.money import Money
from assistant.reply import Action, Link, Reply, Route, Style

ROUTES: Mapping[str, Route] = {"split": "payment", "unit_price": "product"}  # every other kind is wealth
MONTHS = 3  # whole months of spending that a budget starts from
LINES = 8  # categories of a budget that can be changed: those that were named, then the largest
WRITTEN = re.compile(r"\d[\d.,  '’]*[,  '’][\d.,]*\d")  # not with a point alone: that is a decimal already


def show(do: Do, context: Context) -> Reply:
    """The card of a sentence, or a kept one."""
    kind, given = str(do.slots["kind"].value), dict(do.slots["given"].value)
    if kind == "open":
        return _reopened(given, context)
    if "needs" in given:
        raise Refused("flash_no_total")
    if "meanings" in do.slots:
        return _which(kind, do.slots["meanings"].value, context)
    return make({"kind": kind, "given": given}, {}, context)


def _which(kind: str, meanings: Sequence[tuple[str, Mapping[str, Any]]], context: Context) -> Reply:
    """A number that can mean two is asked, never guessed."""
    actions = tuple(
        Action(shown_number(Decimal(value), context.language), "flash.make", {"kind": kind, "given": given}, "chip")
        for value, given in meanings
    )
    return question(context.say("flash.which"), actions)


def make(target: Mapping[str, Any], values: Mapping[str, str], context: Context) -> Reply:  # noqa: ARG001
    kind, given = target["kind"], dict(target["given"])
    if kind in COMPLETED:
        given = COMPLETED[kind](given, context)
    today = str(shown(context.now.date(), context.language))
    title = str(given.pop("title", "")) or f"{context.say(f'flash.kind.{kind}')} · {today}"
    title = title[:1].upper() + title[1:]
    return _shown(context.rooms.flash.make(context.user, cast(Kind, kind), given, title), context)


# ---- what a sentence leaves to one's own data ----


def _goal(given: dict[str, Any], context: Context) -> dict[str, Any]:
    """The household's spare money, in the goal's currency."""
    spare = context.rooms.wealth.spare(context.user)
    if spare and spare.currency == given["currency"]:
        given["spare"] = str(spare.decimal)
    return given


def _own_loan(given: dict[str, Any], context: Context) -> dict[str, Any]:
    if not given.pop("own", False):
        return given
    debt = context.rooms.wealth.debt(context.user)
    if debt is None:
        raise NotFound("flash_no_loan")
    mine = {"currency": debt.owed.currency, "principal": str(debt.owed.decimal), "rate": str(debt.rate)}
    return given | mine | {"payment": str(debt.instalment.decimal), "title": debt.name}


def _spending(given: dict[str, Any], context: Context) -> dict[str, Any]:
    """The average month of each category, and the changes that were asked for."""
    period = context.rooms.wealth.whole_months(MONTHS)
    answer = context.rooms.wealth.ask(context.user, "spending", period, group="category")
    spent = {str(each["label"]): each["value"].decimal / MONTHS for each in answer.series}
    changes = {each["category"]: each for each in given["changes"]}
    if missing := [name for name in changes if spent.get(name, Decimal(0)) <= 0]:
        raise NotFound("flash_not_spent", category=context.say(f"wealth.category.{missing[0]}"))
    order = sorted((name for name in spent if spent[name] > 0), key=lambda name: (name not in changes, -spent[name]))
    rows = [(name, round(spent[name], 2), _left(spent[name], changes.get(name, {}))) for name in order]
    lines = [{"category": name, "spent": str(each), "percent": str(left)} for name, each, left in rows[:LINES]]
    rest = sum((each for _, each, _ in rows[LINES:]), Decimal(0))
    return {"currency": answer.currency, "months": MONTHS, "lines": lines, "rest": str(rest)}


def _left(spent: Decimal, change: Mapping[str, str]) -> Decimal:
    """Percent of `spent` that stays."""
    to = Decimal(change["to"]) if "to" in change else spent + Decimal(change["by"]) if "by" in change else None
    percent = Decimal(change.get("percent", 100)) if to is None else 100 * to / spent
    return round(min(max(percent, Decimal(0)), Decimal(300)), 6)


COMPLETED = {"saving": _goal, "loan": _own_loan, "budget": _spending}


# ---- the card ----


def _shown(card: Kept, context: Context, revises: bool = False, told: str = "", error: str = "") -> Reply:
    drawn = face(card.value, context)
    change = _action("change", card, context)
    keep = _action("drop" if card.kept else "keep", card, context, style="secondary" if card.kept else "primary")
    outcomes, hands = _with_hands(card, drawn.outcomes, context)
    links = tuple(Link(context.say(f"flash.{kind}"), f"/cards/{card.id}/{kind}") for kind in ("csv", "txt"))
    made = Flash(
        id=card.id, kind=card.kind, title=card.title, headline=drawn.headline, caption=drawn.caption, kept=card.kept,
        controls=controls(card.value, context), outcomes=outcomes, notes=(*filter(None, (told,)), *drawn.notes),
        svg=drawn.svg, links=links, change=change.id, actions=(change, *hands, keep),
    )  # fmt: skip
    rows = _rows(made, context)
    context.rooms.flash.note(context.user, card.id, rows=rows)
    shares = [f"{label} {share}" for label, share, _ in rows[1 : len(outcomes) + 1]] * (card.kind == "split")
    text = ": ".join(filter(None, (" ".join(rows[0][1:]), context.say("flash.comma").join(shares))))
    return Reply(told or text, (made,), ROUTES.get(card.kind, "wealth"), revises=revises, error=error)


def _rows(made: Flash, context: Context) -> list[tuple[str, str, str]]:
    """What a file of this card holds: its title, what came out, what was put in."""
    rows = [(made.title, made.headline, made.caption), *((each.label, each.value, each.note) for each in made.outcomes)]
    rows += [
        (each.label, f"{each.value} {each.unit}".strip(), each.group)
        for each in made.controls
        if each.kind in ("number", "range", "date")
    ]
    texts = [(a, value.text(context.language) if isinstance(value, Money) else value, b) for a, value, b in rows]
    return texts + [(note, "", "") for note in made.notes]


def _action(
    verb: str, card: Kept, context: Context, label: str = "", person: int = -1, style: Style = "chip"
) -> Action:
    """An action whose id is the same each time this card is shown in this session."""
    named_by = stable("act", context.session, card.id, verb, person)
    target = {"card": card.id, "person": person}
    return Action(label or context.say(f"flash.{verb}"), f"flash.{verb}", target, style, named_by)


def _with_hands(card: Kept, outcomes: Sequence[Result], context: Context) -> tuple[tuple[Result, ...], list[Action]]:
    """Beside a share: pay it, where I owe the one who paid; ask for it, where I paid."""
    bill, hands, out = card.value, [], list(outcomes)
    if not isinstance(bill, Bill) or bill.payer < 0:
        return tuple(out), []
    payer = bill.people[bill.payer]
    for i, owed in enumerate(bill.open):
        verb = "ask" if payer.me and i != bill.payer else "pay" if bill.people[i].me and payer.name else ""
        if verb and owed.minor > 0:
            label = context.say(f"flash.{verb}_button", name=payer.name, amount=owed)
            hands.append(_action(verb, card, context, label, i))
            out[i] = replace(out[i], action=hands[-1].id)
    return tuple(out), hands


# ---- one's own cards ----


def _reopened(wanted: Mapping[str, str], context: Context) -> Reply:
    """The kept card whose title shares most words with what was said; without such words, the list of them."""
    kept = context.rooms.flash.kept(context.user)
    if not kept:
        raise NotFound("flash_none_kept")
    said = {token.text for token in tokens(wanted["words"])}
    fitting = [card for card in kept if wanted.get("kind", "") in ("", card.kind)]
    scores = [len(said & {token.text for token in tokens(card.title)}) for card in fitting]
    best = [card for card, score in zip(fitting, scores, strict=True) if score == max(scores) > 0]
    if len(chosen := best or (fitting if wanted.get("kind") else [])) == 1:
        return _shown(chosen[0], context)
    actions = tuple(_action("open", card, context, _line(card, context)) for card in kept)
    return question(context.say("flash.kept_list", count=len(kept)), actions)


def _line(card: Kept, context: Context) -> str:
    parts = (context.say(f"flash.kind.{card.kind}"), str(shown(card.changed_at.date(), context.language)))
    return " · ".join((card.title, *(part for part in parts if part not in card.title)))


# ---- taps ----


def change(target: Mapping[str, Any], values: Mapping[str, str], context: Context) -> Reply:
    """Controls as they were moved; what cannot be computed leaves the card as it was and says why."""
    spelt = {name: _spelt(text, context) if name != "title" else text for name, text in values.items()}
    try:
        card = context.rooms.flash.change(context.user, target["card"], spelt)
        return _shown(card, context, revises=True)
    except LueurError as error:
        card = context.rooms.flash.get(context.user, target["card"])
        told = context.say(f"errors.{error.key}", **error.values)
        return _shown(card, context, revises=True, told=told, error=error.key)


def _spelt(text: str, context: Context) -> str:
    """A number as a reader writes it, with a point: '84,60', '1 234,5'. What can mean two is left as it is: refused."""
    values = written(text, context.language) if WRITTEN.fullmatch(text) else ()
    return f"{values[0]:f}" if len(values) == 1 else text


def keep(target: Mapping[str, Any], values: Mapping[str, str], context: Context, kept: bool = True) -> Reply:  # noqa: ARG001
    return _shown(context.rooms.flash.note(context.user, target["card"], kept=kept), context, revises=True)


def reopen(target: Mapping[str, Any], values: Mapping[str, str], context: Context) -> Reply:  # noqa: ARG001
    return _shown(context.rooms.flash.get(context.user, target["card"]), context)


def pay(target: Mapping[str, Any], values: Mapping[str, str], context: Context) -> tuple[Act, ...]:  # noqa: ARG001
    """My share to the one who paid, as a draft: the sheet asks, as for any payment."""
    card, bill = _bill(target, context)
    owed, payer = bill.open[target["person"]], bill.people[bill.payer].name
    amount = Slot(Amount(f"{owed.decimal:f}", owed.currency), owed.text(context.language))
    return (Start("pay", {"payee": Slot(payer, payer), "amount": amount, "purpose": Slot(card.title, card.title)}),)


def ask(target: Mapping[str, Any], values: Mapping[str, str], context: Context) -> Reply:  # noqa: ARG001
    """A message to send: what somebody owes me, in words."""
    card, bill = _bill(target, context)
    name, owed = named(bill, target["person"], context), bill.open[target["person"]]
    return notice(context.say("flash.ask_text", name=name, amount=owed, what=card.title), "payment")


def _bill(target: Mapping[str, Any], context: Context) -> tuple[Kept, Bill]:
    """The bill as it stands now. Raises `Refused` when what the button promised is no longer owed."""
    card = context.rooms.flash.get(context.user, target["card"])
    bill = card.value
    if not isinstance(bill, Bill) or bill.payer < 0 or bill.open[target["person"]].minor <= 0:
        raise Refused("flash_settled")
    return card, bill


GOALS: dict[str, Handler] = {"flash": show}
TAPS: dict[str, Tap] = {
    "flash.make": make, "flash.change": change, "flash.keep": keep, "flash.drop": functools.partial(keep, kept=False),
    "flash.open": reopen, "flash.pay": pay, "flash.ask": ask,
}  # fmt: skip
