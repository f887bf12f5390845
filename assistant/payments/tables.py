"""The tables of the payment room: what can be stored. What must never be stands in the schema (`migrations/`).

One row of `payments` is a payment from draft to receipt, under one id. The database itself holds that nothing shown on
its sheet is changed afterwards, that it moves along its steps only, and that `ledger` and `payment_events` only grow.
"""

from typing import Literal

import sqlalchemy as sa

from assistant.store import CURRENCY, ID, OWNER, Instant, a, key, perhaps, table, text

State = Literal[
    "draft", "confirmed", "submitted", "succeeded", "failed", "requires_action", "unknown", "canceled", "expired"
]


REF = perhaps(sa.String(64))  # what the provider calls it
AMOUNT, INSTANT = a(sa.BigInteger), a(Instant)

payees = table(
    "payees",
    id=ID, user_id=OWNER, name=text(120), kind=text(16), currency=CURRENCY, account=text(64), iban=text(34),
    nicknames=a(sa.JSON), source=text(16), added_at=INSTANT,
)  # fmt: skip
payments = table(
    "payments",
    id=ID,
    user_id=OWNER,
    session_id=text(64),
    state=text(16),
    payee_id=text(64),
    payee_name=text(120),
    account=text(64),  # the connected account the money must reach
    amount=AMOUNT,
    currency=CURRENCY,
    worth=a(sa.BigInteger),  # in the person's base currency, for the limits
    purpose=text(200),
    method=text(64),  # a payment method of the provider, never a card number
    merchant_id=text(64),  # empty: a contact or biller
    quote_id=text(64),
    sheet=a(sa.JSON),  # source, provenance, uncertain, assumed, lines, totals, match
    hash=text(64),
    created_at=INSTANT,
    expires_at=INSTANT,
    confirmed_at=perhaps(Instant),
    send_at=perhaps(Instant),
    moved_at=INSTANT,
    provider_ref=REF,
    attempt=a(sa.Integer, default=0),  # confirmations sent to the provider
    look_at=perhaps(Instant),  # when an undecided payment is looked at next
    reason=text(64, default=""),
)
tokens = table(
    "payment_tokens",
    digest=key(sa.String(64)),  # SHA-256 of the token; the token itself is not kept
    user_id=text(64),
    payment_id=a(sa.ForeignKey("payments.id")),
    kind=text(16),  # confirm: a person's gesture; vault: a merchant's right to charge
    expires_at=INSTANT,
    used_at=perhaps(Instant),
    provider_ref=REF,  # vault: the intent this token became
    attempt=a(sa.Integer, default=0),
)
refunds = table(
    "refunds",
    id=ID, user_id=OWNER, payment_id=a(sa.ForeignKey("payments.id")), amount=AMOUNT, state=text(16),
    provider_ref=REF, created_at=INSTANT, look_at=INSTANT, reason=text(64, default=""),
)  # fmt: skip
ledger = table(  # one row is a balanced transfer: `debit` gains what `credit` gives
    "ledger",
    id=ID,
    user_id=OWNER,
    payment_id=a(sa.ForeignKey("payments.id")),
    ref=text(64),  # the charge or refund it books
    debit=text(80),
    credit=text(80),
    amount=AMOUNT,
    currency=CURRENCY,
    at=INSTANT,
)
events = table(
    "payment_events",
    id=a(sa.Integer, primary_key=True, autoincrement=True),
    user_id=OWNER,
    payment_id=text(64),
    event=text(32),
    detail=text(120, default=""),
    at=INSTANT,
    hash=text(64),  # over the hash before and this row (audit.py)
)
hints = table("provider_events", id=ID, user_id=text(64), at=INSTANT)  # what the provider told us; each is heard once
transfers = table(  # prepared for the person's own bank; paid only when a statement says so
    "prepared_transfers",
    id=ID, user_id=OWNER, state=text(16), payee_id=text(64), payee_name=text(120), iban=text(34), amount=AMOUNT,
    currency=CURRENCY, purpose=text(140), reference=text(35), created_at=INSTANT, moved_at=INSTANT,
    proof=text(200, default=""),  # the row of the statement that matched
)  # fmt: skip
wallets = table(  # how a person pays, and how much at most; `currency` is their base currency
    "wallets",
    user_id=ID,
    currency=CURRENCY,
    per_payment=AMOUNT,
    per_day=AMOUNT,
    method=text(64),
    stopped_at=perhaps(Instant),
    per_month=perhaps(sa.BigInteger),  # these three: null stands for the default
    first_use=perhaps(sa.BigInteger),
    per_hour=perhaps(sa.Integer),
)
mandate_keys = table(  # encrypted PKCS #8: the person's key, and the one the assistant signs with
    "mandate_keys", user_id=ID, person=a(sa.Text), assistant=a(sa.Text)
)
mandate_keys.info["secret"] = True  # not in an export
mandates = table(  # the two signed texts say what is allowed; the other columns only find them
    "mandates",
    id=ID,
    user_id=OWNER,
    session_id=text(64),
    language=text(8),
    state=text(16),
    checkout=a(sa.Text),
    payment=a(sa.Text),
    created_at=INSTANT,
    seen_at=INSTANT,  # the latest instant it was asked at; a clock before it went back
    revoked_at=perhaps(Instant),
)
mandate_uses = table(
    "mandate_uses",
    payment_id=key(sa.ForeignKey("payments.id")),
    user_id=text(64),
    mandate_id=a(sa.ForeignKey("mandates.id")),
    closed=a(sa.Text),  # the chain: the payment mandate and this one payment
    at=INSTANT,
)
