"""When two JSON texts say the same, and who wrote one: HMAC-SHA256 with a key both sides share.

A webhook is signed as Stripe signs its own: `t=<unix>,v1=<hex>` over time, dot and body. A request carries base64url
over its canonical JSON. The secret of a shop's webhooks is drawn from the key it gave its agent.
"""

import base64
import hashlib
import hmac
import json
import re
from decimal import Decimal

TOLERANCE = 300  # seconds a webhook may be old, or early
HEADER = re.compile(r"t=(\d{1,12}),v1=([0-9a-fA-F]{64})")


def canonical(text: bytes) -> bytes:
    """The one way to write this JSON: keys sorted, 1.0 as 1, null kept, arrays in order. Raises ValueError."""
    said = json.loads(text, parse_float=_number, parse_constant=_refused)
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _number(text: str) -> int | float:
    value = Decimal(text)
    return int(value) if value == value.to_integral_value() and abs(value.adjusted()) < 20 else float(value)


def _refused(text: str) -> float:
    raise ValueError(f"{text} is no JSON")


def of_request(key: str, body: bytes) -> str:
    return base64.urlsafe_b64encode(_mac(key, canonical(body)).digest()).decode()


def secret_of(key: str) -> str:
    return _mac(key, b"webhooks").hexdigest()


def of_webhook(secret: str, body: bytes, now: int) -> str:
    """The `Merchant-Signature`, or `Stripe-Signature`, header."""
    return f"t={now},v1={_mac(secret, b'%d.' % now + body).hexdigest()}"


def is_genuine(secret: str, body: bytes, header: str, now: int) -> bool:
    said = HEADER.fullmatch(header)
    if not said or abs(now - int(said[1])) > TOLERANCE:
        return False
    return hmac.compare_digest(_mac(secret, said[1].encode() + b"." + body).hexdigest(), said[2].lower())


def _mac(key: str, text: bytes) -> hmac.HMAC:
    return hmac.new(key.encode(), text, hashlib.sha256)
