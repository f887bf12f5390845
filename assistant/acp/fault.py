"""The flat error of every endpoint."""

from typing import Literal

from assistant.acp.shape import Shape

Kind = Literal["invalid_request", "processing_error", "service_unavailable", "rate_limit_exceeded"]


class Error(Shape):
    type: Kind
    code: str
    message: str
    param: str | None = None  # RFC 9535 JSONPath
    supported_versions: tuple[str, ...] | None = None


class Fault(Exception):
    """An error answer: nothing of the request was done."""

    def __init__(self, status: int, code: str, message: str, param: str = "", kind: Kind = "invalid_request") -> None:
        super().__init__(code)
        versions = None
        if code in ("missing_api_version", "unsupported_api_version"):
            from assistant.acp import VERSION

            versions = (VERSION,)
        self.status = status
        self.error = Error(type=kind, code=code, message=message, param=param or None, supported_versions=versions)
