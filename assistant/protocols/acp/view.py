"""A quote of the engine as ACP tells it: lines, ways, totals, discounts; and the order it became."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from assistant.acp import VERSION
from assistant.acp import session_parts as part
from assistant.acp.discount import Applied, DiscountsAnswer, Rejected
from assistant.acp.order import EstimatedDelivery, Order
from assistant.acp.parties import Address, Buyer, FulfillmentDetails
from assistant.acp.session import Protocol, Session, Status
from assistant.acp.shape import Json
from assistant.merchant import Quote, Sale, Shipping
from assistant.reply import SumLine
from assistant.shop.merchants import House

HANDLER, PSP = "card_tokenized", "lueur-sandbox"
HANDLERS = "https://acp.dev/schemas/handlers/tokenized.card"
DISCOUNT = {"name": "discount", "extends": [f"$.CheckoutSession{place}discounts" for place in
                                            ("CreateRequest.", "UpdateRequest.", ".")]}  # fmt: skip


class View:
    def __init__(self, house: House, url: str, account: str) -> None:
        self.house = house
        self.url = url
        self.account = account

    def session(
        self, id: str, status: Status, quote: Quote, products: Sequence[str], left: Sequence[int], request: Json,
        messages: tuple[part.Message, ...], expires: datetime,
    ) -> Session:  # fmt: skip
        """`products` and how many are `left` of each stand in the order of the quote's lines."""
        lines = tuple(map(_line, products, quote.lines, left))
        chosen = part.Chosen(type=self.kind(quote.way), option_id=quote.way, item_ids=tuple(products))
        return Session(
            id=id, protocol=Protocol(version=VERSION), capabilities=self.capabilities(), status=status,
            currency=quote.total.currency.lower(), locale=request["language"], line_items=lines,
            buyer=request.get("buyer") and Buyer(**request["buyer"]),
            fulfillment_details=_details(request),
            fulfillment_options=tuple(map(self._option, quote.ways)),
            selected_fulfillment_options=(chosen,), totals=tuple(self._totals(quote)), messages=messages,
            links=(part.Link(type="terms_of_use", url=f"{self.url}/terms"),), expires_at=expires,
            continue_url=f"{self.url}/checkout/{id}" if status == "requires_escalation" else None,
            authentication_metadata=self.bank() if status == "authentication_required" else None,
            discounts=self._discounts(quote, request) if request["codes"] else None,
        )  # fmt: skip

    def order(self, session: str, sale: Sale, lines: Sequence[part.LineItem], totals: tuple[part.Total, ...]) -> Order:
        by = _evening(sale.arrives)
        return Order(
            id=sale.id, checkout_session_id=session, permalink_url=f"{self.url}/orders/{session}", status="confirmed",
            estimated_delivery=EstimatedDelivery(earliest=by, latest=by) if by else None, totals=totals,
            line_items=tuple(
                {"id": line.id, "title": line.name, "unit_price": line.unit_amount, "status": "confirmed",
                 "quantity": {"ordered": line.quantity, "current": line.quantity}} for line in lines
            ),
        )  # fmt: skip

    def kind(self, way: str) -> part.Way:
        return self.house.terms.delivery[way].kind

    def capabilities(self) -> part.Capabilities:
        handler = part.PaymentHandler(
            id=HANDLER, name="dev.acp.tokenized.card", version="2026-01-22", psp=PSP,
            spec="https://acp.dev/handlers/tokenized.card", requires_delegate_payment=True,
            requires_pci_compliance=False, config_schema=f"{HANDLERS}/config.json",
            instrument_schemas=(f"{HANDLERS}/instrument.json",),
            config={"merchant_id": self.account, "psp": PSP, "supports_3ds": True, "environment": "sandbox"},
        )  # fmt: skip
        asks = part.Interventions(supported=("3ds",), required=(), enforcement="conditional")
        return part.Capabilities(payment=part.Payment(handlers=(handler,)), interventions=asks, extensions=(DISCOUNT,))

    def _option(self, way: Shipping) -> part.FulfillmentOption:
        kind, total = self.kind(way.id), (_total("total", way.label, way.fee.minor),)
        by = _evening(way.on)
        shown: Json = {"type": kind, "id": way.id, "title": way.label, "description": way.arrives, "totals": total}
        if kind == "shipping":
            return part.FulfillmentOption(**shown, earliest_delivery_time=by, latest_delivery_time=by)
        if kind == "pickup":
            address = Address(**self.house.terms.place)
            return part.FulfillmentOption(
                **shown, location=part.Location(name=address.name, address=address), ready_by=by
            )
        return part.FulfillmentOption(**shown)

    def _totals(self, quote: Quote) -> list[part.Total]:
        """Prices hold their tax: the line for it adds nothing and shows, by its share, what is inside."""
        items, *coupons, way = quote.totals
        tax = quote.tax.minor if quote.tax else 0
        rate = round(tax / (quote.total.minor - way.amount.minor - tax), 3) if tax else 0.0
        inside = part.TaxShare(jurisdiction="FR", rate=rate, amount=tax)
        off = [_total("discount", line.label, -line.amount.minor) for line in coupons]
        return [
            _total("items_base_amount", items.label, items.amount.minor), *off,
            _total("subtotal", items.label, (quote.total - way.amount).minor),
            _total("fulfillment", way.label, way.amount.minor),
            part.Total(type="tax", display_text=items.label, amount=0, breakdown=(inside,)),
            _total("total", self.house.name, quote.total.minor),
        ]  # fmt: skip

    def _discounts(self, quote: Quote, request: Json) -> DiscountsAnswer:
        known = [code for code in request["codes"] if self.house.takes(code)]
        found = list(zip(known, quote.totals[1:-1], strict=True))
        applied = tuple(self._applied(code, line) for code, line in found if line.amount.minor)
        low = [Rejected(code=code, reason="discount_code_minimum_not_met", message=line.label)
               for code, line in found if not line.amount.minor]  # fmt: skip
        unknown = [
            Rejected(code=code, reason="discount_code_invalid") for code in request["codes"] if code not in known
        ]
        return DiscountsAnswer(codes=tuple(request["codes"]), applied=applied, rejected=(*low, *unknown))

    def _applied(self, code: str, line: SumLine) -> Applied:
        terms = self.house.terms.coupons[code]
        worth: Json = {"percent_off": float(terms.percent)} if terms.percent else {
            "amount_off": terms.off, "currency": line.amount.currency.lower()}  # fmt: skip
        return Applied(id=f"di_{code.lower()}", code=code, amount=-line.amount.minor,
                       coupon={"id": code.lower(), "name": line.label} | worth)  # fmt: skip

    def bank(self) -> Json:
        acquirer = {"acquirer_bin": "489537", "acquirer_country": "FR", "acquirer_merchant_id": self.account[:35],
                    "merchant_name": self.house.name[:40]}  # fmt: skip
        return {"acquirer_details": acquirer, "directory_server": "visa"}


def _details(request: Json) -> FulfillmentDetails | None:
    said = request.get("details")
    return FulfillmentDetails.model_validate(said, strict=False) if said else None


def _evening(day: date | None) -> datetime | None:
    return datetime.combine(day, time(20), UTC) if day else None


def _line(product: str, line: SumLine, left: int) -> part.LineItem:
    worth = (line.amount * line.quantity).minor
    state = "out_of_stock" if left < line.quantity else "low_stock" if left < 5 else "in_stock"
    return part.LineItem(
        id=product, item=part.Item(id=product, name=line.label, unit_amount=line.amount.minor), quantity=line.quantity,
        name=line.label, unit_amount=line.amount.minor, availability_status=state, available_quantity=max(left, 0),
        totals=(_total("items_base_amount", line.label, worth), _total("total", line.label, worth)),
    )  # fmt: skip


def _total(type: str, label: str, amount: int) -> part.Total:
    return part.Total(type=type, display_text=label, amount=amount)
