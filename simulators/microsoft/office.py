"""The simulated Microsoft as the shared pages and control addresses see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from simulators.microsoft import bodies, events, grants, mail, series, times
from simulators.microsoft.event import Event
from simulators.microsoft.people import ACCOUNTS, Account
from simulators.microsoft.state import Microsoft, microsoft
from simulators.office.events import Meeting, Shown
from simulators.office.mail import Sent
from simulators.office.office import Office


@dataclass(frozen=True)
class ShownByOutlook(Shown[Event]):
    @property
    def title(self) -> str:
        return str(self.event.fields.get("subject") or "(No subject)")

    @property
    def lines(self) -> str:
        # Outlook draws a line above the part for joining.
        lines = bodies.text(self.event.inner).split("\n")
        return "\n".join(line if line.strip("_") else "" for line in lines).strip()

    @property
    def location(self) -> str:
        return str(self.event.fields["location"].get("displayName") or "")

    @property
    def is_free(self) -> bool:
        return bool(self.event.fields["showAs"] == "free")

    @property
    def meeting(self) -> Meeting | None:
        online = self.event.online
        if online is None:
            return None
        software = "Teams" if online.is_teams else "Skype"
        return Meeting(software, online.link(microsoft().public_url), online.status == "pending")

    @property
    def facts(self) -> list[tuple[str, str]]:
        fields = self.event.fields
        guests = [each.get("emailAddress") or {} for each in fields["attendees"]]
        shown_as = [fields["showAs"]]
        if fields["sensitivity"] != "normal":
            shown_as.append(fields["sensitivity"])
        before = f"{fields['reminderMinutesBeforeStart']} minutes before"
        return [
            ("Attendees", ", ".join(guest.get("name") or guest.get("address", "") for guest in guests)),
            ("Reminder", before if fields["isReminderOn"] else "none"),
            ("Shown as", ", ".join(shown_as)),
            ("Time zone", self.event.zones[0]),
        ]


class MicrosoftOffice(Office[Account, Event]):
    key = "microsoft"
    mail_name = "Outlook"
    mail_allowed = "Mail"
    title_field = "subject"
    uid_field = "iCalUId"
    title_name = "Subject"
    text_name = "Text"
    settles = ("ready", "never")
    takes_off = "remove-meeting"

    @property
    def service(self) -> Microsoft:
        return microsoft()

    @property
    def accounts(self) -> Sequence[Account]:
        return ACCOUNTS

    def every(self, email: str | None = None) -> list[Event]:
        return [event for event in events.every(microsoft(), email) if not event.is_master]

    def find(self, account: Account, event_id: str) -> Event | None:
        return events.find(microsoft(), account, event_id)

    def insert(self, account: Account, body: Mapping[str, Any]) -> Event:
        event, _ = events.insert(microsoft(), account, body, by_app=False)
        return event

    def change(
        self, account: Account, event_id: str, changes: Mapping[str, Any], *, without_meeting: bool = False
    ) -> bool:
        start = changes.get("start")
        if start is not None and times.clock(start["dateTime"]).time() != time():
            changes = {"isAllDay": False, **changes}
        changed = series.change(microsoft(), account, event_id, changes, without_meeting=without_meeting)
        return changed is not None

    def cancel(self, account: Account, event_id: str, *, for_good: bool = False) -> bool:
        return series.cancel(microsoft(), account, event_id, for_good=for_good)

    def insert_series(
        self, account: Account, bodies: Sequence[Mapping[str, Any]]
    ) -> tuple[Event, list[Event]]:
        return series.insert(microsoft(), account, bodies)

    def move(self, account: Account, event_id: str, *, elsewhere: bool) -> bool:
        return series.move(microsoft(), account, event_id, elsewhere=elsewhere)

    def restore(self, account: Account, event_id: str) -> bool:
        return events.restore(microsoft(), account, event_id)

    def settle(self, account: Account, event_id: str, status: str) -> bool:
        return events.settle_teams(microsoft(), account, event_id, "ready" if status == "ready" else "never")

    def joins(self, meeting: Meeting) -> str:
        return f"Join {meeting.software} meeting"

    def shown(self, event: Event) -> ShownByOutlook:
        zone = ZoneInfo(event.owner.timezone)
        if event.all_day:
            # Whole days have no zone of their own.
            first, last = (
                times.clock(event.fields[end]["dateTime"]).replace(tzinfo=zone) for end in ("start", "end")
            )
        else:
            first, last = (moment.astimezone(zone) for moment in event.span())
        return ShownByOutlook(event, first, last, event.all_day)

    def entry(self, event: Event) -> dict[str, Any]:
        online = event.online if event.online and event.online.is_teams else None
        return {
            "singleValueExtendedProperties": [
                {"id": name, "value": value} for name, value in event.properties.items()
            ],
            "teams": online.status if online else None,
            "teams_link": online.link(microsoft().public_url) if online else None,
        }

    def resource(self, event: Event) -> dict[str, Any]:
        return event.resource(microsoft().public_url)

    def instant(self, moment: str) -> dict[str, Any]:
        return {"dateTime": f"{times.in_query(moment):%Y-%m-%dT%H:%M:%S}", "timeZone": "UTC"}

    def days(self, account: Account, first: str, after: str) -> dict[str, Any]:
        # Whole days are given as midnights, and the zone that the event was created in says where they begin.
        return {
            "isAllDay": True,
            "start": {"dateTime": f"{first}T00:00:00", "timeZone": "UTC"},
            "end": {"dateTime": f"{after}T00:00:00", "timeZone": "UTC"},
            "originalStartTimeZone": account.timezone,
            "originalEndTimeZone": account.timezone,
        }

    def business(self, busy: bool) -> dict[str, Any]:
        return {"showAs": "busy" if busy else "free"}

    def moved(self, value: Mapping[str, Any], by: timedelta) -> dict[str, Any]:
        return times.moved(value, by)

    def sent(self) -> list[Sent]:
        return [*mail.all_sent(microsoft())]

    def grants(self) -> list[dict[str, Any]]:
        return grants.list_grants(microsoft())

    def end_access(self, email: str) -> int:
        return grants.remove_app(microsoft(), email)

    def is_for_calendar(self, scope: str) -> bool:
        return scope.startswith("Calendars.")

    def is_for_mail(self, scope: str) -> bool:
        return scope == "Mail.Send"


office = MicrosoftOffice()
