"""Stripe on the wire: form-encoded requests, JSON resources and errors, held to the SDK's own types."""

import copy
import functools
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from assistant.payments.provider import attributes, parameters
from assistant.payments.sandbox.records import fresh

KEY_PART = re.compile(r"\[([^\]]*)\]")


@dataclass
class Fault(Exception):
    """An error answer. Nothing of the request is kept, and its idempotency key stays free."""

    message: str
    code: str = ""
    param: str = ""
    status: int = 400
    type: str = "invalid_request_error"
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def body(self) -> dict[str, Any]:
        told = {"type": self.type, "message": self.message, "code": self.code, "param": self.param} | self.more
        return {"error": {name: value for name, value in told.items() if value != ""}}


@functools.cache
def data(part: str) -> dict[str, Any]:
    """A part of `stripe.toml`: its routes, test cards, resources or smallest charges."""
    file = Path(__file__).with_name("stripe.toml")
    return dict(tomllib.loads(file.read_text(encoding="utf-8"))[part])


def missing(kind: str, id: str, param: str = "id", status: int = 404) -> Fault:
    """Stripe's answer for an object that is not there: 404 where the path names it, 400 where a parameter does."""
    return Fault(f"No such {kind}: '{id}'", "resource_missing", param, status)


def decode(text: str) -> dict[str, Any]:
    """'a[b]=1&c[0]=x' as {'a': {'b': '1'}, 'c': ['x']}."""
    result: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        path = [name.split("[")[0], *KEY_PART.findall(name)]
        here = result
        for part in path[:-1]:
            here = here.setdefault(part, {})
            if not isinstance(here, dict):
                raise Fault(f"Invalid object: {name}", "parameter_invalid_empty", name)
        here[path[-1]] = value
    return {name: _listed(value) for name, value in result.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    items = {name: _listed(item) for name, item in value.items()}
    return list(items.values()) if items and all(name.isdigit() for name in items) else items


def check(params: dict[str, Any], name: str, prefix: str = "") -> None:
    """Refuse keys that the SDK's TypedDict `name` does not know, and requests without a required one."""
    known = parameters(name)
    if known is None:
        return
    required, accepted = known
    for key in params:
        shown = f"{prefix}[{key}]" if prefix else key
        if key not in accepted:
            raise Fault(f"Received unknown parameter: {shown}", "parameter_unknown", shown)
    for key in required - params.keys():
        shown = f"{prefix}[{key}]" if prefix else key
        raise Fault(f"Missing required param: {shown}.", "parameter_missing", shown)
    for key, value in params.items():
        if isinstance(value, dict):
            check(value, name + "".join(part.title() for part in key.split("_")), f"{prefix}[{key}]" if prefix else key)


def integer(params: dict[str, Any], name: str, default: int | None = None) -> int:
    text = params.get(name, default)
    if isinstance(text, int) or (isinstance(text, str) and re.fullmatch(r"-?\d{1,18}", text, re.ASCII)):
        return int(text)
    raise Fault(f"Invalid integer: {text}", "parameter_invalid_integer", name)


def flag(params: dict[str, Any], name: str) -> bool:
    return bool(params.get(name) in ("true", "True", True))


def resource(name: str, now: int = 0, /, **values: Any) -> dict[str, Any]:
    """A new resource with every attribute the SDK knows: as given, else as `stripe.toml` has it, else null."""
    usual: dict[str, Any] = copy.deepcopy(data("resources")[name])
    if prefix := usual.pop("prefix", ""):
        usual |= {"id": fresh(prefix), "created": now}
    unknown = (usual | values).keys() - set(attributes(name))
    assert not unknown, f"{name} has no {unknown}"
    return {key: False if key == "livemode" else None for key in attributes(name)} | usual | values
