"""The order a session became, and the webhook that tells of it. The whole order each time, never a difference."""

from datetime import datetime
from typing import Literal

from assistant.acp.session_parts import Total
from assistant.acp.shape import Json, Shape


class EstimatedDelivery(Shape):
    earliest: datetime
    latest: datetime


class Order(Shape):
    type: Literal["order"] = "order"
    id: str
    checkout_session_id: str
    permalink_url: str
    status: str | None = None
    estimated_delivery: EstimatedDelivery | None = None
    line_items: tuple[Json, ...] | None = None
    totals: tuple[Total, ...] | None = None


class OrderEvent(Shape):
    type: Literal["order_create", "order_update"]
    data: Order
