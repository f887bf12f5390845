"""The SQL of the payment room: what can be stored, and the triggers that make a wrong state impossible.

One row of `payments` is a payment from draft to receipt, under one id. Nothing that was shown on its sheet can be
changed afterwards; it moves along `STEPS` only; `ledger` and `payment_events` are append-only.
"""

import sqlalchemy as sa

from assistant.store import Instant, metadata

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


payees = sa.Table(
    "payees",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("user_id", sa.String(64), nullable=False, index=True),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("account", sa.String(64), nullable=False),
    sa.Column("iban", sa.String(34), nullable=False),
    sa.Column("nicknames", sa.JSON, nullable=False),
    sa.Column("source", sa.String(16), nullable=False),
    sa.Column("added_at", Instant, nullable=False),
    sa.UniqueConstraint("user_id", "name"),
    sa.CheckConstraint("kind IN ('contact', 'biller')", name="kind"),
)
payments = sa.Table(
    "payments",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("user_id", sa.String(64), nullable=False, index=True),
    sa.Column("session_id", sa.String(64), nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("payee_id", sa.String(64), nullable=False),
    sa.Column("payee_name", sa.String(120), nullable=False),
    sa.Column("account", sa.String(64), nullable=False),  # the connected account the money must reach
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("worth", sa.BigInteger, nullable=False),  # in the person's base currency, for the limits
    sa.Column("purpose", sa.String(200), nullable=False),
    sa.Column("method", sa.String(64), nullable=False),  # a payment method of the provider, never a card number
    sa.Column("merchant_id", sa.String(64), nullable=False),  # empty: a contact or biller
    sa.Column("quote_id", sa.String(64), nullable=False),
    sa.Column("sheet", sa.JSON, nullable=False),  # source, provenance, uncertain, assumed, lines, totals, match
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("confirmed_at", Instant),
    sa.Column("send_at", Instant),
    sa.Column("moved_at", Instant, nullable=False),
    sa.Column("provider_ref", sa.String(64), unique=True),
    sa.Column("attempt", sa.Integer, nullable=False, default=0),  # confirmations sent to the provider
    sa.Column("look_at", Instant),  # when an undecided payment is looked at next
    sa.Column("reason", sa.String(64), nullable=False, default=""),
    sa.CheckConstraint("amount > 0", name="amount"),
    sa.CheckConstraint("length(currency) = 3", name="currency"),
    sa.CheckConstraint(f"state IN ({_listed(STATES)})", name="state"),
    sa.CheckConstraint("(merchant_id = '') = (quote_id = '')", name="quote"),
    sa.CheckConstraint("state <> 'confirmed' OR send_at IS NOT NULL", name="send_at"),
    sa.CheckConstraint("state <> 'succeeded' OR provider_ref IS NOT NULL", name="paid_has_proof"),
    sa.CheckConstraint(
        "state NOT IN ('draft', 'confirmed', 'canceled', 'expired') OR provider_ref IS NULL", name="unsent"
    ),
)
tokens = sa.Table(
    "payment_tokens",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),  # SHA-256 of the token; the token itself is not kept
    sa.Column("user_id", sa.String(64), nullable=False),
    sa.Column("payment_id", sa.ForeignKey("payments.id"), nullable=False, index=True),
    sa.Column(
        "kind", sa.String(16), nullable=False
    ),  # confirm: a person's gesture; vault: a merchant's right to charge
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("used_at", Instant),
    sa.Column("provider_ref", sa.String(64), unique=True),  # vault: the intent this token became
    sa.Column("attempt", sa.Integer, nullable=False, default=0),
    sa.CheckConstraint("kind IN ('confirm', 'vault')", name="kind"),
)
sa.Index(
    "uq_payment_tokens_one_vault_token",
    tokens.c.payment_id,
    unique=True,
    sqlite_where=tokens.c.kind == "vault",
    postgresql_where=tokens.c.kind == "vault",
)
refunds = sa.Table(
    "refunds",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("user_id", sa.String(64), nullable=False, index=True),
    sa.Column("payment_id", sa.ForeignKey("payments.id"), nullable=False, index=True),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("provider_ref", sa.String(64), unique=True),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("look_at", Instant, nullable=False),
    sa.Column("reason", sa.String(64), nullable=False, default=""),
    sa.CheckConstraint("amount > 0", name="amount"),
    sa.CheckConstraint("state IN ('submitted', 'succeeded', 'failed')", name="state"),
)
ledger = sa.Table(  # one row is a balanced transfer: `debit` gains what `credit` gives
    "ledger",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("user_id", sa.String(64), nullable=False, index=True),
    sa.Column("payment_id", sa.ForeignKey("payments.id"), nullable=False, index=True),
    sa.Column("ref", sa.String(64), nullable=False),  # the charge or refund it books
    sa.Column("debit", sa.String(80), nullable=False),
    sa.Column("credit", sa.String(80), nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.UniqueConstraint("ref", "debit"),
    sa.CheckConstraint("amount > 0", name="amount"),
    sa.CheckConstraint("debit <> credit", name="two_sides"),
)
events = sa.Table(
    "payment_events",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("user_id", sa.String(64), nullable=False, index=True),
    sa.Column("payment_id", sa.String(64), nullable=False, index=True),
    sa.Column("event", sa.String(32), nullable=False),
    sa.Column("detail", sa.String(120), nullable=False, default=""),
    sa.Column("at", Instant, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False, server_default=""),  # over the hash before and this row (audit.py)
)
hints = sa.Table(  # events the provider told us of; each is heard once
    "provider_events",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("user_id", sa.String(64), nullable=False),
    sa.Column("at", Instant, nullable=False),
)
transfers = sa.Table(  # prepared for the person's own bank; paid only when a statement says so
    "prepared_transfers",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("user_id", sa.String(64), nullable=False, index=True),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("payee_id", sa.String(64), nullable=False),
    sa.Column("payee_name", sa.String(120), nullable=False),
    sa.Column("iban", sa.String(34), nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("purpose", sa.String(140), nullable=False),
    sa.Column("reference", sa.String(35), nullable=False, unique=True),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("moved_at", Instant, nullable=False),
    sa.Column("proof", sa.String(200), nullable=False, default=""),  # the row of the statement that matched
    sa.CheckConstraint("amount > 0", name="amount"),
    sa.CheckConstraint("state IN ('prepared', 'paid', 'canceled')", name="state"),
    sa.CheckConstraint("state <> 'paid' OR proof <> ''", name="paid_has_proof"),
)
wallets = sa.Table(  # how a person pays, and how much at most; `currency` is their base currency
    "wallets",
    metadata,
    sa.Column("user_id", sa.String(64), primary_key=True),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("per_payment", sa.BigInteger, nullable=False),
    sa.Column("per_day", sa.BigInteger, nullable=False),
    sa.Column("method", sa.String(64), nullable=False),
    sa.Column("stopped_at", Instant),
    sa.Column("per_month", sa.BigInteger),  # these three: null stands for the default
    sa.Column("first_use", sa.BigInteger),
    sa.Column("per_hour", sa.Integer),
    sa.CheckConstraint("per_payment >= 0 AND per_day >= 0", name="limits"),
)

mandate_keys = sa.Table(  # encrypted PKCS #8: the person's key, and the one the assistant signs with
    "mandate_keys",
    metadata,
    sa.Column("user_id", sa.String(64), primary_key=True),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("assistant", sa.Text, nullable=False),
    info={"secret": True},  # not in an export
)
mandates = sa.Table(  # the two signed texts say what is allowed; the other columns only find them
    "mandates",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("user_id", sa.String(64), nullable=False, index=True),
    sa.Column("session_id", sa.String(64), nullable=False),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("checkout", sa.Text, nullable=False),
    sa.Column("payment", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("seen_at", Instant, nullable=False),  # the latest instant it was asked at; a clock before it went back
    sa.Column("revoked_at", Instant),
    sa.CheckConstraint("state IN ('active', 'revoked')", name="state"),
)
mandate_uses = sa.Table(
    "mandate_uses",
    metadata,
    sa.Column("payment_id", sa.ForeignKey("payments.id"), primary_key=True),
    sa.Column("user_id", sa.String(64), nullable=False),
    sa.Column("mandate_id", sa.ForeignKey("mandates.id"), nullable=False, index=True),
    sa.Column("closed", sa.Text, nullable=False),  # the chain: the payment mandate and this one payment
    sa.Column("at", Instant, nullable=False),
)


def _trigger(table: sa.Table, name: str, moment: str, wrong: str, message: str) -> None:
    """Refuse with `message` at `moment` ("UPDATE OF state") whenever the condition `wrong` holds."""
    text = (
        f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {moment} ON {table.name} WHEN {wrong} "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
    )
    sa.event.listen(table, "after_create", sa.DDL(text).execute_if(dialect="sqlite"))  # type: ignore[no-untyped-call]


KEPT = "NOT EXISTS (SELECT 1 FROM erasures WHERE user_id = OLD.user_id)"  # a person's own rows may be erased whole
_step = f"OLD.state <> NEW.state AND OLD.state || '>' || NEW.state NOT IN ({_listed(STEPS)})"
_trigger(payments, "payments_follow_their_steps", "UPDATE OF state", _step, "no such step")
_trigger(payments, "payments_begin_as_drafts", "INSERT", "NEW.state <> 'draft'", "a payment begins as a draft")
_trigger(
    payments, "payments_keep_what_was_shown", f"UPDATE OF {', '.join(SHOWN)}", "1", "a changed draft is a new draft"
)
_trigger(
    payments,
    "payments_keep_their_charge",
    "UPDATE OF provider_ref",
    "OLD.provider_ref IS NOT NULL AND NEW.provider_ref IS NOT OLD.provider_ref",
    "one charge for one draft",
)
_trigger(
    payments,
    "payments_stay",
    "DELETE",
    f"OLD.state NOT IN ('draft', 'canceled', 'expired') AND {KEPT}",
    "payments stay",
)
_trigger(tokens, "tokens_are_used_once", "UPDATE OF used_at", "OLD.used_at IS NOT NULL", "a token is used once")
_trigger(
    refunds,
    "refunds_stay_below_the_payment",
    "INSERT",
    "NEW.amount + (SELECT coalesce(sum(amount), 0) FROM refunds"
    " WHERE payment_id = NEW.payment_id AND state <> 'failed')"
    " > (SELECT coalesce(sum(amount), 0) FROM payments WHERE id = NEW.payment_id AND state = 'succeeded')",
    "more than was paid",
)
_trigger(refunds, "refunds_settle_once", "UPDATE OF state", "OLD.state <> 'submitted'", "a refund settles once")
_trigger(refunds, "refunds_keep_their_amount", "UPDATE OF id, user_id, payment_id, amount", "1", "a refund is fixed")
_trigger(
    transfers,
    "transfers_keep_what_was_shown",
    "UPDATE OF id, user_id, payee_id, payee_name, iban, amount, currency, purpose, reference, created_at",
    "1",
    "a changed transfer is a new transfer",
)
_trigger(transfers, "transfers_end_once", "UPDATE OF state", "OLD.state <> 'prepared'", "a transfer ends once")
_trigger(mandates, "mandates_are_revoked_for_good", "UPDATE OF state", "OLD.state <> 'active'", "revoked is revoked")
_trigger(
    mandates, "mandates_keep_what_was_signed", "UPDATE OF id, user_id, checkout, payment, created_at", "1", "signed"
)
_trigger(
    mandates, "mandates_see_no_earlier_time", "UPDATE OF seen_at", "NEW.seen_at < OLD.seen_at", "the clock went back"
)
for _table in (ledger, events, mandate_uses):
    _trigger(_table, f"{_table.name}_is_append_only_1", "UPDATE", "1", "append-only")
    _trigger(_table, f"{_table.name}_is_append_only_2", "DELETE", KEPT, "append-only")
