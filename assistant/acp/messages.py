"""Every message of the protocol as a closed, strict model: their fields stand in `messages.toml`, and nowhere else.

from assistant.acp.messages import Session          made once, when the first of them is asked for
"""

from __future__ import annotations

import functools
import re
import tomllib
from datetime import datetime
from pathlib import Path
from types import GenericAlias
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, create_model, model_validator

Json = dict[str, Any]
KINDS: Json = {
    "text": str, "int": int, "number": float, "yes": bool, "json": Json, "flat": dict[str, str],
    "facts": dict[str, str | int | float | bool], "time": datetime, "instant": AwareDatetime, "extension": str | Json,
    "worth": Annotated[int, Field(ge=0)], "count": Annotated[int, Field(ge=1)],
    "currency": Annotated[str, Field(pattern="^[a-z]{3}$")], "last4": Annotated[str, Field(pattern="^[0-9]{4}$")],
    "secret": str,
}  # fmt: skip
FIELD = re.compile(r"(?P<name>\w+)(?P<mark>[?*]?)(?:: *(?P<kind>.+))?", re.DOTALL)
SHORT = re.compile(r"(text|secret)<=(\d+)")


class Shape(BaseModel):
    """An unknown field, a number as text or a float for an amount is refused.

    Whoever reads an answer of a shop that may be newer says `model_validate_json(text, extra="ignore")`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    def wire(self) -> Json:
        """As it is sent: what is not said is not there."""
        return self.model_dump(mode="json", exclude_none=True, by_alias=True)


class _Allowance(Shape):
    """One purchase, at one merchant, in one session, up to `max_amount`, until `expires_at`."""

    def excess(self, merchant: str, session: str, amount: int, currency: str, now: datetime) -> str:
        """Which bound a charge would break; empty: none."""
        broken = {
            "merchant_id": self.merchant_id != merchant, "checkout_session_id": self.checkout_session_id != session,
            "currency": self.currency != currency.lower(), "max_amount": not 0 < amount <= self.max_amount,
            "expires_at": now >= self.expires_at,
        }  # fmt: skip
        return next((name for name, is_broken in broken.items() if is_broken), "")


class _PaymentData(Shape):
    """A handler of the session with an instrument, or a purchase order."""

    @model_validator(mode="after")
    def pays(self) -> Self:
        if not (self.handler_id and self.instrument) and not self.purchase_order_number:
            raise ValueError("handler_id and instrument, or purchase_order_number")
        return self


class _AuthenticationResult(Shape):
    """What the bank said to the cardholder's 3-D Secure answer."""

    @model_validator(mode="after")
    def proven(self) -> Self:
        if self.outcome in ("authenticated", "informational", "attempt_acknowledged") and not self.outcome_details:
            raise ValueError("outcome_details are required")
        return self


class _Session(Shape):
    @property
    def total(self) -> int | None:
        """What it costs in all, in minor units; None when the shop does not say, or says it twice."""
        said = [line.amount for line in self.totals if line.type == "total"]
        return said[0] if len(said) == 1 else None


PARENTS: dict[str, type[Shape]] = {
    "Allowance": _Allowance, "PaymentData": _PaymentData, "AuthenticationResult": _AuthenticationResult,
    "Session": _Session,
}  # fmt: skip


@functools.cache
def _made() -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, fields in tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")).items():
        told: Any = dict(_field(field.strip(), made) for field in fields.split(","))
        made[name] = create_model(name, __base__=PARENTS.get(name, Shape), **told)
    return made


def _field(text: str, made: Json) -> tuple[str, tuple[Any, Any]]:
    """A field's name, its type and its usual value."""
    found = FIELD.fullmatch(text)
    assert found, text
    name, mark, kind = found["name"], found["mark"], found["kind"] or "text"
    if kind[0] == "=":
        return name, (Literal[kind[1:]], kind[1:])
    if mark == "*":
        return name, (GenericAlias(tuple, (_kind(kind, made), ...)), ())
    shown = not kind.startswith("secret")
    one = _kind(kind, made)
    return name, (one | None, Field(None, repr=shown)) if mark else (one, Field(repr=shown))


def _kind(text: str, made: Json) -> Any:
    if text[0] == "[":
        many: Any = GenericAlias(tuple, (_kind(text.strip("[]+"), made), ...))
        return Annotated[many, Field(min_length=1)] if text[-1] == "+" else many
    if "|" in text:
        return Literal[tuple(word.strip() for word in text.split("|") if word)]
    if short := SHORT.fullmatch(text):
        return Annotated[KINDS[short[1]], Field(max_length=int(short[2]))]
    return KINDS[text] if text in KINDS else made[text]


def __getattr__(name: str) -> Any:
    if name.startswith("__") or name not in _made():
        raise AttributeError(name)
    return _made()[name]
