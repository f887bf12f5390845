"""A payment as a card: the pay sheet while it waits, the receipt afterwards. Shared by everything that can be bought.

Knows what may be said of each state ("paid" only of `succeeded`) and which buttons belong to it. The card's id is the
payment's, so a receipt takes the place of its sheet.
"""

from collections.abc import Mapping
from dataclasses import replace

from assistant.handlers import Context, notice, stable
from assistant.money import Money, total
from assistant.payments import Payee, Payment, State, Transfer
from assistant.payments.payees import Kind
from assistant.reply import Action, AnyCard, Link, PayeeView, PaySheet, Receipt, Reply, Status, Style, SumLine

STATUS: Mapping[State, Status] = {
    "draft": "canceled", "expired": "canceled", "canceled": "canceled", "confirmed": "scheduled", "submitted": "sent",
    "succeeded": "succeeded", "failed": "failed", "requires_action": "requires_action", "unknown": "unknown",
}  # fmt: skip
CHOICES: dict[Status, str] = {
    "scheduled": "payment.undo", "succeeded": "payment.refund", "requires_action": "payment.cancel",
    "failed": "payment.again", "canceled": "payment.again",
}  # fmt: skip
REASONS = {
    "insufficient_funds", "expired_card", "incorrect_cvc", "processing_error", "authentication_required",
    "amount_too_small", "canceled", "authentication_expired", "payment_intent_authentication_failure",
}  # fmt: skip


def drafted(payment: Payment, context: Context) -> Reply:
    """The reply that shows a fresh draft. The voice never says the amount: the microphone might take it for consent."""
    parts, payees = context.rooms.payments.parts(payment), named(payment, context)
    told = context.say("payment.drafted", amount=_sum(parts), payee=payees)
    spoken = context.say("payment.drafted_spoken", payee=payees)
    shown: tuple[PaySheet | Receipt, ...] = (sheet(payment, context), *_withdrawn(payment, context))
    cards = (*shown, *_stopped(context))
    return Reply(told, cards, "payment", speak=spoken, sheet=payment.id, closes=payment.origin.replaces)


def _stopped(context: Context) -> tuple[AnyCard, ...]:
    """That the button of a sheet will refuse, and the one that changes this, after "stop everything"."""
    if not context.rooms.payments.wallet(context.user).stopped_at:
        return ()
    allow = Action(context.say("payment.resume"), "payment.resume")
    return notice(context.say("payment.still_stopped"), "payment", "warning", (allow,)).cards


def named(payment: Payment, context: Context) -> str:
    """Everybody this sheet pays, in words."""
    return context.say("payment.and").join(part.payee_name for part in context.rooms.payments.parts(payment))


def _withdrawn(payment: Payment, context: Context) -> tuple[Receipt, ...]:
    """The sheet this one takes the place of, as it stands now: its buttons are gone wherever it is still shown."""
    old = payment.origin.replaces
    return (receipt(context.rooms.payments.receipt(context.user, old), context),) if old else ()


def sheet(payment: Payment, context: Context) -> PaySheet:
    """The pay sheet of a draft: what will happen, where it was read, and two buttons. Its id is the payment's."""
    from assistant.language.words import amount_in_words

    payments = context.rooms.payments
    parts = payments.parts(payment)
    amount = _sum(parts)
    again = "pay_again_button" if any(part.origin.repeats for part in parts) else "pay_button"
    button = context.say(f"payment.{again}", amount=amount)
    look = {"repeat": payment.origin.repeats, "look": payment.origin.resembles}
    views = tuple(_view(part, context) for part in parts)
    return PaySheet(
        id=payment.id, payee=views[0], amount=amount, purpose=payment.purpose if len(parts) == 1 else "",
        currency_assumed=payment.origin.assumed, source=payment.origin.source, parts=views if len(views) > 1 else (),
        notes=tuple(dict.fromkeys(note for part in parts for note in _doubts(part, context))),
        uncertain=payment.origin.uncertain + tuple(name for name, doubt in look.items() if doubt),
        provenance=payment.origin.provenance, lines=tuple(line for part in parts for line in part.lines),
        totals=_totals(parts, context), expires_at=min(part.expires_at for part in parts), mode=payments.describe(),
        method=payments.card(payment.method), in_words=amount_in_words(amount, context.language),
        actions=(
            _button("payment.cancel", payment, context, context.say("payment.cancel")),
            _button("payment.confirm", payment, context, button, "primary"),
        ),
    )  # fmt: skip


def _sum(parts: tuple[Payment, ...]) -> Money:
    return total((part.amount for part in parts), parts[0].amount.currency)


def _totals(parts: tuple[Payment, ...], context: Context) -> tuple[SumLine, ...]:
    """A merchant's own sums; of several, each under its name, and the sum that one gesture confirms."""
    whole = SumLine(context.say("payment.total"), _sum(parts))
    if len(parts) == 1:
        told = parts[0].totals
        return told if told and told[-1].label == whole.label else (*told, whole)
    named = tuple(replace(line, label=f"{part.payee_name} · {line.label}") for part in parts for line in part.totals)
    return (*named, whole)


def _doubts(payment: Payment, context: Context) -> tuple[str, ...]:
    """What deserves a second look before this is paid, in sentences."""
    origin, told = payment.origin, list(payment.origin.notes)
    if origin.repeats:
        earlier = context.rooms.payments.receipt(context.user, origin.repeats)
        minutes = int((context.now - (earlier.confirmed_at or context.now)).total_seconds() // 60)
        key = "doubt_repeat" if earlier.state == "succeeded" else "doubt_open"
        told.append(context.say(f"payment.{key}", amount=earlier.amount, payee=earlier.payee_name, count=minutes))
    if origin.resembles:
        told.append(context.say("payment.doubt_resembles", known=origin.resembles))
    if origin.first and not payment.merchant_id:
        told.append(context.say("payment.doubt_first", tail=payment.account[-4:]))
    return tuple(told)


def _view(payment: Payment, context: Context) -> PayeeView:
    book, tail = context.rooms.payments.payees, payment.account[-4:]
    if payment.merchant_id:
        told = context.say("payment.how_shop", tail=tail)
        return PayeeView(payment.payee_id, payment.payee_name, payment.origin.match, told, "shop")
    kinds: dict[str, Kind] = {known.id: known.kind for known in book.of(payment.user)}
    told, kind = context.say("payment.how_contact", tail=tail), kinds.get(payment.payee_id, "contact")
    return PayeeView(payment.payee_id, payment.payee_name, payment.origin.match, told, kind)


def _button(verb: str, payment: Payment, context: Context, label: str, style: Style = "secondary") -> Action:
    """An action whose id is the same each time this payment is shown in this session."""
    return Action(label, verb, {"payment": payment.id}, style, stable("act", context.session, payment.id, verb))


def receipt(payment: Payment, context: Context) -> Receipt:
    """The receipt as the payment stands now."""
    payments = context.rooms.payments
    status = STATUS[payment.state]
    if payment.state == "succeeded" and payment.refunded == payment.amount:
        status = "refunded"
    return Receipt(
        id=payment.id, payment_id=payment.id, status=status, payee=_view(payment, context), amount=payment.amount,
        at=payment.moved_at, method=payments.card(payment.method), provider_ref=payment.provider_ref,
        purpose=payment.purpose, mode=payments.describe(), send_at=payment.send_at if status == "scheduled" else None,
        note=_note(payment, status, context), source=payment.origin.source, provenance=payment.origin.provenance,
        links=_links(payment, status, context),
        actions=_choices(payment, status, context),
    )  # fmt: skip


def _links(payment: Payment, status: Status, context: Context) -> tuple[Link, ...]:
    """The bank's question while it waits, the page to print once money has moved."""
    if status == "requires_action":
        return (Link(context.say("payment.to_bank"), f"/challenge/{payment.id}"),)
    printed = (Link(context.say("payment.printed"), f"/receipts/{payment.id}"),)
    return printed if status in ("succeeded", "refunded") else ()


def _choices(payment: Payment, status: Status, context: Context) -> tuple[Action, ...]:
    verb = CHOICES.get(status)
    return (_button(verb, payment, context, context.say(verb)),) if verb else ()


def _note(payment: Payment, status: Status, context: Context) -> str:
    """Why it stands as it does; where another part of the same sheet failed, that this one stands without it."""
    others = context.rooms.payments.parts(payment) if payment.origin.parts else ()
    failed = [part.payee_name for part in others if part.state == "failed" and part.id != payment.id]
    own = _own_note(payment, status, context)
    if not failed or status not in ("scheduled", "sent", "succeeded", "unknown", "requires_action"):
        return own
    stands = context.say("payment.note_stands", payee=payment.payee_name, failed=", ".join(failed))
    return f"{own} {stands}".strip()


def _own_note(payment: Payment, status: Status, context: Context) -> str:
    if status == "failed":
        reason = payment.reason if payment.reason in REASONS else "declined"
        return context.say(f"payment.reason_{reason}")
    if payment.refunded.minor and status == "succeeded":
        return context.say("payment.note_part_refunded", back=payment.refunded)
    key = "expired" if payment.state in ("draft", "expired") else status
    return context.say(f"payment.note_{key}", payee=payment.payee_name)


def card_of(payment: Payment, context: Context) -> PaySheet | Receipt:
    waiting = payment.state == "draft" and payment.expires_at > context.now
    return sheet(payment, context) if waiting else receipt(payment, context)


def moved(payment: Payment, context: Context, whole: bool = True) -> Reply:
    """The reply after a gesture: the receipt, of a `whole` sheet one for each part, and that the task is over."""
    parts = context.rooms.payments.parts(payment) if whole else (payment,)
    cards = tuple(receipt(part, context) for part in parts)
    told, texts = [], []
    for part, card in zip(parts, cards, strict=True):
        told.append(context.say(f"payment.told_{card.status}", amount=part.amount, payee=part.payee_name))
        more = card.status in ("failed", "requires_action", "unknown") and card.note
        texts.append(f"{told[-1]} {card.note}" if more else told[-1])
    return Reply(
        " ".join(dict.fromkeys(texts)), cards, "payment", speak=" ".join(dict.fromkeys(told)), closes=payment.id
    )


# ---- a payee with only an IBAN: prepared for the person's own bank, never called paid by us ----


def prepared(payee: Payee, amount: Money, purpose: str, context: Context) -> Reply:
    """The prepared transfer with its code to scan and its file to upload."""
    made = context.rooms.payments.transfers.prepare(context.user, payee, amount, purpose)
    text = context.say("payment.told_prepared", amount=amount, payee=payee.name)
    return Reply(text, (slip(made, context),), "payment", speak=text)


def slip(transfer: Transfer, context: Context) -> Receipt:
    status, note = {
        "prepared": ("prepared", "note_prepared"), "paid": ("succeeded", "note_matched"),
        "canceled": ("canceled", "note_canceled"),
    }[transfer.state]  # fmt: skip
    how = context.say("payment.how_iban", tail=transfer.iban[-4:])
    cancel = Action(context.say("payment.cancel"), "payment.cancel_transfer", {"transfer": transfer.id})
    links = (Link(context.say("payment.transfer_page"), f"/transfers/{transfer.id}"),)
    return Receipt(
        id=transfer.id, payment_id=transfer.id, status=status,  # type: ignore[arg-type]
        payee=PayeeView(transfer.payee_id, transfer.payee_name, "exact", how), amount=transfer.amount,
        at=transfer.moved_at, method=context.say("payment.own_bank"), provider_ref=transfer.reference,
        purpose=transfer.purpose, note=context.say(f"payment.{note}", payee=transfer.payee_name, proof=transfer.proof),
        mode="", links=links if transfer.state == "prepared" else (),
        actions=(cancel,) if transfer.state == "prepared" else (),
    )  # fmt: skip
