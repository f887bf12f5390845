"""What the buyer's side asks: to create, update, complete and cancel a session."""

from pydantic import Field

from assistant.acp.discount import Discounts
from assistant.acp.parties import Buyer, FulfillmentDetails
from assistant.acp.payment import AuthenticationResult, PaymentData
from assistant.acp.session_parts import Capabilities, Chosen, Item
from assistant.acp.shape import Json, Shape

LONGEST_NOTE = 5_000


class Update(Shape):
    """What is absent stays as it was; what is null is cleared: `model_fields_set` tells them apart."""

    buyer: Buyer | None = None
    line_items: tuple[Item, ...] | None = None
    fulfillment_details: FulfillmentDetails | None = None
    fulfillment_groups: tuple[Json, ...] | None = None
    selected_fulfillment_options: tuple[Chosen, ...] | None = None
    coupons: tuple[str, ...] | None = None
    discounts: Discounts | None = None
    order_notes: str | None = Field(default=None, max_length=LONGEST_NOTE)


class Create(Shape):
    line_items: tuple[Item, ...] = Field(min_length=1)
    currency: str
    capabilities: Capabilities
    buyer: Buyer | None = None
    fulfillment_details: FulfillmentDetails | None = None
    fulfillment_groups: tuple[Json, ...] | None = None
    affiliate_attribution: Json | None = None
    coupons: tuple[str, ...] | None = None
    discounts: Discounts | None = None
    locale: str | None = None
    timezone: str | None = None
    quote_id: str | None = None
    metadata: Json | None = None
    order_notes: str | None = Field(default=None, max_length=LONGEST_NOTE)


class Complete(Shape):
    payment_data: PaymentData
    buyer: Buyer | None = None
    authentication_result: AuthenticationResult | None = None
    affiliate_attribution: Json | None = None
    risk_signals: Json | None = None
    marketing_consents: tuple[Json, ...] | None = None
    order_notes: str | None = Field(default=None, max_length=LONGEST_NOTE)


class IntentTrace(Shape):
    """Why it was given up. A reason of a later version of the protocol counts as `other`."""

    reason_code: str
    trace_summary: str | None = Field(default=None, max_length=500)
    metadata: dict[str, str | int | float | bool] | None = None


class Cancel(Shape):
    intent_trace: IntentTrace | None = None
