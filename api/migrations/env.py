"""Alembic's entry: runs the migrations in the transaction that `upgrade` began."""

from alembic import context

from api.migrations import metadata_for

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata_for(connection.dialect.name))
context.run_migrations()
