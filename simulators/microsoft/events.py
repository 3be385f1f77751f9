"""Events: making, reading, changing and deleting them as Exchange does, side effects included."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from simulators.microsoft import bodies, teams
from simulators.microsoft.errors import GraphError, wrong_request
from simulators.microsoft.event import CHANGING, DEFAULTS, IMMUTABLE, OWNERS, WRITABLE, Event, loaded
from simulators.microsoft.people import Account
from simulators.microsoft.state import Microsoft, stamp
from simulators.microsoft.times import span
from simulators.office.events import all_kept, kept_as, next_change

LONGEST_SUBJECT = 255


def find(microsoft: Microsoft, account: Account, event_id: str) -> Event | None:
    """The event with that id, of either kind of id, living or deleted."""
    for prefix in (IMMUTABLE, CHANGING):
        event_id = event_id.removeprefix(prefix)
    body = kept_as(microsoft, account.email, event_id)
    event = loaded(body) if body else None
    return None if event is None or event.purged else event


def insert(
    microsoft: Microsoft,
    account: Account,
    body: Mapping[str, Any],
    *,
    by_app: bool = True,
    series: Event | None = None,
    is_master: bool = False,
) -> tuple[Event, bool]:
    """Makes an event from a body that keeps to its type, with `series` one of those, and says whether it is a
    new one. Raises GraphError.

    How Graph answers a repeated create is not certain, and how it answers one whose event was deleted since
    is not known: here a transaction counts as used forever, unless a switch says for how long.
    """
    for end in ("start", "end"):
        if not body.get(end):
            raise wrong_request(f"The property '{end}' is missing.", "ErrorPropertyValidationFailure")
    transaction = body.get("transactionId")
    now = stamp(microsoft.now())
    with microsoft.storage.transaction() as rows:
        if transaction is not None:
            row = rows.execute(
                "SELECT body FROM events WHERE account = ? AND transaction_id = ?"
                " ORDER BY change DESC LIMIT 1",
                (account.email, transaction),
            ).fetchone()
            earlier = loaded(row["body"]) if row is not None else None
            if earlier is not None and _is_remembered(microsoft, earlier):
                return _repeated(microsoft, earlier), False
        number = next_change(rows)
        event = Event(
            account=account.email,
            id=secrets.token_urlsafe(36) + "AAA=",
            ical_uid=_uid(None if by_app else body.get("iCalUId")),
            change=number,
            created=now,
            updated=now,
            transaction_id=transaction,
            zones=_zones(body),
            by_app=by_app,
            fields={**DEFAULTS, "location": {"displayName": ""}},
            series=series.id if series else None,
            is_master=is_master,
        )
        event = _written(microsoft, event, body)
        _save(rows, event)
    return event, True


def _uid(of_file: str | None) -> str:
    """The id of an event in all mailboxes: that of the calendar file it came from, if any."""
    return of_file or f"040000008200E00074C5B7101A82E008{secrets.token_hex(20).upper()}"


def _is_remembered(microsoft: Microsoft, event: Event) -> bool:
    memory = microsoft.board["transaction_memory"]
    age = microsoft.now() - datetime.fromisoformat(event.created)
    return memory is None or age <= timedelta(seconds=memory)


def _repeated(microsoft: Microsoft, event: Event) -> Event:
    """The event of a transaction that was used before, if the switches allow it. Raises GraphError."""
    how = microsoft.board["duplicate_answer"]
    if how == "201" and not event.is_deleted:
        return event
    more = {} if how == "409_without_id" else {"@event.existingEventId": event.public_id(immutable=True)}
    raise GraphError("ErrorDuplicateTransactionId", status=400 if how == "400" else 409, more=more)


def get(microsoft: Microsoft, account: Account, event_id: str) -> Event:
    """Return the event; this brings a pending online meeting one read closer. Raises GraphError."""
    with microsoft.storage.transaction() as rows:
        return came_closer(microsoft, rows, _living(microsoft, account, event_id))


def came_closer(microsoft: Microsoft, rows: sqlite3.Connection, event: Event) -> Event:
    """The event after it was read once more, which changes it if its link is there now."""
    if event.online is None or event.online.status != "pending" or event.is_deleted:
        return event
    later = event.online.read()
    if later == event.online:
        return event
    event = replace(event, online=later)
    if later.status == "ready":
        event = replace(
            _with_joining(microsoft, event), change=next_change(rows), updated=stamp(microsoft.now())
        )
    _save(rows, event)
    return event


def write(
    microsoft: Microsoft,
    account: Account,
    event_id: str,
    body: Mapping[str, Any],
    *,
    if_match: str | None = None,
) -> Event:
    """Change the fields that `body` names. Raises GraphError."""
    with microsoft.storage.transaction() as rows:
        event = _living(microsoft, account, event_id)
        if if_match is not None and if_match not in ("*", event.etag):
            raise GraphError("ErrorIrresolvableConflict", status=412)
        if microsoft.board.take("ignore_next_updates"):
            return event
        changed = _written(microsoft, event, body)
        if changed == event:
            return event
        changed = replace(changed, change=next_change(rows), updated=stamp(microsoft.now()))
        _save(rows, changed)
        return changed


def delete(microsoft: Microsoft, account: Account, event_id: str) -> None:
    """Deletes for the account's app. Raises GraphError."""
    with microsoft.storage.transaction():
        event = _living(microsoft, account, event_id)
        cancel(microsoft, account, event.id, "the app")


def cancel(microsoft: Microsoft, account: Account, event_id: str, by: str, *, for_good: bool = False) -> bool:
    """Deletes no matter who asks; `for_good` also empties the bin. False when there is nothing to delete."""
    with microsoft.storage.transaction() as rows:
        event = find(microsoft, account, event_id)
        if event is None or (event.is_deleted and not for_good):
            return False
        now = stamp(microsoft.now())
        _save(
            rows,
            replace(
                event,
                change=next_change(rows),
                updated=now,
                deleted_at=event.deleted_at or now,
                deleted_by=event.deleted_by or by,
                purged=for_good,
            ),
        )
        return True


def change_as_owner(
    microsoft: Microsoft,
    account: Account,
    event_id: str,
    changes: Mapping[str, Any],
    *,
    without_meeting: bool = False,
    alone: bool = True,
) -> Event | None:
    """Changes an event the way its owner does in Outlook, where a meeting can be taken off. None when there
    is no such living event. `alone`: a single event of a series is an exception from then on."""
    with microsoft.storage.transaction() as rows:
        event = find(microsoft, account, event_id)
        if event is None or event.is_deleted:
            return None
        changed = _written(microsoft, event, changes)
        if alone and event.series is not None:
            changed = replace(changed, is_exception=True)
        if without_meeting:
            changed = replace(changed, online=None, inner=_without_joining(microsoft, changed))
        changed = replace(changed, change=next_change(rows), updated=stamp(microsoft.now()))
        _save(rows, changed)
        return changed


def restore(microsoft: Microsoft, account: Account, event_id: str) -> bool:
    """Takes a deleted event out of the bin. False when there is none."""
    with microsoft.storage.transaction() as rows:
        event = find(microsoft, account, event_id)
        if event is None or not event.is_deleted:
            return False
        now = stamp(microsoft.now())
        _save(rows, replace(event, deleted_at=None, deleted_by=None, change=next_change(rows), updated=now))
        return True


def move(microsoft: Microsoft, account: Account, event_id: str, *, elsewhere: bool) -> bool:
    """Moves an event into another calendar of its owner's, or back. False when there is none."""
    with microsoft.storage.transaction() as rows:
        event = find(microsoft, account, event_id)
        if event is None or event.is_deleted:
            return False
        now = stamp(microsoft.now())
        _save(rows, replace(event, elsewhere=elsewhere, change=next_change(rows), updated=now))
        return True


def settle_teams(microsoft: Microsoft, account: Account, event_id: str, status: teams.Status) -> bool:
    """Settle a pending meeting. False when there is none."""
    with microsoft.storage.transaction() as rows:
        event = find(microsoft, account, event_id)
        if event is None or event.online is None or event.online.status != "pending":
            return False
        event = replace(event, online=replace(event.online, status=status, reads_left=None))
        event = _with_joining(microsoft, event)
        _save(rows, replace(event, change=next_change(rows), updated=stamp(microsoft.now())))
        return True


def every(
    microsoft: Microsoft,
    account: str | None = None,
    within: tuple[datetime, datetime] | None = None,
) -> list[Event]:
    """All events that are known (of one account; that touch a time), deleted ones included, by start."""
    each = [loaded(body) for body in all_kept(microsoft, account, within)]
    return [event for event in each if not event.purged]


def with_meeting(microsoft: Microsoft, code: str) -> Event | None:
    """The living event that the link of an online meeting leads to."""
    return next(
        (
            event
            for event in every(microsoft)
            if event.online
            and event.online.code == code
            and event.online.status == "ready"
            and not event.is_deleted
        ),
        None,
    )


def _living(microsoft: Microsoft, account: Account, event_id: str) -> Event:
    event = find(microsoft, account, event_id)
    if event is None or event.is_deleted:
        raise GraphError("ErrorItemNotFound")
    return event


def _written(microsoft: Microsoft, event: Event, body: Mapping[str, Any]) -> Event:
    """The event after a write with `body`, which conforms to its type. Raises GraphError."""
    if body.get("recurrence"):
        raise GraphError("ErrorInternalServerError", "Series are not simulated.", status=501)
    subject = body.get("subject") or ""
    if len(subject) > LONGEST_SUBJECT:
        raise wrong_request("The subject is too long.", "ErrorPropertyValidationFailure")
    if any(end in body and body[end] is None for end in ("start", "end")):
        raise wrong_request("Start and end can't be taken away.", "ErrorPropertyValidationFailure")
    fields = dict(event.fields)
    for name in WRITABLE:
        if name in body:
            fields[name] = DEFAULTS.get(name) if body[name] is None else body[name]
    if not event.by_app:
        fields |= {name: body[name] for name in OWNERS if name in body}
    if "location" in body:
        place = body["location"] or {}
        fields["location"] = {"locationType": "default", **place}
    span(fields["start"], fields["end"], all_day=bool(fields["isAllDay"]))
    changed = replace(
        event,
        fields=fields,
        properties={**event.properties, **_properties(body)},
        zones=_zones(body) if "start" in body else event.zones,
    )
    if "body" in body:
        changed = _with_text(microsoft, changed, body["body"] or {})
    online = teams.asked_for(microsoft, event.owner, body, changed.online)
    return _with_joining(microsoft, replace(changed, online=online))


def _with_text(microsoft: Microsoft, event: Event, sent: Mapping[str, Any]) -> Event:
    """The event with another text. A text that leaves out the part for joining removes the meeting too."""
    inner = bodies.kept(sent.get("content") or "", sent.get("contentType") or "text")
    event = replace(event, inner=inner)
    link = event.online.link(microsoft.public_url) if event.online else None
    if event.online is None or link is None or bodies.has(inner, link):
        return event
    if microsoft.board["new_link_for_new_body"]:
        return replace(event, online=teams.new(event.owner, event.online.provider))
    return replace(event, online=None)


def _with_joining(microsoft: Microsoft, event: Event) -> Event:
    """The event with the part for joining in its text, once there is a link."""
    link = event.online.link(microsoft.public_url) if event.online else None
    if event.online is None or link is None or bodies.has(event.inner, link):
        return event
    part = bodies.joining(link, event.online.number, event.online.passcode)
    return replace(event, inner=event.inner + part)


def _without_joining(microsoft: Microsoft, event: Event) -> str:
    before = event.inner.partition('\r\n<br>\r\n<div style="width:100%; height:20px">')
    return before[0]


def _properties(body: Mapping[str, Any]) -> dict[str, str]:
    given = body.get("singleValueExtendedProperties") or []
    if any(not each.get("id") or each.get("value") is None for each in given):
        raise wrong_request("An extended property has an id and a value.", "ErrorPropertyValidationFailure")
    return {each["id"]: each["value"] for each in given}


def _zones(body: Mapping[str, Any]) -> tuple[str, str]:
    """The names that the zones of start and end have from now on. What an owner's calendar program wrote may
    not be a name at all."""
    named = [body.get(f"original{end}TimeZone") or body[end.lower()].get("timeZone") or "UTC" for end in ENDS]
    return named[0], named[1]


ENDS = ("Start", "End")


def _save(rows: sqlite3.Connection, event: Event) -> None:
    first, last = event.span()
    rows.execute(
        "INSERT OR REPLACE INTO events (account, id, change, starts_at, ends_at, transaction_id, body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            event.account,
            event.id,
            event.change,
            first.timestamp(),
            last.timestamp(),
            event.transaction_id,
            json.dumps(asdict(event)),
        ),
    )
