"""Series of events, which only owners make here: their master, and single events that may differ from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from simulators.microsoft import events
from simulators.microsoft.event import Event
from simulators.microsoft.people import Account
from simulators.microsoft.state import Microsoft
from simulators.microsoft.times import instant, moved


def insert(
    microsoft: Microsoft, account: Account, bodies: Sequence[Mapping[str, Any]]
) -> tuple[Event, list[Event]]:
    """Make a series of these single events, which are at their own times."""
    with microsoft.storage.transaction():
        master, _ = events.insert(microsoft, account, bodies[0], by_app=False, is_master=True)
        return master, [
            events.insert(microsoft, account, body, by_app=False, series=master)[0] for body in bodies
        ]


def change(
    microsoft: Microsoft,
    account: Account,
    event_id: str,
    changes: Mapping[str, Any],
    *,
    without_meeting: bool = False,
) -> Event | None:
    """Change an event as its owner does; in a series, all single events that are not exceptions. None when
    there is no such living event."""
    with microsoft.storage.transaction():
        before = events.find(microsoft, account, event_id)
        after = events.change_as_owner(microsoft, account, event_id, changes, without_meeting=without_meeting)
        if before is None or after is None or not before.is_master:
            return after
        rest = {name: value for name, value in changes.items() if name not in ("start", "end")}
        by = {end: instant(after.fields[end]) - instant(before.fields[end]) for end in ("start", "end")}
        for event in of(microsoft, before):
            times = {end: moved(event.fields[end], by[end]) for end in ("start", "end") if by[end]}
            events.change_as_owner(microsoft, account, event.id, {**rest, **times}, alone=False)
        return after


def cancel(microsoft: Microsoft, account: Account, event_id: str, *, for_good: bool = False) -> bool:
    """Deletes an event as its owner does, and a series as a whole. False when there is nothing to delete."""
    with microsoft.storage.transaction():
        found = events.find(microsoft, account, event_id)
        for event in of(microsoft, found, exceptions=True) if found is not None and found.is_master else []:
            events.cancel(microsoft, account, event.id, "the owner", for_good=for_good)
        return events.cancel(microsoft, account, event_id, "the owner", for_good=for_good)


def move(microsoft: Microsoft, account: Account, event_id: str, *, elsewhere: bool) -> bool:
    """Moves an event, or a series as a whole, into another calendar of its owner's, or back. False when there
    is none."""
    with microsoft.storage.transaction():
        found = events.find(microsoft, account, event_id)
        for event in events.every(microsoft, account.email) if found is not None and found.is_master else []:
            if found is not None and event.series == found.id:
                events.move(microsoft, account, event.id, elsewhere=elsewhere)
        return events.move(microsoft, account, event_id, elsewhere=elsewhere)


def of(microsoft: Microsoft, master: Event, *, exceptions: bool = False) -> list[Event]:
    """The living single events of a series, by start."""
    return [
        event
        for event in events.every(microsoft, master.account)
        if event.series == master.id and event.is_there and (exceptions or not event.is_exception)
    ]
