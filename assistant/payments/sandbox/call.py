"""One request while it is being answered: its parameters, the account it acts on, and the records it may change."""

from dataclasses import dataclass
from typing import Any

from assistant.payments.sandbox.records import EVER, Records, fresh
from assistant.payments.sandbox.wire import Fault, integer, missing, resource

LONGEST_PAGE = 100


@dataclass(frozen=True, slots=True)
class Call:
    records: Records
    params: dict[str, Any]
    account: str  # the connected account of the Stripe-Account header; empty: the platform
    now: int  # unix seconds
    id: str = ""  # the object the path names
    key: str = ""  # the idempotency key
    place: str = ""  # where a browser finds the sandbox's pages

    def find(self, kind: str, id: str | None = None, param: str = "") -> dict[str, Any]:
        """The object the path or a parameter names; Stripe's answer (404, 400) for one that is not there."""
        id = self.id if id is None else id
        found = self.records.get(kind, self.account, id)
        if found is None:
            path = "intent" if kind == "payment_intent" else "id"
            raise missing(kind, id, param or path, 400 if param else 404)
        return found

    def keep(self, thing: dict[str, Any], *events: str, parent: str = "") -> dict[str, Any]:
        """Write an object, and what happened to it, into one transaction."""
        self.records.put(thing["object"], self.account, thing, parent)
        for event in events:
            self.happened(event, thing)
        return thing

    def happened(self, type: str, thing: dict[str, Any]) -> None:
        """Write an event into the same transaction as the change."""
        ends = self.records.newest("webhook_endpoint", "", "connect" if self.account else "direct", LONGEST_PAGE)[0]
        ends = [end for end in ends if {type, "*"} & set(end["enabled_events"])]
        event = resource(
            "Event", self.now, type=type, data={"object": thing}, pending_webhooks=len(ends),
            request={"id": fresh("req"), "idempotency_key": self.key or None}, account=self.account or None,
        )  # fmt: skip
        self.records.put("event", self.account, event)
        for end in ends:
            self.records.send(end["id"], event["id"], self.now)

    def book(self, account: str, type: str, net: int, currency: str, source: str) -> str:
        """A movement on an account's balance; its id."""
        row = resource(
            "BalanceTransaction", self.now, amount=net, net=net, currency=currency, type=type, source=source,
            reporting_category=type, available_on=self.now,
        )  # fmt: skip
        self.records.put(row["object"], account, row)
        return str(row["id"])

    def page(self, kind: str, parent: str = "") -> dict[str, Any]:
        """A page of a list, newest first."""
        limit = integer(self.params, "limit", 10)
        if not 1 <= limit <= LONGEST_PAGE:
            raise Fault("Invalid limit: must be between 1 and 100.", "parameter_invalid_integer", "limit")
        bounds = self.params.get("starting_after", ""), self.params.get("ending_before", "")
        data, more = self.records.newest(kind, self.account, parent, limit, *bounds, self._made())
        url = f"/v1/{kind.replace('.', '/')}s"
        return {"object": "list", "url": url, "data": data, "has_more": more}

    def _made(self) -> tuple[int, int]:
        """The unix seconds between which the objects of a list were created, both included."""
        asked = self.params.get("created", {})
        if not isinstance(asked, dict):
            asked = {"gte": asked, "lte": asked}
        first = max(integer(asked, "gte", EVER[0]), integer(asked, "gt", EVER[0] - 1) + 1)
        return first, min(integer(asked, "lte", EVER[1]), integer(asked, "lt", EVER[1] + 1) - 1)
