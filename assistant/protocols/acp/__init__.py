"""The sample merchant: an embedded shop's engine behind ACP's door, alone in a process with a folder of its own.

    app      ASGI: the five endpoints, discovery, the shop's own pages; every POST answered once per idempotency key
    counter  sessions over the engine: what is asked, how it stands, what it becomes
    view     a quote of the engine as a session or an order on the wire
    runner   the tables, webhooks to the agent, and `lueur merchant`

It never sees a card: it charges what it was lent, at the processor, with a key that can do nothing else.
"""
