"""What a restored installation cannot know: what the original did after the backup was made."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from models import Interview, Organization
from rows import rows_of

_RESTORED_FROM = sa.select(Organization.restored_from)


def unknown_since(interview: Interview) -> datetime | None:
    """The moment (aware UTC) at which the restored backup was made, if the interview was scheduled before it:
    since then, meetings and entries may have been made for it that no row here knows of. None for all others.
    One statement."""
    found = rows_of(_RESTORED_FROM)
    restored_from = found[0].restored_from if found else None
    return restored_from if restored_from is not None and interview.created_at <= restored_from else None
