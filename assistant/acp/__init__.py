"""The Agentic Commerce Protocol, released version 2026-04-17, as both sides of a purchase speak it over REST.

    shape      what every message has in common
    parties    who buys and where it goes          session   the checkout session: lines, totals, ways, messages
    request    create, update, complete, cancel    discount  coupons          order   the order and its webhook
    payment    delegate payment with its allowance, and what completes a session
    discovery  /.well-known/acp.json               fault     the flat error
    signature  of requests and of webhooks, and when two JSON texts say the same
    door       who may come in at a server, and with what

Written from the released JSON schemas, which are closed (`additionalProperties: false`). What this house does not act
on (weights, loyalty, attribution) is carried as plain JSON. One superset: an item of a request may say its `quantity`.
"""

VERSION = "2026-04-17"
"""Sent as `API-Version` with every request."""
