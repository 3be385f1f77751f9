"""What connecting a calendar means for upcoming interviews."""

from __future__ import annotations

import sqlalchemy as sa

from extensions import db
from models import (
    Attendee,
    CalendarEntry,
    Connection,
    EntryState,
    Interview,
    InterviewStatus,
    User,
)
from scheduling.commands.locking import locked
from scheduling.entries import wanting
from scheduling.entries.apps import calendar_apps, calendars_of
from timezones import utc_now


def settle(connection: Connection) -> None:
    """Link a connection that was just made to the entries on its account, and to no others, in the current
    transaction. Those in the calendar of another account cannot be reached anymore, and stay there."""
    if connection.app not in calendar_apps():
        return
    theirs = sa.and_(CalendarEntry.user_id == connection.user_id, CalendarEntry.app == connection.app)
    db.session.execute(
        sa.update(CalendarEntry)
        .where(
            theirs,
            CalendarEntry.account_id != connection.account_id,
            CalendarEntry.state.in_((EntryState.WAITING, EntryState.PLACED)),
        )
        .values(state=EntryState.LEFT, is_wanted=False, connection_id=None)
    )
    db.session.execute(
        sa.update(CalendarEntry)
        .where(theirs, CalendarEntry.account_id == connection.account_id)
        .values(connection_id=connection.id)
    )
    db.session.expire_all()


def missing_from_calendar(user: User) -> list[Interview]:
    """The upcoming interviews in which a user takes part and that are not in the calendar they have
    connected, soonest first: they were told of them before they connected it, or had disconnected it in
    between. Empty for someone without a calendar. Entries that they deleted themselves are left out."""
    if user.id not in calendars_of([user.id]):
        return []
    has_one = sa.exists().where(
        CalendarEntry.interview_id == Interview.id,
        CalendarEntry.user_id == user.id,
        CalendarEntry.is_wanted,
    )
    attends = sa.exists().where(Attendee.interview_id == Interview.id, Attendee.user_id == user.id)
    return list(
        db.session.scalars(
            sa.select(Interview)
            .where(
                Interview.status == InterviewStatus.SCHEDULED,
                Interview.starts_at > utc_now(),
                sa.or_(Interview.hiring_manager_id == user.id, attends),
                ~has_one,
            )
            .order_by(Interview.starts_at, Interview.id)
        )
    )


def add_missing(user: User) -> int:
    """Add these to their calendar, in the current transaction; returns how many. Entries that came from a
    calendar file are cancelled by email, so that none is there twice. Someone may change an interview, or
    click twice, at the same moment."""
    connection = calendars_of([user.id]).get(user.id)
    if connection is None:
        return 0
    count = 0
    for interview in missing_from_calendar(user):
        locked(interview)
        if wanting.is_to_have(interview, user):
            wanting.add(interview, connection)
            wanting.request(interview.id)
            count += 1
    return count


def used_calendar(user: User) -> Connection | None:
    """The calendar that a person's interviews are added to, if they have connected any."""
    return calendars_of([user.id]).get(user.id)


def being_added(connection: Connection) -> list[CalendarEntry]:
    """The entries of upcoming interviews that have to be made in this calendar."""
    return list(
        db.session.scalars(
            sa.select(CalendarEntry)
            .join(Interview, Interview.id == CalendarEntry.interview_id)
            .where(
                CalendarEntry.connection_id == connection.id,
                CalendarEntry.is_wanted,
                CalendarEntry.state == EntryState.WAITING,
                Interview.status == InterviewStatus.SCHEDULED,
                Interview.starts_at > utc_now(),
            )
            .order_by(CalendarEntry.id)
        )
    )
