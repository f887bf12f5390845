"""The SQL of the payment room: what can be stored, and the triggers that make a wrong state impossible.

One row of `payments` is a payment from draft to receipt, under one id. Nothing that was shown on its sheet can be
changed afterwards; it moves along `STEPS` only; `ledger` and `payment_events` are append-only.
"""

import tomllib
from pathlib import Path

import sqlalchemy as sa

from assistant.store import CURRENCY, ID, OWNER, Instant, Made, a, key, metadata, perhaps, table, text

STATES = (
    "draft", "confirmed", "submitted", "succeeded", "failed", "requires_action", "unknown", "canceled", "expired",
)  # fmt: skip
STEPS = (
    "draft>confirmed", "draft>canceled", "draft>expired", "confirmed>submitted", "confirmed>canceled",
    "submitted>succeeded", "submitted>failed", "submitted>requires_action", "submitted>unknown",
    "requires_action>succeeded", "requires_action>failed", "requires_action>unknown",
    "unknown>succeeded", "unknown>failed", "unknown>requires_action",
)  # fmt: skip
SHOWN = (
    "id", "user_id", "session_id", "payee_id", "payee_name", "account", "amount", "currency", "purpose", "method",
    "merchant_id", "quote_id", "hash", "created_at", "expires_at",
)  # fmt: skip


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _one_of(column: str, *words: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{column} IN ({_listed(words)})", name=column)


def _always(name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=name)


def _of(column: str, **options: bool) -> Made:
    """What belongs to a row of another table."""
    return lambda name: a(sa.ForeignKey(column), **options)(name)


REF = perhaps(sa.String(64), unique=True)  # what the provider calls it
AMOUNT, INSTANT = a(sa.BigInteger), a(Instant)
POSITIVE = "amount > 0"

payees = table(
    "payees",
    _one_of("kind", "contact", "biller"),
    sa.UniqueConstraint("user_id", "name"),
    id=ID, user_id=OWNER, name=text(120), kind=text(16), currency=CURRENCY, account=text(64), iban=text(34),
    nicknames=a(sa.JSON), source=text(16), added_at=INSTANT,
)  # fmt: skip
payments = table(
    "payments",
    _always("amount", POSITIVE),
    _always("currency", "length(currency) = 3"),
    _one_of("state", *STATES),
    _always("quote", "(merchant_id = '') = (quote_id = '')"),
    _always("send_at", "state <> 'confirmed' OR send_at IS NOT NULL"),
    _always("paid_has_proof", "state <> 'succeeded' OR provider_ref IS NOT NULL"),
    _always("unsent", "state NOT IN ('draft', 'confirmed', 'canceled', 'expired') OR provider_ref IS NULL"),
    id=ID,
    user_id=OWNER,
    session_id=text(64),
    state=text(16, index=True),
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
    _one_of("kind", "confirm", "vault"),
    digest=key(sa.String(64)),  # SHA-256 of the token; the token itself is not kept
    user_id=text(64),
    payment_id=_of("payments.id", index=True),
    kind=text(16),  # confirm: a person's gesture; vault: a merchant's right to charge
    expires_at=INSTANT,
    used_at=perhaps(Instant),
    provider_ref=REF,  # vault: the intent this token became
    attempt=a(sa.Integer, default=0),
)
sa.Index(
    "uq_payment_tokens_one_vault_token",
    tokens.c.payment_id,
    unique=True,
    sqlite_where=tokens.c.kind == "vault",
    postgresql_where=tokens.c.kind == "vault",
)
refunds = table(
    "refunds",
    _always("amount", POSITIVE),
    _one_of("state", "submitted", "succeeded", "failed"),
    id=ID, user_id=OWNER, payment_id=_of("payments.id", index=True), amount=AMOUNT, state=text(16),
    provider_ref=REF, created_at=INSTANT, look_at=INSTANT, reason=text(64, default=""),
)  # fmt: skip
ledger = table(  # one row is a balanced transfer: `debit` gains what `credit` gives
    "ledger",
    sa.UniqueConstraint("ref", "debit"),
    _always("amount", POSITIVE),
    _always("two_sides", "debit <> credit"),
    id=ID,
    user_id=OWNER,
    payment_id=_of("payments.id", index=True),
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
    payment_id=text(64, index=True),
    event=text(32),
    detail=text(120, default=""),
    at=INSTANT,
    hash=text(64, server_default=""),  # over the hash before and this row (audit.py)
)
hints = table("provider_events", id=ID, user_id=text(64), at=INSTANT)  # what the provider told us; each is heard once
transfers = table(  # prepared for the person's own bank; paid only when a statement says so
    "prepared_transfers",
    _always("amount", POSITIVE),
    _one_of("state", "prepared", "paid", "canceled"),
    _always("paid_has_proof", "state <> 'paid' OR proof <> ''"),
    id=ID, user_id=OWNER, state=text(16), payee_id=text(64), payee_name=text(120), iban=text(34), amount=AMOUNT,
    currency=CURRENCY, purpose=text(140), reference=text(35, unique=True), created_at=INSTANT, moved_at=INSTANT,
    proof=text(200, default=""),  # the row of the statement that matched
)  # fmt: skip
wallets = table(  # how a person pays, and how much at most; `currency` is their base currency
    "wallets",
    _always("limits", "per_payment >= 0 AND per_day >= 0"),
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
    _one_of("state", "active", "revoked"),
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
    payment_id=_of("payments.id", primary_key=True),
    user_id=text(64),
    mandate_id=_of("mandates.id", index=True),
    closed=a(sa.Text),  # the chain: the payment mandate and this one payment
    at=INSTANT,
)


def _triggers() -> None:
    """What `tables.toml` forbids, at its moment ("UPDATE OF state"), with its message whenever its condition holds."""
    told = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    listed = {"SHOWN": ", ".join(SHOWN), "STEPS": _listed(STEPS), "KEPT": told.pop("KEPT")}
    for name, (on, moment, wrong, message) in told.items():
        sql = (
            f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {moment} ON {on} WHEN {wrong} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        ).format_map(listed)
        made = sa.DDL(sql).execute_if(dialect="sqlite")  # type: ignore[no-untyped-call]
        sa.event.listen(metadata.tables[on], "after_create", made)


_triggers()
