"""Runs the migrations on the application's own engine, inside its context (`flask db …`)."""

from __future__ import annotations

from typing import Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext

from database import writing
from extensions import db


def _as_written(kind: str, item: object, autogen: AutogenContext) -> str | Literal[False]:
    """A migration is history: its enums must not depend on how the product reads them today."""
    if kind != "type" or not isinstance(item, sa.Enum):
        return False
    parts = [repr(value) for value in item.enums]
    parts += [f"name={item.name!r}", "native_enum=False", f"length={item.length}"]
    if item.create_constraint:
        parts.append("create_constraint=True")
    return f"sa.Enum({', '.join(parts)})"


def run() -> None:
    """Bring the database to the wanted revision, all steps in one transaction."""
    with writing(), db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            # SQLite changes a table by copying it; batch mode writes migrations that do.
            render_as_batch=True,
            render_item=_as_written,
            transaction_per_migration=False,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
