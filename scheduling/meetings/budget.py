"""How much of a provider's daily limit an account has used. Only our own calls are known here; other apps on
the same account add to them, so the count is a reason to warn and never a reason to refuse.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from extensions import db
from models import CallKind, Connection, MeetingCall
from scheduling.software import DailyLimit


@dataclass(frozen=True)
class Budget:
    """What one account has used of a daily limit since it was last reset. `resets_at` is aware UTC."""

    used: int
    limit: DailyLimit
    resets_at: datetime

    @property
    def is_nearly_used(self) -> bool:
        return self.used >= self.limit.nearly

    @property
    def is_used_up(self) -> bool:
        return self.used >= self.limit.calls


def budget_of(connection: Connection, limit: DailyLimit, now: datetime) -> Budget:
    """What one connected account has used of its software's `limit` at `now` (aware UTC)."""
    since = limit.last_reset(now)
    used = db.session.scalar(
        sa.select(sa.func.count(MeetingCall.id)).where(
            MeetingCall.connection_id == connection.id,
            MeetingCall.kind.in_([CallKind(name) for name in limit.counts]),
            MeetingCall.began_at >= since,
            MeetingCall.is_assumed.is_(False),
        )
    )
    return Budget(used or 0, limit, limit.next_reset(now))
