"""`/.well-known/acp.json`: what a shop speaks. Public, and the same for everybody."""

from typing import Literal

from pydantic import Field

from assistant.acp.shape import Shape


class DiscoveryProtocol(Shape):
    name: Literal["acp"] = "acp"
    version: str
    supported_versions: tuple[str, ...]  # oldest first
    documentation_url: str | None = None


class DiscoveryExtension(Shape):
    name: str
    spec: str | None = None
    schema_: str | None = Field(default=None, alias="schema")


class DiscoveryCapabilities(Shape):
    services: tuple[Literal["checkout", "orders", "delegate_payment", "carts"], ...]
    extensions: tuple[DiscoveryExtension, ...] | None = None
    intervention_types: tuple[Literal["3ds", "biometric", "address_verification"], ...] | None = None
    supported_currencies: tuple[str, ...] | None = None
    supported_locales: tuple[str, ...] | None = None


class Discovery(Shape):
    protocol: DiscoveryProtocol
    api_base_url: str
    transports: tuple[Literal["rest", "mcp"], ...]
    capabilities: DiscoveryCapabilities
