"""How each flash card shows its calculation: one number that counts, its parts, and the controls that change it.

Every face is made from the value alone, so a card that was kept and one that was just made look alike. Computes
nothing; words stand in the message files.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from assistant import charts, fx
from assistant.flash.budget import Budget, Line
from assistant.flash.exchange import Exchange
from assistant.flash.loan import Loan
from assistant.flash.saving import Goal
from assistant.flash.split import Bill
from assistant.flash.unit_price import UNITS, Shelf
from assistant.handlers import Context
from assistant.handlers.figures import shown_number
from assistant.language.messages import shown
from assistant.language.periods import unit_period
from assistant.money import LOCALES, Money
from assistant.reply import Choice, Control, Result

SHOWN_CATEGORIES = 8


@dataclass(frozen=True, slots=True)
class Face:
    """`text`: the answer in a sentence; `headline` and `caption` say it in large and in small."""

    text: str
    headline: Money | str
    caption: str
    controls: tuple[Control, ...]
    outcomes: tuple[Result, ...]
    notes: tuple[str, ...] = ()
    svg: str = ""


def face(value: Any, context: Context) -> Face:
    return FACES[type(value)](value, context)


def _number(name: str, value: object, context: Context, kind: Any = "number", **more: Any) -> Control:
    label = context.say(f"flash.field.{more.pop('label', name)}")
    text = f"{value.normalize():f}" if isinstance(value, Decimal) else "" if value is None else str(value)
    return Control(name, label, kind, text, **{"least": "0"} | more)


def _month(now: date, months: int, language: str) -> str:
    """The month `months` from now, as a reader writes it."""
    from babel.dates import format_skeleton

    start = unit_period("month", months, now).start
    return str(format_skeleton("yMMM", start, locale=LOCALES[language]))


def _nice(amount: Decimal) -> str:
    """A round end for a slider, at least twice the amount: 1, 2 or 5 times a power of ten."""
    scale = Decimal(10) ** max(amount.adjusted(), 1)
    return f"{next(step * scale for step in (2, 5, 10, 20) if step * scale >= 2 * amount):f}"


# ---- a bill ----


def named(bill: Bill, index: int, context: Context) -> str:
    person = bill.people[index]
    if person.me:
        return context.say("flash.me")
    return person.name or context.say("flash.person", number=index + 1)


def split(bill: Bill, context: Context) -> Face:
    shares, names = bill.shares, [named(bill, i, context) for i in range(len(bill.people))]
    whole = bill.whole.minor or 1
    outcomes = tuple(
        Result(name, share, round(1000 * share.minor / whole), _settled(bill, i, context))
        for i, (name, share) in enumerate(zip(names, shares, strict=True))
    )
    pairs = zip(names, shares, strict=True)
    parts = context.say("flash.comma").join(f"{name} {share.text(context.language)}" for name, share in pairs)
    text = context.say("flash.say.split", total=bill.whole, parts=parts)
    tip = bill.whole - Money.of(bill.total, bill.currency)
    caption = context.say("flash.split_tip", tip=tip, count=len(names)) if tip.minor else ""
    caption = caption or context.say("flash.split_people", count=len(names))
    return Face(text, bill.whole, caption, _bill_controls(bill, names, context), outcomes, _bill_notes(bill, context))


def _settled(bill: Bill, index: int, context: Context) -> str:
    """What a person still owes or gets back, once anybody has paid."""
    if not any(money.minor for money in bill.paid):
        return ""
    left, paid = bill.open[index], bill.paid[index]
    key = "owes" if left.minor > 0 else "gets" if left.minor < 0 else "settled"
    size = left if left.minor > 0 else -left
    return context.say(f"flash.{key}_paid" if paid.minor else f"flash.{key}", left=size, paid=paid)


def _bill_notes(bill: Bill, context: Context) -> tuple[str, ...]:
    open_ = [item.label for item in bill.items if item.label == bill.unsure and all(item.shared)]
    return (context.say("flash.who_not", what=open_[0]),) if open_ and bill.unsure else ()


def _bill_controls(bill: Bill, names: Sequence[str], context: Context) -> tuple[Control, ...]:
    everyone = (Choice("-1", context.say("flash.nobody")), *(Choice(str(i), name) for i, name in enumerate(names)))
    controls = [
        _number("total", bill.total, context, step="0.01", unit=bill.currency),
        _number("tip", bill.tip, context, "range", most="30", step="1", unit="%"),
        *([_number("extra", bill.extra, context, step="0.01", unit=bill.currency)] if bill.extra else []),
        Control("payer", context.say("flash.field.payer"), "choice", str(bill.payer), choices=everyone),
    ]
    for at, item in enumerate(bill.items):
        cost = Money.of(item.amount, bill.currency).text(context.language)
        group = f"{item.label or context.say('flash.part')} · {cost}"
        controls += [
            Control(f"items.{at}.shared.{i}", name, "toggle", "true" if takes else "false", group=group)
            for i, (name, takes) in enumerate(zip(names, item.shared, strict=True))
        ]
    for i, name in enumerate(names):
        person, path = bill.people[i], f"people.{i}"
        portions = _number(f"{path}.portions", person.portions, context, step="0.5", label="portions")
        paid = _number(f"{path}.paid", person.paid, context, step="0.01", label="paid", unit=bill.currency)
        controls += [replace(portions, group=name), replace(paid, group=name)]
    return tuple(controls)


# ---- saving ----


def saving(goal: Goal, context: Context) -> Face:
    path, deposit, today = goal.path, goal.deposit, context.now.date()
    months, target = len(path) - 1, Money.of(goal.target, goal.currency)
    when = _month(today, months, context.language)
    told = {"amount": deposit, "target": target, "when": when, "count": months}
    own, unit = Money.of(goal.have, goal.currency), goal.currency
    outcomes = [
        Result(context.say("flash.monthly"), deposit), Result(context.say("flash.reached"), when),
        Result(context.say("flash.put_in"), deposit * months, _of(deposit * months, path[-1])),
        Result(context.say("flash.interest"), goal.interest, _of(goal.interest, path[-1])),
    ]  # fmt: skip
    outcomes += [Result(context.say("flash.start"), own, _of(own, path[-1]))] if goal.have else []
    controls = (
        _number("target", goal.target, context, step="1", unit=unit),
        _number("monthly", deposit.decimal, context, "range", most=_nice(deposit.decimal), step="1", unit=unit),
        _number("months", months, context, "range", least="1", most=str(max(60, 2 * months)), step="1", unit=when),
        _number("have", goal.have, context, step="1", unit=unit),
        _number("rate", goal.rate, context, step="0.1", unit="%"),
    )
    by_date = goal.months is not None
    headline: Money | str = deposit if by_date else when
    caption = context.say("flash.saving_each" if by_date else "flash.saving_when", **told)
    text = context.say("flash.say.saving_each" if by_date else "flash.say.saving_when", **told)
    return Face(text, headline, caption, controls, tuple(outcomes), _spare(goal, deposit, context),
                _curve(path, "flash.curve.saving", context))  # fmt: skip


def _of(part: Money, whole: Money) -> int:
    return round(1000 * part.minor / whole.minor) if whole.minor else 0


def _spare(goal: Goal, deposit: Money, context: Context) -> tuple[str, ...]:
    """The household's own free cash flow beside the deposit; said, not judged."""
    if goal.spare is None:
        return ()
    spare = Money.of(goal.spare, goal.currency)
    if spare.minor <= 0:
        return (context.say("flash.spare_none", spare=-spare),)
    share = round(100 * deposit.minor / spare.minor)
    return (context.say("flash.spare" if share <= 100 else "flash.spare_over", spare=spare, share=share),)


def _curve(balances: Sequence[Money], title: str, context: Context) -> str:
    today = context.now.date()
    points = [
        charts.Point(_month(today, at, context.language), float(each.decimal), each.text(context.language))
        for at, each in enumerate(balances)
    ]
    name = context.say(title)
    return charts.line(name, name, points, straight=True) if len(points) > 2 else ""


# ---- loans ----


def loan(debt: Loan, context: Context) -> Face:
    agreed, faster, unit = debt.agreed, debt.faster, debt.currency
    instalment, interest, paid = debt.instalment, Money(agreed.interest, unit), Money(agreed.paid, unit)
    saved, sooner = Money(agreed.interest - faster.interest, unit), agreed.months - faster.months
    last, end = (_month(context.now.date(), plan.months, context.language) for plan in (agreed, faster))
    told = {"instalment": instalment, "interest": interest, "saved": saved, "end": end, "months": agreed.months}
    outcomes = [
        Result(context.say("flash.instalment"), instalment),
        Result(context.say("flash.interest_all"), interest, _of(interest, paid)),
        Result(context.say("flash.last_payment"), last),
    ]
    quicker, most = bool(debt.extra or debt.lump), str(max(360, agreed.months))
    if quicker:
        outcomes += [
            Result(context.say("flash.interest_saved"), saved, _of(saved, paid), best=True),
            Result(context.say("flash.sooner"), context.say("flash.months", count=sooner), note=end, best=True),
        ]
    controls = (
        _number("principal", debt.principal, context, step="100", unit=unit),
        _number("rate", debt.rate, context, "range", most="15", step="0.05", unit="%"),
        _number("months", agreed.months, context, "range", least="1", most=most, step="1", unit=last),
        _number("payment", instalment.decimal, context, step="1", unit=unit),
        _number("extra", debt.extra, context, "range", most=_nice(instalment.decimal), unit=unit, label="extra_month"),
        _number("lump", debt.lump, context, step="100", unit=unit),
    )  # fmt: skip
    key = "faster" if quicker else "agreed"
    return Face(context.say(f"flash.say.loan_{key}", count=sooner, **told), saved if quicker else instalment,
                context.say(f"flash.loan_{key}", count=sooner, **told), controls, tuple(outcomes), (),
                _curve([Money(each, unit) for each in faster.balances], "flash.curve.loan", context))  # fmt: skip


# ---- budget ----


def budget(plan: Budget, context: Context) -> Face:
    order = sorted(range(len(plan.lines)), key=lambda i: (plan.lines[i].percent == 100, -plan.lines[i].spent))
    shown_lines = [(i, plan.lines[i]) for i in order[:SHOWN_CATEGORIES]]
    labels = [context.say(f"wealth.category.{line.category}") for _, line in shown_lines]
    most = max(max(line.spent, line.after(plan.currency).decimal) for _, line in shown_lines) or Decimal(1)
    outcomes = tuple(
        Result(label, line.after(plan.currency), round(1000 * line.after(plan.currency).decimal / most),
               _was(line, plan.currency, context), line.percent < 100)
        for label, (_, line) in zip(labels, shown_lines, strict=True)
    )  # fmt: skip
    controls = tuple(
        Control(f"lines.{i}.percent", label, "range", f"{line.percent.normalize():f}", "%", "0",
                str(max(Decimal(200), line.percent)), "5")
        for label, (i, line) in zip(labels, shown_lines, strict=True)
    )  # fmt: skip
    key, freed = ("less", plan.freed) if plan.freed.minor >= 0 else ("more", -plan.freed)
    told = {"freed": freed, "year": freed * 12, "before": plan.before, "after": plan.after}
    notes = (context.say("flash.budget_of", count=plan.months),)
    return Face(context.say(f"flash.say.budget_{key}", **told), freed, context.say(f"flash.budget_{key}", **told),
                controls, outcomes, notes)  # fmt: skip


def _was(line: Line, currency: str, context: Context) -> str:
    return context.say("flash.was", before=Money.of(line.spent, currency)) if line.percent != 100 else ""


# ---- currencies ----


def exchange(swap: Exchange, context: Context) -> Face:
    result, day = swap.result
    rate = context.say(
        "flash.rate", base=swap.currency, rate=shown_number(swap.rate, context.language), quote=swap.into
    )
    told = {"given": swap.given, "day": day}
    known = tuple(Choice(code, code) for code in sorted(fx.currencies()))
    controls = (
        _number("amount", swap.amount, context, step="0.01"),
        Control("currency", context.say("flash.field.currency"), "choice", swap.currency, choices=known),
        Control("into", context.say("flash.field.into"), "choice", swap.into, choices=known),
        Control("on", context.say("flash.field.on"), "date", swap.on.isoformat(), most=context.now.date().isoformat()),
    )
    points = [charts.Point(str(shown(on, context.language)), each, f"{each:.4g}") for on, each in swap.curve]
    title = context.say("flash.curve.exchange", base=swap.currency, quote=swap.into)
    svg = charts.line(title, title, points) if swap.currency != swap.into else ""
    outcomes = (Result(rate, context.say("flash.ecb", day=day)),)
    text, caption = context.say("flash.say.exchange", result=result, **told), context.say("flash.exchange_of", **told)
    return Face(text, result, caption, controls, outcomes, (context.say("flash.bank_rate"),), svg)


# ---- packs ----


def unit_price(shelf: Shelf, context: Context) -> Face:
    unit, best = context.say(f"flash.unit.{shelf.unit}"), shelf.best
    least = context.say("flash.per", price=shelf.prices[best], unit=unit)
    outcomes = tuple(
        Result(_pack(shelf, i, context), context.say("flash.per", price=price, unit=unit),
               round(1000 * shelf.prices[i].minor / (max(p.minor for p in shelf.prices) or 1)),
               "" if i == best else f"+{shelf.dearer[i]} %", i == best and len(shelf.packs) > 1)
        for i, price in enumerate(shelf.prices)
    )  # fmt: skip
    second = min((more for i, more in enumerate(shelf.dearer) if i != best), default=0)
    told = {"pack": _pack(shelf, best, context), "price": least, "share": second}
    key = "one" if len(shelf.packs) == 1 else "same" if not second else "best"
    units = tuple(Choice(u, context.say(f"flash.unit.{u}")) for u, (base, _) in UNITS.items() if base == shelf.unit)
    controls = []
    for i, pack in enumerate(shelf.packs):
        own = [
            _number(f"packs.{i}.count", pack.count, context, least="1", step="1", label="count"),
            _number(f"packs.{i}.quantity", pack.quantity, context, step="any", label="quantity"),
            Control(f"packs.{i}.unit", context.say("flash.field.unit"), "choice", pack.unit, choices=units),
            _number(f"packs.{i}.price", pack.price, context, step="0.01", unit=shelf.currency, label="price"),
        ]
        controls += [replace(each, group=context.say("flash.pack", number=i + 1)) for each in own]
    text, caption = (context.say(f"flash.{each}unit_price_{key}", **told) for each in ("say.", ""))
    return Face(text, least, caption, tuple(controls), outcomes)


def _pack(shelf: Shelf, index: int, context: Context) -> str:
    pack = shelf.packs[index]
    times = f"{pack.count} × " if pack.count > 1 else ""
    amount = shown_number(pack.quantity, context.language)
    unit = context.say(f"flash.unit.{pack.unit}")
    return f"{times}{amount} {unit} · {Money.of(pack.price, shelf.currency).text(context.language)}"


FACES: dict[type[Any], Callable[[Any, Context], Face]] = {
    Bill: split, Goal: saving, Loan: loan, Budget: budget, Exchange: exchange, Shelf: unit_price,
}  # fmt: skip
