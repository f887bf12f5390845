"""The sessions of one shop over its engine. A quote never changes: a session that does goes on to another quote.

Every step can be repeated: a session's id follows from its idempotency key, an order from its quote, a charge from
the token. What a crash left half done is finished by whoever asks again, or by the shop itself when nobody does.
"""

import json
import threading
from collections import Counter as Count
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assistant.acp.door import Fault
from assistant.acp.messages import Complete, Create, Json, Message, Session, Update
from assistant.clock import Clock
from assistant.errors import NotFound, Refused, Unavailable
from assistant.merchant import Basket, Quote, Token, Wanted
from assistant.money import Money
from assistant.payments.provider import Grant
from assistant.protocols.acp.tables import own, sessions
from assistant.protocols.acp.view import HANDLER, View
from assistant.shop.merchants import House
from assistant.store import Store

AGENT = "agent"
LIFE = timedelta(hours=6)
NEEDS_ADDRESS = ("shipping", "local_delivery")


@dataclass(eq=False)
class Counter:
    house: House
    view: View
    store: Store
    clock: Clock
    granted: Callable[[str], Grant]  # looks a token up at the processor; the engine's till charges it
    _busy: defaultdict[str, threading.RLock] = field(default_factory=lambda: defaultdict(threading.RLock))

    def __post_init__(self) -> None:
        own.create_all(self.store.engine)

    @contextmanager
    def held(self, id: str) -> Iterator[Connection]:
        """Nobody else at this session, and one transaction for all that is done meanwhile: no call may leave in it."""
        with self._busy[id], self.store.write() as db:
            yield db

    def create(self, id: str, asked: Create, language: str) -> Session:
        with self.held(id) as db:
            if not self._find(id):
                request: Json = {"language": language, "currency": asked.currency.upper(), "way": "", "codes": []}
                row: Json = {"id": id, "quote_id": "", "request": request, "state": "open", "approved": False,
                             "reason": "", "told": False, "created_at": self.clock.now()}  # fmt: skip
                row["request"] = self._merged(request, asked)
                row["quote_id"] = self._quoted(row["request"])
                db.execute(sa.insert(sessions).values(**row))
            return self.show(id)

    def update(self, id: str, asked: Update) -> Session:
        with self.held(id):
            row = self._row(id)
            self._may_change(row)
            request = self._merged(row["request"], asked)
            self._keep(id, request=request, quote_id=self._quoted(request), reason="")
            return self.show(id)

    def cancel(self, id: str) -> Session:
        with self.held(id):
            self._may_change(self._row(id))
            self._keep(id, state="canceled")
            return self.show(id)

    def approve(self, id: str) -> None:
        """The person has looked at it on the shop's own page."""
        self._keep(self._row(id)["id"], approved=True)

    def show(self, id: str, more: tuple[Message, ...] = ()) -> Session:
        """The session as it stands, at today's price and stock until payment has begun."""
        with self.held(id):
            row = self._row(id)
            stage = self.house.stage(row["quote_id"]) if row["quote_id"] else ""
            if stage in ("charging", "paid"):
                return self._bought(row, stage)
            row = self._current(row, stage)
        request = row["request"]
        quote, lines = self._priced(request), _counts(request)
        left = self._left(list(lines))
        status, messages = self._standing(row, quote, lines, left)
        if row["reason"]:
            messages += (_message("error", "payment_declined", row["reason"], "$.payment_data"),)
        return self.view.session(id, status, quote, list(lines), [left[name] for name in lines], request,
                                 messages + more, row["created_at"] + LIFE)  # fmt: skip

    def complete(self, id: str, asked: Complete) -> Session:
        """Charge what was lent, once. A decline, a new price or the bank's question is the session's answer."""
        with self._busy[id]:
            now = self.show(id)
            if now.status == "completed":
                return now
            if now.status == "authentication_required" and not asked.authentication_result:
                raise Fault(400, "requires_3ds", "The bank asks the cardholder first.", "$.authentication_result")
            if now.status not in ("ready_for_payment", "authentication_required", "complete_in_progress"):
                raise Fault(400, "not_ready", f"This session is {now.status}.", "$.status")
            row = self._row(id)
            paid = self._token(row, asked, now.total or 0, now.currency.upper())
            if paid is None:
                return self.show(id, (_message("warning", "price_change", "The price has changed.", "$.totals"),))
            try:
                with self.store.write():
                    if now.status == "ready_for_payment":
                        self._keep(id, sold=now.wire())
                    self.house.begin(row["quote_id"], paid)
                self.house.complete(row["quote_id"], paid)
            except Unavailable as error:
                if error.key != "bank_asks":
                    raise
                self._keep(id, state="asked")
            except Refused as error:
                if error.key != "out_of_stock":
                    raise
            return self.show(id)

    def end(self, id: str, charged: Callable[[], str]) -> None:
        """Settle an order whose buyer never asked again by what was `charged` for its session; empty: nothing."""
        with self._busy[id]:
            quote = self._row(id)["quote_id"]
            if self.house.stage(quote) == "charging":
                self.house.end(quote, charged())

    def _token(self, row: Json, asked: Complete, total: int, currency: str) -> Token | None:
        """What was lent, for this quote; None when it allows less than today's price."""
        paying, param = asked.payment_data, "$.payment_data.instrument.credential.token"
        if paying.handler_id != HANDLER or not paying.instrument:
            raise Fault(400, "unsupported", "Pay with a handler of this session.", "$.payment_data.handler_id")
        try:
            grant = self.granted(paying.instrument.credential.token)
        except Refused:
            raise Fault(400, "payment_declined", "The processor does not know this token.", param) from None
        if grant.session != row["id"] or grant.most.currency != currency or grant.revoked:
            raise Fault(400, "payment_declined", "The token is for another purchase.", param)
        if grant.most.minor < total:
            return None
        amount, until = Money(total, currency), self.clock.now() + LIFE
        return Token(grant.token, self.house.id, row["quote_id"], amount, until, grant=grant)

    # -- how it stands -------------------------------------------------------------------------------------------

    def _standing(
        self, row: Json, quote: Quote, lines: dict[str, int], left: dict[str, int]
    ) -> tuple[str, tuple[Message, ...]]:
        if row["state"] == "canceled":
            return "canceled", ()
        if self.clock.now() >= row["created_at"] + LIFE:
            return "expired", ()
        short = tuple(
            _message("error", "out_of_stock", f"{left[name]} left", f"$.line_items[{place}]")
            for place, name in enumerate(lines) if left[name] < lines[name]
        )  # fmt: skip
        if short:
            return "not_ready_for_payment", short
        details = row["request"].get("details") or {}
        if self.view.kind(quote.way) in NEEDS_ADDRESS and not details.get("address"):
            where = "$.fulfillment_details.address"
            return "not_ready_for_payment", (_message("error", "missing", "Where shall it go?", where),)
        asks = self.house.terms.asks_from
        if asks is not None and quote.total.minor >= asks and not row["approved"]:
            told = _message("error", "approval_required", "The shop asks you to confirm this on its page.", "$.totals")
            return "requires_escalation", (told,)
        return "ready_for_payment", ()

    def _bought(self, row: Json, stage: str) -> Session:
        sold = Session.model_validate_json(json.dumps(row["sold"]))
        sale = self.house.order_of(row["quote_id"])
        if stage != "paid" or sale is None:
            asked = row["state"] == "asked"
            status = "authentication_required" if asked else "complete_in_progress"
            bank = self.view.bank() if asked else None
            return sold.model_copy(update={"status": status, "authentication_metadata": bank, "messages": ()})
        order = self.view.order(row["id"], sale, sold.line_items, sold.totals)
        return sold.model_copy(update={"status": "completed", "order": order, "messages": ()})

    def _current(self, row: Json, stage: str) -> Json:
        """The session on a quote that holds today; after a decline on another one, with the reason."""
        if stage == "declined":
            sale = self.house.order_of(row["quote_id"])
            self._keep(row["id"], reason=sale.reason if sale else "declined", state="open")
        try:
            quote = self.house.reread(row["quote_id"]).id if row["quote_id"] else self._quoted(row["request"])
        except (Refused, NotFound):
            quote = ""
        if quote != row["quote_id"]:
            self._keep(row["id"], quote_id=quote)
        return self._row(row["id"])

    def _priced(self, request: Json) -> Quote:
        return self.house.estimate(self._asked(request), anyway=True)

    def _quoted(self, request: Json) -> str:
        """A quote of the engine for what is asked; none while there is not enough of it."""
        try:
            if self._priced(request).total.currency != request["currency"]:
                raise Fault(400, "invalid", "Not sold in this currency.", "$.currency")
            return self.house.quote(AGENT, self._asked(request)).id
        except NotFound as error:
            place = list(_counts(request)).index(str(error.values["product"]))
            raise Fault(400, "invalid", "Not sold here.", f"$.line_items[{place}].id") from None
        except Refused as error:
            if error.key == "out_of_stock":
                return ""
            raise Fault(400, "quantity_exceeded", "Not so many in one order.", "$.line_items") from None

    def _asked(self, request: Json) -> Basket:
        wanted = tuple(Wanted(name, count) for name, count in _counts(request).items())
        known = tuple(code for code in request["codes"] if self.house.takes(code))
        return Basket(wanted, request["way"], known, request["currency"], request["language"])

    def _merged(self, before: Json, asked: Create | Update) -> Json:
        """What the request leaves unsaid stays, what it says as null is gone."""
        said, after = asked.model_fields_set, dict(before)
        if "line_items" in said:
            after["wanted"] = [[item.id, item.quantity or 1] for item in asked.line_items or ()]
        if "coupons" in said or "discounts" in said:
            codes = (*(asked.coupons or ()), *(asked.discounts.codes if asked.discounts else ()))
            after["codes"] = list(dict.fromkeys(code.strip().upper()[:40] for code in codes))
        chosen = getattr(asked, "selected_fulfillment_options", None)
        if chosen:
            if chosen[0].option_id not in self.house.terms.delivery:
                raise Fault(400, "invalid", "No such way.", "$.selected_fulfillment_options[0].option_id")
            after["way"] = chosen[0].option_id
        for name, part in (("buyer", asked.buyer), ("details", asked.fulfillment_details)):
            if {"details": "fulfillment_details"}.get(name, name) in said:
                after[name] = part.wire() if part else None
        return after

    def _left(self, products: list[str]) -> dict[str, int]:
        return {product.id: product.offer.stock for product in self.house.catalogue.by_ids(products)}

    # -- the row -------------------------------------------------------------------------------------------------

    def _may_change(self, row: Json) -> None:
        stage = self.house.stage(row["quote_id"]) if row["quote_id"] else ""
        if stage in ("charging", "paid") or row["state"] == "canceled":
            raise Fault(405, "not_allowed", "This session is over, or is being paid.")

    def _find(self, id: str) -> Json | None:
        row = self.store.first(sa.select(sessions).where(sessions.c.id == id))
        return dict(row._mapping) if row else None

    def _row(self, id: str) -> Json:
        row = self._find(id)
        if row is None:
            raise Fault(404, "not_found", "No such session.")
        return row

    def _keep(self, id: str, **values: Any) -> None:
        self.store.run(sa.update(sessions).where(sessions.c.id == id).values(**values))


def _counts(request: Json) -> dict[str, int]:
    """How many of each, in the order they were first named: an id said twice is two of it."""
    counts: Count[str] = Count()
    for name, count in request["wanted"]:
        counts[name] += count
    return dict(counts)


def _message(type: Any, code: str, text: str, param: str) -> Message:
    resolution = "recoverable" if code in ("out_of_stock", "price_change") else "requires_buyer_input"
    return Message(type=type, code=code, content_type="plain", content=text, param=param, resolution=resolution,
                   severity="high" if type == "error" else "medium")  # fmt: skip
