"""What the shared pages and control addresses need from a simulated Google or Microsoft."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar, Generic, TypeVar
from zoneinfo import ZoneInfo

from flask import abort

from simulators.office.events import EventT, Meeting, Shown
from simulators.office.mail import Sent
from simulators.office.people import Account
from simulators.service import Service

DAY_LENGTH = len("2031-03-10")

AccountT = TypeVar("AccountT", bound=Account)


@dataclass(frozen=True)
class AccountRow:
    """An account with what it allowed and what is in it. `ended` is what it no longer allows, and why."""

    account: Account
    calendar: bool
    mail: bool
    ended: dict[str, str]
    events: int
    refreshes: int

    @property
    def connected(self) -> bool:
        return self.calendar or self.mail


class Office(ABC, Generic[AccountT, EventT]):
    """One of the two. Its methods are called during a request, and are about the service to which it was
    sent.

    `key`: the folder of its templates. `mail_name`: what sends its mail; `mail_allowed`: what access to that
    is called. `title_field`: what programs call an event's title, which people know as `title_name`, beside
    its `text_name`, and `uid_field` what they call its UID in calendar files. `settles`: how the waiting for
    a pending meeting can end, the good way first. `takes_off`: how taking a meeting off is called in
    addresses.
    """

    key: ClassVar[str]
    mail_name: ClassVar[str]
    mail_allowed: ClassVar[str]
    title_field: ClassVar[str]
    uid_field: ClassVar[str]
    title_name: ClassVar[str]
    text_name: ClassVar[str]
    settles: ClassVar[tuple[str, ...]]
    takes_off: ClassVar[str]

    @property
    @abstractmethod
    def service(self) -> Service: ...

    @property
    @abstractmethod
    def accounts(self) -> Sequence[AccountT]: ...

    def account(self, email: str) -> AccountT:
        """The account with that address; if there is none, the request ends with 404."""
        found = next((account for account in self.accounts if account.email == email), None)
        if found is None:
            abort(404)
        return found

    @abstractmethod
    def every(self, email: str | None = None) -> list[EventT]:
        """All events that are known (of one account), deleted ones included, by start."""

    @abstractmethod
    def find(self, account: AccountT, event_id: str) -> EventT | None: ...

    @abstractmethod
    def insert(self, account: AccountT, body: Mapping[str, Any]) -> EventT:
        """Makes an event of the owner's own."""

    @abstractmethod
    def change(
        self, account: AccountT, event_id: str, changes: Mapping[str, Any], *, without_meeting: bool = False
    ) -> bool:
        """Changes an event as its owner does. False when there is no such living event."""

    @abstractmethod
    def cancel(self, account: AccountT, event_id: str, *, for_good: bool = False) -> bool:
        """Deletes an event as its owner does. False when there is nothing to delete."""

    @abstractmethod
    def insert_series(
        self, account: AccountT, bodies: Sequence[Mapping[str, Any]]
    ) -> tuple[EventT, list[EventT]]:
        """Makes a series of the owner's own: its master, and its single events of these bodies."""

    @abstractmethod
    def move(self, account: AccountT, event_id: str, *, elsewhere: bool) -> bool:
        """Moves an event into another calendar of its owner's, or back. False when there is none."""

    @abstractmethod
    def restore(self, account: AccountT, event_id: str) -> bool:
        """Takes a deleted event out of the bin. False when there is none."""

    @abstractmethod
    def settle(self, account: AccountT, event_id: str, status: str) -> bool:
        """Settle a pending meeting. False when there is none."""

    @abstractmethod
    def joins(self, meeting: Meeting) -> str:
        """The label of the button that leads into a meeting."""

    @abstractmethod
    def shown(self, event: EventT) -> Shown[EventT]: ...

    @abstractmethod
    def entry(self, event: EventT) -> dict[str, Any]:
        """What the ledger says about an event, without what all events have in common."""

    @abstractmethod
    def resource(self, event: EventT) -> dict[str, Any]:
        """An event as programs see it."""

    @abstractmethod
    def instant(self, moment: str) -> dict[str, Any]:
        """An instant as it is written in bodies of events."""

    @abstractmethod
    def days(self, account: AccountT, first: str, after: str) -> dict[str, Any]:
        """Whole days as they are written in bodies of events, from the first one to the one after the
        last."""

    @abstractmethod
    def business(self, busy: bool) -> dict[str, Any]:
        """Whether an event makes its owner busy, as it is written in bodies."""

    @abstractmethod
    def moved(self, value: Mapping[str, Any], by: timedelta) -> dict[str, Any]:
        """A start or end, this much later."""

    @abstractmethod
    def sent(self) -> list[Sent]:
        """Everything that was sent, oldest first."""

    @abstractmethod
    def grants(self) -> list[dict[str, Any]]: ...

    @abstractmethod
    def end_access(self, email: str) -> int:
        """Remove the app as the person does; returns how many grants ended."""

    @abstractmethod
    def is_for_calendar(self, scope: str) -> bool: ...

    @abstractmethod
    def is_for_mail(self, scope: str) -> bool: ...

    def agenda(self, email: str | None = None) -> list[Shown[EventT]]:
        return [self.shown(event) for event in self.every(email) if not event.elsewhere]

    def written(self, account: AccountT, body: Mapping[str, Any]) -> dict[str, Any]:
        """The body as events have it, where start and end are given as instants, or both as days, the latter
        being the one after the last; where its title is called `title`; where `busy` says whether it makes
        busy; and where `uid` is that of the calendar file that it came from."""
        fields = dict(body)
        times = {end: fields[end] for end in ("start", "end") if isinstance(fields.get(end), str)}
        if len(times) == 2 and all(map(is_day, times.values())):
            fields |= self.days(account, times["start"], times["end"])
        else:
            fields |= {end: self.instant(moment) for end, moment in times.items()}
        if "title" in fields:
            fields[self.title_field] = fields.pop("title")
        if "uid" in fields:
            fields[self.uid_field] = fields.pop("uid")
        if "busy" in fields:
            fields |= self.business(bool(fields.pop("busy")))
        return fields

    def later(self, event: EventT, by: timedelta) -> dict[str, Any]:
        """The change that moves an event."""
        return {end: self.moved(event.fields[end], by) for end in ("start", "end")}

    def row(self, account: Account) -> AccountRow:
        mine = [grant for grant in self.grants() if grant["account"] == account.email]
        calendar = [grant for grant in mine if any(map(self.is_for_calendar, grant["scopes"]))]
        mail = [grant for grant in mine if any(map(self.is_for_mail, grant["scopes"]))]
        kinds = {"Calendar": calendar, self.mail_allowed: mail}
        return AccountRow(
            account=account,
            calendar=any(grant["alive"] for grant in calendar),
            mail=any(grant["alive"] for grant in mail),
            ended={
                name: of_it[-1]["ended_because"]
                for name, of_it in kinds.items()
                if of_it and not any(grant["alive"] for grant in of_it)
            },
            events=sum(not event.is_deleted for event in self.every(account.email)),
            refreshes=sum(grant["refreshes"] for grant in mine if grant["alive"]),
        )


def is_day(text: str) -> bool:
    """Whether a time is a whole day rather than an instant."""
    return len(text) == DAY_LENGTH


def later_by_days(text: str, days: int, zone: str) -> str:
    """A day, or an instant on the clock of a zone, this many days later."""
    if is_day(text):
        return (date.fromisoformat(text) + timedelta(days=days)).isoformat()
    clock = datetime.fromisoformat(text).astimezone(ZoneInfo(zone)) + timedelta(days=days)
    return clock.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
