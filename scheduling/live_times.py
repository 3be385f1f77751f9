"""What people's calendars say at this moment and was not read of them yet, as something in an interview's
way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from providers.base import BusySpan
from scheduling.occupied import ClashKind, Occupied, Taken
from scheduling.outside.look_ups import without

_OF_PEOPLE = (ClashKind.PERSON, ClashKind.CALENDAR, ClashKind.BLOCKED)


@dataclass(frozen=True)
class Live:
    """When someone is busy by their calendar, asked just now, and the key of the app that said so."""

    name: str
    app: str
    spans: tuple[BusySpan, ...]


def with_live(
    occupied: Sequence[Occupied], live: Mapping[int, Live], begins: datetime, ends: datetime
) -> tuple[Occupied, ...]:
    """What is in the way between two instants (aware UTC), with what is only known from these calendars, by
    the ids of their owners. Soonest first. What a calendar no longer shows stays until it is read again."""
    found = list(occupied)
    for user_id, theirs in live.items():
        spans = [span for span in theirs.spans if span.starts_at < ends and span.ends_at > begins]
        known = [
            BusySpan(each.starts_at, each.ends_at)
            for each in occupied
            if any(taken.kind in _OF_PEOPLE and taken.subject_id == user_id for taken in each.taken)
        ]
        found += [
            Occupied(
                f"live {user_id} {span.starts_at.isoformat()}",
                span.starts_at,
                span.ends_at,
                (Taken(ClashKind.CALENDAR, user_id, theirs.name),),
                app=theirs.app,
            )
            for span in (without(spans, known) if spans else ())
        ]
    return tuple(sorted(found, key=lambda each: each.starts_at))
