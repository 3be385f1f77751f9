"""What a client may write into an event, beyond its schema, and how a patch changes it.

The limits of extended properties and reminders are those of Google's guides "Extended properties" and
"Reminders & notifications".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from simulators.google.errors import wrong_request

# What a client writes. Everything else in a body is read-only and is ignored, as Google does.
WRITABLE = (
    *("summary", "description", "location", "colorId", "start", "end", "recurrence", "transparency"),
    *("visibility", "attendees", "reminders", "extendedProperties", "source", "attachments"),
    *("guestsCanInviteOthers", "guestsCanModify", "guestsCanSeeOtherGuests", "anyoneCanAddSelf"),
)
# What only people's own events have here: an app that schedules interviews makes no events of this kind.
OWNERS = ("eventType",)
CHOICES = {
    "status": ("confirmed", "tentative", "cancelled"),
    "transparency": ("opaque", "transparent"),
    "visibility": ("default", "public", "private", "confidential"),
    "eventType": ("default", "outOfOffice", "focusTime", "workingLocation", "birthday", "fromGmail"),
}
RESPONSES = ("needsAction", "declined", "tentative", "accepted")
LONGEST_PROPERTY_NAME = 44
LONGEST_PROPERTY_VALUE = 1024
MOST_PROPERTIES = 300
MOST_REMINDERS = 5
LONGEST_REMINDER_MINUTES = 40_320
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def cleaned(body: Mapping[str, Any], *, by_app: bool = True) -> dict[str, Any]:
    """The fields of a new event. Raises GoogleError for values that Google does not take."""
    _check(body)
    return _kept({name: body[name] for name in _writable(by_app) if name in body})


def _writable(by_app: bool) -> tuple[str, ...]:
    return WRITABLE if by_app else (*WRITABLE, *OWNERS)


def merged(present: Mapping[str, Any], patch: Mapping[str, Any], *, by_app: bool = True) -> dict[str, Any]:
    """The fields after a patch: objects are merged, lists are replaced, null removes."""
    _check(patch)
    changed = _merged(present, {name: patch[name] for name in _writable(by_app) if name in patch})
    for end in ("start", "end"):
        given = changed.get(end) or {}
        if bool(given.get("date")) == bool(given.get("dateTime")):
            # Patching a date onto an instant leaves both, unless the other one is set to null.
            raise wrong_request("Invalid start time." if end == "start" else "Invalid end time.", where=end)
    _check(changed)
    return _kept(changed)


def _merged(present: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    changed = dict(present)
    for name, value in patch.items():
        if value is None:
            changed.pop(name, None)
        elif isinstance(value, dict):
            inner = changed.get(name)
            changed[name] = _merged(inner if isinstance(inner, dict) else {}, value)
        else:
            changed[name] = value
    return changed


def _check(body: Mapping[str, Any]) -> None:
    for name, choices in CHOICES.items():
        if body.get(name) is not None and body[name] not in choices:
            raise wrong_request(f"Invalid value for: {name}", where=name)
    for number, guest in enumerate(body.get("attendees") or ()):
        if not EMAIL.fullmatch(guest.get("email", "")):
            raise wrong_request("Invalid attendee email.", where=f"attendees[{number}].email")
        if guest.get("responseStatus", "needsAction") not in RESPONSES:
            raise wrong_request("Invalid response status.", where=f"attendees[{number}].responseStatus")
    _check_reminders(body.get("reminders") or {})
    address = (body.get("source") or {}).get("url")
    if address is not None and not re.match(r"https?://", address):
        raise wrong_request("Invalid source URL.", where="source.url")


def _check_reminders(reminders: Mapping[str, Any]) -> None:
    overrides = reminders.get("overrides") or ()
    if overrides and reminders.get("useDefault"):
        raise wrong_request(
            "Cannot specify both default reminders and overrides at the same time.",
            where="reminders",
            reason="cannotUseDefaultRemindersAndSpecifyOverride",
        )
    if len(overrides) > MOST_REMINDERS:
        raise wrong_request("Too many override reminders.", where="reminders.overrides")
    for number, reminder in enumerate(overrides):
        sound = reminder.get("method") in ("email", "popup")
        if not sound or not 0 <= reminder.get("minutes", -1) <= LONGEST_REMINDER_MINUTES:
            raise wrong_request("Invalid reminder.", where=f"reminders.overrides[{number}]")


def _kept(fields: dict[str, Any]) -> dict[str, Any]:
    """Extended properties as Google keeps them: long names are silently dropped, long values silently cut."""
    properties = fields.get("extendedProperties")
    if not properties:
        return fields
    kept = {}
    for kind, pairs in properties.items():
        if len(pairs or {}) > MOST_PROPERTIES:
            raise wrong_request("Too many extended properties.", where=f"extendedProperties.{kind}")
        kept[kind] = {
            name: value[:LONGEST_PROPERTY_VALUE]
            for name, value in (pairs or {}).items()
            if len(name) <= LONGEST_PROPERTY_NAME and value is not None
        }
    return {**fields, "extendedProperties": kept}
