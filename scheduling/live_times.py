"""Events that people's calendars report at this moment and that were not read yet, as something in an
interview's way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from providers.base import BusySpan
from scheduling.occupied import ClashKind, Occupied, Taken
from scheduling.outside.look_ups import without

_OF_PEOPLE = (ClashKind.PERSON, ClashKind.CALENDAR, ClashKind.BLOCKED)


@dataclass(frozen=True)
class Live:
    """When someone is busy according to their calendars, which were asked just now, by the keys of the
    apps."""

    name: str
    calendars: tuple[tuple[str, tuple[BusySpan, ...]], ...]


def with_live(
    occupied: Sequence[Occupied], live: Mapping[int, Live], begins: datetime, ends: datetime
) -> tuple[Occupied, ...]:
    """What is in the way between two instants (aware UTC), with what only these live calendars say, by the
    ids of their owners. Soonest first. What a calendar no longer shows stays until it is read again."""
    found = (*occupied, *only_live(occupied, live, begins, ends))
    return tuple(sorted(found, key=lambda each: each.starts_at))


def only_live(
    occupied: Iterable[Occupied], live: Mapping[int, Live], begins: datetime, ends: datetime
) -> tuple[Occupied, ...]:
    """What only these live calendars say, beside what is in the way between two instants."""
    of_user: dict[int, list[BusySpan]] = {user_id: [] for user_id in live}
    for each in occupied:
        for user_id in {taken.subject_id for taken in each.taken if taken.kind in _OF_PEOPLE}:
            if user_id in of_user:
                of_user[user_id].append(BusySpan(each.starts_at, each.ends_at))
    found: list[Occupied] = []
    for user_id, theirs in live.items():
        known = of_user[user_id]
        for app, spans in theirs.calendars:
            near = [span for span in spans if span.starts_at < ends and span.ends_at > begins]
            new = without(near, known) if near else ()
            known += new
            found += [
                Occupied(
                    f"live {user_id} {app} {span.starts_at.isoformat()}",
                    span.starts_at,
                    span.ends_at,
                    (Taken(ClashKind.CALENDAR, user_id, theirs.name),),
                    app=app,
                )
                for span in new
            ]
    return tuple(found)
