"""The parts of a checkout session. Amounts are integers in minor units of the session's currency."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from assistant.acp.parties import Address
from assistant.acp.shape import Json, Shape

Way = Literal["shipping", "digital", "pickup", "local_delivery"]


class TaxShare(Shape):
    jurisdiction: str
    rate: float
    amount: int


class Total(Shape):
    type: str  # items_base_amount, items_discount, subtotal, discount, fulfillment, tax, fee, ..., total
    display_text: str
    amount: int
    breakdown: tuple[TaxShare, ...] | None = None


class Item(Shape):
    """What is wanted, by the id it has in the shop's feed. `quantity` is not in the schema: see the package."""

    id: str
    name: str | None = None
    unit_amount: int | None = None
    quantity: int | None = Field(default=None, ge=1)


class LineItem(Shape):
    id: str
    item: Item
    quantity: int = Field(ge=1)
    totals: tuple[Total, ...]
    name: str | None = None
    unit_amount: int | None = None
    availability_status: str | None = None  # in_stock, low_stock, out_of_stock, ...
    available_quantity: int | None = Field(default=None, ge=0)


class Location(Shape):
    name: str
    address: Address


class FulfillmentOption(Shape):
    """The four kinds of the schema in one: each leaves out what it has not."""

    type: Way
    id: str
    title: str
    totals: tuple[Total, ...]
    description: str | None = None
    carrier: str | None = None
    earliest_delivery_time: datetime | None = None
    latest_delivery_time: datetime | None = None
    location: Location | None = None
    ready_by: datetime | None = None


class Chosen(Shape):
    type: Way
    option_id: str
    item_ids: tuple[str, ...]


class Message(Shape):
    """`code` is one of the schema's lists for errors and for warnings; an info has none."""

    type: Literal["info", "warning", "error"]
    code: str | None = None
    severity: str | None = None
    resolution: str | None = None  # recoverable, requires_buyer_input, requires_buyer_review
    param: str | None = None
    content_type: Literal["plain", "markdown"]
    content: str


class Link(Shape):
    type: str
    url: str


class PaymentHandler(Shape):
    id: str
    name: str
    version: str
    spec: str
    requires_delegate_payment: bool
    requires_pci_compliance: bool
    psp: str
    config_schema: str
    instrument_schemas: tuple[str, ...]
    config: Json


class Payment(Shape):
    handlers: tuple[PaymentHandler, ...]


class Interventions(Shape):
    supported: tuple[Literal["3ds", "biometric", "address_verification"], ...] | None = None
    required: tuple[Literal["3ds", "biometric"], ...] | None = None
    enforcement: Literal["always", "conditional", "optional"] | None = None
    display_context: Literal["native", "webview", "modal", "redirect"] | None = None
    redirect_context: Literal["in_app", "external_browser", "none"] | None = None
    max_redirects: int | None = Field(default=None, ge=0)
    max_interaction_depth: int | None = Field(default=None, ge=1)


class Capabilities(Shape):
    """`extensions`: names in a request, declarations in an answer."""

    payment: Payment | None = None
    interventions: Interventions | None = None
    extensions: tuple[str | Json, ...] | None = None
