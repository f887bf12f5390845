"""What a browser reaches of payments on the app's own port: the bank's question, printed receipts, the sandbox's pages.

Knows who is asking and how a receipt is laid out on paper; what is true of a payment comes from the room.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import LueurError
from assistant.language.messages import say
from assistant.payments import transfers
from assistant.protocols.local import download, language_of, own, spoken
from assistant.reply import to_json
from assistant.spreadsheet import as_csv
from assistant.ui.markup import Html, el, join

if TYPE_CHECKING:
    from starlette.requests import Request as Call
    from starlette.responses import Response

    from assistant.core import Assistant
    from assistant.payments import Payment

EVERY = 100_000  # payments of a spreadsheet
COLUMNS = ("confirmed_at", "payee", "account", "amount", "currency", "refunded", "state", "purpose", "id", "reference")
LARGEST_WEBHOOK = 256_000  # bytes


def words(language: str, key: str, **values: object) -> str:
    """The sentences of the sandbox's pages."""
    return say(language_of(language), f"payment.sandbox_{key}", **values)


def routes(assistant: Assistant, who: Callable[[Any], str]) -> list[Any]:
    from starlette.routing import Route

    pages = Pages(assistant)
    personal = {
        "/payments.csv": pages.listed, "/transfers/{id}.xml": pages.transfer_file, "/transfers/{id}": pages.transfer,
        "/challenge/{id}": pages.challenge, "/receipts/{id}.json": pages.exported, "/receipts/{id}": pages.printed,
    }  # fmt: skip
    return [
        Route("/webhooks/stripe", pages.webhook, methods=["POST"]),
        Route("/agentic_checkout/webhooks/order_events", pages.order_event, methods=["POST"]),
        *(Route(path, own(assistant, who, answer)) for path, answer in personal.items()),
        *assistant.rooms.payments.pages(words),
    ]


class Pages:
    """One method per page."""

    def __init__(self, assistant: Assistant) -> None:
        self.kernel = assistant.rooms.payments
        self.shop = assistant.rooms.shop

    def challenge(self, user: str, call: Call) -> Response:
        from starlette.responses import RedirectResponse

        id = call.path_params["id"]
        return RedirectResponse(self.kernel.challenge(user, id) or f"/receipts/{id}", 303)

    def printed(self, user: str, call: Call) -> Response:
        from starlette.responses import HTMLResponse

        page = _page(self.kernel.look(user, call.path_params["id"]), self.kernel.describe(), spoken(call))
        return HTMLResponse(page, headers={"Cache-Control": "no-store"})

    def exported(self, user: str, call: Call) -> Response:
        from starlette.responses import JSONResponse

        id = call.path_params["id"]
        data = to_json(self.kernel.look(user, id))
        told = {"mode": self.kernel.describe(), "trail": self.kernel.trail(user, id)}
        return JSONResponse({name: value for name, value in (data | told).items() if name not in ("user", "session")})

    def listed(self, user: str, _: Call) -> Response:
        return download(as_csv([COLUMNS, *map(_row, self.kernel.history(user, EVERY))]), "payments.csv", "text/csv")

    def transfer(self, user: str, call: Call) -> Response:
        from starlette.responses import HTMLResponse

        return HTMLResponse(_slip(self.kernel.transfers.get(user, call.path_params["id"]), spoken(call)))

    def transfer_file(self, user: str, call: Call) -> Response:
        made = self.kernel.transfers.get(user, call.path_params["id"])
        return download(transfers.file(made), f"{made.reference}.xml", "application/xml")

    async def webhook(self, call: Call) -> Response:
        return await _heard(call, "stripe-signature", 400, self.kernel.hear)

    async def order_event(self, call: Call) -> Response:
        """A shop elsewhere tells of an order (ACP)."""
        return await _heard(
            call, "merchant-signature", 401, lambda *said: self.kernel.hear_of_order(*self.shop.heard(*said))
        )


async def _heard(call: Call, header: str, refused: int, hear: Callable[[bytes, str], bool]) -> Response:
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import Response as Plain

    if int(call.headers.get("content-length", LARGEST_WEBHOOK + 1)) > LARGEST_WEBHOOK:
        return Plain("too large", 413)
    body, signature = await call.body(), call.headers.get(header, "")
    try:
        fresh = await run_in_threadpool(hear, body, signature)
    except LueurError as error:
        return Plain(error.key, refused)
    return Plain("heard" if fresh else "heard before")


def _row(one: Payment) -> tuple[object, ...]:
    """A payment as `COLUMNS` of a spreadsheet; amounts in major units."""
    when = one.confirmed_at.isoformat(timespec="seconds") if one.confirmed_at else ""
    return (
        when, one.payee_name, one.account[-4:], one.amount.decimal, one.amount.currency, one.refunded.decimal,
        one.state, one.purpose, one.id, one.provider_ref,
    )  # fmt: skip


def _page(payment: Payment, mode: str, language: str) -> str:
    """A receipt for paper: what was paid, how it stands, and where each field came from."""

    def word(key: str) -> str:
        return say(language, f"ui.{key}")

    facts: list[tuple[str, Any]] = [
        (word("to"), f"{payment.payee_name} ··{payment.account[-4:]}"), (word("for"), payment.purpose),
        (word("when"), f"{payment.moved_at:%Y-%m-%d %H:%M} UTC"), (word("payment"), payment.id),
        (word("reference"), payment.provider_ref), (word("you_said"), payment.origin.source),
    ]  # fmt: skip
    for line in (*payment.lines, *payment.totals):
        many = f"{line.quantity} × " if line.quantity != 1 else ""
        facts.append((line.label, many + line.amount.text(language)))
    for name, place in payment.origin.provenance.items():
        facts.append((word(f"field_{name}"), _where(place, payment.origin.source, language)))
    status = "canceled" if payment.state in ("draft", "expired") else _shown(payment)
    links = el("p", el("a", "JSON", href=f"/receipts/{payment.id}.json"), " · ", el("a", "CSV", href="/payments.csv"))
    head = (el("h1", payment.amount.text(language)), el("p", el("b", word(f"status_{status}").split("{")[0])))
    return _paper(word("kind_receipt"), f"{word('test_mode_long')} · {mode}", head, facts, (links,), language)


def _slip(made: transfers.Transfer, language: str) -> str:
    """A prepared transfer: the code a banking app scans, and the file a bank's page takes."""
    named = {"to": made.payee_name, "field_iban": made.iban, "for": made.purpose, "reference": made.reference}
    facts = [(say(language, f"ui.{key}"), value) for key, value in named.items()]
    foot = (
        el("p", say(language, "payment.note_prepared", payee=made.payee_name)), Html(transfers.code(made)),
        el("p", el("a", say(language, "payment.transfer_file"), href=f"/transfers/{made.id}.xml")),
    )  # fmt: skip
    head = (el("h1", made.amount.text(language)),)
    return _paper(made.reference, say(language, "ui.status_prepared"), head, facts, foot, language)


def _paper(
    title: str,
    mark: str,
    head: tuple[Html, ...],
    facts: Iterable[tuple[str, Any]],
    foot: tuple[Html, ...],
    language: str,
) -> str:
    rows = [row for name, value in facts if value for row in (el("dt", name), el("dd", value))]
    style = Html(Path(__file__).with_suffix(".css").read_text(encoding="utf-8"))
    top = (el("meta", charset="utf-8"), el("title", title), el("style", style), el("small", mark))
    return "<!doctype html>" + el("html", *top, *head, el("dl", *rows), *foot, lang=language)


def _shown(payment: Payment) -> str:
    if payment.state == "succeeded" and payment.refunded == payment.amount:
        return "refunded"
    return {"confirmed": "scheduled", "submitted": "sent"}.get(payment.state, payment.state)


def _where(place: Any, source: str, language: str) -> Html:
    """Which words, or which part of which picture, a field was read from."""
    if "box" in place:
        return join([say(language, "ui.from_picture"), place["image"] + 1, place["box"]], " ")
    return join([say(language, "ui.you_said"), f"“{source[slice(*place['span'])]}”"], " ")
