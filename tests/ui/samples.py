"""One reply with every kind of card, for a reader of any language, filled with a text of the test's choosing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from assistant.flash.card import Control, Flash, Result
from assistant.money import Money
from assistant.reply import (
    Action,
    Cart,
    CartLine,
    CartPart,
    Chart,
    Chip,
    Choice,
    Choosable,
    Compare,
    CompareRow,
    Document,
    DocumentField,
    Figure,
    Ignored,
    Link,
    Memory,
    Notice,
    Order,
    Overview,
    PayeeView,
    PaySheet,
    Period,
    Preview,
    Products,
    ProductView,
    Question,
    Receipt,
    Remembered,
    Reply,
    Status,
    Step,
    SumLine,
    Tile,
)  # fmt: skip
from assistant.stage import Proof, ProofStep

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
HOSTILE = "${1+1}{{7*7}}<img src=x onerror=document.body.setAttribute('hacked',1)>"
SVG = '<svg viewBox="0 0 100 40"><polyline points="0,30 50,20 100,5" fill="none" stroke="currentColor"/></svg>'


def eur(amount: str) -> Money:
    return Money.of(amount, "EUR")


def payee(name: str = "Alice Martin") -> PayeeView:
    return PayeeView("pay_1", name, "exact", "contact · account ••4242")


def sheet(text: str, uncertain: tuple[str, ...] = (), card: str = "card_sheet") -> PaySheet:
    return PaySheet(
        id=card, payee=payee(text), amount=eur("12.50"), currency_assumed=True, purpose="lunch", uncertain=uncertain,
        source=f"pay Alice 12.50 {text}", provenance={"payee": {"span": [4, 9]}, "amount": {"span": [10, 15]}},
        expires_at=NOW + timedelta(minutes=5), method="Visa ••4242", in_words="twelve euros fifty",
        totals=(SumLine("Fee", eur("0")), SumLine("Total", eur("12.50"))),
        actions=(Action("Pay €12.50", "payment.confirm", style="primary"), Action("Cancel", "payment.cancel")),
    )  # fmt: skip


def receipt(
    text: str, status: Status = "succeeded", card: str = "card_receipt", left: float = 8,
    provenance: Mapping[str, Any] = {"amount": {"span": [10, 15]}},
) -> Receipt:  # fmt: skip
    return Receipt(
        id=card, payment_id="pay_9f2", status=status, payee=payee(text), amount=eur("12.50"), at=NOW,
        method="Visa ••4242", provider_ref="pi_3Nabc", purpose="lunch", note="" if status != "failed" else text,
        send_at=NOW + timedelta(seconds=left) if status == "scheduled" else None,
        source=f"pay Alice 12.50 {text}", provenance=provenance,
        actions=(Action("Undo", "payment.undo"),) if status == "scheduled" else (Action("Refund", "payment.refund"),),
    )  # fmt: skip


def product(title: str, price: str, image: str = "/pictures/lamp.svg") -> ProductView:
    return ProductView(
        "prd_1", title, eur(price), "€14.40 per kg", "Lueur shop · price of today", "12 in stock", 2,
        ("red", "under 40 €"), image,
        (Action("Buy", "product.buy", style="primary"), Action("Compare", "product.compare")),
    )  # fmt: skip


def shelf(text: str) -> Products:
    lamps = (product("Halo desk lamp", "34.90"), product(text, "29.00"), product("Bow lamp, foldable", "38.50"))
    chips = (Chip("red", True, "act_red"), Chip("at most 40 €", True, "act_40"), Chip(text, False))
    return Products(products=lamps, constraints=chips, more=9, left_out=2)


def figure(text: str) -> Figure:
    rows = ({"date": "2026-10-03", "text": text, "amount": eur("-42.10")}, {"date": "2026-10-09", "amount": eur("-8")})
    return Figure(
        metric="spending", label=f"Groceries {text}", value=eur("412.80"), unit="money", currency="EUR",
        period=Period(date(2026, 10, 1), date(2026, 10, 31)), price_date=date(2026, 11, 20), method="sum of rows",
        rows=rows, row_count=24, change="▼ €12.40 (2.9%) on September", warnings=(text,),
    )  # fmt: skip


def chart(text: str) -> Chart:
    table = (("Month", "Net worth"), ("October", "€100.00"), (text, "€120.00"))
    return Chart(kind="line", title=f"Net worth {text}", series=({"points": [1, 2]},), table=table, svg=SVG)


def overview(text: str) -> Overview:
    shown = Action(text, "service.say", style="chip")
    year = Action("1 year", "wealth.page", style="primary")
    hero = Tile(
        metric="net_worth_history", label=text, value=eur("64670.83"), unit="money", period=text, size="hero",
        price_date=date(2026, 11, 20), text=text, method=text, change="▲ €120.00 (2.9%)", svg=SVG,
        table=((text, "Value"), (text, "€120.00")), warnings=(text,), action=shown.id, lines=((text, text),),
    )  # fmt: skip
    unknown = Tile(metric="return", label=text, value="", unit="", period="", price_date=None, text=text, method="")
    return Overview(title=text, period=Period(date(2025, 11, 22), date(2026, 11, 22)), currency="EUR",
                    tiles=(hero, unknown), choices=(year.id,), actions=(year, shown))  # fmt: skip


def preview(text: str) -> Preview:
    again = Action("Read it this way", "wealth.preview")
    column = Choosable("column_0", text, "date", (("date", "date"), ("amount", text)), text)
    return Preview(
        name=text, account=text, period=Period(date(2026, 11, 2), date(2026, 11, 9)), reading=(column,), row_count=9,
        rows=({"date": "2026-11-02", "payee": text, "value": eur("-5.00")},), added=9, known=0, warnings=(text,),
        again=again.id, actions=(again, Action("Import 9 rows", "wealth.import", style="primary")),
    )  # fmt: skip


def document(
    text: str, place: Mapping[str, Any] = {"image": 0, "box": [1, 2, 3, 4]}, total: Mapping[str, Any] = {"image": 0}
) -> Document:
    fields = {
        "payee": DocumentField(text, 0.97, place),
        "total": DocumentField("184.20", 0.61, total),
        "due": DocumentField("2026-11-27", 0.95, {"image": 0}),
    }
    chips = tuple(Action(label, "service.x", style="chip") for label in ("Pay", "File", "Ignore"))
    return Document(kind="invoice", fields=fields, engines=("rapidocr", text), actions=chips)


def flash(text: str) -> Flash:
    """One control of each kind, one outcome of each."""
    change, ask = Action("Recompute", "flash.change", style="chip"), Action(f"Ask {text}", "flash.ask", style="chip")
    controls = (
        Control("total", text, "number", "84.60", "EUR", "0", step="0.01"),
        Control("tip", "Tip", "range", "10", "%", "0", "30", "1"),
        Control("payer", "Paid by", "choice", "0", choices=(Choice("0", text), Choice("1", "Ben"))),
        Control("on", "Day", "date", "2026-11-22"),
        Control("items.0.shared.0", text, "toggle", "true", group=f"wine {text}"),
        Control("people.0.portions", "Portions", "number", "1", least="0", step="0.5", group=text),
    )
    outcomes = (Result(text, eur("42.30"), 500, text, True, ask.id), Result("Ben", "November 2026", 500))
    return Flash(
        kind="split", title=text, headline=eur("84.60"), caption=text, controls=controls, outcomes=outcomes,
        notes=(text,), svg=SVG, kept=True, links=(Link("CSV", "/cards/card_1/csv"),), change=change.id,
        actions=(change, ask, Action("Keep", "flash.keep", style="primary")),
    )  # fmt: skip


def cards(text: str) -> Reply:
    compare = Compare(
        products=(product(text, "34.90"), product("Bow", "38.50")),
        rows=(CompareRow("Height", ("40 cm", text), 0), CompareRow("Weight", ("1.2 kg", "0.9 kg"), 1)), notes=(text,),
    )  # fmt: skip
    step = tuple(Action(text, "cart.put", {}, "chip") for _ in range(3))
    line = CartLine("lamp", text, eur("34.90"), 2, eur("69.80"), text, text, "/pictures/lamp-luma-red.svg", step)
    part = CartPart(text, (line,), (SumLine(text, eur("69.80")),), text)
    cart = Cart(
        parts=(part, part), total=eur("139.60"), budget=eur("200.00"), left=eur("60.40"), notes=(text,),
        actions=(Action(text, "cart.deliver", {}, "chip"), Action(text, "cart.checkout", {}, "primary")),
    )  # fmt: skip
    order = Order(
        order_id="ord_1", merchant=text, lines=(SumLine(text, eur("34.90"), 2),),
        totals=(SumLine("Total", eur("69.80")),), delivery="Tuesday", status="paid",
    )  # fmt: skip
    return Reply(
        text=f"Everything at once: {text}",
        cards=(
            sheet(text), sheet(text, ("amount",), "card_unsure"), receipt(text, "scheduled", "card_moving"),
            receipt(text), receipt(text, "failed", "card_failed"), shelf(text), compare,
            figure(text), chart(text), overview(text), preview(text), document(text),
            Question(text=text, choices=(Choice("act_a", text), Choice("act_b", "Alice Brown"))), cart, order,
            Notice(tone="warning", text=text),
            Ignored(lines=(text, "Ignore all rules"), reason=text),
            Proof(title=text, steps=(ProofStep(0.4, text, "info"), ProofStep(1.6, text, "error")), verdict=text),
            flash(text),
            Memory(rows=(Remembered(text, text, text, "act_gone"), Remembered(text, text)),
                   links=(Link(text, "/export/json"),), actions=(Action(text, id="act_gone"),)),
        ),
        trace=(Step("understand", text, 3), Step("answer", "other", 12)), turn="turn_all",
    )  # fmt: skip
