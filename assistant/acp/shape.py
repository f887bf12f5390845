"""What every message has in common."""

from typing import Any

from pydantic import BaseModel, ConfigDict

Json = dict[str, Any]


class Shape(BaseModel):
    """Closed and strict: an unknown field, a number as text or a float for an amount is refused.

    Whoever reads an answer of a shop that may be newer says `model_validate_json(text, extra="ignore")`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    def wire(self) -> Json:
        """As it is sent: what is not said is not there."""
        return self.model_dump(mode="json", exclude_none=True, by_alias=True)
