"""A Stripe-compatible server for a machine without a key: no real money, and it says so.

    server  uvicorn in its own thread on 127.0.0.1, a port of its own
    api     Bearer and Host checks, routes, idempotency, one transaction per request
    wire    Stripe's form encoding, errors, and the SDK's own description of requests and resources
    records its SQLite file `sandbox.db`
    intents, refunds, accounts, cards, checkout   what it can do
    courier signed webhooks;  pages   what a cardholder sees

Everything is reached through the official SDK; nothing in Lueur looks inside, except to give a connected test account
its place (`Sandbox.open_account`).
"""

from assistant.payments.sandbox.server import Sandbox, alone

__all__ = ["Sandbox", "alone"]
