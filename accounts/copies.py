"""Copies of an installation: a database that is used with another instance folder than it was made with.

The installation's id is stored in both. If they differ, someone has restored a backup, or copied the database
to try something out, and the original may still be running. A copy that worked in the background would
invite the same candidates again and use up the original's refresh tokens. So it does nothing until an owner
or admin has decided. A copy of both the database and the folder cannot be recognized.
"""

from __future__ import annotations

import sqlalchemy as sa

from accounts import audit
from accounts.audit import Event
from extensions import db
from models import Organization, User
from rows import rows_of
from timezones import utc_now

_STORED = sa.select(Organization.installation_id)


def is_paused(installation_id: str) -> bool:
    """Whether the database belongs to another installation than the folder with this id, so that nothing may
    be done in the background. False before the first run. Reads the database.
    """
    return any(row.installation_id != installation_id for row in rows_of(_STORED))


def stays_paused(installation_id: str) -> bool:
    """Whether someone decided that background work stays paused with this folder. Reads the database."""
    return db.session.scalar(sa.select(Organization.stays_paused_as)) == installation_id


def resume(actor: User | None, installation_id: str) -> bool:
    """Let this installation, whose folder has this id, work with the database from now on, in the current
    transaction; False if it already does. `actor` is None for the command line.
    """
    organization = db.session.get(Organization, 1, with_for_update=True)
    if organization is None or organization.installation_id == installation_id:
        return False
    organization.installation_id = installation_id
    organization.stays_paused_as, organization.resumed_at = None, utc_now()
    audit.record(
        Event.COPY_RESUMED, "Background work resumed: this copy now takes the original's place.", actor
    )
    return True


def stay_paused(actor: User, installation_id: str) -> bool:
    """Keep background work paused for as long as the database is used with this folder, in the current
    transaction; False if there is nothing to decide.
    """
    organization = db.session.get_one(Organization, 1, with_for_update=True)
    if installation_id in (organization.installation_id, organization.stays_paused_as):
        return False
    organization.stays_paused_as = installation_id
    audit.record(Event.COPY_PAUSED, "Background work stays paused, because this is a copy.", actor)
    return True
