"""everything of the first release"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TRIGGERS = (
    """CREATE TRIGGER payments_follow_their_steps BEFORE UPDATE OF state ON payments WHEN OLD.state <> NEW.state AND OLD.state || '>' || NEW.state NOT IN ('draft>confirmed', 'draft>canceled', 'draft>expired', 'confirmed>submitted', 'confirmed>canceled', 'submitted>succeeded', 'submitted>failed', 'submitted>requires_action', 'submitted>unknown', 'requires_action>succeeded', 'requires_action>failed', 'requires_action>unknown', 'unknown>succeeded', 'unknown>failed', 'unknown>requires_action') BEGIN SELECT RAISE(ABORT, 'no such step'); END""",
    """CREATE TRIGGER payments_begin_as_drafts BEFORE INSERT ON payments WHEN NEW.state <> 'draft' BEGIN SELECT RAISE(ABORT, 'a payment begins as a draft'); END""",
    """CREATE TRIGGER payments_keep_what_was_shown BEFORE UPDATE OF id, user_id, session_id, payee_id, payee_name, account, amount, currency, purpose, method, merchant_id, quote_id, hash, created_at, expires_at ON payments WHEN 1 BEGIN SELECT RAISE(ABORT, 'a changed draft is a new draft'); END""",
    """CREATE TRIGGER payments_keep_their_charge BEFORE UPDATE OF provider_ref ON payments WHEN OLD.provider_ref IS NOT NULL AND NEW.provider_ref IS NOT OLD.provider_ref BEGIN SELECT RAISE(ABORT, 'one charge for one draft'); END""",
    """CREATE TRIGGER payments_stay BEFORE DELETE ON payments WHEN OLD.state NOT IN ('draft', 'canceled', 'expired') AND NOT EXISTS (SELECT 1 FROM erasures WHERE user_id = OLD.user_id) BEGIN SELECT RAISE(ABORT, 'payments stay'); END""",
    """CREATE TRIGGER payment_events_is_append_only_1 BEFORE UPDATE ON payment_events WHEN 1 BEGIN SELECT RAISE(ABORT, 'append-only'); END""",
    """CREATE TRIGGER payment_events_is_append_only_2 BEFORE DELETE ON payment_events WHEN NOT EXISTS (SELECT 1 FROM erasures WHERE user_id = OLD.user_id) BEGIN SELECT RAISE(ABORT, 'append-only'); END""",
    """CREATE TRIGGER tokens_are_used_once BEFORE UPDATE OF used_at ON payment_tokens WHEN OLD.used_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a token is used once'); END""",
    """CREATE TRIGGER refunds_stay_below_the_payment BEFORE INSERT ON refunds WHEN NEW.amount + (SELECT coalesce(sum(amount), 0) FROM refunds WHERE payment_id = NEW.payment_id AND state <> 'failed') > (SELECT coalesce(sum(amount), 0) FROM payments WHERE id = NEW.payment_id AND state = 'succeeded') BEGIN SELECT RAISE(ABORT, 'more than was paid'); END""",
    """CREATE TRIGGER refunds_settle_once BEFORE UPDATE OF state ON refunds WHEN OLD.state <> 'submitted' BEGIN SELECT RAISE(ABORT, 'a refund settles once'); END""",
    """CREATE TRIGGER refunds_keep_their_amount BEFORE UPDATE OF id, user_id, payment_id, amount ON refunds WHEN 1 BEGIN SELECT RAISE(ABORT, 'a refund is fixed'); END""",
    """CREATE TRIGGER ledger_is_append_only_1 BEFORE UPDATE ON ledger WHEN 1 BEGIN SELECT RAISE(ABORT, 'append-only'); END""",
    """CREATE TRIGGER ledger_is_append_only_2 BEFORE DELETE ON ledger WHEN NOT EXISTS (SELECT 1 FROM erasures WHERE user_id = OLD.user_id) BEGIN SELECT RAISE(ABORT, 'append-only'); END""",
)


def upgrade() -> None:
    op.create_table(
        "actions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("session_id", sa.String(length=64), nullable=False),
        sa.Column("turn_id", sa.String(length=64), nullable=False),
        sa.Column("verb", sa.String(length=64), nullable=False),
        sa.Column("target", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actions")),
    )
    with op.batch_alter_table("actions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_actions_user_id"), ["user_id"], unique=False)

    op.create_table(
        "erasures",
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_erasures")),
    )
    op.create_table(
        "payees",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("iban", sa.String(length=34), nullable=False),
        sa.Column("nicknames", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("added_at", sa.String(length=32), nullable=False),
        sa.CheckConstraint("kind IN ('contact', 'biller')", name=op.f("ck_payees_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payees")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_payees_user_id_name")),
    )
    with op.batch_alter_table("payees", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payees_user_id"), ["user_id"], unique=False)

    op.create_table(
        "payment_events",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("payment_id", sa.String(length=64), nullable=False),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.String(length=120), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_events")),
    )
    with op.batch_alter_table("payment_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payment_events_payment_id"), ["payment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payment_events_user_id"), ["user_id"], unique=False)

    op.create_table(
        "payments",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("session_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("payee_id", sa.String(length=64), nullable=False),
        sa.Column("payee_name", sa.String(length=120), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("worth", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("method", sa.String(length=64), nullable=False),
        sa.Column("merchant_id", sa.String(length=64), nullable=False),
        sa.Column("quote_id", sa.String(length=64), nullable=False),
        sa.Column("sheet", sa.JSON(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("expires_at", sa.String(length=32), nullable=False),
        sa.Column("confirmed_at", sa.String(length=32), nullable=True),
        sa.Column("send_at", sa.String(length=32), nullable=True),
        sa.Column("moved_at", sa.String(length=32), nullable=False),
        sa.Column("provider_ref", sa.String(length=64), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("look_at", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.CheckConstraint("(merchant_id = '') = (quote_id = '')", name=op.f("ck_payments_quote")),
        sa.CheckConstraint("state <> 'confirmed' OR send_at IS NOT NULL", name=op.f("ck_payments_send_at")),
        sa.CheckConstraint("state <> 'succeeded' OR provider_ref IS NOT NULL", name=op.f("ck_payments_paid_has_proof")),
        sa.CheckConstraint(
            "state IN ('draft', 'confirmed', 'submitted', 'succeeded', 'failed', 'requires_action', 'unknown', 'canceled', 'expired')",
            name=op.f("ck_payments_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('draft', 'confirmed', 'canceled', 'expired') OR provider_ref IS NULL",
            name=op.f("ck_payments_unsent"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payments_amount")),
        sa.CheckConstraint("length(currency) = 3", name=op.f("ck_payments_currency")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("provider_ref", name=op.f("uq_payments_provider_ref")),
    )
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payments_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_payments_user_id"), ["user_id"], unique=False)

    op.create_table(
        "products",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("gtin", sa.String(length=14), nullable=False),
        sa.Column("category", sa.String(length=64), nullable=False),
        sa.Column("family", sa.String(length=64), nullable=False),
        sa.Column("brand", sa.String(length=120), nullable=False),
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("titles", sa.JSON(), nullable=False),
        sa.Column("descriptions", sa.JSON(), nullable=False),
        sa.Column("image", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("gtin", name=op.f("uq_products_gtin")),
    )
    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_products_model"), ["model"], unique=False)
        batch_op.create_index(batch_op.f("ix_products_user_id"), ["user_id"], unique=False)

    op.create_table(
        "quotes",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("merchant", sa.String(length=40), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("delivery", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("expires_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quotes")),
    )
    with op.batch_alter_table("quotes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quotes_user_id"), ["user_id"], unique=False)

    op.create_table(
        "sessions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_user_id"), ["user_id"], unique=False)

    op.create_table(
        "turns",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("session_id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("reply", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turns")),
    )
    with op.batch_alter_table("turns", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_turns_session_id"), ["session_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_turns_user_id"), ["user_id"], unique=False)

    op.create_table(
        "users",
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("seen_at", sa.String(length=32), nullable=False),
        sa.Column("preferences", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_users")),
    )
    op.create_table(
        "wallets",
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("per_payment", sa.BigInteger(), nullable=False),
        sa.Column("per_day", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.String(length=64), nullable=False),
        sa.Column("stopped_at", sa.String(length=32), nullable=True),
        sa.CheckConstraint("per_payment >= 0 AND per_day >= 0", name=op.f("ck_wallets_limits")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_wallets")),
    )
    op.create_table(
        "wealth_accounts",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("aliases", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wealth_accounts")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_wealth_accounts_user_id_name")),
    )
    op.create_table(
        "wealth_batches",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wealth_batches")),
    )
    op.create_table(
        "wealth_rules",
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "words", name=op.f("pk_wealth_rules")),
    )
    op.create_table(
        "wealth_securities",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("symbol", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wealth_securities")),
        sa.UniqueConstraint("user_id", "symbol", name=op.f("uq_wealth_securities_user_id_symbol")),
    )
    op.create_table(
        "wealth_uploads",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wealth_uploads")),
    )
    op.create_table(
        "ledger",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("payment_id", sa.String(length=64), nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("debit", sa.String(length=80), nullable=False),
        sa.Column("credit", sa.String(length=80), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_ledger_amount")),
        sa.CheckConstraint("debit <> credit", name=op.f("ck_ledger_two_sides")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_ledger_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
        sa.UniqueConstraint("ref", "debit", name=op.f("uq_ledger_ref_debit")),
    )
    with op.batch_alter_table("ledger", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_payment_id"), ["payment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_user_id"), ["user_id"], unique=False)

    op.create_table(
        "offers",
        sa.Column("product_id", sa.String(length=64), nullable=False),
        sa.Column("merchant", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=False),
        sa.Column("delivery_days", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.String(length=32), nullable=False),
        sa.CheckConstraint("delivery_days >= 0", name=op.f("ck_offers_delivery_days")),
        sa.CheckConstraint("stock >= 0", name=op.f("ck_offers_stock")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_offers_product_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("product_id", "merchant", name=op.f("pk_offers")),
    )
    op.create_table(
        "orders",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("quote_id", sa.String(length=64), nullable=False),
        sa.Column("merchant", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("provider_ref", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.CheckConstraint("status <> 'paid' OR provider_ref <> ''", name=op.f("ck_orders_paid_has_proof")),
        sa.CheckConstraint("status IN ('charging', 'paid', 'declined', 'canceled')", name=op.f("ck_orders_status")),
        sa.ForeignKeyConstraint(["quote_id"], ["quotes.id"], name=op.f("fk_orders_quote_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("quote_id", name=op.f("uq_orders_quote_id")),
    )
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_orders_user_id"), ["user_id"], unique=False)

    op.create_table(
        "payment_tokens",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("payment_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("expires_at", sa.String(length=32), nullable=False),
        sa.Column("used_at", sa.String(length=32), nullable=True),
        sa.Column("provider_ref", sa.String(length=64), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('confirm', 'vault')", name=op.f("ck_payment_tokens_kind")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_payment_tokens_payment_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_payment_tokens")),
        sa.UniqueConstraint("provider_ref", name=op.f("uq_payment_tokens_provider_ref")),
    )
    with op.batch_alter_table("payment_tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payment_tokens_payment_id"), ["payment_id"], unique=False)
        batch_op.create_index(
            "uq_payment_tokens_one_vault_token",
            ["payment_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'vault'"),
            postgresql_where=sa.text("kind = 'vault'"),
        )

    op.create_table(
        "price_history",
        sa.Column("product_id", sa.String(length=64), nullable=False),
        sa.Column("merchant", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("minor", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_price_history_product_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("product_id", "merchant", "currency", "at", name=op.f("pk_price_history")),
    )
    op.create_table(
        "product_attributes",
        sa.Column("product_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("text", sa.String(length=120), nullable=True),
        sa.Column("number", sa.Float(), nullable=True),
        sa.Column("unit", sa.String(length=8), nullable=False),
        sa.CheckConstraint("(text IS NULL) <> (number IS NULL)", name=op.f("ck_product_attributes_typed")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_product_attributes_product_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("product_id", "name", name=op.f("pk_product_attributes")),
    )
    op.create_table(
        "refunds",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("payment_id", sa.String(length=64), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("provider_ref", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("look_at", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.CheckConstraint("state IN ('submitted', 'succeeded', 'failed')", name=op.f("ck_refunds_state")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refunds_amount")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_refunds_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
        sa.UniqueConstraint("provider_ref", name=op.f("uq_refunds_provider_ref")),
    )
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refunds_payment_id"), ["payment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_refunds_user_id"), ["user_id"], unique=False)

    op.create_table(
        "wealth_entries",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("batch_id", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("payee", sa.Text(), nullable=False),
        sa.Column("memo", sa.Text(), nullable=False),
        sa.Column("identity", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["wealth_batches.id"], name=op.f("fk_wealth_entries_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wealth_entries")),
        sa.UniqueConstraint("user_id", "identity", name=op.f("uq_wealth_entries_user_id_identity")),
    )
    with op.batch_alter_table("wealth_entries", schema=None) as batch_op:
        batch_op.create_index("ix_wealth_entries_user_day", ["user_id", "day"], unique=False)

    op.create_table(
        "wealth_prices",
        sa.Column("security_id", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["security_id"], ["wealth_securities.id"], name=op.f("fk_wealth_prices_security_id")),
        sa.PrimaryKeyConstraint("security_id", "day", name=op.f("pk_wealth_prices")),
    )
    op.create_table(
        "prices",
        sa.Column("product_id", sa.String(length=64), nullable=False),
        sa.Column("merchant", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("minor", sa.Integer(), nullable=False),
        sa.CheckConstraint("minor > 0", name=op.f("ck_prices_minor")),
        sa.ForeignKeyConstraint(
            ["product_id", "merchant"],
            ["offers.product_id", "offers.merchant"],
            name=op.f("fk_prices_product_id_merchant"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("product_id", "merchant", "currency", name=op.f("pk_prices")),
    )
    op.create_table(
        "wealth_postings",
        sa.Column("entry_id", sa.String(length=64), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=64), nullable=True),
        sa.Column("flow", sa.String(length=16), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("security_id", sa.String(length=64), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(account_id IS NULL) <> (flow = '')", name=op.f("ck_wealth_postings_one_side")),
        sa.ForeignKeyConstraint(["account_id"], ["wealth_accounts.id"], name=op.f("fk_wealth_postings_account_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["wealth_entries.id"], name=op.f("fk_wealth_postings_entry_id")),
        sa.ForeignKeyConstraint(["security_id"], ["wealth_securities.id"], name=op.f("fk_wealth_postings_security_id")),
        sa.PrimaryKeyConstraint("entry_id", "line", name=op.f("pk_wealth_postings")),
    )
    with op.batch_alter_table("wealth_postings", schema=None) as batch_op:
        batch_op.create_index("ix_wealth_postings_user_account", ["user_id", "account_id"], unique=False)
    for trigger in TRIGGERS:
        op.execute(trigger)
