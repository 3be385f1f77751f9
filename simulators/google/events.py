"""Events: making, reading, changing and deleting them as Google Calendar does, side effects included."""

from __future__ import annotations

import json
import re
import secrets
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from simulators.google import meet
from simulators.google.errors import GoogleError, wrong_request
from simulators.google.event import Event, id_in_series
from simulators.google.event_fields import cleaned, merged
from simulators.google.meet import Conference
from simulators.google.people import Account
from simulators.google.state import Google, stamp
from simulators.google.times import span
from simulators.office.events import all_kept, kept_as, next_change

CLIENT_ID = re.compile(r"[a-v0-9]{5,1024}")
# Changes to these make the invitation a new one in iCalendar's sense; a change to reminders alone does not.
COUNTS_AS_NEW = ("start", "end", "recurrence", "location", "status")


def find(google: Google, account: Account, event_id: str) -> Event | None:
    """The event of that id, living or cancelled."""
    body = kept_as(google, account.email, event_id)
    event = _loaded(body) if body else None
    return None if event is None or event.purged else event


def insert(
    google: Google,
    account: Account,
    body: Mapping[str, Any],
    *,
    version: int,
    by_app: bool = True,
    series: Event | None = None,
    is_master: bool = False,
) -> Event:
    """Makes an event from a body that keeps to its schema; with `series`, one of its single events. Raises
    GoogleError."""
    event_id = body.get("id")
    if event_id is not None and not CLIENT_ID.fullmatch(event_id):
        raise wrong_request("Invalid resource id value.", where="id")
    if event_id is not None and body.get("iCalUID"):
        raise wrong_request("Only one of id and iCalUID may be given.", where="iCalUID")
    fields = cleaned(body, by_app=by_app)
    span(fields["start"], fields["end"], account.timezone)
    now = stamp(google.now())
    with google.storage.transaction() as rows:
        event_id = event_id or (id_in_series(series.id, fields["start"]) if series else _new_id())
        # An id is never free again, not even after its event was deleted.
        taken = rows.execute(
            "SELECT 1 FROM events WHERE account = ? AND id = ?", (account.email, event_id)
        ).fetchone()
        if taken:
            raise GoogleError("duplicate")
        event = Event(
            account=account.email,
            id=event_id,
            ical_uid=body.get("iCalUID") or f"{event_id}@google.com",
            change=next_change(rows),
            created=now,
            updated=now,
            sequence=0,
            status=body.get("status") or "confirmed",
            fields=fields,
            conference=meet.settled(google, account, body, None, version),
            by_app=by_app,
            series=series.id if series else None,
            original=fields["start"] if series else None,
            is_master=is_master,
        )
        _save(rows, event)
    return event


def get(google: Google, account: Account, event_id: str) -> Event:
    """Return the event, cancelled or not; this brings a pending conference one read closer. Raises
    GoogleError."""
    with google.storage.transaction() as rows:
        event = find(google, account, event_id)
        if event is None or event.elsewhere:
            raise GoogleError("notFound")
        return came_closer(google, rows, event)


def came_closer(google: Google, rows: sqlite3.Connection, event: Event) -> Event:
    """The event after its conference was read once more, which counts as a change if the link is there
    now."""
    if event.conference is None or event.conference.status != "pending":
        return event
    later = event.conference.read()
    if later == event.conference:
        return event
    event = replace(event, conference=later)
    if later.status == "success":
        event = replace(event, change=next_change(rows), updated=stamp(google.now()))
    _save(rows, event)
    return event


def write(
    google: Google,
    account: Account,
    event_id: str,
    body: Mapping[str, Any],
    *,
    whole: bool,
    version: int,
    if_match: str | None = None,
) -> Event:
    """Change the fields that `body` names or, if it is the `whole` event, replace them all. Raises
    GoogleError.

    Whether a cancelled event can be changed is not documented; one report mentions a 403. The schema says
    that it can be restored by its status, so here that is all that can be done to it.
    """
    with google.storage.transaction() as rows:
        event = find(google, account, event_id)
        if event is None:
            raise GoogleError("notFound")
        _check_match(event, if_match)
        status = body.get("status") or event.status
        if event.is_deleted and status == "cancelled":
            raise GoogleError("forbidden")
        fields = cleaned(body) if whole else merged(event.fields, body)
        span(fields["start"], fields["end"], account.timezone)
        if whole and version == 1 and "conferenceData" not in body:
            conference = None
        else:
            conference = meet.settled(google, account, body, event.conference, version)
        if google.board.take("ignore_next_updates"):
            return event
        return _changed(google, rows, replace(event, status=status), fields, conference)


def delete(google: Google, account: Account, event_id: str, if_match: str | None = None) -> None:
    """Cancels for the account's app. Raises GoogleError: 404 unknown, 410 already cancelled, 412."""
    with google.storage.transaction():
        event = find(google, account, event_id)
        if event is None:
            raise GoogleError("notFound")
        if event.is_deleted:
            raise GoogleError("deleted")
        _check_match(event, if_match)
        cancel(google, account, event_id, "the app")


def cancel(
    google: Google,
    account: Account,
    event_id: str,
    by: str,
    *,
    for_good: bool = False,
    alone: bool = True,
) -> bool:
    """Cancels no matter who asks; `for_good` also empties the bin. False when there is nothing to cancel.
    `alone`: a single event of a series is an exception from then on."""
    with google.storage.transaction() as rows:
        event = find(google, account, event_id)
        if event is None or (event.is_deleted and not for_good):
            return False
        now = stamp(google.now())
        _save(
            rows,
            replace(
                event,
                status="cancelled",
                change=next_change(rows),
                updated=now,
                deleted_at=event.deleted_at or now,
                deleted_by=event.deleted_by or by,
                purged=for_good,
                is_exception=event.is_exception or (alone and event.series is not None),
            ),
        )
        return True


def change_as_owner(
    google: Google,
    account: Account,
    event_id: str,
    changes: Mapping[str, Any],
    *,
    without_meet: bool = False,
    alone: bool = True,
) -> Event | None:
    """Changes an event the way its owner does on Google's pages. None when there is no such living event.
    `alone`: a single event of a series is an exception from then on."""
    with google.storage.transaction() as rows:
        event = find(google, account, event_id)
        if event is None or event.is_deleted:
            return None
        fields = merged(event.fields, changes, by_app=event.by_app)
        span(fields["start"], fields["end"], account.timezone)
        if alone and event.series is not None:
            event = replace(event, is_exception=True)
        return _changed(google, rows, event, fields, None if without_meet else event.conference)


def restore(google: Google, account: Account, event_id: str) -> bool:
    """Takes a cancelled event out of the bin. False when there is none."""
    with google.storage.transaction() as rows:
        event = find(google, account, event_id)
        if event is None or not event.is_deleted:
            return False
        _changed(google, rows, replace(event, status="confirmed"), event.fields, event.conference)
        return True


def move(google: Google, account: Account, event_id: str, *, elsewhere: bool) -> bool:
    """Moves an event into another calendar of its owner's, or back. False when there is none."""
    with google.storage.transaction() as rows:
        event = find(google, account, event_id)
        if event is None or event.is_deleted:
            return False
        now = stamp(google.now())
        _save(rows, replace(event, elsewhere=elsewhere, change=next_change(rows), updated=now))
        return True


def settle_meet(google: Google, account: Account, event_id: str, status: meet.Status) -> bool:
    """Settle a pending conference. False when there is none."""
    with google.storage.transaction() as rows:
        event = find(google, account, event_id)
        if event is None or event.conference is None or event.conference.status != "pending":
            return False
        conference = replace(event.conference, status=status, reads_left=None)
        _changed(google, rows, event, event.fields, conference)
        return True


def every(
    google: Google,
    account: str | None = None,
    within: tuple[datetime, datetime] | None = None,
) -> list[Event]:
    """All events that are known (of one account; that touch a time), cancelled ones included, by start."""
    loaded = [_loaded(body) for body in all_kept(google, account, within)]
    return [event for event in loaded if not event.purged]


def with_meet_code(google: Google, code: str) -> Event | None:
    """The living event that a Meet link leads to."""
    return next(
        (
            event
            for event in every(google)
            if event.conference
            and event.conference.code == code
            and event.conference.status == "success"
            and not event.is_deleted
        ),
        None,
    )


def _changed(
    google: Google,
    rows: sqlite3.Connection,
    event: Event,
    fields: dict[str, Any],
    conference: Conference | None,
) -> Event:
    """Save what has changed; an unchanged event keeps its etag."""
    before = find(google, event.owner, event.id)
    assert before is not None
    if (before.fields, before.conference, before.status) == (fields, conference, event.status):
        return before
    new = event.status != before.status or any(
        fields.get(name) != before.fields.get(name) for name in COUNTS_AS_NEW
    )
    # "Updating event reminders will not cause this to change."
    only_reminders = (event.status, conference) == (before.status, before.conference) and all(
        fields.get(name) == before.fields.get(name) for name in {*fields, *before.fields} - {"reminders"}
    )
    changed = replace(
        event,
        fields=fields,
        conference=conference,
        change=next_change(rows),
        updated=event.updated if only_reminders else stamp(google.now()),
        sequence=event.sequence + 1 if new else event.sequence,
        deleted_at=event.deleted_at if event.is_deleted else None,
        deleted_by=event.deleted_by if event.is_deleted else None,
    )
    if changed.is_deleted and changed.deleted_at is None:
        changed = replace(changed, deleted_at=changed.updated, deleted_by="the app")
    _save(rows, changed)
    return changed


def _check_match(event: Event, if_match: str | None) -> None:
    if if_match is not None and if_match not in ("*", event.etag):
        raise GoogleError("conditionNotMet", location=("header", "If-Match"))


def _save(rows: sqlite3.Connection, event: Event) -> None:
    first, last = span(event.fields["start"], event.fields["end"], event.owner.timezone)
    rows.execute(
        "INSERT OR REPLACE INTO events (account, id, change, starts_at, ends_at, body)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            event.account,
            event.id,
            event.change,
            first.timestamp(),
            last.timestamp(),
            json.dumps(asdict(event)),
        ),
    )


def _loaded(text: str) -> Event:
    raw = json.loads(text)
    conference = raw.pop("conference")
    return Event(**raw, conference=Conference(**conference) if conference else None)


def _new_id() -> str:
    return "".join(secrets.choice("abcdefghijklmnopqrstuv0123456789") for _ in range(26))
