"""What was bought: where it is, and giving it back. A refund is asked for here and confirmed apart, like any other.

What was paid comes from the payments, what became of it from the merchant: the two are shown together.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from assistant.errors import NotFound, Refused, Unavailable
from assistant.handlers import Context, Handler, Tap, ask
from assistant.handlers.goods import value
from assistant.handlers.payment import sure
from assistant.language.acts import Do
from assistant.merchant import Sale
from assistant.money import Money, total
from assistant.payments import Payment
from assistant.reply import Action, Order, Reply, SumLine

SHOWN = 5
LOOKED_AT = 50  # payments among which the orders are


def orders(do: Do, context: Context) -> Reply:
    """The newest orders, or those that hold what was named; "return it" asks to give one back."""
    bought = _bought(context)
    words, limits = str(value(do, "query", "")), tuple(value(do, "constraints", ()))
    chosen = [(payment, _lines(payment, words, limits, context)) for payment in bought]
    chosen = [(payment, lines) for payment, lines in chosen if lines or not (words or limits)]
    if not chosen:
        raise Refused("no_such_order" if bought else "no_orders", words=words)
    if value(do, "op", "show") == "return":
        return _returned(chosen, context)
    cards = tuple(card(payment, context) for payment, _ in chosen[:SHOWN])
    told = [context.say("orders.one", merchant=each.merchant, status=each.status) for each in cards]
    return Reply(context.join(told), cards, "product")


def _bought(context: Context) -> list[Payment]:
    history = context.rooms.payments.history(context.user, LOOKED_AT)
    return [payment for payment in history if payment.merchant_id and payment.state not in ("canceled", "failed")]


def _lines(payment: Payment, words: str, limits: tuple[Any, ...], context: Context) -> tuple[int, ...]:
    """The lines of this order that the words mean."""
    if not (words or limits):
        return ()
    products = context.rooms.shop.carts.bought(payment.quote_id)
    return tuple(products.index(each) for each in context.rooms.shop.among(products, words, limits))


def _returned(chosen: Sequence[tuple[Payment, tuple[int, ...]]], context: Context) -> Reply:
    """The one order that is meant, or which of them."""
    left = [(payment, lines) for payment, lines in chosen if payment.refunded != payment.amount]
    left = [(payment, lines) for payment, lines in left if payment.state == "succeeded"]
    if not left:
        raise Refused("nothing_to_return")
    if len(left) == 1:
        payment, lines = left[0]
        return sure(payment, context, _worth(payment, lines))
    actions = tuple(
        Action(f"{payment.payee_name} · {payment.purpose}", "orders.return",
               {"payment": payment.id, "lines": list(lines)}, "chip")
        for payment, lines in left[:SHOWN]
    )  # fmt: skip
    return ask(context.say("orders.which"), actions, "product")


def _worth(payment: Payment, lines: Sequence[int]) -> Money | None:
    """What these lines cost, their part of a coupon taken off, half up; None: everything, its delivery too."""
    if not lines or len(lines) == len(payment.lines):
        return None
    currency = payment.amount.currency
    sums = [line.amount * line.quantity for line in payment.lines]
    items = total(sums, currency).minor
    taken = -sum(line.amount.minor for line in payment.totals if line.amount.minor < 0)
    these = sum(sums[at].minor for at in lines)
    return Money((2 * these * (items - taken) + items) // (2 * items), currency)


def card(payment: Payment, context: Context) -> Order:
    sale = None
    with suppress(KeyError, Unavailable):  # a shop elsewhere that was removed, or is silent: what was paid is known
        sale = context.rooms.shop.merchants[payment.merchant_id].order_of(payment.quote_id)
    status = _status(payment, sale, context)
    whole = SumLine(context.say("payment.total"), payment.amount)
    open_ = payment.state == "succeeded" and payment.refunded != payment.amount
    back = (
        (Action(context.say("orders.return"), "orders.return", {"payment": payment.id, "lines": []}),) if open_ else ()
    )
    return Order(
        id=f"order_of_{payment.id}", order_id=sale.id if sale else payment.id, merchant=payment.payee_name,
        lines=payment.lines, totals=(*payment.totals, whole), status=status, actions=back,
        delivery=context.say("orders.by", day=sale.arrives) if sale and sale.arrives else "—",
    )  # fmt: skip


def _status(payment: Payment, sale: Sale | None, context: Context) -> str:
    """What is known, and no more: a day that has passed does not say that it arrived."""
    if payment.refunded.minor:
        return context.say("orders.refunded", amount=payment.refunded)
    if payment.state != "succeeded":
        return context.say("orders.paying")
    if sale is None or sale.arrives is None:
        return context.say("orders.paid")
    late = sale.arrives < context.now.date()
    return context.say("orders.due" if late else "orders.coming", day=sale.arrives)


def _tap_return(target: Mapping[str, Any], _: Mapping[str, str], context: Context) -> Reply:
    payment = context.rooms.payments.receipt(context.user, target["payment"])
    if not payment.merchant_id:
        raise NotFound("unknown_payment")
    return sure(payment, context, _worth(payment, tuple(target["lines"])))


GOALS: dict[str, Handler] = {"orders": orders}
TAPS: dict[str, Tap] = {"orders.return": _tap_return}
