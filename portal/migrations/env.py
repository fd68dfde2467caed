"""Alembic's way in: runs on the connection that `portal.migrations.upgrade` hands over."""

from alembic import context

import portal.tables  # noqa: F401 - fills the metadata with every slice's tables
from portal.core.db import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    transactional_ddl=True,
)
context.run_migrations()
