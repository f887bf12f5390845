"""limits per month, first use and hour; a hash in each payment event; provider events; prepared transfers"""

import sqlalchemy as sa
from alembic import op

from assistant.payments.audit import link

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

EVENTS_STAY = """CREATE TRIGGER payment_events_is_append_only_1 BEFORE UPDATE ON payment_events WHEN 1 BEGIN SELECT RAISE(ABORT, 'append-only'); END"""
TRIGGERS = (
    EVENTS_STAY,
    """CREATE TRIGGER transfers_keep_what_was_shown BEFORE UPDATE OF id, user_id, payee_id, payee_name, iban, amount, currency, purpose, reference, created_at ON prepared_transfers WHEN 1 BEGIN SELECT RAISE(ABORT, 'a changed transfer is a new transfer'); END""",
    """CREATE TRIGGER transfers_end_once BEFORE UPDATE OF state ON prepared_transfers WHEN OLD.state <> 'prepared' BEGIN SELECT RAISE(ABORT, 'a transfer ends once'); END""",
)


def upgrade() -> None:
    for name, kind in (("per_month", sa.BigInteger()), ("first_use", sa.BigInteger()), ("per_hour", sa.Integer())):
        op.add_column("wallets", sa.Column(name, kind))
    op.add_column("payment_events", sa.Column("hash", sa.String(length=64), nullable=False, server_default=""))
    op.create_table(
        "provider_events",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_events")),
    )
    op.create_table(
        "prepared_transfers",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("payee_id", sa.String(length=64), nullable=False),
        sa.Column("payee_name", sa.String(length=120), nullable=False),
        sa.Column("iban", sa.String(length=34), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("purpose", sa.String(length=140), nullable=False),
        sa.Column("reference", sa.String(length=35), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("moved_at", sa.String(length=32), nullable=False),
        sa.Column("proof", sa.String(length=200), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_prepared_transfers_amount")),
        sa.CheckConstraint("state IN ('prepared', 'paid', 'canceled')", name=op.f("ck_prepared_transfers_state")),
        sa.CheckConstraint("state <> 'paid' OR proof <> ''", name=op.f("ck_prepared_transfers_paid_has_proof")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prepared_transfers")),
        sa.UniqueConstraint("reference", name=op.f("uq_prepared_transfers_reference")),
    )
    op.create_index(op.f("ix_prepared_transfers_user_id"), "prepared_transfers", ["user_id"], unique=False)
    _chain()
    for trigger in TRIGGERS:
        op.execute(trigger)


def _chain() -> None:
    """Events of the first release get their hashes; until then nothing may change them, now nothing may again."""
    op.execute("DROP TRIGGER payment_events_is_append_only_1")
    db = op.get_bind()
    heads: dict[str, str] = {}
    for row in db.execute(sa.text("SELECT * FROM payment_events ORDER BY id")).all():
        heads[row.user_id] = link(
            heads.get(row.user_id, ""), row.user_id, row.payment_id, row.event, row.detail, row.at
        )
        made = {"hash": heads[row.user_id], "id": row.id}
        db.execute(sa.text("UPDATE payment_events SET hash = :hash WHERE id = :id"), made)
