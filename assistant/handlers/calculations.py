"""What each flash card says of its calculation: one number that counts, its parts, a curve. Computes nothing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from assistant import charts
from assistant.flash.budget import Budget, Line
from assistant.flash.card import Result
from assistant.flash.exchange import Exchange
from assistant.flash.loan import Loan
from assistant.flash.saving import Goal
from assistant.flash.split import Bill
from assistant.flash.unit_price import Shelf
from assistant.handlers import Context
from assistant.handlers.controls import month, named
from assistant.handlers.figures import point, shown_number
from assistant.language.messages import shown
from assistant.money import Money


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
    outcomes = [
        Result(named(bill, i, context), share, _of(share, bill.whole), _settled(bill, i, context))
        for i, share in enumerate(bill.shares)
    ]
    tip = bill.whole - Money.of(bill.total, bill.currency)
    caption = context.say("flash.split_tip" if tip.minor else "flash.split_people", tip=tip, count=len(outcomes))
    open_ = any(item.label == bill.unsure and all(item.shared) for item in bill.items)
    notes = [context.say("flash.who_not", what=bill.unsure)] if open_ and bill.unsure else []
    return Face(bill.whole, caption, outcomes, notes)


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
    by_date = goal.months is not None
    caption = context.say("flash.saving_each" if by_date else "flash.saving_when", amount=deposit, when=when)
    svg = _curve(path, "flash.curve.saving", context)
    return Face(deposit if by_date else when, caption, outcomes, _spare(goal, deposit, context), svg)


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
    caption = context.say("flash.loan_faster" if quicker else "flash.loan_agreed", interest=interest, end=end)
    svg = _curve((Money(each, unit) for each in faster.balances), "flash.curve.loan", context)
    return Face(saved if quicker else debt.instalment, caption, outcomes, (), svg)


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
    pair = {"base": swap.currency, "quote": swap.into}
    one = context.say("flash.rate", rate=shown_number(swap.rate, context.language), **pair)
    points = [charts.Point(str(shown(on, context.language)), each, f"{each:.4g}") for on, each in swap.curve]
    title = context.say("flash.curve.exchange", **pair)
    svg = charts.line(title, title, points) if swap.currency != swap.into else ""
    outcomes = (Result(one, context.say("flash.ecb", day=day)),)
    caption = context.say("flash.exchange_of", given=swap.given, day=day)
    return Face(result, caption, outcomes, (context.say("flash.bank_rate"),), svg)


def unit_price(shelf: Shelf, context: Context) -> Face:
    unit, best, dearest = context.say(f"flash.unit.{shelf.unit}"), shelf.best, max(shelf.prices)
    names = [_pack(shelf, i, context) for i in range(len(shelf.packs))]
    prices = [context.say("flash.per", price=price, unit=unit) for price in shelf.prices]
    outcomes = [
        Result(
            name,
            price,
            _of(shelf.prices[i], dearest),
            f"+{shelf.dearer[i]} %" * (i != best),
            i == best and len(names) > 1,
        )
        for i, (name, price) in enumerate(zip(names, prices, strict=True))
    ]
    key = "one" if len(names) == 1 else "best" if any(shelf.dearer) else "same"
    return Face(prices[best], context.say(f"flash.unit_price_{key}", pack=names[best]), outcomes)


def _pack(shelf: Shelf, index: int, context: Context) -> str:
    pack = shelf.packs[index]
    times = f"{pack.count} × " if pack.count > 1 else ""
    unit, cost = context.say(f"flash.unit.{pack.unit}"), Money.of(pack.price, shelf.currency).text(context.language)
    return f"{times}{shown_number(pack.quantity, context.language)} {unit} · {cost}"


FACES: dict[type[Any], Callable[[Any, Context], Face]] = {
    Bill: split, Goal: saving, Loan: loan, Budget: budget, Exchange: exchange, Shelf: unit_price,
}  # fmt: skip
