"""Alembic's door: `Store.upgrade` hands over its open connection; nothing here reads a configuration file."""

from alembic import context

from assistant.store import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
