"""The wallet and the payee book: what may leave at most, the card that pays, and whom it may reach.

Less is allowed at once; more, another card and every change of the payee book wait for a tap.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from assistant.handlers import Context, Handler, Tap, ask, said
from assistant.handlers.amounts import exact
from assistant.language.acts import Amount, Do, Slot
from assistant.money import Money
from assistant.payments import Wallet
from assistant.reply import Action, Document, DocumentField, Reply

LIMITS = ("per_payment", "per_day", "per_month", "first_use", "per_hour")
CARDS = (
    "pm_card_visa",
    "pm_card_mastercard",
    "pm_card_authenticationRequired",
    "pm_card_chargeDeclinedInsufficientFunds",
)  # fmt: skip  a sandbox's: it pays, pays, asks, declines


def limits(effect: Do, context: Context) -> Reply:
    """The wallet as it stands, or one of its limits changed."""
    wallet, asked = context.rooms.payments.wallet(context.user), effect.slots.get("amount")
    if asked is None:
        return _wallet(context.say("wallet.shown"), context)
    if "which" not in effect.slots:
        which = [said(context.say(f"ui.field_{name}"), "limits", {"which": Slot(name), "amount": asked})
                 for name in LIMITS]  # fmt: skip
        return ask(context.say("wallet.which"), which, "payment")
    name = str(effect.slots["which"].value)
    wanted = None if asked.readings else _value(name, asked.value, wallet)
    if wanted is None:
        return Reply(context.say("wallet.not_clear", currency=wallet.currency), route="payment")
    label, now = context.say(f"ui.field_{name}"), getattr(wallet, name)
    if not _more(wanted, now):
        return _changed(name, wanted, context)
    text = context.say("wallet.raise", limit=label, now=now, wanted=wanted)
    target = {"limit": name, "minor": wanted if isinstance(wanted, int) else wanted.minor}
    button = Action(context.say("wallet.raise_button", wanted=wanted), "wallet.raise", target, "danger")
    return ask(text, (button,), "payment")


def _value(name: str, amount: Amount, wallet: Wallet) -> Money | int | None:
    """The limit that was said, in the wallet's currency or as a number of payments; None for anything else."""
    if name == "per_hour":
        count = Decimal(amount.value)
        return int(count) if count == int(count) and not amount.currency and 0 <= count <= 1000 else None
    fits = amount.currency == wallet.currency or (
        not amount.currency and (not amount.candidates or wallet.currency in amount.candidates)
    )
    money = exact(amount, wallet.currency) if fits else None
    return money if money and 0 <= money.minor <= 10**12 else None


def _more(wanted: Money | int, now: Any) -> bool:
    return bool(wanted > now) if isinstance(wanted, int) else bool(wanted.minor > now.minor)


def _changed(name: str, value: Money | int, context: Context) -> Reply:
    context.rooms.payments.change_wallet(context.user, **{name: value})
    return _wallet(context.say("wallet.changed", limit=context.say(f"ui.field_{name}"), now=value), context)


def _wallet(text: str, context: Context) -> Reply:
    """The card of the wallet; on the sandbox with other cards to try."""
    payments = context.rooms.payments
    wallet = payments.wallet(context.user)
    shown = {name: getattr(wallet, name) for name in LIMITS}
    facts = {name: str(value) if isinstance(value, int) else value.text(context.language)
             for name, value in shown.items()} | {"card": payments.card(wallet.method)}  # fmt: skip
    others = [method for method in CARDS if method != wallet.method] if payments.describe() == "sandbox" else []
    chips = tuple(Action(context.say(f"wallet.{method}", card=payments.card(method)), "wallet.card",
                         {"method": method}, "chip") for method in others)  # fmt: skip
    fields = {name: DocumentField(value, 1.0, {}) for name, value in facts.items()}
    return Reply(
        text, (Document(id=f"wallet_{context.session}", kind="wallet", fields=fields, actions=chips),), "payment"
    )


def payees(effect: Do, context: Context) -> Reply:
    """The payee book, or a change of it that waits for a tap."""
    book, op = context.rooms.payments.payees, effect.slots["op"].value
    name = str(effect.slots["payee"].value) if "payee" in effect.slots else ""
    account = str(effect.slots["account"].value) if "account" in effect.slots else ""
    if op == "add" and name and account:
        known = book.proposed(context.user, name, "contact", context.settings.currency, **_where(account))
        label = context.say("wallet.add_button", name=known.name, tail=known.tail)
        add = Action(label, "wallet.add", {"name": name, "account": account}, "primary")
        return ask(context.say("wallet.add", name=known.name, account=known.account or known.iban), (add,), "payment")
    if op == "add":
        return Reply(context.say("wallet.add_how"), route="payment")
    if op == "remove" and (found := book.find(context.user, name).payees if name else ()):
        gone = tuple(Action(context.say("wallet.remove_button", name=one.name, tail=one.tail), "wallet.remove",
                            {"payee": one.id}, "danger") for one in found)  # fmt: skip
        return ask(context.say("wallet.remove"), gone, "payment")
    chips = [said(f"{one.name} · ••{one.tail}", "pay", {"payee": Slot(one.id, one.name)})
             for one in book.of(context.user)]  # fmt: skip
    return ask(context.say("wallet.book" if chips else "wallet.book_empty"), chips, "payment")


def _where(account: str) -> dict[str, str]:
    return {"account" if account.startswith("acct_") else "iban": account}


def _raise(target: Mapping[str, Any], _: Mapping[str, str], context: Context) -> Reply:
    name, minor = target["limit"], int(target["minor"])
    currency = context.rooms.payments.wallet(context.user).currency
    return _changed(name, minor if name == "per_hour" else Money(minor, currency), context)


def _card(target: Mapping[str, Any], _: Mapping[str, str], context: Context) -> Reply:
    context.rooms.payments.change_wallet(context.user, method=target["method"])
    return _wallet(context.say("wallet.card", card=context.rooms.payments.card(target["method"])), context)


def _add(target: Mapping[str, Any], _: Mapping[str, str], context: Context) -> Reply:
    book = context.rooms.payments.payees
    where = _where(target["account"])
    made = book.add(context.user, target["name"], "contact", context.settings.currency, **where)
    return Reply(context.say("wallet.added", name=made.name, tail=made.tail), route="payment")


def _remove(target: Mapping[str, Any], _: Mapping[str, str], context: Context) -> Reply:
    gone = context.rooms.payments.payees.remove(context.user, target["payee"])
    return Reply(context.say("wallet.removed", name=gone.name), route="payment")


GOALS: dict[str, Handler] = {"limits": limits, "payees": payees}
TAPS: dict[str, Tap] = {
    "wallet.raise": _raise, "wallet.card": _card, "wallet.add": _add, "wallet.remove": _remove,
}  # fmt: skip
