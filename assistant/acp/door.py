"""The door of an ACP server: who may come in, with which version, and a body that is what the schema says."""

import hmac
from collections.abc import Mapping
from typing import TypeVar

from pydantic import ValidationError

from assistant.acp import VERSION, signature
from assistant.acp.messages import Error, Shape

LONGEST_KEY = 255
LARGEST = 256_000  # bytes of a request
Asked = TypeVar("Asked", bound=Shape)


class Fault(Exception):
    """An error answer: nothing of the request was done."""

    def __init__(self, status: int, code: str, message: str, param: str = "", kind: str = "invalid_request") -> None:
        super().__init__(code)
        versions = (VERSION,) if code in ("missing_api_version", "unsupported_api_version") else None
        self.status = status
        self.error = Error(type=kind, code=code, message=message, param=param or None, supported_versions=versions)


def admit(method: str, headers: Mapping[str, str], bearer: str, body: bytes) -> str:
    """The idempotency key of a request that may be answered; empty for a GET. Raises `Fault`."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    if scheme != "Bearer" or not hmac.compare_digest(given.encode(), bearer.encode()):
        raise Fault(401, "unauthorized", "Authorization must be Bearer and the key this shop gave you.")
    version = headers.get("api-version", "")
    if version != VERSION:
        code = "unsupported_api_version" if version else "missing_api_version"
        raise Fault(400, code, f"API-Version must be {VERSION}.")
    if method == "GET":
        return ""
    if len(body) > LARGEST:
        raise Fault(413, "too_large", "The body is too large.")
    signed = headers.get("signature")
    try:
        if signed and not hmac.compare_digest(signed.encode(), signature.of_request(bearer, body).encode()):
            raise Fault(401, "invalid_signature", "The signature is not of this body and key.")
    except ValueError:
        raise Fault(400, "invalid", "The body is no JSON.") from None
    key = headers.get("idempotency-key", "")
    if not 0 < len(key) <= LONGEST_KEY:
        raise Fault(400, "idempotency_key_required", "Idempotency-Key must have 1 to 255 characters.")
    return key


def read(kind: type[Asked], body: bytes) -> Asked:
    """The body as `kind`. Raises `Fault` with the JSONPath of the first thing that is wrong."""
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        path = "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"])
        raise Fault(400, "missing" if first["type"] == "missing" else "invalid", first["msg"], path) from None
