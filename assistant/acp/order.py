"""The order a session became, and the webhook that tells of it. The whole order each time, never a difference."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from assistant.acp.session_parts import Total
from assistant.acp.shape import Json, Shape


class EstimatedDelivery(Shape):
    earliest: datetime
    latest: datetime


class Counted(Shape):
    """Ordered, still wanted, and sent."""

    ordered: int = Field(ge=1)
    current: int = Field(ge=0)
    fulfilled: int = Field(default=0, ge=0)


class OrderLine(Shape):
    id: str
    title: str
    product_id: str | None = None
    description: str | None = None
    image_url: str | None = None
    url: str | None = None
    quantity: Counted
    unit_price: int | None = None
    subtotal: int | None = None
    totals: tuple[Total, ...] | None = None
    status: str | None = None


class Order(Shape):
    type: Literal["order"] = "order"
    id: str
    checkout_session_id: str
    permalink_url: str
    order_number: str | None = None
    client_reference_id: str | None = None
    status: str | None = None
    estimated_delivery: EstimatedDelivery | None = None
    confirmation: Json | None = None
    support: Json | None = None
    line_items: tuple[OrderLine, ...] | None = None
    fulfillments: tuple[Json, ...] | None = None
    adjustments: tuple[Json, ...] | None = None
    totals: tuple[Total, ...] | None = None


class OrderEvent(Shape):
    type: Literal["order_create", "order_update"]
    data: Order
