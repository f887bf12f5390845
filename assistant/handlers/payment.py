"""The payment handler: slots become a draft and its sheet, taps become gestures, payments become receipts.

Knows which question to ask when a payee, an amount or a currency is not certain, and how a payment is shown. Does not
know how money moves (`payments/`), and never confirms anything on its own.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from assistant.errors import NotFound, Refused
from assistant.handlers import Context, Handler, Tap, ask, fills, notice, where
from assistant.handlers.amounts import amount_of, exact
from assistant.handlers.sheets import card_of, drafted, moved, named, prepared, receipt, sheet, slip
from assistant.language.acts import Aloud, Amount, Do, Drop, Resume, Slot, Slots
from assistant.language.slots import bill_kinds
from assistant.merchant import Quote
from assistant.money import Money
from assistant.payments import Origin, Payee, Payment
from assistant.payments.payees import checked_iban
from assistant.reply import Action, AnyCard, Reply, new_id

SURE = 0.8  # confidence in 0..1 below which a field is marked uncertain
OFFERED = 6  # names offered when the payee is not known
JUST_NOW = timedelta(minutes=10)  # how long "undo" still means the last payment
SHOWN = 5  # receipts of the history


def pay(effect: Do, context: Context) -> Reply:
    """A sheet when payee, amount and currency are certain; otherwise the one question that is missing."""
    payee = _payee(effect.slots, context)
    if isinstance(payee, Reply):
        return payee
    _same_account(effect.slots, payee)
    money = amount_of(_as_last_time(effect.slots, payee, context), payee, context)
    if isinstance(money, Reply):
        return money
    amount, assumed = money
    purpose = effect.slots.get("purpose")
    if payee.iban and not payee.account:
        return prepared(payee, amount, str(purpose.value) if purpose else "", context)
    origin = _origin(effect, assumed, context)
    made = context.rooms.payments.draft(
        context.user, context.session, payee, amount, str(purpose.value) if purpose else "", origin
    )
    reply, day, often = drafted(made, context), effect.slots.get("day"), effect.slots.get("often")
    text = reply.text + (context.say("payment.once", often=often.text) if often else "")
    return replace(reply, text=text + (context.say("payment.not_scheduled", day=day.value) if day else ""))


def sheet_for_quotes(
    quotes: tuple[Quote, ...], context: Context, replaces: str = "", notes: tuple[str, ...] = ()
) -> Reply:
    """The sheet of a purchase: each merchant's lines and totals, one gesture for all of them."""
    origin = Origin(context.utterance, replaces=replaces, notes=notes)
    return drafted(context.rooms.payments.draft_quotes(context.user, context.session, quotes, origin)[0], context)


def _payee(slots: Slots, context: Context) -> Payee | Reply:
    """The one payee that was named, or a question. Close is asked about, unknown is never guessed."""
    book = context.rooms.payments.payees
    said, recent = slots.get("payee"), _recent(context)
    if said is None:
        paid = context.rooms.payments.history(context.user, 1)
        if "repeat" in slots and (last := next((one for one in recent if paid and one.id == paid[0].payee_id), None)):
            return last
        if "purpose" in slots:
            return _ask_biller(str(slots["purpose"].value), context)
        return ask(context.say("payment.ask_payee"), _names(recent), "payment", "payee")
    found = book.find(context.user, str(said.value))
    if said.readings:
        named = (one for name in (said.value, *said.readings) if (one := book.find(context.user, str(name)).sole))
        return ask(context.say("payment.ask_one_payee"), _names(tuple(dict.fromkeys(named))), "payment", "payee")
    if found.sole:
        return found.sole
    key = {"exact": "ask_which_payee", "close": "ask_close_payee", "none": "ask_unknown_payee"}[found.how]
    name = said.text or str(said.value)
    if len(found.payees) == 1:
        (one,) = found.payees
        text = context.say("payment.ask_close_one", name=name, payee=one.name)
        return replace(ask(text, _names((one,)), "payment", "payee"), offers=one.id)
    return ask(context.say(f"payment.{key}", name=name), _names(found.payees or recent), "payment", "payee")


def _ask_biller(purpose: str, context: Context) -> Reply:
    """Those whose name says that they send such bills; where none does, that is said and nobody else is offered."""
    billers = tuple(one for one in _book(context) if one.kind == "biller")
    kinds = {one.id: bill_kinds(one.name) for one in billers}
    meant = bill_kinds(purpose) or bill_kinds(context.utterance)
    fitting = tuple(one for one in billers if meant & kinds[one.id])
    if meant and not fitting:
        return ask(context.say("payment.ask_no_biller", bill=purpose), (), "payment", "payee")
    offered = (fitting or billers)[:OFFERED] or _recent(context)
    return ask(context.say("payment.ask_payee"), _names(offered), "payment", "payee")


def _as_last_time(slots: Slots, payee: Payee, context: Context) -> Slots:
    """ "The same as last time": the amount of the last payment that reached this payee, where none was said."""
    said = slots.get("repeat")
    if said is None or "amount" in slots:
        return slots
    history = context.rooms.payments.history(context.user, 200)
    paid = next((p.amount for p in history if p.payee_id == payee.id and p.state == "succeeded"), None)
    return {**slots, "amount": Slot(Amount(f"{paid.decimal:f}", paid.currency), said.text)} if paid else slots


def _same_account(slots: Slots, payee: Payee) -> None:
    """A paper that names another account than the book's, or none that can be, is not paid, whoever sent it."""
    printed = checked_iban(str(slots["iban"].value)) if "iban" in slots else ""
    if printed and payee.iban and printed != payee.iban:
        raise Refused("payee_account_changed", name=payee.name, known=payee.iban[-4:], new=printed[-4:])


def _recent(context: Context) -> tuple[Payee, ...]:
    return _book(context)[:OFFERED]


def _book(context: Context) -> tuple[Payee, ...]:
    """Who was paid last, then the rest of the book."""
    payments = context.rooms.payments
    book = {payee.id: payee for payee in payments.payees.of(context.user)}
    paid = (payment.payee_id for payment in payments.history(context.user))
    order = dict.fromkeys([*(id for id in paid if id in book), *book])
    return tuple(book[id] for id in order)


def _names(payees: tuple[Payee, ...]) -> tuple[Action, ...]:
    return tuple(fills(f"{payee.name} · ••{payee.tail}", "payee", payee.id, payee.name) for payee in payees)


def _origin(effect: Do, assumed: bool, context: Context) -> Origin:
    """Where each field came from: a crop of a picture, a stretch of the words, or neither."""
    slots = {name: effect.slots[name] for name in ("payee", "amount", "purpose") if name in effect.slots}
    provenance = {name: where for name, slot in slots.items() if (where := _where(slot, context))}
    uncertain = tuple(name for name, slot in effect.slots.items() if slot.confidence < SURE)
    source = context.utterance or " · ".join(slot.text for slot in slots.values() if slot.text)
    if not source and any(slot.place for slot in slots.values()):
        source = context.say("payment.from_picture")
    return Origin(source, provenance, uncertain, assumed, replaces=effect.replaces)


def _where(slot: Slot, context: Context) -> dict[str, Any]:
    if slot.place and slot.place.box:
        return where(slot.place)
    if slot.span and context.utterance[slice(*slot.span)] == slot.text:
        return {"span": list(slot.span)}
    return {}


def receipts(ids: tuple[str, ...], context: Context) -> tuple[AnyCard, ...]:
    """Fresh cards for these payments and those of their sheets: a sheet while it waits, a receipt afterwards.

    Unknown ids are left out.
    """
    kernel, cards = context.rooms.payments, dict[str, AnyCard]()
    for id in ids:
        try:
            payment = kernel.receipt(context.user, id)
        except NotFound:
            continue
        for part in (payment,) if payment.state == "draft" else kernel.parts(payment):
            cards[part.id] = card_of(part, context)
    return tuple(cards.values())


# Effects on a waiting sheet


def aloud(effect: Aloud, context: Context) -> Reply:
    """An amount was repeated: heard by this session's microphone it can pay, anything else points to the button."""
    payments = context.rooms.payments
    payment = payments.receipt(context.user, effect.sheet)
    if effect.amount is None or not context.spoken:
        text = context.say("payment.yes_points", amount=payment.amount)
        spoken = context.say("payment.yes_points_spoken")
        return Reply(text, (card_of(payment, context),), "payment", speak=spoken, sheet=payment.id)
    currencies = {effect.amount.currency} if effect.amount.currency else set(effect.amount.candidates)
    named = not currencies or payment.amount.currency in currencies
    repeated = exact(effect.amount, payment.amount.currency) if named else None
    if payments.second_look(context.user, payment.id):
        return _look_again(payment.id, context)
    undo = context.settings.undo_seconds
    return _confirmed(
        payment,
        lambda: payments.confirm_aloud(context.user, context.session, payment.id, repeated, effect.sole, undo),
        context,
    )


def withdraw(effect: Drop, context: Context) -> Reply:
    if not effect.sheet:
        return Reply(context.say("payment.dropped"), route="payment")
    return moved(context.rooms.payments.cancel(context.user, effect.sheet), context)


def show(effect: Resume, context: Context) -> Reply:
    """The waiting sheet again; one whose time is over comes back as a new draft."""
    payments = context.rooms.payments
    payment = payments.receipt(context.user, effect.sheet)
    if payment.state == "expired" or (payment.state == "draft" and payment.expires_at <= context.now):
        payment = payments.again(context.user, context.session, payment.id)
    if payment.state != "draft":
        return moved(payment, context)
    text = context.say("payment.resumed", payee=named(payment, context))
    return Reply(text, (sheet(payment, context),), "payment", sheet=payment.id)


# Other goals


def refund(effect: Do, context: Context) -> Reply:
    """Which payment to give back; a second gesture does it."""
    paid = [
        p for p in context.rooms.payments.history(context.user) if p.state == "succeeded" and p.refunded != p.amount
    ]
    if said := effect.slots.get("payee"):
        meant = {payee.id for payee in context.rooms.payments.payees.find(context.user, str(said.value)).payees}
        shop = str(said.value).casefold()
        paid = [p for p in paid if p.payee_id in meant or (p.merchant_id and shop in p.payee_name.casefold())]
    if not paid:
        return Reply(context.say("payment.nothing_paid"), route="payment")
    if len(paid) == 1:
        return sure(paid[0], context)
    choices = tuple(
        Action(f"{p.payee_name} · {p.amount.text(context.language)}", "payment.refund", {"payment": p.id}, "chip")
        for p in paid[:SHOWN]
    )
    return ask(context.say("payment.ask_refund"), choices, "payment")


def sure(payment: Payment, context: Context, amount: Money | None = None) -> Reply:
    """What would be given back, and the button that does it: all that is left, or a part."""
    left = payment.amount - payment.refunded
    back = min(amount or left, left)
    text = context.say("payment.refund_sure", amount=back, payee=payment.payee_name)
    label = context.say("payment.refund_button", amount=back)
    target = {"payment": payment.id, "refund": new_id("refund"), "amount": back}
    return ask(text, (Action(label, "payment.refund_now", target, "danger"),), "payment")


def payments(effect: Do, context: Context) -> Reply:  # noqa: ARG001  every handler is called alike
    found = context.rooms.payments.history(context.user, SHOWN)
    cards = tuple(receipt(payment, context) for payment in found)
    return Reply(context.say("payment.history" if cards else "payment.no_history", count=len(cards)), cards, "payment")


def undo(effect: Do, context: Context) -> Reply:
    """ "Undo", "cancel" when nothing is open: the payment that was confirmed last, while it is not sent."""
    kernel = context.rooms.payments
    last = next(iter(kernel.history(context.user, 1)), None)
    if last and last.state == "confirmed":
        return moved(kernel.undo(context.user, last.id), context)
    fresh = last and last.confirmed_at and context.now - last.confirmed_at < JUST_NOW
    meant = "op" not in effect.slots and fresh
    if last and meant and last.state == "succeeded" and last.refunded != last.amount:
        return sure(last, context)  # too late to hold it back: it can be given back
    return Reply(context.say("service.nothing_open"))


def stop_payments(effect: Do, context: Context) -> Reply:  # noqa: ARG001
    count = context.rooms.payments.stop(context.user)
    text = context.say("payment.stopped", count=count)
    return notice(text, "payment", "warning", (Action(context.say("payment.resume"), "payment.resume"),))


# Taps


def _confirm(target: Mapping[str, Any], _: Mapping[str, str], context: Context) -> Reply:
    kernel, undo = context.rooms.payments, context.settings.undo_seconds
    waiting = kernel.receipt(context.user, target["payment"])
    if kernel.second_look(context.user, waiting.id):
        return _look_again(waiting.id, context)
    token = kernel.token(waiting)
    return _confirmed(waiting, lambda: kernel.confirm(context.user, context.session, waiting.id, token, undo), context)


def _confirmed(waiting: Payment, gesture: Callable[[], Payment], context: Context) -> Reply:
    """The receipts; or, where a shop asks for another sum than the sheet says, a new sheet with the difference."""
    try:
        return moved(gesture(), context)
    except Refused as error:
        if error.key != "quote_changed":
            raise
    kernel = context.rooms.payments
    shown = {line.label: line.amount for part in kernel.parts(waiting) for line in (*part.lines, *part.totals)}
    quotes = kernel.requote(context.user, waiting.id)
    notes = tuple(
        context.say("payment.note_price", title=line.label, was=shown[line.label], now=line.amount)
        for quote in quotes
        for line in (*quote.lines, *quote.totals)
        if shown.get(line.label, line.amount) != line.amount
    )
    reply = sheet_for_quotes(quotes, context, waiting.id, notes)
    return replace(reply, text=f"{context.say('payment.repriced')} {reply.text}")


def _look_again(id: str, context: Context) -> Reply:
    """The sheet once more, now with what happened since it was shown."""
    payment = context.rooms.payments.receipt(context.user, id)
    return Reply(context.say("payment.second_look"), (sheet(payment, context),), "payment", sheet=id)


def _gesture(verb: str) -> Tap:
    def tap(target: Mapping[str, Any], _: Mapping[str, str], context: Context) -> Reply:
        change: Callable[[str, str], Payment] = getattr(context.rooms.payments, verb)
        return moved(change(context.user, target["payment"]), context, whole=verb != "undo")

    return tap


def _refund(target: Mapping[str, Any], _: Mapping[str, str], context: Context) -> Reply:
    return sure(context.rooms.payments.receipt(context.user, target["payment"]), context)


def _refund_now(target: Mapping[str, Any], _: Mapping[str, str], context: Context) -> Reply:
    done = context.rooms.payments.refund(context.user, target["payment"], target["refund"], target["amount"])
    card = receipt(done, context)
    key = "refund_done" if done.refunded.minor else "refund_asked"
    return Reply(context.say(f"payment.{key}", amount=done.refunded, payee=done.payee_name), (card,), "payment")


def _again(target: Mapping[str, Any], _: Mapping[str, str], context: Context) -> Reply:
    return drafted(context.rooms.payments.again(context.user, context.session, target["payment"]), context)


def _cancel_transfer(target: Mapping[str, Any], _: Mapping[str, str], context: Context) -> Reply:
    gone = context.rooms.payments.transfers.cancel(context.user, target["transfer"])
    return Reply(context.say("payment.dropped"), (slip(gone, context),), "payment")


def _resume(_: Mapping[str, Any], __: Mapping[str, str], context: Context) -> Reply:
    context.rooms.payments.resume(context.user)
    return Reply(context.say("payment.resumed_all"), route="payment")


GOALS: dict[str, Handler] = {
    "pay": pay, "refund": refund, "payments": payments, "undo": undo, "stop_payments": stop_payments,
}  # fmt: skip
TAPS: dict[str, Tap] = {
    "payment.confirm": _confirm, "payment.cancel": _gesture("cancel"), "payment.undo": _gesture("undo"),
    "payment.again": _again, "payment.refund": _refund, "payment.refund_now": _refund_now,
    "payment.resume": _resume, "payment.cancel_transfer": _cancel_transfer,
}  # fmt: skip
