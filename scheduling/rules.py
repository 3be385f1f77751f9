"""What the settings decide about scheduling, handed in by whoever calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Rules:
    """`grace`: how long an invitation waits for its meeting.

    `reminder_minutes`: how long before the start reminders leave, longest first.

    `message_id_domain` stands behind the @ of every Message-ID.
    """

    grace: timedelta
    reminder_minutes: tuple[int, ...]
    message_id_domain: str
