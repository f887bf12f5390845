"""The discount extension: codes asked for, applied and rejected with their reason."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from assistant.acp.shape import Shape

Rejection = Literal[
    "discount_code_expired", "discount_code_invalid", "discount_code_already_applied",
    "discount_code_combination_disallowed", "discount_code_minimum_not_met", "discount_code_user_not_logged_in",
    "discount_code_user_ineligible", "discount_code_usage_limit_reached",
]  # fmt: skip


class Discounts(Shape):
    """What a request says: these codes, in place of those said before."""

    codes: tuple[str, ...] = ()


class Coupon(Shape):
    id: str
    name: str
    percent_off: float | None = Field(default=None, ge=0, le=100)
    amount_off: int | None = Field(default=None, ge=0)
    currency: str | None = Field(default=None, pattern="^[a-z]{3}$")
    duration: Literal["once", "repeating", "forever"] | None = None
    duration_in_months: int | None = Field(default=None, ge=1)
    max_redemptions: int | None = Field(default=None, ge=1)
    times_redeemed: int | None = Field(default=None, ge=0)
    metadata: dict[str, str] | None = None


class Allocation(Shape):
    path: str
    amount: int = Field(ge=0)


class Applied(Shape):
    id: str
    code: str | None = None
    coupon: Coupon
    amount: int = Field(ge=0)
    automatic: bool | None = None
    start: datetime | None = None
    end: datetime | None = None
    method: Literal["each", "across"] | None = None
    priority: int | None = Field(default=None, ge=1)
    allocations: tuple[Allocation, ...] | None = None


class Rejected(Shape):
    code: str
    reason: Rejection
    message: str | None = None


class DiscountsAnswer(Shape):
    codes: tuple[str, ...] = ()
    applied: tuple[Applied, ...] = ()
    rejected: tuple[Rejected, ...] = ()
