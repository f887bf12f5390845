"""Webhooks: endpoints, and the thread that carries signed events to them, again and again until they are received.

An event enters the outbox in the transaction of its change; delivery is at least once, in no promised order. Only
addresses on this machine are accepted: nothing of a sandbox leaves it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from assistant.acp.signature import of_webhook
from assistant.clock import Clock
from assistant.payments.sandbox.call import Call
from assistant.payments.sandbox.records import Parcel, Records, fresh
from assistant.payments.sandbox.wire import Fault, flag, missing, resource

WAITS = (5, 60, 600, 3600, 6 * 3600)  # seconds after each failed try; then the event is given up
PATIENCE = 5.0  # seconds an endpoint may take to answer
AT_ONCE = 4


def create(call: Call) -> dict[str, Any]:
    asked = call.params
    return subscribe(
        call.records, fresh("we"), asked["url"], f"whsec_{fresh('')[1:]}", asked["enabled_events"],
        call.now, flag(asked, "connect"),
    )  # fmt: skip


def subscribe(
    records: Records, id: str, url: str, secret: str, types: list[str], now: int, connect: bool = False
) -> dict[str, Any]:
    """An endpoint that hears of the platform's events, or with `connect` of the connected accounts'."""
    if urlsplit(url).scheme != "http" or urlsplit(url).hostname not in ("127.0.0.1", "localhost"):
        raise Fault("This sandbox tells only its own machine (http://127.0.0.1).", "url_invalid", "url")
    made = resource("WebhookEndpoint", now, id=id, url=url, secret=secret, enabled_events=types)
    records.put("webhook_endpoint", "", made, "connect" if connect else "direct")
    return made


def retrieve(call: Call) -> dict[str, Any]:
    found = call.records.get("webhook_endpoint", "", call.id)
    if found is None:
        raise missing("webhook endpoint", call.id)
    return found | {"secret": None}


def listed(call: Call) -> dict[str, Any]:
    page = call.page("webhook_endpoint")
    return page | {"data": [one | {"secret": None} for one in page["data"]]}


def delete(call: Call) -> dict[str, Any]:
    retrieve(call)
    call.records.drop(call.id)
    return {"id": call.id, "object": "webhook_endpoint", "deleted": True}


class Courier:
    """`woken` is set whenever something entered the outbox."""

    def __init__(self, records: Callable[[], Records], clock: Clock) -> None:
        self.records = records
        self.clock = clock
        self.ending = False
        self._round = threading.Lock()

    def run(self) -> None:
        records = self.records()
        while not self.ending:
            records.woken.clear()
            due = self.deliver()
            records.woken.wait(None if due is None else min(max(due, 0.05), 60))

    def deliver(self) -> float | None:
        """One round: everything that is due, then one transaction; seconds until the next is due."""
        with self._round:
            return self._deliver(self.records(), int(self.clock.now().timestamp()))

    def _deliver(self, records: Records, now: int) -> float | None:
        due = records.parcels(now)
        if due:
            with ThreadPoolExecutor(AT_ONCE) as hands:
                answered = list(hands.map(lambda parcel: _post(parcel, now), due))
            with records.transaction():
                for parcel, received in zip(due, answered, strict=True):
                    again = None if received or parcel.tries >= len(WAITS) else now + WAITS[parcel.tries]
                    records.redeliver(parcel, again)
        when = records.next_parcel()
        return None if when is None else when - now


def signature(secret: str, body: str, now: int) -> str:
    """The Stripe-Signature header (Stripe docs, "Verify webhook signatures manually")."""
    return of_webhook(secret, body.encode(), now)


def _post(parcel: Parcel, now: int) -> bool:
    import httpx

    headers = {"Content-Type": "application/json", "Stripe-Signature": signature(parcel.secret, parcel.body, now)}
    try:
        heard = httpx.post(parcel.url, content=parcel.body, headers=headers, timeout=PATIENCE, trust_env=False)
    except (httpx.HTTPError, httpx.InvalidURL):
        return False
    return heard.is_success
