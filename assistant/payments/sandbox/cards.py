"""Stripe's test payment methods: which card each stands for and how the bank answers. No number ever enters."""

from dataclasses import dataclass

from assistant.payments.sandbox.wire import data, missing


@dataclass(frozen=True, slots=True)
class Card:
    brand: str
    last4: str
    code: str = ""  # error code of a decline, or "authentication_required"
    decline: str = ""  # decline_code
    message: str = ""


CARDS = {name: Card(*told) for name, told in data("cards").items()}
CARDS |= {name.replace("pm_card_charge", "pm_card_visa_charge"): card for name, card in CARDS.items()}
NOT_PROVEN = Card(*data("not_proven")["face"])


def card(method: str) -> Card:
    """The card behind a test payment method; a `Fault` like Stripe's for anything else."""
    if method not in CARDS:
        raise missing("PaymentMethod", method, "payment_method", 400)
    return CARDS[method]
