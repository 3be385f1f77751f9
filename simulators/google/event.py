"""One event of a calendar, and how answers show it."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulators.google.meet import Conference
from simulators.google.people import BY_EMAIL, Account
from simulators.google.times import written


@dataclass(frozen=True)
class Event:
    """One entry of one account's primary calendar. `fields` are those that a client writes.

    `change` counts all changes in this Google, and etags and sync tokens are made from it. `purged`: it is
    gone for good, and not even its id is known.

    A series is kept as its master, which has the rule, and its single events, which name the master as their
    `series` and say when they were originally. `is_exception`: it was changed alone. `elsewhere`: its owner
    moved it into another calendar.
    """

    account: str
    id: str
    ical_uid: str
    change: int
    created: str
    updated: str
    sequence: int
    status: str
    fields: dict[str, Any] = field(default_factory=dict)
    conference: Conference | None = None
    by_app: bool = True
    deleted_at: str | None = None
    deleted_by: str | None = None
    purged: bool = False
    series: str | None = None
    original: dict[str, Any] | None = None
    is_master: bool = False
    is_exception: bool = False
    elsewhere: bool = False

    @property
    def owner(self) -> Account:
        return BY_EMAIL[self.account]

    @property
    def etag(self) -> str:
        return f'"{3_500_000_000_000 + self.change}"'

    @property
    def is_deleted(self) -> bool:
        """Google calls it cancelled."""
        return self.status == "cancelled"

    @property
    def is_there(self) -> bool:
        """It is in this calendar, and is not deleted."""
        return not self.is_deleted and not self.elsewhere

    def link(self, origin: str) -> str:
        eid = base64.urlsafe_b64encode(f"{self.id} {self.account}".encode()).decode().rstrip("=")
        return f"{origin}/calendar/event?eid={eid}"

    def resource(self, origin: str, zone: str | None = None) -> dict[str, Any]:
        """The event as it appears in answers, with its times in `zone` (the calendar's by default)."""
        person = {"email": self.account, "displayName": self.owner.name, "self": True}
        shown_in = zone or self.owner.timezone
        resource: dict[str, Any] = {
            "kind": "calendar#event",
            "etag": self.etag,
            "id": self.id,
            "status": self.status,
            "htmlLink": self.link(origin),
            "created": self.created,
            "updated": self.updated,
            "creator": person,
            "organizer": person,
            "iCalUID": self.ical_uid,
            "sequence": self.sequence,
            "reminders": {"useDefault": True},
            "eventType": "default",
            **self.fields,
        }
        for end in ("start", "end"):
            resource[end] = written(self.fields[end], shown_in)
        if self.series and self.original:
            resource["recurringEventId"] = self.series
            resource["originalStartTime"] = written(self.original, shown_in)
        if "attendees" in self.fields:
            resource["attendees"] = [
                {**guest, "self": True} if guest.get("email") == self.account else guest
                for guest in self.fields["attendees"]
            ]
        if self.conference:
            resource["conferenceData"] = self.conference.shown(origin)
            link = self.conference.link(origin)
            if link:
                resource["hangoutLink"] = link
        return resource


def id_in_series(series: str, start: Mapping[str, Any]) -> str:
    """The id of a single event: the id of its series, and its original start."""
    when = start.get("date") or start["dateTime"]
    return f"{series}_{re.sub(r'[^0-9TZ]', '', when)}"
