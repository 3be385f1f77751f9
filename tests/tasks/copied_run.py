"""What a backup that is made while everything is under way says, compared with what happened afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask import Flask

from extensions import db
from models import Interview, Mail, MailState, Meeting, MeetingState, Task, TaskState
from tasks.held_back import what_waits
from tests.machines.rows import in_rows
from timezones import utc_now


@dataclass(frozen=True)
class Facts:
    """`interviews` with their times, `meetings` that are ready with the provider's numbers, the Message-IDs
    of emails that were `sent`. `unfinished` interviews wait for something, `worked_on` have a task."""

    interviews: dict[int, datetime]
    meetings: dict[int, str | None]
    sent: set[str]
    unfinished: set[int]
    worked_on: set[int]
    queued: int


def facts_of(app: Flask) -> Facts:
    """What the database of an application says."""
    with in_rows(app):
        meetings = list(db.session.scalars(sa.select(Meeting).where(Meeting.is_wanted)))
        ready = {each.id: each.provider_meeting_id for each in meetings if each.state is MeetingState.READY}
        mails = list(db.session.scalars(sa.select(Mail)))
        queued = [mail for mail in mails if mail.state is MailState.QUEUED]
        left = {each.interview_id for each in meetings if each.id not in ready}
        tasks = db.session.scalars(
            sa.select(Task.subject).where(Task.state.in_((TaskState.READY, TaskState.RUNNING)))
        )
        numbers = [subject.removeprefix("interview:") for subject in tasks]
        return Facts(
            interviews={each.id: each.starts_at for each in db.session.scalars(sa.select(Interview))},
            meetings=ready,
            sent={mail.message_id for mail in mails if mail.state is MailState.SENT},
            unfinished=left | {mail.interview_id for mail in queued if mail.interview_id is not None},
            worked_on={int(number) for number in numbers if number.isdigit()},
            queued=len(queued),
        )


def assert_tells_the_truth(copy: Flask, scheduled: list[int], arrived: set[str], end: Flask) -> None:
    """Assert that the copy has everything that was decided, nothing that hadn't happened, and work for all
    that was not over.

    `scheduled` are the interviews at the time of the copy, `arrived` the Message-IDs of all emails that have
    reached anyone since, and `end` is the application on the database that was copied.
    """
    then, now = facts_of(copy), facts_of(end)
    assert sorted(then.interviews) == sorted(scheduled)
    assert then.interviews.items() <= now.interviews.items()
    # Nothing from a later moment, and nothing that was rolled back.
    assert then.meetings.items() <= now.meetings.items()
    assert then.sent <= now.sent
    assert then.sent <= arrived
    # It was made in the middle of the run, and whatever was under way goes on from there.
    assert then.unfinished
    assert then.unfinished <= then.worked_on
    with in_rows(copy):
        waiting = what_waits(utc_now())
        # What the page says would be sent.
        assert waiting.due_emails + waiting.later_emails == then.queued
