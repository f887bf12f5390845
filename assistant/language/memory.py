"""The conversation's state as JSON and back. Knows the types a slot may hold, nothing of what they mean."""

import dataclasses
from datetime import date
from typing import Any

from assistant.language.acts import Amount, Frame, Slot, State
from assistant.money import Money
from assistant.reply import Period
from assistant.request import Constraint, Doubt, Place

KINDS: dict[str, type[Any]] = {
    kind.__name__: kind for kind in (State, Frame, Slot, Amount, Money, Period, Constraint, Doubt, Place)
}


def freeze(value: Any) -> Any:
    """Plain JSON data; a dataclass becomes {"$": its name, ...}."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        shown = {item.name: freeze(getattr(value, item.name)) for item in dataclasses.fields(value)}
        return {"$": type(value).__name__} | shown
    if isinstance(value, date):
        return {"$": "date", "iso": value.isoformat()}
    if isinstance(value, (tuple, list)):
        return [freeze(item) for item in value]
    if isinstance(value, dict):
        return {key: freeze(item) for key, item in value.items()}
    return value


def thaw(data: Any) -> Any:
    """What `freeze` was given; lists come back as tuples."""
    if isinstance(data, list):
        return tuple(thaw(item) for item in data)
    if not isinstance(data, dict):
        return data
    if data.get("$") == "date":
        return date.fromisoformat(data["iso"])
    fields = {key: thaw(item) for key, item in data.items() if key != "$"}
    return KINDS[data["$"]](**fields) if "$" in data else fields
