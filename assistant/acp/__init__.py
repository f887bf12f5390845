"""The Agentic Commerce Protocol, released version 2026-04-17, as both sides of a purchase speak it over REST.

    messages   what is said: sessions, requests, delegate payment with its allowance, orders, discovery, errors
    signature  of requests and of webhooks, and when two JSON texts say the same
    door       who may come in at a server, and with what; what else it is told

Written from the released JSON schemas, which are closed (`additionalProperties: false`). What this house does not act
on (weights, loyalty, attribution) is carried as plain JSON. One superset: an item of a request may say its `quantity`.
"""

VERSION = "2026-04-17"
"""Sent as `API-Version` with every request."""
