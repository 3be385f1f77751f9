"""Series of events, which only owners make here: their rule, and single events that may differ from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from simulators.google import events
from simulators.google.event import Event
from simulators.google.people import Account
from simulators.google.state import Google
from simulators.google.times import moment_of, moved


def insert(
    google: Google, account: Account, bodies: Sequence[Mapping[str, Any]]
) -> tuple[Event, list[Event]]:
    """Make a series of these single events. Its rule is for show only: the events are at their own times."""
    rule = {"recurrence": [f"RRULE:FREQ=DAILY;COUNT={len(bodies)}"]}
    with google.storage.transaction():
        master = events.insert(
            google, account, {**bodies[0], **rule}, version=0, by_app=False, is_master=True
        )
        return master, [
            events.insert(google, account, body, version=0, by_app=False, series=master) for body in bodies
        ]


def change(
    google: Google,
    account: Account,
    event_id: str,
    changes: Mapping[str, Any],
    *,
    without_meet: bool = False,
) -> Event | None:
    """Change an event as its owner does; in a series, all single events that are not exceptions. None when
    there is no such living event."""
    with google.storage.transaction():
        before = events.find(google, account, event_id)
        after = events.change_as_owner(google, account, event_id, changes, without_meet=without_meet)
        if before is None or after is None or not before.is_master:
            return after
        rest = {name: value for name, value in changes.items() if name not in ("start", "end")}
        zone = account.timezone
        by = {
            end: moment_of(after.fields[end], zone) - moment_of(before.fields[end], zone)
            for end in ("start", "end")
        }
        for event in of(google, before):
            times = {end: moved(event.fields[end], by[end]) for end in ("start", "end") if by[end]}
            events.change_as_owner(google, account, event.id, {**rest, **times}, alone=False)
        return after


def cancel(google: Google, account: Account, event_id: str, *, for_good: bool = False) -> bool:
    """Deletes an event as its owner does, and a series as a whole. False when there is nothing to delete."""
    with google.storage.transaction():
        found = events.find(google, account, event_id)
        for event in of(google, found, exceptions=True) if found is not None and found.is_master else []:
            events.cancel(google, account, event.id, "the owner", for_good=for_good, alone=False)
        return events.cancel(google, account, event_id, "the owner", for_good=for_good)


def move(google: Google, account: Account, event_id: str, *, elsewhere: bool) -> bool:
    """Moves an event, or a series as a whole, into another calendar of its owner's, or back. False when there
    is none."""
    with google.storage.transaction():
        found = events.find(google, account, event_id)
        for event in events.every(google, account.email) if found is not None and found.is_master else []:
            if found is not None and event.series == found.id:
                events.move(google, account, event.id, elsewhere=elsewhere)
        return events.move(google, account, event_id, elsewhere=elsewhere)


def of(google: Google, master: Event, *, exceptions: bool = False) -> list[Event]:
    """The living single events of a series, by start."""
    return [
        event
        for event in events.every(google, master.account)
        if event.series == master.id and event.is_there and (exceptions or not event.is_exception)
    ]
