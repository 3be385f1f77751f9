"""Runs the migrations on the application's own engine, inside its context (`flask db …`)."""

from __future__ import annotations

from alembic import context

from database import writing
from extensions import db


def run() -> None:
    """Bring the database to the wanted revision, all steps in one transaction."""
    with writing(), db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            # SQLite changes a table by copying it; batch mode writes migrations that do.
            render_as_batch=True,
            transaction_per_migration=False,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
