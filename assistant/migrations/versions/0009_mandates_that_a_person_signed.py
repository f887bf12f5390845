"""mandates that a person signed"""

import sqlalchemy as sa
from alembic import op

from assistant.store import Instant

revision = "0009"
down_revision = "0008"

KEPT = "NOT EXISTS (SELECT 1 FROM erasures WHERE user_id = OLD.user_id)"
TRIGGERS = (
    ("mandates_are_revoked_for_good", "UPDATE OF state ON mandates", "OLD.state <> 'active'", "revoked is revoked"),
    (
        "mandates_keep_what_was_signed",
        "UPDATE OF id, user_id, checkout, payment, created_at ON mandates",
        "1",
        "signed",
    ),
    (
        "mandates_see_no_earlier_time",
        "UPDATE OF seen_at ON mandates",
        "NEW.seen_at < OLD.seen_at",
        "the clock went back",
    ),
    ("mandate_uses_is_append_only_1", "UPDATE ON mandate_uses", "1", "append-only"),
    ("mandate_uses_is_append_only_2", "DELETE ON mandate_uses", KEPT, "append-only"),
)


def upgrade() -> None:
    op.create_table(
        "mandate_keys",
        sa.Column("user_id", sa.String(64), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("assistant", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_mandate_keys"),
    )
    op.create_table(
        "mandates",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(64), nullable=False),
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("checkout", sa.Text(), nullable=False),
        sa.Column("payment", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant()),
        sa.CheckConstraint("state IN ('active', 'revoked')", name=op.f("ck_mandates_state")),
        sa.PrimaryKeyConstraint("id", name="pk_mandates"),
    )
    op.create_index("ix_mandates_user_id", "mandates", ["user_id"])
    op.create_table(
        "mandate_uses",
        sa.Column("payment_id", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(64), nullable=False),
        sa.Column("mandate_id", sa.String(64), nullable=False),
        sa.Column("closed", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["mandate_id"], ["mandates.id"], name="fk_mandate_uses_mandate_id"),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name="fk_mandate_uses_payment_id"),
        sa.PrimaryKeyConstraint("payment_id", name="pk_mandate_uses"),
    )
    op.create_index("ix_mandate_uses_mandate_id", "mandate_uses", ["mandate_id"])
    for name, moment, wrong, message in TRIGGERS:
        op.execute(f"CREATE TRIGGER {name} BEFORE {moment} WHEN {wrong} BEGIN SELECT RAISE(ABORT, '{message}'); END")
