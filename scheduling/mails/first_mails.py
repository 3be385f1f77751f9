"""The emails that go out about a new interview."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from models import Interview
from scheduling.mails.queue import invitations
from scheduling.mails.reminders import reminders
from scheduling.rules import Rules
from work import mail


def queue_first_mails(
    interview: Interview,
    rules: Rules,
    *,
    invite_by: datetime,
    remind_minutes_before: Iterable[int],
    no_reminder_for: frozenset[str] = frozenset(),
) -> None:
    """Queue what everyone gets about a new interview: an invitation, sent at `invite_by` at the latest, and a
    reminder at each of the times before the start.

    `no_reminder_for` holds the addresses, in lower case, of the people who get none. All are queued in one
    go, because a person is waiting for the response to a click.
    """
    mail.queue(
        [
            *invitations(interview, due_at=invite_by),
            *reminders(interview, remind_minutes_before, except_for=no_reminder_for),
        ],
        domain=rules.message_id_domain,
    )
