"""Alembic's door: `Store.upgrade` hands over its open connection; nothing here reads a configuration file."""

from alembic import context

from assistant.store import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_object=lambda _, __, kind, ___, ____: kind in ("table", "column"),
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
