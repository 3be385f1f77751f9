"""An interview's calendar entries as its page shows them: who has one in which calendar, and what is
wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from extensions import db
from models import (
    CalendarEntry,
    ConnectionState,
    EntryState,
    FailureReason,
    Interview,
    InterviewStatus,
    Task,
    TaskState,
)
from scheduling.calendars.failures import is_lasting, words_of
from scheduling.entries import wanting
from scheduling.entries.apps import label_of
from scheduling.entries.content import Edit, edit_of
from timezones import utc_now

# What was checked this recently is not checked again because someone opens the page.
_FRESH_FOR = timedelta(minutes=2)
# A retry that comes within this time is not worth mentioning yet.
_SOON = timedelta(minutes=1)
# Only the owner of the calendar can fix these: trying again does not help.
_TO_RECONNECT = (FailureReason.NOT_CONNECTED, FailureReason.RECONNECT_NEEDED, FailureReason.SCOPES_MISSING)


@dataclass(frozen=True)
class EntryView:
    """One person's entry. `as_of` (aware UTC): when their calendar last showed it. `edit`: what they changed
    there; `keeps_theirs`: someone has decided to keep that change. `problem`: why it is not up to date, in
    words; `next_try_at` (aware UTC) when that is tried again; `is_to_reconnect`: they have to reconnect the
    calendar first. `is_leftover`: it is not wanted anymore and could not be removed yet. `account`: the
    address of the account whose main calendar it is in; "" while that is not connected.
    """

    entry_id: int
    user_id: int
    name: str
    app: str
    calendar: str
    state: EntryState
    web_url: str | None
    as_of: datetime | None
    edit: Edit | None
    keeps_theirs: bool
    problem: str | None
    next_try_at: datetime | None
    is_to_reconnect: bool
    is_leftover: bool
    account: str


def entries_of(interview: Interview) -> list[EntryView]:
    """The wanted entries of an interview, those that its people kept when they disconnected their calendar,
    and those that could not be removed yet."""
    views = [_view(entry, interview) for entry in _rows(interview)]
    newest = {view.user_id: view.entry_id for view in views}
    return [
        view
        for view, entry in zip(views, _rows(interview), strict=True)
        if entry.is_wanted
        or (entry.state is EntryState.LEFT and newest[view.user_id] == view.entry_id)
        or view.is_leftover
    ]


def _rows(interview: Interview) -> Sequence[CalendarEntry]:
    """The entries with what the page says about them, in one statement for each interview."""
    if interview.has_entries is False:
        return ()
    if "entries" in sa.inspect(interview).unloaded:
        rows = db.session.scalars(
            sa.select(CalendarEntry)
            .where(CalendarEntry.interview_id == interview.id)
            .options(joinedload(CalendarEntry.user), joinedload(CalendarEntry.connection))
            .order_by(CalendarEntry.id)
        ).all()
        set_committed_value(interview, "entries", list(rows))
    return interview.entries


def _view(entry: CalendarEntry, interview: Interview) -> EntryView:
    failure, words = entry.failure, entry.failure_words
    if failure is not None and not is_lasting(failure) and entry.failures < 2 and _is_tried_soon(entry):
        failure = None
    if failure is None and _is_still_kept(entry, interview) and not _is_reachable(entry):
        failure, words = FailureReason.RECONNECT_NEEDED, None
    may_be_there = entry.state in (EntryState.WAITING, EntryState.PLACED, EntryState.REMOVING)
    problem = (words or words_of(failure, entry.app)) if failure is not None else None
    if entry.state is EntryState.LEFT:
        # Why it could not be removed, if it had to be.
        problem = entry.failure_words
    return EntryView(
        entry_id=entry.id,
        user_id=entry.user_id,
        name=entry.user.name,
        app=entry.app,
        calendar=label_of(entry.app),
        state=entry.state,
        web_url=entry.web_url,
        as_of=entry.shown_at,
        edit=edit_of(entry),
        keeps_theirs=entry.keeps_theirs,
        problem=problem,
        next_try_at=entry.retry_at if failure is not None else None,
        is_to_reconnect=failure in _TO_RECONNECT,
        is_leftover=not entry.is_wanted and may_be_there and failure is not None,
        account=entry.connection.account_email if entry.connection and _is_reachable(entry) else "",
    )


def _is_tried_soon(entry: CalendarEntry) -> bool:
    """Whether the next attempt comes before anyone needs to know of the last one."""
    return entry.retry_at is None or entry.retry_at < utc_now() + _SOON


def _is_still_kept(entry: CalendarEntry, interview: Interview) -> bool:
    """Whether we would update the entry if something changed."""
    is_there = entry.is_wanted and entry.state in (EntryState.WAITING, EntryState.PLACED)
    return is_there and interview.status is InterviewStatus.SCHEDULED and utc_now() < interview.ends_at


def _is_reachable(entry: CalendarEntry) -> bool:
    connection = entry.connection
    return (
        connection is not None
        and connection.state is ConnectionState.CONNECTED
        and connection.account_id == entry.account_id
    )


def is_under_way(interview: Interview) -> bool:
    """Whether calendars are being changed or looked at, at this moment or within seconds."""
    if not _rows(interview):
        return False
    due = db.session.scalar(
        sa.select(Task.id)
        .where(
            Task.dedupe_key == wanting.SYNC_ENTRIES.key(interview.id),
            Task.state.in_((TaskState.READY, TaskState.RUNNING)),
            Task.run_at <= utc_now() + timedelta(seconds=30),
        )
        .limit(1)
    )
    return due is not None


def wants_look(interview: Interview) -> bool:
    """Whether someone who opens the interview's page should have the calendars looked at."""
    return any(_is_to_be_looked_at(entry, interview) for entry in _rows(interview))


def look_because_opened(interview: Interview) -> bool:
    """Have them looked at now, in the current transaction; False if there is nothing to look at."""
    stale = [entry for entry in _rows(interview) if _is_to_be_looked_at(entry, interview)]
    for entry in stale:
        entry.looked_at = None
    if stale:
        wanting.request(interview.id)
    return bool(stale)


def _is_to_be_looked_at(entry: CalendarEntry, interview: Interview) -> bool:
    now = utc_now()
    if interview.status is not InterviewStatus.SCHEDULED or now >= interview.starts_at:
        return False
    if not entry.is_wanted or entry.state is not EntryState.PLACED or not _is_reachable(entry):
        return False
    return entry.looked_at is None or now - entry.looked_at >= _FRESH_FOR
