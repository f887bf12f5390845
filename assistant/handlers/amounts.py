"""How much is meant: the amount in its currency, or the question that settles it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from assistant.handlers import Context, ask, fills
from assistant.language.acts import Amount, Slots
from assistant.money import Money, digits
from assistant.payments import Payee
from assistant.reply import Action, Reply


def amount_of(slots: Slots, payee: Payee, context: Context) -> tuple[Money, bool] | Reply:
    """The amount in its currency, and whether the currency was assumed; or a question."""
    said = slots.get("amount")
    if said is None:
        return _ask(context.say("payment.ask_amount", payee=payee.name))
    if said.readings:
        readings = dict.fromkeys((said.value, *said.readings))
        return _ask(context.say("payment.ask_reading", said=said.text), _amounts(readings, context))
    currencies, assumed = _currencies(said.value, payee, context)
    if len(currencies) > 1:
        offered = [replace(said.value, currency=currency, candidates=()) for currency in currencies]
        return _ask(context.say("payment.ask_currency", said=said.text), _amounts(offered, context))
    money = exact(said.value, currencies[0])
    if money is None:
        return _ask(context.say("payment.ask_decimals", said=said.text or said.value.value))
    return money, assumed


def _amounts(offered: Iterable[Amount], context: Context) -> list[Action]:
    return [fills(plain(each, context), "amount", each, plain(each, context)) for each in offered]


def _currencies(amount: Amount, payee: Payee, context: Context) -> tuple[tuple[str, ...], bool]:
    """What the currency can be, and whether one that nobody said was taken (DESIGN section 4, amounts)."""
    if amount.currency:
        return (amount.currency,), False
    base = context.rooms.payments.wallet(context.user).currency
    if not amount.candidates:
        return (payee.currency or base,), True
    own = context.rooms.wealth.currencies(context.user)
    held = tuple(currency for currency in amount.candidates if currency in own)
    if set(amount.candidates) == {"CNY", "JPY"}:
        return (held if len(held) == 1 else amount.candidates), True
    for likely in (payee.currency, base):
        if likely in amount.candidates:
            return (likely,), True
    if held:
        return held, True
    usual = [currency for currency in ("USD", "GBP") if currency in amount.candidates]
    return (tuple(usual[:1]) or amount.candidates), True


def exact(amount: Amount, currency: str) -> Money | None:
    """The amount without rounding; None when it has more decimals than its currency, or is no number."""
    try:
        minor = Decimal(amount.value).scaleb(digits(currency))
    except InvalidOperation:
        return None
    return Money(int(minor), currency) if minor.is_finite() and minor == minor.to_integral_value() else None


def plain(amount: Amount, context: Context) -> str:
    """An amount as it was said, on a button."""
    money = exact(amount, amount.currency) if amount.currency else None
    return money.text(context.language) if money else f"{amount.value} {amount.currency or ''}".strip()


def _ask(text: str, choices: Sequence[Action] = ()) -> Reply:
    return ask(text, choices, "payment", "amount")
