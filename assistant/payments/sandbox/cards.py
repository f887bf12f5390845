"""Stripe's test payment methods: which card each stands for and how the bank answers. No number ever enters."""

from dataclasses import dataclass

from assistant.payments.sandbox.wire import missing


@dataclass(frozen=True, slots=True)
class Card:
    brand: str
    last4: str
    code: str = ""  # error code of a decline, or "authentication_required"
    decline: str = ""  # decline_code
    message: str = ""


def _declined(last4: str, decline: str, message: str, code: str = "card_declined") -> Card:
    return Card("visa", last4, code, decline, message)


CARDS = {
    "pm_card_visa": Card("visa", "4242"),
    "pm_card_visa_debit": Card("visa", "5556"),
    "pm_card_mastercard": Card("mastercard", "4444"),
    "pm_card_mastercard_debit": Card("mastercard", "8210"),
    "pm_card_mastercard_prepaid": Card("mastercard", "5100"),
    "pm_card_amex": Card("amex", "0005"),
    "pm_card_discover": Card("discover", "1117"),
    "pm_card_diners": Card("diners", "0004"),
    "pm_card_jcb": Card("jcb", "0505"),
    "pm_card_unionpay": Card("unionpay", "0005"),
    "pm_card_chargeDeclined": _declined("0002", "generic_decline", "Your card was declined."),
    "pm_card_chargeDeclinedInsufficientFunds": _declined(
        "9995", "insufficient_funds", "Your card has insufficient funds."
    ),
    "pm_card_chargeDeclinedLostCard": _declined("9987", "lost_card", "Your card was declined."),
    "pm_card_chargeDeclinedStolenCard": _declined("9979", "stolen_card", "Your card was declined."),
    "pm_card_chargeDeclinedExpiredCard": _declined("0069", "", "Your card has expired.", "expired_card"),
    "pm_card_chargeDeclinedIncorrectCvc": _declined(
        "0127", "", "Your card's security code is incorrect.", "incorrect_cvc"
    ),
    "pm_card_chargeDeclinedProcessingError": _declined(
        "0119", "", "An error occurred while processing your card. Try again in a little bit.", "processing_error"
    ),
    "pm_card_chargeDeclinedFraudulent": _declined("0019", "fraudulent", "Your card was declined."),
    "pm_card_chargeCustomerFail": _declined("0341", "generic_decline", "Your card was declined."),
    "pm_card_radarBlock": _declined("0019", "fraudulent", "Your card was declined."),
    "pm_card_authenticationRequired": Card("visa", "3184", "authentication_required"),
    "pm_card_authenticationRequiredOnSetup": Card("visa", "3155"),  # asks when it is kept, which is not done here
    "pm_card_threeDSecureRequired": Card("visa", "3063", "authentication_required"),
    "pm_card_threeDSecure2Required": Card("visa", "3220", "authentication_required"),
}
CARDS |= {name.replace("pm_card_charge", "pm_card_visa_charge"): card for name, card in CARDS.items()}


NOT_PROVEN = Card(
    "visa", "", "payment_intent_authentication_failure", "", "We are unable to authenticate your payment method."
)


def card(method: str) -> Card:
    """The card behind a test payment method; a `Fault` like Stripe's for anything else."""
    if method not in CARDS:
        raise missing("PaymentMethod", method, "payment_method", 400)
    return CARDS[method]
