"""Who buys, and where it goes."""

from typing import Literal

from assistant.acp.shape import Json, Shape


class Address(Shape):
    name: str
    line_one: str
    line_two: str | None = None
    city: str
    state: str
    country: str
    postal_code: str
    company: str | None = None


class FulfillmentDetails(Shape):
    name: str | None = None
    phone_number: str | None = None
    email: str | None = None
    address: Address | None = None


class Buyer(Shape):
    email: str
    first_name: str | None = None
    last_name: str | None = None
    full_name: str | None = None
    phone_number: str | None = None
    customer_id: str | None = None
    account_type: Literal["guest", "registered", "business"] | None = None
    authentication_status: Literal["authenticated", "guest", "requires_signin"] | None = None
    company: Json | None = None
    loyalty: Json | None = None
    tax_exemption: Json | None = None
