"""Fifty varied purchases over ACP between two processes; with DATA every message is held against the released schemas.

The buyer is this process, each shop a `lueur merchant` of its own. Messages are taken where they pass: the buyer's HTTP
client, the vault's delegate payment, the shop's webhooks. Reads DATA/protocols/acp (schemas and examples), copies none.
"""

import http.server
import json
import random
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from assistant.acp.messages import (
    AuthenticationResult,
    Cancel,
    Complete,
    Create,
    DelegatePaymentAnswer,
    DelegatePaymentRequest,
    Discovery,
    Error,
    OrderEvent,
    Session,
    Update,
)
from assistant.clock import SystemClock
from assistant.demo import catalogue
from assistant.errors import LueurError
from assistant.merchant import Basket, Wanted
from assistant.money import Money
from assistant.payments import Payments
from assistant.payments.sandbox import grants, intents
from assistant.payments.sandbox.call import Call
from assistant.settings import Settings
from assistant.shop import Shop, elsewhere
from assistant.store import Store
from bench.figures import figure, p95
from bench.house import served

PURCHASES, USER, SESSION = 50, "ada", "ses_1"
SHOPS = {"maison": 20, "rail": 15, "tablee": 15}
CARDS = {"pm_card_visa": 8, "pm_card_chargeDeclined": 1, "pm_card_authenticationRequired": 1}
EXAMPLES = {"create": Create, "update": Update, "complete_": Complete, "cancel": Cancel, "error": Error,
            "webhook": OrderEvent, "discovery": Discovery, "delegate_payment_request": DelegatePaymentRequest,
            "delegate_payment_success": DelegatePaymentAnswer, "delegate_payment_error": Error}  # fmt: skip


@dataclass
class Heard:
    """Every message that passed: (definition of the schema, what was said)."""

    said: list[tuple[str, Any]] = field(default_factory=list)
    ends: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    def request(self, request: httpx.Request) -> None:
        if request.content:
            verb = urlsplit(str(request.url)).path.removeprefix("/checkout_sessions").strip("/").split("/")
            kind = "Create" if verb == [""] else "Complete" if verb[-1] == "complete" else "Update"
            self.said.append((f"CheckoutSession{kind}Request", json.loads(request.content)))

    def response(self, response: httpx.Response) -> None:
        answer = json.loads(response.read())
        kind = "DiscoveryResponse" if "acp.json" in str(response.url) else "CheckoutSession"
        kind = "Error" if response.is_error else kind
        self.said.append((kind + ("WithOrder" if "order" in answer else ""), answer))


def measure(data: Path | None) -> Iterator[dict[str, Any]]:
    heard = Heard()
    with tempfile.TemporaryDirectory() as ground, listening(heard) as hook:
        buy_everything(Path(ground), heard, hook)
    yield figure(f"ACP purchase end to end, p95 of {len(heard.seconds)}", p95(heard.seconds), "s", 1.0)
    yield figure("ACP purchase end to end, median", statistics.median(heard.seconds), "s")
    told = ", ".join(f"{count} {end}" for end, count in sorted(heard.ends.items()))
    print("   ", told)
    yield figure("ACP purchases without an outcome", heard.ends["unknown"], f"of {PURCHASES}", 0)
    if data is None:
        return
    where = data / "protocols" / "acp"
    check = checker(where / "spec" / "json-schema")
    wrong = [f"{kind}: {found}" for kind, said in heard.said if (found := check(kind, said))]
    for each in wrong[:10]:
        print("   ", each[:300])
    yield figure(f"ACP messages that break the released schemas, of {len(heard.said)}", len(wrong), "", 0)
    yield from examples(where / "examples", check)


def buy_everything(home: Path, heard: Heard, hook: str) -> None:
    settings, clock = (
        Settings(home=home, undo_seconds=0, offline=True, address="Ada; 1 rue X; 69001; Lyon; FR"),
        SystemClock(),
    )
    with closing(Store(home / "lueur.db")) as store:
        store.upgrade()
        kernel, shop = Payments(store, settings, clock), Shop(store, settings, clock)
        shop.load(catalogue.products(clock.now()))
        kernel.warm()
        with closing(kernel), taken(heard):
            for id, count in SHOPS.items():
                with served(home, "merchant", "--shop", id, "--hook", hook, page=elsewhere.DISCOVERY) as (_, _, url):
                    shop.add_shop(url, id, id, (home / "merchants" / id / "agent.key").read_text())
                    kernel.trade_with(shop.merchants)
                    for number in range(count):
                        buy(kernel, shop, id, random.Random(f"{id} {number}"), heard)
                    time.sleep(4)  # its last webhooks


def buy(kernel: Payments, shop: Shop, id: str, dice: random.Random, heard: Heard) -> None:
    """One purchase: its goods, way, code, language, currency and card are drawn."""
    sold = [
        each for each in shop.catalogue.all() if each.offer.merchant == id and each.offer.price("EUR").minor < 20_000
    ]
    sold = [each for each in sold if each.offer.stock > 9 or dice.random() < 0.02]  # a few are short
    lines = tuple(Wanted(each.id, dice.randrange(1, 4)) for each in dice.sample(sold, dice.randrange(1, 4)))
    codes = {"maison": "WELCOME10", "rail": "DUO", "tablee": "APERO"}
    method = dice.choices(list(CARDS), list(CARDS.values()))[0]
    wide = dict.fromkeys(("per_payment", "per_day", "per_month", "first_use"), Money(5_000_000, "EUR"))
    kernel.change_wallet(USER, method=method, per_hour=1000, **wide)
    way = dice.choice(["", "express", "collect", "standard"])
    code, language = dice.choice([(), (codes[id],), ("NONSENSE",)]), dice.choice(["en", "fr", "zh"])
    began = time.perf_counter()
    try:
        quote = shop.merchants[id].quote(USER, Basket(lines, way, code, dice.choice(["EUR", "USD"]), language))
        made = kernel.draft_quote(USER, SESSION, quote)
        paid = kernel.confirm(USER, SESSION, made.id, kernel.token(made), 0)
    except LueurError as error:
        heard.ends[error.key] += 1
        return
    if paid.state == "succeeded":
        heard.seconds.append(time.perf_counter() - began)
    elif paid.state == "requires_action":
        answer(kernel, paid.provider_ref, dice.random() < 0.5)
        paid = kernel.look(USER, paid.id)
    heard.ends[paid.state] += 1
    shop.merchants[id].order_of(paid.quote_id)


def answer(kernel: Payments, ref: str, yes: bool) -> None:
    """The cardholder's answer to the bank."""
    assert kernel._sandbox
    records = kernel._sandbox.records
    with records.transaction():
        intents.answer(Call(records, {}, records.account_of(ref) or "", int(time.time()), ref), yes)


@contextmanager
def taken(heard: Heard) -> Iterator[None]:
    """The buyer's messages, and the vault's delegate payments, as they pass."""
    hooks = {"request": [heard.request], "response": [heard.response]}
    client, delegate = httpx.Client(trust_env=False, event_hooks=hooks), grants.delegate

    def kept(call: Call, request: DelegatePaymentRequest, key: str) -> dict[str, Any]:
        heard.said.append(("DelegatePaymentRequest", request.wire()))
        return delegate(call, request, key)

    before, elsewhere._client, grants.delegate = elsewhere._client, lambda _: client, kept
    try:
        yield
    finally:
        elsewhere._client, grants.delegate = before, delegate


@contextmanager
def listening(heard: Heard) -> Iterator[str]:
    """Where the shops tell of their orders; a webhook is an Order, signed."""

    class Ear(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            heard.said.append(("Order", json.loads(body)["data"]))
            assert OrderEvent.model_validate_json(body) and self.headers["merchant-signature"]
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ear)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


def checker(folder: Path) -> Callable[[str, Any], str]:
    """(definition, message) -> what the released schema says against it; empty: nothing."""
    from jsonschema import Draft202012Validator
    from referencing import Registry, Resource

    bundles = {name: json.loads((folder / f"schema.{name}.json").read_text(encoding="utf-8"))
               for name in ("agentic_checkout", "delegate_payment")}  # fmt: skip
    registry: Any = Registry().with_resources(
        (bundle["$id"], Resource.from_contents(bundle)) for bundle in bundles.values()
    )

    def check(kind: str, said: Any) -> str:
        bundle = bundles["delegate_payment" if kind.startswith("Delegate") else "agentic_checkout"]
        there = {"$ref": f"{bundle['$id']}#/$defs/{kind}"}
        judge = Draft202012Validator(there, registry=registry, format_checker=Draft202012Validator.FORMAT_CHECKER)
        return "; ".join(f"{error.json_path} {error.message}" for error in judge.iter_errors(said))

    return check


def examples(folder: Path, check: Callable[[str, Any], str]) -> Iterator[dict[str, Any]]:
    """Every official example that keeps to its schema is taken by our models."""
    refused, valid = [], 0
    for file in ("agentic_checkout", "delegate_payment"):
        for name, said in json.loads((folder / f"examples.{file}.json").read_text(encoding="utf-8")).items():
            kind, definition = model_of(name)
            if not definition or check(definition, said):
                continue  # an example that breaks the release's own schema
            valid += 1
            try:
                asked = kind in (Create, Update, Complete, Cancel, DelegatePaymentRequest, AuthenticationResult)
                kind.model_validate_json(json.dumps(said), extra="forbid" if asked else "ignore")  # as it is read
            except ValueError as error:
                refused.append(f"{name}: {error}")
    for each in refused:
        print("   ", each[:300])
    yield figure(f"official ACP examples refused, of {valid} that are valid", len(refused), "", 0)


def model_of(name: str) -> tuple[Any, str]:
    """The model and the definition an example is one of."""
    if "authentication_result" in name and "request" not in name:
        return AuthenticationResult, "AuthenticationResult"
    asked = name.endswith("request") or "_request_" in name
    for start, kind in EXAMPLES.items():
        if name.startswith(start) and (asked or kind in (Error, OrderEvent, Discovery, DelegatePaymentAnswer)):
            names = {Create: "CheckoutSessionCreateRequest", Update: "CheckoutSessionUpdateRequest",
                     Complete: "CheckoutSessionCompleteRequest", Cancel: "CancelSessionRequest", Error: "Error",
                     Discovery: "DiscoveryResponse", DelegatePaymentRequest: "DelegatePaymentRequest",
                     DelegatePaymentAnswer: "DelegatePaymentResponse"}  # fmt: skip
            return kind, names.get(kind, "")
    return Session, "CheckoutSession"
