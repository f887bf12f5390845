"""A quote of the engine as ACP tells it: lines, ways, totals, discounts; and the order it became."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from assistant.acp import VERSION
from assistant.acp import messages as acp
from assistant.acp.messages import Json
from assistant.merchant import Quote, Sale, Shipping
from assistant.reply import SumLine
from assistant.shop.merchants import House

HANDLER = "card_tokenized"


def told(what: str) -> Json:
    """What this shop says of itself, of `view.toml`."""
    said: Json = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))[what]
    return said


@dataclass(frozen=True, eq=False)
class View:
    house: House
    url: str
    account: str

    def session(
        self, id: str, status: str, quote: Quote, products: Sequence[str], left: Sequence[int], request: Json,
        messages: tuple[acp.Message, ...], expires: datetime,
    ) -> acp.Session:  # fmt: skip
        """`products` and how many are `left` of each stand in the order of the quote's lines."""
        lines = tuple(map(_line, products, quote.lines, left))
        chosen = acp.Chosen(type=self.kind(quote.way), option_id=quote.way, item_ids=tuple(products))
        return acp.Session(
            id=id, protocol=acp.Protocol(version=VERSION), capabilities=self.capabilities(), status=status,
            currency=quote.total.currency.lower(), locale=request["language"], line_items=lines,
            buyer=request.get("buyer") and acp.Buyer(**request["buyer"]),
            fulfillment_details=_details(request),
            fulfillment_options=tuple(map(self._option, quote.ways)),
            selected_fulfillment_options=(chosen,), totals=tuple(self._totals(quote)), messages=messages,
            links=(acp.Link(type="terms_of_use", url=f"{self.url}/terms"),), expires_at=expires,
            continue_url=f"{self.url}/checkout/{id}" if status == "requires_escalation" else None,
            authentication_metadata=self.bank() if status == "authentication_required" else None,
            discounts=self._discounts(quote, request) if request["codes"] else None,
        )  # fmt: skip

    def order(
        self, session: str, sale: Sale, lines: Sequence[acp.LineItem], totals: tuple[acp.Total, ...]
    ) -> acp.Order:
        by = _evening(sale.arrives)
        return acp.Order(
            id=sale.id, checkout_session_id=session, permalink_url=f"{self.url}/orders/{session}", status="confirmed",
            estimated_delivery=acp.EstimatedDelivery(earliest=by, latest=by) if by else None, totals=totals,
            line_items=tuple(
                {"id": line.id, "title": line.name, "unit_price": line.unit_amount, "status": "confirmed",
                 "quantity": {"ordered": line.quantity, "current": line.quantity}} for line in lines
            ),
        )  # fmt: skip

    def kind(self, way: str) -> str:
        return self.house.terms.delivery[way].kind

    def capabilities(self) -> acp.Capabilities:
        said = told("capabilities")
        said["payment"]["handlers"][0]["config"]["merchant_id"] = self.account
        able: acp.Capabilities = acp.Capabilities.model_validate(said, strict=False)
        return able

    def _option(self, way: Shipping) -> acp.FulfillmentOption:
        kind, total = self.kind(way.id), (_total("total", way.label, way.fee.minor),)
        by = _evening(way.on)
        shown: Json = {"type": kind, "id": way.id, "title": way.label, "description": way.arrives, "totals": total}
        if kind == "shipping":
            return acp.FulfillmentOption(**shown, earliest_delivery_time=by, latest_delivery_time=by)
        if kind == "pickup":
            address = acp.Address(**self.house.terms.place)
            return acp.FulfillmentOption(
                **shown, location=acp.Location(name=address.name, address=address), ready_by=by
            )
        return acp.FulfillmentOption(**shown)

    def _totals(self, quote: Quote) -> list[acp.Total]:
        """Prices hold their tax: the line for it adds nothing and shows, by its share, what is inside."""
        items, *coupons, way = quote.totals
        tax = quote.tax.minor if quote.tax else 0
        rate = round(tax / (quote.total.minor - way.amount.minor - tax), 3) if tax else 0.0
        inside = acp.TaxShare(jurisdiction="FR", rate=rate, amount=tax)
        off = [_total("discount", line.label, -line.amount.minor) for line in coupons]
        return [
            _total("items_base_amount", items.label, items.amount.minor), *off,
            _total("subtotal", items.label, (quote.total - way.amount).minor),
            _total("fulfillment", way.label, way.amount.minor),
            acp.Total(type="tax", display_text=items.label, amount=0, breakdown=(inside,)),
            _total("total", self.house.name, quote.total.minor),
        ]  # fmt: skip

    def _discounts(self, quote: Quote, request: Json) -> acp.DiscountsAnswer:
        known = [code for code in request["codes"] if self.house.takes(code)]
        found = list(zip(known, quote.totals[1:-1], strict=True))
        applied = tuple(self._applied(code, line) for code, line in found if line.amount.minor)
        low = [acp.Rejected(code=code, reason="discount_code_minimum_not_met", message=line.label)
               for code, line in found if not line.amount.minor]  # fmt: skip
        unknown = [
            acp.Rejected(code=code, reason="discount_code_invalid") for code in request["codes"] if code not in known
        ]
        return acp.DiscountsAnswer(codes=tuple(request["codes"]), applied=applied, rejected=(*low, *unknown))

    def _applied(self, code: str, line: SumLine) -> acp.Applied:
        terms = self.house.terms.coupons[code]
        worth: Json = {"percent_off": float(terms.percent)} if terms.percent else {
            "amount_off": terms.off, "currency": line.amount.currency.lower()}  # fmt: skip
        return acp.Applied(id=f"di_{code.lower()}", code=code, amount=-line.amount.minor,
                       coupon={"id": code.lower(), "name": line.label} | worth)  # fmt: skip

    def bank(self) -> Json:
        said = told("bank")
        own = {"acquirer_merchant_id": self.account[:35], "merchant_name": self.house.name[:40]}
        return said | {"acquirer_details": said["acquirer_details"] | own}


def _details(request: Json) -> acp.FulfillmentDetails | None:
    said = request.get("details")
    return acp.FulfillmentDetails.model_validate(said, strict=False) if said else None


def _evening(day: date | None) -> datetime | None:
    return datetime.combine(day, time(20), UTC) if day else None


def _line(product: str, line: SumLine, left: int) -> acp.LineItem:
    worth = (line.amount * line.quantity).minor
    state = "out_of_stock" if left < line.quantity else "low_stock" if left < 5 else "in_stock"
    return acp.LineItem(
        id=product, item=acp.Item(id=product, name=line.label, unit_amount=line.amount.minor), quantity=line.quantity,
        name=line.label, unit_amount=line.amount.minor, availability_status=state, available_quantity=max(left, 0),
        totals=(_total("items_base_amount", line.label, worth), _total("total", line.label, worth)),
    )  # fmt: skip


def _total(type: str, label: str, amount: int) -> acp.Total:
    return acp.Total(type=type, display_text=label, amount=amount)
