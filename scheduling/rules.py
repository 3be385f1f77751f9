"""The settings that scheduling needs, passed in by the caller."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Rules:
    """`grace`: how long an invitation waits for its meeting.

    `reminder_minutes`: how long before the start reminders are sent, longest first.

    `message_id_domain` follows the @ of every Message-ID.
    """

    grace: timedelta
    reminder_minutes: tuple[int, ...]
    message_id_domain: str
