"""A payee with only an IBAN: the transfer is prepared for the person's own bank, never called paid by us."""

from assistant.handlers import Context
from assistant.money import Money
from assistant.payments import Payee, Transfer
from assistant.reply import Action, Link, PayeeView, Receipt, Reply


def prepared(payee: Payee, amount: Money, purpose: str, context: Context) -> Reply:
    """The prepared transfer with its code to scan and its file to upload."""
    made = context.rooms.payments.transfers.prepare(context.user, payee, amount, purpose)
    text = context.say("payment.told_prepared", amount=amount, payee=payee.name)
    return Reply(text, (card(made, context),), "payment", speak=text)


def card(transfer: Transfer, context: Context) -> Receipt:
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
