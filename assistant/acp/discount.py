"""The discount extension: codes asked for, applied and rejected with their reason."""

from typing import Any

from pydantic import Field

from assistant.acp.shape import Shape


class Discounts(Shape):
    """What a request says: these codes, in place of those said before."""

    codes: tuple[str, ...] = ()


class Applied(Shape):
    id: str
    code: str | None = None
    coupon: dict[str, Any]  # id, name, and percent_off, or amount_off with its currency
    amount: int = Field(ge=0)


class Rejected(Shape):
    code: str
    reason: str  # discount_code_invalid, ..._minimum_not_met, and six more
    message: str | None = None


class DiscountsAnswer(Shape):
    codes: tuple[str, ...] = ()
    applied: tuple[Applied, ...] = ()
    rejected: tuple[Rejected, ...] = ()
