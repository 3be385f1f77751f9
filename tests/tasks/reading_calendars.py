"""What tests of reading calendars do, and see of what was stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from extensions import db
from models import Connection, FailureReason, Lane, OutsideEvent, SyncedCalendar, User
from scheduling.outside import sync
from scheduling.outside.sync import Asked
from tests.factories import LENA, Member
from tests.tasks.calendar_office import CalendarInstallation, CalendarOffice


@dataclass(frozen=True)
class Stored:
    """What is stored about one event."""

    title: str
    starts_at: datetime
    ends_at: datetime
    is_busy: bool = True
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True)
class CalendarSeen:
    """How far a calendar has been read."""

    app: str
    read_at: datetime | None
    read_fully_at: datetime | None
    since: datetime | None
    until: datetime | None
    failure: FailureReason | None
    failure_words: str | None
    failures: int
    retry_at: datetime | None
    left_out: int
    has_position: bool


def connect(
    installation: CalendarInstallation, member: Member, account: str = LENA, *, reads: bool = True
) -> int:
    """Connect a calendar as its owner does, and read it, unless told not to."""
    connection_id = installation.connect_calendar(member, account)
    with installation.writing():
        sync.request(db.session.get_one(Connection, connection_id))
        db.session.commit()
    if reads:
        read_due(installation)
    return connection_id


def read_due(installation: CalendarInstallation) -> int:
    """Read the calendars that are due; returns how many tasks were started."""
    return installation.run_due(Lane.CALENDAR)


def ask(installation: CalendarOffice, member: Member) -> Asked:
    """Ask for one's calendars to be read, as the button does."""
    with installation.writing():
        asked = sync.ask_now(db.session.get_one(User, member.id))
        db.session.commit()
    return asked


def stored(installation: CalendarOffice, member: Member) -> list[Stored]:
    """What is stored from a person's calendars, earliest first."""
    with installation.reading():
        rows = db.session.scalars(
            db.select(OutsideEvent)
            .where(OutsideEvent.user_id == member.id)
            .order_by(OutsideEvent.starts_at, OutsideEvent.title)
        )
        return [
            Stored(row.title, row.starts_at, row.ends_at, row.is_busy, row.first_day, row.last_day)
            for row in rows
        ]


def titles(installation: CalendarOffice, member: Member) -> list[str]:
    """Only the titles of these."""
    return [each.title for each in stored(installation, member)]


def is_read(installation: CalendarOffice, member: Member) -> bool:
    """Whether anything is kept about a calendar of this person."""
    with installation.reading():
        found = db.select(SyncedCalendar.id).where(SyncedCalendar.user_id == member.id)
        return db.session.scalar(found) is not None


def calendar_of(installation: CalendarOffice, member: Member) -> CalendarSeen:
    """How far the only calendar of a person has been read."""
    with installation.reading():
        row = db.session.scalars(db.select(SyncedCalendar).where(SyncedCalendar.user_id == member.id)).one()
        return CalendarSeen(
            row.app,
            row.read_at,
            row.read_fully_at,
            row.since,
            row.until,
            row.failure,
            row.failure_words,
            row.failures,
            row.retry_at,
            row.left_out,
            row.position is not None,
        )


def own(
    installation: CalendarOffice,
    title: str,
    starts_at: datetime,
    minutes: int = 30,
    account: str = LENA,
) -> str:
    """Add an event as the calendar's owner does; returns its id at the provider."""
    remote = installation.side_of(account).remote
    return remote.own_event(account, title, starts_at, starts_at + timedelta(minutes=minutes))
