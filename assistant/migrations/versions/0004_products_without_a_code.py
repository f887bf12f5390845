"""a product may have no GTIN"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = ("products", "product_attributes", "offers", "prices", "price_history")  # each after those it points to


def upgrade() -> None:
    """SQLite alters no column: the tables are made again, the ones that point to products with them."""
    db = op.get_bind()
    if db.dialect.name != "sqlite":
        op.alter_column("products", "gtin", nullable=True)
        return
    made = sa.text("SELECT sql FROM sqlite_master WHERE tbl_name = :name AND sql IS NOT NULL ORDER BY type DESC")
    sql = {name: db.execute(made, {"name": name}).scalars().all() for name in TABLES}
    rows = {name: db.exec_driver_sql(f"SELECT * FROM {name}").mappings().all() for name in TABLES}  # noqa: S608
    for name in reversed(TABLES):
        op.drop_table(name)
    for name in TABLES:
        for statement in sql[name]:
            op.execute(statement.replace("gtin VARCHAR(14) NOT NULL", "gtin VARCHAR(14)"))
        if rows[name]:
            names = ", ".join(str(column) for column in rows[name][0])
            places = ", ".join(f":{column}" for column in rows[name][0])
            db.execute(sa.text(f"INSERT INTO {name} ({names}) VALUES ({places})"), [dict(row) for row in rows[name]])  # noqa: S608
