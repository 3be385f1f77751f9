"""How much of what a provider allows in one day an account has used up.

Zoom counts the meetings that are created and changed for one user, from midnight to midnight in UTC. Only our
own calls are known here; what its owner does with other apps on the same account comes on top, so that the
count is a reason to warn and never one to refuse.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from extensions import db
from models import CallKind, Connection, MeetingCall

DAILY_LIMIT = 100
_NEARLY = 80
# Zoom lets meetings be deleted without limit.
_COUNTED = (CallKind.CREATE, CallKind.UPDATE)


@dataclass(frozen=True)
class Budget:
    """What one account has used since the last 00:00 UTC. `begins_anew_at` is aware UTC."""

    used: int
    begins_anew_at: datetime

    @property
    def is_nearly_used(self) -> bool:
        return self.used >= _NEARLY

    @property
    def is_used_up(self) -> bool:
        return self.used >= DAILY_LIMIT


def budget_of(connection: Connection, now: datetime) -> Budget:
    """The budget of one connected account at `now` (aware UTC)."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    used = db.session.scalar(
        sa.select(sa.func.count(MeetingCall.id)).where(
            MeetingCall.connection_id == connection.id,
            MeetingCall.kind.in_(_COUNTED),
            MeetingCall.began_at >= midnight,
        )
    )
    return Budget(used or 0, midnight + timedelta(days=1))
