"""`/.well-known/acp.json`: what a shop speaks. Public, and the same for everybody."""

from typing import Literal

from assistant.acp.shape import Json, Shape


class DiscoveryProtocol(Shape):
    name: Literal["acp"] = "acp"
    version: str
    supported_versions: tuple[str, ...]  # oldest first


class DiscoveryCapabilities(Shape):
    services: tuple[str, ...]  # checkout, orders, delegate_payment, carts
    extensions: tuple[Json, ...] | None = None
    intervention_types: tuple[str, ...] | None = None
    supported_currencies: tuple[str, ...] | None = None
    supported_locales: tuple[str, ...] | None = None


class Discovery(Shape):
    protocol: DiscoveryProtocol
    api_base_url: str
    transports: tuple[str, ...]  # rest, mcp
    capabilities: DiscoveryCapabilities
