"""How Alembic runs our steps: on the connection it is handed, all steps in one transaction.

Column types are written as plain SQLAlchemy ones, so that an old step does not depend on today's code.
"""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, DateTime, String
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

import shop.tables  # noqa: F401  (all tables are known)
from catalog.times import UtcDateTime
from shop.migrating import is_ours


def render_item(kind: str, item: Any, autogen_context: AutogenContext) -> str | Literal[False]:
    """Write our own column types as what they are in the database."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return f"sa.{DateTime(timezone=True)!r}"
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.{String(getattr(item.impl_instance, 'length', None))!r}"
    return False


def run(connection: Connection) -> None:
    """Run the wanted steps; the caller has begun the transaction and commits it."""
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=True,
        compare_type=True,
        include_name=is_ours,
        render_item=render_item,
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
