"""One event of a calendar, and how answers show it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from simulators.microsoft import bodies
from simulators.microsoft.people import BY_EMAIL, Account
from simulators.microsoft.teams import Online
from simulators.microsoft.times import shown, span

IMMUTABLE, CHANGING = "AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0A", "AAMkAGI2THk0AAA-"
# What a client may write, with the default of each field.
DEFAULTS: dict[str, Any] = {
    "subject": "",
    "location": {"displayName": ""},
    "attendees": [],
    "isAllDay": False,
    "showAs": "busy",
    "sensitivity": "normal",
    "importance": "normal",
    "categories": [],
    "isReminderOn": True,
    "reminderMinutesBeforeStart": 15,
    "responseRequested": True,
    "allowNewTimeProposals": True,
    "hideAttendees": False,
}
WRITABLE = (*DEFAULTS, "start", "end")
# What only people's own events have here: an app that schedules interviews makes no series.
OWNERS = ("isCancelled", "responseStatus", "type", "seriesMasterId")


@dataclass(frozen=True)
class Event:
    """One entry of one account's main calendar. `fields` are those that a client writes.

    `inner` is the HTML of its text. `change` counts all changes in this Microsoft, and etags and delta tokens
    are made from it. `purged`: gone for good, from the bin too.

    A series is kept as its master, which has the rule, and its single events, which name the master as their
    `series`. `is_exception`: it was changed alone. `elsewhere`: its owner moved it into another calendar.
    """

    account: str
    id: str
    ical_uid: str
    change: int
    created: str
    updated: str
    transaction_id: str | None
    zones: tuple[str, str]
    inner: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)
    online: Online | None = None
    by_app: bool = True
    deleted_at: str | None = None
    deleted_by: str | None = None
    purged: bool = False
    series: str | None = None
    is_master: bool = False
    is_exception: bool = False
    elsewhere: bool = False

    @property
    def owner(self) -> Account:
        return BY_EMAIL[self.account]

    @property
    def change_key(self) -> str:
        return f"wgMLBV3JBEOnWI9UGI4k{self.change:08d}AA=="

    @property
    def etag(self) -> str:
        return f'W/"{self.change_key}"'

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None

    @property
    def is_there(self) -> bool:
        """It is in this calendar, and is not deleted."""
        return not self.is_deleted and not self.elsewhere

    @property
    def kind(self) -> str:
        """What Graph calls its type."""
        if self.is_master:
            return "seriesMaster"
        if self.series is None:
            return "singleInstance"
        return "exception" if self.is_exception else "occurrence"

    @property
    def all_day(self) -> bool:
        return bool(self.fields.get("isAllDay"))

    def span(self) -> tuple[datetime, datetime]:
        return span(self.fields["start"], self.fields["end"], all_day=self.all_day)

    def link(self, origin: str) -> str:
        return f"{origin}/owa/?itemid={quote(self.id, safe='')}&exvsurl=1&path=/calendar/item"

    def public_id(self, *, immutable: bool) -> str:
        """Its id, of the kind that was asked for: immutable, or the kind that changes when an item is
        moved."""
        return public_id(self.id, immutable=immutable)

    def resource(
        self, origin: str, *, zone: str = "UTC", immutable: bool = True, as_text: bool = False
    ) -> dict[str, Any]:
        """The event as it appears in answers, with its times in `zone`."""
        me = {"emailAddress": {"name": self.owner.name, "address": self.account}}
        text = bodies.text(self.inner)
        content = (text, "text") if as_text else (bodies.page(self.inner), "html")
        resource: dict[str, Any] = {
            "@odata.etag": self.etag,
            "id": self.public_id(immutable=immutable),
            "createdDateTime": self.created,
            "lastModifiedDateTime": self.updated,
            "changeKey": self.change_key,
            "transactionId": self.transaction_id,
            "originalStartTimeZone": self.zones[0],
            "originalEndTimeZone": self.zones[1],
            "iCalUId": self.ical_uid,
            "hasAttachments": False,
            "isCancelled": False,
            "isDraft": False,
            "isOrganizer": True,
            "type": self.kind,
            "seriesMasterId": public_id(self.series, immutable=immutable) if self.series else None,
            "recurrence": None,
            "bodyPreview": text[:255],
            "body": {"contentType": content[1], "content": content[0]},
            "responseStatus": {"response": "organizer", "time": "0001-01-01T00:00:00Z"},
            "organizer": me,
            "webLink": self.link(origin),
            "isOnlineMeeting": self.online is not None,
            "onlineMeetingProvider": self.online.provider if self.online else "unknown",
            "onlineMeetingUrl": None,
            "onlineMeeting": self.online.shown(origin) if self.online else None,
            **self.fields,
        }
        for end in ("start", "end"):
            resource[end] = shown(self.fields[end], zone, all_day=self.all_day)
        if self.online and self.online.is_teams and not self.fields["location"].get("displayName"):
            resource["location"] = {"displayName": "Microsoft Teams Meeting", "locationType": "default"}
        return resource


def public_id(kept: str, *, immutable: bool) -> str:
    return (IMMUTABLE if immutable else CHANGING) + kept


def loaded(text: str) -> Event:
    """The event that was kept as this JSON."""
    raw = json.loads(text)
    online = raw.pop("online")
    raw["zones"] = tuple(raw["zones"])
    return Event(**raw, online=Online(**online) if online else None)
