"""Delegate payment: a card handed to the shop's processor for one purchase, inside an allowance; and what pays with it.

Only the vault builds a `DelegatePaymentRequest`: it alone has a number. Everybody else sees the token it became.
"""

from datetime import datetime
from typing import Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from assistant.acp.parties import Address
from assistant.acp.shape import Shape

Flat = dict[str, str]


class Card(Shape):
    type: Literal["card"] = "card"
    card_number_type: Literal["fpan", "network_token"]
    number: str = Field(repr=False)
    exp_month: str | None = Field(default=None, max_length=2)
    exp_year: str | None = Field(default=None, max_length=4)
    name: str | None = None
    cvc: str | None = Field(default=None, max_length=4, repr=False)
    cryptogram: str | None = Field(default=None, repr=False)
    eci_value: str | None = Field(default=None, max_length=2)
    checks_performed: tuple[Literal["avs", "cvv", "ani", "auth0"], ...] | None = None
    iin: str | None = Field(default=None, max_length=8)
    display_card_funding_type: Literal["credit", "debit", "prepaid"]
    display_wallet_type: str | None = None
    display_brand: str | None = None
    display_last4: str | None = Field(default=None, pattern="^[0-9]{4}$")
    metadata: Flat
    virtual: bool | None = None


class Allowance(Shape):
    """One purchase, at one merchant, in one session, up to `max_amount`, until `expires_at`."""

    reason: Literal["one_time"] = "one_time"
    max_amount: int
    currency: str = Field(pattern="^[a-z]{3}$")
    checkout_session_id: str
    merchant_id: str = Field(max_length=256)
    expires_at: AwareDatetime

    def excess(self, merchant: str, session: str, amount: int, currency: str, now: datetime) -> str:
        """Which bound a charge would break; empty: none."""
        broken = {
            "merchant_id": self.merchant_id != merchant, "checkout_session_id": self.checkout_session_id != session,
            "currency": self.currency != currency.lower(), "max_amount": not 0 < amount <= self.max_amount,
            "expires_at": now >= self.expires_at,
        }  # fmt: skip
        return next((name for name, is_broken in broken.items() if is_broken), "")


class RiskSignal(Shape):
    type: Literal["card_testing"]
    score: int
    action: Literal["blocked", "manual_review", "authorized"]


class DelegatePaymentRequest(Shape):
    payment_method: Card
    allowance: Allowance
    billing_address: Address | None = None
    risk_signals: tuple[RiskSignal, ...]
    metadata: Flat


class DelegatePaymentAnswer(Shape):
    id: str
    created: AwareDatetime
    metadata: Flat


class Credential(Shape):
    type: str
    token: str = Field(repr=False)


class Instrument(Shape):
    type: str
    credential: Credential


class PaymentData(Shape):
    """A handler of the session with an instrument, or a purchase order."""

    handler_id: str | None = None
    instrument: Instrument | None = None
    billing_address: Address | None = None
    purchase_order_number: str | None = None
    payment_terms: Literal["immediate", "net_15", "net_30", "net_60", "net_90"] | None = None
    due_date: datetime | None = None
    approval_required: bool | None = None

    @model_validator(mode="after")
    def pays(self) -> Self:
        if not (self.handler_id and self.instrument) and not self.purchase_order_number:
            raise ValueError("handler_id and instrument, or purchase_order_number")
        return self


class OutcomeDetails(Shape):
    three_ds_cryptogram: str
    electronic_commerce_indicator: Literal["01", "02", "05", "06", "07"]
    transaction_id: str
    version: str


class AuthenticationResult(Shape):
    """What the bank said to the cardholder's 3-D Secure answer."""

    outcome: Literal[
        "abandoned", "attempt_acknowledged", "authenticated", "canceled", "denied", "informational", "internal_error",
        "not_supported", "processing_error", "rejected",
    ]  # fmt: skip
    outcome_details: OutcomeDetails | None = None

    @model_validator(mode="after")
    def proven(self) -> Self:
        if self.outcome in ("authenticated", "informational", "attempt_acknowledged") and not self.outcome_details:
            raise ValueError("outcome_details are required")
        return self
