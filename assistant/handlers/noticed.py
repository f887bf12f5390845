"""What the page opens with: at most three things in the person's own data that deserve a look, each a tap from them.

Chooses among what other rooms found, one of each kind before a second of any; computes no figure.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import chain, zip_longest

from assistant.errors import LueurError
from assistant.handlers import Context, ask
from assistant.handlers.figures import again, near
from assistant.reply import Action, AnyCard, Period

MOST = 3
LATELY, SOON, NEAR = timedelta(days=180), timedelta(days=10), timedelta(days=5)
RULES = ("double_charge", "price_rise", "missing_income", "jump", "new_payee")  # the gravest first


def card(context: Context) -> AnyCard | None:
    """None when nothing stands out."""
    kinds = (_prices(context), _unusual(context), _bills(context))
    found = [each for each in chain.from_iterable(zip_longest(*kinds)) if each][:MOST]
    return next(iter(ask(context.say("noticed.title"), found).cards), None)


def _prices(context: Context) -> Iterator[Action]:
    for each in filter(lambda watch: watch.met, context.rooms.shop.watches.of(context.user)):
        label = context.say("noticed.price", title=each.product.title(context.language), price=each.price)
        target = {"product": each.product.id, "currency": each.price.currency}
        yield Action(label, "product.details", target, "chip")


def _unusual(context: Context) -> Iterator[Action]:
    """One of each rule; the payee's own payments are the rows that prove it."""
    today = context.now.date()
    period = Period(today - LATELY, today)
    try:
        rows = context.rooms.wealth.ask(context.user, "unusual", period).rows
    except LueurError:
        return  # nothing is known of this person's money
    first = {row["rule"]: row for row in reversed(rows)}
    for row in (first[rule] for rule in RULES if rule in first):
        facts = {"payee": row["payee"], "amount": row["amount"], "usual": row["usual"] or "", "day": row["date"]}
        span = Period(row["date"] - NEAR, row["date"] + NEAR) if row["rule"] == "double_charge" else period
        asked = {"metric": "payments", "payee": row["payee"], "period": span}
        if row["rule"] == "missing_income":
            asked = {"metric": "income", "payee": row["payee"]}
        yield again(context.say(f"noticed.{row['rule']}", **facts), asked)


def _bills(context: Context) -> Iterator[Action]:
    today = context.now.date()
    period = Period(today, today + SOON)
    try:
        rows = context.rooms.wealth.ask(context.user, "upcoming", period).rows
    except LueurError:
        return
    for row in sorted(rows, key=lambda row: -row["value"].minor):
        label = context.say("noticed.bill", payee=row["payee"], amount=row["amount"], day=near(row["date"], context))
        yield again(label, {"metric": "upcoming", "period": period})
