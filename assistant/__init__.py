"""Lueur: the assistant you may hand your money to.

    voice ─ hear ─┐
    image ─ see, read, scan ─┤                  ┌─ handlers/payment ─ payments/ ─ Stripe
    text ─────────┴─► Request ─► language ─► dialogue ─┼─ handlers/product ─ shop/ ─ merchants
                  (words + evidence)  [Act]  (pure)    ├─ handlers/wealth  ─ wealth/
                                                       └─ handlers/service
                                 page, cards, speech ◄─ Reply (text + cards + trace)

`core.Assistant` holds the whole turn. Nothing heavy is imported here.
"""

__version__ = "0.1.0"
