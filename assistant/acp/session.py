"""The checkout session as the shop tells it after every request."""

from datetime import datetime
from typing import Literal

from assistant.acp.discount import DiscountsAnswer
from assistant.acp.order import Order
from assistant.acp.parties import Buyer, FulfillmentDetails
from assistant.acp.session_parts import Capabilities, Chosen, FulfillmentOption, LineItem, Link, Message, Total
from assistant.acp.shape import Json, Shape

Status = Literal[
    "incomplete", "not_ready_for_payment", "requires_escalation", "authentication_required", "ready_for_payment",
    "pending_approval", "complete_in_progress", "completed", "canceled", "in_progress", "expired",
]  # fmt: skip


class Protocol(Shape):
    version: str


class Session(Shape):
    id: str
    protocol: Protocol | None = None
    capabilities: Capabilities
    buyer: Buyer | None = None
    status: Status
    currency: str
    locale: str | None = None
    line_items: tuple[LineItem, ...]
    fulfillment_details: FulfillmentDetails | None = None
    fulfillment_options: tuple[FulfillmentOption, ...]
    selected_fulfillment_options: tuple[Chosen, ...] | None = None
    totals: tuple[Total, ...]
    messages: tuple[Message, ...]
    links: tuple[Link, ...]
    authentication_metadata: Json | None = None
    created_at: datetime | None = None
    expires_at: datetime | None = None
    continue_url: str | None = None
    metadata: Json | None = None
    discounts: DiscountsAnswer | None = None
    order: Order | None = None

    @property
    def total(self) -> int | None:
        """What it costs in all, in minor units; None when the shop does not say, or says it twice."""
        said = [line.amount for line in self.totals if line.type == "total"]
        return said[0] if len(said) == 1 else None
