"""A shop that speaks ACP, behind the same seam as the embedded ones. What it says is held against what was asked.

Its answers are data: a line that was not asked for, another currency, a sum that does not add up, another account than
before are refused, before any card is lent. Quantity is asked for by repeating an id, which every schema allows.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from assistant.acp import VERSION, signature
from assistant.acp import messages as acp
from assistant.clock import Clock
from assistant.errors import LueurError, NotFound, Refused, Unavailable
from assistant.merchant import Basket, Quote, Sale, Shipping, Token, Wanted
from assistant.money import Money, total
from assistant.reply import SumLine, new_id
from assistant.shop import tables
from assistant.shop.catalogue import Catalogue
from assistant.shop.elsewhere import Known, fetch
from assistant.shop.merchants import QUOTE_MINUTES, dated, quote_row, word
from assistant.store import Store

TOKENIZED, LONGEST = "dev.acp.tokenized.card", 64
REMEMBERED = timedelta(minutes=1)  # what a cart that is only looked at would cost
LOOKED_AT = 50
SHIPPED = ("shipping", "local_delivery")
TAKEN_OFF = ("items_discount", "discount", "store_credit")
UNSEEN = re.compile(r"[\x00-\x20\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+")  # and turned reading directions
NOT_SUMMED = ("subtotal", "total", "amount_refunded")


@dataclass(eq=False)
class AcpMerchant:
    shop: Known
    store: Store
    clock: Clock
    catalogue: Catalogue
    currency: str
    address: str  # where goods go, told only to a shop that ships
    keep: Callable[[Known], None]  # writes down what was learned of the shop
    _looks: dict[Basket, tuple[datetime, acp.Session]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.id, self.name, self.site = self.shop.id, self.shop.name, self.shop.url

    @property
    def account(self) -> str:
        return self.shop.account

    def session_of(self, quote: str) -> str:
        return str(quote_row(self.store, quote)["session"])

    def takes(self, coupon: str, lines: tuple[Wanted, ...] = ()) -> bool:
        """Asked of the shop with what is wanted: applied, or refused for no other reason than too small a sum."""
        told = self._look(Basket(lines, coupons=(coupon,))).discounts if lines else None
        applied = {each.code for each in told.applied} if told else set()
        low = {each.code for each in told.rejected if each.reason.endswith("minimum_not_met")} if told else set()
        return coupon in applied | low

    def estimate(self, asked: Basket) -> Quote:
        """What the shop asks; where it does not answer, the prices of the catalogue, and that delivery comes on top."""
        asked = self._priced_in(asked)
        try:
            return self._quoted("", asked, self._look(asked))
        except LueurError:
            return self._from_catalogue(asked)

    def quote(self, user: str, asked: Basket) -> Quote:
        return self._issue(self._priced_in(asked).row() | {"root": "", "user_id": user, "merchant": self.id})

    def _priced_in(self, asked: Basket) -> Basket:
        return replace(asked, currency=asked.currency or self.currency)

    def reread(self, quote: str) -> Quote:
        """The same quote while the shop stands by every line and the sum; another one otherwise."""
        row = quote_row(self.store, quote)
        try:
            session = self._call("GET", row["session"], language=row["language"])
        except NotFound:
            return self._issue(row)
        if session.status in ("canceled", "expired", "completed"):
            return self._issue(row)
        _ready(self.shop, session)
        today = self._quoted(quote, Basket.of(row), session)
        same = today.total == Money(row["total"], row["currency"]) and self.clock.now() < row["expires_at"]
        return today if same else self._keep(row, session)

    def complete(self, quote: str, token: Token) -> Sale:
        """Have the shop charge what it was lent. Safe to repeat: the same token is the same request.

        Raises `Refused` when the shop will not (the caller takes the card back and looks what was charged), and
        `Unavailable` while nobody knows, or the bank asks.
        """
        row = quote_row(self.store, quote)
        before = self._call("GET", row["session"], language=row["language"])
        if sale := self._sale(quote, before):
            return sale
        if before.status == "authentication_required" and not token.proof:
            raise Unavailable("order_without_answer")  # the bank asks the cardholder: nothing new to say to the shop
        self._agrees(row, before)
        paying = acp.Complete(
            payment_data=acp.PaymentData(
                handler_id=self._handler(before),
                instrument=acp.Instrument(type="card", credential=acp.Credential(type="spt", token=token.value)),
            ),
            authentication_result=acp.AuthenticationResult(**token.proof) if token.proof else None,
        )
        proven = "proven" if token.proof else ""
        key = hashlib.sha256(f"{quote}\n{token.value}\n{proven}".encode()).hexdigest()
        after = self._call("POST", f"{row['session']}/complete", paying, key, row["language"])
        if sale := self._sale(quote, after):
            return sale
        if any(message.code == "payment_declined" for message in after.messages):
            raise Refused("card_declined", reason="card_declined")
        if after.status in ("ready_for_payment", "not_ready_for_payment", "incomplete", "canceled", "expired"):
            raise Refused("quote_changed", reason="quote_changed", was=token.amount, now=token.amount)
        raise Unavailable("order_without_answer")

    def order_of(self, quote: str) -> Sale | None:
        row = quote_row(self.store, quote)
        try:
            return self._sale(quote, self._call("GET", row["session"], language=row["language"]))
        except NotFound:
            return None

    # -- one session ---------------------------------------------------------------------------------------------

    def _look(self, asked: Basket) -> acp.Session:
        kept, now = self._looks.get(asked), self.clock.now()
        if kept is None or now >= kept[0] + REMEMBERED:
            if len(self._looks) > LOOKED_AT:
                self._looks.clear()
            kept = self._looks[asked] = now, self._open(asked)
        return kept[1]

    def _open(self, asked: Basket) -> acp.Session:
        """A new session, with the way that was chosen, and the address if it is to be sent anywhere."""
        items = tuple(acp.Item(id=line.product) for line in asked.lines for _ in range(line.quantity))
        able = acp.Capabilities(interventions=acp.Interventions(supported=("3ds",)), extensions=("discount",))
        create = acp.Create(
            line_items=items, currency=(asked.currency or self.currency).lower(), locale=asked.language,
            capabilities=able, discounts=acp.Discounts(codes=asked.coupons) if asked.coupons else None,
        )  # fmt: skip
        session = self._call("POST", "", create, new_id("key"), asked.language)
        self._handler(session)
        chosen = _option(session)
        wanted = next((each for each in session.fulfillment_options if each.id == asked.delivery), chosen)
        change: dict[str, Any] = {}
        if wanted and (wanted != chosen or not session.selected_fulfillment_options):
            ids = tuple(line.id for line in session.line_items)
            change["selected_fulfillment_options"] = (acp.Chosen(type=wanted.type, option_id=wanted.id, item_ids=ids),)
        if self.address and wanted and wanted.type in SHIPPED:
            change["fulfillment_details"] = _details(self.address)
        if not change:
            return session
        return self._call("POST", session.id, acp.Update(**change), new_id("key"), asked.language)

    def _issue(self, row: dict[str, Any]) -> Quote:
        session = self._open(Basket.of(row))
        _ready(self.shop, session)
        return self._keep(row, session)

    def _keep(self, row: dict[str, Any], session: acp.Session) -> Quote:
        """Write the quote down: what the person will agree to, to be compared with before anything is paid."""
        id, now = new_id("quote"), self.clock.now()
        quote = self._quoted(id, Basket.of(row), session)
        fresh = {"id": id, "root": row["root"] or id, "session": session.id, "created_at": now, "delivery": quote.way,
                 "expires_at": quote.expires_at, "total": quote.total.minor}  # fmt: skip
        self.store.run(sa.insert(tables.quotes).values(**row | fresh))
        return quote

    def _quoted(self, id: str, asked: Basket, session: acp.Session) -> Quote:
        """The session as a quote. Raises `Refused` unless it is about exactly these lines and its sums add up."""
        self._same_lines(asked, session)
        currency, language = asked.currency, asked.language
        found = self.catalogue.by_ids([line.product for line in asked.lines])
        titles = {each.id: each.title(language) for each in found}
        shown = tuple(_line(line, titles.get(line.item.id, ""), currency) for line in session.line_items)
        sums = tuple(
            SumLine(_plain(each.display_text), Money(_signed(each), currency))
            for each in session.totals if each.type not in NOT_SUMMED and (each.amount or each.type == "fulfillment")
        )  # fmt: skip
        whole = Money(session.total or 0, currency)
        base = total((line.amount * line.quantity for line in shown), currency).minor
        stated = [each.amount for each in session.totals if each.type == "items_base_amount"]
        if (
            stated not in ([base], [])
            or not shown
            or whole.minor <= 0
            or total((each.amount for each in sums), currency) != whole
        ):
            raise Refused("shop_does_not_add_up", shop=self.name)
        ways = tuple(_shipping(each, currency, language) for each in session.fulfillment_options)
        way = next((each for each in ways if (chosen := _option(session)) and each.id == chosen.id), None)
        until = self.clock.now() + timedelta(minutes=QUOTE_MINUTES)
        expires = min(session.expires_at.astimezone(UTC), until) if session.expires_at else until
        wanted = tuple(Wanted(line.item.id, line.quantity) for line in session.line_items)
        return Quote(id, self.id, self.name, shown, sums, whole, way.arrives if way else "", expires,
                     way.id if way else "", ways, wanted=wanted, site=self.shop.url)  # fmt: skip

    def _same_lines(self, asked: Basket, session: acp.Session) -> None:
        wanted, told = Counter[str](), Counter[str]()
        for line in asked.lines:
            wanted[line.product] += line.quantity
        for each in session.line_items:
            told[each.item.id] += each.quantity
        if wanted != told or session.currency.upper() != asked.currency:
            raise Refused("shop_does_not_add_up", shop=self.name)

    def _agrees(self, row: dict[str, Any], session: acp.Session) -> None:
        """The last look before the card is lent: the lines and the sum the person agreed to, or nothing is paid."""
        today = self._quoted(row["id"], Basket.of(row), session)
        was = Money(row["total"], row["currency"])
        if today.total != was:
            raise Refused("quote_changed", reason="quote_changed", was=was, now=today.total)

    def _handler(self, session: acp.Session) -> str:
        """How it is paid: a card that is lent. The account is learned once; a shop that names another is not paid."""
        handlers = session.capabilities.payment.handlers if session.capabilities.payment else ()
        mine = next((each for each in handlers if each.name == TOKENIZED and each.requires_delegate_payment), None)
        account = str(mine.config.get("merchant_id", "")) if mine else ""
        if not mine or not 0 < len(account) <= LONGEST:
            raise Refused("shop_takes_no_token", shop=self.name)
        if self.shop.account and account != self.shop.account:
            raise Refused("shop_account_changed", shop=self.name, known=self.shop.account[-4:], new=account[-4:])
        if not self.shop.account:
            self.shop = replace(self.shop, account=account)
            self.keep(self.shop)
        return str(mine.id)

    def _sale(self, quote: str, session: acp.Session) -> Sale | None:
        """The order, once there is one; the provider knows what was charged for it."""
        if session.status != "completed" or session.order is None:
            return None
        by = session.order.estimated_delivery
        return Sale(session.order.id[:LONGEST], quote, "paid", arrives=by.latest.date() if by else None)

    def _from_catalogue(self, asked: Basket) -> Quote:
        lines, currency, language = asked.lines, asked.currency, asked.language
        found = {each.id: each for each in self.catalogue.by_ids([line.product for line in lines])}
        shown = tuple(
            SumLine(found[line.product].title(language), found[line.product].offer.price(currency), line.quantity)
            for line in lines if line.product in found
        )  # fmt: skip
        whole = total((each.amount * each.quantity for each in shown), shown[0].amount.currency if shown else currency)
        later = word("later", language, shop=self.name)
        until = self.clock.now() + timedelta(minutes=QUOTE_MINUTES)
        return Quote("", self.id, self.name, shown, (SumLine(later, whole),), whole, later, until)

    def _call(
        self, method: str, place: str, said: acp.Shape | None = None, key: str = "", language: str = "en"
    ) -> acp.Session:
        """One request; the session it answers with. Raises `NotFound`, `Refused` or `Unavailable`."""
        headers = {"Authorization": f"Bearer {self.shop.key}", "API-Version": VERSION, "Accept-Language": language,
                   "Request-Id": new_id("req"), "Timestamp": self.clock.now().isoformat()}  # fmt: skip
        body = json.dumps(said.wire()).encode() if said else None
        if body:
            headers |= {"Content-Type": "application/json", "Idempotency-Key": key,
                        "Signature": signature.of_request(self.shop.key, body)}  # fmt: skip
        url = f"{self.shop.url}/checkout_sessions/{place}".rstrip("/")
        status, text = fetch(self.name, method, url, body, **headers)
        if status == 404:
            raise NotFound("unknown_quote")
        if status >= 400:
            raise Refused("shop_refuses", shop=self.name, why=_code(text), reason=_code(text))
        try:
            session = acp.Session.model_validate_json(text, extra="ignore")
        except ValueError as error:
            raise Unavailable("shop_silent", shop=self.name) from error
        if place and session.id != place.split("/")[0]:
            raise Unavailable("shop_silent", shop=self.name)
        return session


def _ready(shop: Known, session: acp.Session) -> None:
    """Raise `Refused` with what the shop still wants, unless it can be paid."""
    if session.status == "ready_for_payment":
        return
    errors = {message.code: message for message in session.messages if message.type == "error"}
    if session.status == "requires_escalation" and session.continue_url:
        if urlsplit(session.continue_url).netloc == urlsplit(shop.url).netloc:
            raise Refused("shop_asks", shop=shop.name, url=session.continue_url)
    elif "out_of_stock" in errors:
        short = next((each for each in session.line_items if (each.available_quantity or 0) < each.quantity), None)
        named = _plain(short.name or short.item.id) if short else shop.name
        raise Refused("out_of_stock", title=named, left=short.available_quantity or 0 if short else 0)
    elif any("address" in (message.param or "") for message in session.messages):
        raise Refused("shop_needs_address", shop=shop.name)
    raise Refused("shop_refuses", shop=shop.name, why=session.status)


def _option(session: acp.Session) -> acp.FulfillmentOption | None:
    """The way that is chosen, else the first."""
    chosen = {each.option_id for each in session.selected_fulfillment_options or ()}
    options = session.fulfillment_options
    return next((each for each in options if each.id in chosen), options[0] if options else None)


def _shipping(option: acp.FulfillmentOption, currency: str, language: str) -> Shipping:
    """A way with its fee and, where the shop says until when, the day."""
    fee = next((each.amount for each in option.totals if each.type == "total"), 0)
    by = option.latest_delivery_time or option.ready_by
    label = _plain(option.title)
    told = word("arrives", language, way=label, day=dated(by.date(), language)) if by else label
    return Shipping(option.id, label, Money(fee, currency), told, by.date() if by else None)


def _line(line: acp.LineItem, title: str, currency: str) -> SumLine:
    """One line at its unit price; one that does not divide stands as a whole."""
    worth = next((each.amount for each in line.totals if each.type == "items_base_amount"), None)
    unit = line.unit_amount if line.unit_amount is not None else line.item.unit_amount
    label = title or _plain(line.name or line.item.id)
    if worth is None or (unit is not None and unit * line.quantity == worth):
        return SumLine(label, Money(unit or 0, currency), line.quantity)
    return SumLine(f"{label} × {line.quantity}", Money(worth, currency))


def _signed(line: acp.Total) -> int:
    amount = int(line.amount)
    return -abs(amount) if line.type in TAKEN_OFF else amount


def _details(address: str) -> acp.FulfillmentDetails:
    """Of 'name; street; postal code; city; country code', as in LUEUR_ADDRESS."""
    name, line, code, city, country = [part.strip() for part in address.split(";")]
    there = acp.Address(name=name, line_one=line, city=city, state="", country=country, postal_code=code)
    return acp.FulfillmentDetails(name=name, address=there)


def _plain(text: str) -> str:
    """A shop's words as one line of plain text, short enough for a sheet."""
    return UNSEEN.sub(" ", text).strip()[:120]


def _code(text: bytes) -> str:
    try:
        code = str(json.loads(text)["code"])
    except (ValueError, KeyError, TypeError):
        code = ""
    return code[:40] if code.replace("_", "").isalnum() else "?"
