"""What each flash card says of its calculation: one number that counts, its parts, a curve, and its controls.

The controls are read off the calculation: what its fields say of themselves, in the reader's words. Computes nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, get_type_hints

from assistant import charts, fx
from assistant.flash.budget import Budget, Line
from assistant.flash.card import Control, Result
from assistant.flash.exchange import Exchange
from assistant.flash.inputs import Input
from assistant.flash.loan import Loan
from assistant.flash.saving import Goal
from assistant.flash.split import Bill, Item, Person
from assistant.flash.unit_price import UNITS, Shelf
from assistant.handlers import Context
from assistant.handlers.figures import point, shown_number
from assistant.language.messages import shown
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
        if isinstance(whole, Bill) and len(whole.people) == 1 and (path or each.name == "payer"):
            continue  # nobody to share with
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
    text = _typed(value, whole.currency if ask.unit == "currency" else "")
    least = ask.least if ask.kind in ("number", "range") else ""
    return Control(path + name, label, ask.kind, text, unit, least, most, ask.step, choices, group)


def _typed(value: Any, currency: str) -> str:
    """What a field holds: an amount that is not whole has its cents."""
    if not isinstance(value, Decimal):
        return str(value)
    value = value if currency else round(value, 3)
    cents = currency and value != value.to_integral_value()
    return f"{Money.of(value, currency).decimal if cents else value.normalize():f}"


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
    return [Choice(u, _unit(u, Decimal(1), context)) for u, (base, _) in UNITS.items() if base == shelf.unit]


CHOICES: dict[str, Callable[[Any, Context], Iterable[Choice]]] = {
    "payer": _payers, "currency": _currencies, "into": _currencies, "unit": _units,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Face:
    """`headline` and `caption` read one after the other are the answer in a sentence."""

    headline: Money | str
    caption: str
    outcomes: Sequence[Result]
    notes: Sequence[str] = ()
    svg: str = ""


def face(value: Any, context: Context) -> Face:
    return FACES[type(value)](value, context)


def _of(part: Money, whole: Money) -> int:
    return round(1000 * part.minor / whole.minor) if whole.minor else 0


# ---- a bill ----


def split(bill: Bill, context: Context) -> Face:
    if len(bill.people) == 1:
        return _tipped(bill, context)
    outcomes = [
        Result(named(bill, i, context), share, _of(share, bill.whole), _settled(bill, i, context))
        for i, share in enumerate(bill.shares)
    ]
    tip = bill.whole - Money.of(bill.total, bill.currency)
    caption = context.say("flash.split_tip" if tip.minor else "flash.split_people", tip=tip, count=len(outcomes))
    open_ = any(item.label == bill.unsure and all(item.shared) for item in bill.items)
    notes = [context.say("flash.who_not", what=bill.unsure)] if open_ and bill.unsure else []
    return Face(bill.whole, caption, outcomes, notes)


def _tipped(bill: Bill, context: Context) -> Face:
    """A bill of one person: what the tip adds."""
    total, whole = Money.of(bill.total, bill.currency), bill.whole
    parts = (("total", total), ("tip", whole - total))
    outcomes = [Result(context.say(f"flash.field.{name}"), part, _of(part, whole)) for name, part in parts]
    return Face(whole, context.say("flash.tipped", tip=whole - total), outcomes)


def _settled(bill: Bill, index: int, context: Context) -> str:
    """What a person has paid and still owes or gets back, once anybody has paid."""
    if not any(money.minor for money in bill.paid):
        return ""
    left, paid = bill.open[index], bill.paid[index]
    key, size = ("owes", left) if left.minor > 0 else ("gets", -left) if left.minor < 0 else ("settled", left)
    said = [context.say("flash.has_paid", paid=paid)] * bool(paid.minor) + [context.say(f"flash.{key}", left=size)]
    return context.say("flash.comma").join(said)


# ---- saving and loans ----


def saving(goal: Goal, context: Context) -> Face:
    path, deposit, end = goal.path, goal.deposit, goal.path[-1]
    when = month(context.now.date(), len(path) - 1, context.language)
    own, put_in = Money.of(goal.have, goal.currency), deposit * (len(path) - 1)
    outcomes = [
        Result(context.say(f"flash.{name}"), part, _of(part, end))
        for name, part in (("put_in", put_in), ("interest", goal.interest), ("start", own))
        if part.minor or name == "put_in"
    ]
    follows: tuple[str, Money | str] = ("when", when) if goal.monthly is not None else ("each", deposit)
    key, headline = ("sum", end) if goal.target is None else follows
    caption = context.say(f"flash.saving_{key}", amount=deposit, when=when, target=_end(goal))
    svg = _curve(path, "flash.curve.saving", context)
    return Face(headline, caption, outcomes, _spare(goal, deposit, context), svg)


def _end(goal: Goal) -> Money:
    return Money.of(goal.target, goal.currency) if goal.target is not None else goal.path[-1]


def _spare(goal: Goal, deposit: Money, context: Context) -> Sequence[str]:
    """The household's own free cash flow beside the deposit; said, not judged."""
    if goal.spare is None:
        return ()
    spare = Money.of(goal.spare, goal.currency)
    if spare.minor <= 0:
        return (context.say("flash.spare_none", spare=-spare),)
    share = round(100 * deposit.minor / spare.minor)
    return (context.say("flash.spare" if share <= 100 else "flash.spare_over", spare=spare, share=share),)


def _curve(balances: Iterable[Money], title: str, context: Context) -> str:
    points = [point(month(context.now.date(), at, context.language), each, context) for at, each in enumerate(balances)]
    name = context.say(title)
    return charts.line(name, name, points, straight=True) if len(points) > 2 else ""


def loan(debt: Loan, context: Context) -> Face:
    agreed, faster, unit = debt.agreed, debt.faster, debt.currency
    interest, paid = Money(agreed.interest, unit), Money(agreed.paid, unit)
    saved, sooner = Money(agreed.interest - faster.interest, unit), agreed.months - faster.months
    last, end = (month(context.now.date(), plan.months, context.language) for plan in (agreed, faster))
    outcomes = [
        Result(context.say("flash.instalment"), debt.instalment),
        Result(context.say("flash.interest_all"), interest, _of(interest, paid)),
        Result(context.say("flash.last_payment"), last),
    ]
    quicker = bool(debt.extra or debt.lump)
    if quicker:
        outcomes += [
            Result(context.say("flash.interest_saved"), saved, _of(saved, paid), best=True),
            Result(context.say("flash.sooner"), context.say("flash.months", count=sooner), note=end, best=True),
        ]
    key = "faster" if quicker else "until" if debt.months is None else "agreed"
    caption = context.say(f"flash.loan_{key}", interest=interest, end=end)
    svg = _curve((Money(each, unit) for each in faster.balances), "flash.curve.loan", context)
    told = context.say("flash.months", count=agreed.months) if key == "until" else debt.instalment
    return Face(saved if quicker else told, caption, outcomes, (), svg)


# ---- budget ----


def budget(plan: Budget, context: Context) -> Face:
    most = max(
        [Money.of(line.spent, plan.currency) for line in plan.lines] + [x.after(plan.currency) for x in plan.lines]
    )
    outcomes = [_category(line, most, plan.currency, context) for line in plan.lines]
    key, freed = ("less", plan.freed) if plan.freed.minor >= 0 else ("more", -plan.freed)
    told = {"year": freed * 12, "before": plan.before, "after": plan.before - plan.freed}
    notes = (context.say("flash.budget_of", count=plan.months),)
    return Face(freed, context.say(f"flash.budget_{key}", **told), outcomes, notes)


def _category(line: Line, most: Money, currency: str, context: Context) -> Result:
    after, before = line.after(currency), Money.of(line.spent, currency)
    was = context.say("flash.was", before=before) if line.percent != 100 else ""
    label = context.say(f"wealth.category.{line.category}")
    return Result(label, after, _of(after, most), was, line.percent < 100)


# ---- currencies and packs ----


def exchange(swap: Exchange, context: Context) -> Face:
    result, day = swap.result
    pair, ends = {"base": swap.currency, "quote": swap.into}, (swap.currency, swap.into)
    outcomes = [
        Result(f"1 {base} =", f"{shown_number(rate, context.language, exact=True)} {quote}")
        for rate, base, quote in zip(swap.rates, ends, ends[::-1], strict=True)
    ]
    points = [
        charts.Point(
            str(shown(on, context.language)), each, shown_number(Decimal(f"{each:.4g}"), context.language, exact=True)
        )
        for on, each in swap.curve
    ]
    title = context.say("flash.curve.exchange", **pair)
    svg = charts.line(title, title, points) if swap.currency != swap.into else ""
    caption = context.say("flash.exchange_of", given=swap.given, day=day)
    return Face(result, caption, outcomes, (context.say("flash.bank_rate"),), svg)


def unit_price(shelf: Shelf, context: Context) -> Face:
    unit, best, dearest = context.say(f"flash.unit.{shelf.unit}", count=1), shelf.best, max(shelf.prices)
    names = [_pack(shelf, i, context) for i in range(len(shelf.packs))]
    prices = [context.say("flash.per", price=price, unit=unit) for price in shelf.prices]
    outcomes = [
        Result(
            name,
            price,
            _of(shelf.prices[i], dearest),
            context.say("flash.comma").join(
                filter(None, (_small(shelf, i, context), f"+{shelf.dearer[i]} %" * (i != best)))
            ),
            i == best and len(names) > 1,
        )
        for i, (name, price) in enumerate(zip(names, prices, strict=True))
    ]
    key = "one" if len(names) == 1 else "best" if any(shelf.dearer) else "same"
    return Face(prices[best], context.say(f"flash.unit_price_{key}", pack=names[best]), outcomes)


def _pack(shelf: Shelf, index: int, context: Context) -> str:
    pack = shelf.packs[index]
    times = f"{pack.count} × " if pack.count > 1 else ""
    unit, cost = _unit(pack.unit, pack.quantity, context), Money.of(pack.price, shelf.currency).text(context.language)
    return f"{times}{shown_number(pack.quantity, context.language)} {unit} · {cost}"


def _small(shelf: Shelf, index: int, context: Context) -> str:
    """The price of 100 g or 100 ml, where every pack holds less than a kilogram or a litre."""
    if shelf.unit not in ("kg", "l") or any(pack.held >= 1 for pack in shelf.packs):
        return ""
    tenth = Money.of(shelf.prices[index].decimal / 10, shelf.currency)
    return context.say("flash.per", price=tenth, unit="100 g" if shelf.unit == "kg" else "100 ml")


def _unit(name: str, quantity: Decimal, context: Context) -> str:
    return context.say(f"flash.unit.{name}", count=1 if quantity <= 1 else 2)


FACES: dict[type[Any], Callable[[Any, Context], Face]] = {
    Bill: split, Goal: saving, Loan: loan, Budget: budget, Exchange: exchange, Shelf: unit_price,
}  # fmt: skip
