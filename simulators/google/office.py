"""The simulated Google as the shared pages and control addresses see it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

from simulators.google import events, gmail, grants, scopes, series, times
from simulators.google.event import Event
from simulators.google.people import ACCOUNTS, Account
from simulators.google.state import Google, google
from simulators.office.events import Meeting, Shown
from simulators.office.mail import Sent
from simulators.office.office import Office

_LINE_END = re.compile(r"<br\s*/?>|</p>|</li>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class ShownByGoogle(Shown[Event]):
    @property
    def title(self) -> str:
        return str(self.event.fields.get("summary") or "(No title)")

    @property
    def lines(self) -> str:
        text = _LINE_END.sub("\n", str(self.event.fields.get("description") or ""))
        return unescape(_TAG.sub("", text)).strip()

    @property
    def location(self) -> str:
        return str(self.event.fields.get("location") or "")

    @property
    def is_free(self) -> bool:
        return self.event.fields.get("transparency") == "transparent"

    @property
    def meeting(self) -> Meeting | None:
        conference = self.event.conference
        if conference is None:
            return None
        return Meeting("Google Meet", conference.link(google().public_url), conference.status == "pending")

    @property
    def facts(self) -> list[tuple[str, str]]:
        fields = self.event.fields
        guests = [guest.get("displayName") or guest["email"] for guest in fields.get("attendees") or ()]
        shown_as = ["Free" if self.is_free else "Busy"]
        if fields.get("visibility", "default") != "default":
            shown_as.append(fields["visibility"])
        return [
            ("Source", str((fields.get("source") or {}).get("url") or "")),
            ("Guests", ", ".join(guests)),
            ("Reminders", self._reminders),
            ("Shown as", ", ".join(shown_as)),
        ]

    @property
    def _reminders(self) -> str:
        reminders = self.event.fields.get("reminders", {"useDefault": True})
        if reminders.get("useDefault"):
            return "as usual in this calendar"
        overrides = reminders.get("overrides") or ()
        return (
            ", ".join(f"{each['minutes']} minutes before ({each['method']})" for each in overrides) or "none"
        )


class GoogleOffice(Office[Account, Event]):
    key = "google"
    mail_name = "Gmail"
    mail_allowed = "Gmail"
    title_field = "summary"
    uid_field = "iCalUID"
    title_name = "Title"
    text_name = "Description"
    settles = ("success", "failure")
    takes_off = "remove-meet"

    @property
    def service(self) -> Google:
        return google()

    @property
    def accounts(self) -> Sequence[Account]:
        return ACCOUNTS

    def every(self, email: str | None = None) -> list[Event]:
        return [event for event in events.every(google(), email) if not event.is_master]

    def find(self, account: Account, event_id: str) -> Event | None:
        return events.find(google(), account, event_id)

    def insert(self, account: Account, body: Mapping[str, Any]) -> Event:
        return events.insert(google(), account, body, version=0, by_app=False)

    def change(
        self, account: Account, event_id: str, changes: Mapping[str, Any], *, without_meeting: bool = False
    ) -> bool:
        # A patch merges, so setting a date has to clear the instant.
        changes = {
            name: {"date": None, "dateTime": None, **value} if name in ("start", "end") else value
            for name, value in changes.items()
        }
        changed = series.change(google(), account, event_id, changes, without_meet=without_meeting)
        return changed is not None

    def cancel(self, account: Account, event_id: str, *, for_good: bool = False) -> bool:
        return series.cancel(google(), account, event_id, for_good=for_good)

    def insert_series(
        self, account: Account, bodies: Sequence[Mapping[str, Any]]
    ) -> tuple[Event, list[Event]]:
        return series.insert(google(), account, bodies)

    def move(self, account: Account, event_id: str, *, elsewhere: bool) -> bool:
        return series.move(google(), account, event_id, elsewhere=elsewhere)

    def restore(self, account: Account, event_id: str) -> bool:
        return events.restore(google(), account, event_id)

    def settle(self, account: Account, event_id: str, status: str) -> bool:
        return events.settle_meet(
            google(), account, event_id, "success" if status == "success" else "failure"
        )

    def joins(self, meeting: Meeting) -> str:
        return f"Join with {meeting.software}"

    def shown(self, event: Event) -> ShownByGoogle:
        zone, fields = ZoneInfo(event.owner.timezone), event.fields
        first, last = times.span(fields["start"], fields["end"], event.owner.timezone)
        return ShownByGoogle(event, first.astimezone(zone), last.astimezone(zone), "date" in fields["start"])

    def entry(self, event: Event) -> dict[str, Any]:
        conference = event.conference
        return {
            "meet": conference.status if conference else None,
            "meet_link": conference.link(google().public_url) if conference else None,
        }

    def resource(self, event: Event) -> dict[str, Any]:
        return event.resource(google().public_url)

    def instant(self, moment: str) -> dict[str, Any]:
        return {"dateTime": moment}

    def days(self, account: Account, first: str, after: str) -> dict[str, Any]:
        return {"start": {"date": first}, "end": {"date": after}}

    def business(self, busy: bool) -> dict[str, Any]:
        return {"transparency": "opaque" if busy else "transparent"}

    def moved(self, value: Mapping[str, Any], by: timedelta) -> dict[str, Any]:
        return times.moved(value, by)

    def sent(self) -> list[Sent]:
        return [*gmail.all_sent(google())]

    def grants(self) -> list[dict[str, Any]]:
        return grants.list_grants(google())

    def end_access(self, email: str) -> int:
        return grants.end_grants(google(), email, "removed at Google")

    def is_for_calendar(self, scope: str) -> bool:
        return "/auth/calendar" in scope

    def is_for_mail(self, scope: str) -> bool:
        return scope in scopes.GMAIL


office = GoogleOffice()
