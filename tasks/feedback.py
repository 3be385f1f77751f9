"""The chore that reminds people of the feedback they owe."""

from __future__ import annotations

from datetime import datetime, timedelta

from scheduling.feedback import remind, to_remind
from work.chores import Chore, frequent

# No one waits for it, so it need not run at every tick.
_BETWEEN_LOOKS = timedelta(minutes=1)


def reminding(domain: str) -> Chore:
    """The chore; `domain` follows the @ of every Message-ID."""
    next_look: datetime | None = None

    def look(now: datetime) -> list[tuple[int, int]]:
        nonlocal next_look
        if next_look is not None and now < next_look:
            return []
        next_look = now + _BETWEEN_LOOKS
        return to_remind(now)

    return frequent("feedback", look, lambda due: remind(due, domain))
