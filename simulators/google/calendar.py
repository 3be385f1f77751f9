"""The Calendar API, the calls that a scheduling app uses (discovery document `calendar.v3.json`)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from simulators.google import events, listing
from simulators.google.call import Call
from simulators.google.discovery import instant, zones
from simulators.google.errors import GoogleError, wrong_request
from simulators.google.event import Event
from simulators.google.meet import SOLUTION
from simulators.google.people import Account
from simulators.google.times import in_zone, span

MOST_CALENDARS = 50
# Reported as "The requested time range is too long."; the documents do not say how long is too long.
LONGEST_SPAN = timedelta(days=92)


def insert(call: Call) -> dict[str, Any]:
    account = _owner(call)
    _may_write(call)
    if call.google.board.take("refuse_next_creates"):
        raise GoogleError("forbidden")
    return _written(call, events.insert(call.google, account, call.body, version=_version(call)))


def get(call: Call) -> dict[str, Any]:
    account = _owner(call)
    if call.google.board.take("deny_next_events"):
        raise GoogleError("notFound")
    event = events.get(call.google, account, call.parameters["eventId"])
    return event.resource(call.google.public_url, _zone(call))


def list_events(call: Call) -> dict[str, Any]:
    account = _owner(call)
    _zone(call)
    return listing.page(call.google, account, dict(call.query))


def patch(call: Call) -> dict[str, Any]:
    return _write(call, whole=False)


def update(call: Call) -> dict[str, Any]:
    return _write(call, whole=True)


def delete(call: Call) -> None:
    events.delete(call.google, _owner(call), call.parameters["eventId"], call.if_match)


def get_calendar(call: Call) -> dict[str, Any]:
    account = _owner(call)
    can_meet = account.has_meet and account.email not in call.google.board["no_meet"]
    return {
        "kind": "calendar#calendar",
        "etag": '"3500000000000"',
        "id": account.email,
        "summary": account.email,
        "timeZone": account.timezone,
        "conferenceProperties": {"allowedConferenceSolutionTypes": [SOLUTION] if can_meet else []},
    }


def get_setting(call: Call) -> dict[str, Any]:
    values = {"timezone": call.account.timezone, "locale": "en", "weekStart": "1", "format24HourTime": "true"}
    name = call.parameters["setting"]
    if name not in values:
        raise GoogleError("notFound")
    return {"kind": "calendar#setting", "etag": '"3500000000000"', "id": name, "value": values[name]}


def query_freebusy(call: Call) -> dict[str, Any]:
    """Of one's own calendar only: whether colleagues share theirs is up to them, and here they do not."""
    body, wanted = call.body, call.body.get("items", [])
    if not body.get("timeMin") or not body.get("timeMax"):
        raise wrong_request("Missing timeMin or timeMax parameter.", where="timeMin", reason="required")
    first, last = instant(body["timeMin"]), instant(body["timeMax"])
    assert first is not None
    assert last is not None
    if last <= first:
        raise wrong_request("The specified time range is empty.", where="timeMax", reason="timeRangeEmpty")
    if last - first > LONGEST_SPAN:
        raise wrong_request(
            "The requested time range is too long.", where="timeMax", reason="timeRangeTooLong"
        )
    zone = body.get("timeZone", "UTC")
    if zone not in zones():
        raise wrong_request(f"Invalid time zone: {zone}", where="timeZone")
    if any("id" not in item for item in wanted):
        raise wrong_request("Missing calendar identifier.", where="items", reason="required")
    failure: str = call.google.board["freebusy_error"]
    most = min(body.get("calendarExpansionMax", MOST_CALENDARS), MOST_CALENDARS)
    calendars: dict[str, Any] = {}
    for item in wanted:
        reason = failure
        if len(wanted) > most:
            reason = "tooManyCalendarsRequested"
        elif not _is_own(call.account, item["id"]):
            reason = "notFound"
        if reason:
            calendars[item["id"]] = {"errors": [{"domain": "global", "reason": reason}], "busy": []}
        else:
            found = events.every(call.google, call.account.email, within=(first, last))
            busy = _busy(found, first, last)
            calendars[item["id"]] = {
                "busy": [{"start": in_zone(start, zone), "end": in_zone(end, zone)} for start, end in busy]
            }
    return {
        "kind": "calendar#freeBusy",
        "timeMin": in_zone(first, "UTC"),
        "timeMax": in_zone(last, "UTC"),
        "calendars": calendars,
    }


def _write(call: Call, *, whole: bool) -> dict[str, Any]:
    account = _owner(call)
    _may_write(call)
    event = events.write(
        call.google,
        account,
        call.parameters["eventId"],
        call.body,
        whole=whole,
        version=_version(call),
        if_match=call.if_match,
    )
    return _written(call, event)


def _written(call: Call, event: Event) -> dict[str, Any]:
    """The event as the answer to a write: a client of version 0 is told nothing about its conference."""
    resource = event.resource(call.google.public_url)
    if _version(call) == 0:
        resource.pop("conferenceData", None)
    return resource


def _version(call: Call) -> int:
    return int(call.text("conferenceDataVersion") or 0)


def _zone(call: Call) -> str | None:
    zone = call.text("timeZone")
    if zone is not None and zone not in zones():
        raise wrong_request(f"Invalid time zone: {zone}", location=("parameter", "timeZone"))
    return zone


def _owner(call: Call) -> Account:
    """Each account has one calendar here, and sees no other. Raises GoogleError."""
    if not _is_own(call.account, call.parameters["calendarId"]):
        raise GoogleError("notFound")
    return call.account


def _is_own(account: Account, calendar_id: str) -> bool:
    return calendar_id == "primary" or calendar_id.lower() == account.email


def _may_write(call: Call) -> None:
    if call.account.email in call.google.board["usage_limit_reached"]:
        raise GoogleError("quotaExceeded")


def _busy(found: Iterable[Event], first: datetime, last: datetime) -> list[tuple[datetime, datetime]]:
    """When the events keep their owner busy within that time, with overlapping and adjacent ones merged."""
    busy: list[tuple[datetime, datetime]] = []
    for event in found:
        # Working locations and birthdays keep no one busy.
        is_free = event.fields.get("transparency") == "transparent" or event.fields.get("eventType") in (
            "workingLocation",
            "birthday",
        )
        if not event.is_there or event.is_master or is_free or _declined(event):
            continue
        start, end = span(event.fields["start"], event.fields["end"], event.owner.timezone)
        start, end = max(start, first), min(end, last)
        if start >= end:
            continue
        if busy and start <= busy[-1][1]:
            busy[-1] = (busy[-1][0], max(busy[-1][1], end))
        else:
            busy.append((start, end))
    return busy


def _declined(event: Event) -> bool:
    return any(
        guest.get("email") == event.account and guest.get("responseStatus") == "declined"
        for guest in event.fields.get("attendees", ())
    )
