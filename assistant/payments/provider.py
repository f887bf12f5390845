"""The card processor, through the official Stripe SDK. The only file that imports stripe; nothing here touches SQL.

The same calls reach the sandbox (loopback) and Stripe test mode; a live key is refused before a client exists. Retries
are off: measured, the SDK's own retries do not cover 429 or a truncated answer, and the reconciler covers both.
A charge is made in two calls: `create` moves no money, `confirm` does; between them the caller commits the reference.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

from assistant.errors import Refused, Unavailable
from assistant.money import Money
from assistant.settings import LIVE_KEYS
from assistant.store import apart

CONNECT_SECONDS, READ_SECONDS = 3, 20
WEBHOOK_SECONDS = 300
WHOLE: Any = {"expand": ["latest_charge"]}
Standing = Literal["succeeded", "failed", "requires_action", "processing", "open"]


@dataclass(frozen=True, slots=True)
class Charge:
    """What the provider says of one payment intent. `reached`: the account the money is on now, or empty."""

    ref: str
    standing: Standing
    amount: Money
    metadata: Mapping[str, str]
    reached: str = ""
    reason: str = ""
    action: str = ""  # where the bank asks its question while it `requires_action`


@dataclass(frozen=True, slots=True)
class Bill:
    """What to charge. `to` receives a destination charge; `on` instead charges on that account itself."""

    key: str  # ours, unique for the draft or the token
    amount: Money
    method: str
    description: str
    metadata: Mapping[str, str]
    to: str = ""
    on: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """A shared payment token: what it became, whether it still can, and the bank's word on it (ACP's result)."""

    token: str = field(repr=False)
    session: str
    most: Money
    ref: str  # the intent that used it up, or empty
    revoked: bool
    proof: Mapping[str, Any] | None


class Made(NamedTuple):
    """An intent as it is listed: its `status` in the provider's own words."""

    ref: str
    status: str
    metadata: Mapping[str, str]


class Provider:
    """`base()` gives the address of the API, None for Stripe's own; it is asked for on the first call."""

    def __init__(self, key: str, base: Callable[[], str | None]) -> None:
        if key.startswith(LIVE_KEYS):
            raise Refused("live_key")
        self._key = key
        self._base = base
        self._receiving: set[str] = set()

    @functools.cached_property
    def _client(self) -> Any:
        import requests
        import stripe

        stripe.enable_telemetry = False
        address = self._base()
        session = requests.Session()
        session.trust_env = address is None  # the sandbox is on this machine: no proxy leads there
        return stripe.StripeClient(
            self._key,
            base_addresses={"api": address} if address else None,
            max_network_retries=0,
            http_client=stripe.RequestsClient(timeout=(CONNECT_SECONDS, READ_SECONDS), session=session),
        )

    def lends(self) -> bool:
        """Whether cards can be lent here: Stripe's own shared payment tokens are a preview, and are not used."""
        return self._base() is not None

    def connect(self) -> None:
        """Have the client ready before it is needed; calls nobody."""
        _ = self._client

    def create(self, bill: Bill) -> str:
        """An unconfirmed intent; moves no money. Raises `Refused` when the provider will not take the bill."""
        params: dict[str, Any] = {
            "amount": bill.amount.minor,
            "currency": bill.amount.currency.lower(),
            "payment_method": bill.method,
            "description": bill.description,
            "metadata": dict(bill.metadata),
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "always"},
        }
        if bill.to:
            params["transfer_data"] = {"destination": bill.to}
        with _plain():
            made = self._client.v1.payment_intents.create(params, _options(bill.on, f"{bill.key}:create"))
        return str(made.id)

    def confirm(self, ref: str, key: str, on: str = "", back: str = "") -> Charge:
        """Take the money. A decline is a `Charge` that failed; silence raises `Unavailable`.

        `back`: where the bank's own page leads when it has asked its question (3-D Secure).
        """
        import stripe

        asked = {"return_url": back} if back else {}
        with _plain():
            try:
                taken = self._client.v1.payment_intents.confirm(ref, asked | WHOLE, _options(on, key))
                return _charge(taken, on)
            except stripe.CardError:
                pass  # the decline stands on the intent, where it is read back
            except stripe.InvalidRequestError as error:
                if error.code != "payment_intent_unexpected_state":
                    raise
        return self.retrieve(ref, on)

    def retrieve(self, ref: str, on: str = "") -> Charge:
        with _plain():
            return _charge(self._client.v1.payment_intents.retrieve(ref, WHOLE, _options(on)), on)

    def cancel(self, ref: str, on: str = "") -> Charge:
        """Cancel an intent that has not succeeded; says how it stands afterwards."""
        import stripe

        with _plain():
            try:
                self._client.v1.payment_intents.cancel(ref, {}, _options(on))
            except stripe.InvalidRequestError as error:
                if error.code != "payment_intent_unexpected_state":
                    raise
        return self.retrieve(ref, on)

    def made(self, since: datetime, on: str = "") -> list[Made]:
        """Every intent made since then."""
        asked = {"created": {"gte": int(since.timestamp())}, "limit": 100}
        with _plain():
            every = self._client.v1.payment_intents.list(asked, _options(on)).auto_paging_iter()
            return [Made(str(one.id), str(one.status), one.metadata.to_dict()) for one in every]

    def refund(self, ref: str, amount: Money, key: str, on: str = "") -> tuple[str, str]:
        """Give back part of an intent, taking it from the payee; (reference, status). The same key refunds once."""
        params: dict[str, Any] = {"payment_intent": ref, "amount": amount.minor, "metadata": {"refund": key}}
        if not on:
            params["reverse_transfer"] = True
        with _plain():
            made = self._client.v1.refunds.create(params, _options(on, key))
        return str(made.id), str(made.status)

    def refund_of(self, ref: str, key: str, on: str = "") -> tuple[str, str] | None:
        """The refund that was made with this key, if any: how a lost answer is found again."""
        with _plain():
            made = self._client.v1.refunds.list({"payment_intent": ref, "limit": 100}, _options(on)).data
        return next(
            ((str(r.id), str(r.status)) for r in made if r.metadata and r.metadata.to_dict().get("refund") == key), None
        )

    def event(self, payload: bytes, signature: str, secret: str, now: int) -> tuple[str, str]:
        """(event id, intent it is about) of a webhook; nothing else of it is believed.

        Raises `Refused` unless it is signed with `secret` and neither older nor newer than five minutes (the SDK's own
        check lets a time in the future pass).
        """
        import stripe

        try:
            stripe.WebhookSignature.verify_header(payload.decode(), signature, secret, None)
            signed = next(int(part[2:]) for part in signature.split(",") if part.startswith("t="))
            told = json.loads(payload)
            about = told["data"]["object"]
            ref = about["id"] if about["object"] == "payment_intent" else about.get("payment_intent")
            if abs(now - signed) <= WEBHOOK_SECONDS:
                return str(told["id"]), str(ref or "")
        except (stripe.SignatureVerificationError, ValueError, KeyError, TypeError, AttributeError, StopIteration):
            pass
        raise Refused("webhook_not_genuine")

    def lend(
        self, method: str, most: Money, to: str, session: str, expires: datetime, metadata: Mapping[str, str]
    ) -> Grant:
        """The one token of this payment (`metadata["payment"]`), as it stands now; made on the first call."""
        return self._grant("post", "issued_tokens", payment_method=method, seller_details={"external_id": to},
                           usage_limits={"currency": most.currency.lower(), "max_amount": most.minor,
                                         "expires_at": int(expires.timestamp())},
                           metadata={**metadata, "checkout_session_id": session})  # fmt: skip

    def issued(self, token: str) -> Grant:
        """How a token that was lent stands."""
        return self._grant("get", f"issued_tokens/{token}")

    def revoke(self, token: str) -> Grant:
        return self._grant("post", f"issued_tokens/{token}/revoke")

    def granted(self, token: str, on: str) -> Grant:
        """The merchant's view of a token it was given. Raises `Refused` for one of somebody else's."""
        return self._grant("get", f"granted_tokens/{token}", stripe_account=on)

    def _grant(self, method: str, place: str, **params: Any) -> Grant:
        with _plain():
            told = self._client.raw_request(method, f"/v1/shared_payment/{place}", **params).data
        limits = told["usage_limits"]
        most = Money(int(limits["max_amount"]), str(limits["currency"]).upper())
        return Grant(str(told["id"]), str(told["checkout_session_id"]), most, str(told["payment_intent"] or ""),
                     bool(told["revoked"]), told["authentication"])  # fmt: skip

    def receives(self, account: str) -> bool:
        """Whether a connected account exists and can be paid (transfers active); a yes is asked for once."""
        import stripe

        if account in self._receiving:
            return True
        try:
            with _plain():
                found = self._client.v1.accounts.retrieve(account)
        except Refused as error:
            if isinstance(error.__cause__, (stripe.InvalidRequestError, stripe.PermissionError)):
                return False
            raise
        if found.capabilities and found.capabilities.to_dict().get("transfers") == "active":
            self._receiving.add(account)
        return account in self._receiving


def of_stripe(page: str) -> bool:
    """A page of the bank's question that a browser may be led to: https, at Stripe."""
    parts = urlsplit(page)
    return parts.scheme == "https" and (parts.hostname or "").endswith(".stripe.com")


def _options(on: str, key: str = "") -> dict[str, str]:
    return ({"stripe_account": on} if on else {}) | ({"idempotency_key": key} if key else {})


def _charge(intent: Any, on: str) -> Charge:
    """An intent with its latest charge expanded, read down to what is decided."""
    error = intent.last_payment_error.to_dict() if intent.last_payment_error else {}
    standing: Standing = "open"
    if intent.status in ("succeeded", "requires_action", "processing"):
        standing = intent.status
    elif intent.status == "canceled" or (intent.status == "requires_payment_method" and error):
        standing = "failed"
    reason = error.get("decline_code") or error.get("code") or ("canceled" if intent.status == "canceled" else "")
    amount = Money(intent.amount_received if standing == "succeeded" else intent.amount, intent.currency.upper())
    return Charge(intent.id, standing, amount, intent.metadata.to_dict(), _reached(intent, on), reason, _asked(intent))


def _asked(intent: Any) -> str:
    """The page on which the bank asks, if it asks on one."""
    page = intent.next_action.to_dict().get("redirect_to_url") if intent.next_action else None
    return str(page["url"]) if page else ""


def _reached(intent: Any, on: str) -> str:
    """A destination charge has arrived when its transfer exists; a charge on an account, when it is paid there."""
    charge = intent.latest_charge
    if intent.status != "succeeded" or not charge or not charge.paid:
        return ""
    return on or (str(intent.transfer_data.destination) if charge.transfer and intent.transfer_data else "")


@contextmanager
def _plain() -> Iterator[None]:
    """The SDK's errors as ours: `Refused` when the provider decided, `Unavailable` when nobody knows."""
    import stripe

    apart()
    try:
        yield
    except stripe.IdempotencyError as error:
        raise Refused("provider_refused", reason="idempotency_error") from error
    except (stripe.InvalidRequestError, stripe.PermissionError, stripe.AuthenticationError) as error:
        raise Refused("provider_refused", reason=error.code or type(error).__name__) from error
    except stripe.StripeError as error:
        raise Unavailable("provider_silent") from error


@functools.cache
def parameters(name: str) -> tuple[frozenset[str], frozenset[str]] | None:
    """Required and accepted keys of a request by the SDK's own TypedDict, e.g. 'PaymentIntentCreateParams'."""
    import stripe
    from stripe import params

    try:
        kind = attrgetter(name)(params)
    except AttributeError:
        return None
    return kind.__required_keys__, frozenset(kind.__annotations__) - frozenset(stripe.RequestOptions.__annotations__)


@functools.cache
def attributes(name: str) -> tuple[str, ...]:
    """The attributes of a resource by the SDK's annotations, e.g. 'PaymentIntent'."""
    import stripe

    return tuple(key for key in attrgetter(name)(stripe).__annotations__ if key != "OBJECT_NAME")
