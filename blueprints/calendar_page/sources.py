"""The sources of the calendar: what each is called, how it is drawn, and whether it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from connections.catalogue import calendar_name, spec_of
from scheduling.entries.apps import calendar_apps
from scheduling.reading.calendar import OURS
from scheduling.reading.calendar_sources import CalendarSource


@dataclass(frozen=True)
class Source:
    """`icon` is that of the source's items, and `tone` names their color in the style sheet. `as_of` and
    `problem`: of a connected calendar, see `CalendarSource`."""

    key: str
    label: str
    icon: str
    tone: str
    is_shown: bool
    as_of: datetime | None = None
    is_connected: bool = False
    is_stale: bool = False
    problem: str = ""


# How a source is drawn, by its icon and its tone, and what people call it, for those who don't see these;
# "" for what is kept here, which needs no name.
Drawing = tuple[str, str, str]


def drawing_of(app: str | None) -> Drawing:
    """The icon, the tone, and the name of this app's calendar, or with None of what is kept here."""
    if app is None:
        return "calendar-event", OURS, ""
    spec = spec_of(app)
    return spec.icon, spec.calendar_tone, calendar_name(app)


def sources_of(ours: str, calendars: Sequence[CalendarSource], hidden: frozenset[str]) -> tuple[Source, ...]:
    """What can be shown: what is kept here, under the name `ours`, and the connected calendars."""
    icon, tone, _ = drawing_of(None)
    found = [Source(OURS, ours, icon, tone, OURS not in hidden)]
    for each in calendars:
        icon, tone, _ = drawing_of(each.app)
        found.append(
            Source(
                *(each.app, spec_of(each.app).label, icon, tone, each.app not in hidden),
                *(each.as_of, True, each.is_stale, each.problem),
            )
        )
    return tuple(found)


def of_anyone() -> tuple[str, ...]:
    """The keys of all sources that someone's calendar can have."""
    return (OURS, *calendar_apps())
