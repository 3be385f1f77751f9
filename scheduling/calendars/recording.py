"""Record the outcomes of calls to people's calendars. Each function adds to the current transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from extensions import db
from models import CalendarEntry, EntryState, FailureReason, Interview
from providers.base import PlacedEntry
from providers.errors import EntryGoneError, ProviderError, RetryableError
from scheduling.calendars import telling
from scheduling.calendars.failures import is_lasting, reason_of, words_of
from scheduling.entries.apps import label_of
from scheduling.entries.content import Content, certain_during_change, edit_of, shown_by
from scheduling.meetings import looks
from scheduling.rules import Rules
from scheduling.timeline import note
from timezones import local_moment, utc_now
from wording import possessive
from work import retry

# Providers in trouble have denied that existing entries exist. So an entry that is reported missing, rather
# than deleted, is looked at once more after this time.
_SECOND_LOOK = timedelta(minutes=2)

# Errors that do not pass on their own are still retried, because we are not always told when they are fixed.
_LASTING = timedelta(hours=1)


def record_placed(entry_id: int, placed: PlacedEntry, content: Content, rules: Rules) -> None:
    """The entry is in the calendar and says what was asked."""
    entry = _held(entry_id)
    if entry.state in (EntryState.LEFT, EntryState.REMOVED):
        # Its owner has disconnected the calendar meanwhile, and kept it or had it removed.
        return
    is_first = entry.state is EntryState.WAITING
    entry.state, entry.provider_entry_id = EntryState.PLACED, placed.id
    wanted = content.to_json()
    if any(entry.asked.get(name) != wanted[name] for name in ("starts_at", "ends_at")):
        # The change that the owner made was for another time.
        entry.keeps_theirs = False
    entry.asked = wanted
    _store_shown(entry, placed)
    forget_failure(entry)
    if is_first:
        note(entry.interview_id, f"Added to {_calendar_of(entry)}")
    telling.take_back_calendar_file(entry, rules)


def note_not_changed(entry_id: int, content: Content, asked: Mapping[str, Any]) -> None:
    """The change to `content` was certainly not made: the entry is still as it was `asked` for before."""
    entry = _held(entry_id)
    if entry.asked == certain_during_change(content, asked):
        # Otherwise someone has decided in the meantime that everything has to be sent again.
        entry.asked = dict(asked)


def record_in_line(entry: CalendarEntry, rules: Rules) -> None:
    """The entry, which is locked, is as wanted, and no call was needed: the interview may have been changed
    back to what its calendar has."""
    if entry.failure is None:
        return
    forget_failure(entry)
    telling.take_back_calendar_file(entry, rules)


def record_seen(entry_id: int, placed: PlacedEntry, rules: Rules) -> None:
    """The entry was looked at."""
    entry = _held(entry_id)
    if entry.state is not EntryState.PLACED:
        return
    before, shown_before = edit_of(entry), entry.shown
    _store_shown(entry, placed)
    if entry.keeps_theirs and entry.shown != shown_before:
        # The version they chose to keep was the one they had then.
        entry.keeps_theirs = False
    if entry.failure is FailureReason.GONE:
        record_in_line(entry, rules)
    now = edit_of(entry)
    if now is None or now == before:
        return
    name = entry.user.name
    if now.starts_at is not None:
        when = local_moment(now.starts_at, entry.user.timezone).short
        words = f"{name} moved the entry in {label_of(entry.app)} to {when}. The interview was not moved"
    else:
        words = f"{name} changed the entry in {label_of(entry.app)}"
    note(entry.interview_id, words)


def record_not_seen(entry_id: int, error: ProviderError) -> None:
    """It could not be looked at. The connection shows why; the next look comes at its usual time."""
    entry = _held(entry_id)
    entry.looked_at = utc_now()
    if entry.failure is FailureReason.GONE:
        # Not known yet whether it is there.
        entry.retry_at = utc_now() + _SECOND_LOOK


def record_gone(entry_id: int, error: EntryGoneError) -> None:
    """The calendar says that the entry does not exist: its owner has deleted it. That is respected, and
    shown."""
    entry = _held(entry_id)
    if entry.state is EntryState.LEFT:
        return
    if error.facts.status is not None and entry.failure is not FailureReason.GONE:
        _fail(entry, FailureReason.GONE, error.words, utc_now() + _SECOND_LOOK)
        return
    entry.state, entry.shown, entry.web_url = EntryState.DELETED, {}, None
    forget_failure(entry)
    note(entry.interview_id, f"{entry.user.name} deleted the entry in {label_of(entry.app)}")
    meeting = db.session.get_one(Interview, entry.interview_id).meeting
    if meeting is not None:
        # It may have lived on this entry.
        looks.look_now(meeting)


def record_removed(entry_id: int) -> None:
    """It is gone, and was no longer wanted."""
    entry = _held(entry_id)
    was_there = bool(entry.shown)
    entry.state, entry.asked, entry.shown, entry.web_url = EntryState.REMOVED, {}, {}, None
    forget_failure(entry)
    if was_there:
        note(entry.interview_id, f"Removed from {_calendar_of(entry)}")


def record_failed(entry_id: int, error: ProviderError, rules: Rules) -> None:
    """It could not be updated for now, and is tried again; if that may take long, the person gets a calendar
    file by email instead."""
    entry = _held(entry_id)
    reason = reason_of(error)
    entry.failures += 1
    now = utc_now()
    at = now + (_LASTING if is_lasting(reason) else retry.CALENDAR.delay(entry.failures))
    if isinstance(error, RetryableError) and error.retry_at is not None:
        at = max(at, error.retry_at)
    _fail(entry, reason, error.words, at)
    if entry.is_wanted:
        telling.send_calendar_file_instead(entry, rules)


def record_out_of_reach(entry: CalendarEntry, rules: Rules) -> None:
    """The connection to the calendar has ended. The entry is updated once its owner reconnects it."""
    connection = entry.connection
    words = connection.problem if connection is not None else None
    _fail(entry, FailureReason.RECONNECT_NEEDED, words, None)
    if entry.is_wanted:
        telling.send_calendar_file_instead(entry, rules)


def forget_failure(entry: CalendarEntry) -> None:
    """It is as wanted, or does not have to be anymore."""
    entry.failure = entry.failure_words = entry.retry_at = None
    entry.failures = 0


def _fail(entry: CalendarEntry, reason: FailureReason, words: str | None, retry_at: datetime | None) -> None:
    is_news = entry.failure is not reason
    entry.failure, entry.retry_at = reason, retry_at
    entry.failure_words = (words or words_of(reason, entry.app))[:500]
    if is_news and is_lasting(reason):
        what = "Not up to date in" if entry.state is EntryState.PLACED else "Not in"
        if not entry.is_wanted:
            what = "Not removed from" if entry.shown else "Perhaps not removed from"
        note(entry.interview_id, f"{what} {_calendar_of(entry)}: {entry.failure_words}")


def _store_shown(entry: CalendarEntry, placed: PlacedEntry) -> None:
    entry.shown, entry.version = shown_by(placed), placed.version[:255]
    entry.web_url = placed.web_url or entry.web_url
    entry.shown_at = entry.looked_at = utc_now()


def _calendar_of(entry: CalendarEntry) -> str:
    return f"{possessive(entry.user.name)} {label_of(entry.app)}"


_HELD = (
    sa.select(CalendarEntry)
    .where(CalendarEntry.id == sa.bindparam("entry_id"))
    .with_for_update(of=CalendarEntry)
    .options(joinedload(CalendarEntry.user, innerjoin=True))
    .execution_options(populate_existing=True)
)


def _held(entry_id: int) -> CalendarEntry:
    return db.session.scalars(_HELD, {"entry_id": entry_id}).one()
