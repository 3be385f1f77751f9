"""The rows of what is read from calendars. To hold several of them, lock the connection first, then its
calendar; events change only under its calendar's lock."""

from __future__ import annotations

import sqlalchemy as sa

from extensions import db
from models import Connection, SyncedCalendar


def held_connection(connection_id: int) -> Connection | None:
    """The connection as it is now, held for the rest of the transaction, so that it does not end meanwhile;
    None if there is none."""
    return db.session.get(
        Connection, connection_id, with_for_update={"key_share": True}, populate_existing=True
    )


def held_calendar(connection_id: int) -> SyncedCalendar | None:
    """How far the calendar of a connection was read, held as well; None if it has not been looked at yet."""
    return db.session.scalar(
        sa.select(SyncedCalendar)
        .where(SyncedCalendar.connection_id == connection_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
