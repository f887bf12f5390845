""" "Can I afford it?", in the middle of a checkout: the sum beside the forecast to payday, as figures and their method.

Says what would remain and what falls due before; never whether to buy. The checkout stays as it is and is shown again.
"""

from collections.abc import Mapping
from typing import Any

from assistant import fx
from assistant.errors import NotFound, Refused
from assistant.handlers import Context, Handler, cart
from assistant.handlers.goods import known, value
from assistant.handlers.product import MEANT, meant
from assistant.handlers.sheets import named
from assistant.language.acts import Amount, Do
from assistant.merchant import Basket, Wanted
from assistant.money import Money, total
from assistant.reply import Figure, Period, Reply
from assistant.wealth import Forecast


def afford(do: Do, context: Context) -> Reply:
    """What remains after the sum that is meant: one that was said, a product, the open sheet, or the cart."""
    asked = _asked(do, context)
    if isinstance(asked, Reply):
        return asked
    name, price = asked
    wealth = context.rooms.wealth
    if not wealth.account_names(context.user):
        raise NotFound("no_wealth_data")
    ahead = wealth.forecast(context.user)
    cost, rated = fx.convert(price, ahead.balance.currency, context.now.date())
    told = _told(name, price, cost, ahead, context)
    method = [context.say("afford.method")]
    method += [context.say("wealth.method.rates")] if ahead.price_date or price.currency != cost.currency else []
    method += [context.say("wealth.method.made_up")] if wealth.made_up(context.user) else []
    rows = _rows(name, cost, ahead, context)
    days = [day for day in (ahead.price_date, rated if price.currency != cost.currency else None) if day]
    card = Figure(
        metric="afford", label=context.say("afford.label", name=name), value=ahead.balance - cost, unit="money",
        period=Period(context.now.date(), ahead.until), currency=cost.currency, price_date=min(days, default=None),
        method=context.join(method), rows=rows, row_count=len(rows),
    )  # fmt: skip
    basket = context.rooms.shop.carts.of(context.user, context.language)
    back = (cart.card(basket, context),) if _of_cart(do, context) else ()
    return Reply(told, (card, *back), "wealth")


def _asked(do: Do, context: Context) -> tuple[str, Money] | Reply:
    """What it is called, and what it costs with delivery."""
    if said := value(do, "amount", None):
        return _said(said, context)
    if MEANT & set(do.slots):
        found = meant(do, context, "afford.which")
        return found if isinstance(found, Reply) else _of_product(found[0], int(value(do, "quantity", 1)), context)
    if sheet := _open(context):
        payment = context.rooms.payments.receipt(context.user, sheet)
        parts = context.rooms.payments.parts(payment)
        return named(payment, context), total((part.amount for part in parts), payment.amount.currency)
    basket = context.rooms.shop.carts.of(context.user, context.language)
    if basket.worth and basket.parts:
        return context.say("afford.cart"), basket.worth
    if len(context.state.results) == 1:
        return _of_product(context.state.results[0], 1, context)
    raise Refused("afford_what")


def _open(context: Context) -> str:
    return next((frame.sheet for frame in reversed(context.state.frames) if frame.sheet), "")


def _of_cart(do: Do, context: Context) -> bool:
    named = {"amount", *MEANT} & set(do.slots)
    return not named and not _open(context) and bool(context.rooms.shop.carts.of(context.user).parts)


def _said(said: Amount, context: Context) -> tuple[str, Money]:
    money = said.in_(said.likely(context.settings.currency))
    return money.text(context.language), money


def _of_product(id: str, count: int, context: Context) -> tuple[str, Money]:
    found = known(id, context)
    seller = context.rooms.shop.merchants[found.offer.merchant]
    asked = Basket((Wanted(id, count),), currency=context.settings.currency, language=context.language)
    return found.title(context.language), seller.estimate(asked).total


def _told(name: str, price: Money, cost: Money, ahead: Forecast, context: Context) -> str:
    bills = [each for each in ahead.due if each.value.minor < 0]
    summed = -total((each.value for each in bills), cost.currency)
    day, lowest = ahead.lowest
    shown = price.text(context.language)
    named_sum = shown if name == shown else context.say("afford.sum", name=name, price=price)
    said = [
        context.say("afford.after", sum=named_sum, balance=ahead.balance, after=ahead.balance - cost),
        context.say("afford.payday", payee=ahead.payday.payee, day=ahead.payday.day, value=ahead.payday.value)
        if ahead.payday
        else context.say("afford.no_payday", day=ahead.until),
        context.say("afford.bills", count=len(bills), bills=summed) if bills else context.say("afford.no_bills"),
        context.say("afford.everyday", everyday=-ahead.everyday) if ahead.everyday.minor else "",
        context.say("afford.lowest", end=ahead.end - cost, lowest=lowest - cost, day=day),
    ]
    return context.join(said)


def _rows(name: str, cost: Money, ahead: Forecast, context: Context) -> tuple[Mapping[str, Any], ...]:
    """From today's balance to the last day, line by line: they add up."""
    today = context.now.date()
    rows = [{"date": today, "payee": context.say("afford.row_balance"), "value": ahead.balance},
            {"date": today, "payee": name, "value": -cost}]  # fmt: skip
    rows += [{"date": each.day, "payee": each.payee, "value": each.value} for each in ahead.due]
    if ahead.everyday.minor:
        rows.append({"date": ahead.until, "payee": context.say("afford.row_everyday"), "value": ahead.everyday})
    return (*rows, {"date": ahead.until, "payee": context.say("afford.row_end"), "value": ahead.end - cost})


GOALS: dict[str, Handler] = {"afford": afford}
