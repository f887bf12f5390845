"""The MCP server: other people's agents may look and prepare, on this machine, with a token. A person confirms.

What an agent sends is a stranger's: typed data for one tool, never the person's words. A payment is prepared for
somebody of the payee book and shown on the page; with `LUEUR_MCP=confirm` the agent's host may also ask its person to
type the amount. Money is integer minor units and an ISO 4217 code.
"""

import asyncio
import functools
from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, Field

from assistant.conversation import OWNER
from assistant.errors import LueurError, NotFound, Refused, Unavailable
from assistant.folder import secret
from assistant.handlers import Context, carry_out
from assistant.handlers.sheets import drafted
from assistant.language.acts import Do
from assistant.money import Money
from assistant.payments import Origin, Payment
from assistant.protocols.local import admitted, told
from assistant.reply import Period, Reply
from assistant.request import Constraint, Language
from assistant.shop.catalogue import Product
from assistant.wealth import METRICS

if TYPE_CHECKING:
    from mcp.server import MCPServer

    from assistant.core import Assistant

PATH, TOKEN = "/mcp", "mcp.token"
MOST = 10  # products of one answer
REMEMBERED = 200  # requests whose draft is known again
ABOUT = "Search and compare products, ask about the owner's money, prepare a payment or a cart. A person confirms."
Few = Annotated[list[str], Field(min_length=2, max_length=3, description="ids of products")]
Counts = Annotated[dict[str, Annotated[int, Field(ge=1, le=20)]], Field(min_length=1, description="how many by id")]
Retry = Annotated[str, Field(max_length=64, description="of your choice; reuse on retry")]


class Amount(BaseModel):
    minor: int = Field(description="integer minor units: 1250 is 12.50 EUR")
    currency: str = Field(pattern="^[A-Z]{3}$", description="ISO 4217")

    @property
    def money(self) -> Money:
        return Money(self.minor, self.currency)


class Goods(BaseModel):
    id: str
    title: str
    price: Amount
    stock: int
    delivery_days: int
    seller: str
    attributes: dict[str, str]


class Shelf(BaseModel):
    total: int
    products: list[Goods]
    differences: dict[str, list[str]] = Field(default={}, description="by attribute, one value for each product")


class Figure(BaseModel):
    metric: str
    value: str = Field(description="decimal text; money in minor units")
    unit: Literal["money", "percent", "count", "months"]
    currency: str
    start: date
    end: date
    rows: int
    made_up: bool = Field(description="rows of the demo household may be in it")


class Prepared(BaseModel):
    payment_id: str
    state: str
    payee: str
    amount: Amount
    note: str


class Basket(BaseModel):
    products: dict[str, int]
    total: Amount | None
    note: str


class Agreed(BaseModel):
    amount: str = Field(description="the amount, typed again: 12.50")


class Tools:
    """What an agent may call. Every method answers for the owner of the folder."""

    def __init__(self, assistant: "Assistant") -> None:
        self.assistant = assistant
        self.rooms = assistant.rooms
        self.page = f"http://127.0.0.1:{assistant.settings.port}"
        self.drafts: OrderedDict[str, str] = OrderedDict()  # request_id -> payment

    def search(self, query: str, most: Amount | None = None, language: Language = "en", limit: int = 5) -> Shelf:
        """Products sold here; `most`: the highest price. Nothing above it is ever returned."""
        limits = (Constraint("price", "at_most", most.money),) if most else ()
        found = self.rooms.shop.search(query, limits, language, min(max(limit, 1), MOST))
        shown = [self._goods(hit.product, language, hit.price.currency) for hit in found.hits]
        return Shelf(total=found.total, products=shown)

    def compare(self, products: Few, language: Language = "en") -> Shelf:
        """Two or three products, and the facts in which they differ."""
        found = self.rooms.shop.compare(products)
        rows = {row.name: [str(value) for value in row.values] for row in found.different}
        shown = [self._goods(each, language) for each in found.products]
        return Shelf(total=len(shown), products=shown, differences=rows)

    def money(
        self, metric: Literal[*METRICS], start: date | None = None, end: date | None = None, category: str = "",  # type: ignore[valid-type]
        account: str = "",
    ) -> Figure:  # fmt: skip
        """One figure of the owner's money, computed from its rows: net_worth, spending, income, cash_flow, ..."""
        period = Period(start, end) if start and end else None
        found = self.rooms.wealth.ask(OWNER, metric, period, category=category, account=account)
        value = found.value.minor if isinstance(found.value, Money) else found.value
        return Figure(
            metric=metric, value=str(value), unit=found.unit, currency=found.currency, start=found.period.start,
            end=found.period.end, rows=len(found.rows), made_up=found.made_up,
        )  # fmt: skip

    def prepare_payment(self, payee: str, amount: Amount, purpose: str = "", request_id: Retry = "") -> Prepared:
        """A draft for somebody of the owner's payee book, shown on the page. It moves no money."""
        kernel = self.rooms.payments
        if request_id in self.drafts:
            return self.payment(self.drafts[request_id])
        found = kernel.payees.find(OWNER, payee)
        if (known := found.sole) is None or found.how != "exact":
            raise Refused("agent_needs_payee", name=payee[:60])

        def draft(context: Context) -> Reply:
            origin = Origin(notes=(context.say("service.from_agent"),))
            return drafted(kernel.draft(OWNER, context.session, known, amount.money, purpose, origin), context)

        made = self.assistant.show(OWNER, draft).sheet
        self.drafts[request_id or made] = made
        while len(self.drafts) > REMEMBERED:
            self.drafts.popitem(last=False)
        return self._prepared(kernel.receipt(OWNER, made))

    def payment(self, payment_id: str) -> Prepared:
        """How a payment that was prepared here stands now."""
        return self._prepared(self.own(payment_id))

    def prepare_cart(self, products: Counts) -> Basket:
        """Put products into the owner's cart, shown on the page. It buys nothing."""
        for product, count in products.items():
            self.rooms.shop.carts.put(OWNER, product, count)
        self.assistant.show(OWNER, lambda context: carry_out(Do("cart"), context))
        held = self.rooms.shop.carts.of(OWNER)
        worth = Amount(minor=held.worth.minor, currency=held.worth.currency) if held.worth else None
        note = f"Nothing is bought. Ask the owner to check out at {self.page}"
        return Basket(products={line.product.id: line.quantity for line in held.lines}, total=worth, note=note)

    def confirm(self, payment_id: str, agreed: Agreed) -> Prepared:
        """The person's answer, with the amount as they typed it."""
        payment, kernel = self.own(payment_id), self.rooms.payments
        if agreed.amount.strip() != f"{payment.amount.decimal:f}":
            raise Refused("amount_does_not_match")
        if kernel.second_look(OWNER, payment_id) or payment.origin.repeats or payment.origin.resembles:
            raise Refused("needs_a_second_look")
        return self._prepared(kernel.confirm(OWNER, payment.session, payment.id, kernel.token(payment)))

    def own(self, payment_id: str) -> Payment:
        """One that was prepared here; the owner's other payments do not exist for an agent."""
        if payment_id not in self.drafts.values():
            raise NotFound("unknown_payment")
        return self.rooms.payments.receipt(OWNER, payment_id)

    def _prepared(self, payment: Payment) -> Prepared:
        waits = payment.state == "draft"
        amount = Amount(minor=payment.amount.minor, currency=payment.amount.currency)
        note = f"Nothing is paid. Ask the owner to check and confirm it at {self.page}" if waits else ""
        return Prepared(payment_id=payment.id, state=payment.state, payee=payment.payee_name, amount=amount, note=note)

    def _goods(self, product: Product, language: str, currency: str = "") -> Goods:
        price, offer = product.offer.price(currency or self.assistant.settings.currency), product.offer
        facts = {name: f"{fact.value} {fact.unit}".strip() for name, fact in product.attributes.items()}
        seller = self.rooms.shop.merchants[offer.merchant].name
        return Goods(
            id=product.id, title=product.title(language), price=Amount(minor=price.minor, currency=price.currency),
            stock=offer.stock, delivery_days=offer.delivery_days, seller=seller, attributes=facts,
        )  # fmt: skip


def server(assistant: "Assistant") -> "MCPServer":
    """The tools with their annotations and schemas. Raises `Unavailable` without the package."""
    try:
        from mcp.server import MCPServer
        from mcp.server.mcpserver import Elicit, Resolve
        from mcp.types import ToolAnnotations
    except ImportError:
        raise Unavailable("mcp_missing") from None
    tools, made = Tools(assistant), MCPServer("Lueur", instructions=ABOUT, log_level="WARNING")
    here = functools.partial(ToolAnnotations, open_world_hint=False, destructive_hint=False, idempotent_hint=True)
    looks: list[Callable[..., Any]] = [tools.search, tools.compare, tools.money, tools.payment]
    prepares: list[Callable[..., Any]] = [tools.prepare_payment, tools.prepare_cart]
    for tool in looks + prepares:
        made.add_tool(_told(tool), annotations=here(read_only_hint=tool in looks))
    if assistant.settings.mcp == "confirm":

        def asked(payment_id: str) -> Elicit[Agreed]:
            payment: Payment = _told(tools.own)(payment_id)
            who, amount = f"{payment.payee_name} (account ••{payment.account[-4:]})", payment.amount
            return Elicit(f"Pay {amount.text()} to {who}? Type the amount, {amount.decimal:f}, to confirm.", Agreed)

        def confirm_payment(payment_id: str, agreed: Annotated[Agreed, Resolve(asked)]) -> Prepared:
            """Ask the person at your host to type the amount, and pay a prepared payment with their answer."""
            paid: Prepared = _told(tools.confirm)(payment_id, agreed)
            return paid

        pays = ToolAnnotations(read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=True)
        made.add_tool(confirm_payment, annotations=pays)
    return made


def _told(tool: Callable[..., Any]) -> Callable[..., Any]:
    """A refusal as a sentence for the agent: what happened, what is safe, what to do."""
    from mcp.server.mcpserver.exceptions import ToolError

    @functools.wraps(tool)
    def call(*args: Any, **given: Any) -> Any:
        try:
            return tool(*args, **given)
        except LueurError as error:
            raise ToolError(told(error, "en")) from None

    return call


class Door:
    """The ASGI endpoint: from this machine, with the token in `mcp.token`; the server starts with the first call."""

    def __init__(self, assistant: "Assistant") -> None:
        self.server = server(assistant)
        self.server.streamable_http_app(streamable_http_path=PATH)
        self.token = secret(assistant.settings.home / TOKEN)
        self.running: asyncio.Task[None] | None = None
        self.ready = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        from starlette.requests import Request
        from starlette.responses import JSONResponse

        if not admitted(Request(scope), self.token):
            await JSONResponse({"error": "not_yours"}, 401, {"WWW-Authenticate": "Bearer"})(scope, receive, send)
            return
        if self.running is None:
            self.running = asyncio.create_task(self._run())
        await self.ready.wait()
        await self.server.session_manager.handle_request(scope, receive, send)

    async def _run(self) -> None:
        async with self.server.session_manager.run():
            self.ready.set()
            await asyncio.Event().wait()


def routes(assistant: "Assistant") -> list[Any]:
    """Nothing unless `LUEUR_MCP` is set, and nothing on a shared page."""
    from starlette.routing import Route

    settings = assistant.settings
    return [Route(PATH, Door(assistant))] if settings.mcp and settings.mode == "personal" else []
