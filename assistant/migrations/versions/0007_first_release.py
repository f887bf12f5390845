"""The tables and triggers of the first release: the statements of the `.sql` file beside this one, in their order.

Folders that were made before any release ended at a step of this number, so theirs is not run again.
"""

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = None


def upgrade() -> None:
    for statement in Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").split("\n\n"):
        op.get_bind().exec_driver_sql(statement)
