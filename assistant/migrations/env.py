"""Alembic's door: `Store.upgrade` hands over its open connection; nothing here reads a configuration file."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
