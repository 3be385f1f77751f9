"""Whether anything that an open interview's page shows has changed, in one statement.

Working out what the page would show takes six. The page asks every two seconds, and the answer is hardly ever
yes, so the rows behind it are compared first, with all their columns: a column that is added later is
included without anyone having to remember it.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import cache, reduce
from typing import Any

import sqlalchemy as sa

from accounts.permissions import Action
from accounts.row_permissions import Asker, Reader, interview_is_within
from database import written_out
from extensions import Model
from models import (
    Application,
    Attachment,
    Attendee,
    CalendarEntry,
    Candidate,
    Connection,
    Interview,
    Mail,
    Meeting,
    MeetingCall,
    Revision,
    Role,
    Task,
    TaskState,
    TimelineEntry,
    User,
)
from rows import rows_of
from scheduling.entries.wanting import SYNC_ENTRIES
from scheduling.meetings.looks import LOOK_AT_MEETING
from scheduling.meetings.wanting import SYNC_MEETING
from timezones import utc_now
from work.mail import about_interview

# Anything that depends on the time in ways not listed below changes on the page at most this much later.
_MINUTES = 15


def stamp_of(actor: Reader, interview_id: int) -> str | None:
    """A few characters that change whenever the page would show this person something different, and
    sometimes when it would not; None if they may not see the interview."""
    now = utc_now()
    told = {
        "asker_id": actor.id,
        "interview_id": interview_id,
        "about": about_interview(interview_id),
        "now": now,
    }
    found = sorted(text for (text,) in rows_of(_texts(actor.role), told))
    if not any(text.startswith(Interview.__tablename__) for text in found):
        return None
    period = now.replace(minute=now.minute // _MINUTES * _MINUTES, second=0, microsecond=0)
    return hashlib.sha256(repr((found, period)).encode()).hexdigest()[:16]


@cache
def _texts(role: Role) -> sa.CompoundSelect[str]:
    """One text for each row."""
    this, now = sa.bindparam("interview_id", type_=sa.Integer()), sa.bindparam("now", type_=_INSTANT)
    meetings = sa.select(Meeting.id).where(Meeting.interview_id == this)
    calls = sa.select(MeetingCall.connection_id).where(MeetingCall.meeting_id.in_(meetings))
    people: sa.CompoundSelect[Any] = sa.union(
        sa.select(Interview.hiring_manager_id).where(Interview.id == this),
        sa.select(Interview.scheduler_id).where(Interview.id == this),
        sa.select(Meeting.host_id).where(Meeting.interview_id == this),
        sa.select(Meeting.offered_by_id).where(Meeting.interview_id == this),
        sa.select(Meeting.arranged_by_id).where(Meeting.interview_id == this),
    )
    keys: sa.CompoundSelect[Any] = sa.union_all(
        *(
            sa.select(sa.literal_column(f"'{kind.name}:'", sa.Text()) + sa.cast(Meeting.id, sa.Text())).where(
                Meeting.interview_id == this
            )
            for kind in (SYNC_MEETING, LOOK_AT_MEETING)
        ),
        sa.select(
            sa.literal_column(f"'{SYNC_ENTRIES.name}:'", sa.Text()) + sa.cast(Interview.id, sa.Text())
        ).where(Interview.id == this),
    )
    candidate = (
        sa.select(Application.candidate_id)
        .join(Interview, Interview.application_id == Application.id)
        .where(Interview.id == this)
    )
    # In some tables, columns that change without being seen are left out: leases, tokens, passwords.
    return sa.union_all(
        _rows(
            Interview,
            *_columns(Interview),
            *(instant <= now for instant in (Interview.starts_at, Interview.ends_at, Interview.undo_until)),
        ).where(Interview.id == this, interview_is_within(Asker(role), Action.SEE)),
        _rows(Candidate, Candidate.name, Candidate.email).where(Candidate.id.in_(candidate)),
        *(
            _rows(table, *_columns(table)).where(table.interview_id == this)
            for table in (Mail, Meeting, Attendee, Attachment, TimelineEntry, CalendarEntry)
        ),
        _rows(Revision, Revision.id, Revision.number).where(Revision.interview_id == this),
        _rows(MeetingCall, *_columns(MeetingCall)).where(MeetingCall.meeting_id.in_(meetings)),
        # Written to match their indexes: tasks are found by subject only while they run. None of the
        # thousands of waiting reminders is read.
        _rows(Task, Task.id).where(
            Task.subject == sa.bindparam("about"), Task.state == written_out(TaskState.RUNNING)
        ),
        _rows(Task, Task.id, Task.run_at, Task.run_at <= now).where(
            Task.dedupe_key.in_(keys), Task.state == written_out(TaskState.READY)
        ),
        _rows(User, User.id, User.name).where(User.id.in_(people)),
        _rows(
            Connection,
            *(Connection.id, Connection.user_id, Connection.app, Connection.state, Connection.account_id),
            *(Connection.problem, Connection.problem_since),
        ).where(sa.or_(Connection.user_id.in_(people), Connection.id.in_(calls))),
    )


# Written out, because a parameter for each of hundreds took longer than everything else.
_NEXT, _NOTHING = (sa.literal_column(f"'{sign}'", sa.Text()) for sign in ("|", "\N{EMPTY SET}"))
_INSTANT: sa.types.TypeEngine[datetime] = Interview.starts_at.type


def _columns(table: type[Model]) -> tuple[sa.ColumnElement[Any], ...]:
    """All columns except the text of emails, which only their own pages show."""
    return tuple(each for each in table.__table__.columns if not isinstance(each.type, sa.LargeBinary))


def _rows(table: type[Model], *values: Any) -> sa.Select[str]:
    """A text with the values of each row. Missing and empty values differ."""
    texts = (sa.func.coalesce(sa.cast(value, sa.Text()), _NOTHING) for value in values)
    named: sa.ColumnElement[str] = sa.cast(written_out(table.__tablename__), sa.Text())
    return sa.select(reduce(lambda before, text: before + _NEXT + text, texts, named))
