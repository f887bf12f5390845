"""A quote of a shop added by URL names the shop's checkout session."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("quotes", sa.Column("session", sa.String(255), nullable=False, server_default=""))
